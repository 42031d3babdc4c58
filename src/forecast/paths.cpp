#include "forecast/paths.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace florin::forecast {
namespace {

std::size_t shock_count(const Forecast& forecast) {
    const std::size_t end = forecast.residuals.size();
    return forecast.path && forecast.first_shock < end ? end - forecast.first_shock : 0;
}

} // namespace

std::vector<Paths> joint_paths(std::span<const Forecast> forecasts, int count, std::uint64_t seed) {
    std::vector<Paths> paths(forecasts.size());
    if (forecasts.empty()) {
        return paths;
    }
    const std::size_t horizon = forecasts.front().mean.size();
    std::size_t most = 0;
    for (const Forecast& forecast : forecasts) {
        FLORIN_CHECK(forecast.mean.size() == horizon, "forecasts of one horizon");
        most = std::max(most, shock_count(forecast));
    }
    std::mt19937_64 random(seed);
    std::vector<std::size_t> back(horizon);
    std::vector<std::size_t> drawn(horizon);
    for (int path = 0; path < count; ++path) {
        for (std::size_t& steps : back) { // not uniform_int_distribution: its draws differ between libraries
            steps = most == 0 ? 0 : static_cast<std::size_t>(random() % most);
        }
        for (std::size_t i = 0; i < forecasts.size(); ++i) {
            const std::size_t shocks = shock_count(forecasts[i]);
            if (shocks == 0) {
                paths[i].push_back(forecasts[i].mean);
                continue;
            }
            for (std::size_t step = 0; step < horizon; ++step) {
                const std::size_t steps =
                    back[step] < shocks ? back[step] : static_cast<std::size_t>(random() % shocks);
                drawn[step] = forecasts[i].residuals.size() - 1 - steps;
            }
            paths[i].push_back(forecasts[i].path(drawn));
        }
    }
    return paths;
}

Paths calibrate_paths(const Paths& paths, std::span<const double> means, const ConformalErrors& errors, double scale,
                      bool non_negative) {
    Paths calibrated = paths;
    std::vector<std::size_t> order(paths.size());
    for (std::size_t step = 0; step < means.size(); ++step) {
        if (errors.basis(step, 0.5) != QuantileBasis::kNone) {
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::stable_sort(order.begin(), order.end(),
                             [&](std::size_t a, std::size_t b) { return paths[a][step] < paths[b][step]; });
            const std::vector<double> margin = errors.sample(step, order.size());
            for (std::size_t rank = 0; rank < order.size(); ++rank) {
                calibrated[order[rank]][step] = means[step] + scale * margin[rank];
            }
        }
        for (std::vector<double>& path : calibrated) {
            path[step] = non_negative ? std::max(path[step], 0.0) : path[step];
        }
    }
    return calibrated;
}

Paths sum_series(std::span<const Paths> series) {
    if (series.empty()) {
        return {};
    }
    Paths sums = series.front();
    for (const Paths& paths : series.subspan(1)) {
        FLORIN_CHECK(paths.size() == sums.size(), "as many paths of each series");
        for (std::size_t path = 0; path < sums.size(); ++path) {
            FLORIN_CHECK(paths[path].size() == sums[path].size(), "as many steps of each series");
            for (std::size_t step = 0; step < sums[path].size(); ++step) {
                sums[path][step] += paths[path][step];
            }
        }
    }
    return sums;
}

std::vector<double> sum_steps(const Paths& paths, std::size_t first, std::size_t last) {
    std::vector<double> sums;
    for (const std::vector<double>& path : paths) {
        FLORIN_CHECK(first <= last && last <= path.size(), "steps within the horizon");
        sums.push_back(std::accumulate(path.begin() + static_cast<std::ptrdiff_t>(first),
                                       path.begin() + static_cast<std::ptrdiff_t>(last), 0.0));
    }
    return sums;
}

double sample_quantile(std::vector<double> samples, double probability) {
    FLORIN_CHECK(!samples.empty() && probability >= 0.0 && probability <= 1.0, "samples and a probability");
    std::sort(samples.begin(), samples.end());
    const double position = probability * static_cast<double>(samples.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, samples.size() - 1);
    return samples[below] + (position - std::floor(position)) * (samples[above] - samples[below]);
}

Exceedance exceedance(std::span<const double> samples, double limit) {
    double above = 0.0;
    double excess = 0.0;
    for (const double sample : samples) {
        if (sample > limit) {
            above += 1.0;
            excess += sample - limit;
        }
    }
    if (above == 0.0) {
        return {};
    }
    return {.probability = above / static_cast<double>(samples.size()), .mean_excess = excess / above};
}

std::vector<std::size_t> first_steps_above(const Paths& paths, double so_far, double limit) {
    std::vector<std::size_t> steps;
    for (const std::vector<double>& path : paths) {
        double sum = so_far;
        std::size_t step = 0;
        while (step < path.size() && (sum += path[step]) <= limit) {
            ++step;
        }
        steps.push_back(step);
    }
    return steps;
}

} // namespace florin::forecast
