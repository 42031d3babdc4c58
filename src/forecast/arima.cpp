#include "forecast/arima.hpp"

#include "forecast/arima_process.hpp"
#include "forecast/quasi_newton.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <memory>
#include <numbers>
#include <numeric>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Coefficients of 1 - (1 - B)^d (1 - B^season)^D.
Values differencing(const ArimaOrder& order) {
    const Values one{1.0};
    Values product;
    for (int i = 0; i < order.d; ++i) {
        product = multiply_polynomials(product, one, 1);
    }
    for (int i = 0; i < order.seasonal_d; ++i) {
        product = multiply_polynomials(product, one, order.season);
    }
    return product;
}

Values difference(std::span<const double> values, const ArimaOrder& order) {
    Values differences(values.begin(), values.end());
    for (int i = 0; i < order.d + order.seasonal_d; ++i) {
        const auto lag = static_cast<std::size_t>(i < order.d ? 1 : order.season);
        if (differences.size() <= lag) {
            return {};
        }
        for (std::size_t t = 0; t + lag < differences.size(); ++t) {
            differences[t] = differences[t + lag] - differences[t];
        }
        differences.resize(differences.size() - lag);
    }
    return differences;
}

/// What the differenced series of a drift of 1 a step is, at each step.
double differenced_drift(const ArimaOrder& order) {
    return order.seasonal_d > 0 ? order.season : 1.0;
}

ArmaProcess process_of(const ArimaFit& fit) {
    Values ma = fit.ma;
    Values seasonal_ma = fit.seasonal_ma;
    for (Values* each : {&ma, &seasonal_ma}) {
        for (double& coefficient : *each) {
            coefficient = -coefficient;
        }
    }
    ArmaProcess process{.ar = multiply_polynomials(fit.ar, fit.seasonal_ar, fit.order.season),
                        .ma = multiply_polynomials(ma, seasonal_ma, fit.order.season)};
    for (double& coefficient : process.ma) {
        coefficient = -coefficient;
    }
    return process;
}

std::size_t free_count(const ArimaOrder& order) {
    return static_cast<std::size_t>(order.p + order.q + order.seasonal_p + order.seasonal_q);
}

/// The coefficients that belong to the optimiser's numbers: stationary and invertible, whatever these are.
void set_coefficients(std::span<const double> free, ArimaFit& fit) {
    std::size_t from = 0;
    const auto take = [&](int count) {
        Values coefficients = stationary_coefficients(free.subspan(from, static_cast<std::size_t>(count)));
        from += static_cast<std::size_t>(count);
        return coefficients;
    };
    fit.ar = take(fit.order.p);
    fit.ma = take(fit.order.q);
    fit.seasonal_ar = take(fit.order.seasonal_p);
    fit.seasonal_ma = take(fit.order.seasonal_q);
    for (Values* each : {&fit.ma, &fit.seasonal_ma}) {
        for (double& coefficient : *each) {
            coefficient = -coefficient;
        }
    }
}

/// The differenced series, of standard deviation 1, and how good a process is for it. The constant is no variable of
/// the search: for given coefficients its best value is that of a regression.
class Estimation {
public:
    Estimation(Values series, ArimaFit& fit, bool with_constant) : series_(std::move(series)), fit_(fit) {
        if (with_constant) {
            ones_.assign(series_.size(), 1.0);
        }
    }

    /// -2 log likelihood / n, without its constant terms.
    double exact(std::span<const double> free) {
        set_coefficients(free, fit_);
        const auto pair = exact_innovations(process_of(fit_), series_, ones_);
        if (!pair) {
            return kInfinity;
        }
        const double count = static_cast<double>(series_.size());
        const double squares = settle(pair->first.values, pair->second, pair->first.variances, 0);
        fit_.sigma2 = squares / count;
        return std::log(std::max(fit_.sigma2, kTiny)) + pair->first.log_variances / count;
    }

