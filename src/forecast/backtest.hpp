// Forecasts of what is known already, made from what was known before it.
#pragma once

#include "forecast/model.hpp"

namespace florin::forecast {

struct BacktestPlan {
    int origin_count = 4;    ///< at most so many; fewer where the history is short
    int step = 0;            ///< observations between origins; 0 means the horizon
    int training_least = 10; ///< observations before the first origin, at least
};

/// One origin: the observations before it were given to the method.
struct BacktestOrigin {
    std::size_t training_count = 0; ///< index of the first observation that was forecast
    std::string method;
    std::vector<double> mean;
    std::vector<double> actual;
};

/// Rolling-origin evaluation (Tashman 2000): `method` on growing parts of the request's values, each as if nothing
/// later were known. The last origin lies one horizon before the end. Origins in the order of time; none where the
/// history is shorter than `training_least` and a horizon. An origin that the method calls too short is left out.
/// Errors: those of the request, and all others of the method.
base::Result<std::vector<BacktestOrigin>> backtest(const Request& request, const Method& method,
                                                   const BacktestPlan& plan);

/// Measures over all origins and steps of a backtest; percentages as in accuracy.hpp.
struct BacktestScore {
    std::size_t origin_count = 0;
    double smape = 0;
    std::optional<double> wape; ///< none where all that was forecast is zero
    std::optional<double> bias; ///< the same
    std::optional<double> mase; ///< mean over the origins whose training part changes over a season
};

/// None without an origin. `request` is the one that was given to `backtest`.
std::optional<BacktestScore> score(const Request& request, std::span<const BacktestOrigin> origins);

} // namespace florin::forecast
