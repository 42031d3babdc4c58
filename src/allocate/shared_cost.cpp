#include "allocate/shared_cost.hpp"

#include "allocate/owners_filters.hpp"
#include "base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace florin::allocate {
namespace {

using base::Result;

/// Numbers of the owners' values, by name; an empty name is kUnallocated.
class ValueIndex {
public:
    explicit ValueIndex(std::span<const std::string> values) {
        for (std::uint32_t value = 0; value < values.size(); ++value) {
            numbers_.emplace(values[value], value);
        }
    }
    std::uint32_t number(std::string_view value) const {
        const auto found = numbers_.find(value);
        FLORIN_CHECK(found != numbers_.end(), "the owners have every value that shared cost names");
        return found->second;
    }

private:
    std::map<std::string_view, std::uint32_t> numbers_;
};

/// Which tuples a filter holds for: none where it is not bound to tuples.
class Chooser {
public:
    explicit Chooser(const TupleTexts* texts) : texts_(texts) {
        if (texts != nullptr) {
            finder_.emplace(*texts);
        }
    }
    std::vector<bool> chosen(const std::optional<query::Filter>& where) {
        if (!where) {
            return {};
        }
        if (texts_ == nullptr) {
            return {true}; // no tuple is known: chosen ones, whichever they are
        }
        BoundFilter filter(*where, *finder_);
        std::vector<bool> tuples(texts_->count);
        for (std::size_t tuple = 0; tuple < texts_->count; ++tuple) {
            tuples[tuple] = filter.holds(tuple);
        }
        return tuples;
    }

private:
    const TupleTexts* texts_;
    std::optional<CodeFinder> finder_;
};

Pool pool_of(const NamedPool& named, const SharedCost& shared, std::span<const NamedPool* const> pools,
             const ValueIndex& values, Chooser& chooser) {
    Pool pool{.name = named.name, .place = named.place, .stage = named.stage, .reciprocal = named.reciprocal};
    pool.takes.tuples = chooser.chosen(named.takes.where);
    pool.takes.kinds = named.takes.kinds;
    pool.takes.unused_commitments = named.takes.unused_commitments;
    for (const std::string& owner : named.takes.owners) {
        pool.takes.owners.push_back(values.number(owner));
    }
    pool.method = named.method;
    pool.to_all = named.to_all;
    for (const NamedTarget& target : named.targets) {
        Target& to = pool.targets.emplace_back();
        to.ratio = target.ratio;
        to.place = target.place;
        if (target.is_pool) {
            const auto found = std::ranges::find(pools, target.name, [](const NamedPool* one) { return one->name; });
            FLORIN_CHECK(found != pools.end(), "a target is a pool in force");
            to.pool = static_cast<std::size_t>(found - pools.begin());
        } else {
            to.value = values.number(target.name);
        }
    }
    pool.driver_basis = named.driver_basis;
    pool.driver_tuples = chooser.chosen(named.driver_where);
    if (named.method == Method::kMetric) {
        const auto found = std::ranges::find(shared.metrics, named.metric, &NamedMetric::name);
        FLORIN_CHECK(found != shared.metrics.end(), "a pool splits by a metric that there is");
        pool.metric = static_cast<std::size_t>(found - shared.metrics.begin());
    }
    pool.window = named.window;
    pool.negative = named.negative;
    pool.missing = named.missing;
    pool.currencies = named.currencies;
    return pool;
}

std::vector<Pool> pools_in_force(const SharedCost& shared, period::Day month, const ValueIndex& values,
                                 Chooser& chooser) {
    std::vector<const NamedPool*> in_force;
    for (const NamedPool& pool : shared.pools) {
        if (pool.months.contains(month)) {
            in_force.push_back(&pool);
        }
    }
    std::vector<Pool> pools;
    for (const NamedPool* pool : in_force) {
        pools.push_back(pool_of(*pool, shared, in_force, values, chooser));
    }
    return pools;
}

template <class Thing>
bool is_within(const std::vector<Thing>& some, const std::vector<Thing>& all) {
    return all.empty() || (!some.empty() && std::ranges::all_of(some, [&all](const Thing& one) {
               return std::ranges::find(all, one) != all.end();
           }));
}

/// Whether whatever `later` would take, `earlier` takes.
bool takes_all_of(const NamedPool& earlier, const NamedPool& later) {
    const NamedSelection& wide = earlier.takes;
    const NamedSelection& narrow = later.takes;
    return earlier.months.start <= later.months.start && later.months.end <= earlier.months.end &&
           (!wide.where || wide.where == narrow.where) && is_within(narrow.kinds, wide.kinds) &&
           (!wide.unused_commitments || narrow.unused_commitments) && is_within(narrow.owners, wide.owners);
}

/// Each pool can get money: charges that no pool before it takes all of, or parts of other pools.
Result<void> check_reach(const SharedCost& shared) {
    std::set<std::string_view> given;
    for (const NamedPool& pool : shared.pools) {
        for (const NamedTarget& target : pool.targets) {
            if (target.is_pool) {
                given.insert(target.name);
            }
        }
    }
    for (std::size_t later = 0; later < shared.pools.size(); ++later) {
        const NamedPool& pool = shared.pools[later];
        const std::span<const NamedPool> before = std::span(shared.pools).first(later);
        const auto taker =
            std::ranges::find_if(before, [&pool](const NamedPool& earlier) { return takes_all_of(earlier, pool); });
        if (taker != before.end() && !given.contains(pool.name)) {
            return base::user_error("allocation.unreachable",
                                    fmt::format("pool `{}` takes nothing: pool `{}` before it takes all that it would",
                                                pool.name, taker->name))
                .at(pool.place)
                .with_remedy("Put it before that pool, or take it out.");
        }
    }
    return {};
}

/// First days on which other pools are in force than on the day before, from the first day there is.
std::set<period::Day> changes_of(const SharedCost& shared) {
    std::set<period::Day> days = {kAlways.start};
    for (const NamedPool& pool : shared.pools) {
        days.insert(pool.months.start);
        days.insert(pool.months.end);
    }
    days.erase(kAlways.end);
    return days;
}

Metric metric_of(const NamedMetric& named, const ValueIndex& values) {
    Metric metric{.name = named.name, .days = {}};
    for (const auto& [day, quantities] : named.days) {
        auto& on_day = metric.days[day];
        for (const auto& [value, quantity] : quantities) {
            on_day.emplace_back(values.number(value), quantity);
        }
    }
    return metric;
}

Benefit benefit_of(const NamedBenefit& named, const ValueIndex& values, const TupleFacts& facts) {
    Benefit benefit{.rule = named.rule, .reference = named.reference, .unused = named.unused, .place = named.place};
    if (named.rule == BenefitRule::kCentral) {
        benefit.central = values.number(named.central);
    }
    benefit.buyers.resize(facts.programmes.size());
    for (std::size_t programme = 1; programme < facts.programmes.size(); ++programme) {
        if (const auto found = named.buyers.find(facts.programmes[programme]); found != named.buyers.end()) {
            benefit.buyers[programme] = values.number(found->second);
        }
    }
    return benefit;
}

} // namespace

