#include "base/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <span>

namespace florin::base {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

bool is_in(std::span<const Range> ranges, char32_t value) {
    return std::ranges::any_of(ranges,
                               [value](const Range& range) { return range.first <= value && value <= range.last; });
}

/// C0, C1, and what reorders or breaks the line it stands in.
constexpr std::array<Range, 6> kHarmful = {
    {{0, 0x1F}, {0x7F, 0x9F}, {0x61C, 0x61C}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069}}};

/// Nothing is seen of them: two names that differ look the same.
constexpr std::array<Range, 5> kInvisible = {
    {{0xAD, 0xAD}, {0x200B, 0x200D}, {0x2060, 0x2065}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF}}};

constexpr std::array<Range, 12> kNoWidth = {{{0x300, 0x36F},
                                             {0x483, 0x489},
                                             {0x591, 0x5BD},
                                             {0x610, 0x61A},
                                             {0x64B, 0x65F},
                                             {0x1AB0, 0x1AFF},
                                             {0x1DC0, 0x1DFF},
                                             {0x200B, 0x200D},
                                             {0x20D0, 0x20FF},
                                             {0xFE00, 0xFE0F},
                                             {0xFE20, 0xFE2F},
                                             {0xFEFF, 0xFEFF}}};
constexpr std::array<Range, 10> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};

int columns_of(char32_t value) {
    if (value < 0x300) {
        return 1;
    }
    return is_in(kNoWidth, value) ? 0 : is_in(kWide, value) ? 2 : 1;
}

} // namespace

Character character_at(std::string_view text, std::size_t at) {
    static constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
        return {lead, 1, true};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) {
        return {};
    }
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t offset = 1; offset < length; ++offset) {
        const auto next = static_cast<unsigned char>(text[at + offset]);
        if ((next & 0xC0U) != 0x80U) {
            return {};
        }
        value = (value << 6U) | (next & 0x3FU);
    }
    const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < kSmallest.at(length) || value > 0x10FFFF || is_surrogate) {
        return {};
    }
    return {value, length, true};
}

bool is_safe(const Character& character) {
    const bool is_non_character = (character.value & 0xFFFEU) == 0xFFFE;
    return character.is_valid && !is_in(kHarmful, character.value) && !is_non_character;
}

std::string terminal_text(std::string_view text, std::size_t byte_count_max) {
    std::string out;
    out.reserve(std::min(text.size(), byte_count_max));
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (at + character.byte_count > byte_count_max) {
            return out + "…";
        }
        if (!character.is_valid) {
            fmt::format_to(std::back_inserter(out), "\\x{{{:02X}}}", static_cast<unsigned char>(text[at]));
        } else if (!is_safe(character) || is_in(kInvisible, character.value)) {
            fmt::format_to(std::back_inserter(out), "\\u{{{:X}}}", static_cast<std::uint32_t>(character.value));
        } else {
            out += text.substr(at, character.byte_count);
        }
        at += character.byte_count;
    }
    return out;
}

int column_count(std::string_view text) {
    int columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        columns += columns_of(character.value);
        at += character.byte_count;
    }
    return columns;
}

std::string cut_to_columns(std::string_view text, int columns_max) {
    if (column_count(text) <= columns_max) {
        return std::string(text);
    }
    int columns = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const Character character = character_at(text, at);
        columns += columns_of(character.value);
        if (columns > columns_max - 1) {
            break;
        }
        at += character.byte_count;
    }
    return std::string(text.substr(0, at)) + "…";
}

bool shrink_to_fit(std::vector<int>& widths, const std::vector<int>& least, int columns_max) {
    for (int total = std::accumulate(widths.begin(), widths.end(), 0); total > columns_max; --total) {
        std::size_t widest = widths.size();
        for (std::size_t i = 0; i < widths.size(); ++i) {
            if (widths[i] > least[i] && (widest == widths.size() || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        if (widest == widths.size()) {
            return false;
        }
        --widths[widest];
    }
    return true;
}

std::vector<std::string> field_lines(const std::vector<Field>& fields, int columns_max) {
    constexpr int kGap = 2;
    const auto blanks = [](int count) { return std::string(static_cast<std::size_t>(std::max(count, 0)), ' '); };
    int name_columns = 0;
    for (const Field& field : fields) {
        name_columns = std::max(name_columns, column_count(field.name));
    }
    name_columns = std::min(name_columns, columns_max / 2);
    std::vector<std::string> lines;
    for (const Field& field : fields) {
        if (field.value.empty()) {
            continue;
        }
        const std::string value = field.is_figure ? field.value : cut_to_columns(field.value, columns_max - kGap);
        const int value_columns = column_count(value);
        if (name_columns + kGap + value_columns <= columns_max) {
            const std::string name = cut_to_columns(field.name, name_columns);
            lines.push_back(name + blanks(name_columns + kGap - column_count(name)) + value);
        } else {
            lines.push_back(cut_to_columns(field.name, columns_max));
            lines.push_back(blanks(std::min(kGap, columns_max - value_columns)) + value);
        }
    }
    return lines;
}

} // namespace florin::base
