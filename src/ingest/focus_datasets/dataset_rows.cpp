#include "ingest/focus_datasets/dataset_rows.hpp"

#include "base/terminal_text.hpp"
#include "ingest/inspection_cells.hpp"
#include "ingest/inspection_columns.hpp"
#include "ingest/json_lines.hpp"
#include "ingest/loader.hpp"
#include "money/money.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace florin::ingest::focus_datasets {
namespace {

using base::Error;
using focus::Dataset;

constexpr std::size_t kExampleBytesMax = 200;

/// Without these a row means nothing.
std::vector<std::string_view> required_columns(Dataset dataset) {
    switch (dataset) {
    case Dataset::kBillingPeriod:
        return {"BillingPeriodStart", "BillingPeriodEnd", "BillingPeriodStatus", "BillingPeriodLastUpdated",
                "InvoiceIssuerName"};
    case Dataset::kInvoiceDetail:
        return {"BilledCost",      "BillingCurrency", "BillingPeriodEnd",   "BillingPeriodStart", "ChargeCategory",
                "InvoiceDetailId", "InvoiceId",       "InvoiceIssueStatus", "InvoiceIssuerName"};
    case Dataset::kContractCommitment:
        return {"ContractCommitmentId", "ContractCommitmentPeriodEnd", "ContractCommitmentPeriodStart"};
    case Dataset::kCostAndUsage: break;
    }
    return {};
}

/// The columns whose values no two rows share.
std::vector<std::string_view> key_columns(Dataset dataset) {
    switch (dataset) {
    case Dataset::kBillingPeriod: return {"InvoiceIssuerName", "BillingPeriodStart"};
    case Dataset::kInvoiceDetail: return {"InvoiceIssuerName", "InvoiceId", "InvoiceDetailId"};
    case Dataset::kContractCommitment: return {"InvoiceIssuerName", "ServiceProviderName", "ContractCommitmentId"};
    case Dataset::kCostAndUsage: break;
    }
    return {};
}

/// What is decided by: a value that is not known would be a guess.
bool is_status(std::string_view column) {
    return column == "BillingPeriodStatus" || column == "InvoiceIssueStatus";
}

} // namespace

Error duplicate_row(Dataset dataset, const std::string& first) {
    return base::data_error("dataset.duplicate_row", fmt::format("{} says the same thing already", first))
        .with_remedy(
            fmt::format("No two rows of {} share {}.", focus::name(dataset), fmt::join(key_columns(dataset), ", ")));
}

base::Result<DatasetRows> DatasetRows::open(const std::vector<std::string>& names, bool as_written, DatasetFile& file) {
    DatasetRows rows(as_written, file);
    FLORIN_TRY(rows.name_columns(names));
    FLORIN_TRY(rows.check_required());
    rows.out_.open(file.canonical, std::ios::binary | std::ios::trunc);
    std::string header;
    for (const focus::Column& column : focus::columns(file.dataset)) {
        append_quoted(header, column.name);
        header += ',';
    }
    for (const std::string& name : file.custom_columns) {
        append_quoted(header, name);
        header += ',';
    }
    append_quoted(header, kScopeColumn);
    rows.out_ << header << '\n';
    rows.row_.resize(focus::columns(file.dataset).size() + file.custom_columns.size());
    file.longest_row_bytes = header.size() + 1;
    return rows;
}

base::Result<void> DatasetRows::name_columns(const std::vector<std::string>& names) {
    const auto known = focus::columns(file_->dataset);
    FLORIN_TRY_ASSIGN(std::vector<NamedColumn> named, ingest::name_columns(file_->dataset, names));
    for (NamedColumn& one : named) {
        Column& column = columns_.emplace_back();
        column.name = std::move(one.source_name);
        column.lake_name = std::move(one.lake_name);
        column.focus = one.column;
        if (column.focus != nullptr) {
            column.place = static_cast<std::size_t>(column.focus - known.data());
            file_->version = std::max(file_->version, column.focus->introduced);
        } else {
            column.place = known.size() + file_->custom_columns.size();
            file_->custom_columns.push_back(column.lake_name);
        }
    }
    return {};
}

base::Result<void> DatasetRows::check_required() const {
    std::vector<std::string_view> missing;
    for (const std::string_view name : required_columns(file_->dataset)) {
        if (column_of(name) == columns_.size()) {
            missing.push_back(name);
        }
    }
    if (missing.empty()) {
        return {};
    }
    return base::data_error("bill.missing_column", fmt::format("not in the header of this FOCUS {} file: {}",
                                                               focus::name(file_->dataset), fmt::join(missing, ", ")))
        .with_remedy("Name the columns as FOCUS does.");
}

std::size_t DatasetRows::column_of(std::string_view lake_name) const {
    return static_cast<std::size_t>(std::ranges::find(columns_, lake_name, &Column::lake_name) - columns_.begin());
}

std::size_t DatasetRows::place(std::string_view name) const {
    const auto known = focus::columns(file_->dataset);
    return static_cast<std::size_t>(std::ranges::find(known, name, &focus::Column::name) - known.begin());
}

