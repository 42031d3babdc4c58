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

/// An amount a basis, in units of 10^-18.
using Units = std::array<base::int128, kBasisCount>;

/// What arrives at a value, a reason or a later pool.
struct Step {
    std::size_t via = kDirect; ///< the pool that gives it
    Sink sink = 0;
    Units units{};
    /// Into Ratios::sets(), and of its shares; kDirect where there is no set.
    std::size_t set = kDirect;
    std::size_t share = kDirect;
};

/// Walks cells. One thread at a time.
class Flow {
public:
    Flow(const Setting& setting, const Ratios& ratios);

    /// Whether the money of a cell goes anywhere else than whole to its owner. `amounts` are those of the cell.
    bool is_straight(std::size_t tuple, const Assignment& assignment, const Amounts& amounts) const;

    /// Splits a cell's four amounts: at each pool what came in is added up, then given on by its ratios, each basis
    /// by itself, by largest remainders in units of 10^-18. `step` is called with each Step in the order of stages,
    /// those into pools included. Error `money.overflow` where what goes into a pool is 10^20 or more.
    template <class OnStep>
    base::Result<void> walk(std::size_t tuple, period::Day day, const Assignment& assignment, const Amounts& amounts,
                            OnStep on_step);

    /// All that went through a pool in `walk` since the beginning, by pool, then currency.
    std::span<const std::vector<Sums>> through() const { return through_; }

private:
    struct Start {
        Step owner;  ///< to the owner or pool of the cell
        Step saving; ///< effective cost less reference cost, into the pool of savings
        bool saves = false;
    };
    base::Result<Start> start(std::size_t tuple, const Assignment& assignment, const Amounts& amounts) const;
    base::Result<void> arrive(const Step& step);
    /// What waits in `pool` does so no longer.
    void take_out(std::size_t pool, std::uint16_t currency);
    /// Fills parts_ with the parts of what waits in `pool`, and takes it out.
    void give(std::size_t pool, const Splitter& splitter, std::uint16_t currency);

    const Setting* setting_;
    const Ratios* ratios_;
    std::vector<Units> waiting_;      ///< by pool
    std::vector<bool> is_waiting_;    ///< by pool
    std::size_t waiting_count_ = 0;
    std::array<std::vector<base::int128>, kBasisCount> parts_;
    std::vector<Splitter::Remainder> scratch_;
    std::vector<std::vector<Sums>> through_;
};

template <class OnStep>
base::Result<void> Flow::walk(std::size_t tuple, period::Day day, const Assignment& assignment, const Amounts& amounts,
                              OnStep on_step) {
    const Stages& stages = *setting_->stages;
    const Tuple& facts = setting_->tuples->all[tuple];
    FLORIN_TRY_ASSIGN(const Start first, start(tuple, assignment, amounts));
    for (const Step* step : {&first.owner, &first.saving}) {
        if (step == &first.saving && !first.saves) {
            continue;
        }
        FLORIN_TRY(arrive(*step));
        on_step(*step);
    }
    for (std::size_t rank = 0; waiting_count_ != 0; ++rank) {
        const std::size_t pool = stages.order()[rank];
        if (!is_waiting_[pool]) {
            continue;
        }
        const std::optional<std::size_t> set = ratios_->find(pool, facts, day);
        if (!set) {
            const Step step{.via = pool, .sink = stages.sinks().of(Reason::kNoBase), .units = waiting_[pool]};
            take_out(pool, facts.currency);
            on_step(step);
            continue;
        }
        const std::vector<Share>& shares = ratios_->sets()[*set].shares;
        give(pool, ratios_->splitter(*set), facts.currency);
        for (std::size_t share = 0; share < shares.size(); ++share) {
            const Step step{.via = pool,
                            .sink = shares[share].sink,
                            .units = {parts_[0][share], parts_[1][share], parts_[2][share], parts_[3][share]},
                            .set = *set,
                            .share = share};
            FLORIN_TRY(arrive(step));
            on_step(step);
        }
    }
    return {};
}

} // namespace florin::allocate
