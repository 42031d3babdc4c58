// Seasonal naive: what was one season ago comes again. The method to beat.
#pragma once

#include "forecast/model.hpp"

namespace florin::forecast {

/// Every step is the last observation of its phase; without a season, or with less than one season of values, the last
/// observation. Hyndman & Athanasopoulos, Forecasting: Principles and Practice (3rd ed.), 5.2.
base::Result<Forecast> forecast_seasonal_naive(const Request& request);

} // namespace florin::forecast
