#include "base/yaml_text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace florin::base {
namespace {

constexpr YamlCodes kCodes{.what = "a list of guests",
                           .syntax = "guests.syntax",
                           .too_large = "guests.too_large",
                           .not_a_map = "guests.not_a_map",
                           .unknown_key = "guests.unknown_key",
                           .missing_key = "guests.missing_key",
                           .wrong_type = "guests.wrong_type",
                           .twice = "guests.twice"};

struct Refusal {
    std::string text;
    std::string code;
    std::uint64_t row;
    std::uint64_t caret;
    std::string says;
};

/// Reads `guest` (a text) and `seat` (a choice), as a reader of files does.
Result<std::string> read_guest(const std::string& text) {
    static constexpr std::array<std::string_view, 2> kKeys = {"guest", "seat"};
    static constexpr std::array<std::string_view, 2> kSeats = {"window", "aisle"};
    FLORIN_TRY_ASSIGN(const YamlText file, YamlText::open(text, "guests.yaml", kCodes));
    FLORIN_TRY(file.only_keys(file.root(), kKeys, "a guest"));
    FLORIN_TRY_ASSIGN(std::string name, file.required_text(file.root(), "guest", "a guest"));
    FLORIN_TRY_ASSIGN(const auto seat, file.choice(file.root(), "seat", kSeats));
    return name + (seat ? " " + std::string(kSeats[*seat]) : "");
}

TEST(YamlText, ReadsWhatIsThere) {
    EXPECT_EQ(read_guest("guest: Ana\nseat: aisle\n").value(), "Ana aisle");
    EXPECT_EQ(read_guest("{guest: \"007\"}").value(), "007");
}

TEST(YamlText, RefusesWithAPlace) {
    const std::string deep = std::string(kYamlDepthMax + 1, '[') + std::string(kYamlDepthMax + 1, ']');
    const std::vector<Refusal> refusals = {
        {"guest: [", "guests.syntax", 1, 1, "end of sequence"}, // the parser points at where the document ends
        {"guest: &a x\nseat: *a", "guests.syntax", 2, 7, "alias"},
        {"guest: x\n---\nguest: y", "guests.syntax", 2, 1, "a list of guests is one"},
        {deep, "guests.syntax", 1, 101, "more than 100 levels"},
        {"guest: x\nseat: \xff", "guests.syntax", 2, 0, "UTF-8"},
        {std::string(kYamlBytesMax + 1, '#'), "guests.too_large", 0, 0, "1048577 bytes"},
        {"- x", "guests.not_a_map", 1, 1, "a guest"},
        {"gest: x", "guests.unknown_key", 1, 1, "`guest`"},
        {"guest: x\nguest: y", "guests.twice", 2, 1, "second time"},
        {"seat: aisle", "guests.missing_key", 1, 1, "`guest`"},
        {"guest: \"\"", "guests.wrong_type", 1, 8, "a text"},
        {"guest: \"a\\nb\"", "guests.wrong_type", 1, 8, "control"},
        {"guest: x\nseat: windw", "guests.wrong_type", 2, 7, "Did you mean `window`?"}};
    for (const Refusal& refusal : refusals) {
        const auto read = read_guest(refusal.text);
        ASSERT_FALSE(read.ok()) << refusal.text.substr(0, 80);
        const Error& error = read.error();
        EXPECT_EQ(error.code, refusal.code) << refusal.text.substr(0, 80);
        EXPECT_EQ(error.place.row, refusal.row) << refusal.text.substr(0, 80);
        EXPECT_EQ(error.place.caret, refusal.caret) << refusal.text.substr(0, 80);
        EXPECT_NE((error.message + error.remedy).find(refusal.says), std::string::npos) << error.describe();
    }
}

TEST(YamlText, AnErrorWithinATextIsMovedToTheFile) {
    const YamlText file = YamlText::open("x: 1\nwhere: \"regoin = 1\"\n", "f.yaml", kCodes).value();
    Error inner = user_error("filter.unknown_name", "no");
    inner.place.caret = 1;
    const Error moved = file.placed(inner, file.root()["where"]);
    EXPECT_EQ(moved.place.row, 2U);
    EXPECT_EQ(moved.place.caret, 9U);
    EXPECT_EQ(moved.place.source_line, "where: \"regoin = 1\"");
}

TEST(YamlText, LinesEndWithoutTheirEnds) {
    EXPECT_EQ(line_of("a\r\nb", 0), "a");
    EXPECT_EQ(line_of("a\r\nb", 1), "b");
}

} // namespace
} // namespace florin::base
