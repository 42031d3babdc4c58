// The ARMA process behind an ARIMA model: its polynomials, its exact likelihood and its innovations.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace florin::forecast {

/// w[t] = ar[0] w[t-1] + ar[1] w[t-2] + … + e[t] + ma[0] e[t-1] + …, written out: seasonal factors multiplied in.
struct ArmaProcess {
    std::vector<double> ar;
    std::vector<double> ma;
};

/// The coefficients of a stationary autoregression of `free.size()` lags, from any real numbers: their tanh are
/// partial autocorrelations. Monahan, Biometrika 71 (1984).
std::vector<double> stationary_coefficients(std::span<const double> free);

/// Whether all roots of 1 - ar[0] z - ar[1] z^2 - … have a modulus above `radius`.
bool roots_outside(std::span<const double> ar, double radius);

/// (1 - a[0] z - …)(1 - b[0] z^season - …) as coefficients of the same form.
std::vector<double> multiply_polynomials(std::span<const double> a, std::span<const double> b, int season);

/// Autocovariances at lags 0 to `lag_max` of the process with innovations of variance 1; nothing unless stationary.
std::optional<std::vector<double>> autocovariances(const ArmaProcess& process, std::size_t lag_max);

/// A series run through the process, and what the exact Gaussian likelihood is made of.
struct Innovations {
    std::vector<double> values;    ///< observation less its best linear one-step forecast
    std::vector<double> variances; ///< of these, for innovations of variance 1; falls to 1
    std::vector<double> state;     ///< what is known after the last observation, for `continue_process`
    double squares = 0.0;          ///< sum of values^2 / variance
    double log_variances = 0.0;    ///< sum of the variances' logarithms
};

/// The exact innovations of `series` and, with the same variances, of `second` (may be empty). Nothing unless the
/// process is stationary. Costs as many steps as the series is long times the largest lag: the variances follow from
/// Chandrasekhar recursions. Sources: Morf, Sidhu and Kailath, IEEE Trans. Automatic Control 19 (1974); Mélard,
/// Applied Statistics 33 (1984), AS 197; the state is that of Gardner, Harvey and Phillips, AS 154 (1980).
struct InnovationsPair {
    Innovations first;
    std::vector<double> second; ///< innovations of the second series
};
std::optional<InnovationsPair> exact_innovations(const ArmaProcess& process, std::span<const double> series,
                                                 std::span<const double> second);

/// Errors of the process when all before observation `skipped` is taken as known and the errors there as zero.
std::vector<double> conditional_errors(const ArmaProcess& process, std::span<const double> series, std::size_t skipped);

/// The expected next `count` values after `state`.
std::vector<double> continue_process(const ArmaProcess& process, std::vector<double> state, std::size_t count);

/// The first `count` weights of 1 = weights[0] on past innovations.
std::vector<double> moving_average_weights(std::span<const double> ar, std::span<const double> ma, std::size_t count);

} // namespace florin::forecast
