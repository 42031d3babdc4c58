#include "allocate/measure.hpp"

#include "money/rounding.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

namespace florin::allocate {
namespace {

constexpr std::size_t kNoTuple = std::numeric_limits<std::size_t>::max();

void add_up(std::vector<FollowedCost>& costs) {
    const auto key = [](const FollowedCost& cost) { return std::tuple(cost.group, cost.currency, cost.sink); };
    std::ranges::sort(costs, {}, key);
    std::size_t kept = 0;
    for (std::size_t next = 0; next < costs.size(); ++next) {
        if (kept != 0 && key(costs[kept - 1]) == key(costs[next])) {
            costs[kept - 1].sum.add(costs[next].sum);
        } else {
            costs[kept++] = costs[next];
        }
    }
    costs.resize(kept);
}

/// Adds element by element; an empty list is one of zeros.
template <class T, class Add>
void merge_lists(std::vector<T>& to, std::vector<T>& from, Add add_one) {
    if (to.empty()) {
        to = std::move(from);
        return;
    }
    for (std::size_t i = 0; i < from.size(); ++i) {
        add_one(to[i], from[i]);
    }
}

} // namespace

base::Error sum_overflow() {
    return base::data_error("money.overflow", "the costs of a day sum to 10^20 or more");
}

base::Result<Amounts> amounts_of(const Units& units) {
    Amounts out;
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        if (money::magnitude_of(units[basis]) >= money::power_of_ten(38)) {
            return sum_overflow();
        }
        out[basis] = money::Decimal::from_units(units[basis]);
    }
    return out;
}

CostDrivers cost_drivers(std::span<const Pool> pools) {
    CostDrivers drivers;
    for (const Pool& pool : pools) {
        drivers.of_pool.push_back(0);
        if (pool.method == Method::kCost) {
            const CostDriver driver{
                .basis = pool.driver_basis, .tuples = pool.driver_tuples, .by_day = pool.window.by_day};
            const auto found = std::ranges::find(drivers.all, driver);
            drivers.of_pool.back() = static_cast<std::size_t>(found - drivers.all.begin());
            if (found == drivers.all.end()) {
                drivers.all.push_back(driver);
            }
        }
    }
    return drivers;
}

Slots slots_of(const Cells& cells) {
    // Cells come by tuple and day: most days follow the one before.
    std::set<period::Day> days;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        if (cell == 0 || cells.days[cell] != cells.days[cell - 1]) {
            days.insert(cells.days[cell]);
        }
    }
    return Slots{{days.begin(), days.end()}};
}

Sight look_at(const Cells& cells, const Setting& setting) {
    const std::uint32_t value_count = setting.stages->sinks().value_count;
    Sight sight;
    sight.value_ranks.assign(value_count, value_count);
    std::uint32_t next = 0;
    std::size_t tuple = kNoTuple;
    std::span<const Assignment> assignments;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        if (cells.tuples[cell] == tuple && assignments.size() == 1) {
            continue;
        }
        if (cells.tuples[cell] != tuple) {
            tuple = cells.tuples[cell];
            assignments = setting.assignments->of(tuple);
            const Tuple& facts = setting.tuples->all[tuple];
            if (facts.commitment == CommitmentUse::kUsed && facts.programme != 0 && facts.sku != 0) {
                std::vector<std::uint32_t>& programmes = sight.programmes[facts.sku];
                const auto place = std::ranges::lower_bound(programmes, facts.programme);
                if (place == programmes.end() || *place != facts.programme) {
                    programmes.insert(place, facts.programme);
                }
            }
        }
        const std::uint32_t value = at(assignments, cells.days[cell]).measured;
        if (sight.value_ranks[value] == value_count) {
            sight.value_ranks[value] = next++;
        }
    }
    sight.seen_count = next;
    for (std::uint32_t& rank : sight.value_ranks) {
        rank = rank == value_count ? next++ : rank;
    }
    return sight;
}

