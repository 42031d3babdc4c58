#include "app/budget_spend.hpp"

#include "app/forecast_spend.hpp"
#include "money/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace florin::app {
namespace {

using base::Result;
using money::Decimal;

constexpr double kDecimalEnd = 1e20; ///< the first amount that is too large

/// Possible futures in minor units, each day rounded to the nearest, ties away from zero.
Result<std::vector<std::vector<Decimal>>> futures_of(const forecast::Paths& paths, std::string_view currency) {
    const int places = money::minor_units_of(currency);
    const double scale = std::pow(10.0, places);
    const auto unit = static_cast<base::int128>(money::power_of_ten(Decimal::kScale - places));
    std::vector<std::vector<Decimal>> futures;
    futures.reserve(paths.size());
    for (const std::vector<double>& path : paths) {
        std::vector<Decimal>& future = futures.emplace_back();
        future.reserve(path.size());
        for (const double value : path) {
            const double minor = std::round(value * scale);
            if (!(std::abs(minor) < kDecimalEnd * scale)) { // no number, too
                return base::data_error("money.overflow", "a possible future has more digits than an amount can");
            }
            future.push_back(Decimal::from_units(static_cast<base::int128>(minor) * unit));
        }
    }
    return futures;
}

SpendQuestion spend_question(const plan::Budget& budget, const Configuration& configuration) {
    const query::Question question = plan::question_of(budget, configuration.rate_type);
    return {.basis = question.basis,
            .filter = question.filter,
            .dimensions = {},
            .currency = question.currency,
            .rate_type = question.rate_type};
}

/// The days up to which all bills are complete, of what has one currency and no groups: one block, whose leaves are
/// cohorts of feeds.
Result<std::vector<Decimal>> complete_days(const SpendHistory& history) {
    std::vector<Decimal> amounts(static_cast<std::size_t>((history.complete_end() - history.start).count()));
    for (const SpendHistoryBlock& block : history.blocks) {
        for (const SpendLeaf& leaf : block.leaves) {
            for (std::size_t i = 0; i < amounts.size(); ++i) {
                FLORIN_TRY_ASSIGN(amounts[i], amounts[i].plus(leaf.amounts[i]));
            }
        }
    }
    return amounts;
}

} // namespace

Result<BudgetSpend> read_budget_spend(Workspace& workspace, Asker& asker, const plan::Budget& budget) {
    const Configuration& configuration = workspace.configuration();
    BudgetSpend found;
    found.spend.start = budget.period.start;
    ForecastSpendRequest request;
    request.question = spend_question(budget, configuration);
    request.horizon = {.end = budget.period.end};
    const auto read = read_spend_history(workspace, asker, request.question);
    if (!read.ok()) {
        if (read.error().code != "forecast.no_charges") {
            return read.error();
        }
        found.notes.push_back("There are no bills yet.");
        return found;
    }
    const SpendHistory& history = *read;
    found.spend.start = history.start;
    found.all_notes = history.notes;
    FLORIN_TRY_ASSIGN(found.spend.known, complete_days(history));
    if (history.start > budget.period.start) {
        found.notes.push_back(fmt::format("The bills begin on {}, after the budget's first day: what was spent before "
                                          "is not known and counts as nothing.",
                                          period::to_string(history.start)));
    }
    if (history.blocks.empty()) {
        found.notes.push_back("No charge matches its filter.");
        return found;
    }
    if (history.complete_end() >= budget.period.end) {
        return found; // nothing is left to forecast
    }
    const auto forecast =
        forecast_history(history, request, configuration.fiscal_calendar, workspace.limits({}).threads);
    if (!forecast.ok()) {
        if (!forecast.error().code.starts_with("forecast.")) {
            return forecast.error();
        }
        found.notes.push_back("No forecast: " + forecast.error().message + ".");
        return found;
    }
    FLORIN_CHECK(forecast->blocks.size() == 1, "a budget has one currency");
    const SpendForecastBlock& block = forecast->blocks.front();
    const std::size_t day_count = block.total.day_count;
    if (day_count > 0 && day_count < forecast::kDaysMin) { // all futures are the mean: a chance would be 0 or 1
        found.notes.push_back(day_count == 1
                                  ? "No forecast: 1 day since the first spend is too few."
                                  : fmt::format("No forecast: {} days since the first spend are too few.", day_count));
        return found;
    }
    found.spend.expected = block.total.mean;
    FLORIN_TRY_ASSIGN(found.spend.futures, futures_of(block.paths, budget.currency));
    for (const std::string& note : forecast->notes) {
        if (std::ranges::find(found.all_notes, note) == found.all_notes.end()) {
            found.notes.push_back(note);
        }
    }
    return found;
}

Result<std::vector<Decimal>> spent_a_year_before(const plan::Spend& spend, const std::vector<period::Period>& steps) {
    std::vector<Decimal> sums;
    for (const period::Period& step : steps) {
        const period::Period before = period::year_earlier(step);
        money::DecimalSum sum;
        for (std::size_t i = 0; i < spend.known.size(); ++i) {
            if (before.contains(spend.start + std::chrono::days(i))) {
                sum.add(spend.known[i]);
            }
        }
        FLORIN_TRY_ASSIGN(sums.emplace_back(), sum.total());
    }
    return sums;
}

Result<std::int64_t> count_charges(Asker& asker, const plan::Budget& budget, const period::Period& period) {
    query::Question question;
    question.measures = {"charge_count"};
    question.filter = budget.filter;
    question.period = period;
    FLORIN_TRY_ASSIGN(const query::Answer answer, asker.ask(question));
    std::int64_t count = 0;
    for (const query::CurrencyBlock& block : answer.blocks) {
        for (const engine::Value& value : block.total.values) {
            if (const auto* number = std::get_if<std::int64_t>(&value)) {
                count += *number;
            }
        }
    }
    return count;
}

} // namespace florin::app
