// A method's forecast with bands from its own backtest on the series.
#pragma once

#include "forecast/backtest.hpp"
#include "forecast/conformal.hpp"
#include "forecast/model.hpp"

#include <span>

namespace florin::forecast {

struct BandPlan {
    int origin_count = 20; ///< at most; each costs a fit
};

/// `intervals(forecast.mean, errors, scale, …)` are the bands, `errors.basis` says what they rest on.
struct BandedForecast {
    Forecast forecast;
    ConformalErrors errors;
    double scale = 0.0;           ///< recent_scale of the history, 0 where all is zero
    std::size_t origin_count = 0; ///< backtests that the errors come from; 0: the history is too short for any
};

/// What errors of a series are measured in: the square root of the mean size of its last 28 values, or of all where
/// these are zero. Spend that has grown fourfold errs twice as much. None where every value is zero.
std::optional<double> recent_scale(std::span<const double> values);

/// The errors of a backtest of `request`, each in the recent scale of its origin. An origin before which everything was
/// zero is left out.
PastErrors past_errors(const Request& request, std::span<const BacktestOrigin> origins);

/// `method` on the whole history and on parts of it that end earlier and earlier, half a horizon (at least one step)
/// apart. Of a short history the backtest looks less far ahead than the forecast: at most a third of the observations;
/// sizes then grow with the square root of the step. Errors: those of the method, but that a part of the history is too
/// short for it.
base::Result<BandedForecast> forecast_with_bands(const Request& request, const Method& method,
                                                 const BandPlan& plan = {});

} // namespace florin::forecast
