#include "allocate/split.hpp"

#include "base/check.hpp"
#include "money/rounding.hpp"
#include "money/wide.hpp"

#include <algorithm>

namespace florin::allocate {
namespace {

using base::int128;
using base::uint128;

/// The high 128 bits of a x b.
uint128 multiply_high(uint128 a, uint128 b) {
    constexpr uint128 kLow = ~std::uint64_t{0};
    const uint128 a_low = a & kLow;
    const uint128 a_high = a >> 64U;
    const uint128 b_low = b & kLow;
    const uint128 b_high = b >> 64U;
    const uint128 low_high = a_low * b_high;
    const uint128 high_low = a_high * b_low;
    const uint128 middle = ((a_low * b_low) >> 64U) + (low_high & kLow) + (high_low & kLow);
    return a_high * b_high + (low_high >> 64U) + (high_low >> 64U) + (middle >> 64U);
}

} // namespace

Splitter::Splitter(std::span<const uint128> weights) {
    FLORIN_CHECK(!weights.empty(), "nothing to split by");
    for (const uint128 weight : weights) {
        FLORIN_CHECK(weight > 0 && weight >> 127U == 0 && (total_ + weight) >> 127U == 0, "a weight out of range");
        total_ += weight;
    }
    for (const uint128 weight : weights) {
        const uint128 fraction =
            weights.size() == 1 ? 0 : money::divide_wide({.high = weight, .low = 0}, {.high = 0, .low = total_}).quotient;
        parts_.push_back({.weight = weight, .fraction = fraction});
    }
}

void Splitter::split(int128 amount, std::span<int128> parts, std::vector<Remainder>& scratch) const {
    if (parts_.size() == 1) {
        parts[0] = amount;
        return;
    }
    const bool negative = amount < 0;
    const uint128 magnitude = money::magnitude_of(amount);
    uint128 left = magnitude;
    scratch.resize(parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        // The fraction is short of weight / total by less than 2^-128, so that the product is short of the exact
        // share by less than one half: the quotient is right or one too low, which the remainder tells.
        uint128 quotient = multiply_high(magnitude, parts_[i].fraction);
        uint128 remainder = magnitude * parts_[i].weight - quotient * total_;
        if (remainder >= total_) {
            quotient += 1;
            remainder -= total_;
        }
        left -= quotient;
        parts[i] = money::with_sign(quotient, negative);
        scratch[i] = {remainder, i};
    }
    if (left == 0) {
        return;
    }
#ifdef FLORIN_BREAK_CONSERVATION // only in the test that wants to see the certificate refuse
    return;
#endif
    const auto end = scratch.begin() + static_cast<std::ptrdiff_t>(left);
    std::nth_element(scratch.begin(), end, scratch.end(), [](const Remainder& a, const Remainder& b) {
        return a.value != b.value ? a.value > b.value : a.index < b.index;
    });
    std::for_each(scratch.begin(), end, [&](const Remainder& one) { parts[one.index] += negative ? -1 : 1; });
}

} // namespace florin::allocate
