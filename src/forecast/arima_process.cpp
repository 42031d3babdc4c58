#include "forecast/arima_process.hpp"

#include <algorithm>
#include <cmath>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

/// The partial autocorrelations of an autoregression, the last lag first taken off; nothing unless all are inside
/// (-1, 1), which is when it is stationary. `triangle[k]` holds the coefficients of order k + 1.
std::optional<std::vector<Values>> step_down(std::span<const double> ar) {
    std::vector<Values> triangle(ar.size());
    Values current(ar.begin(), ar.end());
    for (std::size_t order = ar.size(); order > 0; --order) {
        const double partial = current[order - 1];
        if (!(std::abs(partial) < 1.0)) {
            return std::nullopt;
        }
        Values lower(order - 1);
        for (std::size_t i = 0; i + 1 < order; ++i) {
            lower[i] = (current[i] + partial * current[order - 2 - i]) / (1.0 - partial * partial);
        }
        triangle[order - 1] = std::move(current);
        current = std::move(lower);
    }
    return triangle;
}

/// Autocovariances of the autoregression alone, by the Levinson recursion upwards.
std::optional<Values> autoregressive_covariances(std::span<const double> ar, std::size_t lag_max) {
    const auto triangle = step_down(ar);
    if (!triangle) {
        return std::nullopt;
    }
    double error = 1.0; // variance of the forecast error of the order below
    for (const Values& row : *triangle) {
        error /= 1.0 - row.back() * row.back();
    }
    Values covariance(lag_max + 1);
    covariance[0] = error;
    for (std::size_t lag = 1; lag <= lag_max; ++lag) {
        double sum = 0.0;
        if (lag <= ar.size()) {
            const double partial = (*triangle)[lag - 1].back();
            for (std::size_t i = 1; i < lag; ++i) {
                sum += (*triangle)[lag - 2][i - 1] * covariance[lag - i];
            }
            sum += partial * error;
            error *= 1.0 - partial * partial;
        } else {
            for (std::size_t i = 1; i <= ar.size(); ++i) {
                sum += ar[i - 1] * covariance[lag - i];
            }
        }
        covariance[lag] = sum;
    }
    return covariance;
}

double at(std::span<const double> coefficients, std::size_t lag) { // lag 0 is 1
    if (lag == 0) {
        return 1.0;
    }
    return lag <= coefficients.size() ? coefficients[lag - 1] : 0.0;
}

std::size_t state_size(const ArmaProcess& process) {
    return std::max(process.ar.size(), process.ma.size() + 1);
}

/// The state's transition: the first element times the autoregression, all others moved up.
void advance(const ArmaProcess& process, Values& state) {
    const double first = state[0];
    for (std::size_t i = 0; i + 1 < state.size(); ++i) {
        state[i] = state[i + 1];
    }
    state.back() = 0.0;
    for (std::size_t i = 0; i < process.ar.size(); ++i) {
        state[i] += process.ar[i] * first;
    }
}

/// Covariance of the stationary state with the observation.
std::optional<Values> state_covariance(const ArmaProcess& process) {
    const auto covariance = autocovariances(process, process.ar.size());
    if (!covariance) {
        return std::nullopt;
    }
    const Values weights = moving_average_weights(process.ar, process.ma, process.ma.size() + 1);
    Values with_observation(state_size(process));
    with_observation[0] = (*covariance)[0];
    for (std::size_t i = 1; i < with_observation.size(); ++i) {
        double sum = 0.0;
        for (std::size_t j = i + 1; j <= process.ar.size(); ++j) {
            sum += process.ar[j - 1] * (*covariance)[j - i];
        }
        for (std::size_t j = i; j <= process.ma.size(); ++j) {
            sum += process.ma[j - 1] * weights[j - i];
        }
        with_observation[i] = sum;
    }
    return with_observation;
}

/// The gain of the filter and the variance of its error, step by step, with what their changes are made of.
struct Gain {
    Values gain;           ///< not yet divided by the variance
    double variance = 1.0; ///< of the one-step error
    Values direction;
    double strength = 0.0;
    bool steady = false;

    /// One step of the Chandrasekhar recursions.
    void advance_step(const ArmaProcess& process) {
        const double seen = direction[0];
        const double change = strength * seen;
        const double before = variance;
        variance += change * seen;
        advance(process, direction); // now the transition of the old direction
        double largest = 0.0;
        for (std::size_t i = 0; i < gain.size(); ++i) {
            gain[i] += direction[i] * change;
            direction[i] -= gain[i] / variance * seen;
            largest = std::max(largest, std::abs(direction[i]));
        }
        strength += change * change / before;
        steady = std::abs(strength) * largest * largest < 1e-12;
    }
};

void observe(const ArmaProcess& process, const Gain& by, double innovation, Values& state) {
    advance(process, state);
    const double share = innovation / by.variance;
    for (std::size_t i = 0; i < state.size(); ++i) {
        state[i] += by.gain[i] * share;
    }
}

} // namespace

std::vector<double> stationary_coefficients(std::span<const double> free) {
    Values coefficients(free.size());
    Values before;
    for (std::size_t order = 0; order < free.size(); ++order) {
        const double partial = std::tanh(free[order]);
        before.assign(coefficients.begin(), coefficients.begin() + static_cast<std::ptrdiff_t>(order));
        for (std::size_t i = 0; i < order; ++i) {
            coefficients[i] -= partial * before[order - 1 - i];
        }
        coefficients[order] = partial;
    }
    return coefficients;
}

