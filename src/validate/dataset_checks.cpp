// Group checks that hold charges against the files of other FOCUS datasets.
#include "validate/bill.hpp"
#include "validate/group_checks.hpp"

#include "period/period.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace florin::validate {
namespace {

using engine::sql_name;

std::string cell(const std::vector<engine::Value>& row, std::size_t column) {
    const auto* text = std::get_if<std::string>(&row[column]);
    return text == nullptr ? std::string() : *text;
}

GroupOutcome not_looked_at(std::string reason) {
    return {.outcome = Outcome::kSkipped, .reason = std::move(reason)};
}

/// `columns` of the rows that pass `filter`, each of them once, with how many, the first and what they were billed.
std::string grouped(const Bill& bill, const std::vector<std::string>& columns, const std::string& filter) {
    std::string list;
    for (const std::string& column : columns) {
        list += bill.has(column) ? fmt::format("coalesce({}, ''), ", sql_name(column)) : std::string("'', ");
    }
    return fmt::format("SELECT {}count(*), min({}), {} FROM {} WHERE {} GROUP BY ALL ORDER BY ALL", list, kRowColumn,
                       bill.has("BilledCost") ? fmt::format("sum(florin_decimal_or_null({}))", sql_name("BilledCost"))
                                              : std::string("NULL"),
                       bill.relation, filter);
}

/// The group of a row of grouped(), whose currency stands in `currency`.
Group group_of(const std::vector<engine::Value>& row, std::size_t currency) {
    const std::size_t counts = row.size() - 3;
    Group group{.currency = cell(row, currency),
                .rows = static_cast<std::uint64_t>(std::get<std::int64_t>(row[counts])),
                .first_row = std::get<std::int64_t>(row[counts + 1])};
    if (const auto* billed = std::get_if<money::Decimal>(&row[counts + 2])) {
        group.billed_cost = *billed;
    }
    return group;
}

/// What was said last of a period.
struct SaidOfPeriod {
    period::Instant end;
    period::Instant said_at;
    bool is_open = false;
};
/// By issuer and start.
using SaidOfPeriods = std::map<std::pair<std::string, period::Instant>, SaidOfPeriod>;

void take_period(const std::vector<engine::Value>& row, SaidOfPeriods& said) {
    const auto start = period::parse_instant(cell(row, 1));
    const auto end = period::parse_instant(cell(row, 2));
    const auto at = period::parse_instant(cell(row, 4));
    if (!start.ok() || !end.ok()) {
        return;
    }
    const period::Instant said_at = at.ok() ? at->instant : start->instant;
    SaidOfPeriod& period = said[{cell(row, 0), start->instant}];
    if (said_at >= period.said_at) {
        period = {.end = end->instant, .said_at = said_at, .is_open = cell(row, 3) == "Open"};
    }
}

} // namespace

base::Result<const Bill*> GroupChecks::invoices() {
    if (!invoices_) {
        const base::Path folder = options_.temporary_folder / "invoices";
        FLORIN_TRY(base::make_folders(folder));
        FLORIN_TRY_ASSIGN(invoices_, stage_tables(engine_, options_.invoices, folder, options_.threads));
    }
    if (!invoices_->has("InvoiceId") || !invoices_->has("BilledCost")) {
        return base::data_error("validate.invoices", "no InvoiceDetail file: it needs InvoiceId and BilledCost")
            .with_remedy("Give a file of the FOCUS dataset InvoiceDetail.")
            .at({.file = options_.invoices.front().string()});
    }
    return &*invoices_;
}

