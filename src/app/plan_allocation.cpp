#include "app/plan_allocation.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace florin::app {
namespace {

using money::Decimal;
using money::DecimalSum;

/// A history in which the dimension is there and no rule takes anything.
RulesHistory without_rules(const std::string& dimension) {
    auto set = std::make_shared<allocate::RuleSet>();
    set->dimensions.push_back(std::make_shared<const allocate::Dimension>(allocate::Dimension{.name = dimension}));
    return {{.from = allocate::kAlways.start, .set = std::move(set), .hash = {}, .files = {}}};
}

bool has_dimension(const RulesHistory& history, const std::string& name) {
    return std::ranges::any_of(
        history, [&name](const RulesInForce& rules) { return rules.set->find_dimension(name) != nullptr; });
}

MoneyEnd end_of(const Allocation& allocation, const AllocatedMonth& month, allocate::Sink sink) {
    const allocate::Sinks& sinks = allocation.run_of(month).stages().sinks();
    if (sinks.is_pool(sink)) {
        return {MoneyEnd::Kind::kPool, allocation.pool_name(month, sinks.pool(sink))};
    }
    if (sinks.is_unallocated(sink)) {
        return {MoneyEnd::Kind::kUnallocated, std::string(allocate::name(sinks.reason(sink)))};
    }
    return {MoneyEnd::Kind::kOwner, allocation.owners().values[sink]};
}

/// One dimension, both sides, month by month.
class Comparison {
public:
    Comparison(std::string dimension, allocate::Basis basis)
        : dimension_(std::move(dimension)), basis_(static_cast<std::size_t>(basis)) {}

    base::Result<void> month(const Allocation& before, const Allocation& after, const allocate::Month& month) {
        const AllocatedMonth& old_month = before.months().back();
        const AllocatedMonth& new_month = after.months().back();
        add_sums(before, old_month, false);
        add_sums(after, new_month, true);
        add_moves(before, old_month, after, new_month, month);
        return add_findings(after, new_month);
    }

    base::Result<DimensionPlan> finish(const Allocation& after) {
        plan_.dimension = dimension_;
        FLORIN_TRY(write_moves());
        FLORIN_TRY(write_changes());
        for (const allocate::RuleOutcome& rule : after.owners().rules) {
            if (rule.state != allocate::RuleState::kTakes) {
                plan_.idle_rules.push_back(rule);
            }
        }
        plan_.misspellings = allocate::misspellings(after.owners(), after.history());
        return std::move(plan_);
    }

private:
    struct Sums {
        DecimalSum own_before;
        DecimalSum own_after;
        DecimalSum shared_before;
        DecimalSum shared_after;
    };
    using EndKey = std::tuple<period::Day, std::string, MoneyEnd>;
    using MoveKey = std::tuple<period::Day, std::string, MoneyEnd, MoneyEnd>;

    void add_sums(const Allocation& allocation, const AllocatedMonth& month, bool is_after) {
        std::map<std::pair<allocate::Sink, std::uint16_t>, Sums*> known; // names are made once
        for (const allocate::Sum& sum : month.result.sums) {
            Sums*& sums = known[{sum.sink, sum.currency}];
            if (sums == nullptr) {
                sums = &ends_[{month.result.period.start, allocation.tuples().facts.tuples.currencies[sum.currency],
                               end_of(allocation, month, sum.sink)}];
            }
            const bool is_own = sum.via == allocate::kDirect;
            DecimalSum& to = is_after ? (is_own ? sums->own_after : sums->shared_after)
                                      : (is_own ? sums->own_before : sums->shared_before);
            to.add(sum.amounts[basis_]);
        }
    }

