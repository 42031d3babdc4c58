#include "report/html.hpp"

#include "report/html_parts.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::report {
namespace {

using money::Decimal;

/// "August 2024", or "1 to 15 August 2024": what a change is measured from.
std::string previous_name(const Summary& summary) {
    return period_text(summary.previous_period);
}

std::string head(const Summary& summary) {
    return document_head(fmt::format("{}: spend, {}", html_text(summary.workspace_title), period_text(summary.period)));
}

std::string page_top(const Summary& summary) {
    std::string out = "<header class=\"top\"><p class=\"brand\">Florin spend summary</p>\n<h1><bdi>" +
                      html_text(summary.workspace_title) + "</bdi></h1>\n";
    out += fmt::format("<p class=\"lede\"><b>{}</b> by {} period, compared with {}. Costs are <b>{}</b> unless named "
                       "otherwise. {}{} <a href=\"#freshness\">Freshness and completeness</a></p>\n",
                       period_text(summary.period), summary.period_kind == PeriodKind::kCharge ? "charge" : "billing",
                       previous_name(summary), lower_basis_name(summary.basis),
                       summary.as_of ? "As known at " + html_text(instant_text(*summary.as_of)) + ". " : "",
                       html_text(freshness_sentence(summary)));
    if (summary.blocks.size() > 1) {
        out += "<nav aria-label=\"Currencies\">";
        for (const CurrencyBlock& block : summary.blocks) {
            out += fmt::format("<a href=\"#{0}\">{0}</a>", block.currency.code());
        }
        out += "</nav>\n<p class=\"lede\">Amounts of different currencies are never added: each currency has a part of "
               "its own.</p>\n";
    }
    std::vector<Mark> everywhere;
    for (const Mark& mark : summary.marks) {
        if (mark.parts.empty()) {
            everywhere.push_back(mark);
        }
    }
    return out + marks_html(everywhere, std::nullopt) + "</header>\n";
}

std::string kpi(const std::string& label, const std::string& value, const std::string& small,
                const std::vector<Mark>& marks, money::Currency currency) {
    return "<div class=\"card kpi\"><h3>" + label + "</h3><p class=\"big\">" + value + "</p><p class=\"small\">" +
           small + "</p>" + marks_html(marks, currency) + "</div>\n";
}

std::string hero(const Summary& summary, const CurrencyBlock& block) {
    std::vector<Amount> months;
    for (const TrendPoint& point : block.monthly) {
        months.push_back(point.amount);
    }
    const std::string spark =
        sparkline(months, fmt::format("{} by month, {}", basis_name(summary.basis), block.currency.code()), 460, 96);
    const std::string spark_label = spark.empty() ? ""
                                                  : fmt::format("<p class=\"spark-label\">by month, {} to {}</p>",
                                                                period_text(block.monthly.front().period),
                                                                period_text(block.monthly.back().period));
    return fmt::format(
        "<div class=\"card kpi hero\"><div><h3>{}, {}</h3><p class=\"big\">{} <span "
        "class=\"unit\">{}</span></p><p class=\"small\">{} from {} in {}</p>{}</div><div>{}{}</div></div>\n",
        basis_name(summary.basis), period_text(summary.period), amount_html(block.spend, block.currency),
        block.currency.code(), change_html(block.spend, block.previous, block.currency),
        amount_html(block.previous, block.currency), previous_name(summary),
        marks_html(marks_for(summary, block, Part::kSpend), block.currency), spark, spark_label);
}

std::string kpis(const Summary& summary, const CurrencyBlock& block) {
    const money::Currency currency = block.currency;
    const Savings& savings = block.savings;
    std::string out = "<div class=\"kpis\">\n" + hero(summary, block);
    if (summary.basis != Basis::kBilled) {
        out += kpi("Billed cost", amount_html(block.spend_billed, currency),
                   change_html(block.spend_billed, block.previous_billed, currency) + " from " + previous_name(summary),
                   marks_for(summary, block, Part::kBilledSpend), currency);
    }
    out += kpi("Effective savings rate", ratio_html(savings.effective_savings_rate),
               savings.savings ? "saved " + amount_html(savings.savings, currency) + " of list cost " +
                                     amount_html(savings.list, currency)
                               : fmt::format("savings {}", kNotAvailable),
               marks_for(summary, block, Part::kSavings), currency);
    out += kpi("Commitment utilisation", ratio_html(savings.commitment_utilisation),
               "unused, effective cost: " + amount_html(savings.commitment_unused, currency),
               marks_for(summary, block, Part::kCommitments), currency);
    if (!block.tags.empty()) {
        const TagCoverage& tag = block.tags.front();
        out +=
            kpi("Tagged with <bdi>" + html_text(tag.key) + "</bdi>", tag_share_html(tag),
                fmt::format("not tagged, {}: {}", lower_basis_name(summary.basis), amount_html(tag.untagged, currency)),
                marks_for(summary, block, Part::kTags), currency);
    }
    return out + "</div>\n";
}

std::string breakdown_row(const Summary& summary, const CurrencyBlock& block, const Breakdown& breakdown,
                          const BreakdownRow& row, Decimal low, Decimal high) {
    const char* css = row.kind == BreakdownRow::Kind::kRest      ? " class=\"rest\""
                      : row.kind == BreakdownRow::Kind::kMissing ? " class=\"missing-value\""
                                                                 : "";
    const auto share = share_of(row.amount, breakdown.total);
    std::string out = fmt::format(
        "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\"><bdi{}>{}</bdi><span class=\"barline\">{}<span "
        "class=\"share\">{}</span></span></th>",
        css, html_text(row_name(row, breakdown)), table_bar(row.amount, low, high), share ? percent_text(*share) : "");
    out += cell(amount_html(row.amount, block.currency));
    out += cell(change_cell(row.amount, row.previous, block.currency));
    if (summary.basis != Basis::kBilled) {
        out += cell(amount_html(row.billed, block.currency), "billed");
    }
    return out + "</tr>\n";
}

std::string breakdown_foot(const Summary& summary, const CurrencyBlock& block, const Breakdown& breakdown) {
    std::vector<Column> columns(3);
    for (const BreakdownRow& row : breakdown.rows) {
        columns[0].rows.push_back(row.amount);
        columns[1].rows.push_back(change_between(row.amount, row.previous).difference);
        columns[2].rows.push_back(row.billed);
    }
    columns[0].total = breakdown.total;
    columns[1].total = change_between(breakdown.total, breakdown.total_previous).difference;
    columns[1].is_signed = true;
    columns[1].label = "change";
    columns[1].total_html = change_cell(breakdown.total, breakdown.total_previous, block.currency);
    columns[2].total = breakdown.total_billed;
    columns[2].label = "billed";
    if (summary.basis == Basis::kBilled) {
        columns.pop_back();
    }
    return table_foot(columns, block.currency);
}

std::string breakdown_card(const Summary& summary, const CurrencyBlock& block, const Breakdown& breakdown) {
    Decimal low;
    Decimal high;
    for (const BreakdownRow& row : breakdown.rows) {
        low = std::min(low, row.amount.value_or(Decimal()));
        high = std::max(high, row.amount.value_or(Decimal()));
    }
    const std::string dimension = html_text(breakdown.dimension);
    std::vector<std::string> headings = {dimension, std::string(basis_name(summary.basis)), "Change", "Billed cost"};
    if (summary.basis == Basis::kBilled) {
        headings.pop_back();
    }
    std::string out = "<section class=\"card\">" +
                      table_start("By " + lower_first(dimension),
                                  block.currency.code() + ", change from " + previous_name(summary), headings, "stack");
    for (const BreakdownRow& row : breakdown.rows) {
        out += breakdown_row(summary, block, breakdown, row, low, high);
    }
    return out + "</tbody>" + breakdown_foot(summary, block, breakdown) + "</table></section>\n";
}

std::string mover_card(const Summary& summary, const CurrencyBlock& block, const std::vector<Mover>& movers,
                       const std::string& title) {
    std::string out = "<section class=\"card half\">";
    if (movers.empty()) {
        return out + "<h3>" + title + "</h3><p class=\"muted\">None in this period.</p></section>\n";
    }
    out += table_start(title, fmt::format("{}, {}", basis_name(summary.basis), block.currency.code()),
                       {"Where", "Change", period_text(summary.period), previous_name(summary)}, "stack");
    for (const Mover& mover : movers) {
        out += "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\"><bdi>" + html_text(mover.name) +
               "</bdi><span class=\"small\">" + html_text(mover.dimension) + "</span><span class=\"spark-cell\">" +
               sparkline(mover.trend, "Trend of the last months", 120, 26) + "</span></th>";
        out += cell(change_cell(mover.amount, mover.previous, block.currency));
        out += cell(amount_html(mover.amount, block.currency), "now");
        out += cell(amount_html(mover.previous, block.currency), "before") + "</tr>\n";
    }
    return out + "</tbody></table></section>\n";
}

std::string tag_card(const Summary& summary, const CurrencyBlock& block) {
    if (block.tags.empty()) {
        return {};
    }
    std::string out = "<section class=\"card half\">" +
                      table_start("Tag coverage",
                                  fmt::format("{}, {}. A charge counts once for each key, so the lines do not add up.",
                                              basis_name(summary.basis), block.currency.code()),
                                  {"Tag key", "Not tagged", "Tagged"}, "stack");
    for (const TagCoverage& tag : block.tags) {
        const auto share = tag_share(tag);
        out += "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\"><bdi>" + html_text(tag.key) +
               "</bdi><span class=\"barline\">" + table_bar(share, Decimal(), Decimal::from_integer(1)) +
               "<span class=\"share\">" + (share ? percent_text(*share) : "") + "</span></span></th>";
        out += cell(amount_html(tag.untagged, block.currency), "not tagged");
        out += cell(amount_html(tag.tagged, block.currency), "tagged") + "</tr>\n";
    }
    return out + "</tbody></table>" + marks_html(marks_for(summary, block, Part::kTags), block.currency) +
           "</section>\n";
}

std::string savings_card(const Summary& summary, const CurrencyBlock& block) {
    const Savings& savings = block.savings;
    const Decimal high = std::max({Decimal(), savings.list.value_or(Decimal()), savings.contracted.value_or(Decimal()),
                                   savings.effective.value_or(Decimal())});
    const auto line = [&](const char* name, const Amount& amount, bool has_bar) {
        return fmt::format("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{}{}</th>{}</tr>\n", name,
                           has_bar && amount && !amount->is_negative()
                               ? "<span class=\"barline\">" + table_bar(amount, Decimal(), high) +
                                     "<span></span></span>"
                               : "",
                           cell(amount_html(amount, block.currency)));
    };
    const auto rate = [&](const char* name, const std::optional<money::Rate>& value) {
        return fmt::format("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{}</th>{}</tr>\n", name,
                           cell(ratio_html(value)));
    };
    return "<section class=\"card half\">" +
           table_start("Savings and commitments",
                       block.currency.code() + ". Without covering purchases, tax and credits.", {"Figure", "Amount"},
                       "stack") +
           line("List cost", savings.list, true) + line("Contracted cost", savings.contracted, true) +
           line("Effective cost", savings.effective, true) +
           line("Savings: list less effective", savings.savings, false) +
           rate("Effective savings rate", savings.effective_savings_rate) +
           line("Commitment used, effective cost", savings.commitment_used, false) +
           line("Commitment unused, effective cost", savings.commitment_unused, false) +
           rate("Commitment utilisation", savings.commitment_utilisation) + "</tbody></table>" +
           marks_html(marks_for(summary, block, Part::kSavings), block.currency) +
           marks_html(marks_for(summary, block, Part::kCommitments), block.currency) + "</section>\n";
}

std::string currency_block(const Summary& summary, const CurrencyBlock& block) {
    const std::string code = block.currency.code();
    std::string out = fmt::format("<section class=\"block\" id=\"{0}\" aria-labelledby=\"{0}-title\"><h2 "
                                  "id=\"{0}-title\">Spend in {0}</h2>\n",
                                  code);
    std::vector<Mark> everywhere;
    for (const Mark& mark : block.marks) {
        if (mark.parts.empty()) {
            everywhere.push_back(mark);
        }
    }
    out += marks_html(everywhere, block.currency) + kpis(summary, block);
    out += "<div class=\"grid\">\n" + daily_figure(summary, block) + monthly_figure(summary, block) + "</div>\n";
    out += marks_html(marks_for(summary, block, Part::kTrend), block.currency);
    out += "<h2>Where it goes</h2>\n" + marks_html(marks_for(summary, block, Part::kBreakdowns), block.currency) +
           "<div class=\"columns\">\n";
    for (const Breakdown& breakdown : block.breakdowns) {
        out += breakdown_card(summary, block, breakdown);
    }
    out += "</div>\n<h2>What moved since " + previous_name(summary) + "</h2>\n" +
           marks_html(marks_for(summary, block, Part::kMovers), block.currency) + "<div class=\"grid\">\n";
    out += mover_card(summary, block, block.increases, "Largest increases");
    out += mover_card(summary, block, block.decreases, "Largest decreases");
    return out + "</div>\n<h2>What was saved, what is tagged</h2>\n<div class=\"grid\">\n" +
           savings_card(summary, block) + tag_card(summary, block) + "</div>\n" + commitments_section(summary, block) +
           "</section>\n";
}

std::string footer(const Summary& summary) {
    return "<footer><dl>"
           "<dt>Effective cost</dt><dd>What was used, with purchases and commitments spread over the time they "
           "cover. "
           "A charge that spans days is spread over them.</dd>"
           "<dt>Billed cost</dt><dd>What the providers invoice. A charge that spans days falls on its first day.</dd>"
           "<dt>Effective savings rate</dt><dd>1 less effective cost over list cost, without covering purchases, tax "
           "and credits; an unused commitment counts as cost.</dd>"
           "<dt>Rounding</dt><dd>Amounts are rounded half even to the currency’s minor unit; hover for the exact "
           "one. "
           "Where rounded lines do not add up to the rounded total, a line says by how much.</dd></dl><p>Made by "
           "Florin at " +
           instant_text(summary.generated_at) + ".</p></footer>\n";
}

} // namespace

std::string render_html(const Summary& summary) {
    std::string out = head(summary) + "<body>\n" + page_top(summary) + "<main>\n";
    if (summary.blocks.empty()) {
        out += "<section class=\"card empty\"><h2>No charges in " + period_text(summary.period) +
               "</h2><p class=\"muted\">There is nothing to add up. Ingest a bill that covers the period, or ask for "
               "another one.</p></section>\n";
    }
    for (const CurrencyBlock& block : summary.blocks) {
        out += currency_block(summary, block);
    }
    return out + freshness_section(summary) + "</main>\n" + footer(summary) + "</body>\n</html>\n";
}

} // namespace florin::report
