#include "forecast/theta.hpp"

#include "forecast/made_series_test.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace florin::forecast {

namespace {

/// The method as its authors describe it, by brute force: half the line, half the exponential smoothing of the line
/// with theta 2, which is twice the values less the line. alpha from a grid, the start by least squares over errors
/// from the third value on.
std::vector<double> theta_by_definition(const std::vector<double>& values, int horizon) {
    const auto n = static_cast<double>(values.size());
    double sum_t = 0, sum_y = 0, sum_tt = 0, sum_ty = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto t = static_cast<double>(i + 1);
        sum_t += t;
        sum_y += values[i];
        sum_tt += t * t;
        sum_ty += t * values[i];
    }
    const double slope = (n * sum_ty - sum_t * sum_y) / (n * sum_tt - sum_t * sum_t);
    const double intercept = (sum_y - slope * sum_t) / n;
    const auto line = [&](double t) { return intercept + slope * t; };
    double best = std::numeric_limits<double>::infinity();
    double best_level = 0;
    for (int step = 0; step <= 8900; ++step) {
        const double alpha = 0.1 + step * 0.0001;
        double without = 0, start = 1, sxy = 0, sxx = 0, syy = 0; // level = without + start * z0
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double rest = values[i] - 0.5 * line(static_cast<double>(i + 1)) - 0.5 * without;
            if (i >= 2) {
                sxy += 0.5 * start * rest;
                sxx += 0.25 * start * start;
                syy += rest * rest;
            }
            without += alpha * (2 * values[i] - line(static_cast<double>(i + 1)) - without);
            start *= 1 - alpha;
        }
        const double squares = syy - sxy * sxy / sxx;
        if (squares < best) {
            best = squares;
            best_level = without + start * sxy / sxx;
        }
    }
    std::vector<double> mean;
    for (int k = 1; k <= horizon; ++k) {
        mean.push_back(0.5 * line(n + k) + 0.5 * best_level);
    }
    return mean;
}

std::vector<double> walk_with_drift(unsigned seed, int count, double drift) {
    made::Noise noise(seed);
    std::vector<double> values;
    double level = 300;
    for (int t = 0; t < count; ++t) {
        level += drift + 3 * noise();
        values.push_back(level + 12 * noise());
    }
    return values;
}

} // namespace

TEST(Theta, StandardIsHalfTheLineAndHalfTheSmoothedSecondLine) {
    for (const unsigned seed : {1U, 2U, 3U}) {
        const std::vector<double> values = walk_with_drift(seed, 60, 0.7);
        const auto forecast = forecast_theta({.values = values, .horizon = 12}, ThetaModel::kStandard);
        ASSERT_TRUE(forecast.ok());
        const std::vector<double> expected = theta_by_definition(values, 12);
        for (std::size_t k = 0; k < 12; ++k) {
            EXPECT_NEAR(forecast->mean[k], expected[k], 2e-3) << "seed " << seed << " step " << k;
        }
    }
}

TEST(Theta, SeasonalStandardIsCloseToThatOfR) {
    const std::vector<double> values = made::trend_and_season();
    const auto forecast = forecast_theta({.values = values, .season = 12, .horizon = 14}, ThetaModel::kStandard);
    ASSERT_TRUE(forecast.ok());
    // R 4.2.2, forecast 8.20: thetaf(y, h = 14)$mean; it fits its start by likelihood over all errors, so only close.
    const std::vector<double> r = {273.9054226, 291.2566774, 298.7902107, 288.0411041, 270.9713605,
                                   246.126317,  226.5282154, 203.3820089, 203.6327599, 209.2919727,
                                   228.5343084, 251.21745,   283.9109513, 301.8637434};
    for (std::size_t k = 0; k < r.size(); ++k) {
        EXPECT_NEAR(forecast->mean[k] / r[k], 1, 0.01) << k;
    }
}

