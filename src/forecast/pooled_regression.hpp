// One autoregression for many related series.
#pragma once

#include "forecast/model.hpp"

namespace florin::forecast {

struct PooledOptions {
    int lag_count = 65;  ///< the longest window; a year of weeks and a quarter. Shorter series use a half, a quarter, …
    int round_count = 4; ///< least squares, then reweighted towards least absolute errors
    double ridge = 0.01; ///< added to each lag's variance, as a share of the rows
    double own_windows = 200;     ///< how many windows of its own weigh as much as what all series say; above 0
    std::size_t row_max = 200000; ///< windows that are taken, evenly, out of all series for one regression
};

/// A forecast for each of `requests` (one horizon for all) by linear regressions over all series at once, one for each
/// step ahead, on the last values less the very last one, in units of the series' mean absolute change. Series above
/// zero enter as logarithms. Each series then moves the weights towards what its own windows say, the further the more
/// of them there are: a ridge regression towards the common weights, in the metric of the common covariance. A series
/// shorter than seven values, or without a change, stays at its last value. Montero-Manso & Hyndman, Principles and
/// algorithms for forecasting groups of time series: locality and globality (2021). Errors: those of the requests; no
/// requests give no forecasts.
base::Result<std::vector<Forecast>> forecast_pooled(std::span<const Request> requests,
                                                    const PooledOptions& options = {});

} // namespace florin::forecast
