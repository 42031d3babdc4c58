#include "report/variance.hpp"

#include "report/html_parts.hpp"
#include "report/text.hpp"
#include "report/waterfall.hpp"

#include <fmt/format.h>

namespace florin::report {
namespace {

/// The effects that move anything in the block, by their place.
std::vector<std::size_t> moving_effects(const VarianceBlock& block) {
    std::vector<std::size_t> moving;
    for (std::size_t i = 0; i < block.effects.size(); ++i) {
        if (has_effect(block, i)) {
            moving.push_back(i);
        }
    }
    return moving;
}

std::string variance_figure(const VarianceReport& report, const VarianceBlock& block) {
    Waterfall chart{.id = "waterfall-" + block.currency.code(),
                    .css_class = "wide",
                    .title = fmt::format("From {} to {}", report.base, report.actual),
                    .currency = block.currency,
                    .total_label = "variance"};
    for (const std::size_t effect : moving_effects(block)) {
        chart.steps.push_back({block.effects[effect].label, block.total.effects[effect]});
    }
    chart.description = fmt::format("{} in {}, {} in {}; the steps between them are in the table below.",
                                    exact_text(block.total.base, block.currency), report.base,
                                    exact_text(block.total.actual, block.currency), report.actual);
    Waterfall narrow = chart;
    narrow.id += "-narrow";
    narrow.css_class = "narrow";
    narrow.width_px = 330;
    narrow.label_px = 110;
    return fmt::format("<figure class=\"card full\"><figcaption class=\"head\"><h3>From {} to {}</h3><span "
                       "class=\"muted\">{} {} to {} {}; bars show the difference from {}</span></figcaption>",
                       html_text(report.base), html_text(report.actual), amount_html(block.total.base, block.currency),
                       block.currency.code(), amount_html(block.total.actual, block.currency), block.currency.code(),
                       html_text(report.base)) +
           waterfall_chart(chart) + waterfall_chart(narrow) + "</figure>\n";
}

std::string variance_table(const VarianceReport& report, const VarianceBlock& block) {
    const std::vector<std::size_t> effects = moving_effects(block);
    std::vector<std::string> headings = {html_text(report.heading.empty() ? "Spend" : report.heading),
                                         html_text(report.base), html_text(report.actual), "variance"};
    for (const std::size_t effect : effects) {
        headings.push_back(html_text(block.effects[effect].heading));
    }
    std::vector<Column> columns(headings.size() - 1);
    const auto figures = [&](const VarianceLine& line) {
        std::vector<money::Decimal> all = {line.base, line.actual, line.variance};
        for (const std::size_t effect : effects) {
            all.push_back(line.effects[effect]);
        }
        return all;
    };
    std::string out =
        "<section class=\"card full\">" +
        table_start("Every effect", "They add up to the variance, to the last digit.", headings, "stack long effects");
    for (const VarianceLine& line : block.lines) {
        out += "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\"><bdi>" + html_text(line.name) + "</bdi></th>";
        const std::vector<money::Decimal> all = figures(line);
        for (std::size_t i = 0; i < all.size(); ++i) {
            columns[i].rows.emplace_back(all[i]);
            out += cell(amount_html(all[i], block.currency, i >= 2), headings[i + 1]);
        }
        out += "</tr>\n";
    }
    const std::vector<money::Decimal> totals = figures(block.total);
    for (std::size_t i = 0; i < totals.size(); ++i) {
        columns[i].total = totals[i];
        columns[i].label = headings[i + 1];
        columns[i].is_signed = i >= 2;
        columns[i].total_html = columns[i].is_signed ? amount_html(totals[i], block.currency, true) : std::string();
        if (block.lines.empty()) {
            columns[i].rows.emplace_back(totals[i]); // the total is all there is
        }
    }
    return out + "</tbody>" + table_foot(columns, block.currency) + "</table></section>\n";
}

} // namespace

std::string render_html(const VarianceReport& report) {
    const std::string sides = fmt::format("{} against {}", html_text(report.actual), html_text(report.base));
    std::string out = document_head(fmt::format("{}: variance, {}", html_text(report.workspace_title), sides));
    out += fmt::format("<body>\n<header class=\"top\"><p class=\"brand\">Florin variance</p>\n<h1><bdi>{}</bdi>, "
                       "{}</h1>\n<p class=\"lede\">{} by charge period.</p></header>\n<main>\n",
                       html_text(report.workspace_title), sides, basis_name(report.basis));
    if (report.blocks.empty()) {
        out += "<section class=\"card empty\"><h2>No charges in either</h2></section>\n";
    }
    for (const VarianceBlock& block : report.blocks) {
        out += fmt::format("<section class=\"block\"><h2>{}</h2>\n<div class=\"grid\"><section class=\"card full\">",
                           block.currency.code());
        for (std::size_t i = 0; i < block.sentences.size(); ++i) {
            out +=
                fmt::format("<p class=\"{}\">{}</p>\n", i == 0 ? "said" : "said small", html_text(block.sentences[i]));
        }
        out += "</section>\n" + variance_figure(report, block) + variance_table(report, block) + "</div></section>\n";
    }
    out += "</main>\n<footer><dl>";
    for (const std::string& note : report.notes) {
        out += "<dt>Note</dt><dd>" + html_text(note) + "</dd>\n";
    }
    return out + "</dl></footer>\n</body>\n</html>\n";
}

} // namespace florin::report
