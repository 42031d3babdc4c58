#include "query/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace florin::query {
namespace {

/// One character, or one byte that belongs to none.
struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

Character character_at(std::string_view text, std::size_t at) {
    static constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
        return {lead, 1, true};
    }
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC0 || lead >= 0xF8 || at + bytes > text.size()) {
        return {};
    }
    std::uint32_t code = lead & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xC0U) != 0x80U) {
            return {};
        }
        code = code << 6U | (next & 0x3FU);
    }
    const bool valid = code >= kLeast.at(bytes) && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    return valid ? Character{code, bytes, true} : Character{};
}

struct Range {
    std::uint32_t first, last;
};

template <std::size_t N>
bool within(std::uint32_t code, const std::array<Range, N>& ranges) {
    return std::ranges::any_of(ranges,
                               [code](const Range& range) { return range.first <= code && code <= range.last; });
}

/// C0, C1, and what reorders or breaks the line it stands in.
constexpr std::array<Range, 6> kHarmful = {
    {{0, 0x1F}, {0x7F, 0x9F}, {0x61C, 0x61C}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069}}};
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

int width_of_code(std::uint32_t code) {
    if (code < 0x300) {
        return 1;
    }
    return within(code, kNoWidth) ? 0 : within(code, kWide) ? 2 : 1;
}

} // namespace

std::string harmless(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (character.valid && !within(character.code, kHarmful)) {
            out.append(text, at, character.bytes);
        } else {
            for (const char byte : text.substr(at, character.bytes)) {
                fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(byte));
            }
        }
        at += character.bytes;
    }
    return out;
}

int width_of(std::string_view text) {
    int width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        width += width_of_code(character.code);
        at += character.bytes;
    }
    return width;
}

std::string cut_to(std::string_view text, int columns) {
    if (width_of(text) <= columns) {
        return std::string(text);
    }
    std::size_t at = 0;
    int width = 0;
    while (at < text.size()) {
        const Character character = character_at(text, at);
        if (width + width_of_code(character.code) > columns - 1) {
            break;
        }
        width += width_of_code(character.code);
        at += character.bytes;
    }
    return fmt::format("{}…", text.substr(0, at));
}

} // namespace florin::query
