#include "app/reconcile_invoice.hpp"

#include "app/focus_datasets.hpp"
#include "money/money.hpp"
#include "validate/group_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace florin::app {
namespace {

using engine::sql_text;
using money::Decimal;

/// Issuer, invoice, currency.
using Key = std::tuple<std::string, std::string, std::string>;

struct Side {
    std::uint64_t rows = 0;
    std::optional<Decimal> cost;
    std::uint64_t tax_rows = 0;
    std::optional<Decimal> tax;
    std::set<std::string> statuses;
};

const std::string& text_at(const std::vector<engine::Value>& row, std::size_t column) {
    return std::get<std::string>(row[column]);
}

std::uint64_t count_at(const std::vector<engine::Value>& row, std::size_t column) {
    return static_cast<std::uint64_t>(std::get<std::int64_t>(row[column]));
}

base::Result<void> add(std::optional<Decimal>& sum, Decimal more) {
    FLORIN_TRY_ASSIGN(sum, sum.value_or(Decimal()).plus(more));
    return {};
}

/// The greatest whole number whose square is at most `square`.
base::uint128 root_of(base::uint128 square) {
    base::uint128 low = 0;
    base::uint128 high = base::uint128{1} << 64U;
    while (high - low > 1) {
        const base::uint128 middle = low + ((high - low) >> 1U);
        (middle * middle <= square ? low : high) = middle;
    }
    return low;
}

Decimal tolerance_of(std::uint64_t rows, int minor_units) {
    base::int128 minor = 1;
    for (int place = minor_units; place < Decimal::kScale; ++place) {
        minor *= 10;
    }
    constexpr base::uint128 kMillion = 1'000'000;
    const auto root = static_cast<base::int128>(root_of(base::uint128{rows} * kMillion * kMillion)); // 6 places
    const base::int128 by_rows = minor / 1'000'000 * root / 2;
    return Decimal::from_units(std::max(minor * 100, by_rows));
}

base::Result<InvoiceAmount> judge(std::uint64_t rows, const std::optional<Decimal>& charged,
                                  const std::optional<Decimal>& invoiced, const std::string& currency) {
    const int minor_units = money::minor_units_of(currency);
    InvoiceAmount amount{.rows = rows,
                         .charged = charged.value_or(Decimal()),
                         .invoiced = invoiced,
                         .apart = {},
                         .tolerance = tolerance_of(rows, minor_units)};
    if (!invoiced) {
        return amount;
    }
    FLORIN_TRY_ASSIGN(amount.apart, amount.charged.minus(*invoiced));
    amount.verdict = rows == 0 && !invoiced->is_zero() ? InvoiceVerdict::kNotCharged
                     : validate::is_within_invoice_tolerance(amount.apart, rows, minor_units) ? InvoiceVerdict::kWithin
                                                                                              : InvoiceVerdict::kApart;
    return amount;
}

class Reconciler {
public:
    Reconciler(engine::Engine& engine, const InvoiceRequest& request) : engine_(engine), request_(request) {}

    base::Result<std::vector<InvoiceCheck>> run(const lake::CurrentFiles& current, const DatasetTable& details);

private:
    std::string condition() const;
    base::Result<void> read_charges();
    base::Result<void> read_details();
    void name_issuers();
    base::Result<InvoiceCheck> check(const Key& key) const;
    base::Result<void> add_parts(InvoiceCheck& check) const;
    base::Result<void> add_lines(InvoiceCheck& check) const;
    std::string of_invoice(const InvoiceCheck& check) const;

