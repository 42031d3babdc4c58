#include "app/forecast_spend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace florin::app {
namespace {

using money::Decimal;
using period::Day;
using std::chrono::days;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

Day day(const char* text) {
    return period::parse_day(text).value();
}

/// Cents, as a Decimal.
Decimal cents(double value) {
    return Decimal::parse(std::to_string(std::llround(100.0 * value) / 100) + "." +
                          (std::llround(100.0 * value) % 100 < 10 ? "0" : "") +
                          std::to_string(std::llround(100.0 * value) % 100))
        .value();
}

/// A weekday rhythm with some noise from a small generator of its own, so that it is the same everywhere.
SpendLeaf leaf(std::optional<std::string> name, double level, std::size_t day_count, unsigned seed,
               std::size_t cohort = 0) {
    SpendLeaf made{.key = {std::move(name)}, .is_rest = false, .cohort = cohort, .amounts = {}};
    for (std::size_t i = 0; i < day_count; ++i) {
        seed = seed * 1664525U + 1013904223U;
        const double noise = static_cast<double>(seed >> 8U) / static_cast<double>(1U << 24U) - 0.5;
        made.amounts.push_back(cents(level * (i % 7 >= 5 ? 0.6 : 1.0) * (1.0 + 0.1 * noise)));
    }
    return made;
}

SpendHistory history(std::vector<SpendLeaf> leaves, std::vector<Day> ends) {
    return {.start = day("2026-06-01"),
            .cohort_ends = std::move(ends),
            .blocks = {{.currency = "USD", .leaves = std::move(leaves)}},
            .feeds = {},
            .notes = {}};
}

ForecastSpendRequest request_of_parts() {
    ForecastSpendRequest request;
    request.question.dimensions = {"service_name"};
    request.horizon = {.days = 40};
    request.path_count = 300;
    return request;
}

TEST(ForecastSpend, AllPartsAndTheRestAreMadeToAgree) {
    std::vector<SpendLeaf> leaves;
    for (unsigned i = 0; i < kSpendPartsMax; ++i) {
        leaves.push_back(leaf("part " + std::to_string(i), 300.0 - i, 122, i));
    }
    leaves.push_back(leaf(std::nullopt, 50.0, 122, 1000));
    leaves.back().is_rest = true;
    ForecastSpendRequest request = request_of_parts();
    request.profile = forecast::Profile::kFast;
    const SpendHistory alone = history({leaves.front()}, {day("2026-10-01")});
    const SpendHistory all = history(std::move(leaves), {day("2026-10-01")});
    const SpendForecast of_one = forecast_history(alone, request, {}, 2).value();
    const SpendForecast of_all = forecast_history(all, request, {}, 2).value();
    ASSERT_THAT(of_all.blocks[0].parts, SizeIs(kSpendPartsMax + 1));
    const auto same = std::ranges::find(of_all.blocks[0].parts, of_one.blocks[0].parts[0].key, &SpendLine::key);
    ASSERT_NE(same, of_all.blocks[0].parts.end());
    EXPECT_NE(same->mean, of_one.blocks[0].parts[0].mean);
}

TEST(ForecastSpend, PartsSumToTheWholeToTheLastDigit) {
    const SpendHistory made = history(
        {leaf("a", 100.0, 122, 1), leaf("b", 33.3, 122, 2), leaf(std::nullopt, 7.0, 122, 3)}, {day("2026-10-01")});
    const SpendForecast found = forecast_history(made, request_of_parts(), {}, 2).value();
    ASSERT_THAT(found.blocks, SizeIs(1));
    const SpendForecastBlock& block = found.blocks[0];
    ASSERT_THAT(block.parts, SizeIs(3));
    EXPECT_EQ(found.ahead, (period::Period{day("2026-10-01"), day("2026-11-10")}));
    for (std::size_t i = 0; i < 40; ++i) {
        Decimal sum;
        for (const SpendLine& part : block.parts) {
            sum = sum.plus(part.mean[i]).value();
            EXPECT_EQ(part.mean[i], part.mean[i].rounded(2, money::Rounding::kHalfEven).value());
        }
        EXPECT_EQ(sum, block.total.mean[i]) << i;
    }
    // The level of made series is known: 5 of 7 days at 1, 2 at 0.6.
    const double expected = 140.3 * (5.0 + 1.2) / 7.0 * 40.0;
    EXPECT_NEAR(static_cast<double>(block.total.whole.expected.units()) / 1e18, expected, 0.03 * expected);
    ASSERT_THAT(block.total.steps, SizeIs(2));
    EXPECT_TRUE(block.total.steps[1].is_cut);
    EXPECT_EQ(block.total.steps[0].expected.plus(block.total.steps[1].expected).value(), block.total.whole.expected);
    for (const SpendStep& step : block.total.steps) {
        ASSERT_THAT(step.bands, SizeIs(2));
        EXPECT_LT(step.bands[1].lower, step.bands[0].lower);
        EXPECT_LT(step.bands[0].lower, step.expected);
        EXPECT_LT(step.expected, step.bands[0].upper);
        EXPECT_LT(step.bands[0].upper, step.bands[1].upper);
    }
}

TEST(ForecastSpend, FuturesAreEqualForEqualSeeds) {
    const SpendHistory made = history({leaf(std::nullopt, 100.0, 122, 1)}, {day("2026-10-01")});
    ForecastSpendRequest request;
    request.horizon = {.end_of = period::Grain::kMonth};
    const SpendForecast one = forecast_history(made, request, {}, 2).value();
    const SpendForecast other = forecast_history(made, request, {}, 1).value();
    EXPECT_THAT(one.blocks[0].parts, SizeIs(0));
    EXPECT_THAT(one.blocks[0].paths, SizeIs(1000));
    EXPECT_EQ(one.blocks[0].paths, other.blocks[0].paths);
    request.seed = 2;
    EXPECT_NE(one.blocks[0].paths, forecast_history(made, request, {}, 1).value().blocks[0].paths);
}

TEST(ForecastSpend, WhatFasterFeedsDeliveredIsPartOfIt) {
    // One feed is complete to the end of September, the other to October 15: its days are known, exactly.
    const SpendHistory made =
        history({leaf("a", 100.0, 122, 1, 0), leaf("a", 50.0, 136, 2, 1)}, {day("2026-10-01"), day("2026-10-15")});
    ForecastSpendRequest request = request_of_parts();
    request.horizon = {.days = 14};
    const SpendForecast found = forecast_history(made, request, {}, 2).value();
    const SpendLine& part = found.blocks[0].parts.at(0);
    ASSERT_THAT(found.blocks[0].parts, SizeIs(1));
    request.question.dimensions.clear();
    const SpendHistory slow = history({leaf("a", 100.0, 122, 1, 0)}, {day("2026-10-01")});
    const SpendLine alone = forecast_history(slow, request, {}, 2).value().blocks[0].total;
    for (std::size_t i = 0; i < 14; ++i) {
        EXPECT_EQ(part.mean[i], alone.mean[i].plus(made.blocks[0].leaves[1].amounts[122 + i]).value()) << i;
    }
}

TEST(ForecastSpend, MonthsInProgressHaveWhatWasSpent) {
    const SpendHistory made = history({leaf(std::nullopt, 100.0, 136, 1)}, {day("2026-10-15")});
    ForecastSpendRequest request;
    request.horizon = {.months = 2};
    const SpendForecast found = forecast_history(made, request, {}, 1).value();
    const SpendLine& total = found.blocks[0].total;
    ASSERT_THAT(total.steps, SizeIs(3));
    Decimal spent;
    for (std::size_t i = 122; i < 136; ++i) {
        spent = spent.plus(total.history[i]).value();
    }
    EXPECT_EQ(total.steps[0].actual, spent);
    EXPECT_GT(total.steps[0].bands[0].lower, spent);
    EXPECT_EQ(total.steps[1].actual, Decimal());
}

TEST(ForecastSpend, ShortHistoriesSayWhatTheyRestOn) {
    ForecastSpendRequest request;
    request.horizon = {.days = 10};
    const SpendForecast found =
        forecast_history(history({leaf(std::nullopt, 10.0, 9, 1)}, {day("2026-06-10")}), request, {}, 1).value();
    EXPECT_THAT(found.notes, ElementsAre(HasSubstr("9 days of history only")));
    EXPECT_THAT(found.blocks[0].total.steps[0].bands, SizeIs(2));
    const auto refused =
        forecast_history(history({leaf(std::nullopt, 10.0, 6, 1)}, {day("2026-06-07")}), request, {}, 1);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "forecast.too_short");
}

