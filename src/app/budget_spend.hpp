// What was spent of a budget by day, and what may come: the lake's answer and the forecast, as values that a plan
// takes.
#pragma once

#include "app/ask_bills.hpp"
#include "plan/budget.hpp"
#include "plan/outlook.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace florin::app {

struct BudgetSpend {
    plan::Spend spend;
    std::vector<std::string> notes;     ///< of this budget alone: why there is no forecast, days before the first bill
    std::vector<std::string> all_notes; ///< of the bills
};

/// Reads the complete days of a budget's charges and, where its period goes on, forecasts to its end. Days before the
/// first bill count as nothing spent, and a note says so. Too short a history, or none, is no error: there is no
/// forecast then, and a note says why. Errors: of the question and of exchange rates.
base::Result<BudgetSpend> read_budget_spend(Workspace& workspace, Asker& asker, const plan::Budget& budget);

/// What was spent on the same dates a year before each step; nothing for days that are not known.
base::Result<std::vector<money::Decimal>> spent_a_year_before(const plan::Spend& spend,
                                                              const std::vector<period::Period>& steps);

/// How many charges a budget is for in a period, whatever they cost.
base::Result<std::int64_t> count_charges(Asker& asker, const plan::Budget& budget, const period::Period& period);

} // namespace florin::app
