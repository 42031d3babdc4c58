#include "report/html_parts.hpp"

#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::embedded {
extern const std::string_view report_page_css;
}

namespace florin::report {
namespace {

using money::Decimal;

const char* direction_class(const Amount& difference) {
    if (!difference || difference->is_zero()) {
        return "muted";
    }
    return difference->is_negative() ? "down" : "up";
}

const char* arrow(const Amount& difference) {
    if (!difference || difference->is_zero()) {
        return "";
    }
    return difference->is_negative() ? "▼\u00A0" : "▲\u00A0";
}

/// The table behind a trend, closed until asked for.
std::string trend_table(const Summary& summary, const CurrencyBlock& block, const std::vector<TrendPoint>& points,
                        const std::string& title, const std::string& step) {
    const bool has_billed = summary.basis != Basis::kBilled;
    std::vector<std::string> headings = {step, std::string(basis_name(summary.basis))};
    if (has_billed) {
        headings.emplace_back("Billed cost");
    }
    std::string out = "<details><summary>The figures</summary><div class=\"box\">" +
                      table_start(title, block.currency.code(), headings, "");
    std::vector<Column> columns(headings.size() - 1);
    for (const TrendPoint& point : points) {
        out += "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">" + period::to_string(point.period) +
               (point.is_complete ? "" : " <span class=\"muted\">so far</span>") + "</th>" +
               cell(amount_html(point.amount, block.currency));
        columns[0].rows.push_back(point.amount);
        if (has_billed) {
            out += cell(amount_html(point.billed, block.currency));
            columns[1].rows.push_back(point.billed);
        }
        out += "</tr>\n";
    }
    for (Column& column : columns) {
        column.total = sum_of(column.rows);
    }
    return out + "</tbody>" + table_foot(columns, block.currency) + "</table></div></details>";
}

/// One trend drawn for a wide and for a narrow page; the style sheet shows one of them.
std::string trend_figure(const Summary& summary, const CurrencyBlock& block, const std::vector<TrendPoint>& points,
                         BarChart chart, const std::string& legend, const std::string& step) {
    std::vector<ChartBar> bars;
    Amount lowest;
    Amount highest;
    for (const TrendPoint& point : points) {
        const std::string amount =
            point.amount ? exact_text(*point.amount, block.currency) : std::string(kNotAvailable);
        const bool is_inside = summary.period.start <= point.period.start && point.period.end <= summary.period.end;
        bars.push_back(
            {point.period, point.amount,
             fmt::format("{}: {}{}", period::to_string(point.period), amount, point.is_complete ? "" : ", so far"),
             is_inside, point.is_complete});
        if (point.amount) {
            lowest = lowest ? std::min(*lowest, *point.amount) : *point.amount;
            highest = highest ? std::max(*highest, *point.amount) : *point.amount;
        }
    }
    chart.bars = std::move(bars);
    chart.title = fmt::format("{} by {}, {}", basis_name(summary.basis), lower_first(step), block.currency.code());
    chart.description = fmt::format("{} to {}; lowest {}, highest {}. The figures are in the table below.",
                                    period::to_string(points.front().period), period::to_string(points.back().period),
                                    display_text(lowest, block.currency), display_text(highest, block.currency));
    BarChart narrow = chart;
    narrow.id += "-narrow";
    narrow.css_class = "narrow";
    narrow.width_px = 330;
    narrow.height_px = 190;
    chart.css_class = "wide";
    return "<figcaption class=\"head\"><h3>" + chart.title + "</h3><span class=\"muted\">" + legend +
           "</span></figcaption>" + bar_chart(chart) + bar_chart(narrow) +
           trend_table(summary, block, points, chart.title, step) + "</figure>\n";
}

bool has_outside(const Summary& summary, const std::vector<TrendPoint>& points) {
    return std::any_of(points.begin(), points.end(), [&](const TrendPoint& point) {
        return point.period.start < summary.period.start || point.period.end > summary.period.end;
    });
}

std::string legend_for(const Summary& summary, const std::vector<TrendPoint>& points) {
    std::string legend = "<span class=\"key on\"></span>" + period_text(summary.period);
    if (has_outside(summary, points)) {
        legend += "<span class=\"key\"></span>other";
    }
    if (std::any_of(points.begin(), points.end(), [](const TrendPoint& point) { return !point.is_complete; })) {
        legend += "<span class=\"key open\"></span>so far";
    }
    return legend;
}

std::string state_html(const Freshness& line) {
    static constexpr std::array<std::array<const char*, 2>, 3> kStates = {
        {{"complete", "closed by the provider"}, {"open", "open"}, {"gaps", "gaps"}}};
    const auto& state = kStates[static_cast<std::size_t>(line.state)];
    std::string out = fmt::format("<span><span class=\"state {}\">{}</span>", state[0], state[1]);
    if (!line.note.empty()) {
        out += "<span class=\"small\">" + html_text(line.note) + "</span>";
    }
    return out + "</span>";
}

} // namespace

std::string document_head(const std::string& title) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "img-src data:\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<meta name=\"generator\" content=\"Florin\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n",
        title, embedded::report_page_css);
}