void DatasetRows::touch(std::size_t column, Rule rule, const std::string& example) {
    Finding& finding = findings_[{columns_[column].lake_name, rule}];
    if (finding.rows++ == 0) {
        finding.rule = id(rule);
        finding.column = columns_[column].lake_name;
        finding.first_row = file_->rows;
        finding.example = base::terminal_text(example, kExampleBytesMax);
    }
}

Error DatasetRows::fail(std::string code, std::string message, std::string remedy, std::size_t column,
                        const std::string& text) const {
    Error error = base::data_error(std::move(code), std::move(message)).with_remedy(std::move(remedy));
    error.place.column = columns_[column].name;
    error.place.cell = text.substr(0, kCellInErrorBytesMax);
    return error;
}

std::optional<Error> DatasetRows::take(const std::vector<std::optional<std::string>>& cells) {
    ++file_->rows;
    std::ranges::fill(row_, std::string());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!cells[i]) {
            continue;
        }
        if (auto error = read_cell(i, *cells[i])) {
            return error;
        }
    }
    if (auto error = check_row()) {
        return error;
    }
    if (auto error = check_unique()) {
        return error;
    }
    const std::string scope_name = scope();
    ++file_->scopes[scope_name];
    write_row(scope_name);
    return std::nullopt;
}

std::optional<Error> DatasetRows::read_cell(std::size_t column, const std::string& text) {
    const focus::Column* known = columns_[column].focus;
    if (known == nullptr) {
        row_[columns_[column].place] = text;
        return std::nullopt;
    }
    switch (known->type) {
    case focus::ColumnType::kInstant: return read_instant(column, text);
    case focus::ColumnType::kDecimal: return read_decimal(column, text);
    case focus::ColumnType::kString:
    case focus::ColumnType::kJson: break;
    }
    if (!known->allowed_values.empty()) {
        return read_listed(column, text);
    }
    if (known->name == "BillingCurrency" && !money::Currency::parse(text).ok()) {
        return fail("bill.unknown_currency", "the currency is not one of ISO 4217",
                    "Expected three capital letters such as USD.", column, text);
    }
    row_[columns_[column].place] = text;
    return std::nullopt;
}

std::optional<Error> DatasetRows::read_instant(std::size_t column, const std::string& text) {
    const auto parsed = period::parse_instant(text);
    if (!parsed.ok()) {
        return fail("bill.unreadable_instant", fmt::format("not a point in time: {}", parsed.error().message),
                    "Expected a time such as 2024-09-01T00:00:00Z.", column, text);
    }
    if (as_written_ && parsed->form != period::InstantForm::kIsoUtc) {
        touch(column, rule_of(parsed->form), text);
    }
    row_[columns_[column].place] = period::to_string(parsed->instant);
    return std::nullopt;
}

std::optional<Error> DatasetRows::read_decimal(std::size_t column, const std::string& text) {
    const int scale = columns_[column].focus->is_quantity ? 12 : 18;
    Amount amount;
    std::string plain = text;
    AmountFault fault = read_amount(plain, scale, amount);
    if (fault == AmountFault::kUnreadable && read_displayed_amount(text, plain)) {
        fault = read_amount(plain, scale, amount);
        touch(column, Rule::kAmountAsDisplayed, text);
    }
    if (fault == AmountFault::kTooLarge) {
        return fail("bill.amount_too_large",
                    fmt::format("the number has more than {} digits before the point", 38 - scale),
                    "Is it in the right column?", column, text);
    }
    if (fault != AmountFault::kNone) {
        return fail("bill.unreadable_amount", "not a number", "Expected a number such as -12.34 or 1.5E-7.", column,
                    text);
    }
    if (amount.is_inexact()) {
        touch(column, Rule::kAmountRounded, text);
    }
    if (columns_[column].lake_name == "BilledCost") {
        cost_ = amount;
        cost_text_ = plain;
    }
    row_[columns_[column].place] = plain;
    return std::nullopt;
}

std::optional<Error> DatasetRows::read_listed(std::size_t column, const std::string& text) {
    const focus::Column& known = *columns_[column].focus;
    const focus::ValueMatch match = focus::match_value(known, text);
    std::string& value = row_[columns_[column].place];
    switch (match.kind) {
    case focus::ValueMatch::Kind::kAllowed: break;
    case focus::ValueMatch::Kind::kRecased: touch(column, Rule::kAllowedValueCasing, text); break;
    case focus::ValueMatch::Kind::kRenamed: touch(column, Rule::kAllowedValueRenamed, text); break;
    case focus::ValueMatch::Kind::kUnknown:
        if (is_status(known.name)) {
            return fail("dataset.unknown_status", "not a status of FOCUS",
                        fmt::format("Expected one of: {}.", fmt::join(known.allowed_values, ", ")), column, text);
        }
        touch(column, Rule::kAllowedValueUnknown, text);
        value = text;
        return std::nullopt;
    }
    value = match.value;
    return std::nullopt;
}

