#include "fx/exact_rate.hpp"

#include "base/check.hpp"
#include "money/rounding.hpp"
#include "money/wide.hpp"

namespace florin::fx {
namespace {

using base::uint128;
using money::Uint256;

constexpr uint128 kOne = money::power_of_ten(Decimal::kScale);
constexpr uint128 kUnitsLimit = money::power_of_ten(38);

} // namespace

Fraction mean(std::vector<Entry>::const_iterator first, std::vector<Entry>::const_iterator last) {
    Fraction out{0, 0};
    for (; first != last; ++first) {
        out.numerator += static_cast<uint128>(first->rate.units());
        out.denominator += kOne;
    }
    return out;
}

Fraction inverse(Fraction value) {
    return {value.denominator, value.numerator};
}

std::optional<Decimal> to_decimal(Fraction a, Fraction b) {
    const auto product = money::multiply_wide(money::multiply_wide(a.numerator, b.numerator), kOne);
    FLORIN_CHECK(product.has_value(), "a product of rates exceeds 256 bits");
    const Uint256& above = *product;
    const Uint256 below = money::multiply_wide(a.denominator, b.denominator);
    if (below.high == 0 && above.high >= below.low) {
        return std::nullopt; // 2^128 or more
    }
    const money::Division division = money::divide_wide(above, below);
    uint128 units = division.quotient;
    const auto cut_to_half = division.remainder <=> money::subtract(below, division.remainder);
    if (money::goes_up(money::Rounding::kHalfEven, false, (units & 1U) != 0, cut_to_half)) {
        units += 1;
    }
    if (units == 0 || units >= kUnitsLimit) {
        return std::nullopt;
    }
    return Decimal::from_units(static_cast<base::int128>(units));
}

} // namespace florin::fx
