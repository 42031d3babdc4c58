// Forecasts and their backtests as text, CSV and JSON.
#pragma once

#include "app/backtest_spend.hpp"

#include <string>

namespace florin::cli {

/// For people, at most `width` columns wide.
base::Result<std::string> forecast_table(const app::SpendForecast& forecast, const period::FiscalCalendar& calendar,
                                         int width, bool has_colour);
base::Result<std::string> backtest_table(const app::BacktestReport& report, const std::vector<std::string>& dimensions,
                                         int width, bool has_colour);

/// A line for each series and step.
base::Result<std::string> forecast_csv(const app::SpendForecast& forecast);
base::Result<std::string> forecast_json(const app::SpendForecast& forecast);
/// A line for each series, the whole and all parts together.
std::string backtest_csv(const app::BacktestReport& report, const std::vector<std::string>& dimensions);
std::string backtest_json(const app::BacktestReport& report, const std::vector<std::string>& dimensions);

/// `80` for 0.8, `99.5` for 0.995.
std::string level_text(double level);
/// What a part is of: its values joined, `(none)` for none of one; `others` for the rest. Nothing for the whole.
std::string series_text(const std::vector<std::optional<std::string>>& key, bool is_rest);

} // namespace florin::cli
