#include "forecast/combination.hpp"

#include "forecast/ets.hpp"
#include "forecast/made_series_test.hpp"
#include "forecast/theta.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace florin::forecast {

namespace {

Forecast member(const char* name, std::vector<double> mean) {
    Forecast forecast{.method = name, .mean = std::move(mean)};
    forecast.residuals = {1, 2};
    return forecast;
}

} // namespace

TEST(Combination, MeanAndMedianByStep) {
    const std::vector<Forecast> members = {member("a", {1, 10}), member("b", {4, 30}), member("c", {4, 20})};
    const Forecast mean = combine(members, Average::kMean);
    EXPECT_EQ(mean.mean, (std::vector<double>{3, 20}));
    EXPECT_EQ(mean.method, "mean of a, b, c");
    EXPECT_EQ(combine(members, Average::kMedian).mean, (std::vector<double>{4, 20}));
    const std::vector<Forecast> even = {member("a", {1}), member("b", {9}), member("c", {3}), member("d", {4})};
    EXPECT_EQ(combine(even, Average::kMedian).mean, std::vector<double>{3.5});
}

TEST(Combination, AMemberThatIsNotFiniteIsLeftOut) {
    const double infinite = std::numeric_limits<double>::infinity();
    const Forecast forecast = combine({member("a", {1, infinite}), member("b", {5, 6})}, Average::kMean);
    EXPECT_EQ(forecast.mean, (std::vector<double>{5, 6}));
    EXPECT_EQ(forecast.method, "mean of b");
}

TEST(Combination, PathsShareTheirDraw) {
    const std::vector<double> values = made::trend_and_season();
    const Request request{.values = values, .season = 12, .horizon = 6};
    const Forecast ets = *forecast_ets(request);
    const Forecast theta = *forecast_theta(request, ThetaModel::kDynamic);
    const Forecast both = combine({ets, theta}, Average::kMean);
    const std::vector<std::size_t> drawn = {20, 30, 40, 50, 60, 70};
    const auto path = both.path(drawn);
    for (std::size_t k = 0; k < 6; ++k) {
        EXPECT_NEAR(path[k], 0.5 * (ets.path(drawn)[k] + theta.path(drawn)[k]), 1e-9);
    }
    EXPECT_NEAR(both.residuals[50], 0.5 * (ets.residuals[50] + theta.residuals[50]), 1e-9);
}

} // namespace florin::forecast
