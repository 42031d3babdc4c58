// The use case "allocate the bills": rules in force over what the lake holds, month by month.
#pragma once

#include "allocate/certificate.hpp"
#include "allocate/owners_of.hpp"
#include "allocate/rule_file.hpp"
#include "allocate/tuple_facts.hpp"
#include "app/allocation_cells.hpp"
#include "app/ask_bills.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::app {

/// Files of rules that are in force from a day on, until others are.
struct RulesInForce {
    period::Day from; ///< kAlways.start: since ever
    std::shared_ptr<const allocate::RuleSet> set;
    std::string hash;                   ///< of all files
    std::vector<allocate::Input> files; ///< each with its hash, by name below the folder of rules
};
/// Sorted by day; before its first day nothing is in force.
using RulesHistory = std::vector<RulesInForce>;

/// Reads the files as one set that is in force from `from` on. Errors of the rules.
base::Result<RulesInForce> rules_from(std::span<const allocate::RuleText> files, period::Day from);
/// Names the history as a whole: SHA-256 over days and hashes; of one set that is in force since ever, its own hash.
std::string hash_of(const RulesHistory& history);

struct AllocationRequest {
    std::string dimension;
    std::optional<period::Period> months; ///< billing months that start in it; none: all there are
    std::optional<period::Day> as_on;     ///< by the rules and owners of this day for all days; none: as they were
};

/// The tuples that allocations are made over: numbered in the asker's engine, see kTupleTable.
struct AllocatedTuples {
    LedgerTuples ledger;
    allocate::TupleFacts facts;
};

/// Billing months in which the same pools are in force, with the run over them.
struct AllocatedStretch {
    period::Period months; ///< whole calendar months, half-open
    allocate::Run run;
    allocate::Certificate certificate; ///< of the months that were added
};

struct AllocatedMonth {
    std::size_t stretch = 0; ///< into Allocation::stretches()
    allocate::MonthResult result;
};

/// One dimension's allocation. Months are added one by one; what they leave are sums and ratios.
class Allocation {
public:
    struct Setting {
        std::shared_ptr<const AllocatedTuples> tuples;
        std::vector<period::Day> billing_months;
        period::Period days;                 ///< of all cells
        std::vector<allocate::Input> inputs; ///< deliveries, for the certificate
        int workers = 1;
    };
    /// Errors: `allocation.unknown_name` where no rules have the dimension; those of resolve() and Run::start.
    static base::Result<Allocation> start(const RulesHistory& history, const AllocationRequest& request,
                                          Setting setting);

    /// The billing months to add, in order: those that are asked for, and earlier ones that drivers reach back to.
    std::vector<period::Day> months_to_add() const;
    /// The next of them; months that are not of these are left out. Errors of Run::add and certify.
    base::Result<void> add(const allocate::Month& month);

    const std::string& dimension() const { return owners_.dimension; }
    const std::string& rules_hash() const { return rules_hash_; }
    const AllocatedTuples& tuples() const { return *tuples_; }
    const allocate::Owners& owners() const { return owners_; }
    /// The dimension as it is in force from day to day; of owners as on a day, as on that day.
    const std::vector<allocate::InForce>& history() const { return history_; }
    const std::vector<AllocatedStretch>& stretches() const { return stretches_; }
    const std::vector<AllocatedMonth>& months() const { return months_; }
    const allocate::Run& run_of(const AllocatedMonth& month) const { return stretches_[month.stretch].run; }
    /// The pool's name as people know it: those of the rules, `commitment savings` for the run's own two.
    std::string pool_name(const AllocatedMonth& month, std::size_t pool) const;

private:
    std::shared_ptr<const AllocatedTuples> tuples_;
    std::vector<period::Day> billing_months_;
    std::optional<period::Period> asked_;
    std::string rules_hash_;
    std::vector<allocate::InForce> history_;
    allocate::Owners owners_;
    std::vector<AllocatedStretch> stretches_;
    std::vector<AllocatedMonth> months_;
};

/// The deliveries that count with a part each, by number and scope, and their identities: hashes over their raw files.
std::vector<allocate::Input> inputs_of(const lake::CurrentFiles& current);

/// What allocations are computed over: files that count, the months that could change, an engine.
struct AllocationGround {
    const lake::CurrentFiles* current = nullptr;
    engine::Engine* engine = nullptr;
    MonthStates states;
    int workers = 1;
};
/// What the asker sees, as of now.
base::Result<AllocationGround> ground_of(Workspace& workspace, Asker& asker);

/// A dimension under a history of rules.
struct AllocationJob {
    RulesHistory history;
    AllocationRequest request;
};
/// What is told of each billing month while its cells are at hand; of each allocation whose months() end with it.
using OnMonth = std::function<base::Result<void>(std::span<const Allocation>, const allocate::Month&)>;

/// Several allocations over the same tuples and cells, month by month, in the order of the jobs. `more` are fields
/// whose texts the tuples shall have, too. Errors: as Allocation, of the rules and the engine.
base::Result<std::vector<Allocation>> allocate_all(const AllocationGround& ground, std::span<const AllocationJob> jobs,
                                                   std::span<const query::Field> more = {},
                                                   const OnMonth& on_month = {});

/// One allocation of everything that the asker sees. Errors: as allocate_all, of the catalog.
base::Result<Allocation> allocate_bills(Workspace& workspace, Asker& asker, const RulesHistory& history,
                                        const AllocationRequest& request, std::span<const query::Field> more = {},
                                        const OnMonth& on_month = {});

} // namespace florin::app
