#include "period/period.hpp"

#include "base/check.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace florin::period {
namespace {

using std::chrono::days;

Day day(std::string_view text) {
    return parse_day(text).value();
}
/// Both ends as people write them: last day included.
Period span(std::string_view first, std::string_view last) {
    return {day(first), day(last) + days{1}};
}

TEST(Months, StartAndStep) {
    EXPECT_EQ(month_start(day("2024-02-29")), day("2024-02-01"));
    EXPECT_EQ(add_months(day("2024-01-31"), 1), day("2024-02-01"));
    EXPECT_EQ(add_months(day("2024-01-31"), -1), day("2023-12-01"));
    EXPECT_EQ(add_months(day("2024-11-15"), 26), day("2027-01-01"));
    EXPECT_EQ(add_months(day("2024-11-15"), 0), day("2024-11-01"));
    EXPECT_EQ(month_of(day("2024-02-10")), span("2024-02-01", "2024-02-29"));
}

TEST(PeriodToString, IsAsPeopleWriteIt) {
    EXPECT_EQ(to_string(span("2024-09-01", "2024-09-30")), "2024-09");
    EXPECT_EQ(to_string(span("2024-09-01", "2024-09-29")), "2024-09-01..2024-09-29");
    EXPECT_EQ(to_string(span("2024-07-01", "2024-09-30")), "2024-07-01..2024-09-30");
    EXPECT_EQ(to_string(span("2024-09-18", "2024-09-18")), "2024-09-18..2024-09-18");
}

struct Pair {
    Period period;
    Period other;
};

TEST(Previous, StepsByMonthsOrByDays) {
    for (const Pair& one : std::array{Pair{span("2024-09-01", "2024-09-30"), span("2024-08-01", "2024-08-31")},
                                      Pair{span("2024-03-01", "2024-03-31"), span("2024-02-01", "2024-02-29")},
                                      Pair{span("2024-07-01", "2024-09-30"), span("2024-04-01", "2024-06-30")},
                                      Pair{span("2024-01-01", "2024-12-31"), span("2023-01-01", "2023-12-31")},
                                      Pair{span("2024-09-01", "2024-09-15"), span("2024-08-17", "2024-08-31")},
                                      Pair{span("2024-09-18", "2024-09-18"), span("2024-09-17", "2024-09-17")},
                                      Pair{span("2024-09-02", "2024-10-01"), span("2024-08-03", "2024-09-01")}}) {
        EXPECT_EQ(previous(one.period), one.other) << to_string(one.period);
    }
}

TEST(YearEarlier, KeepsTheDates) {
    for (const Pair& one : std::array{Pair{span("2024-09-01", "2024-09-15"), span("2023-09-01", "2023-09-15")},
                                      Pair{span("2024-02-01", "2024-02-29"), span("2023-02-01", "2023-02-28")},
                                      Pair{span("2025-02-01", "2025-02-28"), span("2024-02-01", "2024-02-29")},
                                      Pair{span("2025-02-28", "2025-02-28"), span("2024-02-28", "2024-02-28")},
                                      Pair{span("2024-02-29", "2024-02-29"), span("2023-02-28", "2023-02-28")},
                                      Pair{span("2024-02-10", "2024-02-28"), span("2023-02-10", "2023-02-28")},
                                      Pair{span("2024-01-15", "2024-02-29"), span("2023-01-15", "2023-02-28")},
                                      Pair{span("2024-12-25", "2025-01-05"), span("2023-12-25", "2024-01-05")}}) {
        EXPECT_EQ(year_earlier(one.period), one.other) << to_string(one.period);
    }
    EXPECT_EQ(year_earlier({day("2024-09-10"), day("2024-09-10")}), (Period{day("2023-09-10"), day("2023-09-10")}));
}

TEST(Period, IsHalfOpen) {
    const Period september = span("2024-09-01", "2024-09-30");
    EXPECT_TRUE(september.contains(day("2024-09-01")));
    EXPECT_TRUE(september.contains(day("2024-09-30")));
    EXPECT_FALSE(september.contains(day("2024-10-01")));
    EXPECT_EQ(september.days(), 30);
}

TEST(ParsePeriod, ReadsEveryForm) {
    struct Case {
        std::string_view text;
        Period period;
    };
    const FiscalCalendar from_july{.start_month = std::chrono::July};
    const Day today = day("2024-09-18");
    for (const Case& one : std::array{Case{"2024-09-18", span("2024-09-18", "2024-09-18")},
                                      Case{"2024-02-29", span("2024-02-29", "2024-02-29")},
                                      Case{"2024-09", span("2024-09-01", "2024-09-30")},
                                      Case{"2024-Q3", span("2024-07-01", "2024-09-30")},
                                      Case{"2024-q1", span("2024-01-01", "2024-03-31")},
                                      Case{"2024", span("2024-01-01", "2024-12-31")},
                                      Case{"FY2024", span("2023-07-01", "2024-06-30")},
                                      Case{"FY2024-Q3", span("2024-01-01", "2024-03-31")},
                                      Case{"FY2024-P09", span("2024-03-01", "2024-03-31")},
                                      Case{"fy2024-p9", span("2024-03-01", "2024-03-31")},
                                      Case{"2024-09-01..2024-09-15", span("2024-09-01", "2024-09-15")},
                                      Case{"2024-09-15..2024-09-15", span("2024-09-15", "2024-09-15")},
                                      Case{"2024-07..2024-09", span("2024-07-01", "2024-09-30")},
                                      Case{"2023..2024-Q1", span("2023-01-01", "2024-03-31")},
                                      Case{"FY2023..FY2024", span("2022-07-01", "2024-06-30")},
                                      Case{"2024-09-01..", span("2024-09-01", "2024-09-18")},
                                      Case{"2024-09-18..", span("2024-09-18", "2024-09-18")},
                                      Case{"2024..", span("2024-01-01", "2024-09-18")},
                                      Case{"today", span("2024-09-18", "2024-09-18")},
                                      Case{"yesterday", span("2024-09-17", "2024-09-17")},
                                      Case{"this-month", span("2024-09-01", "2024-09-30")},
                                      Case{"This Month", span("2024-09-01", "2024-09-30")},
                                      Case{"last-month", span("2024-08-01", "2024-08-31")},
                                      Case{"this-quarter", span("2024-07-01", "2024-09-30")},
                                      Case{"last quarter", span("2024-04-01", "2024-06-30")},
                                      Case{"this-year", span("2024-01-01", "2024-12-31")},
                                      Case{"last-year", span("2023-01-01", "2023-12-31")},
                                      Case{"last-30-days", span("2024-08-19", "2024-09-17")},
                                      Case{"last 30 days", span("2024-08-19", "2024-09-17")},
                                      Case{"last-1-days", span("2024-09-17", "2024-09-17")},
                                      Case{"last-6-months", span("2024-03-01", "2024-08-31")},
                                      Case{"last 12 months", span("2023-09-01", "2024-08-31")}}) {
        const base::Result<Period> parsed = parse_period(one.text, today, from_july);
        ASSERT_TRUE(parsed.ok()) << one.text << ": " << parsed.error().describe();
        EXPECT_EQ(*parsed, one.period) << one.text << " gave " << to_string(*parsed);
    }
}

TEST(ParsePeriod, PointsAtWhatItCannotRead) {
    struct Case {
        std::string_view text;
        std::uint64_t caret;
        std::string_view message;
    };
    for (const Case& one :
         std::array{Case{"", 1, "expected a period"},
                    Case{"whenever", 1, "expected a period"},
                    Case{"202", 1, "expected a year of four digits"},
                    Case{"20245", 1, "expected a year of four digits"},
                    Case{"1969", 1, "a year is 1970 to 2199"},
                    Case{"FY2200", 3, "a year is 1970 to 2199"},
                    Case{"2024-13", 6, "expected a month, 01 to 12"},
                    Case{"2024-9", 6, "expected a month, 01 to 12"},
                    Case{"2024-", 6, "expected a month, 01 to 12"},
                    Case{"2024-Q5", 7, "expected a quarter, Q1 to Q4"},
                    Case{"FY2024-P13", 9, "expected a fiscal month, P01 to P12"},
                    Case{"2023-02-29", 9, "expected a day of that month, 01 to 28"},
                    Case{"2024-09 ", 8, "expected the end of the period"},
                    Case{"2024-09-01...", 13, "expected a year of four digits"},
                    Case{"2024-09..2024-08", 10, "a period cannot end before it starts"},
                    Case{"2024-09-19..", 1, "a period until today cannot start after today, 2024-09-18"},
                    Case{"..2024-09", 1, "expected a period"},
                    Case{"this-week", 1, "expected a period"},
                    Case{"this-months", 11, "expected the end of the period"},
                    Case{"last-", 1, "expected a period"},
                    Case{"last-0-days", 6, "expected a number from 1 to 9999"},
                    Case{"last-10000-days", 6, "expected a number from 1 to 9999"},
                    Case{"last-3-hours", 7, "expected \"days\" or \"months\""},
                    Case{"last-9999-months", 6, "a period cannot start before 1970"}}) {
        const base::Result<Period> parsed = parse_period(one.text, day("2024-09-18"), {});
        ASSERT_FALSE(parsed.ok()) << one.text << " gave " << to_string(*parsed);
        EXPECT_EQ(parsed.error().code, "period.unreadable");
        EXPECT_EQ(parsed.error().blame, base::Blame::kUser);
        EXPECT_EQ(parsed.error().message, one.message) << one.text;
        EXPECT_EQ(parsed.error().place.source_line, one.text);
        EXPECT_EQ(parsed.error().place.caret, one.caret) << one.text;
        EXPECT_NE(parsed.error().remedy.find("last-30-days"), std::string::npos);
    }
}

TEST(ParsePeriod, NamesTheWordThatWasProbablyMeant) {
    for (const auto& [text, meant] :
         std::array<std::pair<const char*, const char*>, 5>{{{"last-mont", "last-month"},
                                                             {"LastQuarter", "last-quarter"},
                                                             {"this moth", "this-month"},
                                                             {"yesterdy", "yesterday"},
                                                             {"last-days", "last-30-days"}}}) {
        const base::Error error = parse_period(text, day("2024-09-18"), {}).error();
        EXPECT_EQ(error.message, "not a period") << text;
        EXPECT_EQ(error.place.caret, 1U) << text;
        EXPECT_EQ(error.remedy, "Did you mean `" + std::string(meant) + "`?") << text;
    }
}

TEST(ParseGrain, NamesTheOnesThereAre) {
    for (const Grain grain : {Grain::kNone, Grain::kDay, Grain::kWeek, Grain::kMonth, Grain::kQuarter, Grain::kYear,
                              Grain::kFiscalMonth, Grain::kFiscalQuarter, Grain::kFiscalYear}) {
        EXPECT_EQ(*parse_grain(name(grain)), grain);
    }
    const base::Error error = parse_grain("hour").error();
    EXPECT_EQ(error.code, "period.unknown_grain");
    EXPECT_EQ(error.remedy,
              "use one of none, day, week, month, quarter, year, fiscal-month, fiscal-quarter, fiscal-year");
}

TEST(StepLabel, NamesTheStep) {
    struct Case {
        std::string_view day;
        Grain grain;
        std::string_view label;
    };
    const FiscalCalendar from_february{.start_month = std::chrono::February};
    for (const Case& one :
         std::array{Case{"2024-09-18", Grain::kDay, "2024-09-18"}, Case{"2024-09-18", Grain::kWeek, "2024-W38"},
                    Case{"2024-12-30", Grain::kWeek, "2025-W01"}, Case{"2021-01-03", Grain::kWeek, "2020-W53"},
                    Case{"2027-01-01", Grain::kWeek, "2026-W53"}, Case{"2024-01-01", Grain::kWeek, "2024-W01"},
                    Case{"2024-09-18", Grain::kMonth, "2024-09"}, Case{"2024-09-18", Grain::kQuarter, "2024-Q3"},
                    Case{"2024-12-31", Grain::kQuarter, "2024-Q4"}, Case{"2024-09-18", Grain::kYear, "2024"},
                    Case{"2024-09-18", Grain::kFiscalMonth, "FY2025-P08"},
                    Case{"2024-01-31", Grain::kFiscalMonth, "FY2024-P12"},
                    Case{"2024-09-18", Grain::kFiscalQuarter, "FY2025-Q3"},
                    Case{"2024-09-18", Grain::kFiscalYear, "FY2025"}}) {
        EXPECT_EQ(step_label(day(one.day), one.grain, from_february), one.label) << one.day;
    }
    EXPECT_THROW((void)step_label(day("2024-09-18"), Grain::kNone, {}), base::BugError);
    EXPECT_THROW((void)step_of(day("2024-09-18"), Grain::kNone, {}), base::BugError);
    EXPECT_THROW((void)steps(span("2024-09-18", "2024-09-18"), Grain::kNone, {}), base::BugError);
}

TEST(Steps, TouchThePeriodUncut) {
    const std::vector<Period> weeks = steps(span("2024-09-18", "2024-09-23"), Grain::kWeek, {});
    EXPECT_EQ(weeks, (std::vector<Period>{span("2024-09-16", "2024-09-22"), span("2024-09-23", "2024-09-29")}));
    EXPECT_TRUE(steps({day("2024-09-18"), day("2024-09-18")}, Grain::kDay, {}).empty());
}

} // namespace
} // namespace florin::period
