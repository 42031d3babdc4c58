#include "base/error.hpp"
#include "base/result.hpp"

#include <gtest/gtest.h>

namespace florin::base {
namespace {

TEST(ErrorDescribe, NamesPlaceCellAndRemedy) {
    const Error error = data_error("money.unreadable", "not an amount")
                            .at({.file = "bill.csv", .row = 7, .column = "BilledCost", .cell = "12,3\x01"})
                            .with_remedy("write it with a decimal point");
    EXPECT_EQ(error.describe(),
              "bill.csv, row 7, column BilledCost: not an amount (cell: \"12,3\\u{1}\") [money.unreadable]\n"
              "  write it with a decimal point");
}

TEST(ErrorDescribe, PointsIntoTheSourceLine) {
    const Error error = user_error("filter.syntax", "expected a value").at({.source_line = "a = ", .caret = 5});
    EXPECT_EQ(error.describe(), "expected a value [filter.syntax]\n  a = \n      ^");
}

TEST(ErrorDescribe, CountsCharactersBeforeTheCaretNotBytes) {
    const Error error = user_error("x.y", "no").at({.source_line = "ä\tb", .caret = 4});
    EXPECT_EQ(error.describe(), "no [x.y]\n  ä\\u{9}b\n        ^");
}

TEST(ErrorDescribe, LetsNothingThroughThatATerminalActsOn) {
    const Error error = data_error("x.y", "no \u009B31m\nnor \u202E")
                            .at({.file = "\x1B[2J.csv", .column = "a\nb", .cell = "\xFF\u0085"})
                            .with_remedy("run \x07\n  or not");
    EXPECT_EQ(error.describe(), "\\u{1B}[2J.csv, column a\\u{A}b: no \\u{9B}31m\nnor \\u{202E} (cell: "
                                "\"\\x{FF}\\u{85}\") [x.y]\n  run \\u{7}\n  or not");
}

Result<int> half(int value) {
    if (value % 2 != 0) {
        return user_error("test.odd", "odd");
    }
    return value / 2;
}

Result<int> quarter(int value) {
    FLORIN_TRY_ASSIGN(const int once, half(value));
    return half(once);
}

TEST(ResultTry, HandsTheErrorOn) {
    EXPECT_EQ(*quarter(8), 2);
    EXPECT_EQ(quarter(6).error().code, "test.odd");
}

TEST(ResultValue, StopsWhenThereIsNone) {
    EXPECT_THROW((void)half(3).value(), BugError);
    EXPECT_THROW((void)half(2).error(), BugError);
}

} // namespace
} // namespace florin::base
