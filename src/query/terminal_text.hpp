// Text of bills on a terminal: made harmless, measured and cut in columns.
#pragma once

#include <string>
#include <string_view>

namespace florin::query {

/// Control characters, line and direction marks and bytes that are no UTF-8 become `\xNN`, byte by byte.
std::string harmless(std::string_view text);

/// Columns that harmless text takes: two for wide East Asian characters and emoji, none for
/// combining marks and joiners.
int width_of(std::string_view text);

/// The text cut to at most `columns` (>= 1), with `…` where something was cut off.
std::string cut_to(std::string_view text, int columns);

} // namespace florin::query
