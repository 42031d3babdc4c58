#include "report/waterfall.hpp"

#include "report/figures.hpp"
#include "report/svg_chart.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::report {
namespace {

constexpr int kStepPx = 26;
constexpr int kBarPx = 16;
constexpr int kFootPx = 24;
constexpr int kAmountPx = 112;

/// Draws on whole pixels but for the bars, which end on hundredths.
class WaterfallPlot {
public:
    WaterfallPlot(const Waterfall& chart, Axis axis) : chart_(chart), axis_(std::move(axis)) {}

    std::string grid(int height) const {
        std::string out;
        for (const money::Decimal tick : axis_.ticks) {
            out += fmt::format("<line class=\"{}\" x1=\"{}\" x2=\"{}\" y1=\"0\" y2=\"{}\"/>"
                               "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}{}</text>",
                               tick.is_zero() ? "zero" : "grid", x(tick), x(tick), height - kFootPx, x(tick),
                               height - 6, tick.is_negative() || tick.is_zero() ? "" : "+", compact_text(tick));
        }
        return out;
    }

    /// One bar from `from` to `to`, with its label and amount; `next_from` is where the next one begins.
    std::string bar(std::size_t index, const std::string& label, money::Decimal from, money::Decimal to,
                    money::Decimal amount, const char* css_class, bool has_next) const {
        const int y = static_cast<int>(index) * kStepPx + (kStepPx - kBarPx) / 2;
        const std::int64_t left = std::min(hundredths(from), hundredths(to));
        const std::int64_t right = std::max(hundredths(from), hundredths(to));
        const std::string shown = cut_to_columns(terminal_text(label), static_cast<std::size_t>(chart_.label_px / 7));
        std::string out = fmt::format("<text class=\"name\" x=\"0\" y=\"{}\">{}</text>", y + 12, html_text(shown));
        out += fmt::format("<rect class=\"bar {}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"1.5\">"
                           "<title>{}: {}</title></rect>",
                           css_class, px(left), y, px(std::max<std::int64_t>(right - left, 50)), kBarPx,
                           html_text(label), exact_text(amount, chart_.currency));
        if (has_next) {
            out += fmt::format("<line class=\"joint\" x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\"/>", x(to), y + kBarPx,
                               y + kStepPx);
        }
        return out + fmt::format("<text class=\"figure\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                                 chart_.width_px, y + 12, signed_text(amount, chart_.currency));
    }

private:
    static std::string px(std::int64_t hundredths) {
        return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
    }

    std::int64_t hundredths(money::Decimal value) const {
        const std::int64_t length = (chart_.width_px - chart_.label_px - kAmountPx - 24) * 100;
        const money::Decimal inside = std::clamp(value, axis_.low(), axis_.high());
        // Halves, because the distance between two Decimals may be twice what one can be.
        const auto distance = money::Decimal::from_units(inside.units() / 2 - axis_.low().units() / 2);
        const auto scaled = distance.times_ratio(length, axis_.high().units() / 2 - axis_.low().units() / 2,
                                                 money::Rounding::kHalfEven);
        return (chart_.label_px + 12) * 100 + static_cast<std::int64_t>(scaled.value().units());
    }

    std::string x(money::Decimal value) const { return px(hundredths(value)); }

    const Waterfall& chart_;
    Axis axis_;
};

} // namespace

std::string waterfall_chart(const Waterfall& chart) {
    if (chart.steps.empty()) {
        return {};
    }
    std::vector<money::Decimal> ends;
    money::DecimalSum sum;
    money::Decimal low;
    money::Decimal high;
    for (const WaterfallStep& step : chart.steps) {
        sum.add(step.amount);
        const auto end = sum.total();
        ends.push_back(end.ok() ? *end : ends.empty() ? money::Decimal() : ends.back());
        low = std::min(low, ends.back());
        high = std::max(high, ends.back());
    }
    const WaterfallPlot plot(chart, nice_axis(low, high, chart.width_px < 500 ? 2 : 5));
    const int height = static_cast<int>(chart.steps.size() + 1) * kStepPx + kFootPx;
    std::string out =
        fmt::format("<svg class=\"chart waterfall {0}\" role=\"img\" aria-labelledby=\"{1}-t {1}-d\" "
                    "viewBox=\"0 0 {2} {3}\"><title id=\"{1}-t\">{4}</title><desc id=\"{1}-d\">{5}</desc>",
                    chart.css_class, chart.id, chart.width_px, height, html_text(chart.title),
                    html_text(chart.description)) +
        plot.grid(height);
    money::Decimal from;
    for (std::size_t i = 0; i < chart.steps.size(); ++i) {
        const WaterfallStep& step = chart.steps[i];
        out += plot.bar(i, step.label, from, ends[i], step.amount, step.amount.is_negative() ? "less" : "more", true);
        from = ends[i];
    }
    return out + plot.bar(chart.steps.size(), chart.total_label, money::Decimal(), from, from, "on", false) + "</svg>";
}

} // namespace florin::report
