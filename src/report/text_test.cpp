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
    EXPECT_EQ(html_text("\xC3<"), "\uFFFD&lt;");
}

} // namespace
} // namespace florin::report
