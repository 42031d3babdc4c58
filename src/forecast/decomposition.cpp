#include "forecast/decomposition.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace florin::forecast {

std::vector<double> autocorrelations(std::span<const double> values, int lag_max) {
    const std::size_t count = values.size();
    std::vector<double> result(static_cast<std::size_t>(lag_max), 0.0);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(count);
    double variance = 0;
    for (const double value : values) {
        variance += (value - mean) * (value - mean);
    }
    if (variance <= 0) {
        return result;
    }
    for (std::size_t lag = 1; lag <= result.size() && lag < count; ++lag) {
        double sum = 0;
        for (std::size_t i = lag; i < count; ++i) {
            sum += (values[i] - mean) * (values[i - lag] - mean);
        }
        result[lag - 1] = sum / variance;
    }
    return result;
}

bool is_seasonal(std::span<const double> values, int season) {
    const auto length = static_cast<std::size_t>(season);
    if (season < 2 || values.size() < 3 * length) {
        return false;
    }
    const std::vector<double> correlations = autocorrelations(values, season);
    double sum = 1;
    for (std::size_t i = 0; i + 1 < length; ++i) {
        sum += 2 * correlations[i] * correlations[i];
    }
    return std::abs(correlations.back()) > 1.645 * std::sqrt(sum / static_cast<double>(values.size()));
}

std::vector<double> moving_average(std::span<const double> values, int season) {
    const auto length = static_cast<std::size_t>(season);
    const std::size_t half = length / 2;
    std::vector<double> result;
    for (std::size_t centre = half; centre + half < values.size(); ++centre) {
        const auto window = values.subspan(centre - half, 2 * half + 1);
        double sum = std::accumulate(window.begin(), window.end(), 0.0);
        if (length % 2 == 0) { // an even season takes half of each end
            sum -= 0.5 * (window.front() + window.back());
        }
        result.push_back(sum / static_cast<double>(length));
    }
    return result;
}

std::optional<std::vector<double>> seasonal_indices(std::span<const double> values, int season, Seasonality kind) {
    const auto length = static_cast<std::size_t>(season);
    if (season < 2 || values.size() < 2 * length) {
        return std::nullopt;
    }
    const bool multiplicative = kind == Seasonality::kMultiplicative;
    const std::vector<double> trend = moving_average(values, season);
    std::vector<double> sums(length, 0.0);
    std::vector<double> counts(length, 0.0);
    for (std::size_t i = 0; i < trend.size(); ++i) {
        const std::size_t at = i + length / 2;
        if (multiplicative && trend[i] <= 0) {
            return std::nullopt;
        }
        sums[at % length] += multiplicative ? values[at] / trend[i] : values[at] - trend[i];
        counts[at % length] += 1;
    }
    std::vector<double> indices(length);
    for (std::size_t i = 0; i < length; ++i) {
        if (counts[i] <= 0) {
            return std::nullopt;
        }
        indices[i] = sums[i] / counts[i];
    }
    const double mean = std::accumulate(indices.begin(), indices.end(), 0.0) / static_cast<double>(length);
    for (double& index : indices) {
        index = multiplicative ? index / mean : index - mean;
        if (multiplicative && !(index > 1e-4)) { // divided by it, the rest would be noise
            return std::nullopt;
        }
    }
    return indices;
}

std::vector<double> without_season(std::span<const double> values, std::span<const double> indices, Seasonality kind) {
    std::vector<double> result(values.begin(), values.end());
    for (std::size_t i = 0; i < result.size(); ++i) {
        const double index = indices[i % indices.size()];
        result[i] = kind == Seasonality::kMultiplicative ? result[i] / index : result[i] - index;
    }
    return result;
}

void add_season(std::span<double> values, std::span<const double> indices, Seasonality kind, std::size_t phase) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double index = indices[(phase + i) % indices.size()];
        values[i] = kind == Seasonality::kMultiplicative ? values[i] * index : values[i] + index;
    }
}

} // namespace florin::forecast
