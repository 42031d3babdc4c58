#include "plan/budget_set.hpp"

#include "base/nearest.hpp"
#include "plan/budget_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <tuple>

namespace florin::plan {

using base::Result;
using money::Decimal;

namespace {

std::string suggestion(std::string_view name, const std::vector<Budget>& budgets) {
    std::vector<std::string_view> known;
    for (const Budget& budget : budgets) {
        known.push_back(budget.name);
    }
    return base::did_you_mean(name, known, fmt::format("There are: {}.", fmt::join(known, ", ")));
}

} // namespace

base::Error BudgetSet::refused(const Budget& budget, std::string code, std::string message) const {
    return base::user_error(std::move(code), std::move(message)).at({.file = budget.file, .row = budget.row});
}

Result<BudgetSet> BudgetSet::read(std::span<const BudgetText> files, const period::FiscalCalendar& calendar) {
    BudgetSet set;
    for (const BudgetText& file : files) {
        FLORIN_TRY_ASSIGN(set.budgets_.emplace_back(), read_budget(file.text, file.file, calendar));
    }
    std::ranges::sort(set.budgets_, {}, [](const Budget& one) { return std::tie(one.name, one.file); });
    for (std::size_t i = 1; i < set.budgets_.size(); ++i) {
        if (set.budgets_[i].name == set.budgets_[i - 1].name) {
            return set.refused(
                set.budgets_[i], "budget.twice",
                fmt::format("the budget `{}` is in {} as well", set.budgets_[i].name, set.budgets_[i - 1].file));
        }
    }
    FLORIN_TRY(set.link());
    return set;
}

Result<void> BudgetSet::link() {
    children_.resize(budgets_.size());
    parents_.resize(budgets_.size());
    for (std::size_t i = 0; i < budgets_.size(); ++i) {
        const Budget& budget = budgets_[i];
        if (budget.parent.empty()) {
            continue;
        }
        const auto parent = std::ranges::find(budgets_, budget.parent, &Budget::name);
        if (parent == budgets_.end()) {
            return refused(budget, "budget.unknown_parent",
                           fmt::format("the parent `{}` of the budget `{}` is not there", budget.parent, budget.name))
                .with_remedy(suggestion(budget.parent, budgets_));
        }
        parents_[i] = static_cast<std::size_t>(parent - budgets_.begin());
        children_[*parents_[i]].push_back(i);
    }
    FLORIN_TRY(check_cycles());
    for (std::size_t i = 0; i < budgets_.size(); ++i) {
        if (parents_[i]) {
            FLORIN_TRY(check_match(budgets_[i], budgets_[*parents_[i]]));
        }
        if (budgets_[i].rolls_up && children_[i].empty()) {
            return refused(
                budgets_[i], "budget.no_children",
                fmt::format("the budget `{}` rolls up, and no budget names it as its parent", budgets_[i].name));
        }
    }
    for (std::size_t i = 0; i < budgets_.size(); ++i) {
        set_filters(i);
    }
    return {};
}

Result<void> BudgetSet::check_cycles() const {
    for (std::size_t i = 0; i < budgets_.size(); ++i) {
        std::string path = budgets_[i].name;
        std::size_t steps = 0;
        for (auto at = parents_[i]; at; at = parents_[*at]) {
            path += " > " + budgets_[*at].name;
            if (*at == i || ++steps > budgets_.size()) {
                return refused(budgets_[i], "budget.cycle", "a budget is a part of itself: " + path);
            }
        }
    }
    return {};
}

Result<void> BudgetSet::check_match(const Budget& child, const Budget& parent) const {
    const auto mismatch = [&](const std::string& what) {
        return refused(child, "budget.parent_mismatch",
                       fmt::format("the budget `{}` {} `{}`, so it is no part of it", child.name, what, parent.name));
    };
    if (child.currency != parent.currency) {
        return mismatch(fmt::format("is in {}, not in {} as its parent", child.currency, parent.currency));
    }
    if (child.basis != parent.basis) {
        return mismatch(fmt::format("is of {} cost, not of {} cost as its parent", query::name(child.basis),
                                    query::name(parent.basis)));
    }
    if (child.period.start < parent.period.start || child.period.end > parent.period.end) {
        return mismatch(
            fmt::format("is for {}, which is not within the {} of its parent", child.period_text, parent.period_text));
    }
    if (parent.rolls_up && child.steps != parent.steps) {
        return mismatch("has other steps than its parent");
    }
    return {};
}

/// A budget that rolls up is for any charge that one below it is for: each counts once.
void BudgetSet::set_filters(std::size_t index) {
    Budget& budget = budgets_[index];
    if (!budget.rolls_up || !budget.filter.empty()) {
        return;
    }
    std::string any;
    for (const std::size_t child : children_[index]) {
        set_filters(child);
        const std::string& filter = budgets_[child].filter;
        if (filter.empty()) {
            return; // all charges
        }
        any += fmt::format("{}({})", any.empty() ? "" : " or ", filter);
    }
    budget.filter = std::move(any);
}

std::vector<std::size_t> BudgetSet::in_tree_order() const {
    std::vector<std::size_t> order;
    const std::function<void(std::size_t)> add = [&](std::size_t index) {
        order.push_back(index);
        std::ranges::for_each(children_[index], add);
    };
    for (std::size_t i = 0; i < budgets_.size(); ++i) {
        if (!parents_[i]) {
            add(i);
        }
    }
    return order;
}

std::size_t BudgetSet::level(std::size_t index) const {
    std::size_t above = 0;
    for (auto at = parents_[index]; at; at = parents_[*at]) {
        ++above;
    }
    return above;
}

Result<std::size_t> BudgetSet::find(std::string_view name) const {
    const auto found = std::ranges::find(budgets_, name, &Budget::name);
    if (found == budgets_.end()) {
        return base::user_error("budget.unknown", fmt::format("there is no budget `{}`", name))
            .with_remedy(suggestion(name, budgets_));
    }
    return static_cast<std::size_t>(found - budgets_.begin());
}

namespace {

/// Parents after all that is below them.
std::vector<std::size_t> from_below(const BudgetSet& set) {
    std::vector<std::size_t> order = set.in_tree_order();
    std::ranges::reverse(order);
    return order;
}

} // namespace

Result<std::vector<Allotment>> roll_up(const BudgetSet& set, std::span<const std::optional<Allotment>> allotments) {
    std::vector<Allotment> all(set.budgets().size());
    for (const std::size_t index : from_below(set)) {
        if (allotments[index]) {
            all[index] = *allotments[index];
            continue;
        }
        Allotment& sum = all[index];
        for (std::size_t step = 0; step < set.budgets()[index].steps.size(); ++step) {
            std::vector<Decimal> parts;
            for (const std::size_t child : set.children(index)) {
                parts.push_back(all[child].steps[step]);
            }
            FLORIN_TRY_ASSIGN(sum.steps.emplace_back(), sum_of(parts));
        }
        FLORIN_TRY_ASSIGN(sum.total, sum_of(sum.steps));
    }
    return all;
}

Result<std::vector<Excess>> find_excesses(const BudgetSet& set, std::span<const Allotment> allotments) {
    std::vector<Excess> excesses;
    for (const std::size_t index : set.in_tree_order()) {
        const Budget& parent = set.budgets()[index];
        if (parent.rolls_up || set.children(index).empty()) {
            continue;
        }
        money::DecimalSum whole;
        std::vector<money::DecimalSum> by_step(parent.steps.size());
        for (const std::size_t child : set.children(index)) {
            whole.add(allotments[child].total);
            const Budget& below = set.budgets()[child];
            for (std::size_t step = 0; step < below.steps.size(); ++step) {
                const auto same = std::ranges::find(parent.steps, below.steps[step]);
                if (same != parent.steps.end()) {
                    by_step[static_cast<std::size_t>(same - parent.steps.begin())].add(allotments[child].steps[step]);
                }
            }
        }
        FLORIN_TRY_ASSIGN(const Decimal together, whole.total());
        if (together > allotments[index].total) {
            excesses.push_back({parent.name, std::nullopt, allotments[index].total, together});
            continue;
        }
        for (std::size_t step = 0; step < by_step.size(); ++step) {
            FLORIN_TRY_ASSIGN(const Decimal children, by_step[step].total());
            if (children > allotments[index].steps[step]) {
                excesses.push_back({parent.name, step, allotments[index].steps[step], children});
            }
        }
    }
    return excesses;
}

} // namespace florin::plan
