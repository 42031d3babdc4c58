#include "money/oracle.hpp"

namespace florin::money::oracle {

Integer integer_of(base::uint128 value) {
    return (Integer(static_cast<std::uint64_t>(value >> 64U)) << 64U) + static_cast<std::uint64_t>(value);
}

Integer integer_of(base::int128 value) {
    return value < 0 ? Integer(-integer_of(base::uint128{0} - static_cast<base::uint128>(value)))
                     : integer_of(static_cast<base::uint128>(value));
}

base::uint128 unsigned_of(const Integer& value) {
    const Integer mask = (Integer(1) << 64U) - 1;
    const auto high = static_cast<std::uint64_t>(Integer((value >> 64U) & mask));
    const auto low = static_cast<std::uint64_t>(Integer(value & mask));
    return (base::uint128{high} << 64U) | low;
}

Integer power_of_ten(unsigned exponent) {
    return boost::multiprecision::pow(Integer(10), exponent);
}

Integer rounded_quotient(Integer numerator, Integer denominator, Rounding rounding) {
    if (denominator < 0) {
        numerator = -numerator;
        denominator = -denominator;
    }
    Integer below = numerator / denominator;
    if (below * denominator > numerator) {
        below -= 1;
    }
    const Integer distance = numerator - below * denominator; // from `below`, in parts of the denominator
    if (distance == 0) {
        return below;
    }
    const Integer above = below + 1;
    const Integer& toward_zero = numerator < 0 ? above : below;
    const Integer& away_from_zero = numerator < 0 ? below : above;
    const bool tie = distance * 2 == denominator;
    const Integer& nearest = distance * 2 < denominator ? below : above;
    switch (rounding) {
    case Rounding::kHalfEven: return tie ? (below % 2 == 0 ? below : above) : nearest;
    case Rounding::kHalfAwayFromZero: return tie ? away_from_zero : nearest;
    case Rounding::kTowardZero: return toward_zero;
    case Rounding::kFloor: return below;
    case Rounding::kCeiling: return above;
    }
    return 0;
}

base::uint128 Numbers::any() {
    const base::uint128 bits = (base::uint128{engine_()} << 64U) | engine_();
    const unsigned shift = static_cast<unsigned>(below(128));
    switch (below(8)) {
    case 0: return ~base::uint128{0} >> shift;
    case 1: return base::uint128{1} << shift;
    default: return bits >> shift;
    }
}

base::int128 Numbers::units() {
    base::uint128 magnitude = any() % unsigned_of(power_of_ten(38));
    if (below(16) == 0) {
        magnitude = unsigned_of(power_of_ten(38)) - 1;
    }
    return below(2) == 0 ? static_cast<base::int128>(magnitude) : -static_cast<base::int128>(magnitude);
}

} // namespace florin::money::oracle
