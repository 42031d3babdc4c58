// The use case "why does it cost more than before": the variance of two periods, taken apart.
#pragma once

#include "app/ask_bills.hpp"
#include "plan/budget.hpp"
#include "variance/decompose.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// A plan of money for the actual period, and what it was made from.
struct VariancePlan {
    std::string name;
    money::Decimal amount; ///< in the request's currency
    /// Quantities and prices for the actual period, in the order in which a charge is looked for among them; none: the
    /// base period is what the plan was made from.
    std::vector<plan::BaselineRate> rates;
};

struct VarianceRequest {
    std::optional<period::Period> base;   ///< none: the period before the actual one
    std::optional<period::Period> actual; ///< none: the latest month with charges that is over
    std::vector<std::string> dimensions;  ///< what rows are of
    std::string filter;                   ///< as of a question
    query::Basis basis = query::Basis::kEffective;
    std::string currency; ///< what amounts are converted to; empty: one block for each currency
    fx::RateType rate_type = fx::RateType::kTransactionDay;
    std::size_t rows_max = 0;         ///< the others as one; 0: all
    std::optional<VariancePlan> plan; ///< compared with instead; needs a currency, and both periods
    std::optional<period::Instant> as_of;
    std::function<void(engine::Engine*)> running;
};

struct VarianceBlock {
    std::string currency;
    variance::Comparison comparison;
};

struct CostVariance {
    period::Period base;
    period::Period actual;
    std::string base_name; ///< what the base is called: its period, or the plan
    query::Basis basis = query::Basis::kEffective;
    std::vector<std::string> dimensions; ///< by name
    std::vector<std::string> labels;     ///< what they are called
    std::vector<VarianceBlock> blocks;   ///< in order of the currency's code
    std::vector<std::string> notes;
};

/// What a plan does not say has a row of this name: actual charges that none of its rates is for, and the part of its
/// amount that neither its rates nor its baseline explain.
inline constexpr std::string_view kNotPlanned = "not planned";
inline constexpr std::string_view kPlanAssumption = "plan assumption";

/// Rows add up to what questions of the same dimensions, filter and basis say of both periods. Where amounts are
/// converted, effects are told at budget rates, and what other rates make of it is the effect of exchange rates.
/// Against a plan with rates rows are its rates. What the plan's amount differs from them, or from the base period, is
/// a row and an effect of its own. Errors as ask_bills; `variance.no_month` where no month with charges is over;
/// `variance.period` where a period is empty.
base::Result<CostVariance> explain_variance(Workspace& workspace, const VarianceRequest& request);

/// What compares whole steps of a budget with what was spent in them: its filter, basis, currency and rates (else
/// `rate_type`, the workspace's), the steps' part of `allotment`, and of its baseline the period, or the quantities by
/// the days of the steps, rounded half even to 12 places. Errors: `variance.no_baseline` where the budget has none,
/// `variance.steps` where `actual` is not made of whole steps.
base::Result<VarianceRequest> compare_with_budget(const plan::Budget& budget, const plan::Allotment& allotment,
                                                  const period::Period& actual, fx::RateType rate_type);

} // namespace florin::app
