// What every forecasting method takes and gives.
//
// A method is a plain function: values in time order, a season and a horizon in, a `Forecast` or an error out.
// Everything here is statistics on doubles; sums of money stay outside, in money::Decimal.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::forecast {

/// What to forecast: the observations in time order, all finite, equally spaced.
struct Request {
    std::span<const double> values; ///< at least one; the caller keeps them alive during the call only
    int season = 1;                 ///< observations in one season (7 daily, 12 monthly); 1 means none
    int horizon = 1;                ///< steps to forecast, at least 1
};

/// What one method says about the steps after the last observation.
struct Forecast {
    std::string method;            ///< as people write it, with what was chosen: "ETS(M,Ad,N)"
    std::vector<double> mean;      ///< one value a step; not clipped, so it may be negative
    std::vector<double> residuals; ///< value less its one-step forecast, one an observation; NaN where there is none
    int parameter_count = 0;       ///< estimated, starting values and the variance included
    std::optional<double> aicc;    ///< Akaike's criterion with the small-sample correction, where there is a likelihood

    /// One possible future, of `mean.size()` values: at step k the shock that was seen at observation `drawn[k]`
    /// comes again. Each index is in [first_shock, residuals.size()). Paths of several series, or of the members of a
    /// combination, that use the same draw keep what was common to them. Empty where the history has no shock.
    std::function<std::vector<double>(std::span<const std::size_t> drawn)> path;
    std::size_t first_shock = 0; ///< the first observation whose shock `path` takes
};

/// A forecasting method, such as forecast_arima.
using Method = std::function<base::Result<Forecast>(const Request&)>;

/// Longer ones are mistakes, and would fill memory.
inline constexpr int kSeasonMax = 100'000;
inline constexpr int kHorizonMax = 100'000;

/// Refuses what no method can use: no value, a value that is not finite, a season or a horizon below 1 or above the
/// most there may be. Blames the
/// data for values (`forecast.not_finite` names the first one, `forecast.empty`) and the user for the rest.
base::Result<void> check_request(const Request& request);

/// `count` paths of `forecast` with independently drawn shocks (a residual bootstrap); equal for equal seeds. Where the
/// history has no shock every path is the mean.
std::vector<std::vector<double>> simulate_paths(const Forecast& forecast, int count, std::uint64_t seed);

} // namespace florin::forecast
