#include "forecast/profile.hpp"

#include "forecast/arima.hpp"
#include "forecast/combination.hpp"
#include "forecast/complex_smoothing.hpp"
#include "forecast/ets.hpp"
#include "forecast/mstl.hpp"
#include "forecast/pooled_regression.hpp"
#include "forecast/theta.hpp"

#include <algorithm>

namespace florin::forecast {

namespace {

constexpr int kShortSeasonMax = 24; ///< beyond it a state or a lag for each phase costs more than it gives

base::Result<Forecast> forecast_stl_ets(const Request& request) {
    if (request.values.size() < 2 * static_cast<std::size_t>(request.season)) { // no season to take out
        return forecast_ets({.values = request.values, .horizon = request.horizon});
    }
    return forecast_mstl(request, {.periods = {request.season}}, forecast_ets);
}

base::Result<std::vector<Forecast>> accurate_members(const Request& request) {
    FLORIN_TRY(check_request(request));
    std::vector<Forecast> members;
    for (const Method& method : accurate_methods(request.season)) {
        FLORIN_TRY_ASSIGN(Forecast member, method(request));
        members.push_back(std::move(member));
    }
    return members;
}

} // namespace

std::vector<Method> accurate_methods(int season) {
    if (season > kShortSeasonMax) {
        return {forecast_ets_adjusted, forecast_stl_ets, forecast_complex};
    }
    return {
        [](const Request& at) { return forecast_theta(at, ThetaModel::kStandard); },
        [](const Request& at) { return forecast_theta(at, ThetaModel::kDynamic); },
        forecast_ets,
        forecast_complex,
        [](const Request& at) { return forecast_arima(at); },
    };
}

base::Result<Forecast> forecast_accurate(const Request& request) {
    FLORIN_TRY_ASSIGN(std::vector<Forecast> members, accurate_members(request));
    return combine(std::move(members), Average::kMedian);
}

base::Result<std::vector<Forecast>> forecast_accurate_together(std::span<const Request> requests) {
    if (requests.empty()) {
        return std::vector<Forecast>{};
    }
    const int season = requests.front().season;
    FLORIN_TRY_ASSIGN(const auto shorter, forecast_pooled(requests, {.lag_count = std::max(28, season + season / 4)}));
    FLORIN_TRY_ASSIGN(const auto longer, forecast_pooled(requests, {.lag_count = std::max(84, 3 * season)}));
    std::vector<Forecast> forecasts;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        FLORIN_TRY_ASSIGN(std::vector<Forecast> members, accurate_members(requests[i]));
        members.push_back(shorter[i]);
        members.push_back(longer[i]);
        forecasts.push_back(combine(std::move(members), Average::kMedian));
    }
    return forecasts;
}

base::Result<Forecast> forecast_fast(const Request& request) {
    std::vector<Forecast> members;
    for (const auto model : {ThetaModel::kStandard, ThetaModel::kDynamic}) {
        FLORIN_TRY_ASSIGN(Forecast theta, forecast_theta(request, model));
        members.push_back(std::move(theta));
    }
    FLORIN_TRY_ASSIGN(Forecast complex, forecast_complex_adjusted(request));
    members.push_back(std::move(complex));
    return combine(std::move(members), Average::kMean);
}

} // namespace florin::forecast
