#include "ingest/inspection_rows.hpp"

#include "base/check.hpp"
#include "money/money.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace florin::ingest {
namespace {

using base::Error;

constexpr std::size_t kListEntriesMax = 4096;
constexpr std::size_t kCellInErrorBytesMax = 1024;

/// A cell as it stands in the block, without the quotes around it.
struct Cell {
    enum class State : std::uint8_t { kPlain, kQuoted, kNull };
    const char* data = nullptr;
    std::uint32_t size = 0;
    State state = State::kNull;
    bool is_null() const { return state == State::kNull; }
    /// Doubled quotes are still doubled.
    std::string_view raw() const { return {data, size}; }
};

bool is_null_word(const char* at) {
    return std::memcmp(at, "NULL", 4) == 0 || std::memcmp(at, "null", 4) == 0;
}

std::string unescaped(const Cell& cell) {
    std::string text(cell.raw());
    if (cell.state == Cell::State::kQuoted) {
        for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
            text.erase(at, 1);
        }
    }
    return text;
}

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

/// What a text of a column with allowed values is.
struct ListEntry {
    std::optional<Rule> rule; // nothing: an allowed value
    std::string written;
    std::string value; // as FOCUS writes it, or as written where it is unknown
    bool recorded = false;
};

/// The values of one such column that were met.
class ListValues {
public:
    ListEntry& find(const focus::Column& column, const Cell& cell) {
        if (last_ != nullptr && same(last_raw_, cell.raw())) {
            return *last_;
        }
        last_raw_ = cell.raw();
        auto place = entries_.find(last_raw_);
        if (place == entries_.end()) {
            if (entries_.size() >= kListEntriesMax) {
                entries_.clear();
            }
            place = entries_.emplace(last_raw_, look_up(column, unescaped(cell))).first;
        }
        last_ = &place->second;
        return *last_;
    }

private:
    static ListEntry look_up(const focus::Column& column, std::string text) {
        const focus::ValueMatch match = focus::match_value(column, text);
        ListEntry entry{.rule = std::nullopt, .written = text, .value = std::string(match.value), .recorded = false};
        switch (match.kind) {
        case focus::ValueMatch::Kind::kAllowed: break;
        case focus::ValueMatch::Kind::kRecased: entry.rule = Rule::kAllowedValueCasing; break;
        case focus::ValueMatch::Kind::kRenamed: entry.rule = Rule::kAllowedValueRenamed; break;
        case focus::ValueMatch::Kind::kUnknown:
            entry.rule = Rule::kAllowedValueUnknown;
            entry.value = std::move(text);
            break;
        }
        return entry;
    }

    std::unordered_map<std::string, ListEntry, TextHash, std::equal_to<>> entries_;
    std::string last_raw_;
    ListEntry* last_ = nullptr;
};

/// Ids of a column's texts, remembering the row before.
class RememberedIds {
public:
    explicit RememberedIds(TextIds& ids) : ids_(&ids) {}
    /// The id of the cell's text; `is_new` where the cell was not the one of the row before.
    std::uint32_t id(const Cell& cell) {
        if (!known_ || !same(last_raw_, cell.raw())) {
            last_raw_ = cell.raw();
            last_ = ids_->id(unescaped(cell));
            known_ = true;
        }
        return last_;
    }

private:
    TextIds* ids_;
    std::string last_raw_;
    std::uint32_t last_ = 0;
    bool known_ = false;
};

