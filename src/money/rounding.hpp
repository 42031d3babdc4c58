// The one place that knows what each rounding does.
#pragma once

#include "money/decimal.hpp"

#include <compare>

namespace florin::money {

/// Whether a magnitude from which something other than zero was cut off goes one up. `odd`: its last
/// kept digit is odd. `cut_to_half`: how the part cut off compares to one half of the last kept digit.
bool goes_up(Rounding rounding, bool negative, bool odd, std::strong_ordering cut_to_half) noexcept;

/// The powers of ten: 10^exponent, 0 <= exponent <= 38.
constexpr base::uint128 power_of_ten(int exponent) noexcept {
    base::uint128 power = 1;
    for (int i = 0; i < exponent; ++i) {
        power *= 10U;
    }
    return power;
}

/// |value| of any 128-bit number, the least one included.
constexpr base::uint128 magnitude_of(base::int128 value) noexcept {
    return value < 0 ? base::uint128{0} - static_cast<base::uint128>(value) : static_cast<base::uint128>(value);
}

/// The number of this magnitude and sign; magnitude < 2^127.
constexpr base::int128 with_sign(base::uint128 magnitude, bool negative) noexcept {
    const auto value = static_cast<base::int128>(magnitude);
    return negative ? -value : value;
}

} // namespace florin::money
