// Months, and what is before a period.
#include "period/period.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace florin::period {
namespace {

using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;
using std::chrono::year_month_day_last;

year_month year_month_of(Day day) {
    const year_month_day date{day};
    return date.year() / date.month();
}

/// How many calendar months the period is, where it is whole ones.
std::optional<int> whole_months(const Period& period) {
    if (period.start >= period.end || month_start(period.start) != period.start ||
        month_start(period.end) != period.end) {
        return std::nullopt;
    }
    return static_cast<int>((year_month_of(period.end) - year_month_of(period.start)).count());
}

/// The same date one year earlier, or the last of the month where it has no such date.
Day same_date_a_year_earlier(Day day) {
    const year_month_day date{day};
    const year_month_day_last last = (date.year() - std::chrono::years{1}) / date.month() / std::chrono::last;
    return last.year() / last.month() / std::min(date.day(), last.day());
}

} // namespace

std::string to_string(const Period& period) {
    if (whole_months(period) == 1) {
        const year_month_day date{period.start};
        return fmt::format("{:04}-{:02}", int{date.year()}, unsigned{date.month()});
    }
    return to_string(period.start) + ".." + to_string(period.end - std::chrono::days{1});
}

Day month_start(Day day) {
    return year_month_of(day) / 1;
}

Day add_months(Day day, int count) {
    return (year_month_of(day) + months{count}) / 1;
}

Period month_of(Day day) {
    return {month_start(day), add_months(day, 1)};
}

Period previous(const Period& period) {
    if (const std::optional<int> count = whole_months(period)) {
        return {add_months(period.start, -*count), period.start};
    }
    return {period.start - (period.end - period.start), period.start};
}

Period year_earlier(const Period& period) {
    if (whole_months(period)) { // all of February, however long it is that year
        return {add_months(period.start, -12), add_months(period.end, -12)};
    }
    const Day start = same_date_a_year_earlier(period.start);
    if (period.start >= period.end) {
        return {start, start};
    }
    return {start, same_date_a_year_earlier(period.end - std::chrono::days{1}) + std::chrono::days{1}};
}

} // namespace florin::period
