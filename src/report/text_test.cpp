#include "report/text.hpp"

#include <gtest/gtest.h>

namespace florin::report {
namespace {

using namespace std::string_view_literals;

TEST(TextTest, HtmlTextLeavesNothingThatHtmlWouldRead) {
    EXPECT_EQ(html_text("<script>alert('a' & \"b\")</script>"),
              "&lt;script&gt;alert(&#39;a&#39; &amp; &quot;b&quot;)&lt;/script&gt;");
    EXPECT_EQ(html_text("Zürich 東京 🚀"), "Zürich 東京 🚀");
    EXPECT_EQ(html_text("a\0b\x1B[31m\n"sv), "a\uFFFDb\uFFFD[31m\uFFFD");
    EXPECT_EQ(html_text("a\u202Eb\u2066c"), "a\uFFFDb\uFFFDc");
}

TEST(TextTest, InvalidUtf8BecomesReplacementCharacters) {
    EXPECT_EQ(html_text("a\xFF"
                        "b"),
              "a\uFFFDb");
    EXPECT_EQ(html_text("\xC0\xBC"), "\uFFFD\uFFFD");                     // overlong <
    EXPECT_EQ(html_text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");           // a surrogate
    EXPECT_EQ(html_text("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD"); // beyond U+10FFFF
    EXPECT_EQ(html_text("x\xE6\x9D"), "x\uFFFD\uFFFD");                   // cut short
    EXPECT_EQ(terminal_text("\xC3<"), "\uFFFD<");
}

TEST(TextTest, TerminalTextHasNoControlCharacter) {
    EXPECT_EQ(terminal_text("a\x1B]0;title\x07"), "a\\u{1B}]0;title\\u{7}");
    EXPECT_EQ(terminal_text("a\nb\tc"), "a\\u{A}b\\u{9}c");
    EXPECT_EQ(terminal_text("\u009B31m"), "\\u{9B}31m");
    EXPECT_EQ(terminal_text("a\u202Eb\u200Bc"), "a\\u{202E}b\\u{200B}c");
    EXPECT_EQ(terminal_text("<b>"), "<b>");
}

TEST(TextTest, ColumnsAreCountedAsTerminalsDo) {
    EXPECT_EQ(column_count("abc"), 3);
    EXPECT_EQ(column_count("é"), 1);
    EXPECT_EQ(column_count("e\u0301"), 1);
    EXPECT_EQ(column_count("東京"), 4);
    EXPECT_EQ(column_count("🚀"), 2);
    EXPECT_EQ(column_count("▉…▲"), 3);
}

TEST(TextTest, CutsAtCharactersAndKeepsTheWidth) {
    EXPECT_EQ(cut_to_columns("abcdef", 6), "abcdef");
    EXPECT_EQ(cut_to_columns("abcdefg", 6), "abcde…");
    EXPECT_EQ(cut_to_columns("東京都", 5), "東京…");
    EXPECT_EQ(cut_to_columns("東京都", 4), "東…"); // half a character does not fit
    EXPECT_EQ(cut_to_columns("abc", 1), "…");
}

} // namespace
} // namespace florin::report
