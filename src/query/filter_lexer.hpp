// Words of the filter language.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::query {

struct Token {
    enum class Kind : std::uint8_t {
        kName,   ///< `service_name`, also a keyword: `text` as written
        kTag,    ///< `tag.KEY`: `text` is the key
        kCustom, ///< `x.NAME`: `text` is the name
        kString, ///< 'text' without its quotes
        kNumber, ///< as written
        kSymbol, ///< ( ) , = != < <= > >=
        kEnd,
    };
    Kind kind = Kind::kEnd;
    std::string text;
    std::size_t offset = 0; ///< byte where it starts
};

/// An error of the user at a byte of a text, with the line and the caret to show.
base::Error error_at(std::string code, std::string message, std::string_view text, std::size_t offset);

/// The text's tokens, kEnd last.
base::Result<std::vector<Token>> lex_filter(std::string_view text);

} // namespace florin::query
