// Sums of exact decimals that are kept as text, of any size and any number of places.
#pragma once

#include <string>
#include <string_view>

namespace florin::ingest {

/// a + b, as the shortest exact decimal text. Both are `[-]digits[.digits]`; anything else is a bug.
std::string exact_plus(std::string_view a, std::string_view b);

} // namespace florin::ingest