TEST(Theta, OptimisedFitsAtLeastAsWellAsStandard) {
    for (const unsigned seed : {4U, 5U, 6U}) {
        const std::vector<double> values = walk_with_drift(seed, 80, 1.5);
        double squares[2] = {};
        for (const int i : {0, 1}) {
            const auto forecast = forecast_theta({.values = values, .horizon = 1},
                                                 i == 0 ? ThetaModel::kStandard : ThetaModel::kOptimised);
            ASSERT_TRUE(forecast.ok());
            for (std::size_t t = forecast->first_shock; t < values.size(); ++t) {
                squares[i] += forecast->residuals[t] * forecast->residuals[t];
            }
        }
        EXPECT_LE(squares[1], squares[0] * (1 + 1e-9)) << "seed " << seed;
    }
}

TEST(Theta, AStraightLineGoesOn) {
    std::vector<double> values;
    for (int t = 1; t <= 40; ++t) {
        values.push_back(50 + 3.0 * t);
    }
    for (const auto model : {ThetaModel::kOptimised, ThetaModel::kDynamic}) {
        const auto forecast = forecast_theta({.values = values, .horizon = 10}, model);
        ASSERT_TRUE(forecast.ok());
        for (std::size_t k = 0; k < 10; ++k) {
            EXPECT_NEAR(forecast->mean[k], 50 + 3.0 * static_cast<double>(41 + k), 0.02) << k;
        }
    }
}

TEST(Theta, TheDynamicLineIsThatOfTheValuesSoFar) {
    const std::vector<double> values = walk_with_drift(9, 50, 2);
    const ThetaFit fit = fit_theta(values, ThetaModel::kDynamic);
    const auto forecast = forecast_theta({.values = values, .horizon = 8}, ThetaModel::kDynamic);
    ASSERT_TRUE(forecast.ok());
    std::vector<double> seen;
    double level = fit.level;
    for (std::size_t t = 1; t <= 58; ++t) { // the paper's equations, with the line fitted anew each time
        double slope = 0, intercept = 0;
        const auto n = static_cast<double>(seen.size());
        for (std::size_t i = 0; i < seen.size(); ++i) {
            intercept += seen[i] / n;
            slope += n < 2 ? 0 : (static_cast<double>(i + 1) - (n + 1) / 2) * seen[i] * 12 / (n * (n * n - 1));
        }
        intercept -= slope * (n + 1) / 2;
        const double decay = std::pow(1 - fit.alpha, static_cast<double>(t - 1));
        const double mean =
            level + fit.weight * (decay * intercept + (1 - decay * (1 - fit.alpha)) / fit.alpha * slope);
        if (t > 2 && t <= 50) {
            EXPECT_NEAR(values[t - 1] - mean, forecast->residuals[t - 1], 1e-7) << t;
        } else if (t > 50) {
            EXPECT_NEAR(mean, forecast->mean[t - 51], 1e-7) << t;
        }
        seen.push_back(t <= 50 ? values[t - 1] : mean);
        level = fit.alpha * seen.back() + (1 - fit.alpha) * level;
    }
}

TEST(Theta, PathsAreOffTheMeanByTheirShocks) {
    const std::vector<double> values = walk_with_drift(10, 40, 1);
    for (const auto model : {ThetaModel::kStandard, ThetaModel::kOptimised, ThetaModel::kDynamic}) {
        const auto forecast = forecast_theta({.values = values, .horizon = 6}, model);
        ASSERT_TRUE(forecast.ok());
        const std::vector<std::size_t> drawn(6, 20);
        const auto path = forecast->path(drawn);
        EXPECT_NEAR(path[0] - forecast->mean[0], forecast->residuals[20], 1e-9);
    }
}

TEST(Theta, ShortSeriesStayAtTheLastValue) {
    const std::vector<double> values = {5, 7, 6};
    for (std::size_t count = 1; count <= 3; ++count) {
        const auto forecast =
            forecast_theta({.values = std::span(values).first(count), .season = 7, .horizon = 2}, ThetaModel::kDynamic);
        ASSERT_TRUE(forecast.ok());
        EXPECT_EQ(forecast->method, "naive");
        EXPECT_EQ(forecast->mean, std::vector<double>(2, values[count - 1]));
    }
}

} // namespace florin::forecast
