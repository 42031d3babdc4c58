#include "query/commitment_terms.hpp"

#include <fmt/format.h>

#include <charconv>

namespace florin::query {
namespace {

/// Longer than any month: what a purchase pays for rather than when it was paid.
constexpr std::chrono::days kPaymentDaysMax{31};
constexpr int kMonthsMax = 1200;

std::string latest(std::string_view value, std::string_view among) {
    return fmt::format("arg_max({0}, \"ChargePeriodStart\") FILTER (WHERE {0} IS NOT NULL{1})", value, among);
}

std::string statement(std::span<const lake::FileSet> files) {
    std::vector<std::string> charges;
    for (const lake::FileSet& set : files) {
        charges.push_back(set.charges);
    }
    const auto custom = [](std::string_view first, std::string_view second) {
        const std::string column = engine::sql_name(lake::column::kCustom);
        return fmt::format("coalesce({0}[{1}], {0}[{2}])", column, engine::sql_text(first), engine::sql_text(second));
    };
    // A refund or an exchange is a correction, and no purchase of a term.
    constexpr std::string_view kPaidOnce = " AND \"ChargeCategory\" = 'Purchase' AND \"ChargeFrequency\" = 'One-Time' "
                                           "AND \"ChargeClass\" IS NULL";
    return fmt::format(
        "SELECT coalesce(\"ServiceProviderName\", \"ProviderName\") AS provider, \"CommitmentDiscountId\" AS id, "
        "{} AS stated_start, {} AS stated_end, {} AS paid_from, {} AS paid_until, {} AS months\n"
        "FROM {}\n"
        "WHERE \"CommitmentDiscountId\" IS NOT NULL AND (\"ChargeCategory\" = 'Purchase' "
        "OR \"CommitmentDiscountStatus\" = 'Unused')\nGROUP BY ALL ORDER BY ALL",
        latest(custom("x_ReservationStartTime", "x_SavingsPlanStartTime"), ""),
        latest(custom("x_ReservationEndTime", "x_SavingsPlanEndTime"), ""), latest("\"ChargePeriodStart\"", kPaidOnce),
        latest("\"ChargePeriodEnd\"", kPaidOnce), latest(custom("x_Term", "x_SkuTerm"), kPaidOnce),
        engine::sql_parquet(charges));
}

std::string text(const engine::Value& value) {
    const auto* found = std::get_if<std::string>(&value);
    return found == nullptr ? std::string() : *found;
}

std::optional<period::Instant> instant(const engine::Value& value) {
    if (const auto* found = std::get_if<period::Instant>(&value)) {
        return *found;
    }
    const auto parsed = period::parse_instant(text(value));
    return parsed.ok() ? std::optional(parsed->instant) : std::nullopt;
}

std::optional<int> months(const engine::Value& value) {
    const std::string written = text(value);
    int number = 0;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
    const bool is_read = error == std::errc() && end == written.data() + written.size();
    // Azure states 1 for what has no term.
    return is_read && number > 1 && number <= kMonthsMax ? std::optional(number) : std::nullopt;
}

/// The same time of the day that many months later, on the last day of a month that is too short.
period::Instant later(period::Instant from, int by) {
    const period::Day day = period::day_of(from);
    const std::chrono::year_month_day civil(day);
    const period::Period month = period::month_of(period::add_months(day, by));
    return std::min(month.start + std::chrono::days(static_cast<unsigned>(civil.day()) - 1),
                    month.end - std::chrono::days(1)) +
           (from - day);
}

CommitmentTerm term_of(const std::vector<engine::Value>& row) {
    CommitmentTerm term{.provider = text(row[0]), .id = text(row[1]), .start = instant(row[2]), .end = instant(row[3])};
    const auto paid_from = instant(row[4]);
    const auto paid_until = instant(row[5]);
    if (term.end) {
        term.source = TermSource::kProvider;
    } else if (paid_from && paid_until && *paid_until - *paid_from > kPaymentDaysMax) {
        term.start = paid_from;
        term.end = paid_until;
        term.source = TermSource::kPurchase;
    } else if (const auto length = months(row[6]); length && paid_from) {
        term.start = paid_from;
        term.end = later(*paid_from, *length);
        term.source = TermSource::kMonths;
    } else if (term.start) {
        term.source = TermSource::kProvider;
    }
    return term;
}

} // namespace

std::string_view name(TermSource source) {
    switch (source) {
    case TermSource::kNone: return "none";
    case TermSource::kContract: return "contract";
    case TermSource::kProvider: return "provider";
    case TermSource::kPurchase: return "purchase";
    case TermSource::kMonths: return "months";
    }
    return "";
}

base::Result<std::map<std::string, ContractCommitment>> contract_commitments(std::span<const lake::FileSet> files,
                                                                             engine::Engine& engine,
                                                                             const DatasetRows& rows) {
    std::map<std::string, ContractCommitment> found;
    if (rows.is_empty || files.empty()) {
        return found;
    }
    std::vector<std::string> charges;
    for (const lake::FileSet& set : files) {
        charges.push_back(set.charges);
    }
    FLORIN_TRY_ASSIGN(
        const engine::Table table,
        engine.query(fmt::format(
            "WITH contract AS ({0}), applied AS (SELECT \"CommitmentDiscountId\" AS commitment, unnest({1}) AS id FROM "
            "(SELECT DISTINCT \"CommitmentDiscountId\", \"ContractApplied\" FROM {2} "
            "WHERE \"CommitmentDiscountId\" IS NOT NULL AND \"ContractApplied\" IS NOT NULL) AS charge), "
            "named AS (SELECT commitment, min(id) AS id FROM applied JOIN contract ON id = \"ContractCommitmentId\" "
            "WHERE commitment NOT IN (SELECT \"ContractCommitmentId\" FROM contract) GROUP BY commitment HAVING "
            "count(DISTINCT id) = 1 UNION ALL SELECT DISTINCT \"ContractCommitmentId\", \"ContractCommitmentId\" FROM "
            "contract) SELECT commitment, \"ContractCommitmentId\", \"ContractCommitmentDescription\", "
            "\"ContractCommitmentType\", \"ContractCommitmentPeriodStart\", \"ContractCommitmentPeriodEnd\", "
            "\"ContractCommitmentCost\", \"BillingCurrency\", \"ContractCommitmentQuantity\", "
            "\"ContractCommitmentUnit\" FROM named JOIN contract ON id = \"ContractCommitmentId\" ORDER BY ALL",
            rows.sql, applied_contracts_sql("charge"), engine::sql_parquet(charges))));
    FLORIN_TRY(engine::check_money_columns(table.columns, std::vector<std::string>{"ContractCommitmentCost"}));
    const auto stated = [](const engine::Value& value) {
        return std::holds_alternative<std::string>(value) ? std::optional(text(value)) : std::nullopt;
    };
    for (const auto& row : table.rows) {
        ContractCommitment one{.id = text(row[1]),
                               .description = stated(row[2]),
                               .type = stated(row[3]),
                               .start = instant(row[4]),
                               .end = instant(row[5]),
                               .cost = {},
                               .currency = stated(row[7]),
                               .quantity = {},
                               .unit = stated(row[9])};
        if (const auto* cost = std::get_if<money::Decimal>(&row[6])) {
            one.cost = *cost;
        }
        if (const auto* quantity = std::get_if<money::Quantity>(&row[8])) {
            one.quantity = *quantity;
        }
        found.insert_or_assign(text(row[0]), std::move(one));
    }
    return found;
}

base::Result<std::vector<CommitmentTerm>> commitment_terms(std::span<const lake::FileSet> files,
                                                           engine::Engine& engine) {
    std::vector<CommitmentTerm> terms;
    if (files.empty()) {
        return terms;
    }
    FLORIN_TRY_ASSIGN(const engine::Table table, engine.query(statement(files)));
    for (const auto& row : table.rows) {
        terms.push_back(term_of(row));
    }
    return terms;
}

} // namespace florin::query
