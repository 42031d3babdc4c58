#include "ingest/inspection_checks.hpp"

#include "base/check.hpp"
#include "ingest/byte_scan.hpp"
#include "ingest/exact_text.hpp"
#include "money/money.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace florin::ingest {
namespace {

bool is_null_word(const char* at) {
    return std::memcmp(at, "NULL", 4) == 0 || std::memcmp(at, "null", 4) == 0;
}

bool is_same(const ReadAmount& a, const ReadAmount& b) {
    if (a.amount.rest_places == Amount::kRestInText || b.amount.rest_places == Amount::kRestInText) {
        return is_product(a.text, "1", b.text);
    }
    return a.amount.units == b.amount.units && a.amount.rest == b.amount.rest &&
           a.amount.rest_places == b.amount.rest_places;
}

} // namespace

CheckedRow::CheckedRow(const ColumnPlan& column_plan)
    : plan(column_plan), cells(plan.uses.size()), decimals(plan.other_decimals.size()), entries(plan.lists.size()) {
    touched.reserve(cells.size() * 4);
}

const ReadAmount* CheckedRow::decimal_at(const ColumnPlace& column) const {
    if (column) {
        const auto place = std::find(plan.other_decimals.begin(), plan.other_decimals.end(), *column);
        return &decimals[static_cast<std::size_t>(place - plan.other_decimals.begin())];
    }
    return nullptr;
}

std::string_view CheckedRow::list_value(const ColumnPlace& column) const {
    if (column) {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (plan.lists[i] == *column && entries[i] != nullptr) {
                return entries[i]->value;
            }
        }
    }
    return {};
}

RowChecks::RowChecks(const ColumnPlan& plan, std::uint64_t cell_bytes_max, Tally& tally)
    : plan_(plan), cell_bytes_max_(cell_bytes_max), tally_(tally), lists_(plan.lists.size()), row_(plan) {
    for (const ColumnUse& use : plan.uses) {
        names_.push_back(use.source_name);
    }
}

bool RowChecks::fail(std::string code, std::string message, std::string remedy, std::size_t column) {
    error_ = base::data_error(std::move(code), std::move(message)).with_remedy(std::move(remedy));
    error_.place.column = plan_.name(column);
    if (!row_.cells[column].is_null()) {
        error_.place.cell = unescaped_head(row_.cells[column]);
    }
    return false;
}

// Each of these runs once a row or oftener and is called here only: inline, check() is measurably faster.

inline void RowChecks::split(const char* text, std::size_t begin, std::span<const std::uint32_t> ends) {
    for (std::size_t i = 0; i < ends.size(); ++i) {
        const std::size_t end = ends[i];
        Cell& cell = row_.cells[i];
        cell.data = text + begin;
        std::size_t size = end - begin;
        begin = end + 1;
        if (i + 1 == ends.size() && size > 0 && cell.data[size - 1] == '\r') {
            --size;
        }
        cell.state = Cell::State::kPlain;
        if (size == 0) {
            cell.state = Cell::State::kNull;
        } else if (cell.data[0] == '"') {
            cell.state = Cell::State::kQuoted;
            ++cell.data;
            size -= 2;
            if (size == 0) {
                cell.state = Cell::State::kNull;
                row_.touch(i, Rule::kQuotedEmpty);
            }
        } else if (size == 4 && is_null_word(cell.data)) {
            cell.state = Cell::State::kNull;
            row_.touch(i, Rule::kNullLiteral);
        }
        cell.size = static_cast<std::uint32_t>(size);
    }
}

inline bool RowChecks::read_keys() {
    const Cell& currency_cell = row_.cells[plan_.currency];
    if (currency_cell.is_null()) {
        return fail("bill.no_currency", "the charge has no currency",
                    "Every charge needs an ISO 4217 code, such as USD.", plan_.currency);
    }
    row_.currency = currencies_.id(currency_cell);
    if (row_.currency >= currency_is_known_.size()) {
        currency_is_known_.push_back(money::Currency::parse(tally_.currencies.text(row_.currency)).ok());
    }
    if (!currency_is_known_[row_.currency]) {
        return fail("bill.unknown_currency", "the currency is not one of ISO 4217",
                    "Expected three capital letters such as USD.", plan_.currency);
    }
    if (row_.cells[plan_.account].is_null()) {
        return fail("bill.no_account", "the charge has no billing account",
                    "Every charge needs the account that is invoiced.", plan_.account);
    }
    row_.account = accounts_.id(row_.cells[plan_.account]);
    if (plan_.provider && !row_.cells[*plan_.provider].is_null()) {
        row_.provider = providers_.id(row_.cells[*plan_.provider]);
    } else if (plan_.former_provider && !row_.cells[*plan_.former_provider].is_null()) {
        row_.provider = former_providers_.id(row_.cells[*plan_.former_provider]);
    } else {
        row_.provider = tally_.providers.id({});
    }
    return true;
}

