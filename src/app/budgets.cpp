#include "app/budgets.hpp"

#include "app/budget_spend.hpp"
#include "base/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::app {
namespace {

using base::Result;
using money::Decimal;

base::Error no_budgets(const base::Path& folder) {
    return base::user_error("budget.none", fmt::format("there is no budget in {}", folder.string()))
        .with_remedy("Write one as budgets/NAME.yaml: see docs/reference/budgets.md.");
}

bool is_budget_file(const base::Path& path) {
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

} // namespace

Result<plan::BudgetSet> read_budgets(const Workspace& workspace) {
    const base::Path folder = workspace.folder() / kBudgetFolder;
    std::error_code code;
    if (!std::filesystem::is_directory(folder, code)) {
        return no_budgets(folder);
    }
    FLORIN_TRY_ASSIGN(const std::vector<base::Path> paths, base::list_files(folder));
    std::vector<plan::BudgetText> texts;
    for (const base::Path& path : paths) {
        if (is_budget_file(path)) {
            FLORIN_TRY_ASSIGN(std::string text, base::read_file(path));
            texts.push_back({path.lexically_relative(workspace.folder()).generic_string(), std::move(text)});
        }
    }
    if (texts.empty()) {
        return no_budgets(folder);
    }
    return plan::BudgetSet::read(texts, workspace.configuration().fiscal_calendar);
}

namespace {

/// Which budgets are asked for, by index, in the order of the tree.
Result<std::vector<std::size_t>> wanted_budgets(const plan::BudgetSet& set, const BudgetRequest& request) {
    if (request.names.empty()) {
        return set.in_tree_order();
    }
    std::vector<std::size_t> roots;
    for (const std::string& name : request.names) {
        FLORIN_TRY_ASSIGN(roots.emplace_back(), set.find(name));
    }
    std::vector<std::size_t> wanted;
    std::vector<std::size_t> levels; // of the roots above, outermost first
    for (const std::size_t index : set.in_tree_order()) {
        while (!levels.empty() && set.level(index) <= levels.back()) {
            levels.pop_back();
        }
        const bool is_root = std::ranges::find(roots, index) != roots.end();
        if (is_root || (!levels.empty() && !request.only_named)) {
            wanted.push_back(index);
        }
        if (is_root) {
            levels.push_back(set.level(index));
        }
    }
    return wanted;
}

class StatusOf {
public:
    StatusOf(Workspace& workspace, Asker& asker, const plan::BudgetSet& set, period::Day today)
        : workspace_(workspace), asker_(asker), set_(set), today_(today),
          calendar_(workspace.configuration().fiscal_calendar) {}

    Result<BudgetStatus> run(const std::vector<std::size_t>& wanted) {
        BudgetStatus status{.today = today_};
        FLORIN_TRY(read_spend(wanted));
        FLORIN_TRY_ASSIGN(const std::vector<plan::Allotment> allotments, allot_all());
        for (const std::size_t index : wanted) {
            if (set_.budgets()[index].rolls_up) {
                FLORIN_TRY(refuse_overlap(index));
            }
            FLORIN_TRY_ASSIGN(status.lines.emplace_back(), line(index, allotments[index]));
        }
        FLORIN_TRY_ASSIGN(status.excesses, plan::find_excesses(set_, allotments));
        std::erase_if(status.excesses, [&](const plan::Excess& excess) {
            return std::ranges::none_of(status.lines,
                                        [&](const BudgetLine& one) { return one.budget.name == excess.parent; });
        });
        status.notes = std::move(notes_);
        return status;
    }

private:
    const plan::Budget& budget(std::size_t index) const { return set_.budgets()[index]; }
    std::size_t version(std::size_t index) const { return budget(index).version_on(today_); }

    /// Of those that are shown, and of those whose amounts hang on what was spent.
    Result<void> read_spend(const std::vector<std::size_t>& wanted) {
        spend_.resize(set_.budgets().size());
        for (std::size_t i = 0; i < spend_.size(); ++i) {
            const bool is_wanted = std::ranges::find(wanted, i) != wanted.end();
            if (is_wanted || plan::needs_last_year(budget(i), version(i))) {
                FLORIN_TRY_ASSIGN(spend_[i], read_budget_spend(workspace_, asker_, budget(i)));
                for (const std::string& note : spend_[i].all_notes) {
                    if (std::ranges::find(notes_, note) == notes_.end()) {
                        notes_.push_back(note);
                    }
                }
            }
        }
        return {};
    }

