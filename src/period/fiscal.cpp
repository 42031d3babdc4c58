// Fiscal years of calendar months or of whole weeks.
#include "period/period.hpp"

#include <array>

namespace florin::period {
namespace {

using std::chrono::days;
using std::chrono::weeks;

constexpr int kWeeksPerQuarter = 13;

/// Weeks in the first and second month of a quarter; the third has what is left.
std::array<int, 2> weeks_of_months(FiscalPattern pattern) {
    switch (pattern) {
    case FiscalPattern::k445: return {4, 4};
    case FiscalPattern::k454: return {4, 5};
    case FiscalPattern::k544: return {5, 4};
    case FiscalPattern::kCalendarMonths: break;
    }
    base::stop_for_bug("pattern", "a pattern without weeks");
}

Day year_start(const FiscalCalendar& calendar, int fiscal_year) {
    // Named after the calendar year in which it ends: only a year from January starts in its own.
    const int calendar_year = calendar.start_month == std::chrono::January ? fiscal_year : fiscal_year - 1;
    const Day first = std::chrono::year{calendar_year} / calendar.start_month / 1;
    if (calendar.pattern == FiscalPattern::kCalendarMonths) {
        return first;
    }
    const days ahead = calendar.first_weekday - std::chrono::weekday{first};
    return ahead > days{3} ? first + ahead - days{7} : first + ahead;
}

/// The first day of month `number` (1 to 12) of the year; of 13, the first of the next year.
Day month_begin(const FiscalCalendar& calendar, int fiscal_year, int number) {
    if (number == 13) {
        return year_start(calendar, fiscal_year + 1);
    }
    const Day start = year_start(calendar, fiscal_year);
    if (calendar.pattern == FiscalPattern::kCalendarMonths) {
        return add_months(start, number - 1);
    }
    const std::array<int, 2> month_weeks = weeks_of_months(calendar.pattern);
    const int in_quarter = (number - 1) % 3;
    int weeks_before = (number - 1) / 3 * kWeeksPerQuarter;
    weeks_before += in_quarter >= 1 ? month_weeks[0] : 0;
    weeks_before += in_quarter == 2 ? month_weeks[1] : 0;
    return start + weeks{weeks_before};
}

} // namespace

Period FiscalCalendar::year(int fiscal_year) const {
    return {year_start(*this, fiscal_year), year_start(*this, fiscal_year + 1)};
}

Period FiscalCalendar::quarter(int fiscal_year, int quarter) const {
    FLORIN_CHECK(quarter >= 1 && quarter <= 4, "a fiscal quarter is 1 to 4");
    return {month_begin(*this, fiscal_year, quarter * 3 - 2), month_begin(*this, fiscal_year, quarter * 3 + 1)};
}

Period FiscalCalendar::month(int fiscal_year, int number) const {
    FLORIN_CHECK(number >= 1 && number <= 12, "a fiscal month is 1 to 12");
    return {month_begin(*this, fiscal_year, number), month_begin(*this, fiscal_year, number + 1)};
}

FiscalCalendar::Position FiscalCalendar::position(Day day) const {
    // A fiscal year holds days of the calendar year before its name up to a few of the one after.
    int fiscal_year = int{std::chrono::year_month_day{day}.year()} + 1;
    while (day < year_start(*this, fiscal_year)) {
        --fiscal_year;
    }
    int number = 12;
    while (day < month_begin(*this, fiscal_year, number)) {
        --number;
    }
    return {fiscal_year, (number + 2) / 3, number};
}

} // namespace florin::period
