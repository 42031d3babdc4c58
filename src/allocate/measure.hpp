// One pass over the cells of a billing month: what came in, what goes straight to owners, and every sum that ratios
// are made from.
#pragma once

#include "allocate/assignment.hpp"
#include "allocate/ratio.hpp"
#include "money/decimal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace florin::allocate {

/// An amount a basis, in units of 10^-18.
using Units = std::array<base::int128, kBasisCount>;

/// Adds `from`, the hottest addition there is. Whether a sum no longer fits 127 bits; it wraps then.
inline bool add_units(Units& to, const Units& from) {
    bool overflows = false;
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        overflows |= __builtin_add_overflow(to[basis], from[basis], &to[basis]);
    }
    return overflows;
}
/// Error `money.overflow` where a sum does not fit a Decimal.
base::Result<Amounts> amounts_of(const Units& units);
base::Error sum_overflow();

/// What an allocation is made from beside the cells. Outlived by what it points at.
struct Setting {
    const Tuples* tuples = nullptr;
    const Assignments* assignments = nullptr;
    const Stages* stages = nullptr;
    const Benefit* benefit = nullptr;
    std::span<const Metric> metrics;
};

/// A cost that pools of Method::kCost measure. Pools that measure the same share one.
struct CostDriver {
    Basis basis = Basis::kEffective;
    std::vector<bool> tuples; ///< empty: any
    bool by_day = false;
    friend bool operator==(const CostDriver&, const CostDriver&) = default;
};

/// The cost drivers of the pools, and the number of each pool's; of other methods that number means nothing.
struct CostDrivers {
    std::vector<CostDriver> all;
    std::vector<std::size_t> of_pool;
};
CostDrivers cost_drivers(std::span<const Pool> pools);

/// The days that a month's cells have, numbered from 0 in their order. Days between them have no number: a charge of
/// decades ago costs one, not one for each day since.
struct Slots {
    std::vector<period::Day> days; ///< ascending, distinct

    std::size_t count() const { return days.size(); }
    period::Day day(std::size_t slot) const { return days[slot]; }
    /// `day` is one of them.
    std::size_t of(period::Day day) const {
        // Days of a month mostly follow each other up to the last.
        const auto back = static_cast<std::size_t>((days.back() - day).count());
        if (back < days.size() && days[days.size() - 1 - back] == day) {
            return days.size() - 1 - back;
        }
        return static_cast<std::size_t>(std::ranges::lower_bound(days, day) - days.begin());
    }
};
Slots slots_of(const Cells& cells);

/// What is seen of a month in one look at its tuples.
struct Sight {
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> programmes; ///< that covered a SKU, ascending
    /// Values in the order of the first cell, by tuple and day, whose cost counts for them; then those without one.
    /// Names do not come into it, so that renaming moves nothing.
    std::vector<std::uint32_t> value_ranks;
    std::uint32_t seen_count = 0; ///< values of a rank below it have such a cell

    bool is_seen(std::uint32_t value) const { return value_ranks[value] < seen_count; }
};
Sight look_at(const Cells& cells, const Setting& setting);

/// A cost that other money follows: of a bill line or a programme, in one currency, to one sink.
struct FollowedCost {
    std::uint32_t group = 0;
    std::uint16_t currency = 0;
    Sink sink = 0;
    money::DecimalSum sum;
};

/// The sums. Those of parts of the cells merge into those of all.
class Measure {
public:
    Measure(const Setting& setting, const CostDrivers& drivers, const Slots& slots, const Sight& sight);

    /// Cells [first, end) of canonical cells.
    void add(const Cells& cells, std::size_t first, std::size_t end);
    /// Empties `other`.
    void merge(Measure& other);
    /// After the last add or merge: followed costs sorted by group, currency and sink, added up. Error
    /// `money.overflow` where a day's sum is too large on the way.
    base::Result<void> finish();

    /// Number of a currency and day.
    std::size_t at(std::uint16_t currency, std::size_t slot) const { return currency * slots_.count() + slot; }

    std::vector<Units> in;                  ///< by at(): all cells
    std::vector<std::vector<Units>> direct; ///< by at(), then by value: what goes nowhere else; empty where nothing
    std::vector<std::vector<bool>> touched; ///< by pool, then by at(): cells of the month that go into it first
    /// By driver, then by slot (0 unless by day), then by currency x values + value; empty where nothing.
    std::vector<std::vector<std::vector<money::DecimalSum>>> costs;
    /// By pool: the groups and currencies of the charges that go into it first and follow others; sorted, distinct.
    std::vector<std::vector<std::pair<std::uint32_t, std::uint16_t>>> following;
    std::vector<FollowedCost> billed;   ///< of usage and purchases, by bill line
    std::vector<FollowedCost> eligible; ///< reference cost of eligible usage, by programme
    std::map<std::pair<std::uint32_t, std::uint16_t>, money::DecimalSum> covered; ///< reference cost, by programme
    std::vector<Sums> without_reference; ///< by currency: covered usage that stays where it landed

private:
    void add_cell(const Cells& cells, std::size_t cell, const Assignment& assignment);
    void add_run(std::size_t tuple, const Assignment& assignment, const Sums& sums);

    const Setting* setting_;
    const CostDrivers* drivers_;
    const Sight* sight_;
    Slots slots_;
    std::vector<std::pair<std::uint32_t, std::uint16_t>> bill_lines_; ///< of charges themselves, with their currency
    std::vector<FollowedCost> by_sku_;                                ///< reference cost of eligible usage
    bool overflows_ = false;
    bool follows_bill_ = false;
    bool follows_eligible_ = false;
};

} // namespace florin::allocate
