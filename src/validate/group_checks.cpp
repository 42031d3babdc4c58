#include "validate/group_checks.hpp"

#include "money/money.hpp"
#include "money/wide.hpp"
#include "validate/commitments.hpp"
#include "validate/row_checks.hpp"
#include "validate/row_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::validate {
namespace {

using engine::sql_name;

std::string text_at(const std::vector<engine::Value>& row, std::size_t i) {
    const auto* text = std::get_if<std::string>(&row[i]);
    return text == nullptr ? std::string() : *text;
}

std::optional<money::Decimal> decimal_at(const std::vector<engine::Value>& row, std::size_t i) {
    const auto* amount = std::get_if<money::Decimal>(&row[i]);
    return amount == nullptr ? std::nullopt : std::optional(*amount);
}

GroupOutcome skipped(std::string reason) {
    return {.outcome = Outcome::kSkipped, .reason = std::move(reason)};
}

std::string missing(std::string_view column) {
    return fmt::format("no column {} in the file", column);
}

base::int128 power_of_ten(int exponent) {
    base::int128 power = 1;
    for (; exponent > 0; --exponent) {
        power *= 10;
    }
    return power;
}

/// The tie-out of one invoice.
struct InvoiceSums {
    std::uint64_t rows = 0;
    std::int64_t first_row = 0;
    std::optional<money::Decimal> charges;
    std::optional<money::Decimal> invoice;
};

/// `key` is issuer, id and currency.
Group judge_invoice(const std::vector<std::string>& key, const InvoiceSums& sums) {
    Group group{.currency = key[2], .rows = sums.rows, .billed_cost = sums.charges, .first_row = sums.first_row};
    const auto not_checkable = [&](std::string why) {
        group.verdict = Group::Verdict::kNotCheckable;
        group.why = std::move(why);
        return group;
    };
    if (!sums.charges) {
        return not_checkable("none of its charges is in the file");
    }
    if (!sums.invoice) {
        return not_checkable("not among the issued invoices given");
    }
    const auto apart = sums.charges->minus(*sums.invoice);
    if (!apart.ok()) {
        return not_checkable("its sums are beyond what can be added up");
    }
    if (!is_within_invoice_tolerance(*apart, sums.rows, money::minor_units_of(key[2]))) {
        group.verdict = Group::Verdict::kFails;
        group.why = fmt::format("invoice {}{}{}: {} charged in {} rows, {} on the invoice, apart by {} {}", key[1],
                                key[0].empty() ? "" : " of ", key[0], sums.charges->to_string(), sums.rows,
                                sums.invoice->to_string(), apart->to_string(), key[2]);
    } else if (!apart->is_zero()) {
        group.verdict = Group::Verdict::kRounding;
    }
    return group;
}

} // namespace

bool is_rounding_of_sum(money::Decimal difference, std::uint64_t rows, int places) {
    if (places >= money::Decimal::kScale) {
        return difference.is_zero();
    }
    const base::int128 half_unit = power_of_ten(money::Decimal::kScale - std::max(places, 0) - 1) * 5;
    return difference.absolute().units() <= half_unit * static_cast<base::int128>(rows);
}

bool is_within_invoice_tolerance(money::Decimal difference, std::uint64_t rows, int minor_units) {
    const base::int128 minor = power_of_ten(money::Decimal::kScale - minor_units);
    const base::int128 apart = difference.absolute().units();
    if (apart <= minor * 100) {
        return true;
    }
    // apart <= sqrt(rows) x minor / 2, squared.
    const auto doubled = static_cast<base::uint128>(apart) * 2;
    const auto squared_minor = static_cast<base::uint128>(minor) * static_cast<base::uint128>(minor);
    return money::multiply_wide(doubled, doubled) <= money::multiply_wide(squared_minor, rows);
}

GroupOutcome summed_up(const std::vector<Group>& groups, std::string_view what, std::vector<std::string> columns) {
    GroupOutcome outcome;
    outcome.columns = std::move(columns);
    std::size_t checked = 0;
    std::size_t failed = 0;
    std::map<std::string, std::size_t> unlooked;
    std::map<std::string, money::DecimalSum> billed;
    for (const Group& group : groups) {
        if (group.verdict == Group::Verdict::kNotCheckable) {
            ++unlooked[group.why];
            continue;
        }
        ++checked;
        outcome.rows_in_scope += group.rows;
        if (group.verdict == Group::Verdict::kRounding) {
            outcome.rounding_rows += group.rows;
        }
        if (group.verdict == Group::Verdict::kFails) {
            ++failed;
            outcome.rows += group.rows;
            if (group.billed_cost) {
                billed[group.currency].add(*group.billed_cost);
            }
            if (outcome.details.size() < kDetailsMax) {
                outcome.details.push_back(group.why);
                outcome.first_rows.push_back(group.first_row);
            }
        }
    }
    for (const auto& [currency, sum] : billed) {
        if (const auto total = sum.total(); total.ok()) { // else it is more than an amount can be, and not told
            outcome.billed_cost[currency] = *total;
        }
    }
    for (const auto& [why, count] : unlooked) {
        outcome.reason +=
            fmt::format("{}{} of {} {}: {}", outcome.reason.empty() ? "" : "; ", count, groups.size(), what, why);
    }
    if (groups.empty()) {
        outcome.reason = fmt::format("no {} in the file", what);
    }
    outcome.outcome = failed > 0 ? Outcome::kFail : checked > 0 ? Outcome::kPass : Outcome::kSkipped;
    return outcome;
}