Measure::Measure(const Setting& setting, const CostDrivers& drivers, const Slots& slots, const Sight& sight)
    : setting_(&setting), drivers_(&drivers), sight_(&sight), slots_(slots) {
    const std::size_t places = setting.tuples->currencies.size() * slots.count();
    in.resize(places);
    direct.resize(places);
    touched.assign(setting.stages->pool_count(), std::vector<bool>(places));
    following.resize(setting.stages->pool_count());
    costs.resize(drivers.all.size());
    for (std::size_t driver = 0; driver < costs.size(); ++driver) {
        costs[driver].resize(drivers.all[driver].by_day ? slots.count() : 1);
    }
    without_reference.resize(setting.tuples->currencies.size());
    follows_bill_ =
        std::ranges::any_of(setting.stages->pools(), [](const Pool& pool) { return pool.method == Method::kBill; });
    follows_eligible_ = setting.benefit->moves_savings();
}

void Measure::add(const Cells& cells, std::size_t first, std::size_t end) {
    while (first < end) {
        const std::size_t tuple = cells.tuples[first];
        const std::span<const Assignment> assignments = setting_->assignments->of(tuple);
        const Assignment& assignment = allocate::at(assignments, cells.days[first]);
        Sums sums;
        do {
            for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
                sums[basis].add(cells.costs[basis][first]);
            }
            add_cell(cells, first, assignment);
            ++first;
        } while (first < end && cells.tuples[first] == tuple &&
                 (assignments.size() == 1 || &allocate::at(assignments, cells.days[first]) == &assignment));
        add_run(tuple, assignment, sums);
    }
}

void Measure::add_cell(const Cells& cells, std::size_t cell, const Assignment& assignment) {
    const std::size_t tuple = cells.tuples[cell];
    const std::uint16_t currency = setting_->tuples->all[tuple].currency;
    const std::size_t slot = slots_.of(cells.days[cell]);
    const std::size_t place = at(currency, slot);
    const Sinks& sinks = setting_->stages->sinks();
    const Units units = {cells.costs[0][cell].units(), cells.costs[1][cell].units(), cells.costs[2][cell].units(),
                         cells.costs[3][cell].units()};
    overflows_ |= add_units(in[place], units);
    bool saves = setting_->assignments->saves[tuple];
    if (saves && cells.costs[static_cast<std::size_t>(setting_->benefit->reference)][cell].is_zero()) {
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            without_reference[currency][basis].add(cells.costs[basis][cell]);
        }
        saves = false;
    }
    if (saves) {
        touched[setting_->stages->savings()][place] = true;
    }
    if (sinks.is_pool(assignment.sink)) {
        touched[sinks.pool(assignment.sink)][place] = true;
    } else if (!saves) {
        direct[place].resize(sinks.value_count);
        overflows_ |= add_units(direct[place][assignment.sink], units);
    }
    if (assignment.measured != 0) {
        for (std::size_t driver = 0; driver < drivers_->all.size(); ++driver) {
            const CostDriver& one = drivers_->all[driver];
            if (one.by_day && (one.tuples.empty() || one.tuples[tuple])) {
                std::vector<money::DecimalSum>& values = costs[driver][slot];
                values.resize(setting_->tuples->currencies.size() * sinks.value_count);
                values[currency * sinks.value_count + assignment.measured].add(
                    cells.costs[static_cast<std::size_t>(one.basis)][cell]);
            }
        }
    }
}

