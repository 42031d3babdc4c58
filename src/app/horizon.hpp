// How far ahead, as people write it.
#pragma once

#include "base/result.hpp"
#include "period/period.hpp"

#include <optional>
#include <string_view>

namespace florin::app {

/// One of these; which day it ends on depends on the first day that is forecast.
struct Horizon {
    int days = 0;
    int months = 0;
    period::Grain end_of = period::Grain::kNone; ///< to the end of the step that the first day lies in
    std::optional<period::Day> end;              ///< the first day that is no longer forecast
    friend bool operator==(const Horizon&, const Horizon&) = default;
};

/// No forecast reaches further.
inline constexpr int kHorizonDaysMax = 1100;

/// Reads `90d`, `90 days`, `12w`, `3 months`, `1 year`, `end of month|quarter|year|fiscal year` (with or without
/// `end of`: `this-quarter`), and a day, month, quarter or year to the end of which is meant: `2026-12`. Blanks and the
/// case of letters do not matter. Error `forecast.horizon`.
base::Result<Horizon> parse_horizon(std::string_view text, const period::FiscalCalendar& calendar);

/// The day after the last one. Error `forecast.horizon` where it is not after `first`, or more than kHorizonDaysMax
/// days after it.
base::Result<period::Day> end_of(const Horizon& horizon, period::Day first, const period::FiscalCalendar& calendar);

} // namespace florin::app
