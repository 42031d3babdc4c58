#include "forecast/arima_process.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

/// Autocovariances as sums over very many weights: slow, and of one line.
Values covariances_by_weights(const ArmaProcess& process, std::size_t lag_max) {
    const Values weights = moving_average_weights(process.ar, process.ma, 4000);
    Values found(lag_max + 1);
    for (std::size_t lag = 0; lag <= lag_max; ++lag) {
        for (std::size_t i = 0; i + lag < weights.size(); ++i) {
            found[lag] += weights[i] * weights[i + lag];
        }
    }
    return found;
}

Values noise(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    Values values(count);
    for (double& value : values) {
        value = 2.0 + normal(random);
    }
    return values;
}

/// Processes with short and long memory, with and without a season.
std::vector<ArmaProcess> processes() {
    return {{.ar = {}, .ma = {}},
            {.ar = {0.9}, .ma = {}},
            {.ar = {}, .ma = {-0.95}},
            {.ar = {1.5, -0.8}, .ma = {0.4, 0.3, -0.2}},
            {.ar = {0.5, 0.0, 0.0, 0.3, -0.15}, .ma = {}},
            {.ar = multiply_polynomials(Values{0.6}, Values{0.7}, 12),
             .ma = {0.4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.6, -0.24}},
            {.ar = {0.995}, .ma = {-0.3}}};
}

TEST(ArmaProcess, AutocovariancesAreSumsOfWeights) {
    for (const ArmaProcess& process : processes()) {
        const auto found = autocovariances(process, 30);
        ASSERT_TRUE(found.has_value());
        const Values expected = covariances_by_weights(process, 30);
        for (std::size_t lag = 0; lag <= 30; ++lag) {
            EXPECT_NEAR((*found)[lag], expected[lag], 1e-9 * expected[0]) << lag;
        }
    }
}

TEST(ArmaProcess, TheInnovationsAreThoseOfTheWholeCovarianceMatrix) {
    const Values series = noise(80, 7);
    const Values ones(80, 1.0);
    for (const ArmaProcess& process : processes()) {
        const auto found = exact_innovations(process, series, ones);
        ASSERT_TRUE(found.has_value());
        const Values covariance = covariances_by_weights(process, 80);
        Eigen::MatrixXd whole(80, 80);
        for (Eigen::Index i = 0; i < 80; ++i) {
            for (Eigen::Index j = 0; j < 80; ++j) {
                whole(i, j) = covariance[static_cast<std::size_t>(std::abs(i - j))];
            }
        }
        // Cholesky's factor turns the series into innovations divided by their standard deviation.
        const Eigen::LLT<Eigen::MatrixXd> factor(whole);
        const Eigen::MatrixXd lower = factor.matrixL();
        const Eigen::VectorXd scaled =
            lower.triangularView<Eigen::Lower>().solve(Eigen::Map<const Eigen::VectorXd>(series.data(), 80));
        const Eigen::VectorXd of_ones =
            lower.triangularView<Eigen::Lower>().solve(Eigen::Map<const Eigen::VectorXd>(ones.data(), 80));
        double logs = 0.0;
        for (Eigen::Index i = 0; i < 80; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const double deviation = lower(i, i);
            EXPECT_NEAR(found->first.variances[at], deviation * deviation, 1e-7) << i;
            EXPECT_NEAR(found->first.values[at], scaled[i] * deviation, 1e-6) << i;
            EXPECT_NEAR(found->second[at], of_ones[i] * deviation, 1e-6) << i;
            logs += 2.0 * std::log(deviation);
        }
        EXPECT_NEAR(found->first.log_variances, logs, 1e-6);
        EXPECT_NEAR(found->first.squares, scaled.squaredNorm(), 1e-5);
        // The best forecast of the next values, by the covariance with the past.
        const Values next = continue_process(process, found->first.state, 1);
        Eigen::VectorXd with_past(80);
        for (Eigen::Index i = 0; i < 80; ++i) {
            with_past[i] = covariance[static_cast<std::size_t>(80 - i)];
        }
        const Eigen::VectorXd solved = factor.solve(Eigen::Map<const Eigen::VectorXd>(series.data(), 80));
        EXPECT_NEAR(next[0], with_past.dot(solved), 1e-6);
    }
}

TEST(ArmaProcess, WhatIsNotStationaryHasNoInnovations) {
    const Values series = noise(10, 1);
    EXPECT_FALSE(exact_innovations({.ar = {1.0}, .ma = {}}, series, {}).has_value());
    EXPECT_FALSE(exact_innovations({.ar = {0.5, 0.6}, .ma = {}}, series, {}).has_value());
    EXPECT_FALSE(autocovariances({.ar = {-1.2}, .ma = {}}, 3).has_value());
}

TEST(ArmaProcess, AnyNumbersAreAStationaryAutoregression) {
    std::mt19937_64 random(11);
    std::normal_distribution<double> wide(0.0, 2.0);
    for (int i = 0; i < 200; ++i) {
        const Values free{wide(random), wide(random), wide(random), wide(random)};
        EXPECT_TRUE(roots_outside(stationary_coefficients(free), 1.0)) << i;
    }
    // By hand: partial autocorrelations 0.5 and -0.4 are coefficients 0.5 (1 + 0.4) and -0.4.
    const Values two = stationary_coefficients(Values{std::atanh(0.5), std::atanh(-0.4)});
    EXPECT_NEAR(two[0], 0.7, 1e-12);
    EXPECT_NEAR(two[1], -0.4, 1e-12);
}

TEST(ArmaProcess, RootsAreHeldAgainstTheRadius) {
    EXPECT_TRUE(roots_outside(Values{0.5}, 1.99)); // 1 - 0.5 z: root 2
    EXPECT_FALSE(roots_outside(Values{0.5}, 2.01));
    EXPECT_TRUE(roots_outside(Values{0.0, 0.25}, 1.99)); // roots 2 and -2
    EXPECT_FALSE(roots_outside(Values{0.0, 0.25}, 2.01));
}

TEST(ArmaProcess, PolynomialsAreMultipliedOut) {
    // (1 - 2 z)(1 - 3 z^2) = 1 - 2 z - 3 z^2 + 6 z^3
    EXPECT_THAT(multiply_polynomials(Values{2.0}, Values{3.0}, 2), testing::ElementsAre(2.0, 3.0, -6.0));
    // (1 - z)(1 - z) = 1 - 2 z + z^2
    EXPECT_THAT(multiply_polynomials(Values{1.0}, Values{1.0}, 1), testing::ElementsAre(2.0, -1.0));
    EXPECT_THAT(multiply_polynomials(Values{}, Values{}, 5), testing::IsEmpty());
}

} // namespace
} // namespace florin::forecast