/// The staged rows with every column of Cost and Usage as text.
std::string GroupChecks::rows_with_text() const {
    return with_derived(bill_, {});
}

base::Result<GroupOutcome> GroupChecks::look_at(const Rule& rule) {
    auto outcome = judge(rule);
    if (!outcome.ok() && is_overflow(outcome.error())) {
        return skipped("its sums are more than an amount can be");
    }
    return outcome;
}

base::Result<GroupOutcome> GroupChecks::judge(const Rule& rule) {
    switch (rule.check) {
    case Check::kOnePer: return one_per(rule);
    case Check::kInvoiceSum: return invoice(rule);
    case Check::kInvoiceDetail: return invoice_detail();
    case Check::kClosedPeriod: return closed_period();
    case Check::kSplitSum:
    case Check::kSplitSame: return split(rule);
    default: return commitment(rule);
    }
}

base::Result<GroupOutcome> GroupChecks::one_per(const Rule& rule) {
    const std::size_t arrow = rule.parameter.find(" > ");
    const std::string key = rule.parameter.substr(0, arrow);
    const std::string value = rule.parameter.substr(arrow + 3);
    for (const std::string& column : {key, value}) {
        if (!bill_.has(column)) {
            return skipped(missing(column));
        }
    }
    const std::string counted =
        fmt::format("SELECT {0} AS k, min({1}) AS low, max({1}) AS high, count(*) AS n, min({2}) AS first FROM {3} "
                    "WHERE {0} IS NOT NULL AND {1} IS NOT NULL GROUP BY {0}",
                    sql_name(key), sql_name(value), kRowColumn, bill_.relation);
    FLORIN_TRY_ASSIGN(const engine::Table all,
                      engine_.query(fmt::format("SELECT coalesce(sum(n), 0)::BIGINT, "
                                                "coalesce(sum(n) FILTER (WHERE low <> high), 0)::BIGINT FROM ({})",
                                                counted)));
    GroupOutcome outcome;
    outcome.columns = {key, value};
    outcome.rows_in_scope = count_at(all.rows[0], 0);
    outcome.rows = count_at(all.rows[0], 1);
    if (outcome.rows == 0) {
        outcome.outcome = outcome.rows_in_scope > 0 ? Outcome::kPass : Outcome::kSkipped;
        outcome.reason = outcome.rows_in_scope > 0 ? "" : fmt::format("no row has both {} and {}", key, value);
        return outcome;
    }
    outcome.outcome = Outcome::kFail;
    FLORIN_TRY_ASSIGN(
        const engine::Table several,
        engine_.query(fmt::format("SELECT k, low, high, first FROM ({}) WHERE low <> high ORDER BY n DESC, k LIMIT {}",
                                  counted, kDetailsMax)));
    for (const auto& row : several.rows) {
        outcome.details.push_back(
            fmt::format("{} {} has {} {} and {}", key, text_at(row, 0), value, text_at(row, 1), text_at(row, 2)));
        outcome.first_rows.push_back(std::get<std::int64_t>(row[3]));
    }
    if (bill_.has("BilledCost")) {
        FLORIN_TRY(add_billed_cost(fmt::format("{} IS NOT NULL AND {} IN (SELECT k FROM ({}) WHERE low <> high)",
                                               sql_name(value), sql_name(key), counted),
                                   outcome));
    }
    return outcome;
}

base::Result<void> GroupChecks::add_billed_cost(const std::string& violation, GroupOutcome& outcome) {
    const auto sums = engine_.query(
        fmt::format("SELECT coalesce({}, ''), sum(florin_decimal_or_null({})) FROM {} WHERE {} GROUP BY 1",
                    sql_name("BillingCurrency"), sql_name("BilledCost"), rows_with_text(), violation));
    if (!sums.ok()) {
        if (!is_overflow(sums.error())) {
            return sums.error();
        }
        outcome.reason = "BilledCost adds up to more than an amount can be"; // the violation stands
        return {};
    }
    for (const auto& row : sums->rows) {
        if (const auto sum = decimal_at(row, 1)) {
            outcome.billed_cost[text_at(row, 0)] = *sum;
        }
    }
    return {};
}

