#include "forecast/pooled_regression.hpp"

#include "forecast/made_series_test.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace florin::forecast {

namespace {

/// Series of one autoregression, y_t = 0.6 y_{t-1} + 0.3 y_{t-2} + e, round levels of their own: too short for a fit of
/// each, many together.
std::vector<std::vector<double>> related_series(int count, int length, unsigned seed) {
    made::Noise noise(seed);
    std::vector<std::vector<double>> all;
    for (int i = 0; i < count; ++i) {
        double last = 0, before = 0;
        std::vector<double> values;
        for (int t = 0; t < length + 50; ++t) {
            const double next = 0.6 * last + 0.3 * before + made::normal(noise);
            before = last;
            last = next;
            if (t >= 50) {
                values.push_back(next - 1000.0 * i); // not above zero: no logarithms
            }
        }
        all.push_back(std::move(values));
    }
    return all;
}

} // namespace

TEST(PooledRegression, LearnsWhatTheSeriesHaveInCommon) {
    const auto all = related_series(300, 40, 41);
    std::vector<Request> requests;
    for (const auto& values : all) {
        requests.push_back({.values = std::span(values).first(39), .horizon = 1});
    }
    const auto forecasts = forecast_pooled(requests, {.lag_count = 6, .round_count = 1});
    ASSERT_TRUE(forecasts.ok());
    double pooled = 0, naive = 0, known = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double level = -1000.0 * static_cast<double>(i);
        const double last = all[i][38] - level;
        const double truth = level + 0.6 * last + 0.3 * (all[i][37] - level);
        pooled += std::pow(all[i][39] - (*forecasts)[i].mean[0], 2);
        naive += std::pow(all[i][39] - all[i][38], 2);
        known += std::pow(all[i][39] - truth, 2);
    }
    EXPECT_LT(pooled, 0.95 * naive);
    EXPECT_LT(pooled, 1.1 * known); // the level is not known to it
}

TEST(PooledRegression, WhatCannotBeLearnedStaysAtItsLastValue) {
    const auto all = related_series(20, 60, 42);
    const std::vector<double> constant(60, 7.0);
    const std::vector<double> one = {3};
    std::vector<Request> requests = {{.values = constant, .horizon = 2}, {.values = one, .horizon = 2}};
    for (const auto& values : all) {
        requests.push_back({.values = values, .horizon = 2});
    }
    const auto forecasts = forecast_pooled(requests, {.lag_count = 12});
    ASSERT_TRUE(forecasts.ok());
    EXPECT_EQ((*forecasts)[0].mean, (std::vector<double>{7, 7}));
    EXPECT_EQ((*forecasts)[1].mean, (std::vector<double>{3, 3}));
    EXPECT_EQ((*forecasts)[2].method, "pooled regression");
    const auto alone = forecast_pooled(std::span(requests).first(2), {.lag_count = 12});
    ASSERT_TRUE(alone.ok());
    EXPECT_EQ((*alone)[1].method, "naive");
    EXPECT_TRUE(forecast_pooled({})->empty());
    const std::vector<double> broken = {1, std::numeric_limits<double>::quiet_NaN()};
    requests.push_back({.values = broken, .horizon = 2});
    EXPECT_EQ(forecast_pooled(requests).error().code, "forecast.not_finite");
}

TEST(PooledRegression, LogarithmsKeepForecastsAboveZeroAndScaleWithTheSeries) {
    made::Noise noise(43);
    std::vector<std::vector<double>> all;
    for (int i = 0; i < 30; ++i) {
        std::vector<double> values = {10};
        for (int t = 0; t < 60; ++t) {
            values.push_back(values.back() * std::exp(0.3 * noise() - 0.02));
        }
        all.push_back(values);
        for (double& value : values) {
            value *= 1000;
        }
        all.push_back(values);
    }
    std::vector<Request> requests;
    for (const auto& values : all) {
        requests.push_back({.values = values, .horizon = 4});
    }
    const auto forecasts = forecast_pooled(requests, {.lag_count = 8});
    ASSERT_TRUE(forecasts.ok());
    for (std::size_t i = 0; i < all.size(); i += 2) {
        for (std::size_t k = 0; k < 4; ++k) {
            EXPECT_GT((*forecasts)[i].mean[k], 0);
            EXPECT_NEAR((*forecasts)[i + 1].mean[k] / (*forecasts)[i].mean[k], 1000, 1e-4);
        }
        for (const auto& path : simulate_paths((*forecasts)[i], 3, 1)) {
            EXPECT_GT(path[3], 0);
        }
    }
}

} // namespace florin::forecast
