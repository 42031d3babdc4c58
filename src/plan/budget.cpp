#include "plan/budget.hpp"

#include "money/money.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::plan {

using base::Result;
using money::Decimal;

std::string_view name(Spread spread) {
    switch (spread) {
    case Spread::kEven: return "even";
    case Spread::kDays: return "days";
    case Spread::kLastYear: return "last-year";
    case Spread::kAmounts: return "amounts";
    }
    return "";
}

std::string_view name(Threshold::Of of) {
    switch (of) {
    case Threshold::Of::kActual: return "actual";
    case Threshold::Of::kForecast: return "forecast";
    case Threshold::Of::kProbability: return "probability";
    }
    return "";
}

std::size_t Budget::version_on(period::Day day) const {
    const auto later = std::ranges::find_if(amendments, [&](const Amendment& one) { return one.date > day; });
    return static_cast<std::size_t>(later - amendments.begin()) + 1;
}

query::Question question_of(const Budget& budget, fx::RateType rate_type) {
    query::Question question;
    question.basis = budget.basis;
    question.filter = budget.filter;
    question.period = budget.period;
    question.currency = budget.currency;
    question.rate_type = budget.rate_type.value_or(rate_type);
    return question;
}

Result<std::vector<Decimal>> spread_amount(Decimal total, std::span<const Decimal> weights, std::string_view currency) {
    std::vector<Decimal> shape(weights.begin(), weights.end());
    for (Decimal& weight : shape) {
        weight = std::max(weight, Decimal());
    }
    if (std::ranges::all_of(shape, &Decimal::is_zero)) {
        return base::user_error("budget.no_shape", "there is nothing to spread the amount by")
            .with_remedy("Spread it by days or evenly, or write an amount for each step.");
    }
    return money::split(total, shape, money::minor_units_of(currency));
}

Result<Decimal> sum_of(std::span<const Decimal> amounts) {
    money::DecimalSum sum;
    for (const Decimal amount : amounts) {
        sum.add(amount);
    }
    return sum.total();
}

namespace {

/// One version after the other.
class Versions {
public:
    Versions(const Budget& budget, std::span<const Decimal> last_year) : budget_(budget), last_year_(last_year) {}

    Result<void> begin() {
        if (budget_.spread == Spread::kAmounts) {
            steps_.resize(budget_.steps.size());
            set(budget_.amounts);
            return {};
        }
        FLORIN_TRY_ASSIGN(steps_, spread_amount(budget_.amount, weights(budget_.spread, 0), budget_.currency));
        return {};
    }

    Result<void> amend(const Amendment& amendment) {
        if (amendment.kind == Amendment::Kind::kSteps) {
            set(amendment.steps);
            return {};
        }
        Decimal whole = amendment.amount;
        if (amendment.kind == Amendment::Kind::kAdd) {
            FLORIN_TRY_ASSIGN(const Decimal before, sum_of(steps_));
            FLORIN_TRY_ASSIGN(whole, before.plus(amendment.amount));
        }
        const auto open =
            std::ranges::find_if(budget_.steps, [&](const period::Period& step) { return step.end > amendment.date; });
        const auto first = static_cast<std::size_t>(open - budget_.steps.begin());
        if (first == budget_.steps.size()) {
            return refused(amendment, "budget.amended_late", "the budget's period is over by then",
                           "Write `amounts` for the steps that are meant.");
        }
        FLORIN_TRY_ASSIGN(const Decimal over, sum_of(std::span(steps_).first(first)));
        FLORIN_TRY_ASSIGN(const Decimal left, whole.minus(over));
        if (left.is_negative()) {
            return refused(amendment, "budget.amended_below",
                           fmt::format("a whole of {} is less than the {} of the steps that are over by then",
                                       whole.to_string(), over.to_string()),
                           "Write `amounts` for the steps that are meant, or a larger amount.");
        }
        FLORIN_TRY_ASSIGN(const std::vector<Decimal> parts,
                          spread_amount(left, shape_for(amendment, first), budget_.currency));
        std::ranges::copy(parts, steps_.begin() + static_cast<std::ptrdiff_t>(first));
        return {};
    }

    Result<Allotment> take(std::size_t version) {
        FLORIN_TRY_ASSIGN(const Decimal total, sum_of(steps_));
        return Allotment{.version = version, .steps = std::move(steps_), .total = total};
    }

private:
    void set(std::span<const StepAmount> amounts) {
        for (const StepAmount& one : amounts) {
            steps_[one.step] = one.amount;
        }
    }

    /// The shape that the open steps had, where the amendment names none; by days where that was nothing.
    std::vector<Decimal> shape_for(const Amendment& amendment, std::size_t first) const {
        if (amendment.spread) {
            return weights(*amendment.spread, first);
        }
        std::vector<Decimal> before(steps_.begin() + static_cast<std::ptrdiff_t>(first), steps_.end());
        return std::ranges::all_of(before, &Decimal::is_zero) ? weights(Spread::kDays, first) : before;
    }

    std::vector<Decimal> weights(Spread spread, std::size_t first) const {
        std::vector<Decimal> shape;
        for (std::size_t i = first; i < budget_.steps.size(); ++i) {
            if (spread == Spread::kLastYear) {
                shape.push_back(i < last_year_.size() ? last_year_[i] : Decimal());
            } else {
                shape.push_back(Decimal::from_integer(spread == Spread::kDays ? budget_.steps[i].days() : 1));
            }
        }
        return shape;
    }

    base::Error refused(const Amendment& amendment, std::string code, std::string why, std::string remedy) const {
        base::Error error =
            base::user_error(std::move(code), fmt::format("the budget {} cannot be amended on {}: {}", budget_.name,
                                                          period::to_string(amendment.date), why));
        return std::move(error).at({.file = budget_.file}).with_remedy(std::move(remedy));
    }

    const Budget& budget_;
    std::span<const Decimal> last_year_;
    std::vector<Decimal> steps_;
};

} // namespace

Result<Allotment> allot(const Budget& budget, std::size_t version, std::span<const Decimal> last_year) {
    FLORIN_CHECK(!budget.rolls_up, "a budget that rolls up has no amount of its own: " + budget.name);
    FLORIN_CHECK(version >= 1 && version <= budget.amendments.size() + 1, "no such version of " + budget.name);
    Versions versions(budget, last_year);
    auto begun = versions.begin();
    if (!begun.ok()) {
        base::Error error = begun.error();
        error.message = fmt::format("the budget {}: {}", budget.name, error.message);
        return std::move(error).at({.file = budget.file});
    }
    for (std::size_t i = 0; i + 1 < version; ++i) {
        FLORIN_TRY(versions.amend(budget.amendments[i]));
    }
    return versions.take(version);
}

bool needs_last_year(const Budget& budget, std::size_t version) {
    const auto counting = std::span(budget.amendments).first(version - 1);
    return !budget.rolls_up &&
           (budget.spread == Spread::kLastYear ||
            std::ranges::any_of(counting, [](const Amendment& one) { return one.spread == Spread::kLastYear; }));
}

} // namespace florin::plan
