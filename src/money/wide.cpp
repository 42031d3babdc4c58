#include "money/wide.hpp"

#include "base/check.hpp"

#include <cstdint>

namespace florin::money {
namespace {

using base::uint128;

constexpr uint128 kLowMask = ~std::uint64_t{0};
constexpr uint128 kLimbBase = uint128{1} << 64U;

constexpr uint128 low_limb(uint128 value) {
    return value & kLowMask;
}
constexpr uint128 high_limb(uint128 value) {
    return value >> 64U;
}

/// Number of zero bits above the highest one; value != 0.
unsigned leading_zeros(uint128 value) {
    const auto high = static_cast<std::uint64_t>(high_limb(value));
    return static_cast<unsigned>(high != 0 ? __builtin_clzll(high)
                                           : 64 + __builtin_clzll(static_cast<std::uint64_t>(value)));
}

struct Step {
    uint128 quotient; ///< one limb
    uint128 remainder;
};

/// One step of long division in limbs of 64 bits (Knuth, algorithm D): (head x 2^64 + limb) / divisor,
/// where head < divisor and the divisor's highest bit is set.
Step divide_step(uint128 head, uint128 limb, uint128 divisor) {
    const uint128 divisor_high = high_limb(divisor);
    const uint128 divisor_low = low_limb(divisor);
    uint128 quotient = head / divisor_high;
    uint128 rest = head % divisor_high;
    while (quotient >= kLimbBase || quotient * divisor_low > ((rest << 64U) | limb)) {
        quotient -= 1;
        rest += divisor_high;
        if (rest >= kLimbBase) {
            break;
        }
    }
    // The difference is below the divisor, so that wrapping in between does no harm.
    return {quotient, ((head << 64U) | limb) - quotient * divisor};
}

/// value / divisor with value.high < divisor.
Division divide_by_128(Uint256 value, uint128 divisor) {
    if (value.high == 0) {
        return {value.low / divisor, {0, value.low % divisor}};
    }
    const unsigned shift = leading_zeros(divisor);
    const uint128 scaled = divisor << shift;
    const uint128 high = shift == 0 ? value.high : (value.high << shift) | (value.low >> (128U - shift));
    const uint128 low = value.low << shift;
    const Step first = divide_step(high, high_limb(low), scaled);
    const Step second = divide_step(first.remainder, low_limb(low), scaled);
    return {(first.quotient << 64U) | second.quotient, {0, second.remainder >> shift}};
}

/// value / divisor for a divisor beyond 128 bits, one bit at a time. It is slow and seldom needed: by splits
/// whose weights sum up to more than 128 bits, and by exchange rates that are crossed from large or many ones.
Division divide_by_256(Uint256 value, Uint256 divisor) {
    Division out;
    out.remainder = {0, value.high}; // the divisor is larger, so that these bits give no quotient
    for (unsigned bit = 128; bit-- > 0;) {
        // No carry is lost: what is shifted is never more than the value's leading bits.
        out.remainder.high = (out.remainder.high << 1U) | (out.remainder.low >> 127U);
        out.remainder.low = (out.remainder.low << 1U) | ((value.low >> bit) & 1U);
        out.quotient <<= 1U;
        if (out.remainder >= divisor) {
            out.remainder = subtract(out.remainder, divisor);
            out.quotient |= 1U;
        }
    }
    return out;
}

} // namespace

Uint256 add(Uint256 a, Uint256 b) noexcept {
    const uint128 low = a.low + b.low;
    return {a.high + b.high + (low < a.low ? 1U : 0U), low};
}

Uint256 subtract(Uint256 a, Uint256 b) noexcept {
    return {a.high - b.high - (a.low < b.low ? 1U : 0U), a.low - b.low};
}

Uint256 multiply_wide(uint128 a, uint128 b) noexcept {
    const uint128 low_low = low_limb(a) * low_limb(b);
    const uint128 low_high = low_limb(a) * high_limb(b);
    const uint128 high_low = high_limb(a) * low_limb(b);
    const uint128 high_high = high_limb(a) * high_limb(b);
    const uint128 middle = high_limb(low_low) + low_limb(low_high) + low_limb(high_low);
    return {high_high + high_limb(low_high) + high_limb(high_low) + high_limb(middle),
            (middle << 64U) | low_limb(low_low)};
}

std::optional<Uint256> multiply_wide(Uint256 a, uint128 b) noexcept {
    const Uint256 low = multiply_wide(a.low, b);
    const Uint256 high = multiply_wide(a.high, b);
    const uint128 sum = high.low + low.high;
    if (high.high != 0 || sum < high.low) {
        return std::nullopt;
    }
    return Uint256{sum, low.low};
}

Division divide_wide(Uint256 value, Uint256 divisor) {
    FLORIN_CHECK(divisor != Uint256{}, "division by zero");
    if (divisor.high != 0) {
        return divide_by_256(value, divisor);
    }
    FLORIN_CHECK(value.high < divisor.low, "the quotient does not fit 128 bits");
    return divide_by_128(value, divisor.low);
}

} // namespace florin::money
