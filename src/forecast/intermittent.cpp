#include "forecast/intermittent.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<double, 4> kSmoothings = {0.05, 0.1, 0.2, 0.3};

const char* name_of(IntermittentMethod method) {
    switch (method) {
    case IntermittentMethod::kCroston: return "Croston";
    case IntermittentMethod::kSba: return "SBA";
    case IntermittentMethod::kTsb: return "TSB";
    }
    return "";
}

base::Result<void> check(const Request& request, const IntermittentSmoothing& smoothing) {
    FLORIN_TRY(check_request(request));
    for (const double each : {smoothing.size, smoothing.occurrence}) {
        if (!(each > 0.0 && each <= 1.0)) {
            return base::user_error("forecast.smoothing", fmt::format("a smoothing is in (0, 1], not {}", each));
        }
    }
    for (std::size_t i = 0; i < request.values.size(); ++i) {
        if (request.values[i] < 0.0) {
            return base::data_error("forecast.negative_demand",
                                    fmt::format("observation {} is negative: {}", i + 1, request.values[i]));
        }
    }
    return {};
}

/// What is expected of each step, and after the last one.
struct Averages {
    IntermittentMethod method;
    IntermittentSmoothing by;
    double size = kNone;
    double interval = kNone;
    double chance = kNone;

    double rate() const {
        switch (method) {
        case IntermittentMethod::kCroston: return size / interval;
        case IntermittentMethod::kSba: return (1.0 - 0.5 * by.occurrence) * size / interval;
        case IntermittentMethod::kTsb: return chance * size;
        }
        return kNone;
    }

    /// `steps` since the last demand, this one included.
    void follow(double value, double steps) {
        const bool demand = value > 0.0;
        if (std::isnan(size)) {
            if (demand) {
                size = value;
                interval = steps;
                chance = 1.0 / steps;
            }
            return;
        }
        if (demand) {
            size += by.size * (value - size);
            interval += by.occurrence * (steps - interval);
        }
        chance += by.occurrence * ((demand ? 1.0 : 0.0) - chance);
    }
};

} // namespace

base::Result<Forecast> forecast_intermittent(const Request& request, IntermittentMethod method,
                                             const IntermittentSmoothing& smoothing) {
    FLORIN_TRY(check(request, smoothing));
    Averages averages{.method = method, .by = smoothing};
    Forecast forecast;
    forecast.method = name_of(method);
    forecast.parameter_count = 4;
    double steps = 0.0;
    for (const double value : request.values) {
        forecast.residuals.push_back(value - averages.rate());
        averages.follow(value, ++steps);
        if (value > 0.0) {
            steps = 0.0;
        }
    }
    const double rate = std::isnan(averages.size) ? 0.0 : averages.rate();
    forecast.mean.assign(static_cast<std::size_t>(request.horizon), rate);
    const double past =
        std::accumulate(request.values.begin(), request.values.end(), 0.0) / static_cast<double>(request.values.size());
    forecast.path = [demand = Values(request.values.begin(), request.values.end()),
                     scale = past > 0.0 ? rate / past : 0.0](std::span<const std::size_t> drawn) {
        Values path(drawn.size());
        for (std::size_t h = 0; h < path.size(); ++h) {
            path[h] = scale * demand[drawn[h]];
        }
        return path;
    };
    return forecast;
}

base::Result<Forecast> forecast_intermittent(const Request& request, IntermittentMethod method) {
    base::Result<Forecast> best = forecast_intermittent(request, method, IntermittentSmoothing{});
    double least = std::numeric_limits<double>::infinity();
    for (const double size : kSmoothings) {
        for (const double occurrence : kSmoothings) {
            auto found = forecast_intermittent(request, method, {.size = size, .occurrence = occurrence});
            if (!found.ok()) {
                return found;
            }
            double squares = 0.0;
            for (const double residual : found->residuals) {
                squares += std::isnan(residual) ? 0.0 : residual * residual;
            }
            if (squares < least) {
                least = squares;
                best = std::move(found);
            }
        }
    }
    return best;
}

} // namespace florin::forecast