inline bool RowChecks::read_instant(std::size_t which, std::size_t column) {
    const Cell& cell = row_.cells[column];
    if (cell.is_null()) {
        return fail("bill.no_period", fmt::format("the charge has no {}", plan_.uses[column].lake_name),
                    "Expected a time such as 2024-09-01T00:00:00Z.", column);
    }
    row_.times[which] = instants_[which].find(cell.raw());
    if (row_.times[which] == nullptr) {
        const auto parsed = period::parse_instant(unescaped(cell));
        return fail("bill.unreadable_instant",
                    parsed.ok() ? "not a point in time"
                                : fmt::format("not a point in time: {}", parsed.error().message),
                    "Expected a time such as 2024-09-01T00:00:00Z.", column);
    }
    if (row_.times[which]->form != period::InstantForm::kIsoUtc) {
        row_.touch(column, rule_of(row_.times[which]->form));
    }
    return true;
}

inline bool RowChecks::read_times() {
    row_.times[3] = nullptr;
    if (!read_instant(0, plan_.billing_start) || !read_instant(1, plan_.billing_end) ||
        !read_instant(2, plan_.charge_start) || (plan_.charge_end && !read_instant(3, *plan_.charge_end))) {
        return false;
    }
    if (row_.times[1]->instant < row_.times[0]->instant) {
        return fail(
            "bill.period_backwards",
            fmt::format("the billing period ends before it starts ({})", period::to_string(row_.times[0]->instant)),
            "The end of a period is not before its start.", plan_.billing_end);
    }
    if (row_.times[3] != nullptr && row_.times[3]->instant < row_.times[2]->instant) {
        return fail(
            "bill.period_backwards",
            fmt::format("the charge period ends before it starts ({})", period::to_string(row_.times[2]->instant)),
            "The end of a period is not before its start.", *plan_.charge_end);
    }
    return true;
}

/// A decimal that is not short and plain. scale: 18 or 12.
inline bool RowChecks::read_long_amount(std::size_t column, int scale, ReadAmount& out) {
    AmountFault fault = read_amount(out.text, scale, out.amount);
    if (fault == AmountFault::kUnreadable && read_displayed_amount(out.text, out.plain)) {
        out.text = out.plain;
        fault = read_amount(out.text, scale, out.amount);
        row_.touch(column, Rule::kAmountAsDisplayed);
    }
    if (fault == AmountFault::kNone) {
        if (out.amount.is_inexact()) {
            row_.touch(column, Rule::kAmountRounded);
        }
        out.is_short = read_short_amount(out.text, out.brief);
        return true;
    }
    if (fault == AmountFault::kTooLarge) {
        return fail("bill.amount_too_large",
                    fmt::format("the number has more than {} digits before the point", 38 - scale),
                    "Is it in the right column?", column);
    }
    if (fault == AmountFault::kAbsurd) {
        return fail("bill.unreadable_amount", "the number has more than 400 digits, or an exponent beyond 400",
                    "Expected a number such as -12.34 or 1.5E-7.", column);
    }
    return fail("bill.unreadable_amount", "not a number", "Expected a number such as -12.34 or 1.5E-7.", column);
}

inline bool RowChecks::read_costs() {
    for (std::size_t i = 0; i < row_.costs.size(); ++i) {
        ReadAmount& cost = row_.costs[i];
        if (!plan_.costs[i] || row_.cells[*plan_.costs[i]].is_null()) {
            cost.is_null = true;
            cost.is_short = false;
            continue;
        }
        cost.is_null = false;
        cost.text = row_.cells[*plan_.costs[i]].raw();
        cost.is_short = read_short_amount(cost.text, cost.brief) && cost.brief.places <= 18;
        if (cost.is_short) {
            cost.amount = amount_of(cost.brief);
        } else if (!read_long_amount(*plan_.costs[i], 18, cost)) {
            return false;
        }
    }
    if (row_.costs[0].is_null) {
        return fail("bill.no_cost", "the charge has no BilledCost", "Every charge needs one; 0 is a cost too.",
                    *plan_.costs[0]);
    }
    return true;
}

inline bool RowChecks::read_other_decimals() {
    for (std::size_t i = 0; i < row_.decimals.size(); ++i) {
        const std::size_t column = plan_.other_decimals[i];
        ReadAmount& decimal = row_.decimals[i];
        decimal.is_null = row_.cells[column].is_null();
        if (decimal.is_null) {
            continue;
        }
        decimal.text = row_.cells[column].raw();
        const int scale = plan_.focus_columns[column]->is_quantity ? 12 : 18;
        decimal.is_short = read_short_amount(decimal.text, decimal.brief) && decimal.brief.places <= scale;
        if (!decimal.is_short && !read_long_amount(column, scale, decimal)) {
            return false;
        }
    }
    return true;
}

