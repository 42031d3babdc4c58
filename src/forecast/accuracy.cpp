#include "forecast/accuracy.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <cmath>

namespace florin::forecast {

namespace {

void check_lengths(std::span<const double> actual, std::span<const double> forecast) {
    FLORIN_CHECK(!actual.empty() && actual.size() == forecast.size(), "as many forecasts as values, at least one");
}

/// Sum of `part` over sum of |actual|, in percent.
template <class Part>
std::optional<double> percent_of_actual(std::span<const double> actual, std::span<const double> forecast, Part part) {
    check_lengths(actual, forecast);
    double sum = 0;
    double whole = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        sum += part(forecast[i] - actual[i]);
        whole += std::abs(actual[i]);
    }
    return whole > 0 ? std::optional(100 * sum / whole) : std::nullopt;
}

} // namespace

double smape(std::span<const double> actual, std::span<const double> forecast) {
    check_lengths(actual, forecast);
    double sum = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const double size = std::abs(actual[i]) + std::abs(forecast[i]);
        sum += size > 0 ? 200 * std::abs(actual[i] - forecast[i]) / size : 0;
    }
    return sum / static_cast<double>(actual.size());
}

std::optional<double> wape(std::span<const double> actual, std::span<const double> forecast) {
    return percent_of_actual(actual, forecast, [](double error) { return std::abs(error); });
}

std::optional<double> bias(std::span<const double> actual, std::span<const double> forecast) {
    return percent_of_actual(actual, forecast, [](double error) { return error; });
}

std::optional<double> naive_scale(std::span<const double> training, int lag) {
    const auto step = static_cast<std::size_t>(lag);
    if (training.size() <= step) {
        return std::nullopt;
    }
    double sum = 0;
    for (std::size_t i = step; i < training.size(); ++i) {
        sum += std::abs(training[i] - training[i - step]);
    }
    return sum > 0 ? std::optional(sum / static_cast<double>(training.size() - step)) : std::nullopt;
}

double mase(std::span<const double> actual, std::span<const double> forecast, double scale) {
    check_lengths(actual, forecast);
    double sum = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        sum += std::abs(actual[i] - forecast[i]);
    }
    return sum / static_cast<double>(actual.size()) / scale;
}

double owa(double smape_mean, double mase_mean, double naive2_smape_mean, double naive2_mase_mean) {
    return 0.5 * (smape_mean / naive2_smape_mean + mase_mean / naive2_mase_mean);
}

double msis(std::span<const double> actual, std::span<const double> lower, std::span<const double> upper, double scale,
            double miss) {
    check_lengths(actual, lower);
    check_lengths(actual, upper);
    double sum = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        sum += upper[i] - lower[i];
        sum += 2 / miss * std::max({0.0, lower[i] - actual[i], actual[i] - upper[i]});
    }
    return sum / static_cast<double>(actual.size()) / scale;
}

double coverage(std::span<const double> actual, std::span<const double> lower, std::span<const double> upper) {
    check_lengths(actual, lower);
    check_lengths(actual, upper);
    std::size_t inside = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        inside += lower[i] <= actual[i] && actual[i] <= upper[i] ? 1U : 0U;
    }
    return static_cast<double>(inside) / static_cast<double>(actual.size());
}

} // namespace florin::forecast
