// Small charts as inline SVG: bars over time, bars in tables, sparklines. Geometry is computed in
// whole hundredths of a pixel, so the same values give the same bytes. Colours come from the style
// sheet of the page, by class.
#pragma once

#include "report/summary.hpp"

#include <span>
#include <string>
#include <vector>

namespace florin::report {

/// Where an axis starts, ends and is labelled: multiples of 1, 2 or 5 times a power of ten that
/// enclose both the values and zero.
struct Axis {
    money::Decimal step;
    std::vector<money::Decimal> ticks; ///< ascending, at least two
    money::Decimal low() const { return ticks.front(); }
    money::Decimal high() const { return ticks.back(); }
};
/// An axis for values in [low, high] with about `interval_count` intervals. Axes end at 5 x 10^19, so
/// a value beyond it is drawn at the end of the axis.
Axis nice_axis(money::Decimal low, money::Decimal high, int interval_count);

/// One bar; without a value a dash on the zero line says that nothing is known.
struct ChartBar {
    period::Period period;
    Amount value;
    std::string tooltip; ///< plain text
    bool is_emphasised = false;
    bool is_complete = true; ///< false: drawn with a dashed edge
};

/// Bars over time. Bars of days are labelled by day or month as space allows, others by month.
struct BarChart {
    std::string id; ///< unique on the page, letters, digits and hyphens
    std::string css_class;
    std::string title;       ///< plain text
    std::string description; ///< plain text
    std::vector<ChartBar> bars;
    bool is_daily = false;
    int width_px = 560;
    int height_px = 200;
};
/// The chart as an `<svg role="img">` element; empty without bars.
std::string bar_chart(const BarChart& chart);

/// A bar for one row of a table, from zero to `value` on an axis from `low` to `high` (low <= 0 <=
/// high). Hidden from assistive technology because the amount stands beside it.
std::string table_bar(const Amount& value, money::Decimal low, money::Decimal high);

/// A line through the known values, with a dot on the last. Empty with fewer than two known values.
/// `title` is plain text.
std::string sparkline(std::span<const Amount> values, const std::string& title, int width_px, int height_px);

} // namespace florin::report
