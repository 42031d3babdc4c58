#include "report/html_parts.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

namespace florin::report {
namespace {

/// A row header with what it is of in a smaller line.
std::string named(const std::string& name, const std::string& of) {
    return "<th scope=\"row\" role=\"rowheader\"><bdi>" + html_text(name) + "</bdi>" +
           (of.empty() ? "" : "<span class=\"small\">" + html_text(of) + "</span>") + "</th>";
}

std::string figures(const Amount& used, const Amount& unused, const std::optional<money::Rate>& utilisation,
                    const std::optional<money::Rate>& coverage, money::Currency currency) {
    return cell(ratio_html(utilisation), "utilisation") + cell(ratio_html(coverage), "coverage") +
           cell(amount_html(used, currency), "used") + cell(amount_html(unused, currency), "unused");
}

std::string nowrap(const std::string& text) {
    return "<span class=\"nowrap\">" + text + "</span>";
}

/// The total, and before it what the rounded lines lack to add up to it.
std::string foot(const CurrencyBlock& block) {
    std::vector<Amount> used;
    std::vector<Amount> unused;
    for (const CommitmentRow& row : block.commitments.rows) {
        used.push_back(row.used);
        unused.push_back(row.unused);
    }
    const Footing of_used = footing_of(used, block.commitments.used, block.currency);
    const Footing of_unused = footing_of(unused, block.commitments.unused, block.currency);
    std::string out = "<tfoot role=\"rowgroup\">";
    if (of_used.has_rounding() || of_unused.has_rounding()) {
        out += "<tr role=\"row\" class=\"rounding\"><th scope=\"row\" role=\"rowheader\">Rounding</th>" + cell("") +
               cell("") + cell(amount_html(of_used.rounding, block.currency), "used") +
               cell(amount_html(of_unused.rounding, block.currency), "unused") + "</tr>\n";
    }
    return out + "<tr role=\"row\" class=\"total\"><th scope=\"row\" role=\"rowheader\">Total</th>" +
           figures(block.commitments.used, block.commitments.unused, block.commitments.utilisation,
                   block.commitments.coverage, block.currency) +
           "</tr></tfoot>";
}

std::string ends_card(const CurrencyBlock& block) {
    const Commitments& commitments = block.commitments;
    std::string out = "<section class=\"card half\">";
    if (commitments.ends.empty()) {
        out += "<h3>Ending next</h3><p class=\"muted\">No bill says of a running commitment when it ends.</p>";
    } else {
        out +=
            table_start("Ending next", "What it cost is effective cost of the period, " + block.currency.code() + ".",
                        {"Commitment", "Ends", nowrap("In days"), "Cost"}, "stack");
        for (const CommitmentEnd& end : commitments.ends) {
            out += "<tr role=\"row\">" +
                   named(end.name, end.type + (end.type.empty() || end.provider.empty() ? "" : ", ") + end.provider) +
                   cell(nowrap(period::to_string(end.end)), "ends") +
                   cell(nowrap(fmt::format("{}", end.days_left)), "in days") +
                   cell(amount_html(end.cost, block.currency), "cost") + "</tr>\n";
        }
        out += "</tbody></table>";
    }
    if (!commitments.ends.empty() && commitments.without_end_count > 0) {
        out += fmt::format("<p class=\"muted\">The bills do not say when {} {}.</p>",
                           count_text(commitments.without_end_count),
                           commitments.without_end_count == 1 ? "other ends" : "others end");
    }
    return out + "</section>\n";
}

} // namespace

std::string commitments_section(const Summary& summary, const CurrencyBlock& block) {
    if (block.commitments.rows.empty()) {
        return {};
    }
    std::string out =
        "<h2>Commitments</h2>\n<div class=\"grid\">\n<section class=\"card half\">" +
        table_start("By type",
                    fmt::format("Effective cost of {}, {}.", period_text(summary.period), block.currency.code()),
                    {"Type", nowrap("Utilisation"), nowrap("Coverage"), "Used", nowrap("Unused")}, "stack");
    for (const CommitmentRow& row : block.commitments.rows) {
        out += "<tr role=\"row\">" + named(row.type.empty() ? "no type" : row.type, row.provider) +
               figures(row.used, row.unused, row.utilisation, row.coverage, block.currency) + "</tr>\n";
    }
    out += "</tbody>" + foot(block) + "</table><p class=\"muted\">" + html_text(block.commitments.coverage_note) +
           "</p></section>\n";
    return out + ends_card(block) + "</div>\n";
}

} // namespace florin::report
