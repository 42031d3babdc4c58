#include "period/period.hpp"

#include "base/check.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace florin::period {
namespace {

using std::chrono::days;

Day fiscal_day(std::string_view text) {
    return parse_day(text).value();
}
Period half_open(std::string_view first, std::string_view last) {
    return {fiscal_day(first), fiscal_day(last) + days{1}};
}

TEST(FiscalCalendar, OfCalendarMonthsIsNamedAfterItsEnd) {
    const FiscalCalendar plain;
    EXPECT_EQ(plain.year(2024), half_open("2024-01-01", "2024-12-31"));
    const FiscalCalendar from_april{.start_month = std::chrono::April};
    EXPECT_EQ(from_april.year(2024), half_open("2023-04-01", "2024-03-31"));
    EXPECT_EQ(from_april.quarter(2024, 4), half_open("2024-01-01", "2024-03-31"));
    EXPECT_EQ(from_april.month(2024, 11), half_open("2024-02-01", "2024-02-29"));
    EXPECT_EQ(from_april.position(fiscal_day("2024-03-31")), (FiscalCalendar::Position{2024, 4, 12}));
    EXPECT_EQ(from_april.position(fiscal_day("2024-04-01")), (FiscalCalendar::Position{2025, 1, 1}));
    EXPECT_THROW((void)plain.month(2024, 13), base::BugError);
    EXPECT_THROW((void)plain.quarter(2024, 0), base::BugError);
}

// The National Retail Federation's 4-5-4 calendar: Sundays nearest to the 1st of February. It names a
// year after its start, Florin after its end; 2023 (here 2024) has 53 weeks, from 29 January 2023 to
// 3 February 2024.
TEST(FiscalCalendar, OfRetailersHasTheirYears) {
    const FiscalCalendar retail{
        .start_month = std::chrono::February, .pattern = FiscalPattern::k454, .first_weekday = std::chrono::Sunday};
    EXPECT_EQ(retail.year(2023), half_open("2022-01-30", "2023-01-28"));
    EXPECT_EQ(retail.year(2024), half_open("2023-01-29", "2024-02-03"));
    EXPECT_EQ(retail.year(2025), half_open("2024-02-04", "2025-02-01"));
    EXPECT_EQ(retail.month(2025, 1), half_open("2024-02-04", "2024-03-02"));
    EXPECT_EQ(retail.month(2025, 2), half_open("2024-03-03", "2024-04-06"));
    EXPECT_EQ(retail.month(2025, 3), half_open("2024-04-07", "2024-05-04"));
    EXPECT_EQ(retail.month(2024, 12), half_open("2023-12-31", "2024-02-03")); // 4 weeks and the 53rd
}

TEST(FiscalCalendar, OfWeeksStartsOnTheNearestWeekday) {
    const FiscalCalendar january{.pattern = FiscalPattern::k445};
    EXPECT_EQ(january.year(2024).start, fiscal_day("2024-01-01")); // a Monday
    EXPECT_EQ(january.year(2025).start, fiscal_day("2024-12-30")); // from a Wednesday two days back
    EXPECT_EQ(january.year(2021).start, fiscal_day("2021-01-04")); // from a Friday three days ahead
    EXPECT_EQ(january.year(2026).start, fiscal_day("2025-12-29")); // from a Thursday three days back
    EXPECT_EQ(january.position(fiscal_day("2025-12-29")), (FiscalCalendar::Position{2026, 1, 1}));
    EXPECT_EQ(january.position(fiscal_day("2021-01-03")), (FiscalCalendar::Position{2020, 4, 12}));
}

std::vector<FiscalCalendar> all_calendars() {
    std::vector<FiscalCalendar> out;
    for (unsigned month = 1; month <= 12; ++month) {
        for (const FiscalPattern pattern :
             {FiscalPattern::kCalendarMonths, FiscalPattern::k445, FiscalPattern::k454, FiscalPattern::k544}) {
            for (unsigned weekday = 0; weekday < (pattern == FiscalPattern::kCalendarMonths ? 1U : 7U); ++weekday) {
                out.push_back({std::chrono::month{month}, pattern, std::chrono::weekday{weekday}});
            }
        }
    }
    return out;
}

std::string described(const FiscalCalendar& calendar) {
    return "start month " + std::to_string(unsigned{calendar.start_month}) + ", pattern " +
           std::to_string(static_cast<int>(calendar.pattern)) + ", weekday " +
           std::to_string(calendar.first_weekday.c_encoding());
}

/// Weeks of the twelve months of a 52-week year.
std::array<int, 3> weeks_of(FiscalPattern pattern) {
    switch (pattern) {
    case FiscalPattern::k445: return {4, 4, 5};
    case FiscalPattern::k454: return {4, 5, 4};
    default: return {5, 4, 4};
    }
}

TEST(FiscalCalendar, YearsOfWeeksHaveTheirPatternAndStartNearby) {
    for (const FiscalCalendar& calendar : all_calendars()) {
        if (calendar.pattern == FiscalPattern::kCalendarMonths) {
            continue;
        }
        SCOPED_TRACE(described(calendar));
        const std::array<int, 3> pattern = weeks_of(calendar.pattern);
        int long_years = 0;
        for (int year = 1970; year <= 2199; ++year) {
            const Period whole = calendar.year(year);
            ASSERT_EQ(std::chrono::weekday{whole.start}, calendar.first_weekday);
            const int calendar_year = calendar.start_month == std::chrono::January ? year : year - 1;
            const Day anchor = std::chrono::year{calendar_year} / calendar.start_month / 1;
            ASSERT_LE(std::abs((whole.start - anchor).count()), 3);
            const int weeks = whole.days() / 7;
            ASSERT_EQ(whole.days() % 7, 0);
            ASSERT_TRUE(weeks == 52 || weeks == 53);
            long_years += weeks == 53 ? 1 : 0;
            for (int number = 1; number <= 12; ++number) {
                const int extra = number == 12 && weeks == 53 ? 1 : 0;
                const int month_weeks = pattern[static_cast<std::size_t>((number - 1) % 3)] + extra;
                ASSERT_EQ(calendar.month(year, number).days(), 7 * month_weeks);
            }
        }
        EXPECT_NEAR(long_years, 41, 2); // 230 years x 365.2425 days are 41 weeks more than 52 each
    }
}

TEST(FiscalCalendar, PositionIsTheInverseOfMonthQuarterAndYear) {
    for (const FiscalCalendar& calendar : all_calendars()) {
        SCOPED_TRACE(described(calendar));
        for (int year = 1970; year <= 2199; ++year) {
            for (int number = 1; number <= 12; ++number) {
                const Period month = calendar.month(year, number);
                const FiscalCalendar::Position expected{year, (number + 2) / 3, number};
                ASSERT_EQ(calendar.position(month.start), expected) << to_string(month);
                ASSERT_EQ(calendar.position(month.end - days{1}), expected) << to_string(month);
                const Period quarter = calendar.quarter(year, expected.quarter);
                ASSERT_TRUE(quarter.start <= month.start && month.end <= quarter.end);
                const Period whole = calendar.year(year);
                ASSERT_TRUE(whole.start <= quarter.start && quarter.end <= whole.end);
            }
        }
    }
}

TEST(Steps, TileTheYearsWithoutGapOrOverlap) {
    const Period years = half_open("1970-01-01", "2199-12-31");
    for (const FiscalCalendar& calendar : all_calendars()) {
        SCOPED_TRACE(described(calendar));
        const bool first = calendar == all_calendars().front();
        for (const Grain grain : {Grain::kDay, Grain::kWeek, Grain::kMonth, Grain::kQuarter, Grain::kYear,
                                  Grain::kFiscalMonth, Grain::kFiscalQuarter, Grain::kFiscalYear}) {
            if (!first && grain < Grain::kFiscalMonth) {
                continue; // the calendar says nothing about them
            }
            const std::vector<Period> tiles = steps(years, grain, calendar);
            ASSERT_LE(tiles.front().start, years.start);
            ASSERT_GT(tiles.front().end, years.start);
            ASSERT_GE(tiles.back().end, years.end);
            ASSERT_LT(tiles.back().start, years.end);
            std::string last_label;
            for (std::size_t i = 0; i < tiles.size(); ++i) {
                ASSERT_TRUE(i == 0 || tiles[i - 1].end == tiles[i].start) << to_string(tiles[i]);
                ASSERT_EQ(step_of(tiles[i].start, grain, calendar), tiles[i]);
                ASSERT_EQ(step_of(tiles[i].end - days{1}, grain, calendar), tiles[i]);
                const std::string label = step_label(tiles[i].start, grain, calendar);
                ASSERT_EQ(step_label(tiles[i].end - days{1}, grain, calendar), label);
                ASSERT_GT(label, last_label);
                last_label = label;
            }
        }
    }
}

/// Labels of all steps but weeks are periods that people may type: they read back as the step.
TEST(StepLabel, IsReadBackAsThePeriod) {
    for (const FiscalCalendar& calendar : all_calendars()) {
        SCOPED_TRACE(described(calendar));
        for (const Grain grain : {Grain::kDay, Grain::kMonth, Grain::kQuarter, Grain::kYear, Grain::kFiscalMonth,
                                  Grain::kFiscalQuarter, Grain::kFiscalYear}) {
            for (const Period& step : steps(half_open("2019-06-01", "2026-06-30"), grain, calendar)) {
                const std::string label = step_label(step.start, grain, calendar);
                ASSERT_EQ(parse_period(label, fiscal_day("2024-09-18"), calendar).value(), step) << label;
            }
        }
    }
}

} // namespace
} // namespace florin::period
