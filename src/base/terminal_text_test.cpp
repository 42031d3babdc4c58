#include "base/terminal_text.hpp"

#include <gtest/gtest.h>

namespace florin::base {
namespace {

using namespace std::string_view_literals;

TEST(TerminalText, HasNoControlCharacter) {
    EXPECT_EQ(terminal_text("a\x1B]0;title\x07"), "a\\u{1B}]0;title\\u{7}");
    EXPECT_EQ(terminal_text("a\nb\tc\rd"), "a\\u{A}b\\u{9}c\\u{D}d");
    EXPECT_EQ(terminal_text("a\0b"sv), "a\\u{0}b");
    EXPECT_EQ(terminal_text("a\x7F\u0080\u009B31m"), "a\\u{7F}\\u{80}\\u{9B}31m");
    EXPECT_EQ(terminal_text("\u00A0<b> Zürich 東京 🚀"), "\u00A0<b> Zürich 東京 🚀");
}

TEST(TerminalText, ShowsWhatReordersBreaksOrHides) {
    EXPECT_EQ(terminal_text("a\u202Eb\u200Bc"), "a\\u{202E}b\\u{200B}c");
    EXPECT_EQ(terminal_text("\u061C\u200E\u200F\u2028\u2029\u2066\u2069"),
              "\\u{61C}\\u{200E}\\u{200F}\\u{2028}\\u{2029}\\u{2066}\\u{2069}");
    EXPECT_EQ(terminal_text("\u00AD\u200D\u2060\uFEFF\U000E0041"), "\\u{AD}\\u{200D}\\u{2060}\\u{FEFF}\\u{E0041}");
    EXPECT_EQ(terminal_text("\xEF\xBF\xBE"
                            "\xF4\x8F\xBF\xBF"),
              "\\u{FFFE}\\u{10FFFF}");
    EXPECT_EQ(terminal_text("\u2027\u202F\u2065\u206A"), "\u2027\u202F\\u{2065}\u206A"); // at the bounds
}

TEST(TerminalText, ShowsInvalidUtf8ByteByByte) {
    EXPECT_EQ(terminal_text("a\xFF"
                            "b"),
              "a\\x{FF}b");
    EXPECT_EQ(terminal_text("\xC3<"), "\\x{C3}<");
    EXPECT_EQ(terminal_text("\xC0\xBC"), "\\x{C0}\\x{BC}");                       // overlong <
    EXPECT_EQ(terminal_text("\xE0\x80\xBC"), "\\x{E0}\\x{80}\\x{BC}");            // overlong <
    EXPECT_EQ(terminal_text("\xED\xA0\x80"), "\\x{ED}\\x{A0}\\x{80}");            // a surrogate
    EXPECT_EQ(terminal_text("\xF4\x90\x80\x80"), "\\x{F4}\\x{90}\\x{80}\\x{80}"); // beyond U+10FFFF
    EXPECT_EQ(terminal_text("x\xE6\x9D"), "x\\x{E6}\\x{9D}");                     // cut short
}

TEST(TerminalText, CutsAtACharacterAndCountsBytes) {
    EXPECT_EQ(terminal_text("äbc", 3), "äb…");
    EXPECT_EQ(terminal_text("äbc", 1), "…");
    EXPECT_EQ(terminal_text("abc", 3), "abc");
    EXPECT_EQ(terminal_text("\x1B\xFFx", 2), "\\u{1B}\\x{FF}…");
}

TEST(TerminalText, TellsSafeCharacters) {
    const auto safe = [](std::string_view text) { return is_safe(character_at(text, 0)); };
    EXPECT_TRUE(safe("a"));
    EXPECT_TRUE(safe("東"));
    EXPECT_TRUE(safe("\u200D")); // holds an emoji of several together
    EXPECT_TRUE(safe("\uFFFD"));
    EXPECT_FALSE(safe("\x1B"));
    EXPECT_FALSE(safe("\u0085"));
    EXPECT_FALSE(safe("\u202E"));
    EXPECT_FALSE(safe("\xEF\xBF\xBF"));
    EXPECT_FALSE(safe("\xFF"));
}

TEST(TerminalText, CountsColumnsAsTerminalsDo) {
    EXPECT_EQ(column_count(""), 0);
    EXPECT_EQ(column_count("abc"), 3);
    EXPECT_EQ(column_count("é"), 1);
    EXPECT_EQ(column_count("e\u0301"), 1);
    EXPECT_EQ(column_count("東京"), 4);
    EXPECT_EQ(column_count("🚀"), 2);
    EXPECT_EQ(column_count("▉…▲"), 3);
    EXPECT_EQ(column_count("a\u200B\uFE20\uFEFF"), 1);
    EXPECT_EQ(column_count("\xFF\xC3"), 2); // as the replacement characters that show
}

TEST(TerminalText, ShrinksTheWidestColumnFirst) {
    std::vector<int> widths = {10, 6, 8};
    EXPECT_TRUE(shrink_to_fit(widths, {3, 6, 3}, 24));
    EXPECT_EQ(widths, (std::vector<int>{10, 6, 8}));
    EXPECT_TRUE(shrink_to_fit(widths, {3, 6, 3}, 20));
    EXPECT_EQ(widths, (std::vector<int>{7, 6, 7}));
    EXPECT_FALSE(shrink_to_fit(widths, {3, 6, 3}, 11));
    EXPECT_EQ(widths, (std::vector<int>{3, 6, 3}));
}

TEST(TerminalText, SetsFieldsBelowEachOther) {
    const std::vector<Field> fields = {{"service", "Machines for all"},
                                       {"empty", ""},
                                       {"a long name of a column", "1,234.50", true},
                                       {"cost", "123,456,789,012,345.00", true}};
    EXPECT_EQ(field_lines(fields, 60), (std::vector<std::string>{"service                  Machines for all",
                                                                 "a long name of a column  1,234.50",
                                                                 "cost                     123,456,789,012,345.00"}));
    EXPECT_EQ(field_lines(fields, 20),
              (std::vector<std::string>{"service", "  Machines for all", "a long na…  1,234.50", "cost",
                                        "123,456,789,012,345.00"}));
    EXPECT_EQ(field_lines({{"service", "Machines for everyone"}}, 20),
              (std::vector<std::string>{"service", "  Machines for ever…"}));
}

TEST(TerminalText, CutsAtCharactersAndKeepsTheWidth) {
    EXPECT_EQ(cut_to_columns("abcdef", 6), "abcdef");
    EXPECT_EQ(cut_to_columns("abcdefg", 6), "abcde…");
    EXPECT_EQ(cut_to_columns("東京都", 6), "東京都");
    EXPECT_EQ(cut_to_columns("東京都", 5), "東京…");
    EXPECT_EQ(cut_to_columns("東京都", 4), "東…"); // half a character does not fit
    EXPECT_EQ(cut_to_columns("e\u0301bcd", 2), "e\u0301…");
    EXPECT_EQ(cut_to_columns("abc", 1), "…");
}

} // namespace
} // namespace florin::base