std::string amount_html(const Amount& amount, money::Currency currency, bool is_signed) {
    if (!amount) {
        return fmt::format("<span class=\"na\">{}</span>", kNotAvailable);
    }
    return fmt::format("<span class=\"amount\" data-exact=\"{}\" title=\"{}\">{}</span>", amount->to_string(),
                       exact_text(*amount, currency),
                       is_signed ? signed_text(amount, currency) : display_text(amount, currency));
}

std::string change_html(const Amount& amount, const Amount& previous, money::Currency currency) {
    const Change change = change_between(amount, previous);
    if (!change.difference) {
        return fmt::format("<span class=\"na\">change {}</span>", kNotAvailable);
    }
    return fmt::format("<span class=\"{}\">{}{}</span> {}", direction_class(change.difference),
                       arrow(change.difference), change.percent, amount_html(change.difference, currency, true));
}

std::string change_cell(const Amount& amount, const Amount& previous, money::Currency currency) {
    const Change change = change_between(amount, previous);
    const std::string difference = amount_html(change.difference, currency, true);
    if (!change.difference) {
        return difference;
    }
    if (change.percent.empty()) {
        return fmt::format("<span class=\"{}\">{}{}</span>", direction_class(change.difference),
                           arrow(change.difference), difference);
    }
    return fmt::format("<span class=\"{}\">{}{}</span> <span class=\"small\">{}</span>",
                       direction_class(change.difference), arrow(change.difference), change.percent, difference);
}

std::string ratio_html(const std::optional<money::Rate>& rate) {
    if (!rate) {
        return amount_html(std::nullopt, money::Currency::parse("USD").value());
    }
    return fmt::format("<span class=\"amount\" data-exact=\"{0}\" title=\"{0}\">{1}</span>", rate->value().to_string(),
                       percent_text(rate->value()));
}

std::string tag_share_html(const TagCoverage& tag) {
    const auto share = tag_share(tag);
    return ratio_html(share ? std::optional(money::Rate(*share)) : std::nullopt);
}

std::string marks_html(const std::vector<Mark>& marks, std::optional<money::Currency> currency) {
    if (marks.empty()) {
        return {};
    }
    std::string out = "<ul class=\"marks\">";
    for (const Mark& mark : marks) {
        const bool is_note = mark.severity == Mark::Severity::kNote;
        out += fmt::format("<li{}>{}{}", is_note ? " class=\"note\"" : "", is_note ? "" : "<b>Caution:</b> ",
                           html_text(mark.text));
        if (mark.amount && currency) {
            out += " Amount touched: " + amount_html(mark.amount, *currency) + " " + currency->code() + ".";
        }
        out += "</li>";
    }
    return out + "</ul>\n";
}

std::string cell(const std::string& content, const std::string& label) {
    return "<td class=\"n\" role=\"cell\"" + (label.empty() ? "" : " data-label=\"" + label + "\"") + ">" + content +
           "</td>";
}