    engine::Engine& engine_;
    const InvoiceRequest& request_;
    std::string charges_from_; // a table expression; empty: no charge counts
    std::string details_from_;
    std::map<Key, Side> charges_;
    std::map<Key, Side> details_;
};

/// What the request asks for, of either side.
std::string Reconciler::condition() const {
    std::string where = "InvoiceId IS NOT NULL";
    const auto narrow = [&where](const char* column, const std::string& value) {
        where += value.empty() ? "" : fmt::format(" AND {} = {}", column, sql_text(value));
    };
    narrow("InvoiceId", request_.invoice);
    narrow("BillingCurrency", request_.currency);
    if (!request_.issuer.empty()) {
        where += fmt::format(" AND coalesce(InvoiceIssuerName, {0}) = {0}", sql_text(request_.issuer));
    }
    if (request_.period) {
        where += fmt::format(" AND BillingPeriodStart >= {} AND BillingPeriodStart < {}",
                             sql_text(period::to_string(request_.period->start)),
                             sql_text(period::to_string(request_.period->end)));
    }
    return where;
}

base::Result<void> Reconciler::read_charges() {
    if (charges_from_.empty()) {
        return {};
    }
    FLORIN_TRY_ASSIGN(
        const engine::Table table,
        engine_.query(fmt::format("SELECT coalesce(InvoiceIssuerName, ''), InvoiceId, BillingCurrency, "
                                  "coalesce(ChargeCategory, '') = 'Tax', count(*), coalesce(sum(BilledCost), 0) FROM "
                                  "{} WHERE {} GROUP BY ALL",
                                  charges_from_, condition())));
    for (const auto& row : table.rows) {
        Side& side = charges_[{text_at(row, 0), text_at(row, 1), text_at(row, 2)}];
        const bool is_tax = std::get<bool>(row[3]);
        (is_tax ? side.tax_rows : side.rows) = count_at(row, 4);
        (is_tax ? side.tax : side.cost) = std::get<Decimal>(row[5]);
    }
    return {};
}

base::Result<void> Reconciler::read_details() {
    FLORIN_TRY_ASSIGN(
        const engine::Table table,
        engine_.query(fmt::format("SELECT InvoiceIssuerName, InvoiceId, BillingCurrency, ChargeCategory = 'Tax', "
                                  "InvoiceIssueStatus, coalesce(sum(BilledCost), 0) FROM {} WHERE {} GROUP BY ALL",
                                  details_from_, condition())));
    for (const auto& row : table.rows) {
        Side& side = details_[{text_at(row, 0), text_at(row, 1), text_at(row, 2)}];
        side.statuses.insert(text_at(row, 4));
        if (text_at(row, 4) != "Open") {
            FLORIN_TRY(add(std::get<bool>(row[3]) ? side.tax : side.cost, std::get<Decimal>(row[5])));
        }
    }
    return {};
}

/// Some exports leave out who issued the invoice: it is the one issuer of whom such an invoice is known, if there is
/// one only.
void Reconciler::name_issuers() {
    std::map<Key, Side> named;
    for (auto& [key, side] : charges_) {
        std::set<std::string> issuers;
        for (const auto& [other, unused] : details_) {
            if (std::get<1>(other) == std::get<1>(key) && std::get<2>(other) == std::get<2>(key)) {
                issuers.insert(std::get<0>(other));
            }
        }
        Key as = key;
        if (std::get<0>(key).empty() && issuers.size() == 1 &&
            !charges_.contains({*issuers.begin(), std::get<1>(key), std::get<2>(key)})) {
            std::get<0>(as) = *issuers.begin();
        }
        named.emplace(std::move(as), std::move(side));
    }
    charges_ = std::move(named);
}

base::Result<InvoiceCheck> Reconciler::check(const Key& key) const {
    const auto charges = charges_.find(key);
    const auto details = details_.find(key);
    const Side charged = charges == charges_.end() ? Side() : charges->second;
    const Side stated = details == details_.end() ? Side() : details->second;
    InvoiceCheck check;
    std::tie(check.issuer, check.invoice, check.currency) = key;
    for (const std::string& status : stated.statuses) {
        check.status += (check.status.empty() ? "" : ", ") + status;
    }
    // An invoice that has other lines and none of tax has no tax.
    const bool is_stated = stated.cost || stated.tax;
    const auto invoiced = [&](const std::optional<Decimal>& given, const std::optional<Decimal>& detailed) {
        return given ? given : is_stated ? std::optional(detailed.value_or(Decimal())) : std::nullopt;
    };
    FLORIN_TRY_ASSIGN(check.cost,
                      judge(charged.rows, charged.cost, invoiced(request_.amount, stated.cost), check.currency));
    FLORIN_TRY_ASSIGN(check.tax,
                      judge(charged.tax_rows, charged.tax, invoiced(request_.tax, stated.tax), check.currency));
    return check;
}

std::string Reconciler::of_invoice(const InvoiceCheck& check) const {
    return fmt::format("InvoiceId = {} AND BillingCurrency = {} AND coalesce(InvoiceIssuerName, {}) IN ('', {})",
                       sql_text(check.invoice), sql_text(check.currency), sql_text(check.issuer),
                       sql_text(check.issuer));
}

base::Result<void> Reconciler::add_parts(InvoiceCheck& check) const {
    if (charges_from_.empty()) {
        return {};
    }
    FLORIN_TRY_ASSIGN(
        const engine::Table table,
        engine_.query(fmt::format("SELECT coalesce(SubAccountId, BillingAccountId) AS account, coalesce(ServiceName, "
                                  "'') AS service, count(*), coalesce(sum(BilledCost), 0) AS billed FROM {} WHERE {} "
                                  "GROUP BY ALL ORDER BY account, billed DESC, service",
                                  charges_from_, of_invoice(check))));
    for (const auto& row : table.rows) {
        check.charges.push_back({text_at(row, 0), text_at(row, 1), count_at(row, 2), std::get<Decimal>(row[3])});
    }
    return {};
}

base::Result<void> Reconciler::add_lines(InvoiceCheck& check) const {
    std::map<std::string, std::pair<Side, std::optional<Decimal>>> lines;
    if (!charges_from_.empty()) {
        FLORIN_TRY_ASSIGN(const engine::Table charged,
                          engine_.query(fmt::format("SELECT InvoiceDetailId, count(*), coalesce(sum(BilledCost), 0) "
                                                    "FROM {} WHERE InvoiceDetailId IS NOT NULL AND {} GROUP BY ALL",
                                                    charges_from_, of_invoice(check))));
        for (const auto& row : charged.rows) {
            Side& side = lines[text_at(row, 0)].first;
            side.rows = count_at(row, 1);
            side.cost = std::get<Decimal>(row[2]);
        }
    }
    if (lines.empty()) {
        return {}; // the charges name no lines
    }
    FLORIN_TRY_ASSIGN(const engine::Table stated,
                      engine_.query(fmt::format("SELECT InvoiceDetailId, coalesce(sum(BilledCost), 0) FROM {} WHERE "
                                                "InvoiceIssueStatus <> 'Open' AND {} GROUP BY ALL",
                                                details_from_, of_invoice(check))));
    for (const auto& row : stated.rows) {
        lines[text_at(row, 0)].second = std::get<Decimal>(row[1]);
    }
    for (const auto& [id, line] : lines) {
        FLORIN_TRY_ASSIGN(const InvoiceAmount amount,
                          judge(line.first.rows, line.first.cost, line.second, check.currency));
        check.lines.push_back({id, amount});
    }
    return {};
}

base::Result<std::vector<InvoiceCheck>> Reconciler::run(const lake::CurrentFiles& current,
                                                        const DatasetTable& details) {
    std::vector<std::string> files;
    for (const lake::FileSet& set : current.files) {
        files.push_back(set.charges);
    }
    charges_from_ = files.empty() ? "" : engine::sql_parquet(files);
    details_from_ = fmt::format("({})", details.sql);
    FLORIN_TRY(read_charges());
    FLORIN_TRY(read_details());
    name_issuers();
    std::set<Key> keys;
    for (const auto* side : {&charges_, &details_}) {
        for (const auto& [key, unused] : *side) {
            keys.insert(key);
        }
    }
    if (!request_.invoice.empty() && keys.empty()) {
        return base::user_error(
                   "reconcile.no_invoice",
                   fmt::format("no charge that counts and no invoice detail is of invoice {}", request_.invoice))
            .with_remedy("`florin reconcile --invoices` lists those there are");
    }
    if ((request_.amount || request_.tax) && keys.size() > 1) {
        std::string found;
        for (const auto& [issuer, invoice, currency] : keys) {
            found += fmt::format("{}{} in {}", found.empty() ? "" : ", ", issuer.empty() ? "nobody named" : issuer,
                                 currency);
        }
        return base::user_error("reconcile.several_invoices",
                                fmt::format("several invoices are called {}: {}", request_.invoice, found))
            .with_remedy("say which with --issuer or --currency");
    }
    std::vector<InvoiceCheck> checks;
    for (const Key& key : keys) {
        FLORIN_TRY_ASSIGN(InvoiceCheck one, check(key));
        if (!request_.invoice.empty()) {
            FLORIN_TRY(add_parts(one));
            if (!request_.amount && !request_.tax) { // else what was given is judged, not what the details say
                FLORIN_TRY(add_lines(one));
            }
        }
        checks.push_back(std::move(one));
    }
    return checks;
}

} // namespace

