#include "forecast/mstl.hpp"

#include "forecast/published_series_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

namespace florin::forecast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Values = std::vector<double>;

/// A line, a season of 7, one of 30 and a rest of 13 values, none of which is a round number of the others.
Values two_seasons() {
    Values values;
    for (int t = 0; t < 400; ++t) {
        values.push_back(100 + 0.1 * t + 10 * ((t * 5) % 7) + 3 * ((t * 11) % 30) + (t * 7919) % 13);
    }
    return values;
}

/// The last value, on and on.
base::Result<Forecast> naive(const Request& request) {
    Forecast forecast;
    forecast.method = "naive";
    forecast.mean.assign(static_cast<std::size_t>(request.horizon), request.values.back());
    forecast.residuals.assign(request.values.size(), 0.0);
    forecast.aicc = 1.0;
    forecast.path = [mean = forecast.mean](std::span<const std::size_t>) { return mean; };
    return forecast;
}

// R 4.2.2, forecast 8.20: mstl(msts(y, seasonal.periods = c(7, 30)))
TEST(Mstl, TwoSeasonsAreThoseOfR) {
    const auto fit = mstl(two_seasons(), {.periods = {30, 7}});
    ASSERT_TRUE(fit.ok());
    EXPECT_THAT(fit->periods, ElementsAre(7, 30));
    const std::map<std::size_t, std::array<double, 4>> expected = {
        {1, {178.727437038, -33.7652862392, -39.8524536429, -5.10969715587}},
        {2, {178.865241183, 20.4661167449, -13.4972518593, -0.734106068857}},
        {100, {189.402655717, 14.0700031104, -13.5937231995, 0.0210643721435}},
        {200, {199.401318772, -13.3185519577, 38.7344060459, 0.0828271400783}},
        {399, {218.934326666, -7.12530265474, 37.6302305259, -2.6392545376}},
        {400, {219.015101647, -34.3529505278, -12.3588132226, -0.403337896329}},
    };
    for (const auto& [number, parts] : expected) {
        EXPECT_NEAR(fit->trend[number - 1], parts[0], 1e-8) << number;
        EXPECT_NEAR(fit->seasonal[0][number - 1], parts[1], 1e-8) << number;
        EXPECT_NEAR(fit->seasonal[1][number - 1], parts[2], 1e-8) << number;
        EXPECT_NEAR(fit->remainder[number - 1], parts[3], 1e-8) << number;
    }
}

// R 4.2.2, forecast 8.20: mstl(AirPassengers)
TEST(Mstl, OneSeasonIsThatOfR) {
    const auto fit = mstl(published::kAirPassengers, {.periods = {12, 12, 72}});
    ASSERT_TRUE(fit.ok());
    EXPECT_THAT(fit->periods, ElementsAre(12));
    EXPECT_THAT(fit->dropped, ElementsAre(72));
    EXPECT_NEAR(fit->trend[0], 123.145056928, 1e-8);
    EXPECT_NEAR(fit->trend[143], 496.683254025, 1e-8);
    EXPECT_NEAR(fit->seasonal[0][0], -16.9770740864, 1e-8);
    EXPECT_NEAR(fit->seasonal[0][99], -11.1719264784, 1e-8);
    EXPECT_NEAR(fit->remainder[142], -27.5437394474, 1e-8);
}

TEST(Mstl, TheForecastRepeatsTheLastSeasons) {
    const Values values = two_seasons();
    const auto fit = mstl(values, {.periods = {7, 30}});
    const auto forecast = forecast_mstl({.values = values, .horizon = 40}, {.periods = {7, 30}}, naive);
    ASSERT_TRUE(forecast.ok());
    EXPECT_EQ(forecast->method, "MSTL[7,30] + naive");
    EXPECT_FALSE(forecast->aicc.has_value());
    const double adjusted = fit->trend.back() + fit->remainder.back();
    EXPECT_NEAR(forecast->mean[0], adjusted + fit->seasonal[0][393] + fit->seasonal[1][370], 1e-9);
    EXPECT_NEAR(forecast->mean[39], adjusted + fit->seasonal[0][397] + fit->seasonal[1][379], 1e-9);
    EXPECT_EQ(forecast->path(std::vector<std::size_t>(40)), forecast->mean);
}

TEST(Mstl, WithoutTwoSeasonsItIsTheMethodAlone) {
    const Values values{1.0, 2.0, 3.0};
    const auto forecast = forecast_mstl({.values = values, .season = 7, .horizon = 2}, {.periods = {7}}, naive);
    ASSERT_TRUE(forecast.ok());
    EXPECT_EQ(forecast->method, "naive");
    EXPECT_THAT(forecast->mean, ElementsAre(3.0, 3.0));
}

TEST(Mstl, WhatCannotBeSplitIsAnError) {
    const Values values(10, 1.0);
    EXPECT_EQ(mstl(values, {.periods = {}}).error().code, "forecast.too_short");
    EXPECT_EQ(mstl(values, {.periods = {0}}).error().code, "forecast.season");
    EXPECT_EQ(mstl(Values{}, {.periods = {7}}).error().code, "forecast.too_short");
    EXPECT_EQ(forecast_mstl({.values = values, .horizon = 1}, {.periods = {-1}}, naive).error().code,
              "forecast.season");
}

} // namespace
} // namespace florin::forecast