std::string table_start(const std::string& title, const std::string& subtitle, const std::vector<std::string>& headings,
                        const std::string& css_class) {
    std::string out = fmt::format("<table class=\"figures {}\" role=\"table\"><caption><h3>{}</h3><span "
                                  "class=\"muted\">{}</span></caption>\n<thead role=\"rowgroup\"><tr role=\"row\">",
                                  css_class, title, subtitle);
    for (std::size_t index = 0; index < headings.size(); ++index) {
        out += fmt::format("<th scope=\"col\" role=\"columnheader\"{}>{}</th>", index == 0 ? "" : " class=\"n\"",
                           headings[index]);
    }
    return out + "</tr></thead>\n<tbody role=\"rowgroup\">\n";
}

std::string table_foot(const std::vector<Column>& columns, money::Currency currency) {
    std::string missing;
    std::string rounding;
    std::string total;
    bool is_exact = true;
    bool has_rounding = false;
    for (const Column& column : columns) {
        const Footing footing = footing_of(column.rows, column.total, currency);
        is_exact = is_exact && footing.is_exact();
        has_rounding = has_rounding || footing.has_rounding();
        missing += cell(amount_html(footing.missing, currency, column.is_signed), column.label);
        rounding += cell(amount_html(footing.rounding, currency, column.is_signed), column.label);
        total += column.total_html.empty() ? cell(amount_html(column.total, currency), column.label)
                                           : cell(column.total_html);
    }
    const auto row = [](const char* css_class, const char* name, const std::string& cells) {
        return fmt::format("<tr role=\"row\" class=\"{}\"><th scope=\"row\" role=\"rowheader\">{}</th>{}</tr>\n",
                           css_class, name, cells);
    };
    return "<tfoot role=\"rowgroup\">" + (is_exact ? "" : row("missing", "Not in the lines above", missing)) +
           (has_rounding ? row("rounding", "Rounding", rounding) : "") + row("total", "Total", total) + "</tfoot>";
}

std::string daily_figure(const Summary& summary, const CurrencyBlock& block) {
    if (block.daily.empty()) {
        return {};
    }
    BarChart chart;
    chart.id = "daily-" + block.currency.code();
    chart.is_daily = true;
    chart.width_px = 640;
    chart.height_px = 230;
    return "<figure class=\"card trend wide7\">" +
           trend_figure(summary, block, block.daily, chart, legend_for(summary, block.daily), "Day");
}

std::string monthly_figure(const Summary& summary, const CurrencyBlock& block) {
    if (block.monthly.empty()) {
        return {};
    }
    BarChart chart;
    chart.id = "monthly-" + block.currency.code();
    chart.width_px = 450;
    chart.height_px = 230;
    return "<figure class=\"card trend wide5\">" +
           trend_figure(summary, block, block.monthly, chart, legend_for(summary, block.monthly), "Month");
}

std::string freshness_section(const Summary& summary) {
    std::string out = "<h2 id=\"freshness\">Freshness and completeness</h2>\n<section class=\"card\">";
    if (summary.freshness.empty()) {
        return out + "<p class=\"muted\">No data has been received.</p></section>\n";
    }
    out += table_start("Data by billing account", "Rows are charges in " + period_text(summary.period) + ".",
                       {"Source", "Billing account", "Last charge", "Received", "Rows", "Pending", "State"},
                       "stack long text");
    for (const Freshness& line : summary.freshness) {
        out += "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\"><bdi>" + html_text(line.source) +
               "</bdi><span class=\"small\">" + html_text(line.provider) + "</span></th>";
        out += cell("<bdi>" + html_text(line.billing_account) + "</bdi>", "account");
        out +=
            cell(line.last_charge_day ? "<span class=\"nowrap\">" + period::to_string(*line.last_charge_day) + "</span>"
                                      : "<span class=\"na\">none</span>",
                 "last charge");
        out += cell(line.received_at ? "<span class=\"nowrap\">" + instant_text(*line.received_at) + "</span>"
                                     : "<span class=\"na\">never</span>",
                    "received");
        out += cell(count_text(line.row_count), "rows");
        out += cell(line.pending_delivery_count == 0
                        ? "0"
                        : "<span class=\"state pending\">" + count_text(line.pending_delivery_count) + "</span>",
                    "pending");
        out += cell(state_html(line), "state") + "</tr>\n";
    }
    return out + "</tbody></table></section>\n";
}

} // namespace florin::report
