// Upper and lower case of letters in any script, the same in filters here and in the engine.
#pragma once

#include <string>
#include <string_view>

namespace florin::query {

/// The text (UTF-8) with each letter in lower or upper case, letter by letter as Unicode's simple mappings have it,
/// and `ẞ` for `ß`. Bytes that are no UTF-8 stay, too. From any thread.
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

} // namespace florin::query
