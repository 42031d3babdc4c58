#include "app/allocate_bills.hpp"

#include "app/allocation_rules.hpp"
#include "base/nearest.hpp"
#include "base/sha256.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

namespace florin::app {
namespace {

/// Every field that the jobs' rules read, those that a run needs, and `more`.
std::vector<query::Field> fields_of(std::span<const AllocationJob> jobs, std::span<const query::Field> more) {
    std::set<query::Field> fields(more.begin(), more.end());
    const auto add = [&fields](const auto& some) { fields.insert(some.begin(), some.end()); };
    add(allocate::tuple_fact_fields());
    for (const AllocationJob& job : jobs) {
        for (const RulesInForce& rules : job.history) {
            if (const auto dimension = rules.set->find_dimension(job.request.dimension)) {
                add(allocate::fields_read(*dimension));
            }
            if (const auto shared = rules.set->find_shared_cost(job.request.dimension)) {
                add(allocate::fields_read(*shared));
            }
        }
    }
    return {fields.begin(), fields.end()};
}

base::Error unknown_dimension(const RulesHistory& history, const AllocationRequest& request) {
    const std::string& name = request.dimension;
    for (const RulesInForce& rules : history) {
        if (request.as_on && rules.from > *request.as_on && rules.set->find_dimension(name) != nullptr) {
            return base::user_error("allocation.unknown_name",
                                    fmt::format("no rules for the dimension `{}` are in force on {}", name,
                                                period::to_string(*request.as_on)))
                .with_remedy(fmt::format("The first are in force from {} on.", period::to_string(rules.from)));
        }
    }
    std::set<std::string_view> known;
    for (const RulesInForce& rules : history) {
        for (const auto& dimension : rules.set->dimensions) {
            known.insert(dimension->name);
        }
    }
    const std::vector<std::string_view> names(known.begin(), known.end());
    return base::user_error("allocation.unknown_name", fmt::format("no rules have a dimension `{}`", name))
        .with_remedy(base::did_you_mean(
            name, names,
            names.empty() ? fmt::format("Put a file that begins with `dimension: NAME` into {}/.", kRulesFolder)
                          : fmt::format("There are: {}.", fmt::join(names, ", "))));
}

/// What is in force on the day, as if it were so since ever.
RulesHistory as_on_day(const RulesHistory& history, period::Day day) {
    RulesHistory one;
    for (const RulesInForce& rules : history) {
        if (rules.from <= day) {
            one = {rules};
            one.front().from = allocate::kAlways.start;
        }
    }
    return one;
}

std::vector<allocate::InForce> dimension_history(const RulesHistory& history, const std::string& name) {
    std::vector<allocate::InForce> out;
    for (const RulesInForce& rules : history) {
        out = allocate::take_effect(std::move(out), rules.set->find_dimension(name), rules.from);
    }
    return out;
}

std::vector<allocate::SharedCostInForce> shared_cost_history(const RulesHistory& history, const std::string& name) {
    std::vector<allocate::SharedCostInForce> out;
    for (const RulesInForce& rules : history) {
        out.push_back({rules.from, rules.set->find_shared_cost(name)});
    }
    return out;
}

/// The owners, with every value that the pools of some time name among them.
allocate::Owners with_named_values(allocate::Owners owners, std::span<const allocate::SharedCostInForce> history) {
    std::set<std::string> names;
    for (const allocate::SharedCostInForce& one : history) {
        if (one.shared) {
            const std::vector<std::string> named = allocate::values_named(*one.shared);
            names.insert(named.begin(), named.end());
        }
    }
    const std::vector<std::string> all(names.begin(), names.end());
    return allocate::with_values(std::move(owners), all);
}

/// Whole months around all of these; of none, the month of `day`.
period::Period months_around(const std::vector<period::Day>& months, period::Day day) {
    return months.empty() ? period::month_of(day)
                          : period::Period{months.front(), period::add_months(months.back(), 1)};
}

/// How many months before its own the drivers of a run reach back to.
int months_back(const allocate::Run& run) {
    int back = 0;
    for (const allocate::Pool& pool : run.rules().pools) {
        back = std::max(back, pool.window.months_first);
    }
    return back;
}

} // namespace

base::Result<RulesInForce> rules_from(std::span<const allocate::RuleText> files, period::Day from) {
    RulesInForce rules{.from = from, .hash = allocate::hash_of(files)};
    FLORIN_TRY_ASSIGN(allocate::RuleSet set, allocate::read_rule_set(files));
    rules.set = std::make_shared<const allocate::RuleSet>(std::move(set));
    for (const allocate::RuleText& file : files) {
        base::Sha256 hash;
        hash.add(file.text);
        rules.files.push_back({file.name, hash.finish()});
    }
    return rules;
}

std::string hash_of(const RulesHistory& history) {
    if (history.size() == 1 && history.front().from == allocate::kAlways.start) {
        return history.front().hash;
    }
    base::Sha256 hash;
    for (const RulesInForce& rules : history) {
        hash.add(fmt::format("{} {}\n", period::to_string(rules.from), rules.hash));
    }
    return hash.finish();
}

base::Result<Allocation> Allocation::start(const RulesHistory& history, const AllocationRequest& request,
                                           Setting setting) {
    Allocation allocation;
    const RulesHistory rules = request.as_on ? as_on_day(history, *request.as_on) : history;
    allocation.tuples_ = std::move(setting.tuples);
    allocation.billing_months_ = std::move(setting.billing_months);
    allocation.asked_ = request.months;
    allocation.rules_hash_ = app::hash_of(rules);
    allocation.history_ = dimension_history(rules, request.dimension);
    if (std::ranges::none_of(allocation.history_, [](const auto& one) { return one.dimension != nullptr; })) {
        return unknown_dimension(history, request);
    }
    allocation.owners_ =
        allocate::owners_of(allocation.history_, allocation.tuples_->ledger.texts, {setting.days, request.as_on});
    std::vector<allocate::Input> inputs = std::move(setting.inputs);
    for (const RulesInForce& one : rules) {
        const std::string from =
            one.from == allocate::kAlways.start ? "" : fmt::format(" from {}", period::to_string(one.from));
        for (const allocate::Input& file : one.files) {
            inputs.push_back({fmt::format("{}/{}{}", kRulesFolder, file.name, from), file.sha256});
        }
    }
    const auto shared = shared_cost_history(rules, request.dimension);
    allocation.owners_ = with_named_values(std::move(allocation.owners_), shared);
    // As on a day, the pools of its month are in force in all.
    std::vector<allocate::Stretch> stretches =
        request.as_on && !shared.empty()
            ? std::vector{allocate::Stretch{allocate::kAlways, shared.front().shared}}
            : allocate::stretches_of(shared, months_around(allocation.billing_months_, setting.days.start));
    for (const allocate::Stretch& stretch : stretches) {
        const period::Day month = period::month_start(request.as_on.value_or(stretch.months.start));
        const AllocatedTuples& tuples = *allocation.tuples_;
        FLORIN_TRY_ASSIGN(allocate::Rules of_run, allocate::resolve(stretch.shared.get(), month, allocation.owners_,
                                                                    tuples.ledger.texts, tuples.facts));
        FLORIN_TRY_ASSIGN(allocate::Run run, allocate::Run::start(allocation.owners_, tuples.facts.tuples,
                                                                  std::move(of_run), setting.workers));
        allocate::Certificate certificate =
            allocate::begin_certificate(run, allocation.owners_, allocation.rules_hash_, inputs);
        allocation.stretches_.push_back({stretch.months, std::move(run), std::move(certificate)});
    }
    return allocation;
}

std::vector<period::Day> Allocation::months_to_add() const {
    std::vector<period::Day> months;
    for (const period::Day month : billing_months_) {
        const bool is_read = std::ranges::any_of(stretches_, [&](const AllocatedStretch& stretch) {
            period::Period own = asked_ ? allocate::overlap(stretch.months, *asked_) : stretch.months;
            if (own.start >= own.end) {
                return false;
            }
            own.start = own.start == allocate::kAlways.start ? own.start
                                                             : period::add_months(own.start, -months_back(stretch.run));
            return own.contains(month);
        });
        if (is_read) {
            months.push_back(month);
        }
    }
    return months;
}

base::Result<void> Allocation::add(const allocate::Month& month) {
    const period::Day start = period::month_start(month.period.start);
    for (std::size_t number = 0; number < stretches_.size(); ++number) {
        AllocatedStretch& stretch = stretches_[number];
        const bool is_own = stretch.months.contains(start) && (!asked_ || asked_->contains(start));
        const bool is_before =
            start < stretch.months.end && period::add_months(start, months_back(stretch.run)) >= stretch.months.start;
        if (!is_own && !is_before) {
            continue;
        }
        FLORIN_TRY_ASSIGN(allocate::MonthResult result, stretch.run.add(month));
        if (is_own) {
            FLORIN_TRY(allocate::certify(stretch.certificate, result, stretch.run, owners_, tuples_->facts.tuples));
            months_.push_back({number, std::move(result)});
        }
    }
    return {};
}

std::string Allocation::pool_name(const AllocatedMonth& month, std::size_t pool) const {
    const auto pools = run_of(month).stages().pools();
    return pool < pools.size() ? pools[pool].name : "commitment savings";
}

std::vector<allocate::Input> inputs_of(const lake::CurrentFiles& current) {
    std::vector<allocate::Input> inputs;
    for (const lake::PartReference& reference : current.parts) {
        const lake::Delivery& delivery = current.deliveries[reference.delivery];
        inputs.push_back({fmt::format("delivery {}: {}", delivery.id.value(), delivery.parts[reference.part].name()),
                          delivery.identity});
    }
    return inputs;
}

base::Result<AllocationGround> ground_of(Workspace& workspace, Asker& asker) {
    AllocationGround ground{.current = &asker.current(), .engine = &asker.engine()};
    FLORIN_TRY_ASSIGN(ground.states, month_states(workspace, workspace.now()));
    ground.workers = workspace.limits("").threads;
    return ground;
}

base::Result<std::vector<Allocation>> allocate_all(const AllocationGround& ground, std::span<const AllocationJob> jobs,
                                                   std::span<const query::Field> more, const OnMonth& on_month) {
    const lake::CurrentFiles& current = *ground.current;
    auto tuples = std::make_shared<AllocatedTuples>();
    FLORIN_TRY_ASSIGN(tuples->ledger, read_tuples(current, fields_of(jobs, more), *ground.engine));
    tuples->facts = allocate::facts_of(tuples->ledger.texts);
    Allocation::Setting setting{.tuples = tuples,
                                .billing_months = billing_months(current),
                                .days = days_of(current),
                                .inputs = inputs_of(current),
                                .workers = ground.workers};
    if (setting.days.start >= setting.days.end) {
        setting.days = {ground.states.today, ground.states.today + std::chrono::days(1)};
    }
    std::vector<Allocation> allocations;
    std::set<period::Day> months;
    for (const AllocationJob& job : jobs) {
        FLORIN_TRY_ASSIGN(Allocation allocation, Allocation::start(job.history, job.request, setting));
        const std::vector<period::Day> more_months = allocation.months_to_add();
        months.insert(more_months.begin(), more_months.end());
        allocations.push_back(std::move(allocation));
    }
    for (const period::Day day : months) {
        allocate::Month month{.period = period::month_of(day),
                              .open = ground.states.is_open(day),
                              .complete_until = std::clamp(ground.states.today, day, period::add_months(day, 1))};
        FLORIN_TRY_ASSIGN(month.cells, read_cells(current, day, tuples->ledger, *ground.engine));
        for (Allocation& allocation : allocations) {
            FLORIN_TRY(allocation.add(month));
        }
        if (on_month) {
            FLORIN_TRY(on_month(allocations, month));
        }
    }
    return allocations;
}

base::Result<Allocation> allocate_bills(Workspace& workspace, Asker& asker, const RulesHistory& history,
                                        const AllocationRequest& request, std::span<const query::Field> more,
                                        const OnMonth& on_month) {
    FLORIN_TRY_ASSIGN(const AllocationGround ground, ground_of(workspace, asker));
    const AllocationJob job{history, request};
    FLORIN_TRY_ASSIGN(std::vector<Allocation> allocations, allocate_all(ground, {&job, 1}, more, on_month));
    return std::move(allocations.front());
}

} // namespace florin::app