void Measure::add_run(std::size_t tuple, const Assignment& assignment, const Sums& sums) {
    const Tuple& facts = setting_->tuples->all[tuple];
    const Sinks& sinks = setting_->stages->sinks();
    if (assignment.measured != 0) {
        for (std::size_t driver = 0; driver < drivers_->all.size(); ++driver) {
            const CostDriver& one = drivers_->all[driver];
            if (!one.by_day && (one.tuples.empty() || one.tuples[tuple])) {
                std::vector<money::DecimalSum>& values = costs[driver][0];
                values.resize(setting_->tuples->currencies.size() * sinks.value_count);
                values[facts.currency * sinks.value_count + assignment.measured].add(
                    sums[static_cast<std::size_t>(one.basis)]);
            }
        }
    }
    if (sinks.is_pool(assignment.sink) &&
        setting_->stages->pools()[sinks.pool(assignment.sink)].method == Method::kBill) {
        following[sinks.pool(assignment.sink)].emplace_back(facts.bill_line, facts.currency);
    }
    if (setting_->assignments->saves[tuple]) {
        following[setting_->stages->savings()].emplace_back(facts.programme, facts.currency);
    }
    const bool is_used = facts.kind == ChargeKind::kUsage && facts.commitment != CommitmentUse::kUnused;
    if (follows_bill_) {
        bill_lines_.emplace_back(facts.bill_line, facts.currency);
    }
    if (follows_bill_ && (facts.kind == ChargeKind::kUsage || facts.kind == ChargeKind::kPurchase)) {
        for (const std::uint32_t line : {facts.bill_line, facts.bill_whole}) {
            if (line != 0) {
                billed.push_back({line, facts.currency, assignment.sink, sums[0]});
            }
        }
    }
    if (!follows_eligible_ || !is_used) {
        return;
    }
    const money::DecimalSum& reference = sums[static_cast<std::size_t>(setting_->benefit->reference)];
    if (sight_->programmes.contains(facts.sku)) {
        by_sku_.push_back({facts.sku, facts.currency, assignment.sink, reference});
    }
    if (facts.commitment == CommitmentUse::kUsed) {
        covered[{facts.programme, facts.currency}].add(reference);
    }
}

void Measure::merge(Measure& other) {
    overflows_ |= other.overflows_;
    for (std::size_t place = 0; place < in.size(); ++place) {
        overflows_ |= add_units(in[place], other.in[place]);
        merge_lists(direct[place], other.direct[place],
                    [this](Units& to, const Units& from) { overflows_ |= add_units(to, from); });
    }
    for (std::size_t pool = 0; pool < touched.size(); ++pool) {
        for (std::size_t place = 0; place < in.size(); ++place) {
            touched[pool][place] = touched[pool][place] || other.touched[pool][place];
        }
    }
    for (std::size_t driver = 0; driver < costs.size(); ++driver) {
        for (std::size_t slot = 0; slot < costs[driver].size(); ++slot) {
            merge_lists(costs[driver][slot], other.costs[driver][slot],
                        [](money::DecimalSum& to, const money::DecimalSum& from) { to.add(from); });
        }
    }
    for (std::size_t pool = 0; pool < following.size(); ++pool) {
        following[pool].insert(following[pool].end(), other.following[pool].begin(), other.following[pool].end());
    }
    billed.insert(billed.end(), other.billed.begin(), other.billed.end());
    bill_lines_.insert(bill_lines_.end(), other.bill_lines_.begin(), other.bill_lines_.end());
    by_sku_.insert(by_sku_.end(), other.by_sku_.begin(), other.by_sku_.end());
    for (const auto& [key, sum] : other.covered) {
        covered[key].add(sum);
    }
    for (std::size_t currency = 0; currency < without_reference.size(); ++currency) {
        allocate::add(without_reference[currency], other.without_reference[currency]);
    }
}

base::Result<void> Measure::finish() {
    for (auto& groups : following) {
        std::ranges::sort(groups);
        groups.erase(std::ranges::unique(groups).begin(), groups.end());
    }
    std::ranges::sort(bill_lines_);
    std::erase_if(billed, [this](const FollowedCost& cost) { // the whole of an account that nobody follows
        return !std::ranges::binary_search(bill_lines_, std::pair(cost.group, cost.currency));
    });
    add_up(billed);
    add_up(by_sku_);
    for (const FollowedCost& cost : by_sku_) { // a SKU may be eligible for several programmes
        for (const std::uint32_t programme : sight_->programmes.at(cost.group)) {
            eligible.push_back({programme, cost.currency, cost.sink, cost.sum});
        }
    }
    add_up(eligible);
    return overflows_ ? base::Result<void>(sum_overflow()) : base::Result<void>();
}

} // namespace florin::allocate