    /// Where each cell goes first on both sides, by numbers that mean the same.
    void add_moves(const Allocation& before, const AllocatedMonth& old_month, const Allocation& after,
                   const AllocatedMonth& new_month, const allocate::Month& month) {
        const allocate::Assignments& was = before.run_of(old_month).assignments();
        const allocate::Assignments& is = after.run_of(new_month).assignments();
        const std::vector<allocate::Sink> same = same_sinks(before, old_month, after, new_month);
        std::map<std::tuple<std::uint16_t, allocate::Sink, allocate::Sink>, DecimalSum> sums;
        const std::vector<allocate::Tuple>& tuples = after.tuples().facts.tuples.all;
        for (std::size_t cell = 0; cell < month.cells.size(); ++cell) {
            const std::uint32_t tuple = month.cells.tuples[cell];
            const allocate::Sink from = allocate::at(was.of(tuple), month.cells.days[cell]).sink;
            const allocate::Sink to = allocate::at(is.of(tuple), month.cells.days[cell]).sink;
            if (same[from] != to) {
                sums[{tuples[tuple].currency, from, to}].add(month.cells.costs[basis_][cell]);
            }
        }
        for (const auto& [key, sum] : sums) {
            const auto& [currency, from, to] = key;
            moves_[{month.period.start, after.tuples().facts.tuples.currencies[currency],
                    end_of(before, old_month, from), end_of(after, new_month, to)}]
                .add(sum);
        }
    }

    /// By sink of the old side: that of the new side with the same meaning, or one that there is not.
    static std::vector<allocate::Sink> same_sinks(const Allocation& before, const AllocatedMonth& old_month,
                                                  const Allocation& after, const AllocatedMonth& new_month) {
        const auto all_of = [](const Allocation& allocation, const AllocatedMonth& of) {
            const allocate::Stages& stages = allocation.run_of(of).stages();
            std::vector<MoneyEnd> ends;
            for (allocate::Sink sink = 0; sink < stages.sinks().of_pool(stages.pool_count()); ++sink) {
                ends.push_back(end_of(allocation, of, sink));
            }
            return ends;
        };
        std::map<MoneyEnd, allocate::Sink> numbers;
        const std::vector<MoneyEnd> now = all_of(after, new_month);
        for (allocate::Sink sink = 0; sink < now.size(); ++sink) {
            numbers.emplace(now[sink], sink);
        }
        std::vector<allocate::Sink> same;
        for (const MoneyEnd& end : all_of(before, old_month)) {
            const auto found = numbers.find(end);
            same.push_back(found == numbers.end() ? static_cast<allocate::Sink>(now.size()) : found->second);
        }
        return same;
    }

    base::Result<void> add_findings(const Allocation& after, const AllocatedMonth& month) {
        for (const allocate::Finding& finding : month.result.findings) {
            PoolFinding one = {.month_count = 1,
                               .kind = std::string(allocate::name(finding.kind)),
                               .pool = finding.pool ? after.pool_name(month, *finding.pool) : std::string(),
                               .value = finding.value == 0 ? std::string() : after.owners().values[finding.value],
                               .day_count = finding.day_count,
                               .currency = finding.currency == allocate::kAnyCurrency
                                               ? std::string()
                                               : after.tuples().facts.tuples.currencies[finding.currency],
                               .amount = finding.amounts[basis_]};
            const auto same = std::ranges::find_if(plan_.findings, [&one](const PoolFinding& known) {
                return std::tie(known.kind, known.pool, known.value, known.currency) ==
                       std::tie(one.kind, one.pool, one.value, one.currency);
            });
            if (same == plan_.findings.end()) {
                plan_.findings.push_back(std::move(one));
                continue;
            }
            ++same->month_count;
            same->day_count += one.day_count;
            FLORIN_TRY_ASSIGN(same->amount, same->amount.plus(one.amount));
        }
        return {};
    }

    base::Result<void> write_moves() {
        for (const auto& [key, sum] : moves_) {
            const auto& [month, currency, from, to] = key;
            FLORIN_TRY_ASSIGN(const Decimal amount, sum.total());
            if (!amount.is_zero()) {
                plan_.moved.push_back({month, currency, from, to, amount});
            }
        }
        std::ranges::stable_sort(plan_.moved, [](const MovedMoney& a, const MovedMoney& b) {
            return a.month != b.month ? a.month < b.month : a.amount.absolute() > b.amount.absolute();
        });
        return {};
    }

