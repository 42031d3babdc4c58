#include "forecast/paths.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

namespace florin::forecast {
namespace {

using testing::ElementsAre;
using Values = std::vector<double>;

/// A random walk's forecast: the last value, and shocks that stay.
Forecast walk(const Values& values, std::size_t horizon) {
    Forecast forecast;
    forecast.mean.assign(horizon, values.back());
    forecast.residuals.push_back(std::nan(""));
    for (std::size_t i = 1; i < values.size(); ++i) {
        forecast.residuals.push_back(values[i] - values[i - 1]);
    }
    forecast.first_shock = 1;
    forecast.path = [mean = forecast.mean, shocks = forecast.residuals](std::span<const std::size_t> drawn) {
        Values path = mean;
        double sum = 0.0;
        for (std::size_t h = 0; h < path.size(); ++h) {
            sum += shocks[drawn[h]];
            path[h] += sum;
        }
        return path;
    };
    return forecast;
}

Values walk_values(std::mt19937_64& random, std::size_t count) {
    std::normal_distribution<double> normal;
    Values values{100.0};
    while (values.size() < count) {
        values.push_back(values.back() + normal(random));
    }
    return values;
}

TEST(Paths, SeriesThatMovedTogetherDoSoAgain) {
    std::mt19937_64 random(1);
    const Values first = walk_values(random, 200);
    Values mirrored;
    for (const double value : first) {
        mirrored.push_back(500.0 - value);
    }
    const std::vector<Forecast> forecasts{walk(first, 10), walk(mirrored, 10)};
    const auto paths = joint_paths(forecasts, 50, 3);
    for (const Values& sum : sum_series(paths)) {
        for (const double value : sum) {
            EXPECT_NEAR(value, 500.0, 1e-9); // what one gains the other loses
        }
    }
    EXPECT_EQ(joint_paths(forecasts, 50, 3), paths);
    EXPECT_NE(joint_paths(forecasts, 50, 4), paths);
}

TEST(Paths, AYoungSeriesDrawsItsOwnShocks) {
    std::mt19937_64 random(2);
    const std::vector<Forecast> forecasts{walk(walk_values(random, 300), 5), walk(Values{1.0, 2.0, 4.0}, 5),
                                          walk(Values{7.0}, 5)};
    const auto paths = joint_paths(forecasts, 20, 1);
    for (const Values& path : paths[1]) {
        EXPECT_GE(path[4], 4.0 + 5.0); // its shocks are 1 and 2
        EXPECT_LE(path[4], 4.0 + 10.0);
    }
    EXPECT_THAT(paths[2][0], testing::Each(7.0));
}

TEST(Paths, CalibrationSetsTheMarginAndKeepsTheOrder) {
    const Paths paths{{3.0, 10.0}, {1.0, 30.0}, {2.0, 20.0}};
    std::vector<Values> errors;
    for (int i = 1; i <= 39; ++i) {
        errors.push_back({i - 20.0, 2.0 * (i - 20.0)});
    }
    const auto known = ConformalErrors::from({.errors = errors, .scales = Values(39, 1.0)});
    const Paths found = calibrate_paths(paths, Values{100.0, 200.0}, known.value(), 1.0, false);
    // Quantiles at 1/6, 1/2, 5/6: the 26.67th of the sizes 0, 1, 1, 2, 2, … is 13.
    EXPECT_NEAR(found[1][0], 87.0, 1e-9);
    EXPECT_NEAR(found[2][0], 100.0, 1e-9);
    EXPECT_NEAR(found[0][0], 113.0, 1e-9);
    EXPECT_NEAR(found[0][1], 174.0, 1e-9);
    EXPECT_NEAR(found[1][1], 226.0, 1e-9);
    EXPECT_EQ(calibrate_paths(paths, Values{1.0, 200.0}, known.value(), 1.0, true)[1][0], 0.0);
}

TEST(Paths, WithoutKnownErrorsTheyStayAsTheyAre) {
    const auto none = ConformalErrors::from({});
    const Paths paths{{1.0, -2.0}};
    EXPECT_EQ(calibrate_paths(paths, Values{0.0, 0.0}, none.value(), 1.0, false), paths);
    EXPECT_THAT(calibrate_paths(paths, Values{0.0, 0.0}, none.value(), 1.0, true)[0], ElementsAre(1.0, 0.0));
}

TEST(Paths, TheSumOfDaysIsCoveredAsOftenAsItSays) {
    // A random walk's sum over 20 days: quantiles of a sum come from paths; adding the days' quantiles would be too
    // wide for independent days and is right only for days that move as one.
    std::mt19937_64 random(77);
    constexpr int kCount = 600;
    constexpr std::size_t kHorizon = 20;
    double held = 0.0;
    for (int i = 0; i < kCount; ++i) {
        Values values = walk_values(random, 250 + kHorizon);
        const Values future(values.end() - kHorizon, values.end());
        values.resize(250);
        const std::vector<Forecast> forecasts{walk(values, kHorizon)};
        const Values sums = sum_steps(joint_paths(forecasts, 400, random())[0], 0, kHorizon);
        const double actual = std::accumulate(future.begin(), future.end(), 0.0);
        held += sample_quantile(sums, 0.1) <= actual && actual <= sample_quantile(sums, 0.9) ? 1.0 : 0.0;
    }
    const double bound = 4.0 * std::sqrt(0.8 * 0.2 / kCount);
    EXPECT_NEAR(held / kCount, 0.8, bound);
}

TEST(Paths, TheChanceOfABreachIsCalibrated) {
    // Budgets at the true 30 % point of the sum's distribution are breached with a chance of 70 %, and the forecast
    // says so on average: mean probability and share of breaches agree.
    std::mt19937_64 random(5);
    constexpr int kCount = 400;
    double said = 0.0;
    double came = 0.0;
    for (int i = 0; i < kCount; ++i) {
        Values values = walk_values(random, 150);
        const Values future(values.end() - 10, values.end());
        values.resize(140);
        // Sum of 10 steps of a walk of deviation 1: deviation sqrt(385).
        const double limit = 10.0 * values.back() - 0.524400513 * std::sqrt(385.0);
        const std::vector<Forecast> forecasts{walk(values, 10)};
        said += exceedance(sum_steps(joint_paths(forecasts, 300, random())[0], 0, 10), limit).probability / kCount;
        came += std::accumulate(future.begin(), future.end(), 0.0) > limit ? 1.0 / kCount : 0.0;
    }
    EXPECT_NEAR(said, 0.7, 0.02);
    EXPECT_NEAR(came, 0.7, 4.0 * std::sqrt(0.21 / kCount));
}

TEST(Paths, SumsAndSharesByHand) {
    const Paths paths{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}};
    EXPECT_THAT(sum_steps(paths, 1, 3), ElementsAre(5.0, 11.0));
    EXPECT_THAT(sum_steps(paths, 2, 2), ElementsAre(0.0, 0.0));
    EXPECT_TRUE(sum_series({}).empty());
    EXPECT_DOUBLE_EQ(sample_quantile({4.0, 1.0, 3.0, 2.0}, 0.5), 2.5);
    EXPECT_DOUBLE_EQ(sample_quantile({7.0}, 0.9), 7.0);
    EXPECT_DOUBLE_EQ(sample_quantile({1.0, 2.0}, 1.0), 2.0);
    const Exceedance above = exceedance(Values{1.0, 2.0, 3.0, 5.0}, 2.0);
    EXPECT_DOUBLE_EQ(above.probability, 0.5);
    EXPECT_DOUBLE_EQ(above.mean_excess, 2.0);
    EXPECT_EQ(exceedance(Values{}, 2.0).probability, 0.0);
    EXPECT_THAT(first_steps_above(paths, 0.0, 5.5), ElementsAre(2U, 1U));
    EXPECT_THAT(first_steps_above(paths, 5.0, 5.5), ElementsAre(0U, 0U));
    EXPECT_THAT(first_steps_above(paths, 0.0, 100.0), ElementsAre(3U, 3U));
}

} // namespace
} // namespace florin::forecast
