#include "report/text.hpp"

#include <cstddef>

namespace florin::report {

std::string html_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const base::Character character = base::character_at(text, at);
        const std::string_view bytes = text.substr(at, character.byte_count);
        at += character.byte_count;
        if (!base::is_safe(character)) {
            out += "\uFFFD";
            continue;
        }
        switch (character.value) {
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

} // namespace florin::report
