#include "report/reconciliation.hpp"

#include "report/figures.hpp"
#include "report/html_parts.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::report {
namespace {

using money::Decimal;

Amount amount_of(const std::string& exact) {
    const auto rounded = Decimal::parse_rounded(exact, money::Rounding::kHalfEven);
    return rounded.ok() ? Amount(rounded->value) : std::nullopt;
}

/// An amount of the source: it may have more places than the ledger keeps.
std::string exact_amount(const std::string& exact, const std::string& currency) {
    const auto code = money::Currency::parse(currency);
    const Amount amount = amount_of(exact);
    return fmt::format("<span class=\"amount\" data-exact=\"{0}\" title=\"{0} {1}\">{2}</span>", html_text(exact),
                       html_text(currency), code.ok() && amount ? display_text(amount, *code) : html_text(exact));
}

std::string name_cell(const std::string& name) {
    return "<th scope=\"row\" role=\"rowheader\">" +
           (name.empty() ? std::string("<span class=\"missing-value\">none</span>")
                         : "<bdi>" + html_text(name) + "</bdi>") +
           "</th>";
}

std::string sums_cells(const ReconciledSums& sums, const std::string& currency) {
    return cell(count_text(sums.source_rows), "source rows") + cell(exact_amount(sums.source, currency), "source") +
           cell(html_text(sums.rounded_away), "rounded away") + cell(exact_amount(sums.moved, currency), "moved") +
           cell(count_text(sums.charges), "charges") + cell(exact_amount(sums.ledger.to_string(), currency), "ledger");
}

const std::vector<std::string> kFigures = {"Source rows",    "Source",  "Rounded away",
                                           "Moved by rules", "Charges", "Ledger"};

std::vector<std::string> headings(const std::string& first) {
    std::vector<std::string> all = {first};
    all.insert(all.end(), kFigures.begin(), kFigures.end());
    return all;
}

/// The total, and above it what rounding each line took from the amounts.
std::string foot(const std::vector<const ReconciledRow*>& rows, const ReconciledRow& total, money::Currency currency) {
    bool has_rounding = false;
    const auto rounding_of = [&](const auto& amount) -> std::string {
        std::vector<Amount> amounts;
        for (const ReconciledRow* row : rows) {
            amounts.push_back(amount(row->sums));
        }
        const Footing footing = footing_of(amounts, amount(total.sums), currency);
        has_rounding = has_rounding || footing.has_rounding();
        return cell(amount_html(footing.rounding, currency));
    };
    const std::string source = rounding_of([](const ReconciledSums& sums) { return amount_of(sums.source); });
    const std::string moved = rounding_of([](const ReconciledSums& sums) { return amount_of(sums.moved); });
    const std::string ledger = rounding_of([](const ReconciledSums& sums) { return Amount(sums.ledger); });
    const std::string rounding = "<tr role=\"row\" class=\"rounding\"><th scope=\"row\" "
                                 "role=\"rowheader\">Rounding</th>" +
                                 cell("") + source + cell("") + moved + cell("") + ledger + "</tr>\n";
    return "<tfoot role=\"rowgroup\">" + (has_rounding ? rounding : "") +
           "<tr role=\"row\" class=\"total\"><th scope=\"row\" role=\"rowheader\">Total</th>" +
           sums_cells(total.sums, total.currency) + "</tr>\n</tfoot>";
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    }
    return text;
}

std::string table_html(const ReconciledTable& table, const ReconciledRow& total) {
    const auto currency = money::Currency::parse(total.currency);
    std::vector<const ReconciledRow*> rows;
    for (const ReconciledRow& row : table.rows) {
        if (row.currency == total.currency) {
            rows.push_back(&row);
        }
    }
    std::string out =
        "<section class=\"card full\">" + table_start("By " + html_text(table.by), html_text(total.currency),
                                                      headings(capitalised(html_text(table.by))), "stack long");
    for (const ReconciledRow* row : rows) {
        const bool as_it_is = table.by == "rule" && row->name.empty();
        out += "<tr role=\"row\">" + name_cell(as_it_is ? "as it is" : row->name) +
               sums_cells(row->sums, row->currency) + "</tr>\n";
    }
    return out + "</tbody>" + (currency.ok() ? foot(rows, total, *currency) : "") + "</table></section>\n";
}

std::string totals_html(const Reconciliation& page) {
    std::string out = "<section class=\"card full\">" + table_start("Source and ledger",
                                                                    "What was rounded away and what rules moved "
                                                                    "explain the difference to the last digit.",
                                                                    headings("Cost"), "stack long");
    for (const ReconciledRow& total : page.totals) {
        out += "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">" + html_text(total.name) +
               "<span class=\"small\">" + html_text(total.currency) + "</span></th>" +
               sums_cells(total.sums, total.currency) + "</tr>\n";
    }
    return out + "</tbody></table></section>\n";
}

std::string list_html(const std::string& title, const std::vector<std::string>& items) {
    if (items.empty()) {
        return {};
    }
    std::string out = "<section class=\"card full\"><h3>" + title + "</h3><ul>";
    for (const std::string& item : items) {
        out += "<li>" + item + "</li>\n";
    }
    return out + "</ul></section>\n";
}

std::string explanations_html(const Reconciliation& page) {
    std::vector<std::string> rules;
    for (const AppliedRule& rule : page.rules) {
        rules.push_back(
            fmt::format("<b>{}</b> ({}): {}", html_text(rule.id), html_text(rule.kind), html_text(rule.sentence)));
    }
    std::vector<std::string> mended;
    for (const MendedCells& cells : page.mended) {
        mended.push_back(fmt::format("<b>{}</b>{}: {} rows, billed {}", html_text(cells.rule),
                                     cells.column.empty() ? "" : " in " + html_text(cells.column),
                                     count_text(cells.rows), html_text(cells.billed)));
    }
    std::vector<std::string> aside;
    for (const RowsSetAside& rows : page.set_aside) {
        aside.push_back(fmt::format("{}: {} rows, billed {}; the cost of {} cannot be read", html_text(rows.file),
                                    count_text(rows.rows), html_text(rows.billed), count_text(rows.unreadable_rows)));
    }
    return list_html("What the rules did", rules) + list_html("Set aside, and in no sum", aside) +
           list_html("What was mended or is odd", mended);
}

} // namespace

std::string render_html(const Reconciliation& page) {
    std::string out =
        document_head(fmt::format("{}: reconciliation of delivery {}", html_text(page.workspace_title), page.delivery));
    out += "<body>\n<header class=\"top\"><p class=\"brand\">Florin reconciliation</p>\n<h1><bdi>" +
           html_text(page.workspace_title) + fmt::format("</bdi>, delivery {}</h1>\n", page.delivery);
    std::string files;
    for (const std::string& file : page.files) {
        files += (files.empty() ? "" : ", ") + html_text(file);
    }
    out += fmt::format("<p class=\"lede\"><b>{}</b>, received {}: {}</p></header>\n<main>\n", html_text(page.source),
                       instant_text(page.received_at), files);
    out += "<div class=\"grid\">\n" + totals_html(page);
    if (!page.has_lines) {
        out += "<section class=\"card full\"><p class=\"muted\">Accounts, services and line types were not kept when "
               "this delivery came in.</p></section>\n";
    }
    for (const ReconciledRow& total : page.totals) {
        if (total.name != page.totals.front().name) {
            continue; // the tables are of the cost that comes first
        }
        for (const ReconciledTable& table : page.tables) {
            out += table_html(table, total);
        }
    }
    return out + explanations_html(page) + "</div>\n</main>\n</body>\n</html>\n";
}

} // namespace florin::report
