// The steps in which an answer shows time.
#include "period/period.hpp"

#include "base/terminal_text.hpp"

#include <fmt/format.h>

#include <array>

namespace florin::period {
namespace {

using std::chrono::days;
using std::chrono::year_month_day;

constexpr std::array kGrains{Grain::kNone,        Grain::kDay,           Grain::kWeek,
                             Grain::kMonth,       Grain::kQuarter,       Grain::kYear,
                             Grain::kFiscalMonth, Grain::kFiscalQuarter, Grain::kFiscalYear};

int month_number(Day day) {
    return static_cast<int>(unsigned{year_month_day{day}.month()});
}
int year_number(Day day) {
    return int{year_month_day{day}.year()};
}

Day week_start(Day day) {
    return day - (std::chrono::weekday{day} - std::chrono::Monday);
}

/// ISO 8601: a week belongs to the year that holds its Thursday.
std::string week_label(Day day) {
    const Day thursday = week_start(day) + days{3};
    const int year = year_number(thursday);
    const Day january_first = std::chrono::year{year} / std::chrono::January / 1;
    return fmt::format("{:04}-W{:02}", year, (thursday - january_first).count() / 7 + 1);
}

[[noreturn]] void stop_for_no_grain() {
    base::stop_for_bug("grain", "no steps without a grain");
}

} // namespace

std::string_view name(Grain grain) {
    switch (grain) {
    case Grain::kNone: return "none";
    case Grain::kDay: return "day";
    case Grain::kWeek: return "week";
    case Grain::kMonth: return "month";
    case Grain::kQuarter: return "quarter";
    case Grain::kYear: return "year";
    case Grain::kFiscalMonth: return "fiscal-month";
    case Grain::kFiscalQuarter: return "fiscal-quarter";
    case Grain::kFiscalYear: return "fiscal-year";
    }
    stop_for_no_grain();
}

base::Result<Grain> parse_grain(std::string_view text) {
    std::string names;
    for (const Grain grain : kGrains) {
        if (name(grain) == text) {
            return grain;
        }
        names += names.empty() ? "" : ", ";
        names += name(grain);
    }
    return base::user_error("period.unknown_grain",
                            fmt::format("there is no grain \"{}\"", base::terminal_text(text, 200)))
        .with_remedy("use one of " + names);
}

Period step_of(Day day, Grain grain, const FiscalCalendar& calendar) {
    switch (grain) {
    case Grain::kNone: stop_for_no_grain();
    case Grain::kDay: return {day, day + days{1}};
    case Grain::kWeek: return {week_start(day), week_start(day) + days{7}};
    case Grain::kMonth: return month_of(day);
    case Grain::kQuarter: {
        const Day start = add_months(day, -((month_number(day) - 1) % 3));
        return {start, add_months(start, 3)};
    }
    case Grain::kYear: {
        const Day start = add_months(day, 1 - month_number(day));
        return {start, add_months(start, 12)};
    }
    case Grain::kFiscalMonth: {
        const FiscalCalendar::Position position = calendar.position(day);
        return calendar.month(position.year, position.month);
    }
    case Grain::kFiscalQuarter: {
        const FiscalCalendar::Position position = calendar.position(day);
        return calendar.quarter(position.year, position.quarter);
    }
    case Grain::kFiscalYear: return calendar.year(calendar.position(day).year);
    }
    stop_for_no_grain();
}

std::string step_label(Day day, Grain grain, const FiscalCalendar& calendar) {
    switch (grain) {
    case Grain::kNone: stop_for_no_grain();
    case Grain::kDay: return to_string(day);
    case Grain::kWeek: return week_label(day);
    case Grain::kMonth: return fmt::format("{:04}-{:02}", year_number(day), month_number(day));
    case Grain::kQuarter: return fmt::format("{:04}-Q{}", year_number(day), (month_number(day) + 2) / 3);
    case Grain::kYear: return fmt::format("{:04}", year_number(day));
    case Grain::kFiscalMonth: {
        const FiscalCalendar::Position position = calendar.position(day);
        return fmt::format("FY{:04}-P{:02}", position.year, position.month);
    }
    case Grain::kFiscalQuarter: {
        const FiscalCalendar::Position position = calendar.position(day);
        return fmt::format("FY{:04}-Q{}", position.year, position.quarter);
    }
    case Grain::kFiscalYear: return fmt::format("FY{:04}", calendar.position(day).year);
    }
    stop_for_no_grain();
}

std::vector<Period> steps(const Period& period, Grain grain, const FiscalCalendar& calendar) {
    FLORIN_CHECK(grain != Grain::kNone, "no steps without a grain");
    std::vector<Period> out;
    for (Day day = period.start; day < period.end; day = out.back().end) {
        out.push_back(step_of(day, grain, calendar));
    }
    return out;
}

} // namespace florin::period
