#include "forecast/profile.hpp"

#include "forecast/made_series_test.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace florin::forecast {

namespace {

struct Profile {
    const char* name;
    base::Result<Forecast> (*forecast)(const Request&);
};
const std::vector<Profile> kProfiles = {{"accurate", &forecast_accurate}, {"fast", &forecast_fast}};

std::vector<double> days(int count, double level) {
    static const std::vector<double> week = {1.1, 1.15, 1.12, 1.1, 1.05, 0.75, 0.73};
    made::Noise noise(51);
    std::vector<double> values;
    for (int t = 0; t < count; ++t) {
        values.push_back(level * week[static_cast<std::size_t>(t % 7)] * (1 + 0.0005 * t) * (1 + 0.05 * noise()));
    }
    return values;
}

} // namespace

TEST(Profiles, AWeekAndATrendGoOn) {
    const std::vector<double> values = days(200, 1000);
    for (const Profile& profile : kProfiles) {
        const auto forecast = profile.forecast({.values = std::span(values).first(186), .season = 7, .horizon = 14});
        ASSERT_TRUE(forecast.ok()) << profile.name;
        for (std::size_t k = 0; k < 14; ++k) {
            EXPECT_NEAR(forecast->mean[k] / values[186 + k], 1, 0.07) << profile.name << " step " << k;
        }
        const auto paths = simulate_paths(*forecast, 50, 9);
        EXPECT_EQ(paths.size(), 50U);
        EXPECT_EQ(paths, simulate_paths(*forecast, 50, 9)) << "one seed, one set of paths";
        EXPECT_NE(paths[0], paths[1]);
    }
}

TEST(Profiles, OddHistoriesGiveFiniteForecasts) {
    made::Noise noise(52);
    std::vector<std::vector<double>> histories = {{5},
                                                  {5, 6},
                                                  {5, 6, 7},
                                                  {0},
                                                  std::vector<double>(40, 0.0),
                                                  std::vector<double>(40, 12.5),
                                                  {-3, -2, -5, -4, -3, -6}};
    std::vector<double> spikes(60, 0.0);
    spikes[20] = 1e9;
    histories.push_back(spikes);
    std::vector<double> refunds;
    for (int t = 0; t < 60; ++t) {
        refunds.push_back(100 * noise() + (t % 30 == 0 ? -4000 : 50));
    }
    histories.push_back(refunds);
    std::vector<double> huge;
    std::vector<double> tiny;
    for (int t = 0; t < 50; ++t) {
        huge.push_back(1e14 * (2 + noise()));
        tiny.push_back(1e-9 * (2 + noise()));
    }
    histories.push_back(huge);
    histories.push_back(tiny);
    std::vector<double> starts_late(30, 0.0);
    for (int t = 0; t < 30; ++t) {
        starts_late.push_back(10 + noise());
    }
    histories.push_back(starts_late);
    for (std::size_t i = 0; i < histories.size(); ++i) {
        for (const Profile& profile : kProfiles) {
            const auto forecast = profile.forecast({.values = histories[i], .season = 7, .horizon = 21});
            ASSERT_TRUE(forecast.ok()) << profile.name << " of history " << i;
            ASSERT_EQ(forecast->mean.size(), 21U);
            ASSERT_EQ(forecast->residuals.size(), histories[i].size());
            const auto [least, most] = std::ranges::minmax_element(histories[i]);
            const double room = 3 * (*most - *least) + 1e-9 * std::abs(*most);
            for (const double mean : forecast->mean) {
                EXPECT_TRUE(mean >= *least - room && mean <= *most + room)
                    << profile.name << " of history " << i << ": " << mean << " by " << forecast->method;
            }
        }
    }
}

TEST(Profiles, ConstantHistoriesStayAsTheyAre) {
    for (const double level : {0.0, 7.25, -3.0}) {
        const std::vector<double> values(50, level);
        for (const Profile& profile : kProfiles) {
            const auto forecast = profile.forecast({.values = values, .season = 7, .horizon = 10});
            ASSERT_TRUE(forecast.ok());
            for (const double mean : forecast->mean) {
                EXPECT_NEAR(mean, level, 1e-6) << profile.name;
            }
        }
    }
}

TEST(Profiles, WhatCannotBeForecastIsRefused) {
    const std::vector<double> broken = {1, std::numeric_limits<double>::quiet_NaN(), 3};
    for (const Profile& profile : kProfiles) {
        EXPECT_EQ(profile.forecast({.values = {}}).error().code, "forecast.empty");
        EXPECT_EQ(profile.forecast({.values = broken}).error().code, "forecast.not_finite");
        EXPECT_EQ(profile.forecast({.values = broken, .horizon = 0}).error().code, "forecast.horizon");
    }
}

TEST(Profiles, TogetherIsAForecastForEach) {
    std::vector<std::vector<double>> all;
    for (int i = 0; i < 12; ++i) {
        all.push_back(days(120, 100.0 * (i + 1)));
    }
    std::vector<Request> requests;
    for (const auto& values : all) {
        requests.push_back({.values = values, .season = 7, .horizon = 7});
    }
    const auto forecasts = forecast_accurate_together(requests);
    ASSERT_TRUE(forecasts.ok());
    ASSERT_EQ(forecasts->size(), 12U);
    EXPECT_NE((*forecasts)[3].method.find("pooled regression"), std::string::npos);
    EXPECT_NEAR((*forecasts)[3].mean[0] / (*forecasts)[0].mean[0], 4, 0.4);
    EXPECT_TRUE(forecast_accurate_together({})->empty());
}

} // namespace florin::forecast
