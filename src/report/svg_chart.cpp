#include "report/svg_chart.hpp"

#include "report/figures.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace florin::report {
namespace {

using base::int128;
using money::Decimal;

/// Hundredths of a pixel.
using Hundredths = std::int64_t;

/// 5 x 10^19: the largest 1-2-5 number that a Decimal holds with room for a step.
Decimal axis_limit() {
    return Decimal::from_integer(5'000'000'000).times_ratio(10'000'000'000, 1, money::Rounding::kTowardZero).value();
}

std::string px(Hundredths value) {
    const Hundredths size = std::abs(value);
    std::string text = fmt::format("{}{}", value < 0 ? "-" : "", size / 100);
    if (size % 100 != 0) {
        text += fmt::format(".{:02}", size % 100);
        if (text.back() == '0') {
            text.pop_back();
        }
    }
    return text;
}

/// Where `value` lies on [low, high] mapped to [0, length], clamped to it.
Hundredths position(Decimal value, Decimal low, Decimal high, Hundredths length) {
    const Decimal inside = std::clamp(value, low, high);
    // Halves, because the distance between two Decimals may be twice what one can be.
    const int128 distance = inside.units() / 2 - low.units() / 2;
    const int128 range = high.units() / 2 - low.units() / 2;
    if (range == 0) {
        return 0;
    }
    const auto scaled = Decimal::from_units(distance).times_ratio(length, range, money::Rounding::kHalfEven);
    return static_cast<Hundredths>(scaled.value().units());
}

struct Extent {
    Decimal low;  ///< <= 0
    Decimal high; ///< >= 0
    void include(const Amount& value) {
        if (value) {
            low = std::min(low, *value);
            high = std::max(high, *value);
        }
    }
};

/// Rough width of a label in the charts' 11 px type, in pixels.
int label_width_px(const std::string& label) {
    return column_count(label) * 6 + 2;
}

std::string month_short(std::chrono::month month) {
    static constexpr std::array<const char*, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return kNames[static_cast<unsigned>(month) - 1];
}

/// What stands below a bar: a label, and whether it comes before others where space is short.
struct BarLabel {
    std::string text;
    std::string year; ///< on a second line
    bool is_major = false;
};

BarLabel bar_label(const BarChart& chart, std::size_t index, Hundredths slot) {
    const std::chrono::year_month_day day(chart.bars[index].period.start);
    const auto number = static_cast<unsigned>(day.day());
    const std::string month = month_short(day.month());
    if (!chart.is_daily) {
        const bool is_major = index == 0 || day.month() == std::chrono::January;
        return {month, is_major ? std::to_string(static_cast<int>(day.year())) : "", is_major};
    }
    const bool is_roomy = slot * 7 >= 2500;
    if (number == 1) {
        return {is_roomy ? fmt::format("{} {}", number, month) : month, "", true};
    }
    return {is_roomy && (number - 1) % 7 == 0 ? std::to_string(number) : "", "", false};
}

struct Plot {
    Hundredths left = 0;
    Hundredths top = 800;
    Hundredths width = 0;
    Hundredths height = 0;
    Axis axis;
    Hundredths y(Decimal value) const { return top + height - position(value, axis.low(), axis.high(), height); }
};

std::string grid(const Plot& plot) {
    std::string out;
    for (const Decimal tick : plot.axis.ticks) {
        const std::string y = px(plot.y(tick));
        out += fmt::format("<line class=\"{}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>",
                           tick.is_zero() ? "zero" : "grid", px(plot.left), px(plot.left + plot.width), y, y);
        out += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", px(plot.left - 700),
                           px(plot.y(tick) + 380), compact_text(tick));
    }
    return out;
}

std::string bars(const BarChart& chart, const Plot& plot) {
    const auto count = static_cast<Hundredths>(chart.bars.size());
    std::string out;
    for (Hundredths index = 0; index < count; ++index) {
        const ChartBar& bar = chart.bars[static_cast<std::size_t>(index)];
        const Hundredths start = plot.left + plot.width * index / count;
        const Hundredths slot = plot.left + plot.width * (index + 1) / count - start;
        const Hundredths gap = slot >= 300 ? std::min<Hundredths>(slot / 4, 1400) : 0;
        const Hundredths width = std::min<Hundredths>(slot - gap, 4800);
        const Hundredths x = start + (slot - width) / 2;
        const Hundredths zero = plot.y(Decimal());
        const Hundredths end = bar.value ? plot.y(*bar.value) : zero;
        Hundredths y = std::min(zero, end);
        Hundredths height = std::abs(zero - end);
        if (!bar.value) {
            y = zero - 100;
            height = 200;
        }
        out += fmt::format("<rect class=\"bar{}{}{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}>",
                           bar.is_emphasised ? " on" : "", bar.is_complete ? "" : " open", bar.value ? "" : " unknown",
                           px(x), px(y), px(width), px(height), width >= 600 ? " rx=\"1.5\"" : "");
        out += "<title>" + html_text(bar.tooltip) + "</title></rect>";
    }
    return out;
}