std::optional<period::Instant> DatasetRows::time(std::string_view name) const {
    const std::string& text = value(name);
    return text.empty() ? std::nullopt : std::optional(period::parse_instant(text).value().instant);
}

std::optional<Error> DatasetRows::check_row() {
    for (const std::string_view name : required_columns(file_->dataset)) {
        if (value(name).empty()) {
            return fail("bill.missing_value", fmt::format("the row has no {}", name), "It cannot be placed without it.",
                        column_of(name), {});
        }
    }
    const bool of_commitment = file_->dataset == Dataset::kContractCommitment;
    const std::string_view start = of_commitment ? "ContractCommitmentPeriodStart" : "BillingPeriodStart";
    const std::string_view end = of_commitment ? "ContractCommitmentPeriodEnd" : "BillingPeriodEnd";
    if (*time(end) < *time(start)) {
        return fail("bill.period_backwards", fmt::format("the period ends before it starts ({})", value(start)),
                    "The end of a period is not before its start.", column_of(end), value(end));
    }
    if (file_->dataset == Dataset::kBillingPeriod) {
        file_->period_states.push_back({.source = {},
                                        .invoice_issuer = value("InvoiceIssuerName"),
                                        .start = *time(start),
                                        .end = *time(end),
                                        .stated_at = *time("BillingPeriodLastUpdated"),
                                        .closed = value("BillingPeriodStatus") == "Closed",
                                        .delivery = std::nullopt});
    }
    if (file_->dataset == Dataset::kInvoiceDetail) {
        billed_[value("BillingCurrency")].add(cost_, cost_text_);
    }
    return std::nullopt;
}

std::optional<Error> DatasetRows::check_unique() {
    std::string key;
    for (const std::string_view name : key_columns(file_->dataset)) {
        key += value(name) + '\x1F';
    }
    const auto [at, added] = file_->keys.try_emplace(std::move(key), file_->rows);
    if (added) {
        return std::nullopt;
    }
    const std::string_view last = key_columns(file_->dataset).back();
    Error error = duplicate_row(file_->dataset, fmt::format("row {}", at->second));
    error.place.column = last;
    error.place.cell = value(last).substr(0, kCellInErrorBytesMax);
    return error;
}

std::string DatasetRows::scope() const {
    const std::string& issuer = value("InvoiceIssuerName");
    if (file_->dataset == Dataset::kContractCommitment) {
        return issuer.empty() ? value("ServiceProviderName") : issuer;
    }
    const period::Period billing{period::day_of(*time("BillingPeriodStart")),
                                 period::day_of(*time("BillingPeriodEnd"))};
    return fmt::format("{} {}", issuer, period::to_string(billing));
}

void DatasetRows::write_row(const std::string& scope_name) {
    line_.clear();
    for (const std::string& cell : row_) {
        if (!cell.empty()) {
            append_quoted(line_, cell);
        }
        line_ += ',';
    }
    append_quoted(line_, scope_name);
    line_ += '\n';
    file_->longest_row_bytes = std::max<std::uint64_t>(file_->longest_row_bytes, line_.size());
    out_ << line_;
}

/// Findings that the header alone tells.
void DatasetRows::note_header() {
    const auto add = [&](Rule rule, const std::string& column, const std::string& example) {
        file_->findings.push_back({.rule = std::string(id(rule)),
                                   .column = column,
                                   .rows = file_->rows,
                                   .billed_cost = {},
                                   .first_row = 0,
                                   .example = base::terminal_text(example, kExampleBytesMax)});
    };
    for (const Column& column : columns_) {
        if (column.focus == nullptr && column.lake_name != column.name) {
            add(Rule::kCustomColumn, column.lake_name, column.name);
        } else if (column.focus != nullptr && column.lake_name != column.name) {
            add(Rule::kColumnNameCasing, column.lake_name, column.name);
        }
    }
    for (const focus::Column& known : focus::columns(file_->dataset)) {
        if (known.level == focus::Level::kMandatory && known.introduced <= file_->version &&
            column_of(known.name) == columns_.size()) {
            add(Rule::kMissingColumn, known.name, {});
        }
    }
}

base::Result<void> DatasetRows::finish() {
    if (file_->rows == 0) {
        return base::data_error("csv.no_rows", "the file has a header and no rows")
            .with_remedy("Remove the file if there is nothing to say.");
    }
    out_.close();
    if (out_.fail()) {
        return base::system_error("system.write", fmt::format("cannot write {}", file_->canonical.string()));
    }
    note_header();
    for (auto& [key, finding] : findings_) {
        file_->findings.push_back(std::move(finding));
    }
    std::ranges::sort(file_->findings, [](const Finding& a, const Finding& b) {
        return std::tie(a.rule, a.column) < std::tie(b.rule, b.column);
    });
    for (const auto& [currency, sum] : billed_) {
        file_->billed_cost[currency] = sum.to_string();
        file_->rounded_away[currency] = sum.rounded_away();
    }
    return {};
}

} // namespace florin::ingest::focus_datasets
