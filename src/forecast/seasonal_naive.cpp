#include "forecast/seasonal_naive.hpp"

#include <limits>

namespace florin::forecast {

base::Result<Forecast> forecast_seasonal_naive(const Request& request) {
    FLORIN_TRY(check_request(request));
    const auto count = request.values.size();
    auto lag = static_cast<std::size_t>(request.season);
    if (lag > count) {
        lag = 1;
    }
    const auto horizon = static_cast<std::size_t>(request.horizon);
    Forecast forecast{.method = lag > 1 ? "seasonal naive" : "naive", .parameter_count = 1, .first_shock = lag};
    forecast.residuals.assign(count, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = lag; i < count; ++i) {
        forecast.residuals[i] = request.values[i] - request.values[i - lag];
    }
    const std::vector<double> last(request.values.end() - static_cast<std::ptrdiff_t>(lag), request.values.end());
    for (std::size_t k = 0; k < horizon; ++k) {
        forecast.mean.push_back(last[k % lag]);
    }
    if (lag < count) {
        forecast.path = [last, lag, residuals = forecast.residuals](std::span<const std::size_t> drawn) {
            std::vector<double> path(drawn.size());
            for (std::size_t k = 0; k < drawn.size(); ++k) {
                path[k] = (k < lag ? last[k] : path[k - lag]) + residuals[drawn[k]];
            }
            return path;
        };
    }
    return forecast;
}

} // namespace florin::forecast