/// Points in time of one column. Hourly bills repeat a month's hours over and over.
class RememberedInstants {
public:
    /// Null where the text is no point in time.
    const period::ParsedInstant* find(std::string_view text) {
        if (text.size() > kTextBytesMax) {
            return nullptr;
        }
        Entry& entry = entries_[slot_of(text)];
        if (!same({entry.text.data(), entry.size}, text)) {
            const auto parsed = period::parse_instant(text);
            if (!parsed.ok()) {
                return nullptr;
            }
            entry.instant = *parsed;
            entry.size = static_cast<std::uint8_t>(text.size());
            std::copy(text.begin(), text.end(), entry.text.begin());
        }
        return &entry.instant;
    }

private:
    static constexpr std::size_t kTextBytesMax = 40;
    static constexpr std::size_t kEntries = 1024;
    struct Entry {
        std::array<char, kTextBytesMax> text{};
        std::uint8_t size = 0;
        period::ParsedInstant instant;
    };
    static std::size_t slot_of(std::string_view text) {
        // Day and hour stand in bytes 8 to 12 of an ISO text; all of a short one counts.
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        if (text.size() >= 16) {
            std::memcpy(&a, text.data() + 3, 8);
            std::memcpy(&b, text.data() + 8, 8);
        } else {
            std::memcpy(&a, text.data(), std::min<std::size_t>(text.size(), 8));
            std::memcpy(&b, text.data() + text.size() - std::min<std::size_t>(text.size(), 8),
                        std::min<std::size_t>(text.size(), 8));
        }
        return ((a * 0x9E3779B97F4A7C15U) ^ (b * 0xC2B2AE3D27D4EB4FU)) >> 54U;
    }
    std::vector<Entry> entries_ = std::vector<Entry>(kEntries);
};

Rule rule_of(period::InstantForm form) {
    switch (form) {
    case period::InstantForm::kIsoOffset: return Rule::kInstantOffset;
    case period::InstantForm::kIsoNoZone: return Rule::kInstantNoZone;
    case period::InstantForm::kSpaceSeparated: return Rule::kInstantSpaceSeparated;
    case period::InstantForm::kDateOnly: return Rule::kInstantDateOnly;
    case period::InstantForm::kUsShortDate: return Rule::kInstantUsShortDate;
    case period::InstantForm::kIsoUtc: break;
    }
    base::stop_for_bug("form != kIsoUtc", "FOCUS's own form needs no repair");
}

/// A decimal cell of the row that is being read.
struct ReadAmount {
    bool is_null = true;
    bool is_short = false; // `brief` holds it
    ShortAmount brief;
    Amount amount;         // costs only
    std::string_view text; // plain number: the cell, or `plain`
    std::string plain;
};

} // namespace

struct RowInspector::State {
    const RowRules rules;
    const ColumnPlan& plan;
    const std::size_t column_count;
    Tally tally;
    Separators separators;
    RememberedIds currencies{tally.currencies};
    RememberedIds providers{tally.providers};
    RememberedIds former_providers{tally.providers};
    RememberedIds accounts{tally.accounts};
    std::array<RememberedInstants, 4> instants;
    std::vector<ListValues> lists;
    std::vector<bool> currency_is_known; // by currency id

    // The row that is being read.
    std::vector<Cell> cells;
    std::vector<std::uint32_t> touched; // findings: column * kRuleCount + rule
    std::array<ReadAmount, 4> costs;
    std::vector<ReadAmount> decimals; // as plan.other_decimals
    std::vector<ListEntry*> entries;  // as plan.lists
    std::array<const period::ParsedInstant*, 4> times{};
    std::uint32_t currency = 0;
    std::uint32_t provider = 0;
    std::uint32_t account = 0;
    std::optional<Error> error;
    bool check_bytes = false; // the block holds NUL bytes or is no UTF-8

    // Of the row before.
    GroupId last_group_id;
    GroupTally* last_group = nullptr;
    ScopeId last_scope_id;
    std::uint64_t* last_scope = nullptr;

    explicit State(const RowRules& row_rules)
        : rules(row_rules), plan(*row_rules.plan), column_count(plan.uses.size()), tally(column_count),
          lists(plan.lists.size()), cells(column_count), decimals(plan.other_decimals.size()),
          entries(plan.lists.size()) {
        touched.reserve(column_count * 4);
    }

