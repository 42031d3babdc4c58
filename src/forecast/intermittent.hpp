// Demand that is zero on most steps.
#pragma once

#include "forecast/model.hpp"

#include <span>

namespace florin::forecast {

enum class IntermittentMethod : std::uint8_t {
    kCroston, ///< size over interval, each smoothed where there is demand (Croston 1972)
    kSba,     ///< less Croston's bias: times 1 - smoothing / 2 (Syntetos and Boylan 2005)
    kTsb,     ///< size times the chance of demand, which also falls while there is none (Teunter, Syntetos, Babai 2011)
};

/// How fast the averages follow, in (0, 1].
struct IntermittentSmoothing {
    double size = 0.1;
    double occurrence = 0.1; ///< of the interval, or of the chance
};

/// The share of steps with demand up to which a series is called intermittent: on average every 1.32 steps, as
/// Syntetos, Boylan and Croston (2005) divide.
inline constexpr double kIntermittentShare = 1.0 / 1.32;

/// The mean demand a step, the same for all steps. Averages start with the first demand and the steps until it. Errors:
/// those of check_request, `forecast.negative_demand`, `forecast.smoothing`. `path` draws past demand again, scaled to
/// the mean, so that it is zero as often as the past was and never negative; residuals are NaN until the first demand.
/// Without any demand everything is zero. `request.season` is not used.
base::Result<Forecast> forecast_intermittent(const Request& request, IntermittentMethod method,
                                             const IntermittentSmoothing& smoothing);

/// The same with each smoothing out of 0.05, 0.1, 0.2 and 0.3, those with the least squares of the residuals.
base::Result<Forecast> forecast_intermittent(const Request& request, IntermittentMethod method);

} // namespace florin::forecast