base::Result<GroupOutcome> GroupChecks::invoice_detail() {
    if (options_.invoices.empty()) {
        return not_looked_at("the invoice is not in the file");
    }
    FLORIN_TRY_ASSIGN(const Bill* details, invoices());
    for (const char* column : {"InvoiceId", "InvoiceDetailId"}) {
        if (!bill_.has(column) || !details->has(column)) {
            return not_looked_at(
                fmt::format("no column {} in the {}", column, bill_.has(column) ? "InvoiceDetail files" : "file"));
        }
    }
    const bool has_issuers = bill_.has("InvoiceIssuerName") && details->has("InvoiceIssuerName");
    const auto key = [&](const auto& row) { return std::pair(has_issuers ? cell(row, 0) : "", cell(row, 1)); };
    const std::vector<std::string> columns = {"InvoiceIssuerName", "InvoiceId", "InvoiceDetailId", "BillingCurrency"};
    std::map<std::pair<std::string, std::string>, std::set<std::string>> lines;
    FLORIN_TRY_ASSIGN(const engine::Table there, engine_.query(grouped(*details, columns, "true")));
    for (const auto& row : there.rows) {
        lines[key(row)].insert(cell(row, 2));
    }
    FLORIN_TRY_ASSIGN(const engine::Table charged,
                      engine_.query(grouped(bill_, columns, sql_name("InvoiceDetailId") + " IS NOT NULL")));
    std::vector<Group> groups;
    for (const auto& row : charged.rows) {
        Group& group = groups.emplace_back(group_of(row, 3));
        const auto invoice = lines.find(key(row));
        if (invoice == lines.end()) {
            group.verdict = Group::Verdict::kNotCheckable;
            group.why = "the invoice is not in the InvoiceDetail files";
        } else if (!invoice->second.contains(cell(row, 2))) {
            group.verdict = Group::Verdict::kFails;
            group.why = fmt::format("invoice {}{}{} has no line {}, which {} {}", cell(row, 1),
                                    cell(row, 0).empty() ? "" : " of ", cell(row, 0), cell(row, 2), group.rows,
                                    group.rows == 1 ? "row names" : "rows name");
        }
    }
    return summed_up(groups, "invoice lines", {"InvoiceIssuerName", "InvoiceId", "InvoiceDetailId"});
}

base::Result<GroupOutcome> GroupChecks::closed_period() {
    if (options_.periods.empty()) {
        return not_looked_at("whether a period was closed is not in the file");
    }
    for (const char* column : {"ChargeClass", "ChargePeriodStart", "InvoiceIssuerName"}) {
        if (!bill_.has(column)) {
            return not_looked_at(fmt::format("no column {} in the file", column));
        }
    }
    const base::Path folder = options_.temporary_folder / "periods";
    FLORIN_TRY(base::make_folders(folder));
    FLORIN_TRY_ASSIGN(const Bill periods, stage_tables(engine_, options_.periods, folder, options_.threads));
    SaidOfPeriods said;
    FLORIN_TRY_ASSIGN(const engine::Table there,
                      engine_.query(grouped(periods,
                                            {"InvoiceIssuerName", "BillingPeriodStart", "BillingPeriodEnd",
                                             "BillingPeriodStatus", "BillingPeriodLastUpdated"},
                                            "true")));
    for (const auto& row : there.rows) {
        take_period(row, said);
    }
    FLORIN_TRY_ASSIGN(const engine::Table corrections,
                      engine_.query(grouped(bill_, {"InvoiceIssuerName", "ChargePeriodStart", "BillingCurrency"},
                                            sql_name("ChargeClass") + " = 'Correction'")));
    std::vector<Group> groups;
    for (const auto& row : corrections.rows) {
        Group& group = groups.emplace_back(group_of(row, 2));
        const auto time = period::parse_instant(cell(row, 1));
        auto found = time.ok() ? said.upper_bound({cell(row, 0), time->instant}) : said.begin();
        const bool is_known = found != said.begin() && (--found)->first.first == cell(row, 0) && time.ok() &&
                              time->instant < found->second.end;
        if (!is_known) {
            group.verdict = Group::Verdict::kNotCheckable;
            group.why = "its period is not in the BillingPeriod files";
        } else if (found->second.is_open) {
            group.verdict = Group::Verdict::kFails;
            group.why = fmt::format("{} {} of {} in the billing period from {} of {}, which is open", group.rows,
                                    group.rows == 1 ? "correction" : "corrections", cell(row, 1),
                                    period::to_string(period::day_of(found->first.second)), cell(row, 0));
        }
    }
    return summed_up(groups, "times of corrections", {"ChargeClass", "ChargePeriodStart", "InvoiceIssuerName"});
}

} // namespace florin::validate
