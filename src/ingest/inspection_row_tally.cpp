#include "ingest/inspection_row_tally.hpp"

#include "ingest/exact_text.hpp"
#include "money/money.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::ingest {
namespace {

std::string example_of(const CheckedRow& row, std::uint32_t finding) {
    const auto cost_text = [&](std::size_t i) { return row.costs[i].is_null ? std::string_view() : row.costs[i].text; };
    switch (static_cast<Rule>(finding % kRuleCount)) {
    case Rule::kCostIdentity: return fmt::format("BilledCost {}, EffectiveCost {}", cost_text(0), cost_text(1));
    case Rule::kListCostProduct:
        return fmt::format("ListUnitPrice {}, PricingQuantity {}, ListCost {}",
                           row.decimal_at(row.plan.list_price)->text, row.decimal_at(row.plan.pricing_quantity)->text,
                           cost_text(2));
    case Rule::kQuotedEmpty: return "\"\"";
    default: return unescaped_head(row.cells[finding / kRuleCount]);
    }
}

} // namespace

RowTally::RowTally(const ColumnPlan& plan, Tally& tally)
    : tally_(tally), no_service_(tally.services.id({})), no_line_type_(tally.line_types.id({})) {
    const auto category = std::ranges::find(plan.lists, plan.charge_category.value_or(plan.uses.size()));
    if (category != plan.lists.end()) {
        category_ = static_cast<std::size_t>(category - plan.lists.begin());
    }
}

// Once a row each, and called by count() only: inline.

inline std::uint32_t RowTally::line_type_of(const CheckedRow& row) {
    ListEntry* entry = category_ ? row.entries[*category_] : nullptr;
    if (entry == nullptr) {
        return no_line_type_;
    }
    if (!entry->value_id) {
        entry->value_id = tally_.line_types.id(entry->value);
    }
    return *entry->value_id;
}

inline void RowTally::count_group(const CheckedRow& row) {
    const auto has = [&row](const ColumnPlace& column) { return column && !row.cells[*column].is_null(); };
    const GroupId id{.currency = row.currency,
                     .provider = row.provider,
                     .account =
                         has(row.plan.sub_account) ? accounts_.id(row.cells[*row.plan.sub_account]) : row.account,
                     .service = has(row.plan.service) ? services_.id(row.cells[*row.plan.service]) : no_service_,
                     .line_type = line_type_of(row),
                     .start = row.times[0]->instant};
    if (last_group_ == nullptr || !(id == last_group_id_)) {
        last_group_ = &tally_.groups[id];
        last_group_id_ = id;
    }
    ++last_group_->rows;
    for (std::size_t i = 0; i < row.costs.size(); ++i) {
        if (row.costs[i].is_null) {
            ++last_group_->null_cells[i];
        } else {
            last_group_->sum[i].add(row.costs[i].amount, row.costs[i].text);
        }
    }
}

inline void RowTally::count_scope(const CheckedRow& row) {
    const ScopeId id{row.account, row.times[0]->instant, row.times[1]->instant};
    if (last_scope_ == nullptr || !(id == last_scope_id_)) {
        last_scope_ = &tally_.scopes[id];
        last_scope_id_ = id;
    }
    ++*last_scope_;
}

inline void RowTally::count_instant_forms(const CheckedRow& row) {
    const auto count_form = [&](std::size_t column, const period::ParsedInstant& time) {
        ++tally_.instant_forms[column][static_cast<std::size_t>(time.form)];
    };
    count_form(row.plan.billing_start, *row.times[0]);
    count_form(row.plan.billing_end, *row.times[1]);
    count_form(row.plan.charge_start, *row.times[2]);
    if (row.times[3] != nullptr) {
        count_form(*row.plan.charge_end, *row.times[3]);
    }
}

inline void RowTally::count_findings(const CheckedRow& row, const RowKey& key) {
    for (const std::uint32_t slot : row.touched) {
        FindingTally& finding = tally_.findings[slot];
        if (finding.rows++ == 0) {
            finding.first = key;
            finding.example = example_of(row, slot);
        }
        if (row.currency >= finding.billed.size()) {
            finding.billed.resize(row.currency + 1);
        }
        if (!finding.billed[row.currency]) {
            finding.billed[row.currency].emplace();
        }
        finding.billed[row.currency]->add(row.costs[0].amount, row.costs[0].text);
    }
    for (std::size_t i = 0; i < row.entries.size(); ++i) {
        ListEntry* entry = row.entries[i];
        if (entry != nullptr && entry->rule && !entry->recorded) {
            entry->recorded = true;
            if (*entry->rule != Rule::kAllowedValueUnknown) {
                tally_.value_repairs[row.plan.lists[i]].emplace(entry->written, entry->value);
            }
        }
    }
}

void RowTally::count(const CheckedRow& row, const RowKey& key) {
    count_group(row);
    count_scope(row);
    count_instant_forms(row);
    count_findings(row, key);
}

void RowTally::count_set_aside(const CheckedRow& row) {
    const Cell& currency = row.cells[row.plan.currency];
    const Cell& cost = row.cells[*row.plan.costs[0]];
    const auto readable = [&] {
        if (currency.is_null() || cost.is_null()) {
            return false;
        }
        const std::string code = unescaped(currency);
        ReadAmount billed;
        billed.text = cost.raw();
        AmountFault fault = read_amount(billed.text, 18, billed.amount);
        if (fault == AmountFault::kUnreadable && read_displayed_amount(billed.text, billed.plain)) {
            billed.text = billed.plain;
            fault = read_amount(billed.text, 18, billed.amount);
        }
        if (fault != AmountFault::kNone || !money::Currency::parse(code).ok()) {
            return false;
        }
        tally_.set_aside[code].add(billed.amount, billed.text);
        return true;
    };
    if (!readable()) {
        count_set_aside_unreadable();
    }
}

} // namespace florin::ingest