std::vector<query::Field> fields_read(const SharedCost& shared) {
    std::set<query::Field> fields;
    for (const NamedPool& pool : shared.pools) {
        for (const auto* filter : {&pool.takes.where, &pool.driver_where}) {
            if (*filter) {
                const std::vector<query::Field> read = query::fields_of(**filter);
                fields.insert(read.begin(), read.end());
            }
        }
    }
    return {fields.begin(), fields.end()};
}

std::vector<std::string> values_named(const SharedCost& shared) {
    std::set<std::string> values;
    for (const NamedPool& pool : shared.pools) {
        for (const NamedTarget& target : pool.targets) {
            if (!target.is_pool) {
                values.insert(target.name);
            }
        }
        values.insert(pool.takes.owners.begin(), pool.takes.owners.end());
    }
    for (const NamedMetric& metric : shared.metrics) {
        for (const auto& [day, quantities] : metric.days) {
            for (const auto& [value, quantity] : quantities) {
                values.insert(value);
            }
        }
    }
    for (const auto& [commitment, buyer] : shared.benefit.buyers) {
        values.insert(buyer);
    }
    values.insert(shared.benefit.central);
    values.erase(std::string()); // what has no owner
    return {values.begin(), values.end()};
}

Owners with_values(Owners owners, std::span<const std::string> values) {
    std::set<std::string> all(owners.values.begin(), owners.values.end());
    all.insert(values.begin(), values.end());
    all.insert(std::string());
    const std::vector<std::string> named(all.begin(), all.end());
    const ValueIndex index(named);
    std::vector<std::uint32_t> renumbered;
    for (const std::string& value : owners.values) {
        renumbered.push_back(index.number(value));
    }
    for (OwnerInterval& interval : owners.intervals) {
        interval.value = renumbered[interval.value];
    }
    owners.values = named;
    return owners;
}

std::vector<Stretch> stretches_of(std::span<const SharedCostInForce> history, const period::Period& months) {
    FLORIN_CHECK(months.start < months.end && months.start == period::month_start(months.start) &&
                     months.end == period::month_start(months.end),
                 "stretches are of whole months");
    std::map<period::Day, std::shared_ptr<const SharedCost>> starts = {{kAlways.start, nullptr}};
    for (std::size_t i = 0; i < history.size(); ++i) {
        FLORIN_CHECK(history[i].from == period::month_start(history[i].from), "shared cost changes with a month");
        const period::Period days{history[i].from, i + 1 < history.size() ? history[i + 1].from : kAlways.end};
        starts[days.start] = history[i].shared;
        if (history[i].shared) {
            for (const period::Day change : changes_of(*history[i].shared)) {
                if (days.contains(change)) {
                    starts[change] = history[i].shared;
                }
            }
        }
    }
    std::vector<Stretch> stretches;
    for (auto start = starts.begin(); start != starts.end(); ++start) {
        const auto next = std::next(start);
        const period::Period both = overlap(months, {start->first, next == starts.end() ? kAlways.end : next->first});
        if (both.start < both.end) {
            stretches.push_back({both, start->second});
        }
    }
    return stretches;
}

Result<Rules> resolve(const SharedCost* shared, period::Day month, const Owners& owners, const TupleTexts& texts,
                      const TupleFacts& facts) {
    Rules rules;
    if (shared == nullptr) {
        return rules;
    }
    const ValueIndex values(owners.values);
    Chooser chooser(&texts);
    rules.pools = pools_in_force(*shared, month, values, chooser);
    for (const NamedMetric& metric : shared->metrics) {
        rules.metrics.push_back(metric_of(metric, values));
    }
    rules.benefit = benefit_of(shared->benefit, values, facts);
    FLORIN_TRY(Stages::of(rules.pools, static_cast<std::uint32_t>(owners.values.size())));
    return rules;
}

Result<void> check(const SharedCost& shared) {
    std::vector<std::string> named = values_named(shared);
    named.insert(named.begin(), "");
    const ValueIndex values(named);
    Chooser chooser(nullptr);
    for (const period::Day month : changes_of(shared)) {
        const std::vector<Pool> pools = pools_in_force(shared, month, values, chooser);
        FLORIN_TRY(Stages::of(pools, static_cast<std::uint32_t>(named.size())));
    }
    return check_reach(shared);
}

} // namespace florin::allocate
