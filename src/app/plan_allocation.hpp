// The use case "what would these rules move": the money of every month under the rules in force and under new ones.
#pragma once

#include "allocate/normalise.hpp"
#include "app/applied_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// Where money ends, or goes first.
struct MoneyEnd {
    enum class Kind : std::uint8_t { kOwner, kUnallocated, kPool };
    Kind kind = Kind::kOwner;
    std::string name; ///< the owner, the reason (`no-owner`), the pool
    friend auto operator<=>(const MoneyEnd&, const MoneyEnd&) = default;
};

/// Cost that would go to another end first: to another owner, into another pool. What pools give on is in OwnerChange.
struct MovedMoney {
    period::Day month; ///< of the bill
    std::string currency;
    MoneyEnd from;
    MoneyEnd to;
    money::Decimal amount; ///< with the sign of the charges
};

/// What an owner has of a month, or what stays unallocated of it, for one reason. Only what changes.
struct OwnerChange {
    period::Day month;
    std::string currency;
    MoneyEnd end;
    money::Decimal own_before;
    money::Decimal own_after;
    money::Decimal shared_before; ///< by pools
    money::Decimal shared_after;
    money::Decimal change; ///< of both together
};

/// Something the rules of a pool say how to resolve, with its money.
struct PoolFinding {
    std::uint64_t month_count = 0; ///< billing months in which it was
    std::string kind; ///< as allocate::name(FindingKind)
    std::string pool; ///< empty: of no single pool
    std::string value;
    std::uint64_t day_count = 0;
    std::string currency;
    money::Decimal amount;
};

struct DimensionPlan {
    std::string dimension;
    bool is_new = false;     ///< not in force yet
    bool is_removed = false; ///< no longer
    std::vector<MovedMoney> moved;
    std::vector<OwnerChange> changes;
    std::vector<std::string> owners; ///< that something changes for, by name
    /// Unallocated cost more (or less) than before, by currency.
    std::vector<std::pair<std::string, money::Decimal>> unallocated_change;
    std::vector<allocate::RuleOutcome> idle_rules; ///< that take nothing
    std::vector<allocate::Misspelling> misspellings;
    std::vector<PoolFinding> findings; ///< of the new rules
    bool moves() const { return !changes.empty() || !moved.empty(); }
};

struct AllocationPlan {
    period::Day from;                  ///< the change takes effect from here on; kAlways.start: in all months
    std::vector<period::Day> restated; ///< closed months that it changes, asked for by name
    std::vector<period::Day> closed;   ///< closed months before it, which stay as they are
    bool changes_rules = false;        ///< whether the files are others than those in force
    allocate::Basis basis = allocate::Basis::kEffective;
    std::vector<DimensionPlan> dimensions; ///< those of either side
    std::uint64_t provisional_months = 0;  ///< of those computed
    bool moves() const;
};

/// Computes both sides over what counts now. Errors as allocate_all.
base::Result<AllocationPlan> plan_allocation(Workspace& workspace, const RulesChange& change, allocate::Basis basis);

} // namespace florin::app
