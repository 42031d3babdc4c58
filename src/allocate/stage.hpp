// In which order money flows through pools, and where each part ends or goes on.
#pragma once

#include "allocate/benefit.hpp"
#include "allocate/owners.hpp"
#include "allocate/pool.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::allocate {

/// Where money can go, as one number: a value of the dimension, a reason for which it stays unallocated, or a pool.
using Sink = std::uint32_t;

/// Why money stays unallocated.
enum class Reason : std::uint8_t {
    kNoOwner,    ///< no rule gives the charge, or the charge that it belongs to, an owner
    kZeroDriver, ///< no target of the pool has a driver above zero
    kNoBase,     ///< no cost to follow: no billed cost of the same invoice, account and service, or no eligible usage
};
inline constexpr std::size_t kReasonCount = 3;
std::string_view name(Reason reason); ///< `no-owner`, `zero-driver`, `no-base`

/// How sinks are numbered: values from 0, where 0 is Reason::kNoOwner; the other reasons; pools.
struct Sinks {
    std::uint32_t value_count = 1; ///< kUnallocated included

    Sink of(Reason reason) const {
        return reason == Reason::kNoOwner ? kUnallocated : value_count + static_cast<Sink>(reason) - 1;
    }
    Sink of_pool(std::size_t pool) const { return first_pool() + static_cast<Sink>(pool); }
    bool is_pool(Sink sink) const { return sink >= first_pool(); }
    bool is_unallocated(Sink sink) const { return sink == kUnallocated || (sink >= value_count && !is_pool(sink)); }
    std::size_t pool(Sink sink) const { return sink - first_pool(); }
    Reason reason(Sink sink) const {
        return sink == 0 ? Reason::kNoOwner : static_cast<Reason>(sink - value_count + 1);
    }
    /// One above the last sink that is no pool.
    Sink first_pool() const { return value_count + static_cast<Sink>(kReasonCount) - 1; }
};

/// A target with what it is measured by and where its part goes.
struct Outlet {
    std::uint32_t value = 0; ///< whose driver counts; 0 of a target that is a pool
    Sink sink = 0;
    money::Decimal ratio;
};

/// The pools in the order in which they are emptied. Behind the pools of the rules come two of its own: the savings
/// of commitments, and that part of them which the buyer leaves to others.
class Stages {
public:
    /// `pools` outlive it. Errors, with the place of the pool or target: `allocation.cycle`, `allocation.stage` (money
    /// would flow to the same or an earlier stage), `allocation.reciprocal` (a reciprocal pool needs a driver of whole
    /// billing months), and those of check().
    static base::Result<Stages> of(std::span<const Pool> pools, std::uint32_t value_count);

    std::span<const Pool> pools() const { return pools_; }
    const Sinks& sinks() const { return sinks_; }
    std::size_t savings() const { return pools_.size(); }               ///< number of the first pool of its own
    std::size_t savings_of_others() const { return pools_.size() + 1; } ///< and of the second
    std::size_t pool_count() const { return pools_.size() + 2; }        ///< with these two
    /// Every pool, those of its own first, then by stage and place in the file.
    std::span<const std::size_t> order() const { return order_; }
    /// Of Method::kBill: none, they depend on the charge.
    std::span<const Outlet> outlets(std::size_t pool) const { return outlets_[pool]; }
    /// The reciprocal pools of one stage, for each stage that has some.
    std::span<const std::vector<std::size_t>> reciprocal() const { return reciprocal_; }
    /// The pool into which what lands on `value` goes on, or the value itself.
    Sink drain_of(std::uint32_t value) const { return drains_[value]; }
    /// Whether money may go from one pool to another.
    bool may_flow(std::size_t from, std::size_t to) const;

private:
    base::Result<void> connect(std::size_t pool);
    base::Error backward(std::size_t from, std::size_t to, const base::Place& place) const;

    std::span<const Pool> pools_;
    Sinks sinks_;
    std::vector<std::size_t> order_;
    std::vector<std::vector<Outlet>> outlets_;
    std::vector<std::vector<std::size_t>> reciprocal_;
    std::vector<Sink> drains_;
};

} // namespace florin::allocate
