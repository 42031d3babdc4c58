// Seasonal and trend decomposition by loess (STL).
#pragma once

#include "base/result.hpp"

#include <span>
#include <vector>

namespace florin::forecast {

/// How smooth the parts are. A window is the number of observations that one local fit sees; an even one is made odd.
struct StlOptions {
    int period = 7;          ///< observations in one season, at least 2
    int seasonal_window = 0; ///< seasons seen by one fit of the season; 0: the season never changes
    int trend_window = 0;    ///< 0: the smallest odd number of at least 1.5 period / (1 - 1.5 / seasonal window)
    bool robust = false;     ///< 15 rounds in which outliers lose their weight
};

/// value = seasonal + trend + remainder, at each observation.
struct StlFit {
    std::vector<double> seasonal;
    std::vector<double> trend;
    std::vector<double> remainder;
    std::vector<double> weights; ///< 1: counted in full, 0: an outlier; all 1 unless robust
};

/// Splits `values` (finite, equally spaced, more than two periods) into season, trend and the rest. Errors
/// `forecast.season` (a period below 2) and `forecast.too_short`. The values of R's `stats::stl`, whose defaults
/// these are: the season is smoothed by means, the trend by lines, and each fit is computed at every tenth of
/// its window and joined by lines between.
/// Source: Cleveland, Cleveland, McRae and Terpenning, "STL", Journal of Official Statistics 6 (1990).
base::Result<StlFit> stl(std::span<const double> values, const StlOptions& options);

} // namespace florin::forecast
