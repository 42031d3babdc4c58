// Pools of shared cost: what they take, and by which ratios they give it on.
#pragma once

#include "allocate/cells.hpp"
#include "base/result.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::allocate {

/// Which cells a pool takes: those for which everything that is given holds. A cell goes to the first pool of the
/// file that takes it.
struct Selection {
    std::vector<bool> tuples;          ///< by tuple; empty: any
    std::vector<ChargeKind> kinds;     ///< empty: any
    bool unused_commitments = false;   ///< only what no usage used
    std::vector<std::uint32_t> owners; ///< values of the dimension, kUnallocated for the untagged remainder; empty: any

    /// Owners and nothing else: such a pool also takes what pools of earlier stages give to these values.
    bool drains() const;
};

/// Where a part of a pool goes: to a value of the dimension, or into a pool of a later stage.
struct Target {
    std::optional<std::uint32_t> value; ///< not kUnallocated
    std::optional<std::size_t> pool;    ///< into the list of pools; one of the two is given
    money::Decimal ratio;               ///< of Method::kFixed, else not read
    base::Place place;
};

enum class Method : std::uint8_t {
    kEven,   ///< the same to each target
    kFixed,  ///< by the ratios of the targets, which sum to one
    kCost,   ///< in proportion to a cost of the targets
    kMetric, ///< in proportion to a usage metric of the targets
    kBill,   ///< to wherever the usage and purchases of the same invoice, account and service go, by billed cost
};
std::string_view name(Method method); ///< `even`, `fixed`, `cost`, `metric`, `bill`

/// The days whose driver counts for a charge.
struct Window {
    bool by_day = false; ///< the charge's own day
    /// Else whole billing months, counted back from that of the charge: 0 and 0 is the month itself, 1 and 1 the
    /// month before, 3 and 1 the three months before. months_first >= months_last >= 0.
    int months_first = 0;
    int months_last = 0;
    friend bool operator==(const Window&, const Window&) = default;
};

enum class NegativeDriver : std::uint8_t { kRefuse, kAsZero };
enum class MissingDay : std::uint8_t { kRefuse, kCarry };
enum class MixedCurrencies : std::uint8_t { kRefuse, kEachByItself };

/// What usage was, by day and value of the dimension.
struct Metric {
    std::string name;
    /// A day that is there is known: a value that it does not list has no usage on it.
    std::map<period::Day, std::vector<std::pair<std::uint32_t, money::Quantity>>> days;
};

struct Pool {
    std::string name;
    base::Place place;
    int stage = 1;           ///< 1 or more; money flows to later stages only
    bool reciprocal = false; ///< may give to pools of its own stage that are reciprocal, too, and get from them
    Selection takes;

    Method method = Method::kEven;
    /// Every value of the dimension whose own pool, if it has one, is of a later stage; of Method::kEven only those
    /// with a cell of the month, so that a month does not depend on which others are allocated. `targets` is empty
    /// then.
    bool to_all = false;
    std::vector<Target> targets; ///< none with Method::kBill

    Basis driver_basis = Basis::kEffective; ///< of Method::kCost
    std::vector<bool> driver_tuples;        ///< of Method::kCost: only their cost counts; empty: any
    std::size_t metric = 0;                 ///< of Method::kMetric: into the list of metrics
    Window window;                          ///< of Method::kCost and kMetric
    NegativeDriver negative = NegativeDriver::kRefuse;
    MissingDay missing = MissingDay::kRefuse;
    MixedCurrencies currencies = MixedCurrencies::kRefuse;
};

/// Whether the pool's ratios come from amounts of money, so that each currency has its own.
bool is_driven_by_money(const Pool& pool);

/// What can be wrong with one pool by itself. Errors, all with a place: `allocation.duplicate_pool`,
/// `allocation.no_source`, `allocation.no_target`, `allocation.duplicate_target`, `allocation.pool_target`,
/// `allocation.negative_ratio`, `allocation.ratio_sum`, `allocation.window`. Stages and cycles are Stages::of.
base::Result<void> check(std::span<const Pool> pools);

} // namespace florin::allocate
