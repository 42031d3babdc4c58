#include "forecast/model.hpp"

#include <cmath>
#include <fmt/format.h>
#include <random>

namespace florin::forecast {

base::Result<void> check_request(const Request& request) {
    if (request.season < 1 || request.season > kSeasonMax) {
        return base::user_error("forecast.season",
                                fmt::format("a season has 1 to {} steps, not {}", kSeasonMax, request.season));
    }
    if (request.horizon < 1 || request.horizon > kHorizonMax) {
        return base::user_error("forecast.horizon",
                                fmt::format("a forecast has 1 to {} steps, not {}", kHorizonMax, request.horizon));
    }
    if (request.values.empty()) {
        return base::data_error("forecast.empty", "there is no observation to forecast from");
    }
    for (std::size_t i = 0; i < request.values.size(); ++i) {
        if (!std::isfinite(request.values[i])) {
            return base::data_error("forecast.not_finite", fmt::format("observation {} is no finite number", i + 1));
        }
    }
    return {};
}

std::vector<std::vector<double>> simulate_paths(const Forecast& forecast, int count, std::uint64_t seed) {
    std::vector<std::vector<double>> paths;
    paths.reserve(static_cast<std::size_t>(count));
    const std::size_t end = forecast.residuals.size();
    if (!forecast.path || forecast.first_shock >= end) {
        paths.assign(static_cast<std::size_t>(count), forecast.mean);
        return paths;
    }
    std::mt19937_64 random(seed);
    std::vector<std::size_t> drawn(forecast.mean.size());
    for (int i = 0; i < count; ++i) {
        for (std::size_t& at : drawn) { // not uniform_int_distribution: its draws differ between libraries
            at = forecast.first_shock + static_cast<std::size_t>(random() % (end - forecast.first_shock));
        }
        paths.push_back(forecast.path(drawn));
    }
    return paths;
}

} // namespace florin::forecast
