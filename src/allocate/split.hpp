// Largest remainders, fast: what is split by the same weights again and again is prepared once.
#pragma once

#include "base/int128.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace florin::allocate {

/// Weights above zero whose sum is below 2^127. Splits amounts as money::split does with 18 places: each part is its
/// exact share cut to whole units toward zero, and the units left over go one each to the largest remainders, ties to
/// the lower index. So the parts sum to the amount and carry its sign. Of a single weight the part is the amount.
class Splitter {
public:
    explicit Splitter(std::span<const base::uint128> weights);

    std::size_t size() const { return parts_.size(); }

    struct Remainder {
        base::uint128 value;
        std::size_t index;
    };
    /// What a split works in, to be used again and again by one thread.
    struct Scratch {
        std::vector<std::uint64_t> keys;
        std::vector<std::uint64_t> range;
        std::vector<Remainder> remainders;
    };
    /// |amount| < 2^127; `parts` has size() elements. Thread-safe for different `parts` and `scratch`.
    void split(base::int128 amount, std::span<base::int128> parts, Scratch& scratch) const;

private:
    /// Whether it could be done: not where remainders are too close to be told apart by their leading bits.
    bool split_fast(base::uint128 magnitude, bool negative, std::span<base::int128> parts, Scratch& scratch) const;
    void split_exact(base::uint128 magnitude, bool negative, std::span<base::int128> parts, Scratch& scratch) const;

    struct Part {
        base::uint128 weight;
        base::uint128 fraction; ///< floor(weight x 2^128 / total); of a single weight not read
    };
    std::vector<Part> parts_;
    base::uint128 total_ = 0;
    bool is_even_ = true; ///< all weights are equal
};

} // namespace florin::allocate