    Result<std::vector<plan::Allotment>> allot_all() const {
        std::vector<std::optional<plan::Allotment>> own(set_.budgets().size());
        for (std::size_t i = 0; i < own.size(); ++i) {
            if (budget(i).rolls_up) {
                continue;
            }
            std::vector<Decimal> last_year;
            if (plan::needs_last_year(budget(i), version(i))) {
                FLORIN_TRY_ASSIGN(last_year, spent_a_year_before(spend_[i].spend, budget(i).steps));
            }
            FLORIN_TRY_ASSIGN(own[i], plan::allot(budget(i), version(i), last_year));
        }
        return plan::roll_up(set_, own);
    }

    /// As many charges together as of each by itself: then none is of two.
    Result<void> refuse_overlap(std::size_t index) {
        std::int64_t together = 0;
        std::vector<std::string> names;
        for (const std::size_t child : set_.children(index)) {
            FLORIN_TRY_ASSIGN(const std::int64_t count, count_charges(asker_, budget(child), budget(index).period));
            together += count;
            names.push_back(budget(child).name);
        }
        FLORIN_TRY_ASSIGN(const std::int64_t once, count_charges(asker_, budget(index), budget(index).period));
        if (together == once) {
            return {};
        }
        const std::int64_t twice = together - once;
        return base::user_error("budget.overlap",
                                fmt::format("the budget `{}` would count {} twice: below it {} are for the same money",
                                            budget(index).name,
                                            twice == 1 ? "1 charge" : fmt::format("{} charges", twice),
                                            fmt::join(names, ", ")))
            .at({.file = budget(index).file, .row = budget(index).row})
            .with_remedy("Narrow one of their filters, or give the budget an `amount` of its own.");
    }

    Result<BudgetLine> line(std::size_t index, const plan::Allotment& allotment) const {
        const plan::Budget& one = budget(index);
        const BudgetSpend& spend = spend_[index];
        BudgetLine line{.budget = one, .level = set_.level(index), .allotment = allotment, .notes = spend.notes};
        FLORIN_TRY_ASSIGN(line.outlook, plan::look_ahead(allotment.total, one.period, spend.spend, one.currency));
        for (std::size_t i = 0; i < one.steps.size(); ++i) {
            BudgetStep& step = line.steps.emplace_back();
            step.label = period::step_label(one.steps[i].start, one.grain, calendar_);
            FLORIN_TRY_ASSIGN(step.outlook,
                              plan::look_ahead(allotment.steps[i], one.steps[i], spend.spend, one.currency));
            if (one.steps[i].contains(line.outlook.known_until)) {
                line.under_way = i;
            }
        }
        for (const plan::Threshold& threshold : one.thresholds) {
            const bool has_step = line.under_way.has_value();
            if (threshold.of_step && !has_step) {
                continue;
            }
            const plan::Outlook& at = threshold.of_step ? line.steps[*line.under_way].outlook : line.outlook;
            if (plan::is_reached(at, threshold)) {
                line.reached.push_back({threshold, plan::share_at(at, threshold.of),
                                        threshold.of_step ? line.steps[*line.under_way].label : ""});
            }
        }
        return line;
    }

    Workspace& workspace_;
    Asker& asker_;
    const plan::BudgetSet& set_;
    period::Day today_;
    const period::FiscalCalendar& calendar_;
    std::vector<BudgetSpend> spend_;
    std::vector<std::string> notes_;
};

} // namespace

Result<BudgetStatus> budget_status(Workspace& workspace, const BudgetRequest& request) {
    FLORIN_TRY_ASSIGN(const plan::BudgetSet set, read_budgets(workspace));
    FLORIN_TRY_ASSIGN(const std::vector<std::size_t> wanted, wanted_budgets(set, request));
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    const period::Day today = request.as_of ? period::day_of(*request.as_of) : workspace.today();
    if (request.running) {
        request.running(&asker.engine());
    }
    auto status = StatusOf(workspace, asker, set, today).run(wanted);
    if (request.running) {
        request.running(nullptr);
    }
    return status;
}

} // namespace florin::app
