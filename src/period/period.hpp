// Days, instants, half-open periods, billing periods and fiscal calendars. Everything is UTC.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::period {

/// A civil day, UTC.
using Day = std::chrono::sys_days;
/// A point in time with microseconds, UTC: TIMESTAMP in SQL.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// Half-open [start, end): the end belongs to what follows. Empty when start == end.
struct Period {
    Day start;
    Day end;
    int days() const { return static_cast<int>((end - start).count()); }
    bool contains(Day day) const { return start <= day && day < end; }
    friend auto operator<=>(const Period&, const Period&) = default;
    friend bool operator==(const Period&, const Period&) = default;
};

/// The forms in which bills write a point in time. The first is FOCUS's own; a reader accepts
/// another only when it says so.
enum class InstantForm : std::uint8_t {
    kIsoUtc,         ///< 2024-09-18T22:00:00Z, 2024-09-18T22:00Z, also with .fraction (up to 6 digits kept) or +00:00
    kIsoOffset,      ///< the same with another offset such as +02:00; the instant is converted to UTC
    kIsoNoZone,      ///< 2024-09-18T22:00:00 without a zone: read as UTC
    kSpaceSeparated, ///< 2024-09-18 22:00:00[.fraction][ UTC]: read as UTC
    kDateOnly,       ///< 2024-09-18: midnight UTC
    kUsShortDate,    ///< 9/18/24 or 9/18/2024 (month first): midnight UTC
};
/// The form's stable name in kebab case: `iso-utc`, `iso-offset`, …
std::string_view name(InstantForm form);

struct ParsedInstant {
    Instant instant;
    InstantForm form = InstantForm::kIsoUtc;
    friend bool operator==(const ParsedInstant&, const ParsedInstant&) = default;
};

/// Reads a point in time in any of the forms above, years 1970 to 2199. Fast: it runs once per cell
/// of a bill. Error `period.unreadable` (says whether the form or the date is impossible).
base::Result<ParsedInstant> parse_instant(std::string_view text);
/// Reads `YYYY-MM-DD`. Error `period.unreadable`.
base::Result<Day> parse_day(std::string_view text);

std::string to_string(Day day);         ///< 2024-09-18
std::string to_string(Instant instant); ///< 2024-09-18T22:00:00Z, with .ffffff only where there is a fraction
/// 2024-09 for a calendar month, else 2024-09-01..2024-09-15 (last day included, as people write).
std::string to_string(const Period& period);

Day day_of(Instant instant);
Day month_start(Day day);
/// First day of the month that is `months` later (or earlier) than the month of `day`.
Day add_months(Day day, int months);
Period month_of(Day day);

/// How a company cuts its fiscal year.
enum class FiscalPattern : std::uint8_t {
    kCalendarMonths, ///< twelve calendar months from the start month
    k445,
    k454,
    k544 ///< quarters of 13 weeks; a 53rd week, where there is one, goes to the last period
};

/// Fiscal years. With calendar months the year starts on the 1st of `start_month`. With week
/// patterns it starts on the `first_weekday` nearest to the 1st of `start_month`, so that years have
/// 52 or 53 whole weeks. A fiscal year is named after the calendar year in which it ends (a year from
/// January is that year).
struct FiscalCalendar {
    std::chrono::month start_month = std::chrono::January;
    FiscalPattern pattern = FiscalPattern::kCalendarMonths;
    std::chrono::weekday first_weekday = std::chrono::Monday;

    Period year(int fiscal_year) const;
    /// quarter: 1 to 4.
    Period quarter(int fiscal_year, int quarter) const;
    /// number: 1 to 12.
    Period month(int fiscal_year, int number) const;
    struct Position {
        int year = 0;
        int quarter = 0;
        int month = 0;
        friend bool operator==(const Position&, const Position&) = default;
    };
    Position position(Day day) const;
    friend bool operator==(const FiscalCalendar&, const FiscalCalendar&) = default;
};

/// The steps in which an answer shows time. Weeks start on Monday (ISO 8601).
enum class Grain : std::uint8_t {
    kNone,
    kDay,
    kWeek,
    kMonth,
    kQuarter,
    kYear,
    kFiscalMonth,
    kFiscalQuarter,
    kFiscalYear
};
/// `none`, `day`, `week`, `month`, `quarter`, `year`, `fiscal-month`, `fiscal-quarter`, `fiscal-year`.
std::string_view name(Grain grain);
/// Error `period.unknown_grain`, naming the ones there are.
base::Result<Grain> parse_grain(std::string_view text);

/// The step of `grain` that holds `day`; for kNone the call is a bug.
Period step_of(Day day, Grain grain, const FiscalCalendar& calendar);
/// What the step is called: `2024-09-18`, `2024-W38`, `2024-09`, `2024-Q3`, `2024`, `FY2024-P09`,
/// `FY2024-Q3`, `FY2024`.
std::string step_label(Day day, Grain grain, const FiscalCalendar& calendar);
/// All steps that touch the period, in order, not cut to it.
std::vector<Period> steps(const Period& period, Grain grain, const FiscalCalendar& calendar);

/// Reads a period as people write it, against `today`:
///   2024-09-18 · 2024-09 · 2024-Q3 · 2024 · FY2024 · FY2024-Q3 · FY2024-P09 ·
///   2024-09-01..2024-09-15 (last day included) · 2024-07..2024-09 · 2024-09-01.. (until today, included) ·
///   today · yesterday · this-month · last-month · this-quarter · last-quarter · this-year · last-year ·
///   last-30-days (whole days before today) · last-6-months (whole months before this one)
/// Blanks may stand for the hyphens in the words, and the case of letters does not matter. Either side of
/// `..` takes any of the dated forms. Error `period.unreadable` with the place and examples.
base::Result<Period> parse_period(std::string_view text, Day today, const FiscalCalendar& calendar);

/// The period of the same length directly before; a whole number of calendar months steps back by
/// as many months (September 2024 gives August 2024, not 30 days).
Period previous(const Period& period);
/// The same dates one year earlier (29 February becomes 28 February).
Period year_earlier(const Period& period);

} // namespace florin::period