TEST(CompleteEnd, IsADayBeforeTheExportAndNotAfterTheLastCharges) {
    FeedDays feed{
        .charge_days = {}, .period_end = day("2026-11-01"), .ordered_at = day("2026-10-21"), .stated_complete = false};
    for (Day at = day("2026-09-01"); at < day("2026-10-21"); at += days(1)) {
        feed.charge_days.push_back(at);
    }
    // The 20th is there, but its day ended only when it was exported.
    EXPECT_EQ(complete_end(feed), day("2026-10-20"));
    // A bill that was fetched long after it was exported: its last day tells.
    feed.ordered_at = day("2026-11-09");
    EXPECT_EQ(complete_end(feed), day("2026-10-21"));
    feed.stated_complete = true;
    EXPECT_EQ(complete_end(feed), day("2026-11-01"));
    // A vendor that bills once a month is complete until its next bill is due.
    FeedDays monthly{.charge_days = {day("2026-08-01"), day("2026-09-01"), day("2026-10-01")},
                     .period_end = day("2026-11-01"),
                     .ordered_at = day("2026-10-21"),
                     .stated_complete = false};
    EXPECT_EQ(complete_end(monthly), day("2026-10-20"));
}

TEST(Horizon, IsReadAsPeopleWriteIt) {
    const Day first = day("2026-11-15");
    const auto end = [&](const char* text) { return end_of(parse_horizon(text, {}).value(), first, {}).value(); };
    EXPECT_EQ(end("90d"), day("2027-02-13"));
    EXPECT_EQ(end("90 Days"), day("2027-02-13"));
    EXPECT_EQ(end("2 weeks"), day("2026-11-29"));
    EXPECT_EQ(end("3 months"), day("2027-02-15"));
    EXPECT_EQ(end("1 year"), day("2027-11-15"));
    EXPECT_EQ(end("end of year"), day("2027-01-01"));
    EXPECT_EQ(end("end-of-month"), day("2026-12-01"));
    EXPECT_EQ(end("2027-03"), day("2027-04-01"));
    EXPECT_EQ(end("2026-12-24"), day("2026-12-25"));
    const period::FiscalCalendar fiscal{.start_month = std::chrono::February};
    EXPECT_EQ(end_of(parse_horizon("end of fiscal year", fiscal).value(), first, fiscal).value(), day("2027-02-01"));
    for (const char* wrong : {"", "soon", "0d", "-3 months", "90", "2000d", "last-month", "2026-01..2026-03", "d"}) {
        EXPECT_EQ(parse_horizon(wrong, {}).error().code, "forecast.horizon") << wrong;
    }
    EXPECT_FALSE(end_of(parse_horizon("2026-10", {}).value(), first, {}).ok());
    EXPECT_FALSE(end_of(parse_horizon("2039", {}).value(), first, {}).ok());
}

} // namespace
} // namespace florin::app