bool roots_outside(std::span<const double> ar, double radius) {
    Values scaled(ar.begin(), ar.end());
    double power = 1.0;
    for (double& coefficient : scaled) {
        power *= radius;
        coefficient *= power;
    }
    return step_down(scaled).has_value();
}

std::vector<double> multiply_polynomials(std::span<const double> a, std::span<const double> b, int season) {
    const auto step = static_cast<std::size_t>(season);
    Values product(a.size() + b.size() * step);
    for (std::size_t i = 0; i < a.size(); ++i) {
        product[i] += a[i];
    }
    for (std::size_t j = 0; j < b.size(); ++j) {
        product[(j + 1) * step - 1] += b[j];
        for (std::size_t i = 0; i < a.size(); ++i) {
            product[(j + 1) * step + i] -= b[j] * a[i];
        }
    }
    return product;
}

std::optional<std::vector<double>> autocovariances(const ArmaProcess& process, std::size_t lag_max) {
    const std::size_t ma_lags = process.ma.size();
    const auto alone = autoregressive_covariances(process.ar, lag_max + ma_lags);
    if (!alone || ma_lags == 0) {
        return alone;
    }
    Values products(ma_lags + 1); // autocovariances of the moving average
    for (std::size_t lag = 0; lag <= ma_lags; ++lag) {
        for (std::size_t i = 0; i + lag <= ma_lags; ++i) {
            products[lag] += at(process.ma, i) * at(process.ma, i + lag);
        }
    }
    Values covariance(lag_max + 1);
    for (std::size_t lag = 0; lag <= lag_max; ++lag) {
        covariance[lag] = products[0] * (*alone)[lag];
        for (std::size_t i = 1; i <= ma_lags; ++i) {
            const std::size_t below = lag > i ? lag - i : i - lag;
            covariance[lag] += products[i] * ((*alone)[lag + i] + (*alone)[below]);
        }
    }
    return covariance;
}

std::optional<InnovationsPair> exact_innovations(const ArmaProcess& process, std::span<const double> series,
                                                 std::span<const double> second) {
    auto covariance = state_covariance(process);
    if (!covariance) {
        return std::nullopt;
    }
    Gain by{.gain = *covariance, .variance = (*covariance)[0], .direction = {}};
    advance(process, by.gain);
    by.direction = by.gain;
    by.strength = -1.0 / by.variance;
    InnovationsPair pair;
    Innovations& found = pair.first;
    found.values.resize(series.size());
    found.variances.resize(series.size());
    found.state.assign(by.gain.size(), 0.0);
    pair.second.resize(second.size());
    Values second_state(second.empty() ? 0 : by.gain.size());
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (!(by.variance > 0.0)) {
            return std::nullopt; // rounding at the edge of stationarity
        }
        const double innovation = series[i] - found.state[0];
        found.values[i] = innovation;
        found.variances[i] = by.variance;
        found.squares += innovation * innovation / by.variance;
        found.log_variances += std::log(by.variance);
        observe(process, by, innovation, found.state);
        if (!second.empty()) {
            pair.second[i] = second[i] - second_state[0];
            observe(process, by, pair.second[i], second_state);
        }
        if (!by.steady) {
            by.advance_step(process);
        }
    }
    return pair;
}

std::vector<double> conditional_errors(const ArmaProcess& process, std::span<const double> series,
                                       std::size_t skipped) {
    std::vector<std::pair<std::size_t, double>> ar; // seasonal polynomials are mostly zeros
    std::vector<std::pair<std::size_t, double>> ma;
    for (std::size_t i = 0; i < process.ar.size(); ++i) {
        if (process.ar[i] != 0.0) {
            ar.emplace_back(i + 1, process.ar[i]);
        }
    }
    for (std::size_t i = 0; i < process.ma.size(); ++i) {
        if (process.ma[i] != 0.0) {
            ma.emplace_back(i + 1, process.ma[i]);
        }
    }
    Values errors(series.size());
    for (std::size_t t = skipped; t < series.size(); ++t) {
        double error = series[t];
        for (const auto& [lag, coefficient] : ar) {
            error -= lag <= t ? coefficient * series[t - lag] : 0.0;
        }
        for (const auto& [lag, coefficient] : ma) {
            error -= lag <= t ? coefficient * errors[t - lag] : 0.0;
        }
        errors[t] = error;
    }
    return errors;
}

std::vector<double> continue_process(const ArmaProcess& process, std::vector<double> state, std::size_t count) {
    Values values(count);
    for (double& value : values) {
        value = state[0];
        advance(process, state);
    }
    return values;
}

std::vector<double> moving_average_weights(std::span<const double> ar, std::span<const double> ma, std::size_t count) {
    Values weights(count);
    for (std::size_t k = 0; k < count; ++k) {
        weights[k] = at(ma, k);
        for (std::size_t i = 1; i <= std::min(k, ar.size()); ++i) {
            weights[k] += ar[i - 1] * weights[k - i];
        }
    }
    return weights;
}

} // namespace florin::forecast
