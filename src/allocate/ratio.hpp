// The ratios by which pools give their money on: whole weights, one set for a pool and whatever its ratios depend on.
#pragma once

#include "allocate/cells.hpp"
#include "allocate/split.hpp"
#include "allocate/stage.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace florin::allocate {

/// A part of a pool: weight / sum of the weights of its set.
struct Share {
    Sink sink = 0;
    base::uint128 weight = 0; ///< above zero
    friend bool operator==(const Share&, const Share&) = default;
};

/// RatioSet::currency where the ratios do not depend on it.
inline constexpr std::uint16_t kAnyCurrency = 0xFFFF;

/// The ratios of one pool in one billing month.
struct RatioSet {
    std::size_t pool = 0;
    std::uint32_t group = 0; ///< Tuple::bill_line of Method::kBill, Tuple::programme of savings, else 0
    std::uint16_t currency = kAnyCurrency;
    std::optional<period::Day> day; ///< where the driver is that of the charge's own day
    std::vector<Share> shares;      ///< sinks are distinct; in the order in which equal remainders are served
    bool rounded = false;           ///< ratios of reciprocal pools too long for whole weights, in units of 10^-36
    friend bool operator==(const RatioSet&, const RatioSet&) = default;
};

/// All ratio sets of a billing month, found by charge.
class Ratios {
public:
    explicit Ratios(const Stages& stages);

    /// There is none of that pool, group, currency and day yet.
    void add(RatioSet set);
    std::span<const RatioSet> sets() const { return sets_; }
    const Splitter& splitter(std::size_t set) const { return splitters_[set]; }
    /// The number of the set by which `pool` gives on the money of a charge of `tuple` on `day`. Nothing where there
    /// is none: the charge then has no base to follow.
    std::optional<std::size_t> find(std::size_t pool, const Tuple& tuple, period::Day day) const;

private:
    /// On what the ratios of a pool depend.
    struct Key {
        bool bill_line = false;
        bool programme = false;
        bool currency = false;
        bool day = false;
    };
    std::vector<Key> keys_;
    std::vector<std::unordered_map<std::uint64_t, std::size_t>> numbers_; ///< by pool
    std::vector<RatioSet> sets_;
    std::vector<Splitter> splitters_;
};

/// SHA-256 of ratio sets, in their order.
std::string hash_of(std::span<const RatioSet> sets);

} // namespace florin::allocate
