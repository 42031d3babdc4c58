// The use case "what will it cost": spend by day ahead, in exact money, with bands and possible futures.
#pragma once

#include "app/horizon.hpp"
#include "app/spend_history.hpp"
#include "forecast/daily.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

struct ForecastSpendRequest {
    SpendQuestion question;
    Horizon horizon{.days = 90};
    period::Grain grain = period::Grain::kMonth; ///< of SpendLine::steps; not kNone
    std::optional<forecast::Profile> profile;    ///< none: accurate for up to kAccurateSeriesMax series, else fast
    std::vector<double> levels{0.80, 0.95};      ///< of the bands, each between 0 and 1
    std::vector<period::Day> holidays;
    std::optional<period::Instant> as_of; ///< only what was received by then
    int path_count = 1000;                ///< possible futures; fewer where there are very many series
    std::uint64_t seed = 1;               ///< equal requests of one seed give equal futures
    std::function<void(engine::Engine*)> running;
};

inline constexpr std::size_t kAccurateSeriesMax = 6;

/// What lies between `lower` and `upper` with the probability that the request's level says.
struct SpendBand {
    money::Decimal lower;
    money::Decimal upper;
    friend bool operator==(const SpendBand&, const SpendBand&) = default;
};

/// A step of the grain, not cut: `actual` is what was spent in it before the first day forecast, `expected` the rest.
/// Bands are about their sum.
struct SpendStep {
    period::Period period; ///< whole; the last one may end after the forecast, which `is_cut` says
    bool is_cut = false;
    money::Decimal actual;
    money::Decimal expected;
    std::vector<SpendBand> bands; ///< by level; empty where no error is known
    base::Result<money::Decimal> total() const { return actual.plus(expected); }
};

/// One series: a part, or the whole.
struct SpendLine {
    std::vector<std::optional<std::string>> key; ///< values of the dimensions; empty for the whole
    bool is_rest = false;
    std::vector<money::Decimal> history; ///< one a day from SpendForecast::history.start, exact
    /// One a day ahead, in the currency's minor units: the mean, rounded half even so that the sum up to any day is
    /// right to half a unit. What faster feeds delivered already of these days is in it, exact. The parts sum to the
    /// whole to the last digit.
    std::vector<money::Decimal> mean;
    std::vector<SpendStep> steps;
    SpendStep whole; ///< over all days ahead alone: `actual` is 0
    std::string method;
    forecast::DailyBasis basis = forecast::DailyBasis::kUsual;
    std::size_t day_count = 0;    ///< days since the first spend
    std::size_t origin_count = 0; ///< backtests that the bands rest on
};

struct SpendForecastBlock {
    std::string currency;
    SpendLine total;
    std::vector<SpendLine> parts; ///< the largest first; none where there are no dimensions
    /// Possible futures of the whole, [path][day ahead], in units of the currency: for sums over days, their quantiles
    /// and the chance to exceed a limit (forecast/paths.hpp). They include what faster feeds delivered already.
    forecast::Paths paths;
};

struct SpendForecast {
    SpendQuestion question;
    period::Period history; ///< half-open; up to where every feed is complete
    period::Period ahead;   ///< half-open: the days that are forecast
    period::Grain grain = period::Grain::kMonth;
    forecast::Profile profile = forecast::Profile::kAccurate;
    std::vector<double> levels;
    std::vector<SpendForecastBlock> blocks; ///< in order of the currency's code; none where no charge matches
    std::vector<FeedCompleteness> feeds;
    std::vector<std::string> notes; ///< what a reader must know: what was left out, what rests on little
};

/// Forecasts. Groups are forecast by themselves and, where all feeds are complete to the same day, made to agree with a
/// forecast of the whole (MinT); the whole is their sum. Errors: as Asker::ask, `forecast.horizon`,
/// `forecast.no_charges`, `forecast.too_short` (under forecast::kDaysMin complete days), `forecast.level`.
base::Result<SpendForecast> forecast_spend(Workspace& workspace, const ForecastSpendRequest& request);

/// The same over a state of the lake that `asker` holds, for several questions of one command.
base::Result<SpendForecast> forecast_spend(Workspace& workspace, Asker& asker, const ForecastSpendRequest& request);

/// The same of a history that was read already.
base::Result<SpendForecast> forecast_history(const SpendHistory& history, const ForecastSpendRequest& request,
                                             const period::FiscalCalendar& calendar, int threads);

} // namespace florin::app