inline void RowChecks::read_lists() {
    for (std::size_t i = 0; i < row_.entries.size(); ++i) {
        const std::size_t column = plan_.lists[i];
        row_.entries[i] =
            row_.cells[column].is_null() ? nullptr : &lists_[i].find(*plan_.focus_columns[column], row_.cells[column]);
        if (row_.entries[i] != nullptr && row_.entries[i]->rule) {
            row_.touch(column, *row_.entries[i]->rule);
        }
    }
}

inline void RowChecks::check_identities() {
    for (std::size_t i = 1; i < row_.costs.size(); ++i) {
        if (plan_.costs[i] && row_.costs[i].is_null) {
            row_.touch(*plan_.costs[i], Rule::kNullCost);
        }
    }
    const ReadAmount& billed = row_.costs[0];
    const ReadAmount& effective = row_.costs[1];
    const bool covered = plan_.commitment && !row_.cells[*plan_.commitment].is_null();
    if (!effective.is_null && !covered && !is_same(billed, effective)) {
        const std::string_view category = row_.list_value(plan_.charge_category);
        if ((category == "Usage" || category == "Tax" || category == "Credit") &&
            row_.list_value(plan_.pricing_category) != "Committed") {
            row_.touch(*plan_.costs[1], Rule::kCostIdentity);
        }
    }
    const ReadAmount& list = row_.costs[2];
    const ReadAmount* price = row_.decimal_at(plan_.list_price);
    const ReadAmount* quantity = row_.decimal_at(plan_.pricing_quantity);
    if (list.is_null || price == nullptr || quantity == nullptr || price->is_null || quantity->is_null) {
        return;
    }
    const bool holds = list.is_short && price->is_short && quantity->is_short
                           ? is_product(price->brief, quantity->brief, list.brief)
                           : is_product(price->text, quantity->text, list.text);
    if (!holds && row_.list_value(plan_.charge_class) != "Correction") {
        row_.touch(*plan_.costs[2], Rule::kListCostProduct);
    }
}

inline RowChecks::Vendor RowChecks::vendor() {
    while (vendors_.size() <= row_.provider) {
        const std::string_view provider = tally_.providers.text(static_cast<std::uint32_t>(vendors_.size()));
        vendors_.push_back(provider == "Microsoft" ? Vendor::kMicrosoft
                           : provider == "AWS"     ? Vendor::kAws
                                                   : Vendor::kOther);
    }
    return vendors_[row_.provider];
}

/// Known defects of Azure's FOCUS exports. What is mended is what the load mends: focus_files/mapping.cpp.
inline void RowChecks::mend_azure() {
    const std::string_view category = row_.list_value(plan_.charge_category);
    const bool is_usage = category == "Usage";
    if (!is_usage && category != "Purchase") {
        return;
    }
    const bool committed = plan_.commitment && !row_.cells[*plan_.commitment].is_null();
    if (is_usage && committed && row_.list_value(plan_.pricing_category) == "Standard") {
        row_.touch(*plan_.pricing_category, Rule::kAzureCommittedPricing);
    }
    ReadAmount& effective = row_.costs[1];
    if (effective.is_null || effective.amount.units == 0) {
        return;
    }
    if (!is_usage && committed) {
        row_.touch(*plan_.costs[1], Rule::kAzurePurchaseEffective);
        effective = ReadAmount{.is_null = false, .is_short = true, .text = "0"};
        return;
    }
    for (std::size_t i = 2; i < row_.costs.size(); ++i) {
        if (!row_.costs[i].is_null && row_.costs[i].amount.units == 0 &&
            row_.list_value(plan_.commitment_status) != "Unused") {
            row_.touch(*plan_.costs[i], Rule::kAzureZeroCost);
            row_.costs[i].is_null = true;
        }
    }
}

/// Known gaps of AWS's FOCUS exports.
inline void RowChecks::find_aws_gaps() {
    const auto find = [this](const std::vector<std::size_t>& columns) {
        for (const std::size_t column : columns) {
            if (row_.cells[column].is_null()) {
                row_.touch(column, Rule::kAwsNull);
            }
        }
    };
    find(plan_.aws_gaps);
    if (!plan_.aws_usage_gaps.empty() && row_.list_value(plan_.charge_category) == "Usage") {
        find(plan_.aws_usage_gaps);
    }
}

bool RowChecks::check(const CsvRow& row) {
    row_.touched.clear();
    split(row.text, row.begin, row.ends);
    const bool may_hold_a_large_cell = row.end - row.begin > cell_bytes_max_;
    if (may_hold_a_large_cell || row.check_bytes) {
        if (std::optional<base::Error> bad = find_bad_cell(row, names_, cell_bytes_max_)) {
            error_ = std::move(*bad);
            return false;
        }
    }
    if (!read_keys() || !read_times() || !read_costs() || !read_other_decimals()) {
        return false;
    }
    read_lists();
    check_identities();
    switch (vendor()) {
    case Vendor::kMicrosoft: mend_azure(); break;
    case Vendor::kAws: find_aws_gaps(); break;
    case Vendor::kOther: break;
    }
    return true;
}

} // namespace florin::ingest
