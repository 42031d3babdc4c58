#include "base/csv_cell.hpp"

#include <gtest/gtest.h>

namespace florin::base {
namespace {

TEST(CsvCell, IsQuotedWhereItHasTo) {
    EXPECT_EQ(csv_cell(""), "");
    EXPECT_EQ(csv_cell("plain; 'text'"), "plain; 'text'");
    EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_cell("a \"b\""), "\"a \"\"b\"\"\"");
    EXPECT_EQ(csv_cell("a\nb"), "\"a\nb\"");
    EXPECT_EQ(csv_cell("a\r"), "\"a\r\"");
}

} // namespace
} // namespace florin::base
