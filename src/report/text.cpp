#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace florin::report {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct CodePoint {
    char32_t value = kReplacement;
    std::size_t byte_count = 1;
    bool is_valid = false;
};

/// The code point at `at`; an invalid byte is one code point of one byte (Unicode 15, table 3-7).
CodePoint code_point_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t offset) -> std::uint32_t {
        return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U;
    };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) {
        return {lead, 1, true};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) {
        return {};
    }
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t offset = 1; offset < length; ++offset) {
        if ((byte(offset) & 0xC0U) != 0x80U) {
            return {};
        }
        value = (value << 6U) | (byte(offset) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < kSmallest[length] || value > 0x10FFFF || is_surrogate) {
        return {};
    }
    return {value, length, true};
}

bool is_control(char32_t value) {
    return value < 0x20 || (value >= 0x7F && value < 0xA0);
}

/// Characters that change how the text around them reads: direction marks, line separators,
/// non-characters.
bool is_deceptive(char32_t value) {
    return (value >= 0x200E && value <= 0x200F) || (value >= 0x2028 && value <= 0x202E) ||
           (value >= 0x2066 && value <= 0x2069) || value == 0x061C || (value & 0xFFFEU) == 0xFFFE;
}

bool is_invisible(char32_t value) {
    return value == 0xAD || (value >= 0x200B && value <= 0x200D) || (value >= 0x2060 && value <= 0x2065) ||
           value == 0xFEFF || (value >= 0xE0000 && value <= 0xE0FFF);
}

struct Range {
    char32_t first;
    char32_t last;
};

bool is_in(const auto& ranges, char32_t value) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [value](const Range& range) { return range.first <= value && value <= range.last; });
}

int columns_of(char32_t value) {
    static constexpr std::array<Range, 9> kCombining = {{{0x300, 0x36F},
                                                         {0x483, 0x489},
                                                         {0x591, 0x5BD},
                                                         {0x610, 0x61A},
                                                         {0x64B, 0x65F},
                                                         {0x1AB0, 0x1AFF},
                                                         {0x1DC0, 0x1DFF},
                                                         {0x20D0, 0x20FF},
                                                         {0xFE00, 0xFE0F}}};
    static constexpr std::array<Range, 10> kWide = {{{0x1100, 0x115F},
                                                     {0x2E80, 0x303E},
                                                     {0x3041, 0xA4CF},
                                                     {0xAC00, 0xD7A3},
                                                     {0xF900, 0xFAFF},
                                                     {0xFE30, 0xFE6F},
                                                     {0xFF00, 0xFF60},
                                                     {0xFFE0, 0xFFE6},
                                                     {0x1F300, 0x1FAFF},
                                                     {0x20000, 0x3FFFD}}};
    if (value < 0x300) {
        return 1;
    }
    return is_in(kCombining, value) ? 0 : is_in(kWide, value) ? 2 : 1;
}

} // namespace

std::string html_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        const std::string_view bytes = text.substr(at, point.byte_count);
        at += point.byte_count;
        if (!point.is_valid || is_control(point.value) || is_deceptive(point.value)) {
            out += "\uFFFD";
            continue;
        }
        switch (point.value) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += bytes;
        }
    }
    return out;
}

std::string terminal_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        const std::string_view bytes = text.substr(at, point.byte_count);
        at += point.byte_count;
        if (!point.is_valid) {
            out += "\uFFFD";
        } else if (is_control(point.value) || is_deceptive(point.value) || is_invisible(point.value)) {
            out += fmt::format("\\u{{{:X}}}", static_cast<std::uint32_t>(point.value));
        } else {
            out += bytes;
        }
    }
    return out;
}

int column_count(std::string_view text) {
    int columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        columns += columns_of(point.value);
        at += point.byte_count;
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
        const CodePoint point = code_point_at(text, at);
        if (columns + columns_of(point.value) > columns_max - 1) {
            break;
        }
        columns += columns_of(point.value);
        at += point.byte_count;
    }
    return std::string(text.substr(0, at)) + "…";
}

} // namespace florin::report
