// Source against ledger: a delivery by account, service, line type and rule; and the command as a whole.
#include "cli/command_reconcile.hpp"
#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"

#include "app/reconcile_delivery.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace florin::cli {
namespace {

using nlohmann::json;
using report::ReconciledSums;
using report::Reconciliation;
using report::Style;
using report::TextPage;

/// How `--by` writes it.
std::string option_name(std::string by) {
    std::ranges::replace(by, ' ', '-');
    return by;
}

/// Without `--by` a person sees those that stay short.
bool is_wanted(const report::ReconciledTable& table, const ReconcileCommand& command) {
    const std::string name = option_name(table.by);
    if (!command.by.empty()) {
        return std::ranges::find(command.by, name) != command.by.end();
    }
    return command.format != "table" || name == "line-type" || name == "rule";
}

void keep_wanted(Reconciliation& reconciliation, const ReconcileCommand& command) {
    std::erase_if(reconciliation.tables,
                  [&command](const report::ReconciledTable& table) { return !is_wanted(table, command); });
}

json sums_json(const ReconciledSums& sums) {
    return {{"source_rows", sums.source_rows},   {"source", sums.source},
            {"rounded_away", sums.rounded_away}, {"moved", sums.moved},
            {"charges", sums.charges},           {"ledger", sums.ledger.to_string()}};
}

json row_json(const report::ReconciledRow& row, const char* name) {
    json object = sums_json(row.sums);
    object["currency"] = row.currency;
    object[name] = row.name;
    return object;
}

json reconciliation_json(const Reconciliation& from) {
    json object = {{"delivery", from.delivery},   {"source", from.source},
                   {"files", from.files},         {"received_at", period::to_string(from.received_at)},
                   {"has_lines", from.has_lines}, {"totals", json::array()},
                   {"by", json::object()},        {"lines", json::array()},
                   {"rules", json::array()},      {"mended", json::array()},
                   {"set_aside", json::array()}};
    for (const report::ReconciledRow& total : from.totals) {
        object["totals"].push_back(row_json(total, "cost"));
    }
    for (const report::ReconciledTable& table : from.tables) {
        json rows = json::array();
        for (const report::ReconciledRow& row : table.rows) {
            rows.push_back(row_json(row, "name"));
        }
        object["by"][option_name(table.by)] = std::move(rows);
    }
    for (const report::ReconciledLine& line : from.lines) {
        json one = sums_json(line.sums);
        one.update({{"currency", line.currency},
                    {"account", line.account},
                    {"service", line.service},
                    {"line_type", line.line_type},
                    {"rule", line.rule},
                    {"effective", line.effective ? json(line.effective->to_string()) : json()}});
        object["lines"].push_back(std::move(one));
    }
    for (const report::AppliedRule& rule : from.rules) {
        object["rules"].push_back({{"id", rule.id}, {"kind", rule.kind}, {"sentence", rule.sentence}});
    }
    for (const report::MendedCells& cells : from.mended) {
        object["mended"].push_back(
            {{"rule", cells.rule}, {"column", cells.column}, {"rows", cells.rows}, {"billed", cells.billed}});
    }
    for (const report::RowsSetAside& rows : from.set_aside) {
        object["set_aside"].push_back({{"file", rows.file},
                                       {"rows", rows.rows},
                                       {"unreadable_rows", rows.unreadable_rows},
                                       {"billed", rows.billed}});
    }
    return object;
}

report::TextTable sums_table(const std::string& first) {
    report::TextTable table;
    table.columns = {
        {first, false},      {"currency", false, 90}, {"rows", true, 50}, {"source", true}, {"rounded away", true, 80},
        {"moved", true, 70}, {"charges", true, 40},   {"ledger", true}};
    return table;
}

void add_sums(const std::string& name, const std::string& currency, const ReconciledSums& sums, Style style,
              report::TextTable& table) {
    table.rows.push_back({{{report::terminal_text(name)},
                           {report::terminal_text(currency)},
                           {count_text(sums.source_rows)},
                           {sums.source},
                           {sums.rounded_away},
                           {sums.moved},
                           {count_text(sums.charges)},
                           {sums.ledger.to_string()}},
                          style});
}

void show_tables(const Reconciliation& from, TextPage& page) {
    report::TextTable totals = sums_table("cost");
    for (const report::ReconciledRow& total : from.totals) {
        add_sums(total.name, total.currency, total.sums, Style::kPlain, totals);
    }
    page.table(totals);
    for (const report::ReconciledTable& by : from.tables) {
        page.blank();
        page.line("By " + by.by, Style::kBold);
        report::TextTable table = sums_table(by.by);
        for (const report::ReconciledRow& row : by.rows) {
            const std::string name = !row.name.empty() ? row.name : by.by == "rule" ? "as it is" : "(none)";
            add_sums(name, row.currency, row.sums, Style::kPlain, table);
        }
        for (const report::ReconciledRow& total : from.totals) {
            if (total.name == from.totals.front().name) {
                add_sums("total", total.currency, total.sums, Style::kBold, table);
            }
        }
        page.table(table);
    }
}

void show_explanations(const Reconciliation& from, TextPage& page) {
    if (!from.rules.empty()) {
        page.blank();
        page.line("What the rules did", Style::kBold);
    }
    for (const report::AppliedRule& rule : from.rules) {
        page.paragraph(
            fmt::format("{} ({}): {}", report::terminal_text(rule.id), rule.kind, report::terminal_text(rule.sentence)),
            2, 4);
    }
    for (const report::RowsSetAside& rows : from.set_aside) {
        page.paragraph(fmt::format("{}: {} {} set aside, in no sum here: billed {}; the cost of {} cannot be read",
                                   report::terminal_text(rows.file), count_text(rows.rows),
                                   rows.rows == 1 ? "row" : "rows", rows.billed, count_text(rows.unreadable_rows)),
                       0, 2, Style::kWarning);
    }
    if (!from.mended.empty()) {
        page.blank();
        page.line("What was mended or is odd (docs/reference/repairs.md)", Style::kBold);
    }
    for (const report::MendedCells& cells : from.mended) {
        page.paragraph(fmt::format("{}{}{}: {} {}, billed {}", report::terminal_text(cells.rule),
                                   cells.column.empty() ? "" : " in ", report::terminal_text(cells.column),
                                   count_text(cells.rows), cells.rows == 1 ? "row" : "rows", cells.billed),
                       2, 4);
    }
}

std::string table_text(const Reconciliation& from, const Terminal& terminal, bool to_file) {
    TextPage page(terminal.width, terminal.has_colour && !to_file);
    std::string files;
    for (const std::string& file : from.files) {
        files += (files.empty() ? "" : ", ") + report::terminal_text(file);
    }
    page.paragraph(
        fmt::format("Reconciliation of delivery {}: {}, {}", from.delivery, report::terminal_text(from.source), files),
        0, 2, Style::kBold);
    show_tables(from, page);
    if (!from.has_lines) {
        page.paragraph("Accounts, services and line types were not kept when this delivery came in.", 0, 2,
                       Style::kWarning);
    }
    show_explanations(from, page);
    return page.take();
}

} // namespace

base::Result<int> run_reconcile(Session& session, const ReconcileCommand& command) {
    const bool of_invoices = command.all_invoices || !command.invoice.empty();
    if (of_invoices && command.format == "html") {
        return base::user_error("usage", "--format: html is for a delivery").with_remedy("take table or json");
    }
    if (of_invoices == (command.delivery > 0)) {
        return base::user_error("usage", "one thing is reconciled: a delivery, --invoice or --invoices")
            .with_remedy("see `florin reconcile --help`");
    }
    FLORIN_TRY(check_folder_of("--out", command.out));
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    if (of_invoices) {
        return reconcile_invoices(session, workspace, command);
    }
    FLORIN_TRY_ASSIGN(Reconciliation reconciliation,
                      app::reconcile_delivery(workspace, lake::DeliveryId(command.delivery)));
    keep_wanted(reconciliation, command);
    std::string text;
    if (command.format == "json") {
        text = json_text(reconciliation_json(reconciliation)) + "\n";
    } else if (command.format == "html") {
        text = report::render_html(reconciliation);
    } else {
        text = table_text(reconciliation, session.terminal(), !command.out.empty());
    }
    FLORIN_TRY(session.put(text, command.out));
    return 0;
}

} // namespace florin::cli
