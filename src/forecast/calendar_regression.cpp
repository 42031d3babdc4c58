#include "forecast/calendar_regression.hpp"

#include "forecast/robust_regression.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace florin::forecast {
namespace {

using period::Day;
using Values = std::vector<double>;

constexpr std::array<const char*, 6> kWeekdays = {"tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/// 0 for Monday to 6 for Sunday.
std::size_t weekday_of(Day day) {
    return std::chrono::weekday{day}.iso_encoding() - 1U;
}

CalendarColumns daily_columns(const Calendar& calendar, const std::vector<Day>& holidays, std::size_t count) {
    CalendarColumns found;
    found.names.assign(kWeekdays.begin(), kWeekdays.end());
    for (const char* name : {"month first", "month last", "holiday"}) {
        found.names.emplace_back(name);
    }
    found.columns.assign(found.names.size(), Values(count));
    for (std::size_t i = 0; i < count; ++i) {
        const Day day = calendar.first + std::chrono::days{static_cast<std::int64_t>(i)};
        const std::size_t weekday = weekday_of(day);
        if (weekday > 0) {
            found.columns[weekday - 1][i] = 1.0;
        }
        const period::Period month = period::month_of(day);
        found.columns[6][i] = day == month.start ? 1.0 : 0.0;
        found.columns[7][i] = day + std::chrono::days{1} == month.end ? 1.0 : 0.0;
        found.columns[8][i] = std::binary_search(holidays.begin(), holidays.end(), day) ? 1.0 : 0.0;
    }
    return found;
}

CalendarColumns monthly_columns(const Calendar& calendar, const std::vector<Day>& holidays, std::size_t count) {
    CalendarColumns found{.names = {"days", "weekend days", "holidays"}, .columns = {}};
    found.columns.assign(found.names.size(), Values(count));
    for (std::size_t i = 0; i < count; ++i) {
        const period::Period month = period::month_of(period::add_months(calendar.first, static_cast<int>(i)));
        int weekend_days = 0;
        int days_off = 0;
        for (Day day = month.start; day < month.end; day += std::chrono::days{1}) {
            const bool weekend = weekday_of(day) >= 5;
            weekend_days += weekend ? 1 : 0;
            days_off += !weekend && std::binary_search(holidays.begin(), holidays.end(), day) ? 1 : 0;
        }
        found.columns[0][i] = month.days() - 28;
        found.columns[1][i] = weekend_days - 8;
        found.columns[2][i] = days_off;
    }
    return found;
}

} // namespace

CalendarColumns calendar_columns(const Calendar& calendar, std::size_t count) {
    std::vector<Day> holidays = calendar.holidays;
    std::sort(holidays.begin(), holidays.end());
    return calendar.step == CalendarStep::kDay ? daily_columns(calendar, holidays, count)
                                               : monthly_columns(calendar, holidays, count);
}

base::Result<CalendarEffects> estimate_calendar(const Request& request, const Calendar& calendar) {
    FLORIN_TRY(check_request(request));
    const std::size_t count = request.values.size();
    const std::size_t whole = count + static_cast<std::size_t>(request.horizon);
    CalendarColumns columns = calendar_columns(calendar, whole);
    CalendarEffects found;
    found.names = std::move(columns.names);
    std::vector<Values> design;
    for (std::size_t i = 0; i < columns.columns.size(); ++i) {
        const Values& column = columns.columns[i];
        design.emplace_back(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(count));
        if (std::all_of(design.back().begin(), design.back().end(), [](double value) { return value == 0.0; })) {
            found.not_seen.push_back(found.names[i]);
        }
    }
    Values steps(count); // of about the size of the other columns, so that no unit decides what is singular
    for (std::size_t t = 0; t < count; ++t) {
        steps[t] = static_cast<double>(t) / static_cast<double>(count);
    }
    design.push_back(std::move(steps));
    FLORIN_TRY_ASSIGN(RobustRegression regression, regress_robustly(request.values, design));
    found.residuals = std::move(regression.residuals);
    found.effects.assign(regression.coefficients.begin(), regression.coefficients.end() - 2);
    found.slope = regression.coefficients[found.effects.size()] / static_cast<double>(count);
    found.effect_of_steps.assign(whole, 0.0);
    for (std::size_t t = 0; t < whole; ++t) {
        for (std::size_t i = 0; i < found.effects.size(); ++i) {
            found.effect_of_steps[t] += found.effects[i] * columns.columns[i][t];
        }
        found.line.push_back(regression.coefficients.back() + found.slope * static_cast<double>(t));
    }
    return found;
}

base::Result<Forecast> forecast_calendar(const Request& request, const Calendar& calendar) {
    FLORIN_TRY_ASSIGN(CalendarEffects found, estimate_calendar(request, calendar));
    Forecast forecast;
    forecast.method = "calendar regression";
    for (std::size_t t = request.values.size(); t < found.line.size(); ++t) {
        forecast.mean.push_back(found.line[t] + found.effect_of_steps[t]);
    }
    forecast.residuals = found.residuals;
    forecast.parameter_count = static_cast<int>(found.names.size() - found.not_seen.size()) + 3;
    forecast.path = [mean = forecast.mean, shocks = std::move(found.residuals)](std::span<const std::size_t> drawn) {
        Values path = mean;
        for (std::size_t h = 0; h < path.size(); ++h) {
            path[h] += shocks[drawn[h]];
        }
        return path;
    };
    return forecast;
}

base::Result<Forecast> forecast_calendar(const Request& request, const Calendar& calendar, const Method& method) {
    FLORIN_TRY_ASSIGN(const CalendarEffects found, estimate_calendar(request, calendar));
    Values adjusted(request.values.begin(), request.values.end());
    for (std::size_t t = 0; t < adjusted.size(); ++t) {
        adjusted[t] -= found.effect_of_steps[t];
    }
    FLORIN_TRY_ASSIGN(Forecast forecast,
                      method({.values = adjusted, .season = request.season, .horizon = request.horizon}));
    const Values ahead(found.effect_of_steps.begin() + static_cast<std::ptrdiff_t>(adjusted.size()),
                       found.effect_of_steps.end());
    const auto put_back = [ahead](Values values) {
        for (std::size_t h = 0; h < values.size(); ++h) {
            values[h] += ahead[h];
        }
        return values;
    };
    forecast.mean = put_back(std::move(forecast.mean));
    forecast.method = fmt::format("calendar + {}", forecast.method);
    forecast.parameter_count += static_cast<int>(found.names.size() - found.not_seen.size());
    forecast.aicc.reset(); // that of the adjusted values
    if (forecast.path) {
        forecast.path = [put_back, inner = std::move(forecast.path)](std::span<const std::size_t> drawn) {
            return put_back(inner(drawn));
        };
    }
    return forecast;
}

} // namespace florin::forecast