    base::Result<void> write_changes() {
        std::set<std::string> owners;
        std::map<std::string, DecimalSum> unallocated;
        for (const auto& [key, sums] : ends_) {
            const auto& [month, currency, end] = key;
            OwnerChange one{.month = month, .currency = currency, .end = end};
            FLORIN_TRY_ASSIGN(one.own_before, sums.own_before.total());
            FLORIN_TRY_ASSIGN(one.own_after, sums.own_after.total());
            FLORIN_TRY_ASSIGN(one.shared_before, sums.shared_before.total());
            FLORIN_TRY_ASSIGN(one.shared_after, sums.shared_after.total());
            if (one.own_before == one.own_after && one.shared_before == one.shared_after) {
                continue;
            }
            FLORIN_TRY_ASSIGN(const Decimal was, one.own_before.plus(one.shared_before));
            FLORIN_TRY_ASSIGN(const Decimal is, one.own_after.plus(one.shared_after));
            FLORIN_TRY_ASSIGN(one.change, is.minus(was));
            if (end.kind == MoneyEnd::Kind::kOwner) {
                owners.insert(end.name);
            } else {
                unallocated[currency].add(one.change);
            }
            plan_.changes.push_back(std::move(one));
        }
        for (const auto& [currency, sum] : unallocated) {
            FLORIN_TRY_ASSIGN(const Decimal amount, sum.total());
            plan_.unallocated_change.emplace_back(currency, amount);
        }
        plan_.owners.assign(owners.begin(), owners.end());
        std::ranges::stable_sort(plan_.changes, [](const OwnerChange& a, const OwnerChange& b) {
            return a.month != b.month ? a.month < b.month : a.change.absolute() > b.change.absolute();
        });
        return {};
    }

    std::string dimension_;
    std::size_t basis_;
    DimensionPlan plan_;
    std::map<EndKey, Sums> ends_;
    std::map<MoveKey, DecimalSum> moves_;
};

} // namespace

bool AllocationPlan::moves() const {
    return std::ranges::any_of(dimensions, &DimensionPlan::moves);
}

base::Result<AllocationPlan> plan_allocation(Workspace& workspace, const RulesChange& change, allocate::Basis basis) {
    AllocationPlan plan{.from = change.state.from,
                        .restated = change.state.restated,
                        .changes_rules = change.changes_something,
                        .basis = basis};
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, {}));
    FLORIN_TRY_ASSIGN(const AllocationGround ground, ground_of(workspace, asker));
    std::ranges::copy_if(ground.states.closed, std::back_inserter(plan.closed),
                         [&plan](period::Day month) { return month < plan.from; });
    std::set<std::string> names;
    for (const RulesHistory* side : {&change.before, &change.after}) {
        const std::vector<std::string> of_side = dimensions_of(*side);
        names.insert(of_side.begin(), of_side.end());
    }
    std::vector<AllocationJob> jobs; // both sides of each dimension, one after the other
    std::vector<Comparison> comparisons;
    for (const std::string& name : names) {
        for (const RulesHistory* side : {&change.before, &change.after}) {
            jobs.push_back({has_dimension(*side, name) ? *side : without_rules(name), {.dimension = name}});
        }
        comparisons.emplace_back(name, basis);
    }
    FLORIN_TRY_ASSIGN(
        const std::vector<Allocation> allocations,
        allocate_all(ground, jobs, {},
                     [&](std::span<const Allocation> sides, const allocate::Month& month) -> base::Result<void> {
                         plan.provisional_months += sides.front().months().back().result.provisional ? 1U : 0U;
                         for (std::size_t i = 0; i < comparisons.size(); ++i) {
                             FLORIN_TRY(comparisons[i].month(sides[2 * i], sides[2 * i + 1], month));
                         }
                         return {};
                     }));
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
        FLORIN_TRY_ASSIGN(DimensionPlan one, comparisons[i].finish(allocations[2 * i + 1]));
        one.is_new = !has_dimension(change.before, one.dimension);
        one.is_removed = !has_dimension(change.after, one.dimension);
        plan.dimensions.push_back(std::move(one));
    }
    return plan;
}

} // namespace florin::app