    /// Logarithm of the mean of the squared conditional errors.
    double conditional(std::span<const double> free) {
        set_coefficients(free, fit_);
        const ArmaProcess process = process_of(fit_);
        const std::size_t skipped = process.ar.size();
        const Values errors = conditional_errors(process, series_, skipped);
        const Values of_ones = ones_.empty() ? Values{} : conditional_errors(process, ones_, skipped);
        const double squares = settle(errors, of_ones, {}, skipped);
        fit_.sigma2 = squares / static_cast<double>(series_.size() - skipped);
        return std::log(std::max(fit_.sigma2, kTiny));
    }

private:
    static constexpr double kTiny = 1e-30;

    /// The sum of squares at the best constant, which is noted. Empty variances are 1.
    double settle(const Values& errors, const Values& of_ones, const Values& variances, std::size_t first) {
        double squares = 0.0;
        double crossed = 0.0;
        double ones = 0.0;
        for (std::size_t t = first; t < errors.size(); ++t) {
            const double weight = variances.empty() ? 1.0 : 1.0 / variances[t];
            squares += weight * errors[t] * errors[t];
            if (!of_ones.empty()) {
                crossed += weight * errors[t] * of_ones[t];
                ones += weight * of_ones[t] * of_ones[t];
            }
        }
        fit_.constant = ones > 0.0 ? crossed / ones : 0.0;
        return std::max(squares - fit_.constant * crossed, 0.0);
    }

    Values series_;
    Values ones_;
    ArimaFit& fit_;
};

base::Result<void> check_order(std::span<const double> values, const ArimaOrder& order) {
    FLORIN_TRY(check_request({.values = values, .season = order.season, .horizon = 1}));
    const int least = std::min({order.p, order.d, order.q, order.seasonal_p, order.seasonal_d, order.seasonal_q});
    const bool seasonal = order.seasonal_p + order.seasonal_d + order.seasonal_q > 0;
    if (least < 0 || (seasonal && order.season < 2) || (order.constant && order.d + order.seasonal_d > 1)) {
        return base::user_error("forecast.order", fmt::format("there is no {}", to_string(order)));
    }
    return {};
}

void note_criteria(double value, std::size_t count, double scale, ArimaMethod method, ArimaFit& fit) {
    const double n = static_cast<double>(count);
    fit.sigma2 *= scale * scale;
    fit.constant *= scale / (fit.order.d + fit.order.seasonal_d > 0 ? differenced_drift(fit.order) : 1.0);
    const double deviance = n * (value + 2.0 * std::log(scale)); // -2 log likelihood, without n log(2 pi) + n
    fit.log_likelihood =
        fit.sigma2 > 0.0 ? -0.5 * (deviance + n * (1.0 + std::log(2.0 * std::numbers::pi))) : kInfinity;
    const double k = fit.parameter_count;
    const double base = method == ArimaMethod::kExact ? -2.0 * fit.log_likelihood : deviance;
    fit.aicc = n - k - 1.0 > 0.0 ? base + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0) : kInfinity;
}

} // namespace

std::string to_string(const ArimaOrder& order) {
    std::string text = fmt::format("ARIMA({},{},{})", order.p, order.d, order.q);
    if (order.seasonal_p + order.seasonal_d + order.seasonal_q != 0) {
        text += fmt::format("({},{},{})[{}]", order.seasonal_p, order.seasonal_d, order.seasonal_q, order.season);
    }
    if (order.constant) {
        text += order.d + order.seasonal_d == 0 ? " with mean" : " with drift";
    }
    return text;
}

