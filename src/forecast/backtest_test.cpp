#include "forecast/backtest.hpp"

#include "forecast/seasonal_naive.hpp"

#include <gtest/gtest.h>
#include <numeric>

namespace florin::forecast {

namespace {

std::vector<double> counting(int count) {
    std::vector<double> values(static_cast<std::size_t>(count));
    std::iota(values.begin(), values.end(), 1.0);
    return values;
}

} // namespace

TEST(Backtest, EachOriginSeesOnlyWhatCameBefore) {
    const std::vector<double> values = counting(30);
    std::vector<std::size_t> seen;
    const auto method = [&](const Request& request) {
        seen.push_back(request.values.size());
        EXPECT_EQ(request.values.back(), static_cast<double>(request.values.size()));
        return forecast_seasonal_naive(request);
    };
    const auto origins =
        backtest({.values = values, .horizon = 5}, method, {.origin_count = 3, .step = 2, .training_least = 10});
    ASSERT_TRUE(origins.ok());
    EXPECT_EQ(seen, (std::vector<std::size_t>{21, 23, 25}));
    EXPECT_EQ(origins->back().actual, (std::vector<double>{26, 27, 28, 29, 30}));
    EXPECT_EQ(origins->back().mean, std::vector<double>(5, 25.0));
    EXPECT_EQ(origins->back().training_count, 25U);
}

TEST(Backtest, ShortHistoriesHaveFewerOriginsOrNone) {
    const std::vector<double> values = counting(17);
    const auto count = [&](int training_least) {
        return backtest({.values = values, .horizon = 4}, forecast_seasonal_naive,
                        {.origin_count = 4, .training_least = training_least})
            ->size();
    };
    EXPECT_EQ(count(1), 4U);
    EXPECT_EQ(count(5), 3U);
    EXPECT_EQ(count(13), 1U);
    EXPECT_EQ(count(14), 0U);
    EXPECT_FALSE(score({.values = values}, {}));
}

TEST(Backtest, ScoreByHand) {
    const std::vector<double> values = counting(12);
    const Request request{.values = values, .horizon = 2};
    const auto origins = backtest(request, forecast_seasonal_naive, {.origin_count = 2, .training_least = 1});
    ASSERT_TRUE(origins.ok());
    const auto result = score(request, *origins); // 8, 8 of 9, 10 and 10, 10 of 11, 12
    ASSERT_TRUE(result);
    EXPECT_EQ(result->origin_count, 2U);
    EXPECT_NEAR(*result->wape, 100 * 6.0 / 42, 1e-12);
    EXPECT_NEAR(*result->bias, -100 * 6.0 / 42, 1e-12);
    EXPECT_NEAR(*result->mase, 1.5, 1e-12);
    EXPECT_NEAR(result->smape, 50 * (1 / 17.0 + 2 / 18.0 + 1 / 21.0 + 2 / 22.0), 1e-12);
}

TEST(Backtest, ErrorsOfTheRequestComeBack) {
    EXPECT_EQ(backtest({.values = {}}, forecast_seasonal_naive, {}).error().code, "forecast.empty");
}

TEST(Backtest, OriginsTooShortForTheMethodAreLeftOut) {
    const std::vector<double> values = counting(30);
    const auto method = [](const Request& request) -> base::Result<Forecast> {
        if (request.values.size() < 22) {
            return base::data_error("forecast.too_short", "too few");
        }
        return forecast_seasonal_naive(request);
    };
    const Request request{.values = values, .horizon = 5};
    const auto origins = backtest(request, method, {.origin_count = 3, .step = 2, .training_least = 10});
    ASSERT_TRUE(origins.ok());
    ASSERT_EQ(origins->size(), 2U);
    EXPECT_EQ(origins->front().training_count, 23U);
    const auto broken = [](const Request&) -> base::Result<Forecast> {
        return base::data_error("forecast.negative_demand", "a refund");
    };
    EXPECT_EQ(backtest(request, broken, {}).error().code, "forecast.negative_demand");
}

TEST(Request, SeasonAndHorizonAreBounded) {
    const std::vector<double> values = counting(3);
    EXPECT_EQ(check_request({.values = values, .season = 2'000'000'000}).error().code, "forecast.season");
    EXPECT_EQ(check_request({.values = values, .horizon = 2'000'000'000}).error().code, "forecast.horizon");
    EXPECT_TRUE(check_request({.values = values, .season = 365, .horizon = 1100}).ok());
}

} // namespace florin::forecast
