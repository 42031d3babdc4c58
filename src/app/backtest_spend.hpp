// The use case "how good are these forecasts": what would have been said, and what came.
#pragma once

#include "app/forecast_spend.hpp"

#include <optional>
#include <string>
#include <vector>

namespace florin::app {

struct BacktestSpendRequest {
    ForecastSpendRequest forecast; ///< its horizon is how many days ahead each origin looks
    int origin_count = 6;          ///< at most; one horizon apart, fewer where the history is short
};

/// The measures of one series, or pooled over several, over all origins and days (docs/reference/forecast-methods.md).
/// Percentages are of what was spent.
struct BacktestMeasures {
    std::optional<double> wape; ///< none where nothing was spent
    std::optional<double> bias;
    std::optional<double> mase;      ///< mean over the origins; none where no history changes from week to week
    std::optional<double> sum_error; ///< of sums over whole origins: sum of their absolute errors over their sum
};

struct BacktestLine {
    std::vector<std::optional<std::string>> key; ///< as SpendLine::key
    bool is_rest = false;
    std::size_t origin_count = 0;
    BacktestMeasures florin;
    BacktestMeasures naive;       ///< the value of a week ago
    std::vector<double> coverage; ///< by level: percentage of days inside the band; empty without a band
    std::vector<double> width;    ///< by level: mean width of the band in percent of the mean amount of a day
    bool naive_wins() const { return florin.wape && naive.wape && *naive.wape < *florin.wape; }
};

struct BacktestBlock {
    std::string currency;
    BacktestLine total;
    BacktestLine pooled;             ///< errors of all parts together, over the spend of all parts
    std::vector<BacktestLine> parts; ///< the largest first
};

struct BacktestReport {
    int horizon_days = 0;
    std::vector<period::Day> origins; ///< first days that were forecast, ascending
    forecast::Profile profile = forecast::Profile::kAccurate;
    std::vector<double> levels;
    std::vector<BacktestBlock> blocks;
    std::vector<std::string> notes;
};

/// Cuts the history at each origin, forecasts from what is left exactly as forecast_spend does, and holds the days that
/// followed against it. Bills are taken as they are now, not as they were known then. Errors: those of forecast_spend;
/// `forecast.too_short` where no origin has four weeks before and a horizon after it.
base::Result<BacktestReport> backtest_spend(Workspace& workspace, const BacktestSpendRequest& request);
base::Result<BacktestReport> backtest_history(const SpendHistory& history, const BacktestSpendRequest& request,
                                              const period::FiscalCalendar& calendar, int threads);

} // namespace florin::app
