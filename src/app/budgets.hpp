// The use case "do we stay within budget": the budgets of a workspace, and how each will end.
#pragma once

#include "app/ask_bills.hpp"
#include "plan/budget_set.hpp"
#include "plan/outlook.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// The folder of a workspace in which budgets are.
inline constexpr std::string_view kBudgetFolder = "budgets";

/// Reads `budgets/*.yaml`, those in folders below it, too. Errors: `budget.none` where there is none; as
/// plan::BudgetSet::read.
base::Result<plan::BudgetSet> read_budgets(const Workspace& workspace);

struct BudgetRequest {
    std::vector<std::string> names;       ///< of budgets; those below them come along. Empty: all
    bool only_named = false;              ///< those below stay away
    std::optional<period::Instant> as_of; ///< only what was received by then; which version counts follows it
    std::function<void(engine::Engine*)> running;
};

/// A step of a budget.
struct BudgetStep {
    std::string label; ///< `2026-09`
    plan::Outlook outlook;
};

/// A threshold that was reached.
struct ReachedThreshold {
    plan::Threshold threshold;
    std::optional<money::Decimal> value; ///< what it looks at, as a share; nothing where the amount is 0
    std::string step;                    ///< the label of the step, where it is of one
};

struct BudgetLine {
    plan::Budget budget;
    std::size_t level = 0; ///< how many budgets stand above it
    plan::Allotment allotment;
    plan::Outlook outlook;                ///< of the whole period
    std::vector<BudgetStep> steps;        ///< all of them
    std::optional<std::size_t> under_way; ///< the step that the first day without complete bills lies in
    std::vector<ReachedThreshold> reached;
    std::vector<std::string> notes; ///< why there is no forecast, and what else is to be known of this one
};

struct BudgetStatus {
    period::Day today;             ///< or the day it is seen from
    std::vector<BudgetLine> lines; ///< parents first, each followed by those below it
    std::vector<plan::Excess> excesses;
    std::vector<std::string> notes;
};

/// Asks for the spend of each budget and forecasts it to the end of its period. Errors: of read_budgets, the question,
/// exchange rates and the forecast; `budget.unknown`; `budget.overlap` where a budget rolls up others that are for the
/// same charges, which would count twice.
base::Result<BudgetStatus> budget_status(Workspace& workspace, const BudgetRequest& request);

} // namespace florin::app
