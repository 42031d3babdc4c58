// Methods for daily spend that need the calendar or nothing but averages.
#pragma once

#include "forecast/calendar_regression.hpp"
#include "forecast/model.hpp"

#include <span>
#include <string>
#include <vector>

namespace florin::forecast {

/// Every day is the mean of all values. `request.season` is not used. Errors: those of check_request.
base::Result<Forecast> forecast_mean(const Request& request);

/// Every day is the mean of the last four values of its weekday, of fewer where the history is shorter than that; of
/// less than a week the mean of all values. `request.season` is not used.
base::Result<Forecast> forecast_weekday_means(const Request& request);

/// Every day is the mean of the same day of the last three months, counted from the start of the month up to the 15th
/// and from its end after that: fees, which come once a month. A day without an example is the mean of all values.
/// `request.season` is not used, of `calendar` only the first day.
base::Result<Forecast> forecast_days_of_month(const Request& request, const Calendar& calendar);

/// `values` with those cut that lie more than six scales from the running median of the 15 values about them; unless
/// more than 1 in 40 does, which is then what the series is like.
std::vector<double> without_far_values(std::span<const double> values);

/// `method` on without_far_values of the request's values.
base::Result<Forecast> forecast_without_far_values(const Request& request, const Method& method);

} // namespace florin::forecast
