#include "forecast/calendar_regression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace florin::forecast {
namespace {

using testing::Contains;
using testing::ElementsAre;
using Values = std::vector<double>;

period::Day day(std::string_view text) {
    return period::parse_day(text).value();
}

TEST(CalendarColumns, DaysAreWhatTheCalendarSays) {
    // 2024-02-28 is a Wednesday, of a leap year.
    const CalendarColumns found =
        calendar_columns({.first = day("2024-02-28"), .holidays = {day("2024-03-02"), day("2024-03-01")}}, 5);
    EXPECT_THAT(found.names, ElementsAre("tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
                                         "month first", "month last", "holiday"));
    EXPECT_THAT(found.columns[0], ElementsAre(0, 0, 0, 0, 0));
    EXPECT_THAT(found.columns[1], ElementsAre(1, 0, 0, 0, 0));
    EXPECT_THAT(found.columns[3], ElementsAre(0, 0, 1, 0, 0));
    EXPECT_THAT(found.columns[5], ElementsAre(0, 0, 0, 0, 1));
    EXPECT_THAT(found.columns[6], ElementsAre(0, 0, 1, 0, 0));
    EXPECT_THAT(found.columns[7], ElementsAre(0, 1, 0, 0, 0));
    EXPECT_THAT(found.columns[8], ElementsAre(0, 0, 1, 1, 0));
}

TEST(CalendarColumns, MonthsAreWhatTheCalendarSays) {
    // January 2024: 31 days, 8 of weekends; February: 29 and 8; March: 31 and 10. 1 January was a Monday, 6 a Saturday.
    const CalendarColumns found = calendar_columns(
        {.first = day("2024-01-15"), .step = CalendarStep::kMonth, .holidays = {day("2024-01-01"), day("2024-01-06")}},
        3);
    EXPECT_THAT(found.names, ElementsAre("days", "weekend days", "holidays"));
    EXPECT_THAT(found.columns[0], ElementsAre(3, 1, 3));
    EXPECT_THAT(found.columns[1], ElementsAre(0, 0, 2));
    EXPECT_THAT(found.columns[2], ElementsAre(1, 0, 0));
}

/// 200 days from a Monday: a line, cheap weekends, a fee on the first of each month, two holidays, and noise.
struct Invented {
    Calendar calendar{.first = day("2024-01-01"),
                      .holidays = {day("2024-03-29"), day("2024-05-01"), day("2024-07-20")}};
    Values values;

    explicit Invented(double noise) {
        const CalendarColumns columns = calendar_columns(calendar, 200);
        std::mt19937_64 random(5);
        std::normal_distribution<double> normal(0.0, 1.0);
        for (std::size_t t = 0; t < 200; ++t) {
            values.push_back(500.0 + 0.5 * static_cast<double>(t) - 80.0 * columns.columns[4][t] -
                             90.0 * columns.columns[5][t] + 300.0 * columns.columns[6][t] -
                             50.0 * columns.columns[8][t] + noise * normal(random));
        }
    }
};

TEST(CalendarRegression, WhatWasPutInIsFound) {
    const Invented exact(0.0);
    const auto found = estimate_calendar({.values = exact.values, .horizon = 30}, exact.calendar);
    ASSERT_TRUE(found.ok());
    EXPECT_NEAR(found->slope, 0.5, 1e-9);
    EXPECT_NEAR(found->effects[4], -80.0, 1e-8);
    EXPECT_NEAR(found->effects[5], -90.0, 1e-8);
    EXPECT_NEAR(found->effects[6], 300.0, 1e-8);
    EXPECT_NEAR(found->effects[7], 0.0, 1e-8);
    EXPECT_NEAR(found->effects[8], -50.0, 1e-8);
    EXPECT_TRUE(found->not_seen.empty());
    // Day 200 is Friday, 19 July; then a Saturday that is a holiday; 1 August is day 213.
    const auto forecast = forecast_calendar({.values = exact.values, .horizon = 30}, exact.calendar);
    ASSERT_TRUE(forecast.ok());
    EXPECT_NEAR(forecast->mean[0], 600.0, 1e-8);
    EXPECT_NEAR(forecast->mean[1], 600.5 - 80.0 - 50.0, 1e-8);
    EXPECT_NEAR(forecast->mean[13], 606.5 + 300.0, 1e-8);
}

TEST(CalendarRegression, NoiseAndOutliersMoveItLittle) {
    Invented noisy(5.0);
    noisy.values[50] = 50'000.0;
    noisy.values[120] = -30'000.0;
    const auto found = estimate_calendar({.values = noisy.values, .horizon = 1}, noisy.calendar);
    ASSERT_TRUE(found.ok());
    EXPECT_NEAR(found->effects[5], -90.0, 6.0); // standard error about 1.4
    EXPECT_NEAR(found->effects[6], 300.0, 10.0);
    EXPECT_NEAR(found->slope, 0.5, 0.05);
}

TEST(CalendarRegression, AnEffectThatWasNotSeenIsNamed) {
    Invented exact(0.0);
    exact.calendar.holidays = {day("2024-08-01")};
    const auto found = estimate_calendar({.values = exact.values, .horizon = 30}, exact.calendar);
    ASSERT_TRUE(found.ok());
    EXPECT_THAT(found->not_seen, ElementsAre("holiday"));
    EXPECT_EQ(found->effects[8], 0.0);
}

TEST(CalendarRegression, AnyMethodMayForecastTheRest) {
    const Invented exact(0.0);
    const Method last = [](const Request& request) -> base::Result<Forecast> {
        Forecast forecast;
        forecast.method = "naive";
        forecast.mean.assign(static_cast<std::size_t>(request.horizon), request.values.back());
        forecast.path = [mean = forecast.mean](std::span<const std::size_t>) { return mean; };
        return forecast;
    };
    const auto forecast = forecast_calendar({.values = exact.values, .horizon = 14}, exact.calendar, last);
    ASSERT_TRUE(forecast.ok());
    EXPECT_EQ(forecast->method, "calendar + naive");
    EXPECT_NEAR(forecast->mean[0], 599.5, 1e-8); // the last value of the line
    EXPECT_NEAR(forecast->mean[13], 599.5 + 300.0, 1e-8);
    EXPECT_EQ(forecast->path(std::vector<std::size_t>(14)), forecast->mean);
}

TEST(CalendarRegression, TooLittleHistoryIsAnError) {
    const Values few(10, 1.0);
    EXPECT_EQ(estimate_calendar({.values = few, .horizon = 1}, {.first = day("2024-01-01")}).error().code,
              "forecast.too_short");
}

} // namespace
} // namespace florin::forecast
