// Budgets as values: for what money they are, how much of it when, who changed that, and which budgets stand below
// which. What a file must look like is in docs/reference/budgets.md.
#pragma once

#include "base/result.hpp"
#include "fx/table.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"
#include "query/question.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::plan {

/// How an amount is spread over the steps of its period.
enum class Spread : std::uint8_t {
    kEven,     ///< the same for each step
    kDays,     ///< by the days of each step
    kLastYear, ///< by what was spent on the same dates a year earlier
    kAmounts,  ///< as it was written for each step
};
std::string_view name(Spread spread); ///< `even`, `days`, `last-year`, `amounts`

/// What was written for one step of a budget's period.
struct StepAmount {
    std::size_t step = 0; ///< from 0
    money::Decimal amount;
    friend bool operator==(const StepAmount&, const StepAmount&) = default;
};

/// That somebody agreed.
struct Approval {
    std::string by;
    period::Day on;
    friend bool operator==(const Approval&, const Approval&) = default;
};

/// A change of a budget. It makes the next version, which counts from its date.
struct Amendment {
    enum class Kind : std::uint8_t {
        kTotal, ///< `amount` is the new whole
        kAdd,   ///< `amount` is added to the whole; negative to take from it
        kSteps, ///< the steps named have new amounts
    };
    Kind kind = Kind::kTotal;
    money::Decimal amount;
    std::vector<StepAmount> steps;
    std::optional<Spread> spread; ///< of what is left for the steps that are not over; none: in the shape that they had
    period::Day date;
    std::string reason;
    std::string by;
    std::vector<Approval> approvals;
    friend bool operator==(const Amendment&, const Amendment&) = default;
};

/// When `budget check` says no.
struct Threshold {
    enum class Of : std::uint8_t {
        kActual,      ///< what was spent, as a share of the amount
        kForecast,    ///< what is expected at the end, as a share of the amount
        kProbability, ///< how likely the amount is exceeded
    };
    Of of = Of::kProbability;
    money::Decimal share; ///< 0.8 for 80 %
    bool of_step = false; ///< of the step that is under way, not of the whole period
    friend bool operator==(const Threshold&, const Threshold&) = default;
};
std::string_view name(Threshold::Of of); ///< `actual`, `forecast`, `probability`

/// What a plan was made from: so much of something at a price.
struct BaselineRate {
    std::string where; ///< a filter; empty: all that the budget is for
    money::Quantity quantity;
    std::string unit; ///< the pricing unit, as bills write it
    money::Decimal price;
    friend bool operator==(const BaselineRate&, const BaselineRate&) = default;
};

/// What a variance against the budget is taken apart by: either a period of the past, or quantities and rates.
struct Baseline {
    std::optional<period::Period> period;
    std::vector<BaselineRate> rates;
    friend bool operator==(const Baseline&, const Baseline&) = default;
};

struct Budget {
    std::string name;
    std::string description;
    std::string owner;  ///< who answers for it
    std::string parent; ///< the budget that it is a part of; empty: none
    std::string filter; ///< which charges; empty: all. Of a budget that rolls up: those of the budgets below it
    query::Basis basis = query::Basis::kEffective;
    std::string currency;                  ///< ISO 4217; charges in others are converted
    std::optional<fx::RateType> rate_type; ///< by which rate; none: the workspace's
    period::Period period;                 ///< whole steps
    std::string period_text;               ///< as it was written
    period::Grain grain = period::Grain::kMonth;
    std::vector<period::Period> steps; ///< at least one
    bool rolls_up = false;             ///< its amount is the sum of those of the budgets below it
    Spread spread = Spread::kDays;
    money::Decimal amount;           ///< the first version's whole
    std::vector<StepAmount> amounts; ///< of Spread::kAmounts, one for each step
    std::vector<Approval> approvals;
    std::vector<Amendment> amendments; ///< in order of their dates
    std::vector<Threshold> thresholds; ///< at least one
    std::optional<Baseline> baseline;
    std::string file; ///< where it was read from
    std::uint64_t row = 0;
    friend bool operator==(const Budget&, const Budget&) = default;

    /// The version that counts on a day: 1 before the first amendment.
    std::size_t version_on(period::Day day) const;
};

/// The question whose cost the budget is for, without a grain. `rate_type`: the workspace's.
query::Question question_of(const Budget& budget, fx::RateType rate_type);

/// One version of a budget in money, a value for each step. They sum to the whole to the last digit.
struct Allotment {
    std::size_t version = 1;
    std::vector<money::Decimal> steps;
    money::Decimal total;
    friend bool operator==(const Allotment&, const Allotment&) = default;
};

/// Error `money.overflow`.
base::Result<money::Decimal> sum_of(std::span<const money::Decimal> amounts);

/// `total` over steps in proportion to `weights`, in minor units of `currency`; digits beyond go to the first step with
/// a weight. Negative weights (months of refunds) count as 0. Error `budget.no_shape` where no weight is left.
base::Result<std::vector<money::Decimal>> spread_amount(money::Decimal total, std::span<const money::Decimal> weights,
                                                        std::string_view currency);

/// The budget as it is in `version`, from 1. `last_year`: what was spent on the dates of each step a year earlier, for
/// budgets that are spread by it. An amendment leaves the steps that are over on its date as they were and spreads what
/// is left over the others. Errors: `budget.no_shape`, `budget.amended_late` (no step is left),
/// `budget.amended_below` (less than the steps that are over had), `money.overflow`. Not for one that rolls up.
base::Result<Allotment> allot(const Budget& budget, std::size_t version, std::span<const money::Decimal> last_year);

/// Whether some version up to `version` is spread by last year's spend.
bool needs_last_year(const Budget& budget, std::size_t version);

} // namespace florin::plan
