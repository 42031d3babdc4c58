#include "forecast/stl.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fmt/format.h>
#include <optional>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

/// One loess smoother: what a local fit sees, whether it is a mean or a line, and how far apart fits are computed.
struct Smoother {
    int window;
    int degree;
    int jump;
};

/// One local fit: the values, their robustness weights (empty: all 1), and the range of observations it sees.
struct Neighbourhood {
    std::span<const double> values;
    std::span<const double> robustness;
    int left = 1; ///< from 1, included
    int right = 1;
};

/// Tricube weights of the neighbourhood's observations around `at`, divided by their sum; false where all are 0.
bool local_weights(const Neighbourhood& near, int window, double at, Values& weights) {
    const int count = static_cast<int>(near.values.size());
    double reach = std::max(at - near.left, near.right - at);
    if (window > count) {
        reach += (window - count) / 2; // whole observations, as the paper's own program
    }
    double sum = 0.0;
    for (int i = near.left; i <= near.right; ++i) {
        const double distance = std::abs(i - at);
        double weight = 0.0;
        if (distance <= 0.999 * reach) {
            weight = 1.0;
            if (distance > 0.001 * reach) {
                const double share = distance / reach;
                const double rest = 1.0 - share * share * share;
                weight = rest * rest * rest;
            }
            if (!near.robustness.empty()) {
                weight *= near.robustness[static_cast<std::size_t>(i - 1)];
            }
        }
        weights[static_cast<std::size_t>(i - 1)] = weight;
        sum += weight;
    }
    if (sum <= 0.0) {
        return false;
    }
    for (int i = near.left; i <= near.right; ++i) {
        weights[static_cast<std::size_t>(i - 1)] /= sum;
    }
    return true;
}

/// The local mean or line at `at` (observations count from 1); nothing where no observation has weight.
std::optional<double> local_fit(const Neighbourhood& near, const Smoother& smoother, double at, Values& weights) {
    if (!local_weights(near, smoother.window, at, weights)) {
        return std::nullopt;
    }
    if (smoother.degree > 0) {
        double centre = 0.0;
        for (int i = near.left; i <= near.right; ++i) {
            centre += weights[static_cast<std::size_t>(i - 1)] * i;
        }
        double spread = 0.0;
        for (int i = near.left; i <= near.right; ++i) {
            spread += weights[static_cast<std::size_t>(i - 1)] * (i - centre) * (i - centre);
        }
        if (std::sqrt(spread) > 0.001 * (static_cast<double>(near.values.size()) - 1.0)) {
            const double slope = (at - centre) / spread;
            for (int i = near.left; i <= near.right; ++i) {
                weights[static_cast<std::size_t>(i - 1)] *= slope * (i - centre) + 1.0;
            }
        }
    }
    double fit = 0.0;
    for (int i = near.left; i <= near.right; ++i) {
        fit += weights[static_cast<std::size_t>(i - 1)] * near.values[static_cast<std::size_t>(i - 1)];
    }
    return fit;
}

/// The observations that a fit at `at` sees: `window` of them around it, moved inwards at the ends.
Neighbourhood around(std::span<const double> values, std::span<const double> robustness, int window, int at) {
    const int count = static_cast<int>(values.size());
    if (window >= count) {
        return {.values = values, .robustness = robustness, .left = 1, .right = count};
    }
    const int left = std::clamp(at - (window + 1) / 2 + 1, 1, count - window + 1);
    return {.values = values, .robustness = robustness, .left = left, .right = left + window - 1};
}

void join(Values& smooth, int from, int to) {
    const double first = smooth[static_cast<std::size_t>(from - 1)];
    const double step = (smooth[static_cast<std::size_t>(to - 1)] - first) / (to - from);
    for (int i = from + 1; i < to; ++i) {
        smooth[static_cast<std::size_t>(i - 1)] = first + step * (i - from);
    }
}

Values loess(std::span<const double> values, std::span<const double> robustness, const Smoother& smoother) {
    const int count = static_cast<int>(values.size());
    Values smooth(values.begin(), values.end());
    if (count < 2) {
        return smooth;
    }
    Values weights(values.size());
    const int jump = std::min(smoother.jump, count - 1);
    Neighbourhood near;
    int last = 1;
    for (int at = 1; at <= count; at += jump) {
        near = around(values, robustness, smoother.window, at);
        const std::optional<double> fit = local_fit(near, smoother, at, weights);
        smooth[static_cast<std::size_t>(at - 1)] = fit.value_or(values[static_cast<std::size_t>(at - 1)]);
        if (at > 1) {
            join(smooth, last, at);
        }
        last = at;
    }
    if (last != count) { // the end is fitted from what the last regular fit saw
        const std::optional<double> fit = local_fit(near, smoother, count, weights);
        smooth.back() = fit.value_or(values.back());
        join(smooth, last, count);
    }
    return smooth;
}

Values moving_average(const Values& values, std::size_t length) {
    Values means(values.size() - length + 1);
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i];
        if (i + 1 >= length) {
            means[i + 1 - length] = sum / static_cast<double>(length);
            sum -= values[i + 1 - length];
        }
    }
    return means;
}

