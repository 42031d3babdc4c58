#include "allocate/flow.hpp"

#include <algorithm>

namespace florin::allocate {
Flow::Flow(const Setting& setting, const Ratios& ratios)
    : setting_(&setting), ratios_(&ratios), waiting_(setting.stages->pool_count()),
      is_waiting_(setting.stages->pool_count()),
      through_(setting.stages->pool_count(), std::vector<Sums>(setting.tuples->currencies.size())) {}

bool Flow::is_straight(std::size_t tuple, const Assignment& assignment, const Amounts& amounts) const {
    return !setting_->stages->sinks().is_pool(assignment.sink) &&
           (!setting_->assignments->saves[tuple] ||
            amounts[static_cast<std::size_t>(setting_->benefit->reference)].is_zero());
}

base::Result<Flow::Start> Flow::start(std::size_t tuple, const Assignment& assignment, const Amounts& amounts) const {
    Start out;
    out.owner = {.sink = assignment.sink, .weight = 1};
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        out.owner_units[basis] = amounts[basis].units();
    }
    const money::Decimal reference = amounts[static_cast<std::size_t>(setting_->benefit->reference)];
    if (setting_->assignments->saves[tuple] && !reference.is_zero()) {
        constexpr auto kEffective = static_cast<std::size_t>(Basis::kEffective);
        FLORIN_TRY_ASSIGN(const money::Decimal saving, amounts[kEffective].minus(reference));
        out.saves = true;
        out.owner_units[kEffective] = reference.units();
        out.saving = {.sink = setting_->stages->sinks().of_pool(setting_->stages->savings()), .weight = 1};
        out.saving_units[kEffective] = saving.units();
    }
    return out;
}

base::Result<void> Flow::arrive(const Gift& gift) {
    const Sinks& sinks = setting_->stages->sinks();
    for (std::size_t share = 0; share < gift.shares.size(); ++share) {
        if (!sinks.is_pool(gift.shares[share].sink)) {
            continue;
        }
        const std::size_t pool = sinks.pool(gift.shares[share].sink);
        const Units units = {gift.parts[0][share], gift.parts[1][share], gift.parts[2][share], gift.parts[3][share]};
        if (!is_waiting_[pool]) {
            is_waiting_[pool] = true;
            ++waiting_count_;
            waiting_[pool] = units;
        } else if (add_units(waiting_[pool], units) || !amounts_of(waiting_[pool]).ok()) {
            return sum_overflow();
        }
    }
    return {};
}

Units Flow::take_out(std::size_t pool, std::uint16_t currency) {
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        through_[pool][currency][basis].add(money::Decimal::from_units(waiting_[pool][basis]));
    }
    is_waiting_[pool] = false;
    --waiting_count_;
    return waiting_[pool];
}

void Flow::split(const Units& units, const Splitter& splitter) {
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        parts_[basis].resize(splitter.size());
        // Costs are often alike in several bases: equal amounts have equal parts.
        std::size_t alike = 0;
        while (units[alike] != units[basis]) {
            ++alike;
        }
        if (alike < basis) {
            parts_[basis] = parts_[alike];
        } else if (units[basis] == 0) {
            std::ranges::fill(parts_[basis], 0);
        } else {
            splitter.split(units[basis], parts_[basis], scratch_);
        }
    }
}

} // namespace florin::allocate