    bool fail(std::string code, std::string message, std::string remedy, std::size_t column) {
        Error made = base::data_error(std::move(code), std::move(message));
        made.remedy = std::move(remedy);
        made.place.column = plan.name(column);
        if (!cells[column].is_null()) {
            Cell head = cells[column];
            head.size = std::min<std::uint32_t>(head.size, kCellInErrorBytesMax);
            made.place.cell = unescaped(head);
        }
        error = std::move(made);
        return false;
    }

    void touch(std::size_t column, Rule rule) {
        touched.push_back(static_cast<std::uint32_t>(column * kRuleCount + static_cast<std::size_t>(rule)));
    }

    /// Splits the row: cells[0..column_count).
    void split(const char* text, std::size_t begin, const std::uint32_t* ends) {
        for (std::size_t i = 0; i < column_count; ++i) {
            const std::size_t end = ends[i];
            Cell& cell = cells[i];
            cell.data = text + begin;
            std::size_t size = end - begin;
            begin = end + 1;
            if (i + 1 == column_count && size > 0 && cell.data[size - 1] == '\r') {
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
                    touch(i, Rule::kQuotedEmpty);
                }
            } else if (size == 4 && is_null_word(cell.data)) {
                cell.state = Cell::State::kNull;
                touch(i, Rule::kNullLiteral);
            }
            cell.size = static_cast<std::uint32_t>(size);
        }
    }

    bool check_row_bytes(std::string_view row) {
        if (row.size() > rules.cell_bytes_max) {
            for (std::size_t i = 0; i < column_count; ++i) {
                if (cells[i].size > rules.cell_bytes_max) {
                    return fail(
                        "csv.cell_too_large",
                        fmt::format("a cell of {} bytes, at most {} are read", cells[i].size, rules.cell_bytes_max),
                        "Shorten the cell, or leave the column out.", i);
                }
            }
        }
        if (!check_bytes) {
            return true;
        }
        for (std::size_t i = 0; i < column_count; ++i) {
            const std::string_view raw = cells[i].raw();
            if (raw.find('\0') != std::string_view::npos) {
                return fail("csv.nul_byte", "a cell holds a NUL byte", "Export the file again; it is damaged.", i);
            }
            if (const std::size_t at = find_invalid_utf8(raw); at != std::string_view::npos) {
                return fail("csv.not_utf8",
                            fmt::format("byte {} of the cell (0x{:02X}) is not UTF-8", at + 1,
                                        static_cast<unsigned char>(raw[at])),
                            "Save the file as UTF-8; it is probably latin-1 (iconv -f latin1 -t utf8).", i);
            }
        }
        return true;
    }

    bool read_keys() {
        const Cell& currency_cell = cells[plan.currency];
        if (currency_cell.is_null()) {
            return fail("bill.no_currency", "the charge has no currency",
                        "Every charge needs an ISO 4217 code, such as USD.", plan.currency);
        }
        currency = currencies.id(currency_cell);
        if (currency >= currency_is_known.size()) {
            currency_is_known.push_back(money::Currency::parse(tally.currencies.text(currency)).ok());
        }
        if (!currency_is_known[currency]) {
            return fail("bill.unknown_currency", "the currency is not one of ISO 4217",
                        "Expected three capital letters such as USD.", plan.currency);
        }
        if (cells[plan.account].is_null()) {
            return fail("bill.no_account", "the charge has no billing account",
                        "Every charge needs the account that is invoiced.", plan.account);
        }
        account = accounts.id(cells[plan.account]);
        if (plan.provider && !cells[*plan.provider].is_null()) {
            provider = providers.id(cells[*plan.provider]);
        } else if (plan.former_provider && !cells[*plan.former_provider].is_null()) {
            provider = former_providers.id(cells[*plan.former_provider]);
        } else {
            provider = tally.providers.id({});
        }
        return true;
    }

    bool read_instant(std::size_t which, std::size_t column) {
        const Cell& cell = cells[column];
        if (cell.is_null()) {
            return fail("bill.no_period", fmt::format("the charge has no {}", plan.uses[column].lake_name),
                        "Expected a time such as 2024-09-01T00:00:00Z.", column);
        }
        times[which] = instants[which].find(cell.raw());
        if (times[which] == nullptr) {
            const auto parsed = period::parse_instant(unescaped(cell));
            return fail("bill.unreadable_instant",
                        parsed.ok() ? "not a point in time"
                                    : fmt::format("not a point in time: {}", parsed.error().message),
                        "Expected a time such as 2024-09-01T00:00:00Z.", column);
        }
        if (times[which]->form != period::InstantForm::kIsoUtc) {
            touch(column, rule_of(times[which]->form));
        }
        return true;
    }

    bool read_times() {
        times[3] = nullptr;
        if (!read_instant(0, plan.billing_start) || !read_instant(1, plan.billing_end) ||
            !read_instant(2, plan.charge_start) || (plan.charge_end && !read_instant(3, *plan.charge_end))) {
            return false;
        }
        if (times[1]->instant < times[0]->instant) {
            return fail(
                "bill.period_backwards",
                fmt::format("the billing period ends before it starts ({})", period::to_string(times[0]->instant)),
                "The end of a period is not before its start.", plan.billing_end);
        }
        if (times[3] != nullptr && times[3]->instant < times[2]->instant) {
            return fail(
                "bill.period_backwards",
                fmt::format("the charge period ends before it starts ({})", period::to_string(times[2]->instant)),
                "The end of a period is not before its start.", *plan.charge_end);
        }
        return true;
    }

    /// A decimal that is not short and plain. scale: 18 or 12.
    bool read_long_amount(std::size_t column, int scale, ReadAmount& out) {
        AmountFault fault = read_amount(out.text, scale, out.amount);
        if (fault == AmountFault::kUnreadable && read_displayed_amount(out.text, out.plain)) {
            out.text = out.plain;
            fault = read_amount(out.text, scale, out.amount);
            touch(column, Rule::kAmountAsDisplayed);
        }
        if (fault == AmountFault::kNone) {
            if (out.amount.is_inexact()) {
                touch(column, Rule::kAmountRounded);
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

    bool read_costs() {
        for (std::size_t i = 0; i < costs.size(); ++i) {
            ReadAmount& cost = costs[i];
            if (!plan.costs[i] || cells[*plan.costs[i]].is_null()) {
                cost.is_null = true;
                cost.is_short = false;
                continue;
            }
            cost.is_null = false;
            cost.text = cells[*plan.costs[i]].raw();
            cost.is_short = read_short_amount(cost.text, cost.brief) && cost.brief.places <= 18;
            if (cost.is_short) {
                cost.amount = amount_of(cost.brief);
            } else if (!read_long_amount(*plan.costs[i], 18, cost)) {
                return false;
            }
        }
        if (costs[0].is_null) {
            return fail("bill.no_cost", "the charge has no BilledCost", "Every charge needs one; 0 is a cost too.",
                        *plan.costs[0]);
        }
        return true;
    }

    bool read_other_decimals() {
        for (std::size_t i = 0; i < decimals.size(); ++i) {
            const std::size_t column = plan.other_decimals[i];
            ReadAmount& decimal = decimals[i];
            decimal.is_null = cells[column].is_null();
            if (decimal.is_null) {
                continue;
            }
            decimal.text = cells[column].raw();
            const int scale = plan.focus_columns[column]->is_quantity ? 12 : 18;
            decimal.is_short = read_short_amount(decimal.text, decimal.brief) && decimal.brief.places <= scale;
            if (!decimal.is_short && !read_long_amount(column, scale, decimal)) {
                return false;
            }
        }
        return true;
    }

    void read_lists() {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::size_t column = plan.lists[i];
            entries[i] = cells[column].is_null() ? nullptr : &lists[i].find(*plan.focus_columns[column], cells[column]);
            if (entries[i] != nullptr && entries[i]->rule) {
                touch(column, *entries[i]->rule);
            }
        }
    }

    /// The value of a list column in this row, as FOCUS writes it; empty when null or not there.
    std::string_view list_value(const ColumnPlace& column) const {
        if (column) {
            for (std::size_t i = 0; i < entries.size(); ++i) {
                if (plan.lists[i] == *column && entries[i] != nullptr) {
                    return entries[i]->value;
                }
            }
        }
        return {};
    }

    void check_identities() {
        for (std::size_t i = 1; i < costs.size(); ++i) {
            if (plan.costs[i] && costs[i].is_null) {
                touch(*plan.costs[i], Rule::kNullCost);
            }
        }
        const ReadAmount& billed = costs[0];
        const ReadAmount& effective = costs[1];
        const bool covered = plan.commitment && !cells[*plan.commitment].is_null();
        if (!effective.is_null && !covered && !is_same(billed, effective)) {
            const std::string_view category = list_value(plan.charge_category);
            if ((category == "Usage" || category == "Tax" || category == "Credit") &&
                list_value(plan.pricing_category) != "Committed") {
                touch(*plan.costs[1], Rule::kCostIdentity);
            }
        }
        const ReadAmount& list = costs[2];
        const ReadAmount* price = decimal_at(plan.list_price);
        const ReadAmount* quantity = decimal_at(plan.pricing_quantity);
        if (list.is_null || price == nullptr || quantity == nullptr || price->is_null || quantity->is_null) {
            return;
        }
        const bool holds = list.is_short && price->is_short && quantity->is_short
                               ? is_product(price->brief, quantity->brief, list.brief)
                               : is_product(price->text, quantity->text, list.text);
        if (!holds && list_value(plan.charge_class) != "Correction") {
            touch(*plan.costs[2], Rule::kListCostProduct);
        }
    }

    static bool is_same(const ReadAmount& a, const ReadAmount& b) {
        if (a.amount.rest_places == Amount::kRestInText || b.amount.rest_places == Amount::kRestInText) {
            return is_product(a.text, "1", b.text);
        }
        return a.amount.units == b.amount.units && a.amount.rest == b.amount.rest &&
               a.amount.rest_places == b.amount.rest_places;
    }

    const ReadAmount* decimal_at(const ColumnPlace& column) const {
        if (column) {
            const auto place = std::find(plan.other_decimals.begin(), plan.other_decimals.end(), *column);
            return &decimals[static_cast<std::size_t>(place - plan.other_decimals.begin())];
        }
        return nullptr;
    }

    bool check_row(std::string_view row) {
        if (!check_row_bytes(row) || !read_keys() || !read_times() || !read_costs() || !read_other_decimals()) {
            return false;
        }
        read_lists();
        check_identities();
        return true;
    }

    std::string example_of(std::uint32_t slot) const {
        const std::size_t column = slot / kRuleCount;
        const auto cost_text = [&](std::size_t i) { return costs[i].is_null ? std::string_view("") : costs[i].text; };
        switch (static_cast<Rule>(slot % kRuleCount)) {
        case Rule::kCostIdentity: return fmt::format("BilledCost {}, EffectiveCost {}", cost_text(0), cost_text(1));
        case Rule::kListCostProduct:
            return fmt::format("ListUnitPrice {}, PricingQuantity {}, ListCost {}", decimal_at(plan.list_price)->text,
                               decimal_at(plan.pricing_quantity)->text, cost_text(2));
        case Rule::kQuotedEmpty: return "\"\"";
        default: {
            Cell head = cells[column];
            head.size = std::min<std::uint32_t>(head.size, kCellInErrorBytesMax);
            return unescaped(head);
        }
        }
    }

    void count_findings(const RowKey& key) {
        for (const std::uint32_t slot : touched) {
            FindingTally& finding = tally.findings[slot];
            if (finding.rows++ == 0) {
                finding.first = key;
                finding.example = example_of(slot);
            }
            if (currency >= finding.billed.size()) {
                finding.billed.resize(currency + 1);
            }
            if (!finding.billed[currency]) {
                finding.billed[currency].emplace();
            }
            finding.billed[currency]->add(costs[0].amount, costs[0].text);
        }
        for (std::size_t i = 0; i < entries.size(); ++i) {
            ListEntry* entry = entries[i];
            if (entry != nullptr && entry->rule && !entry->recorded) {
                entry->recorded = true;
                if (*entry->rule != Rule::kAllowedValueUnknown) {
                    tally.value_repairs[plan.lists[i]].emplace(entry->written, entry->value);
                }
            }
        }
    }

    void count_row(const RowKey& key) {
        const GroupId group_id{currency, provider, times[0]->instant};
        if (last_group == nullptr || !(group_id == last_group_id)) {
            last_group = &tally.groups[group_id];
            last_group_id = group_id;
        }
        ++last_group->rows;
        for (std::size_t i = 0; i < costs.size(); ++i) {
            if (costs[i].is_null) {
                ++last_group->null_cells[i];
            } else {
                last_group->sum[i].add(costs[i].amount, costs[i].text);
            }
        }
        const ScopeId scope_id{account, times[0]->instant, times[1]->instant};
        if (last_scope == nullptr || !(scope_id == last_scope_id)) {
            last_scope = &tally.scopes[scope_id];
            last_scope_id = scope_id;
        }
        ++*last_scope;
        const auto count_form = [&](std::size_t column, const period::ParsedInstant& time) {
            ++tally.instant_forms[column][static_cast<std::size_t>(time.form)];
        };
        count_form(plan.billing_start, *times[0]);
        count_form(plan.billing_end, *times[1]);
        count_form(plan.charge_start, *times[2]);
        if (times[3] != nullptr) {
            count_form(*plan.charge_end, *times[3]);
        }
        count_findings(key);
    }

    /// Counts the cost of a row that is set aside, where it and its currency can be read.
    void count_set_aside(bool is_split) {
        const auto readable = [&] {
            if (!is_split || cells[plan.currency].is_null() || cells[*plan.costs[0]].is_null()) {
                return false;
            }
            const std::string code = unescaped(cells[plan.currency]);
            ReadAmount billed;
            billed.text = cells[*plan.costs[0]].raw();
            AmountFault fault = read_amount(billed.text, 18, billed.amount);
            if (fault == AmountFault::kUnreadable && read_displayed_amount(billed.text, billed.plain)) {
                billed.text = billed.plain;
                fault = read_amount(billed.text, 18, billed.amount);
            }
            if (fault != AmountFault::kNone || !money::Currency::parse(code).ok()) {
                return false;
            }
            tally.set_aside[code].add(billed.amount, billed.text);
            return true;
        };
        if (!readable()) {
            ++tally.set_aside_unreadable;
        }
    }

    Error ragged(std::size_t cell_count) const {
        return base::data_error("csv.ragged_row", fmt::format("the row has {} {}, the header {}", cell_count,
                                                              cell_count == 1 ? "cell" : "cells", column_count))
            .with_remedy("Is a delimiter inside a cell without quotes, or a line broken in two?");
    }

    Error quote_error(std::string_view text, std::size_t row_begin) const;
    Error open_end_error(std::size_t row_bytes) const;
    void read_block(const CsvBlock& block, BlockOutcome& outcome);
};

/// The fault that the scan met in the row that starts at `row_begin`.
Error RowInspector::State::quote_error(std::string_view text, std::size_t row_begin) const {
    std::size_t column = 0;
    std::size_t cell_begin = row_begin;
    for (std::size_t i = 0; i < separators.count; ++i) {
        if (separators.ends[i] >= row_begin) {
            ++column;
            cell_begin = separators.ends[i] + 1;
        }
    }
    Error made;
    switch (separators.fault) {
    case Separators::Fault::kQuoteInCell:
        made = base::data_error("csv.bad_quotes", "a quote stands inside a cell that does not start with one")
                   .with_remedy("A cell with a quote is written in quotes, and the quote twice: \"19\"\" rack\".");
        break;
    case Separators::Fault::kTextAfterQuote:
        made = base::data_error("csv.bad_quotes", "text follows the closing quote of a cell")
                   .with_remedy("A quote inside a quoted cell is written twice: \"19\"\" rack\".");
        break;
    default:
        made = base::data_error("csv.carriage_return", "a carriage return without a line feed stands outside quotes")
                   .with_remedy("Save the file with line ends LF or CR LF.");
        break;
    }
    made.place.column = column < column_count ? plan.name(column) : std::string();
    made.place.cell =
        text.substr(cell_begin, std::min<std::size_t>(kCellInErrorBytesMax, text.find('\n', cell_begin) - cell_begin));
    return made;
}

/// The last row of the file has no end.
Error RowInspector::State::open_end_error(std::size_t row_bytes) const {
    if (row_bytes > kRowBytesMax) {
        return base::data_error("csv.row_too_large", fmt::format("a row of more than {} bytes", kRowBytesMax))
            .with_remedy("Is a quote opened and never closed?");
    }
    return base::data_error("csv.unterminated_quote", "a quote is opened and never closed: the file ends inside a cell")
        .with_remedy("Close the quote, or fetch the file again: its end may be missing.");
}

void RowInspector::State::read_block(const CsvBlock& block, BlockOutcome& outcome) {
    const std::string_view text = block.text();
    outcome.index = block.index;
    outcome.offset = block.offset + block.begin;
    outcome.row_starts.clear();
    outcome.bad_rows.clear();
    outcome.fault.reset();
    find_separators(text, rules.delimiter, separators);
    check_bytes = separators.has_nul || (separators.has_non_ascii && find_invalid_utf8(text) != std::string_view::npos);
    std::size_t begin = 0;     // of the row
    std::size_t first_end = 0; // its first separator
    for (std::size_t line = 0; line < separators.lines; ++line) {
        const std::size_t last_end = separators.line_ends[line];
        const std::size_t end = separators.ends[last_end];
        const std::size_t cell_count = last_end - first_end + 1;
        const std::string_view row = text.substr(begin, end - begin);
        if (cell_count == 1 && (row.empty() || row == "\r")) {
            begin = end + 1;
            first_end = last_end + 1;
            continue;
        }
        outcome.row_starts.push_back(static_cast<std::uint32_t>(begin));
        touched.clear();
        error.reset();
        const bool is_split = cell_count == column_count;
        bool refuse = false;
        if (row.size() > kRowBytesMax) {
            error = open_end_error(row.size());
            refuse = true;
        } else if (!is_split) {
            error = ragged(cell_count);
        } else {
            split(text.data(), begin, separators.ends.data() + first_end);
            if (check_row(row)) {
                count_row({block.index, outcome.row_starts.size()});
                tally.longest_row_bytes = std::max<std::uint64_t>(tally.longest_row_bytes, row.size());
            }
        }
        if (error) {
            BadRow bad{outcome.row_starts.size(), outcome.offset + begin, outcome.offset + end + 1, std::move(*error)};
            if (refuse || !rules.set_bad_rows_aside) {
                outcome.fault = std::move(bad);
                return;
            }
            count_set_aside(is_split);
            outcome.bad_rows.push_back(std::move(bad));
        }
        begin = end + 1;
        first_end = last_end + 1;
    }
    if (separators.fault != Separators::Fault::kNone || begin < text.size()) {
        const bool quotes = separators.fault != Separators::Fault::kNone;
        outcome.row_starts.push_back(static_cast<std::uint32_t>(begin));
        outcome.fault = BadRow{outcome.row_starts.size(), outcome.offset + begin, outcome.offset + text.size(),
                               quotes ? quote_error(text, begin) : open_end_error(text.size() - begin)};
    }
}

RowInspector::RowInspector(const RowRules& rules) : state_(std::make_unique<State>(rules)) {}
RowInspector::~RowInspector() = default;
RowInspector::RowInspector(RowInspector&&) noexcept = default;

void RowInspector::read(const CsvBlock& block, BlockOutcome& outcome) {
    state_->read_block(block, outcome);
}
Tally RowInspector::take_tally() {
    return std::move(state_->tally);
}

} // namespace florin::ingest
