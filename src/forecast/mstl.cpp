#include "forecast/mstl.hpp"

#include "forecast/stl.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

void add(Values& to, const Values& what, double sign) {
    for (std::size_t i = 0; i < to.size(); ++i) {
        to[i] += sign * what[i];
    }
}

} // namespace

base::Result<MstlFit> mstl(std::span<const double> values, const MstlOptions& options) {
    MstlFit fit;
    std::vector<int> periods = options.periods;
    std::sort(periods.begin(), periods.end());
    periods.erase(std::unique(periods.begin(), periods.end()), periods.end());
    for (const int period : periods) {
        if (period < 2) {
            return base::user_error("forecast.season", fmt::format("a season of {} steps cannot be taken out", period));
        }
        const bool fits = 2 * static_cast<std::size_t>(period) < values.size();
        (fits ? fit.periods : fit.dropped).push_back(period);
    }
    if (fit.periods.empty()) {
        return base::data_error("forecast.too_short",
                                fmt::format("{} observations hold no two seasons", values.size()));
    }
    fit.seasonal.assign(fit.periods.size(), Values(values.size()));
    Values adjusted(values.begin(), values.end());
    const int rounds = fit.periods.size() == 1 ? 1 : std::max(options.rounds, 1);
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < fit.periods.size(); ++i) {
            add(adjusted, fit.seasonal[i], 1.0);
            FLORIN_TRY_ASSIGN(StlFit parts,
                              stl(adjusted, {.period = fit.periods[i],
                                             .seasonal_window = options.periodic ? 0 : 11 + 4 * static_cast<int>(i),
                                             .robust = options.robust}));
            fit.seasonal[i] = std::move(parts.seasonal);
            fit.trend = std::move(parts.trend);
            add(adjusted, fit.seasonal[i], -1.0);
        }
    }
    add(adjusted, fit.trend, -1.0);
    fit.remainder = std::move(adjusted);
    return fit;
}

base::Result<Forecast> forecast_mstl(const Request& request, const MstlOptions& options, const Method& method) {
    FLORIN_TRY(check_request(request));
    auto parts = mstl(request.values, options);
    if (!parts.ok()) {
        if (parts.error().code == "forecast.too_short") {
            return method({.values = request.values, .season = 1, .horizon = request.horizon});
        }
        return std::move(parts).error();
    }
    Values adjusted = parts->trend;
    add(adjusted, parts->remainder, 1.0);
    FLORIN_TRY_ASSIGN(Forecast forecast, method({.values = adjusted, .season = 1, .horizon = request.horizon}));
    Values season(forecast.mean.size());
    for (std::size_t i = 0; i < parts->periods.size(); ++i) {
        const auto period = static_cast<std::size_t>(parts->periods[i]);
        for (std::size_t h = 0; h < season.size(); ++h) {
            season[h] += parts->seasonal[i][request.values.size() - period + h % period];
        }
    }
    add(forecast.mean, season, 1.0);
    forecast.method = fmt::format("MSTL[{}] + {}", fmt::join(parts->periods, ","), forecast.method);
    forecast.aicc.reset(); // that of the adjusted values compares with nothing
    if (forecast.path) {
        forecast.path = [season, adjusted_path = std::move(forecast.path)](std::span<const std::size_t> drawn) {
            Values path = adjusted_path(drawn);
            add(path, season, 1.0);
            return path;
        };
    }
    return forecast;
}

} // namespace florin::forecast
