#include "query/letter_case.hpp"

#include "base/check.hpp"
#include "base/terminal_text.hpp"

#include <clocale>
#include <cstdlib>
#include <cwctype>

namespace florin::query {
namespace {

using Mapping = wint_t (*)(wint_t, locale_t);

locale_t unicode() {
    static const locale_t locale = [] {
        const locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
        FLORIN_CHECK(made != locale_t{}, "the C library knows the locale C.UTF-8");
        return made;
    }();
    return locale;
}

bool is_ascii(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x80) {
            return false;
        }
    }
    return true;
}

void encode(wint_t value, std::string& out) {
    const auto add = [&out](wint_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (value < 0x80) {
        add(value);
    } else if (value < 0x800) {
        add(0xC0U | (value >> 6U));
        add(0x80U | (value & 0x3FU));
    } else if (value < 0x10000) {
        add(0xE0U | (value >> 12U));
        add(0x80U | ((value >> 6U) & 0x3FU));
        add(0x80U | (value & 0x3FU));
    } else {
        add(0xF0U | (value >> 18U));
        add(0x80U | ((value >> 12U) & 0x3FU));
        add(0x80U | ((value >> 6U) & 0x3FU));
        add(0x80U | (value & 0x3FU));
    }
}

std::string mapped(std::string_view text, char first, char last, Mapping mapping) {
    std::string out;
    out.reserve(text.size());
    if (is_ascii(text)) {
        for (const char c : text) {
            out += c >= first && c <= last ? static_cast<char>(c ^ 0x20) : c;
        }
        return out;
    }
    for (std::size_t at = 0; at < text.size();) {
        const base::Character character = base::character_at(text, at);
        if (character.is_valid) {
            encode(mapping(static_cast<wint_t>(character.value), unicode()), out);
        } else {
            out += text[at];
        }
        at += character.byte_count;
    }
    return out;
}

} // namespace

std::string lower_case(std::string_view text) {
    return mapped(text, 'A', 'Z', ::towlower_l);
}

std::string upper_case(std::string_view text) {
    // The C library leaves ß, whose capital came late; the engine does not.
    return mapped(text, 'a', 'z', [](wint_t letter, locale_t locale) {
        return letter == U'ß' ? static_cast<wint_t>(U'ẞ') : ::towupper_l(letter, locale);
    });
}

} // namespace florin::query
