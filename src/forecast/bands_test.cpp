#include "forecast/bands.hpp"

#include "forecast/seasonal_naive.hpp"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

base::Result<Forecast> naive(const Request& request) {
    return forecast_seasonal_naive({.values = request.values, .season = 1, .horizon = request.horizon});
}

Values walk(std::mt19937_64& random, std::size_t count) {
    std::normal_distribution<double> normal(0.0, 3.0);
    Values values{500.0};
    while (values.size() < count) {
        values.push_back(values.back() + normal(random));
    }
    return values;
}

TEST(Bands, TheScaleIsTheRootOfTheRecentLevel) {
    Values values(60, 100.0);
    EXPECT_DOUBLE_EQ(recent_scale(values).value(), 10.0);
    std::fill(values.end() - 28, values.end(), -400.0); // refunds have a size, too
    EXPECT_DOUBLE_EQ(recent_scale(values).value(), 20.0);
    std::fill(values.end() - 28, values.end(), 0.0);
    EXPECT_DOUBLE_EQ(recent_scale(values).value(), std::sqrt(3200.0 / 60.0));
    EXPECT_FALSE(recent_scale(Values(9, 0.0)).has_value());
    EXPECT_FALSE(recent_scale(Values{}).has_value());
}

TEST(Bands, ErrorsAreThoseOfTheOriginsInTheirScale) {
    const Values values{0.0, 8.0, 4.0, 4.0, 8.0, 9.0};
    const std::vector<BacktestOrigin> origins{
        {.training_count = 1, .method = "", .mean = {1.0}, .actual = {8.0}}, // nothing was there by then
        {.training_count = 4, .method = "", .mean = {3.0, 3.0}, .actual = {8.0, 9.0}}};
    const PastErrors found = past_errors({.values = values, .horizon = 2}, origins);
    ASSERT_EQ(found.errors.size(), 1U);
    EXPECT_THAT(found.errors[0], testing::ElementsAre(5.0, 6.0));
    EXPECT_DOUBLE_EQ(found.scales[0], 2.0);
}

TEST(Bands, ARandomWalkIsCoveredAtEachStep) {
    std::mt19937_64 random(12);
    constexpr int kCount = 300;
    std::vector<double> held(10);
    for (int i = 0; i < kCount; ++i) {
        Values values = walk(random, 210);
        const Values future(values.end() - 10, values.end());
        values.resize(200);
        const auto found = forecast_with_bands({.values = values, .horizon = 10}, naive);
        ASSERT_TRUE(found.ok());
        EXPECT_EQ(found->origin_count, 20U);
        const auto bands = intervals(found->forecast.mean, found->errors, found->scale, 0.8, false);
        for (std::size_t h = 0; h < 10; ++h) {
            held[h] += bands[h].lower <= future[h] && future[h] <= bands[h].upper ? 1.0 / kCount : 0.0;
        }
    }
    for (std::size_t h = 0; h < 10; ++h) { // origins overlap, so that a little is lost
        EXPECT_NEAR(held[h], 0.8, 0.03 + 4.0 * std::sqrt(0.8 * 0.2 / kCount)) << h;
    }
}

TEST(Bands, AWeekOfHistoryHasAWideBandThatSaysSo) {
    const Values week{10.0, 12.0, 11.0, 13.0, 12.0, 14.0, 12.0};
    const auto found = forecast_with_bands({.values = week, .season = 7, .horizon = 30}, naive);
    ASSERT_TRUE(found.ok());
    EXPECT_GE(found->origin_count, 1U);
    EXPECT_EQ(found->errors.basis(0, 0.975), QuantileBasis::kStudent);
    const auto bands = intervals(found->forecast.mean, found->errors, found->scale, 0.95, true);
    EXPECT_GT(bands[0].upper - bands[0].lower, 4.0);
    EXPECT_GT(bands[29].upper - bands[29].lower, 2.0 * (bands[1].upper - bands[1].lower));
}

TEST(Bands, TooLittleHistoryHasNoBand) {
    for (const Values& values : {Values{5.0}, Values{5.0, 6.0}}) {
        const auto found = forecast_with_bands({.values = values, .horizon = 3}, naive);
        ASSERT_TRUE(found.ok());
        EXPECT_EQ(found->origin_count, 0U);
        EXPECT_EQ(found->errors.basis(0, 0.9), QuantileBasis::kNone);
    }
    const auto flat = forecast_with_bands({.values = Values(60, 5.0), .horizon = 3}, naive);
    ASSERT_TRUE(flat.ok());
    EXPECT_EQ(intervals(flat->forecast.mean, flat->errors, flat->scale, 0.95, true)[2].upper, 5.0);
    EXPECT_EQ(forecast_with_bands({.values = Values{}, .horizon = 3}, naive).error().code, "forecast.empty");
}

} // namespace
} // namespace florin::forecast
