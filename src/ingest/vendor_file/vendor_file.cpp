#include "ingest/vendor_file/vendor_file.hpp"

#include "engine/engine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

namespace florin::ingest::vendor_file {
namespace {

using engine::sql_name;
using engine::sql_text;

/// Raised when the same mapping and file would give other rows than before.
constexpr int kLanguageVersion = 1;

// Columns of the relation beside the file's own.
constexpr std::string_view kRow = "\"florin:row\"";
constexpr std::string_view kUsed = "\"florin:used\"";
constexpr std::string_view kPlace = "\"florin:place\"";

bool same_but_for_case(std::string_view a, std::string_view b) {
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, small, small);
}

class VendorFile final : public Source {
public:
    explicit VendorFile(VendorMapping mapping) : mapping_(std::move(mapping)), columns_(mapping_.columns) {
        columns_.insert(columns_.end(), mapping_.optional_columns.begin(), mapping_.optional_columns.end());
        if (mapping_.pivot) {
            add_rule("pivot", RuleKind::kSplit,
                     "Each of the columns with something in it is a charge of its own: its price times its quantity.");
            add_rule("nothing-used", RuleKind::kSuppressed,
                     "None of the columns that become charges has anything in it: there is nothing to bill.");
        } else if (!mapping_.amount.quantity.empty()) {
            add_rule("product", RuleKind::kKept, "The file states no cost: it is the price times the quantity.");
        }
    }

    std::string_view name() const override { return mapping_.name; }
    std::string_view title() const override { return mapping_.title; }
    std::string_view formats() const override { return "CSV, JSON lines, Parquet"; }
    lake::Mode mode() const override { return mapping_.mode; }
    int mapping_version() const override { return kLanguageVersion; }
    std::span<const SourceRule> rules() const override { return rules_; }
    std::vector<std::string> known_columns() const override { return columns_; }
    std::string staged_name(std::string_view column) const override;
    std::optional<Recognised> recognise(const FileHead& head) const override;
    SurveyRules survey_rules(const FileHead& head) const override;
    base::Result<Mapping> map(const std::vector<SourceFile>& files) const override;
    base::Result<std::vector<FileGroup>> group(const std::vector<SourceFile>& files,
                                               const std::vector<Manifest>& manifests) const override;

private:
    void add_rule(std::string_view id, RuleKind kind, std::string sentence) {
        rules_.push_back(
            {.id = rule(id),
             .kind = kind,
             .sentence = std::move(sentence),
             .document = mapping_.document.empty() ? fmt::format("sources/{}.yaml", mapping_.name) : mapping_.document,
             .date = mapping_.read});
    }
    std::string rule(std::string_view id) const { return fmt::format("{}.{}", mapping_.name, id); }
    std::string name_in(const FileHead& head, std::string_view column) const;
    std::vector<SurveyedAmount> amounts(const FileHead& head) const;
    std::string relation(const std::string& staged) const;
    std::string custom_sql(const std::vector<SourceFile>& files) const;

