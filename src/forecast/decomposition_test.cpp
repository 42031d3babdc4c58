#include "forecast/decomposition.hpp"

#include "forecast/made_series_test.hpp"
#include "forecast/naive2.hpp"
#include "forecast/seasonal_naive.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace florin::forecast {

namespace {

void expect_near(std::span<const double> values, const std::vector<double>& expected, double tolerance) {
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NEAR(values[i], expected[i], tolerance) << i;
    }
}

} // namespace

// R 4.2.2, y the series of made::trend_and_season as ts(y, frequency = 12).

TEST(Decomposition, IndicesAreThoseOfR) {
    const std::vector<double> values = made::trend_and_season();
    // decompose(y, "multiplicative")$figure
    expect_near(*seasonal_indices(values, 12, Seasonality::kMultiplicative),
                {1.115776387, 1.182857428, 1.209781251, 1.162740775, 1.090545349, 0.9875844007, 0.9062295248,
                 0.8112076786, 0.8097941637, 0.8298333344, 0.9034514825, 0.9901982254},
                1e-8);
    // decompose(y, "additive")$figure
    expect_near(*seasonal_indices(values, 12, Seasonality::kAdditive),
                {19.74884082, 30.87783125, 36.58763603, 28.53788784, 15.45127281, -2.486818027, -15.83338101,
                 -32.02187643, -33.13869115, -29.35410157, -17.02652204, -1.342078509},
                1e-7);
    // decompose(ts(y[1:60], frequency = 7), "additive")$figure
    expect_near(*seasonal_indices(std::span(values).first(60), 7, Seasonality::kAdditive),
                {-2.800352945, 0.3471873386, 2.705437995, -1.130140745, 0.162513901, -1.34281831, 2.058172766}, 1e-8);
}

TEST(Decomposition, AutocorrelationsAreThoseOfR) {
    // acf(y, lag.max = 12)$acf[-1]
    expect_near(autocorrelations(made::trend_and_season(), 12),
                {0.9254847713, 0.8126109038, 0.6718480964, 0.5315297577, 0.4203536196, 0.365422629, 0.37532953,
                 0.4370451281, 0.5281957287, 0.6119287502, 0.6641669835, 0.6679949927},
                1e-9);
    EXPECT_EQ(autocorrelations(std::vector<double>(4, 1.0), 2), std::vector<double>(2, 0.0));
}

TEST(Decomposition, ASeasonNeedsThreeOfItAndSomeStrength) {
    const std::vector<double> week = {1, 2, 3, 4, 3, 2, 9};
    std::vector<double> values;
    for (int i = 0; i < 3; ++i) {
        values.insert(values.end(), week.begin(), week.end());
    }
    EXPECT_TRUE(is_seasonal(values, 7));
    values.pop_back();
    EXPECT_FALSE(is_seasonal(values, 7));
    EXPECT_FALSE(is_seasonal(std::vector<double>(30, 2.0), 7));
    made::Noise noise(31);
    std::vector<double> rough;
    for (int i = 0; i < 200; ++i) {
        rough.push_back(noise());
    }
    EXPECT_FALSE(is_seasonal(rough, 7));
    EXPECT_FALSE(is_seasonal(rough, 1));
}

TEST(Decomposition, SeasonGoesOutAndComesBack) {
    const std::vector<double> values = made::trend_and_season();
    for (const auto kind : {Seasonality::kAdditive, Seasonality::kMultiplicative}) {
        const auto indices = seasonal_indices(values, 12, kind);
        ASSERT_TRUE(indices);
        std::vector<double> back = without_season(values, *indices, kind);
        add_season(back, *indices, kind, 0);
        expect_near(back, values, 1e-9);
    }
    EXPECT_FALSE(seasonal_indices(std::span(values).first(23), 12, Seasonality::kAdditive));
    EXPECT_FALSE(seasonal_indices(std::vector<double>(24, 0.0), 12, Seasonality::kMultiplicative));
}

TEST(SeasonalNaive, TheLastSeasonComesAgain) {
    const std::vector<double> values = {1, 2, 3, 4, 5, 7};
    const auto forecast = forecast_seasonal_naive({.values = values, .season = 3, .horizon = 5});
    ASSERT_TRUE(forecast.ok());
    EXPECT_EQ(forecast->method, "seasonal naive");
    EXPECT_EQ(forecast->mean, (std::vector<double>{4, 5, 7, 4, 5}));
    EXPECT_EQ(forecast->residuals[5], 4);
    EXPECT_TRUE(std::isnan(forecast->residuals[2]));
    EXPECT_EQ(forecast->path(std::vector<std::size_t>{3, 4, 5, 5, 5}), (std::vector<double>{7, 8, 11, 11, 12}));
}

TEST(SeasonalNaive, LessThanASeasonStaysAtTheLastValue) {
    const std::vector<double> one = {4};
    const auto forecast = forecast_seasonal_naive({.values = one, .season = 7, .horizon = 2});
    ASSERT_TRUE(forecast.ok());
    EXPECT_EQ(forecast->method, "naive");
    EXPECT_EQ(forecast->mean, (std::vector<double>{4, 4}));
    EXPECT_EQ(simulate_paths(*forecast, 2, 1), (std::vector<std::vector<double>>{{4, 4}, {4, 4}}));
}

TEST(Naive2, IsTheLastAdjustedValueTimesTheSeason) {
    const std::vector<double> values = made::trend_and_season();
    const auto forecast = forecast_naive2({.values = values, .season = 12, .horizon = 13});
    ASSERT_TRUE(forecast.ok());
    // R: f <- decompose(y, "multiplicative")$figure; y[96] / f[12] * f[1:2]
    const double adjusted = 247.473573245887 / 0.9901982254;
    EXPECT_NEAR(forecast->mean[0], adjusted * 1.115776387, 1e-6);
    EXPECT_NEAR(forecast->mean[1], adjusted * 1.182857428, 1e-6);
    EXPECT_NEAR(forecast->mean[11], 247.473573245887, 1e-6);
    EXPECT_NEAR(forecast->mean[12], forecast->mean[0], 1e-9);
    EXPECT_EQ(forecast_naive2({.values = values, .season = 1, .horizon = 2})->mean,
              std::vector<double>(2, values.back()));
}

TEST(Request, WhatNoMethodCanUseIsRefused) {
    const std::vector<double> values = {1, 2};
    const auto code = [](const Request& request) { return forecast_seasonal_naive(request).error().code; };
    EXPECT_EQ(code({.values = {}}), "forecast.empty");
    EXPECT_EQ(code({.values = values, .season = 0}), "forecast.season");
    EXPECT_EQ(code({.values = values, .horizon = 0}), "forecast.horizon");
    for (const double odd : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const std::vector<double> broken = {1, odd, 2};
        const auto result = forecast_naive2({.values = broken});
        EXPECT_EQ(result.error().code, "forecast.not_finite");
        EXPECT_NE(result.error().message.find("observation 2"), std::string::npos);
    }
}

} // namespace florin::forecast
