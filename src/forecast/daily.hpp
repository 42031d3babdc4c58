// How a daily series of spend is forecast: which methods are tried, which one its own past chooses, and what the answer
// rests on.
#pragma once

#include "forecast/bands.hpp"
#include "forecast/paths.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::forecast {

enum class Profile : std::uint8_t {
    kAccurate, ///< all methods, and their median: for one question
    kFast,     ///< a few milliseconds a series: for many
};
/// `accurate`, `fast`.
std::string_view name(Profile profile);

struct DailyRequest {
    std::span<const double> values; ///< one a day, finite, none missing; the caller keeps them alive during the call
    period::Day first;              ///< the day of values[0], UTC
    int horizon = 1;                ///< days after the last one, at least 1
    std::vector<period::Day> holidays;
    Profile profile = Profile::kAccurate;
};

/// What a forecast rests on.
enum class DailyBasis : std::uint8_t {
    kNothing, ///< every value is zero
    kEnded,   ///< there was spend, but none in the last kEndedDays
    kFewDays, ///< under kDaysMin days since the first spend: their mean, without a band
    kShort,   ///< under four weeks: a simple method and a wide band
    kUsual,
};
inline constexpr std::size_t kDaysMin = 7;    ///< of which a forecast has a band
inline constexpr std::size_t kShortDays = 28; ///< below: simple methods alone
/// Longer than any month, so that what comes once a month has not ended.
inline constexpr std::size_t kEndedDays = 35;

/// One series' forecast with what its errors were.
struct DailyForecast {
    DailyBasis basis = DailyBasis::kUsual;
    std::size_t day_count = 0;           ///< days since the first spend
    BandedForecast banded;               ///< the mean is not below zero where no value was
    std::vector<BacktestOrigin> origins; ///< of the method that was chosen; what the bands are made of
    double sum_size =
        0.0; ///< root mean square of the errors of the origins' sums over all their steps, in their scales
    bool non_negative = false; ///< no value was below zero
};

/// Forecasts with the method that erred least on the series' own past.
///
/// Zeros before the first spend are left out. Tried are the means of weekdays, the same days of the last months (what
/// comes once a month), intermittent demand where a quarter of the days has none, and the profile's methods on the
/// values as they are, without the calendar's effects (from 90 days), re-based on the last level (where one shifted),
/// and both; values far outside of what surrounds them are cut before. The loss of a method is, over all origins, the
/// sum of its absolute errors and of the absolute errors of its sums: a forecast must be right in the month, too. The
/// mean of the two best counts as a method of its own. With fewer than three origins there is no choice: it is the
/// profile without the calendar's effects.
///
/// Errors: those of check_request.
base::Result<DailyForecast> forecast_daily(const DailyRequest& request);

/// Futures of `forecast` about `means` (its own, or what they were reconciled to): `raw` (joint_paths of its
/// banded.forecast) with the backtest's errors at each step, and dependence between steps by which the sums err as past
/// sums did. Equal for equal seeds.
Paths calibrate_daily(const DailyForecast& forecast, std::span<const double> means, const Paths& raw,
                      std::uint64_t seed);

} // namespace florin::forecast