/// The labels that fit: the major ones first, then those that keep their distance.
std::string labels(const BarChart& chart, const Plot& plot) {
    const auto count = static_cast<Hundredths>(chart.bars.size());
    const Hundredths slot = plot.width / count;
    std::vector<std::pair<Hundredths, Hundredths>> taken;
    std::string out;
    for (const bool is_major : {true, false}) {
        for (Hundredths index = 0; index < count; ++index) {
            const BarLabel label = bar_label(chart, static_cast<std::size_t>(index), slot);
            const Hundredths half = std::max(label_width_px(label.text), label_width_px(label.year)) * 50;
            const Hundredths centre = plot.left + plot.width * (2 * index + 1) / (2 * count);
            const auto is_near = [&](const auto& span) {
                return centre - half < span.second + 500 && span.first - 500 < centre + half;
            };
            if (label.text.empty() || label.is_major != is_major || std::any_of(taken.begin(), taken.end(), is_near)) {
                continue;
            }
            taken.emplace_back(centre - half, centre + half);
            const auto put = [&](const std::string& text, Hundredths below) {
                out += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                                   px(centre), px(plot.top + plot.height + below), text);
            };
            put(label.text, 1600);
            if (!label.year.empty()) {
                put(label.year, 2900);
            }
        }
    }
    return out;
}

} // namespace

Axis nice_axis(Decimal low, Decimal high, int interval_count) {
    FLORIN_CHECK(low <= high && interval_count > 0, "an axis needs an ordered range and an interval");
    const Decimal limit = axis_limit();
    low = std::clamp(low, limit.negated(), Decimal());
    high = std::clamp(high, Decimal(), limit);
    int128 range = high.units() - low.units();
    if (range == 0) {
        high = Decimal::from_integer(1);
        range = high.units();
    }
    const int128 step_min = (range + interval_count - 1) / interval_count;
    int128 power = 1;
    while (power * 10 <= step_min) {
        power *= 10;
    }
    const int128 factor = power >= step_min ? 1 : power * 2 >= step_min ? 2 : power * 5 >= step_min ? 5 : 10;
    const int128 step = power * factor;
    const int128 first = -((-low.units() + step - 1) / step);
    const int128 last = (high.units() + step - 1) / step;
    Axis axis{Decimal::from_units(step), {}};
    for (int128 index = first; index <= last; ++index) {
        axis.ticks.push_back(Decimal::from_units(index * step));
    }
    return axis;
}

std::string bar_chart(const BarChart& chart) {
    if (chart.bars.empty()) {
        return {};
    }
    Extent extent;
    for (const ChartBar& bar : chart.bars) {
        extent.include(bar.value);
    }
    Plot plot;
    plot.axis = nice_axis(extent.low, extent.high, 4);
    int axis_width = 0;
    for (const Decimal tick : plot.axis.ticks) {
        axis_width = std::max(axis_width, label_width_px(compact_text(tick)));
    }
    plot.left = (axis_width + 7) * 100;
    plot.width = chart.width_px * 100 - plot.left - 400;
    plot.height = chart.height_px * 100 - plot.top - (chart.is_daily ? 2300 : 3500);
    const std::string title = html_text(chart.title);
    const std::string description = html_text(chart.description);
    return fmt::format("<svg class=\"chart {0}\" role=\"img\" aria-labelledby=\"{1}-t {1}-d\" viewBox=\"0 0 {2} {3}\">"
                       "<title id=\"{1}-t\">{4}</title><desc id=\"{1}-d\">{5}</desc>",
                       chart.css_class, chart.id, chart.width_px, chart.height_px, title, description) +
           grid(plot) + bars(chart, plot) + labels(chart, plot) + "</svg>";
}

std::string table_bar(const Amount& value, Decimal low, Decimal high) {
    constexpr Hundredths kLength = 10000;
    std::string out = "<svg class=\"tbar\" aria-hidden=\"true\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\">"
                      "<rect class=\"track\" width=\"100\" height=\"6\"/>";
    if (value) {
        const Hundredths zero = position(Decimal(), low, high, kLength);
        const Hundredths end = position(*value, low, high, kLength);
        out += fmt::format("<rect class=\"{}\" x=\"{}\" width=\"{}\" height=\"6\"/>",
                           value->is_negative() ? "bar minus" : "bar on", px(std::min(zero, end)),
                           px(std::abs(end - zero)));
    }
    return out + "</svg>";
}

std::string sparkline(std::span<const Amount> values, const std::string& title, int width_px, int height_px) {
    const auto known =
        std::count_if(values.begin(), values.end(), [](const Amount& value) { return value.has_value(); });
    if (known < 2) {
        return {};
    }
    Extent extent;
    for (const Amount& value : values) {
        extent.include(value);
    }
    if (extent.low == extent.high) {
        extent.high = Decimal::from_integer(1);
    }
    constexpr Hundredths kMargin = 300;
    const Hundredths width = width_px * 100 - 2 * kMargin;
    const Hundredths height = height_px * 100 - 2 * kMargin;
    const auto last_index = static_cast<Hundredths>(values.size()) - 1;
    const auto y_of = [&](Decimal value) {
        return kMargin + height - position(value, extent.low, extent.high, height);
    };
    std::string path;
    Hundredths first_x = 0;
    std::pair<Hundredths, Hundredths> last;
    for (Hundredths index = 0; index <= last_index; ++index) {
        const Amount& value = values[static_cast<std::size_t>(index)];
        if (!value) {
            continue;
        }
        last = {kMargin + width * index / last_index, y_of(*value)};
        first_x = path.empty() ? last.first : first_x;
        path += fmt::format("{}{} {}", path.empty() ? "M" : "L", px(last.first), px(last.second));
    }
    return fmt::format("<svg class=\"spark\" role=\"img\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">"
                       "<title>{2}</title><path class=\"area\" d=\"{3}L{4} {6}L{7} {6}Z\"/><path d=\"{3}\"/>"
                       "<circle cx=\"{4}\" cy=\"{5}\" r=\"2.5\"/></svg>",
                       width_px, height_px, html_text(title), path, px(last.first), px(last.second),
                       px(y_of(Decimal())), px(first_x));
}

} // namespace florin::report
