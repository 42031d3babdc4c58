// Naive2: the last observation, seasonally adjusted where a season shows. The base of OWA.
#pragma once

#include "forecast/model.hpp"

namespace florin::forecast {

/// The naive forecast of the series without its season, and the season put back: multiplicative classical
/// decomposition where `is_seasonal` says so and the values are above zero, plain naive otherwise. As in the M4
/// competition's benchmarks (Makridakis, Spiliotis & Assimakopoulos 2020).
base::Result<Forecast> forecast_naive2(const Request& request);

} // namespace florin::forecast
