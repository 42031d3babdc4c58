// The way of one cell's money through the pools, to the last digit: used for whole months and to explain one amount.
#pragma once

#include "allocate/assignment.hpp"
#include "allocate/measure.hpp"
#include "allocate/ratio.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace florin::allocate {

/// Step::via of what goes to its owner without a pool.
inline constexpr std::size_t kDirect = std::numeric_limits<std::size_t>::max();

/// What arrives at a value, a reason or a later pool.
struct Step {
    std::size_t via = kDirect; ///< the pool that gives it
    Sink sink = 0;
    Units units{};
    /// Into Ratios::sets(), and of its shares; kDirect where there is no set.
    std::size_t set = kDirect;
    std::size_t share = kDirect;
};

/// All that one pool gives on of a cell, or that goes nowhere else: part i of a basis belongs to shares[i].
struct Gift {
    std::size_t via = kDirect; ///< the pool that gives it
    std::size_t set = kDirect; ///< into Ratios::sets(); kDirect where there is no set
    std::span<const Share> shares;
    std::array<const base::int128*, kBasisCount> parts{};
    std::array<bool, kBasisCount> is_zero{}; ///< all parts of that basis are
};

/// Walks cells. One thread at a time.
class Flow {
public:
    Flow(const Setting& setting, const Ratios& ratios);

    /// Whether the money of a cell goes anywhere else than whole to its owner. `amounts` are those of the cell.
    bool is_straight(std::size_t tuple, const Assignment& assignment, const Amounts& amounts) const;

    /// Splits a cell's four amounts: at each pool what came in is added up, then given on by its ratios, each basis
    /// by itself, by largest remainders in units of 10^-18. `on_gift` is called with each Gift in the order of stages,
    /// parts into later pools included; it holds until the call returns. Error `money.overflow` where what goes into a
    /// pool is 10^20 or more.
    template <class OnGift>
    base::Result<void> walk(std::size_t tuple, period::Day day, const Assignment& assignment, const Amounts& amounts,
                            OnGift on_gift);

    /// All that went through a pool in `walk` since the beginning, by pool, then currency.
    std::span<const std::vector<Sums>> through() const { return through_; }

private:
    struct Start {
        Share owner; ///< to the owner or pool of the cell
        Units owner_units{};
        Share saving; ///< effective cost less reference cost, into the pool of savings
        Units saving_units{};
        bool saves = false;
    };
    base::Result<Start> start(std::size_t tuple, const Assignment& assignment, const Amounts& amounts) const;
    /// What of a gift goes into pools waits there.
    base::Result<void> arrive(const Gift& gift);
    /// What waits in `pool` does so no longer.
    Units take_out(std::size_t pool, std::uint16_t currency);
    /// Fills parts_.
    void split(const Units& units, const Splitter& splitter);

    const Setting* setting_;
    const Ratios* ratios_;
    std::vector<Units> waiting_;   ///< by pool
    std::vector<bool> is_waiting_; ///< by pool
    std::size_t waiting_count_ = 0;
    std::array<std::vector<base::int128>, kBasisCount> parts_;
    Splitter::Scratch scratch_;
    std::vector<std::vector<Sums>> through_;
};

template <class OnGift>
base::Result<void> Flow::walk(std::size_t tuple, period::Day day, const Assignment& assignment, const Amounts& amounts,
                              OnGift on_gift) {
    const Stages& stages = *setting_->stages;
    const Tuple& facts = setting_->tuples->all[tuple];
    const auto pass_on = [&](const Gift& gift) {
        on_gift(gift);
        return arrive(gift);
    };
    const auto whole = [](std::size_t via, const Share& share, const Units& units) {
        return Gift{.via = via,
                    .shares = {&share, 1},
                    .parts = {&units[0], &units[1], &units[2], &units[3]},
                    .is_zero = {units[0] == 0, units[1] == 0, units[2] == 0, units[3] == 0}};
    };
    FLORIN_TRY_ASSIGN(const Start first, start(tuple, assignment, amounts));
    FLORIN_TRY(pass_on(whole(kDirect, first.owner, first.owner_units)));
    if (first.saves) {
        FLORIN_TRY(pass_on(whole(kDirect, first.saving, first.saving_units)));
    }
    for (std::size_t rank = 0; waiting_count_ != 0; ++rank) {
        const std::size_t pool = stages.order()[rank];
        if (!is_waiting_[pool]) {
            continue;
        }
        const Units units = take_out(pool, facts.currency);
        if (const std::optional<std::size_t> set = ratios_->find(pool, facts, day)) {
            split(units, ratios_->splitter(*set));
            FLORIN_TRY(pass_on({.via = pool,
                                .set = *set,
                                .shares = ratios_->sets()[*set].shares,
                                .parts = {parts_[0].data(), parts_[1].data(), parts_[2].data(), parts_[3].data()},
                                .is_zero = {units[0] == 0, units[1] == 0, units[2] == 0, units[3] == 0}}));
        } else {
            const Share nobody{.sink = stages.sinks().of(Reason::kNoBase), .weight = 1};
            FLORIN_TRY(pass_on(whole(pool, nobody, units)));
        }
    }
    return {};
}

} // namespace florin::allocate
