#include "allocate/split.hpp"

#include "base/check.hpp"
#include "money/rounding.hpp"
#include "money/wide.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace florin::allocate {
namespace {

using base::int128;
using base::uint128;

/// Amounts below 2^this are split fast: their remainders are known to 2^-(128 - this).
constexpr unsigned kFastBits = 80;
/// In units of 2^-64: remainders as far apart as this are told apart, with a factor of two to spare.
constexpr std::uint64_t kTooClose = std::uint64_t{1} << (kFastBits - 64 + 2);

/// Where the largest remainders end.
struct Cut {
    std::uint64_t least = 0; ///< of those that get a unit
    std::uint64_t next = 0;  ///< the largest of the others
};

/// The `count`-th largest of `keys`, 0 < count < keys.size(). Remainders are spread evenly, so that sorting them into
/// 64 ranges leaves one or two to look at.
Cut cut_of(std::span<const std::uint64_t> keys, std::size_t count, std::vector<std::uint64_t>& scratch) {
    constexpr unsigned kRanges = 64;
    constexpr unsigned kShift = 58;
    std::array<std::uint32_t, kRanges> sizes{};
    for (const std::uint64_t key : keys) {
        ++sizes[key >> kShift];
    }
    std::size_t above = 0;
    std::size_t range = kRanges - 1;
    for (; above + sizes[range] < count; --range) {
        above += sizes[range];
    }
    scratch.clear();
    Cut cut;
    for (const std::uint64_t key : keys) {
        if (key >> kShift == range) {
            scratch.push_back(key);
        } else if (key >> kShift < range) {
            cut.next = std::max(cut.next, key);
        }
    }
    std::ranges::sort(scratch, std::greater<>());
    cut.least = scratch[count - above - 1];
    cut.next = count - above < scratch.size() ? scratch[count - above] : cut.next;
    return cut;
}

} // namespace

Splitter::Splitter(std::span<const uint128> weights) {
    FLORIN_CHECK(!weights.empty(), "nothing to split by");
    for (const uint128 weight : weights) {
        FLORIN_CHECK(weight > 0 && weight >> 127U == 0 && (total_ + weight) >> 127U == 0, "a weight out of range");
        total_ += weight;
        is_even_ = is_even_ && weight == weights.front();
    }
    for (const uint128 weight : weights) {
        const uint128 fraction =
            weights.size() == 1 ? 0
                                : money::divide_wide({.high = weight, .low = 0}, {.high = 0, .low = total_}).quotient;
        parts_.push_back({.weight = weight, .fraction = fraction});
    }
}

void Splitter::split(int128 amount, std::span<int128> parts, Scratch& scratch) const {
    if (parts_.size() == 1) {
        parts[0] = amount;
        return;
    }
    const bool negative = amount < 0;
    const uint128 magnitude = money::magnitude_of(amount);
    if (!split_fast(magnitude, negative, parts, scratch)) {
        split_exact(magnitude, negative, parts, scratch);
    }
}

bool Splitter::split_fast(uint128 magnitude, bool negative, std::span<int128> parts, Scratch& scratch) const {
    if (is_even_ || magnitude >> kFastBits != 0) {
        return false;
    }
    // The fraction is short of weight / total by less than 2^-128, so that the product is short of the exact share by
    // less than 2^-48: its high half is the quotient and its low half the remainder, unless that is about to wrap.
    scratch.keys.resize(parts_.size());
    uint128 left = magnitude;
    std::uint64_t highest = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const money::Uint256 share = money::multiply_wide(magnitude, parts_[i].fraction);
        parts[i] = negative ? -static_cast<int128>(share.high) : static_cast<int128>(share.high);
        left -= share.high;
        scratch.keys[i] = static_cast<std::uint64_t>(share.low >> 64U);
        highest = std::max(highest, scratch.keys[i]);
    }
    if (highest > ~kTooClose) {
        return false;
    }
    if (left == 0) {
        return true;
    }
#ifdef FLORIN_BREAK_CONSERVATION // only in the test that wants to see the certificate refuse
    return true;
#endif
    const Cut cut = cut_of(scratch.keys, static_cast<std::size_t>(left), scratch.range);
    if (cut.least - cut.next < kTooClose) {
        return false;
    }
    const int128 step = negative ? -1 : 1;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        parts[i] += scratch.keys[i] >= cut.least ? step : 0;
    }
    return true;
}

void Splitter::split_exact(uint128 magnitude, bool negative, std::span<int128> parts, Scratch& scratch) const {
    std::vector<Remainder>& remainders = scratch.remainders;
    remainders.resize(parts_.size());
    uint128 left = magnitude;
    if (is_even_) { // equal remainders, too: those in front get what is left
        const uint128 quotient = magnitude / parts_.size();
        left = magnitude % parts_.size();
        std::ranges::fill(parts, money::with_sign(quotient, negative));
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            remainders[i] = {left, i};
        }
    } else {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            // The product is short of the exact share by less than one half: the quotient is right or one too low,
            // which the remainder tells.
            uint128 quotient = money::multiply_wide(magnitude, parts_[i].fraction).high;
            uint128 remainder = magnitude * parts_[i].weight - quotient * total_;
            if (remainder >= total_) {
                quotient += 1;
                remainder -= total_;
            }
            left -= quotient;
            parts[i] = money::with_sign(quotient, negative);
            remainders[i] = {remainder, i};
        }
        const auto end = remainders.begin() + static_cast<std::ptrdiff_t>(left);
        if (left != 0) {
            std::nth_element(remainders.begin(), end, remainders.end(), [](const Remainder& a, const Remainder& b) {
                return a.value != b.value ? a.value > b.value : a.index < b.index;
            });
        }
    }
#ifdef FLORIN_BREAK_CONSERVATION // only in the test that wants to see the certificate refuse
    return;
#endif
    for (std::size_t i = 0; i < left; ++i) {
        parts[remainders[i].index] += negative ? -1 : 1;
    }
}

} // namespace florin::allocate
