// What the calendar does to a series: weekdays, month ends, holidays, the length of months.
#pragma once

#include "forecast/model.hpp"
#include "period/period.hpp"

#include <span>
#include <string>
#include <vector>

namespace florin::forecast {

/// What one observation covers.
enum class CalendarStep : std::uint8_t { kDay, kMonth };

/// Where a series lies in the calendar, UTC.
struct Calendar {
    period::Day first; ///< the first observation's day, or any day of its month
    CalendarStep step = CalendarStep::kDay;
    std::vector<period::Day> holidays; ///< in any order; past ones teach, later ones are used
};

/// Regressors by observation. Days: `tuesday` … `sunday` (against Monday), `month first`, `month last`, `holiday`,
/// each 0 or 1. Months: `days` (over 28), `weekend days` (over 8), `holidays` (on weekdays).
struct CalendarColumns {
    std::vector<std::string> names;
    std::vector<std::vector<double>> columns;
};
/// Those of `count` observations from the calendar's first.
CalendarColumns calendar_columns(const Calendar& calendar, std::size_t count);

struct CalendarEffects {
    std::vector<std::string> names;
    std::vector<double> effects;         ///< what 1 of the column adds to an observation
    std::vector<std::string> not_seen;   ///< columns that were 0 throughout: effect 0, for want of an example
    double slope = 0.0;                  ///< a step
    std::vector<double> effect_of_steps; ///< the calendar's part of each observation, and of the `horizon` after
    std::vector<double> line;            ///< intercept and slope, at each of these
    std::vector<double> residuals;       ///< by observation
};

/// Robust regression of the request's values on the calendar's columns and a line (Huber; see regress_robustly).
/// `request.season` is not used. Errors: those of check_request, and `forecast.too_short`.
base::Result<CalendarEffects> estimate_calendar(const Request& request, const Calendar& calendar);

/// The line and the calendar's effects, continued. `path` takes past residuals, one step like the other.
base::Result<Forecast> forecast_calendar(const Request& request, const Calendar& calendar);

/// The calendar's effects on top of what `method` says of the values without them.
base::Result<Forecast> forecast_calendar(const Request& request, const Calendar& calendar, const Method& method);

} // namespace florin::forecast