    VendorMapping mapping_;
    std::vector<std::string> columns_;
    std::vector<SourceRule> rules_;
};

std::string VendorFile::staged_name(std::string_view column) const {
    if (std::ranges::find(columns_, column) == columns_.end()) {
        const auto same = std::ranges::find_if(
            columns_, [column](const std::string& known) { return same_but_for_case(known, column); });
        if (same != columns_.end()) {
            return *same;
        }
    }
    return std::string(column);
}

/// What the file calls a column of the mapping; the column itself where the file has none.
std::string VendorFile::name_in(const FileHead& head, std::string_view column) const {
    const auto same =
        std::ranges::find_if(head.columns, [&](const std::string& name) { return staged_name(name) == column; });
    return head.has(column) || same == head.columns.end() ? std::string(column) : *same;
}

std::optional<Recognised> VendorFile::recognise(const FileHead& head) const {
    const bool is_named = !mapping_.files.empty();
    if (is_named && ::fnmatch(mapping_.files.c_str(), head.path.filename().c_str(), 0) != 0) {
        return std::nullopt;
    }
    const auto there = static_cast<std::size_t>(std::ranges::count_if(
        mapping_.columns, [&](const std::string& column) { return head.has(name_in(head, column)); }));
    // A mapping that says more of its files is surer of them, and any is surer than what knows all companies' files.
    const int sureness = (is_named ? 10'000 : 2) + static_cast<int>(mapping_.columns.size());
    if (there == mapping_.columns.size()) {
        return Recognised{.version = {}, .weight = sureness};
    }
    // By its name it is this vendor's, and a column or another is called differently now: that is to be told.
    return is_named && there + there >= mapping_.columns.size() ? std::optional(Recognised{.version = {}, .weight = 2})
                                                                : std::nullopt;
}

std::vector<SurveyedAmount> VendorFile::amounts(const FileHead& head) const {
    std::vector<SurveyedAmount> amounts;
    for (const std::string& column : mapping_.amount.columns) {
        amounts.push_back({.column = name_in(head, column), .member = {}});
    }
    if (mapping_.amount.quantity.empty()) {
        return amounts;
    }
    SurveyedPrice price = mapping_.amount.price;
    if (!price.column.empty()) {
        price.column = name_in(head, price.column);
    }
    if (!mapping_.pivot) {
        for (SurveyedKey& key : price.keys) {
            key.column = key.column.empty() ? "" : name_in(head, key.column);
        }
        amounts.push_back({.column = name_in(head, mapping_.amount.quantity), .member = {}, .price = std::move(price)});
        return amounts;
    }
    for (const auto& [column, called] : mapping_.pivot->columns) {
        SurveyedPrice of_column = price;
        for (SurveyedKey& key : of_column.keys) {
            if (key.column == mapping_.pivot->name_column) {
                key = {.column = {}, .text = called};
            } else if (!key.column.empty()) {
                key.column = name_in(head, key.column);
            }
        }
        amounts.push_back({.column = name_in(head, column), .member = {}, .price = std::move(of_column)});
    }
    return amounts;
}

SurveyRules VendorFile::survey_rules(const FileHead& head) const {
    const auto all_in_file = [&](const std::vector<std::string>& columns) {
        std::vector<std::string> names;
        std::ranges::transform(columns, std::back_inserter(names),
                               [&](const std::string& column) { return name_in(head, column); });
        return names;
    };
    const auto key = [&](const std::string& column) { return column.empty() ? "" : name_in(head, column); };
    const std::string& account =
        mapping_.account_column.empty() ? mapping_.sub_account_column : mapping_.account_column;
    SurveyRules rules{.amounts = amounts(head),
                      .keys = {key(account), key(mapping_.service_column), key(mapping_.category_column),
                               key(mapping_.currency_column)},
                      .instants = all_in_file(mapping_.instant_columns),
                      .decimals = all_in_file(mapping_.number_columns),
                      .header = all_in_file(mapping_.columns),
                      .currency = mapping_.currency,
                      .currency_in_capitals = mapping_.currency_in_capitals,
                      .displayed_amounts = true};
    for (const std::string& column : {mapping_.account_column, mapping_.currency_column}) {
        if (!column.empty()) {
            rules.required.push_back(name_in(head, column));
        }
    }
    if (mapping_.amount.columns.size() == 1) { // of several some may have nothing in them
        rules.required.push_back(name_in(head, mapping_.amount.columns.front()));
    }
    return rules;
}

/// The rows that become charges, called `s` where they are read; of a pivot several a row of the file.
std::string VendorFile::relation(const std::string& staged) const {
    if (!mapping_.pivot) {
        return fmt::format("({})", staged);
    }
    std::string used;
    for (const auto& [column, called] : mapping_.pivot->columns) {
        const std::string cell = "f." + sql_name(column);
        used += fmt::format("{}CASE WHEN coalesce({} <> 0, false) THEN [{{'name': {}, 'value': {}}}] ELSE [] END",
                            used.empty() ? "" : ", ", displayed_number_sql(cell, false), sql_text(called), cell);
    }
    return fmt::format("(SELECT *, {0}[{1}].name AS {2}, {0}[{1}].value AS {3} FROM (SELECT *, unnest(range(1, "
                       "greatest(len({0}), 1) + 1)) AS {1} FROM (SELECT *, flatten([{4}]) AS {0} FROM ({5}) f)))",
                       kUsed, kPlace, sql_name(mapping_.pivot->name_column), sql_name(mapping_.pivot->value_column),
                       used, staged);
}

/// What no column of FOCUS has as it stands is kept.
std::string VendorFile::custom_sql(const std::vector<SourceFile>& files) const {
    std::vector<std::pair<std::string, std::string>> values = mapping_.custom_columns;
    std::set<std::string> names;
    for (const auto& [name, sql] : values) {
        names.insert(name);
    }
    std::set<std::string> elsewhere(mapping_.used_columns.begin(), mapping_.used_columns.end());
    if (mapping_.pivot) {
        for (const auto& [column, called] : mapping_.pivot->columns) {
            elsewhere.insert(column);
        }
    }
    std::set<std::string> seen;
    for (const SourceFile& file : files) {
        for (const std::string& column : file.survey.columns) {
            const std::string staged = staged_name(column);
            if (!seen.insert(staged).second || elsewhere.contains(staged)) {
                continue;
            }
            std::string name = custom_column_name(staged);
            if (name == "x_" || names.contains(name)) { // nothing of it is Latin, or two are one without their signs
                name = "x_" + staged;
            }
            names.insert(name);
            values.emplace_back(std::move(name), "s." + sql_name(staged));
        }
    }
    if (values.empty()) {
        return "CAST(NULL AS MAP(VARCHAR, VARCHAR))";
    }
    std::string texts;
    std::string called;
    for (const auto& [name, sql] : values) {
        called += (called.empty() ? "" : "\x1f") + name;
        texts += ", " + sql;
    }
    return fmt::format("florin_text_map({}{})", sql_text(called), texts);
}

base::Result<Mapping> VendorFile::map(const std::vector<SourceFile>& files) const {
    Mapping mapping;
    std::string list;
    for (const auto& [column, sql] : mapping_.focus_columns) {
        list += fmt::format("{} AS {}, ", sql, column);
    }
    std::string amount;
    for (const auto& [column, sql] : mapping_.focus_columns) {
        amount = column == "BilledCost" ? sql : amount;
    }
    const auto key = [](const std::string& column) {
        return column.empty() ? std::string("CAST(NULL AS VARCHAR)") : "s." + sql_name(column);
    };
    const std::string& account =
        mapping_.account_column.empty() ? mapping_.sub_account_column : mapping_.account_column;
    std::string rule = "CAST(NULL AS VARCHAR)";
    std::string in_ledger = "true";
    std::string source_rows = "1";
    if (mapping_.pivot) {
        in_ledger = fmt::format("(s.{} IS NOT NULL)", sql_name(mapping_.pivot->value_column));
        rule = fmt::format("CASE WHEN {} THEN {} ELSE {} END", in_ledger, sql_text(this->rule("pivot")),
                           sql_text(this->rule("nothing-used")));
        source_rows = fmt::format("CASE WHEN s.{} = 1 THEN 1 ELSE 0 END", kPlace);
    } else if (!mapping_.amount.quantity.empty()) {
        rule = sql_text(this->rule("product"));
    }
    mapping.rows =
        fmt::format("SELECT {}{} AS x_Custom, {} AS Rule, {} AS InLedger, {} AS SourceRows, {} AS "
                    "SourceAmount, {} AS SourceAccount, {} AS SourceService, {} AS SourceLineType FROM {} s",
                    list, custom_sql(files), rule, in_ledger, source_rows, amount, key(account),
                    key(mapping_.service_column), key(mapping_.category_column), relation("SELECT * FROM staged"));
    const std::string numbered = relation(fmt::format("SELECT row_number() OVER () AS {}, * FROM staged", kRow));
    for (const ValueCheck& check : mapping_.checks) {
        mapping.checks.push_back(
            {.query = fmt::format("SELECT s.{} AS place, CAST({} AS VARCHAR) FROM {} s WHERE {} ORDER BY place LIMIT 1",
                                  kRow, check.cell, numbered, check.is_bad),
             .column = check.column,
             .code = check.code,
             .message = check.message,
             .remedy = check.remedy});
    }
    return mapping;
}

base::Result<std::vector<FileGroup>> VendorFile::group(const std::vector<SourceFile>& files,
                                                       const std::vector<Manifest>& manifests) const {
    FLORIN_TRY_ASSIGN(std::vector<FileGroup> groups, Source::group(files, manifests));
    if (mapping_.mode == lake::Mode::kSnapshot) {
        // A file under another mapping replaces what the old one made of it. What is appended would be there twice.
        for (FileGroup& group : groups) {
            group.variant = mapping_.digest;
        }
    }
    return groups;
}

} // namespace

std::unique_ptr<Source> make_source(VendorMapping mapping) {
    return std::make_unique<VendorFile>(std::move(mapping));
}

} // namespace florin::ingest::vendor_file
