// Budgets in files: one document a budget, described by budget_file.schema.json and docs/reference/budgets.md.
#pragma once

#include "plan/budget.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace florin::plan {

/// Reads one budget. `calendar`: what its fiscal periods mean. Errors `budget.*` and `filter.*` with the line and a
/// caret.
base::Result<Budget> read_budget(std::string text, std::string file, const period::FiscalCalendar& calendar);

/// An amount as people write it: `1200000`, `1,200,000.50`, `-500`; commas, blanks, apostrophes and underscores only
/// between thousands. Nothing for what is none.
std::optional<money::Decimal> parse_amount(std::string_view text);

/// The schema of such a file, JSON Schema 2020-12.
std::string_view budget_file_schema();

} // namespace florin::plan
