#include "forecast/naive2.hpp"

#include "forecast/season_adjustment.hpp"
#include "forecast/seasonal_naive.hpp"

namespace florin::forecast {

base::Result<Forecast> forecast_naive2(const Request& request) {
    FLORIN_TRY(check_request(request));
    const auto adjustment = SeasonAdjustment::of(request, SeasonAdjustment::Kind::kMultiplicative);
    FLORIN_TRY_ASSIGN(
        Forecast forecast,
        forecast_seasonal_naive({.values = adjustment.adjusted(), .season = 1, .horizon = request.horizon}));
    forecast.method = "Naive2";
    return adjustment.put_back(std::move(forecast), request.values);
}

} // namespace florin::forecast
