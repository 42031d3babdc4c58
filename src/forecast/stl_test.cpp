#include "forecast/stl.hpp"

#include "forecast/published_series_test.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <map>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

struct Frozen {
    double seasonal;
    double trend;
};

void expect_parts(const StlFit& fit, const std::map<std::size_t, Frozen>& expected) {
    for (const auto& [number, parts] : expected) {
        EXPECT_NEAR(fit.seasonal[number - 1], parts.seasonal, 1e-8) << number;
        EXPECT_NEAR(fit.trend[number - 1], parts.trend, 1e-8) << number;
    }
}

void expect_sums(const StlFit& fit, const Values& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NEAR(fit.seasonal[i] + fit.trend[i] + fit.remainder[i], values[i], 1e-9);
    }
}

// R 4.2.2: stl(AirPassengers, s.window = "periodic")$time.series
TEST(Stl, AConstantSeasonIsThatOfR) {
    const auto fit = stl(published::kAirPassengers, {.period = 12});
    ASSERT_TRUE(fit.ok());
    expect_parts(*fit, {{1, {-25.4977183398, 127.187348437}},
                        {60, {-31.7405155017, 227.021501512}},
                        {100, {-8.29905418525, 360.990024628}},
                        {143, {-57.4818505137, 494.377287354}},
                        {144, {-31.7405155017, 497.429905052}}});
    expect_sums(*fit, published::kAirPassengers);
    for (std::size_t i = 12; i < 144; ++i) {
        EXPECT_EQ(fit->seasonal[i], fit->seasonal[i - 12]);
    }
}

// R 4.2.2: stl(ts(AirPassengers[1:143], frequency = 12), s.window = 7, robust = TRUE). An odd number of values: of an
// even one the program behind R's stl takes, in some rounds, another value than the median.
TEST(Stl, ARobustFitIsThatOfR) {
    const Values values(published::kAirPassengers.begin(), published::kAirPassengers.end() - 1);
    const auto fit = stl(values, {.period = 12, .seasonal_window = 7, .robust = true});
    ASSERT_TRUE(fit.ok());
    expect_parts(*fit, {{1, {-13.29044351830, 122.878468703}},
                        {2, {-7.85353295371, 123.586683182}},
                        {60, {-23.63409553374, 228.482943566}},
                        {100, {-8.20198511746, 356.126342118}},
                        {142, {-27.89249429524, 491.312628611}},
                        {143, {-74.50365933150, 495.920909816}}});
    EXPECT_NEAR(fit->weights[0], 0.975127337093, 1e-9);
    EXPECT_NEAR(fit->weights[141], 0.975477811791, 1e-9);
    EXPECT_EQ(fit->weights[142], 0.0);
}

// R 4.2.2: stl(ts(log(AirPassengers), frequency = 12), s.window = 22, t.window = 31). An even window is made odd, and
// its fits are joined by lines.
TEST(Stl, LongWindowsAreThoseOfR) {
    Values logs = published::kAirPassengers;
    for (double& each : logs) {
        each = std::log(each);
    }
    const auto fit = stl(logs, {.period = 12, .seasonal_window = 22, .trend_window = 31});
    ASSERT_TRUE(fit.ok());
    expect_parts(*fit, {{1, {-0.0875724594742, 4.79801954183}},
                        {2, {-0.0979410570574, 4.80488349069}},
                        {60, {-0.103131141893, 5.42713483606}},
                        {100, {-0.0114072990593, 5.86791164498}},
                        {143, {-0.218166435814, 6.19990835494}},
                        {144, {-0.108146690597, 6.20898814379}}});
}

// R 4.2.2: stl(ts(AirPassengers[1:25], frequency = 12), s.window = 11): fewer values than most windows.
TEST(Stl, JustOverTwoSeasonsAreThoseOfR) {
    const Values values(published::kAirPassengers.begin(), published::kAirPassengers.begin() + 25);
    const auto fit = stl(values, {.period = 12, .seasonal_window = 11});
    ASSERT_TRUE(fit.ok());
    expect_parts(*fit, {{1, {-11.5764685997, 124.065596604}},
                        {2, {-7.33310561763, 124.540814882}},
                        {13, {-11.4313122855, 131.635926705}},
                        {24, {-9.992790415, 150.113227239}},
                        {25, {-11.2835577308, 151.892136401}}});
}

TEST(Stl, AnOutlierStaysInTheRemainder) {
    Values values;
    for (int i = 0; i < 140; ++i) {
        values.push_back(100.0 + i % 7 + 0.1 * ((i * 37) % 11)); // 37 and 11: a rest without a season of 7
    }
    values[70] += 1000.0;
    const auto fit = stl(values, {.period = 7, .robust = true});
    ASSERT_TRUE(fit.ok());
    EXPECT_EQ(fit->weights[70], 0.0);
    EXPECT_NEAR(fit->remainder[70], 1000.0, 2.0);
}

TEST(Stl, ConstantsHaveNoSeason) {
    const auto fit = stl(Values(50, 3.0), {.period = 7, .robust = true});
    ASSERT_TRUE(fit.ok());
    for (std::size_t i = 0; i < 50; ++i) {
        EXPECT_NEAR(fit->seasonal[i], 0.0, 1e-12);
        EXPECT_NEAR(fit->trend[i], 3.0, 1e-12);
    }
}

TEST(Stl, WhatCannotBeSplitIsAnError) {
    EXPECT_EQ(stl(Values(14, 1.0), {.period = 7}).error().code, "forecast.too_short");
    EXPECT_EQ(stl(Values{}, {.period = 7}).error().code, "forecast.too_short");
    EXPECT_EQ(stl(Values(14, 1.0), {.period = 1}).error().code, "forecast.season");
    EXPECT_EQ(stl(Values(14, 1.0), {.period = std::numeric_limits<int>::max()}).error().code, "forecast.too_short");
}

} // namespace
} // namespace florin::forecast
