#include "forecast/intermittent.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace florin::forecast {
namespace {

using testing::Each;
using Values = std::vector<double>;

const Values kDemand{0, 0, 5, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 9, 0, 2};

double mean_of(const Values& values, IntermittentMethod method, const IntermittentSmoothing& smoothing) {
    return forecast_intermittent({.values = values, .horizon = 1}, method, smoothing).value().mean[0];
}

// R 4.2.2, forecast 8.20: croston(y, h = 1, alpha = …)$mean
TEST(Intermittent, CrostonIsThatOfR) {
    EXPECT_NEAR(mean_of(kDemand, IntermittentMethod::kCroston, {.size = 0.1, .occurrence = 0.1}), 1.57335850776, 1e-9);
    EXPECT_NEAR(mean_of(kDemand, IntermittentMethod::kCroston, {.size = 0.3, .occurrence = 0.3}), 1.49133586918, 1e-9);
}

TEST(Intermittent, SbaIsCrostonLessItsBias) {
    EXPECT_NEAR(mean_of(kDemand, IntermittentMethod::kSba, {.size = 0.3, .occurrence = 0.3}), 0.85 * 1.49133586918,
                1e-9);
}

TEST(Intermittent, SizeAndOccurrenceFollowAtTheirOwnPace) {
    // 4, 0, 0, 2: size 4 + 0.5 (2 - 4) = 3, interval 1 + 0.25 (3 - 1) = 1.5.
    EXPECT_DOUBLE_EQ(mean_of({4, 0, 0, 2}, IntermittentMethod::kCroston, {.size = 0.5, .occurrence = 0.25}), 2.0);
    // The chance 1, 0.75, 0.5625, 0.671875.
    EXPECT_DOUBLE_EQ(mean_of({4, 0, 0, 2}, IntermittentMethod::kTsb, {.size = 0.5, .occurrence = 0.25}),
                     3.0 * 0.671875);
}

TEST(Intermittent, TsbByHand) {
    // 4, 0, 0, 2 with smoothing 0.5: size 4, 4, 4, 3; chance 1, 0.5, 0.25, 0.625.
    const Values demand{4, 0, 0, 2};
    const auto forecast = forecast_intermittent({.values = demand, .horizon = 2}, IntermittentMethod::kTsb,
                                                {.size = 0.5, .occurrence = 0.5});
    ASSERT_TRUE(forecast.ok());
    EXPECT_DOUBLE_EQ(forecast->mean[0], 1.875);
    EXPECT_DOUBLE_EQ(forecast->mean[1], 1.875);
    EXPECT_TRUE(std::isnan(forecast->residuals[0]));
    EXPECT_DOUBLE_EQ(forecast->residuals[1], -4.0);
    EXPECT_DOUBLE_EQ(forecast->residuals[3], 1.0);
}

TEST(Intermittent, TsbForgetsWhatIsGone) {
    Values demand = kDemand;
    demand.resize(200, 0.0);
    EXPECT_LT(mean_of(demand, IntermittentMethod::kTsb, {}), 1e-6);
    EXPECT_GT(mean_of(demand, IntermittentMethod::kCroston, {}), 1.0);
}

TEST(Intermittent, TheRateOfRandomDemandIsRecovered) {
    std::mt19937_64 random(3);
    std::bernoulli_distribution occurs(0.2);
    std::exponential_distribution<double> size(0.1);
    Values demand;
    for (int i = 0; i < 4000; ++i) {
        const double amount = size(random);
        demand.push_back(occurs(random) ? amount : 0.0);
    }
    // True rate 2. Standard deviations of these averages at smoothing 0.05: about 0.4.
    for (const auto method : {IntermittentMethod::kSba, IntermittentMethod::kTsb}) {
        EXPECT_NEAR(mean_of(demand, method, {.size = 0.05, .occurrence = 0.05}), 2.0, 1.2);
    }
}

TEST(Intermittent, PathsAreZeroAsOftenAsThePastAndNeverNegative) {
    const auto forecast = forecast_intermittent({.values = kDemand, .horizon = 400}, IntermittentMethod::kSba);
    ASSERT_TRUE(forecast.ok());
    int zeros = 0;
    for (const auto& path : simulate_paths(*forecast, 10, 1)) {
        for (const double value : path) {
            EXPECT_GE(value, 0.0);
            zeros += value == 0.0 ? 1 : 0;
        }
    }
    EXPECT_NEAR(zeros / 4000.0, 11.0 / 16.0, 0.03);
}

TEST(Intermittent, TheChosenSmoothingIsTheBestOfTheFour) {
    const auto squares = [](const Forecast& forecast) {
        double sum = 0.0;
        for (const double residual : forecast.residuals) {
            sum += std::isnan(residual) ? 0.0 : residual * residual;
        }
        return sum;
    };
    const Request request{.values = kDemand, .horizon = 1};
    const double best = squares(forecast_intermittent(request, IntermittentMethod::kTsb).value());
    for (const double smoothing : {0.05, 0.1, 0.2, 0.3}) {
        EXPECT_LE(best, squares(forecast_intermittent(request, IntermittentMethod::kTsb,
                                                      {.size = smoothing, .occurrence = smoothing})
                                    .value()));
    }
}

TEST(Intermittent, NoDemandIsZero) {
    const auto forecast =
        forecast_intermittent({.values = Values(20, 0.0), .horizon = 3}, IntermittentMethod::kCroston);
    ASSERT_TRUE(forecast.ok());
    EXPECT_THAT(forecast->mean, Each(0.0));
    EXPECT_THAT(forecast->path(std::vector<std::size_t>(3)), Each(0.0));
}

TEST(Intermittent, BadInputIsAnError) {
    const Values refund{1.0, -2.0};
    EXPECT_EQ(forecast_intermittent({.values = refund, .horizon = 1}, IntermittentMethod::kTsb).error().code,
              "forecast.negative_demand");
    EXPECT_EQ(
        forecast_intermittent({.values = kDemand, .horizon = 1}, IntermittentMethod::kTsb, {.size = 0.0}).error().code,
        "forecast.smoothing");
}

} // namespace
} // namespace florin::forecast