std::string_view name(InvoiceVerdict verdict) {
    switch (verdict) {
    case InvoiceVerdict::kWithin: return "within";
    case InvoiceVerdict::kApart: return "apart";
    case InvoiceVerdict::kNotStated: return "not stated";
    case InvoiceVerdict::kNotCharged: return "not charged";
    }
    return "not stated";
}

bool InvoiceCheck::holds() const {
    const auto is_fine = [](const InvoiceAmount& amount) {
        return amount.verdict == InvoiceVerdict::kWithin || amount.verdict == InvoiceVerdict::kNotStated;
    };
    return is_fine(cost) && is_fine(tax) &&
           std::ranges::all_of(lines, [&](const InvoiceLine& line) { return is_fine(line.amount); });
}

base::Result<std::vector<InvoiceCheck>> reconcile_invoices(Workspace& workspace, const InvoiceRequest& request) {
    FLORIN_TRY_ASSIGN(const base::FileLock lock, workspace.lake().read_lock());
    FLORIN_TRY_ASSIGN(const lake::CurrentFiles current,
                      workspace.lake().current(std::nullopt, workspace.configuration().precedence));
    const std::vector<DatasetTable> tables = dataset_tables(workspace.lake(), current.deliveries, std::nullopt);
    const auto details = std::ranges::find(tables, "invoice_details", &DatasetTable::name);
    FLORIN_TRY_ASSIGN(const auto engine, workspace.open_engine({}));
    if (request.running) {
        request.running(engine.get());
    }
    auto checks = Reconciler(*engine, request).run(current, *details);
    if (request.running) {
        request.running(nullptr);
    }
    return checks;
}

} // namespace florin::app
