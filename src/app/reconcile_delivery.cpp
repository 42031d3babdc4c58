#include "app/reconcile_delivery.hpp"

#include "ingest/exact_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace florin::app {
namespace {

using ingest::exact_plus;
using nlohmann::json;
using report::ReconciledLine;
using report::ReconciledRow;
using report::ReconciledSums;
using report::Reconciliation;

std::string text_at(const json& object, const char* key) {
    return object.value(key, std::string());
}

std::string negative(const std::string& exact) {
    if (exact == "0") {
        return exact;
    }
    return exact.starts_with('-') ? exact.substr(1) : "-" + exact;
}

void work_out_moved(ReconciledSums& sums) {
    sums.moved = exact_plus(exact_plus(sums.ledger.to_string(), sums.rounded_away), negative(sums.source));
}

base::Result<void> add(ReconciledSums& sum, const ReconciledSums& more) {
    sum.source_rows += more.source_rows;
    sum.source = exact_plus(sum.source, more.source);
    sum.rounded_away = exact_plus(sum.rounded_away, more.rounded_away);
    sum.charges += more.charges;
    FLORIN_TRY_ASSIGN(sum.ledger, sum.ledger.plus(more.ledger));
    sum.moved = exact_plus(sum.moved, more.moved);
    return {};
}

/// `12.5 USD, 3 EUR`.
std::string amounts_text(const json& by_currency) {
    std::string text;
    for (const auto& [currency, amount] : by_currency.items()) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", amount.get<std::string>(), currency);
    }
    return text.empty() ? "nothing" : text;
}

/// Lines of a FOCUS delivery, as reconciliation_json() wrote them.
base::Result<void> read_focus_lines(const std::string& kept, Reconciliation& out) {
    out.has_lines = !kept.empty();
    if (!out.has_lines) {
        return {};
    }
    const json parsed = json::parse(kept);
    for (const json& cells : parsed.at("lines")) {
        ReconciledLine line{.currency = cells.at(0).get<std::string>(),
                            .account = cells.at(1).get<std::string>(),
                            .service = cells.at(2).get<std::string>(),
                            .line_type = cells.at(3).get<std::string>(),
                            .rule = {},
                            .sums = {},
                            .effective = {}};
        line.sums.source_rows = cells.at(4).get<std::uint64_t>();
        line.sums.charges = line.sums.source_rows;
        line.sums.source = cells.at(5).get<std::string>();
        line.sums.rounded_away = cells.at(6).get<std::string>();
        FLORIN_TRY_ASSIGN(line.sums.ledger, money::Decimal::parse(cells.at(7).get<std::string>()));
        FLORIN_TRY_ASSIGN(line.effective, money::Decimal::parse(cells.at(8).get<std::string>()));
        work_out_moved(line.sums);
        out.lines.push_back(std::move(line));
    }
    return {};
}

/// The four costs, over all providers and billing periods.
base::Result<void> read_focus_totals(const json& quality, Reconciliation& out) {
    std::map<std::string, std::array<ReconciledSums, 4>> by_currency;
    for (const json& group : quality.at("reconciliation")) {
        auto& costs = by_currency[group.at("currency").get<std::string>()];
        for (std::size_t i = 0; i < costs.size(); ++i) {
            ReconciledSums sums;
            sums.source_rows = sums.charges = group.at("rows").get<std::uint64_t>();
            sums.source = group.at("source").at(i).get<std::string>();
            sums.rounded_away = group.at("rounded_away").at(i).get<std::string>();
            FLORIN_TRY_ASSIGN(sums.ledger, money::Decimal::parse(group.at("lake").at(i).get<std::string>()));
            work_out_moved(sums);
            FLORIN_TRY(add(costs[i], sums));
        }
    }
    for (const auto& [currency, costs] : by_currency) {
        for (std::size_t i = 0; i < costs.size(); ++i) {
            out.totals.push_back({currency, std::string(lake::kCosts[i]), costs[i]});
        }
    }
    return {};
}

/// A provider's bill keeps its lines and totals in the quality report.
base::Result<void> read_source(const json& source, Reconciliation& out) {
    std::map<std::string, ReconciledSums> ledger; // by currency
    for (const json& object : source.at("lines")) {
        ReconciledLine line{.currency = text_at(object, "currency"),
                            .account = text_at(object, "account"),
                            .service = text_at(object, "service"),
                            .line_type = text_at(object, "line_type"),
                            .rule = text_at(object, "rule"),
                            .sums = {},
                            .effective = {}};
        line.sums.source_rows = object.at("source_rows").get<std::uint64_t>();
        line.sums.charges = object.at("ledger_rows").get<std::uint64_t>();
        line.sums.rounded_away = object.value("rounded_away", "0");
        line.sums.source = exact_plus(text_at(object, "source"), line.sums.rounded_away);
        FLORIN_TRY_ASSIGN(line.sums.ledger, money::Decimal::parse(text_at(object, "ledger")));
        FLORIN_TRY_ASSIGN(line.effective, money::Decimal::parse(text_at(object, "effective")));
        work_out_moved(line.sums);
        FLORIN_TRY(add(ledger[line.currency], line.sums));
        out.lines.push_back(std::move(line));
    }
    for (const json& object : source.at("totals")) {
        ReconciledRow total{text_at(object, "currency"), "total", {}};
        total.sums.source_rows = object.at("source_rows").get<std::uint64_t>();
        total.sums.source = text_at(object, "source");
        total.sums.rounded_away = text_at(object, "rounded_away");
        total.sums.charges = ledger[total.currency].charges;
        FLORIN_TRY_ASSIGN(total.sums.ledger, money::Decimal::parse(text_at(object, "ledger")));
        work_out_moved(total.sums);
        out.totals.push_back(std::move(total));
    }
    for (const json& rule : source.at("rules")) {
        out.rules.push_back({text_at(rule, "id"), text_at(rule, "kind"), text_at(rule, "sentence")});
    }
    return {};
}

