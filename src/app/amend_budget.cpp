#include "app/amend_budget.hpp"

#include "app/budget_spend.hpp"
#include "app/budgets.hpp"
#include "base/files.hpp"
#include "plan/amend_file.hpp"
#include "plan/budget_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::app {
namespace {

using base::Result;
using money::Decimal;

Result<Decimal> option_amount(const std::string& option, const std::string& text) {
    const auto parsed = plan::parse_amount(text);
    if (!parsed) {
        return base::user_error("budget.bad_amount", fmt::format("{}: `{}` is no amount", option, text))
            .with_remedy("Write digits, a point before cents and no currency: 120000, 120,000.50.");
    }
    return *parsed;
}

Result<plan::StepAmount> step_amount(const std::string& text, const plan::Budget& budget,
                                     const period::FiscalCalendar& calendar) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string label = text.substr(0, equals);
    const auto period = period::parse_period(label, budget.period.start, calendar);
    const auto step = period.ok() ? std::ranges::find(budget.steps, *period) : budget.steps.end();
    if (equals == text.size() || step == budget.steps.end()) {
        return base::user_error("budget.unknown_step", fmt::format("--step: `{}` is no {} of {} with an amount", text,
                                                                   period::name(budget.grain), budget.period_text))
            .with_remedy(fmt::format("Write it as {}=120000.",
                                     period::step_label(budget.steps.front().start, budget.grain, calendar)));
    }
    FLORIN_TRY_ASSIGN(const Decimal amount, option_amount("--step", text.substr(equals + 1)));
    return plan::StepAmount{static_cast<std::size_t>(step - budget.steps.begin()), amount};
}

Result<plan::Amendment> amendment_of(const AmendRequest& request, const plan::Budget& budget,
                                     const Workspace& workspace) {
    plan::Amendment amendment;
    amendment.date = request.date;
    amendment.reason = request.reason;
    amendment.by = request.by;
    if (!request.approved_by.empty()) {
        amendment.approvals.push_back({request.approved_by, workspace.today()});
    }
    for (const plan::Spread spread : {plan::Spread::kEven, plan::Spread::kDays, plan::Spread::kLastYear}) {
        if (request.spread == plan::name(spread)) {
            amendment.spread = spread;
        }
    }
    if (!request.steps.empty()) {
        amendment.kind = plan::Amendment::Kind::kSteps;
        for (const std::string& text : request.steps) {
            FLORIN_TRY_ASSIGN(amendment.steps.emplace_back(),
                              step_amount(text, budget, workspace.configuration().fiscal_calendar));
        }
        std::ranges::sort(amendment.steps, {}, &plan::StepAmount::step);
        return amendment;
    }
    const bool is_total = request.add.empty();
    amendment.kind = is_total ? plan::Amendment::Kind::kTotal : plan::Amendment::Kind::kAdd;
    FLORIN_TRY_ASSIGN(amendment.amount,
                      is_total ? option_amount("--amount", request.amount) : option_amount("--add", request.add));
    return amendment;
}

} // namespace

Result<AmendedBudget> amend_budget(Workspace& workspace, const AmendRequest& request) {
    FLORIN_TRY_ASSIGN(const plan::BudgetSet set, read_budgets(workspace));
    FLORIN_TRY_ASSIGN(const std::size_t index, set.find(request.budget));
    const plan::Budget& budget = set.budgets()[index];
    if (budget.rolls_up) {
        return base::user_error("budget.roll_up", fmt::format("the budget {} rolls up: its amount is the sum of those "
                                                              "below it",
                                                              budget.name))
            .with_remedy("Amend one of them.");
    }
    FLORIN_TRY_ASSIGN(const plan::Amendment amendment, amendment_of(request, budget, workspace));
    const base::Path path = workspace.folder() / budget.file;
    FLORIN_TRY_ASSIGN(const std::string before, base::read_file(path));
    const period::FiscalCalendar& calendar = workspace.configuration().fiscal_calendar;
    FLORIN_TRY_ASSIGN(const std::string after, plan::with_amendment(before, budget.file, amendment, calendar));
    FLORIN_TRY_ASSIGN(const plan::Budget amended, plan::read_budget(after, budget.file, calendar));
    const std::size_t version = amended.amendments.size() + 1;
    std::vector<Decimal> last_year;
    if (plan::needs_last_year(amended, version)) {
        FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, std::nullopt));
        FLORIN_TRY_ASSIGN(const BudgetSpend spend, read_budget_spend(workspace, asker, amended));
        FLORIN_TRY_ASSIGN(last_year, spent_a_year_before(spend.spend, amended.steps));
    }
    FLORIN_TRY(plan::allot(amended, version, last_year));
    if (!request.dry_run) {
        FLORIN_TRY(base::write_file_atomically(path, after));
    }
    return AmendedBudget{.file = budget.file, .patch = plan::patch_of(before, after, budget.file), .version = version};
}

} // namespace florin::app