base::Result<void> GroupChecks::read_commitments() {
    if (!commitments_) {
        FLORIN_TRY_ASSIGN(commitments_, read_commitment_sums(engine_, rows_with_text()));
    }
    return {};
}

base::Result<GroupOutcome> GroupChecks::commitment(const Rule& rule) {
    std::vector<std::string> columns = {"CommitmentDiscountId", "ChargeCategory", "CommitmentDiscountStatus"};
    const bool about_quantity = rule.check == Check::kCommitmentQuantity || rule.check == Check::kCommitmentUnused;
    for (const char* column : {"BilledCost", "EffectiveCost"}) {
        if (!about_quantity) {
            columns.emplace_back(column);
        }
    }
    if (about_quantity) {
        columns.emplace_back("CommitmentDiscountQuantity");
    }
    for (const std::string& column : columns) {
        if (!bill_.has(column)) {
            return skipped(missing(column));
        }
    }
    FLORIN_TRY(read_commitments());
    std::vector<Group> groups;
    for (const CommitmentSums& one : *commitments_) {
        groups.push_back(judge_commitment(rule.check, one));
    }
    return summed_up(groups, "commitments", columns);
}

base::Result<GroupOutcome> GroupChecks::invoice(const Rule&) {
    if (options_.invoices.empty()) {
        return skipped("no invoices to hold the charges against were given (--invoices)");
    }
    for (const char* column : {"InvoiceId", "BilledCost"}) {
        if (!bill_.has(column)) {
            return skipped(missing(column));
        }
    }
    FLORIN_TRY_ASSIGN(const Bill* given, invoices());
    const Bill& details = *given;
    const auto optional = [](const Bill& bill, const std::string& column) {
        return bill.has(column) ? fmt::format("coalesce({}, '')", sql_name(column)) : std::string("''");
    };
    // Both sides keep the issuer where both have it, and leave taxes out where both tell them.
    const bool issuers = bill_.has("InvoiceIssuerName") && details.has("InvoiceIssuerName");
    const bool categories = bill_.has("ChargeCategory") && details.has("ChargeCategory");
    const auto sums_of = [&](const Bill& bill, const std::string& filter) {
        return fmt::format(
            "SELECT {} AS issuer, {} AS id, {} AS currency, count(*), min({}), sum(florin_decimal_or_null({})) "
            "FROM {} WHERE {} IS NOT NULL{}{} GROUP BY ALL ORDER BY ALL",
            issuers ? sql_name("InvoiceIssuerName") : "''", sql_name("InvoiceId"), optional(bill, "BillingCurrency"),
            kRowColumn, sql_name("BilledCost"), bill.relation, sql_name("InvoiceId"),
            categories ? " AND " + optional(bill, "ChargeCategory") + " <> 'Tax'" : "", filter);
    };
    std::map<std::vector<std::string>, InvoiceSums> by_invoice;
    FLORIN_TRY_ASSIGN(const engine::Table charged, engine_.query(sums_of(bill_, "")));
    for (const auto& row : charged.rows) {
        by_invoice[{text_at(row, 0), text_at(row, 1), text_at(row, 2)}] = {
            .rows = count_at(row, 3), .first_row = std::get<std::int64_t>(row[4]), .charges = decimal_at(row, 5)};
    }
    const std::string issued =
        details.has("InvoiceIssueStatus") ? fmt::format(" AND {} = 'Issued'", sql_name("InvoiceIssueStatus")) : "";
    FLORIN_TRY_ASSIGN(const engine::Table payable, engine_.query(sums_of(details, issued)));
    for (const auto& row : payable.rows) {
        by_invoice[{text_at(row, 0), text_at(row, 1), text_at(row, 2)}].invoice = decimal_at(row, 5);
    }
    std::vector<Group> groups;
    for (const auto& [key, sums] : by_invoice) {
        groups.push_back(judge_invoice(key, sums));
    }
    return summed_up(groups, "invoices", {"InvoiceId", "InvoiceIssuerName", "BilledCost"});
}

base::Result<GroupOutcome> GroupChecks::split(const Rule& rule) {
    if (!bill_.has("AllocatedMethodId")) {
        return skipped(missing("AllocatedMethodId"));
    }
    if (!splits_) {
        FLORIN_TRY_ASSIGN(splits_, read_splits(engine_, bill_));
    }
    return summed_up(judge_splits(rule.check, *splits_), "split charges",
                     {"AllocatedMethodId", "AllocatedResourceId", "ResourceId", "BilledCost"});
}

} // namespace florin::validate