void read_findings(const json& quality, Reconciliation& out) {
    for (const json& finding : quality.at("findings")) {
        out.mended.push_back({.rule = text_at(finding, "rule"),
                              .column = text_at(finding, "column"),
                              .rows = finding.at("rows").get<std::uint64_t>(),
                              .billed = amounts_text(finding.at("billed_cost"))});
    }
    for (const json& file : quality.at("files")) {
        if (const std::uint64_t rows = file.value("quarantined_rows", std::uint64_t{0}); rows > 0) {
            out.set_aside.push_back({.file = text_at(file, "name"),
                                     .rows = rows,
                                     .unreadable_rows = file.at("quarantined_unreadable_rows").get<std::uint64_t>(),
                                     .billed = amounts_text(file.at("quarantined_billed_cost"))});
        }
    }
}

base::Result<report::ReconciledTable> table_by(const std::string& by, std::string ReconciledLine::* key,
                                               const std::vector<ReconciledLine>& lines) {
    std::map<std::pair<std::string, std::string>, ReconciledSums> sums;
    for (const ReconciledLine& line : lines) {
        FLORIN_TRY(add(sums[{line.currency, line.*key}], line.sums));
    }
    report::ReconciledTable table{by, {}};
    for (auto& [name, of] : sums) {
        table.rows.push_back({name.first, name.second, std::move(of)});
    }
    std::ranges::stable_sort(table.rows, [](const ReconciledRow& a, const ReconciledRow& b) {
        return std::tuple(a.currency, b.sums.ledger.absolute()) < std::tuple(b.currency, a.sums.ledger.absolute());
    });
    return table;
}

} // namespace

std::string reconciliation_json(const std::vector<ingest::ReconciledGroup>& groups) {
    // Over providers and billing periods, which the quality report tells apart.
    std::map<std::tuple<std::string, std::string, std::string, std::string>, json> lines;
    for (const ingest::ReconciledGroup& group : groups) {
        json& line = lines[{group.key.currency, group.key.account, group.key.service, group.key.line_type}];
        if (line.is_null()) {
            line = {group.key.currency,
                    group.key.account,
                    group.key.service,
                    group.key.line_type,
                    std::uint64_t{0},
                    "0",
                    "0",
                    "0",
                    "0"};
        }
        const auto plus = [&line](std::size_t at, const std::string& more) {
            line[at] = exact_plus(line[at].get_ref<const std::string&>(), more);
        };
        line[4] = line[4].get<std::uint64_t>() + group.rows;
        plus(5, group.source[0]);
        plus(6, group.rounded_away[0]);
        plus(7, group.lake[0].to_string());
        plus(8, group.lake[1].to_string());
    }
    json list = json::array();
    for (auto& [key, line] : lines) {
        list.push_back(std::move(line));
    }
    return json{{"lines", std::move(list)}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<Reconciliation> reconcile_delivery(Workspace& workspace, lake::DeliveryId id) {
    FLORIN_TRY_ASSIGN(const lake::Delivery delivery, workspace.lake().delivery(id));
    if (!delivery.datasets.empty()) {
        return base::user_error("reconcile.no_bill", fmt::format("delivery {} is of the dataset {}: it bills nothing",
                                                                 id.value(), delivery.datasets.front().dataset))
            .with_remedy("`florin reconcile --invoices` holds invoices against the ledger");
    }
    Reconciliation out;
    out.workspace_title = workspace.configuration().name;
    out.delivery = id.value();
    out.received_at = delivery.received_at;
    for (const lake::RawFile& file : delivery.raw_files) {
        out.files.push_back(file.name);
    }
    const json quality = json::parse(delivery.quality);
    if (quality.contains("source")) {
        out.source = text_at(quality.at("source"), "title");
        FLORIN_TRY(read_source(quality.at("source"), out));
    } else {
        out.source = fmt::format("FOCUS {}", delivery.focus_version);
        FLORIN_TRY_ASSIGN(const std::string kept, workspace.lake().catalog().reconciliation(id));
        FLORIN_TRY(read_focus_lines(kept, out));
        FLORIN_TRY(read_focus_totals(quality, out));
    }
    read_findings(quality, out);
    using Key = std::pair<const char*, std::string ReconciledLine::*>;
    for (const auto& [by, key] : {Key{"account", &ReconciledLine::account}, Key{"service", &ReconciledLine::service},
                                  Key{"line type", &ReconciledLine::line_type}, Key{"rule", &ReconciledLine::rule}}) {
        FLORIN_TRY_ASSIGN(report::ReconciledTable table, table_by(by, key, out.lines));
        out.tables.push_back(std::move(table));
    }
    return out;
}

} // namespace florin::app