base::Result<ArimaFit> fit_arima(std::span<const double> values, const ArimaOrder& order, ArimaMethod method) {
    FLORIN_TRY(check_order(values, order));
    ArimaFit fit{.order = order};
    Values series = difference(values, order);
    const std::size_t lags = static_cast<std::size_t>(order.p + order.seasonal_p * order.season);
    fit.parameter_count = static_cast<int>(free_count(order)) + (order.constant ? 1 : 0) + 1;
    if (series.size() < std::max(static_cast<std::size_t>(fit.parameter_count), lags + 1)) {
        return base::data_error("forecast.too_short",
                                fmt::format("{} observations are too few for {}", values.size(), to_string(order)));
    }
    double centre = 0.0; // taken off before the scale, so that a large mean loses no digits
    if (order.constant) {
        centre = std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
    }
    double squares = 0.0;
    for (double& value : series) {
        value -= centre;
        squares += value * value;
    }
    const double scale = squares > 0.0 ? std::sqrt(squares / static_cast<double>(series.size())) : 1.0;
    for (double& value : series) {
        value /= scale;
    }
    const std::size_t count = series.size();
    Estimation estimation(std::move(series), fit, order.constant);
    const Objective conditional = [&](std::span<const double> free) { return estimation.conditional(free); };
    const Objective exact = [&](std::span<const double> free) { return estimation.exact(free); };
    const Values zeros(free_count(order), 0.0);
    SmoothMinimum best = minimise_smooth(conditional, zeros, method == ArimaMethod::kExact ? 1e-5 : 1e-8);
    const Objective& last = method == ArimaMethod::kExact ? exact : conditional;
    if (method == ArimaMethod::kExact) {
        Values start = best.at;
        for (double& each : start) {
            each = std::clamp(each, -2.0, 2.0); // tanh is flat beyond
        }
        best = minimise_smooth(exact, exact(start) <= exact(zeros) ? start : zeros, 1e-9);
    }
    best.value = last(best.at); // sets the coefficients
    fit.constant += centre / scale;
    note_criteria(best.value, count, scale, method, fit);
    return fit;
}

base::Result<Forecast> forecast_arima(const Request& request, const ArimaFit& fit) {
    FLORIN_TRY(check_request(request));
    FLORIN_TRY(check_order(request.values, fit.order));
    Values series = difference(request.values, fit.order);
    const double shift = fit.constant * (fit.order.d + fit.order.seasonal_d > 0 ? differenced_drift(fit.order) : 1.0);
    for (double& value : series) {
        value -= shift;
    }
    const ArmaProcess process = process_of(fit);
    const auto innovations = exact_innovations(process, series, {});
    if (series.empty() || !innovations) {
        return base::data_error("forecast.too_short", fmt::format("{} observations are too few for {}",
                                                                  request.values.size(), to_string(fit.order)));
    }
    const auto horizon = static_cast<std::size_t>(request.horizon);
    const Values ahead = continue_process(process, innovations->first.state, horizon);
    const Values past = differencing(fit.order);
    Values levels(request.values.end() - static_cast<std::ptrdiff_t>(past.size()), request.values.end());
    Forecast forecast;
    forecast.method = to_string(fit.order);
    for (std::size_t h = 0; h < horizon; ++h) {
        double level = ahead[h] + shift;
        for (std::size_t i = 0; i < past.size(); ++i) {
            level += past[i] * levels[levels.size() - 1 - i];
        }
        levels.push_back(level);
        forecast.mean.push_back(level);
    }
    forecast.residuals.assign(request.values.size() - series.size(), std::numeric_limits<double>::quiet_NaN());
    forecast.first_shock = forecast.residuals.size();
    forecast.residuals.insert(forecast.residuals.end(), innovations->first.values.begin(),
                              innovations->first.values.end());
    forecast.parameter_count = fit.parameter_count;
    if (std::isfinite(fit.aicc)) {
        forecast.aicc = fit.aicc;
    }
    // (1 - ar)(1 - differencing), written out.
    const Values whole = multiply_polynomials(process.ar, past, 1);
    forecast.path = [mean = forecast.mean, shocks = forecast.residuals,
                     weights = moving_average_weights(whole, process.ma, horizon)](std::span<const std::size_t> drawn) {
        Values path = mean;
        for (std::size_t h = 0; h < path.size(); ++h) {
            for (std::size_t past_step = 0; past_step <= h; ++past_step) {
                path[h] += weights[h - past_step] * shocks[drawn[past_step]];
            }
        }
        return path;
    };
    return forecast;
}

} // namespace florin::forecast
