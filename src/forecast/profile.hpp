// The two ways in which Florin forecasts, whose accuracy bench/accuracy measures and publishes.
//
// The members and the averages were chosen by backtests inside the training parts of the published series alone (the
// bench's --inside), and not changed after their test parts were looked at; bench/accuracy/README.md has the figures.
#pragma once

#include "forecast/model.hpp"

#include <vector>

namespace florin::forecast {

/// The default for one question: the median, step by step, of standard and dynamic Theta, exponential smoothing,
/// complex smoothing and ARIMA. Beyond a season of 24 steps exponential smoothing and ARIMA get the series with the
/// season taken out. Errors: those of check_request.
base::Result<Forecast> forecast_accurate(const Request& request);

/// The methods whose median forecast_accurate is, for a season of so many steps.
std::vector<Method> accurate_methods(int season);

/// `forecast_accurate` for many related series at once (one horizon for all), with two regressions over all of them
/// (pooled_regression.hpp) as further members: one that looks back over a season and a quarter, one over three seasons;
/// at least 28 and 84 steps. Pays where there are dozens of long series.
base::Result<std::vector<Forecast>> forecast_accurate_together(std::span<const Request> requests);

/// For thousands of series: the mean of standard and dynamic Theta and complex smoothing of the series without its
/// season. About a millisecond for two years of days.
base::Result<Forecast> forecast_fast(const Request& request);

} // namespace florin::forecast
