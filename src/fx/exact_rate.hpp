// Means, inverses and crosses of rates as fractions, rounded once at the end.
#pragma once

#include "base/int128.hpp"
#include "fx/table.hpp"

#include <optional>
#include <vector>

namespace florin::fx {

/// numerator / denominator. Of at most 31 rates below kRateLimit, so that the product of two fractions
/// and 10^18 stays below 2^256.
struct Fraction {
    base::uint128 numerator = 1;
    base::uint128 denominator = 1;
};

/// The mean of the rates, which are at least one and at most 31: their sum over their number.
Fraction mean(std::vector<Entry>::const_iterator first, std::vector<Entry>::const_iterator last);

Fraction inverse(Fraction value);

/// a x b rounded half even to 18 places, with 256-bit intermediates; nothing where that is 10^20 or more,
/// or rounds to zero.
std::optional<Decimal> to_decimal(Fraction a, Fraction b);

} // namespace florin::fx