/// One season more at each end than there are values: each phase of the season smoothed by itself.
Values smooth_phases(const Values& values, const Values& robustness, int period, const Smoother& smoother) {
    const auto step = static_cast<std::size_t>(period);
    Values seasonal(values.size() + 2 * step);
    for (std::size_t phase = 0; phase < step; ++phase) {
        Values cycle;
        Values weight;
        for (std::size_t i = phase; i < values.size(); i += step) {
            cycle.push_back(values[i]);
            if (!robustness.empty()) {
                weight.push_back(robustness[i]);
            }
        }
        const int count = static_cast<int>(cycle.size());
        const Values smooth = loess(cycle, weight, smoother);
        Values weights(cycle.size());
        const int seen = std::min(smoother.window, count);
        const Neighbourhood first{.values = cycle, .robustness = weight, .left = 1, .right = seen};
        const Neighbourhood last{.values = cycle, .robustness = weight, .left = count - seen + 1, .right = count};
        seasonal[phase] = local_fit(first, smoother, 0, weights).value_or(smooth.front());
        for (std::size_t i = 0; i < smooth.size(); ++i) {
            seasonal[phase + (i + 1) * step] = smooth[i];
        }
        seasonal[phase + (smooth.size() + 1) * step] =
            local_fit(last, smoother, count + 1, weights).value_or(smooth.back());
    }
    return seasonal;
}

/// Bisquare weights of the remainders, on six times their median.
Values robustness_weights(std::span<const double> values, const StlFit& fit) {
    Values distance(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        distance[i] = std::abs(values[i] - fit.seasonal[i] - fit.trend[i]);
    }
    Values sorted = distance;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t upper = sorted.size() / 2;
    const double limit = 3.0 * (sorted[upper] + sorted[sorted.size() - upper - 1]);
    Values weights(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (distance[i] <= 0.001 * limit) {
            weights[i] = 1.0;
        } else if (distance[i] <= 0.999 * limit) {
            const double share = distance[i] / limit;
            weights[i] = (1.0 - share * share) * (1.0 - share * share);
        }
    }
    return weights;
}

struct Smoothers {
    Smoother season;
    Smoother trend;
    Smoother low_pass;
};

int odd(int window) {
    return window % 2 == 0 ? window + 1 : window;
}
Smoother smoother(int window, int degree) {
    return {.window = odd(std::max(window, 3)), .degree = degree, .jump = (window + 9) / 10};
}

/// Windows as R's stl chooses them. A constant season is the mean of each phase over more than the whole series.
Smoothers smoothers(const StlOptions& options, int count) {
    const int season = options.seasonal_window == 0 ? 10 * count + 1 : options.seasonal_window;
    const int trend = options.trend_window != 0
                          ? options.trend_window
                          : odd(static_cast<int>(std::ceil(1.5 * options.period / (1.0 - 1.5 / season))));
    return {.season = smoother(season, 0), .trend = smoother(trend, 1), .low_pass = smoother(odd(options.period), 1)};
}

/// One round of the inner loop: the season from the values less the trend, the trend from the values less the season.
void refine(std::span<const double> values, int period, const Smoothers& by, const Values& robustness, StlFit& fit) {
    const auto step = static_cast<std::size_t>(period);
    Values rest(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        rest[i] = values[i] - fit.trend[i];
    }
    const Values phases = smooth_phases(rest, robustness, period, by.season);
    const Values averaged = moving_average(moving_average(moving_average(phases, step), step), 3);
    const Values level = loess(averaged, {}, by.low_pass);
    for (std::size_t i = 0; i < values.size(); ++i) {
        fit.seasonal[i] = phases[step + i] - level[i];
        rest[i] = values[i] - fit.seasonal[i];
    }
    fit.trend = loess(rest, robustness, by.trend);
}

/// The season's phases as their means.
void make_periodic(Values& seasonal, int period) {
    const auto step = static_cast<std::size_t>(period);
    for (std::size_t phase = 0; phase < step; ++phase) {
        double sum = 0.0;
        double count = 0.0;
        for (std::size_t i = phase; i < seasonal.size(); i += step) {
            sum += seasonal[i];
            count += 1.0;
        }
        for (std::size_t i = phase; i < seasonal.size(); i += step) {
            seasonal[i] = sum / count;
        }
    }
}

} // namespace

base::Result<StlFit> stl(std::span<const double> values, const StlOptions& options) {
    if (options.period < 2 || options.seasonal_window < 0 || options.seasonal_window == 1 || options.trend_window < 0) {
        return base::user_error("forecast.season",
                                fmt::format("a season of {} steps cannot be taken out", options.period));
    }
    if (values.size() <= 2 * static_cast<std::size_t>(options.period)) {
        return base::data_error("forecast.too_short", fmt::format("{} observations hold no two seasons of {}",
                                                                  values.size(), options.period));
    }
    const Smoothers by = smoothers(options, static_cast<int>(values.size()));
    const int rounds = options.robust ? 15 : 0;
    StlFit fit{.seasonal = Values(values.size()), .trend = Values(values.size()), .remainder = {}, .weights = {}};
    for (int round = 0; round <= rounds; ++round) {
        for (int inner = 0; inner < (options.robust ? 1 : 2); ++inner) {
            refine(values, options.period, by, fit.weights, fit);
        }
        if (round < rounds) {
            fit.weights = robustness_weights(values, fit);
        }
    }
    if (!options.robust) {
        fit.weights.assign(values.size(), 1.0);
    }
    if (options.seasonal_window == 0) {
        make_periodic(fit.seasonal, options.period);
    }
    fit.remainder.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        fit.remainder[i] = values[i] - fit.seasonal[i] - fit.trend[i];
    }
    return fit;
}

} // namespace florin::forecast
