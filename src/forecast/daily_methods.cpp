#include "forecast/daily_methods.hpp"

#include "forecast/robust_regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace florin::forecast {
namespace {

using period::Day;

constexpr std::size_t kWeekDays = 7;
constexpr std::size_t kWeeks = 4;
constexpr std::size_t kMonths = 3;
constexpr int kFromStartMax = 15; ///< later days of a month are counted from its end
constexpr std::size_t kAbout = 7; ///< values on each side of a running median
constexpr double kFarScales = 6.0;
constexpr double kNormalDeviation = 0.6745; ///< the median absolute deviation of a standard normal
constexpr std::size_t kFarShare = 40;

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// A forecast of days that do not depend on each other: each path is the mean and past errors.
Forecast independent_days(std::string name, std::vector<double> mean, std::vector<double> residuals) {
    Forecast forecast{.method = std::move(name), .mean = std::move(mean), .residuals = std::move(residuals)};
    while (forecast.first_shock < forecast.residuals.size() && std::isnan(forecast.residuals[forecast.first_shock])) {
        ++forecast.first_shock;
    }
    forecast.parameter_count = 2;
    if (forecast.first_shock < forecast.residuals.size()) {
        forecast.path = [mean = forecast.mean, shocks = forecast.residuals](std::span<const std::size_t> drawn) {
            std::vector<double> path = mean;
            for (std::size_t step = 0; step < path.size(); ++step) {
                path[step] += shocks[drawn[step]];
            }
            return path;
        };
    }
    return forecast;
}

/// Which day of which kind of month it is: 1 to 15 from its start, -16 to -1 from its end.
int place_in_month(Day day) {
    const period::Period month = period::month_of(day);
    const auto from_start = static_cast<int>((day - month.start).count()) + 1;
    return from_start <= kFromStartMax ? from_start : -static_cast<int>((month.end - day).count());
}

} // namespace

base::Result<Forecast> forecast_mean(const Request& request) {
    FLORIN_TRY(check_request(request));
    std::vector<double> residuals;
    double sum = 0.0;
    for (std::size_t i = 0; i < request.values.size(); ++i) {
        residuals.push_back(i == 0 ? std::numeric_limits<double>::quiet_NaN()
                                   : request.values[i] - sum / static_cast<double>(i));
        sum += request.values[i];
    }
    const double mean = sum / static_cast<double>(request.values.size());
    return independent_days("mean of all days", std::vector<double>(static_cast<std::size_t>(request.horizon), mean),
                            std::move(residuals));
}

base::Result<Forecast> forecast_weekday_means(const Request& request) {
    if (request.values.size() < kWeekDays) {
        return forecast_mean(request);
    }
    FLORIN_TRY(check_request(request));
    // Of the day at `at`, which may lie after the last value: the values 7, 14, … days before it that are there.
    const auto mean_before = [&](std::size_t at) {
        double sum = 0.0;
        std::size_t count = 0;
        std::size_t before = at;
        while (before >= kWeekDays && count < kWeeks) {
            before -= kWeekDays;
            if (before < request.values.size()) {
                sum += request.values[before];
                ++count;
            }
        }
        return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
    };
    std::vector<double> residuals;
    for (std::size_t at = 0; at < request.values.size(); ++at) {
        residuals.push_back(request.values[at] - mean_before(at));
    }
    std::vector<double> mean;
    for (std::size_t step = 0; step < static_cast<std::size_t>(request.horizon); ++step) {
        mean.push_back(mean_before(request.values.size() + step));
    }
    return independent_days("means of weekdays", std::move(mean), std::move(residuals));
}

base::Result<Forecast> forecast_days_of_month(const Request& request, const Calendar& calendar) {
    FLORIN_TRY(check_request(request));
    std::map<int, std::vector<double>> seen; // by place in the month, in the order of time
    const auto mean_of_last = [&seen](int place) -> std::optional<double> {
        const auto found = seen.find(place);
        if (found == seen.end()) {
            return std::nullopt;
        }
        const std::span<const double> values = found->second;
        return mean_of(values.last(std::min(values.size(), kMonths)));
    };
    std::vector<double> residuals;
    double sum = 0.0;
    for (std::size_t i = 0; i < request.values.size(); ++i) {
        const int place = place_in_month(calendar.first + std::chrono::days(static_cast<std::int64_t>(i)));
        const double otherwise = i == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(i);
        residuals.push_back(request.values[i] - mean_of_last(place).value_or(otherwise));
        seen[place].push_back(request.values[i]);
        sum += request.values[i];
    }
    std::vector<double> mean;
    const double all = sum / static_cast<double>(request.values.size());
    for (std::size_t step = 0; step < static_cast<std::size_t>(request.horizon); ++step) {
        const auto at = static_cast<std::int64_t>(request.values.size() + step);
        mean.push_back(mean_of_last(place_in_month(calendar.first + std::chrono::days(at))).value_or(all));
    }
    return independent_days("days of the month", std::move(mean), std::move(residuals));
}

std::vector<double> without_far_values(std::span<const double> values) {
    std::vector<double> cut(values.begin(), values.end());
    std::vector<double> centres;
    std::vector<double> distances;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t first = i - std::min(i, kAbout);
        const std::size_t last = std::min(i + kAbout + 1, values.size());
        const auto about = values.subspan(first, last - first);
        centres.push_back(median({about.begin(), about.end()}));
        distances.push_back(std::abs(values[i] - centres.back()));
    }
    const double far = values.empty() ? 0.0 : kFarScales * median(distances) / kNormalDeviation;
    const auto is_far = [far](double distance) { return distance > far; };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(distances, is_far));
    if (far > 0.0 && kFarShare * count <= values.size()) {
        for (std::size_t i = 0; i < cut.size(); ++i) {
            cut[i] = std::clamp(cut[i], centres[i] - far, centres[i] + far);
        }
    }
    return cut;
}

base::Result<Forecast> forecast_without_far_values(const Request& request, const Method& method) {
    FLORIN_TRY(check_request(request));
    const std::vector<double> values = without_far_values(request.values);
    return method({.values = values, .season = request.season, .horizon = request.horizon});
}

} // namespace florin::forecast
