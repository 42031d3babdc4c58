#include "ingest/focus_files/mapping.hpp"

#include "base/check.hpp"
#include "engine/engine.hpp"
#include "focus/focus.hpp"
#include "ingest/inspection_columns.hpp"
#include "ingest/inspection_repairs.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::ingest::focus_files {
namespace {

using engine::sql_name;
using engine::sql_text;

/// The column of the file that gives a lake column. Where a file has both today's name and a former
/// one, today's counts.
const ColumnUse* find_use(const Inspection& inspection, std::string_view lake_name) {
    const ColumnUse* found = nullptr;
    for (const ColumnUse& use : inspection.columns) {
        if (use.kind != ColumnUse::Kind::kCustom && use.lake_name == lake_name &&
            (found == nullptr || use.kind < found->kind)) {
            found = &use;
        }
    }
    return found;
}

/// The cell as text, with what stands for nothing made NULL. In CSV the reader turns unquoted NULL
/// literals and empty cells into NULL by itself.
std::string text_of(const ColumnUse& use) {
    const std::string text = sql_name(use.source_name);
    return use.quoted_empty > 0 ? fmt::format("nullif({}, '')", text) : text;
}

std::string decimal_of(const ColumnUse& use, const std::string& text, bool is_quantity) {
    const std::string_view function = is_quantity ? "florin_quantity" : "florin_decimal";
    if (use.displayed_amounts > 0) {
        // "$50,000.00 ": the inspection has made sure that what is taken away is only decoration.
        return fmt::format("{}(regexp_replace({}, '(USD|EUR|GBP|[$€£,\\s])', '', 'g'))", function, text);
    }
    return fmt::format("{}({})", function, text);
}

std::string instant_of(const ColumnUse& use, const std::string& text) {
    const auto met = [&use](period::InstantForm form) { return use.instant_forms.contains(form); };
    // The engine wants seconds, which 2024-09-18T22:00Z leaves out; only such cells get to the second cast.
    const std::string with_seconds = fmt::format(R"(regexp_replace({}, 'T(\d\d:\d\d)(Z|[+-]|$)', 'T\1:00\2'))", text);
    std::string cast = fmt::format("coalesce(TRY_CAST({} AS TIMESTAMP), CAST({} AS TIMESTAMP))", text, with_seconds);
    if (met(period::InstantForm::kIsoOffset)) {
        cast = fmt::format("coalesce(TRY_CAST({} AS TIMESTAMPTZ), CAST({} AS TIMESTAMPTZ)) AT TIME ZONE 'UTC'", text,
                           with_seconds);
    }
    if (met(period::InstantForm::kUsShortDate)) {
        return fmt::format("CASE WHEN contains({0}, '/') THEN strptime({0}, ['%m/%d/%y', '%m/%d/%Y']) ELSE {1} END",
                           text, cast);
    }
    return cast;
}

std::string allowed_of(const ColumnUse& use, const std::string& text) {
    if (use.value_repairs.empty()) {
        return text;
    }
    std::string out = "CASE " + text;
    for (const auto& [written, allowed] : use.value_repairs) {
        out += fmt::format(" WHEN {} THEN {}", sql_text(written), sql_text(allowed));
    }
    return out + fmt::format(" ELSE {} END", text);
}

std::string_view sql_type(const focus::Column& column) {
    switch (column.type) {
    case focus::ColumnType::kDecimal: return column.is_quantity ? "DECIMAL(38,12)" : "DECIMAL(38,18)";
    case focus::ColumnType::kInstant: return "TIMESTAMP";
    case focus::ColumnType::kString:
    case focus::ColumnType::kJson: break;
    }
    return "VARCHAR";
}

/// Until 1.2 the provider of the service was called ProviderName; 1.3 split it in two. Row by row, so
/// that a file with both columns keeps what either knows.
std::string service_provider(const Inspection& inspection) {
    const ColumnUse* service = find_use(inspection, "ServiceProviderName");
    const ColumnUse* provider = find_use(inspection, "ProviderName");
    if (service != nullptr && provider != nullptr) {
        return fmt::format("coalesce({}, {})", text_of(*service), text_of(*provider));
    }
    const ColumnUse* only = service != nullptr ? service : provider;
    return only == nullptr ? "CAST(NULL AS VARCHAR)" : text_of(*only);
}

bool has_finding(const Inspection& inspection, Rule rule) {
    return std::ranges::find(inspection.findings, id(rule), &Finding::rule) != inspection.findings.end();
}

/// A list of keys and values, as JSON, in a custom column; what is none has no entries.
std::string entries_of(const Inspection& inspection, std::string_view lake_name) {
    const auto use = std::ranges::find(inspection.columns, lake_name, &ColumnUse::lake_name);
    if (use == inspection.columns.end()) {
        return "NULL";
    }
    const auto member = [](std::string_view name, std::string_view capital) {
        return fmt::format("coalesce(json_extract_string(entry, '$.{}'), json_extract_string(entry, '$.{}'))", name,
                           capital);
    };
    return fmt::format(
        "CASE WHEN json_valid({0}) THEN CASE WHEN json_type({0}) = 'ARRAY' THEN "
        "list_transform(from_json({0}, '[\"JSON\"]'), lambda entry: {{'key': {1}, 'value': {2}}}) END END",
        text_of(*use), member("key", "Key"), member("value", "Value"));
}

/// Rule google-tags.
std::string google_tags(const Inspection& inspection) {
    return fmt::format(
        "list_transform([list_filter(list_concat({}, {}), lambda entry: entry.key IS NOT NULL)], lambda entries: "
        "CASE WHEN len(entries) > 0 THEN concat('{{', array_to_string(list_transform(list_filter(entries, lambda t, i: "
        "list_position(list_transform(entries, lambda u: u.key), t.key) = i), lambda t: concat(to_json(t.key), ':', "
        "CASE WHEN coalesce(t.value, '') = '' THEN 'true' ELSE CAST(to_json(t.value) AS VARCHAR) END)), ','), '}}') "
        "END)[1]",
        entries_of(inspection, "x_Labels"), entries_of(inspection, "x_Tags"));
}

std::string plain_expression(const Inspection& inspection, const focus::Column& column) {
    if (column.name == "Tags" && has_google_tags(inspection.columns)) {
        return google_tags(inspection);
    }
    if (column.name == "ServiceProviderName") {
        return service_provider(inspection);
    }
    const ColumnUse* use = find_use(inspection, column.name);
    if (use == nullptr) {
        return fmt::format("CAST(NULL AS {})", sql_type(column));
    }
    const std::string text = text_of(*use);
    switch (column.type) {
    case focus::ColumnType::kDecimal: return decimal_of(*use, text, column.is_quantity);
    case focus::ColumnType::kInstant: return instant_of(*use, text);
    case focus::ColumnType::kString:
    case focus::ColumnType::kJson: break;
    }
    return column.allowed_values.empty() ? text : allowed_of(*use, text);
}

std::string plain_expression(const Inspection& inspection, std::string_view name) {
    const focus::Column* column = focus::find_column(focus::Dataset::kCostAndUsage, name);
    FLORIN_CHECK(column != nullptr, "a column of FOCUS");
    return plain_expression(inspection, *column);
}

/// The value with what is mended of Azure's exports where the inspection met it: RowChecks::mend_azure().
std::string mended(const Inspection& inspection, std::string_view column, std::string value) {
    const auto plain = [&](std::string_view name) { return plain_expression(inspection, name); };
    const std::string of_microsoft = service_provider(inspection) + " = 'Microsoft'";
    const std::string committed = plain("CommitmentDiscountId") + " IS NOT NULL";
    if (column == "PricingCategory" && has_finding(inspection, Rule::kAzureCommittedPricing)) {
        return fmt::format("CASE WHEN {} AND {} AND {} = 'Usage' AND {} = 'Standard' THEN 'Committed' ELSE {} END",
                           of_microsoft, committed, plain("ChargeCategory"), value, value);
    }
    if (column == "EffectiveCost" && has_finding(inspection, Rule::kAzurePurchaseEffective)) {
        return fmt::format("CASE WHEN {} AND {} AND {} = 'Purchase' AND {} IS NOT NULL THEN 0 ELSE {} END",
                           of_microsoft, committed, plain("ChargeCategory"), value, value);
    }
    if ((column == "ListCost" || column == "ContractedCost") && has_finding(inspection, Rule::kAzureZeroCost)) {
        return fmt::format(
            "CASE WHEN {} AND {} = 0 AND {} <> 0 AND ({} = 'Usage' OR {} = 'Purchase' AND NOT ({})) AND {} "
            "IS DISTINCT FROM 'Unused' THEN NULL ELSE {} END",
            of_microsoft, value, plain("EffectiveCost"), plain("ChargeCategory"), plain("ChargeCategory"), committed,
            plain("CommitmentDiscountStatus"), value);
    }
    return value;
}

std::string expression(const Inspection& inspection, const focus::Column& column) {
    return mended(inspection, column.name, plain_expression(inspection, column));
}

std::string custom_columns(const Inspection& inspection) {
    std::string entries;
    for (const ColumnUse& use : inspection.columns) {
        const bool is_custom = use.kind == ColumnUse::Kind::kCustom;
        if (is_custom || find_use(inspection, use.lake_name) != &use) {
            const std::string name = is_custom ? use.lake_name : focus::custom_name(use.source_name);
            entries += fmt::format("{}{}: {}", entries.empty() ? "" : ", ", sql_text(name), text_of(use));
        }
    }
    return entries.empty() ? "CAST(NULL AS MAP(VARCHAR, VARCHAR))" : "MAP {" + entries + "}";
}

/// Every column of a Parquet file as text: numbers in their shortest exact form, nested values as JSON.
base::Result<std::string> focus_parquet_relation(engine::Engine& engine, const Inspection& inspection) {
    const std::string file = parquet_relation(inspection.load_path);
    FLORIN_TRY_ASSIGN(const engine::Table types,
                      engine.query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + file + ")"));
    std::string list;
    for (const auto& row : types.rows) {
        const std::string column = sql_name(std::get<std::string>(row[0]));
        const std::string& type = std::get<std::string>(row[1]);
        const bool nested = type.starts_with("MAP") || type.starts_with("STRUCT") || type.ends_with("]");
        list += fmt::format("{}CAST({} AS VARCHAR) AS {}", list.empty() ? "" : ", ",
                            nested ? fmt::format("to_json({})", column) : column, column);
    }
    return fmt::format("(SELECT {} FROM {})", list, file);
}

/// Quoted cells are never NULL here; "" is mended per column where it was met.
std::string focus_csv_relation(const Inspection& inspection, CsvReading reading) {
    std::vector<std::string> columns;
    bool null_literals = false;
    for (const ColumnUse& use : inspection.columns) {
        columns.push_back(use.source_name);
        null_literals = null_literals || use.null_literals > 0;
    }
    return csv_relation(inspection.load_path, columns, inspection.delimiter, inspection.longest_row_bytes,
                        null_literals ? std::vector<std::string>{"", "NULL", "null"} : std::vector<std::string>{""},
                        false, reading);
}

std::string select_list(const Inspection& inspection) {
    std::string list;
    std::string charge_start;
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        const std::string value = expression(inspection, column);
        list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ", value, column.name);
        if (column.name == "ChargePeriodStart") {
            charge_start = value;
        }
    }
    return list + fmt::format(", {} AS {}, CAST({} AS DATE) AS {}", custom_columns(inspection), lake::column::kCustom,
                              charge_start, lake::column::kChargeDay);
}

std::string tuple_key_columns() {
    std::string key;
    for (const std::string& column : lake::tuple_columns()) {
        key += (key.empty() ? "" : ", ") + column;
    }
    return key;
}

} // namespace

const std::vector<std::string>& charge_columns() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
            all.push_back(column.name);
        }
        all.emplace_back(lake::column::kCustom);
        all.emplace_back(lake::column::kChargeDay);
        all.emplace_back(lake::column::kTupleKey);
        return all;
    }();
    return names;
}

std::string charges_select(const std::set<std::string>& present, const std::string& relation) {
    std::string list;
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        list += fmt::format("CAST({} AS {}) AS {}, ", present.contains(column.name) ? column.name : "NULL",
                            sql_type(column), column.name);
    }
    const bool has_custom = present.contains(std::string(lake::column::kCustom));
    return fmt::format("SELECT *, florin_tuple_key({}) AS {} FROM (SELECT {}CAST({} AS MAP(VARCHAR, VARCHAR)) AS {}, "
                       "CAST(ChargePeriodStart AS DATE) AS {} FROM {})",
                       tuple_key_columns(), lake::column::kTupleKey, list,
                       has_custom ? lake::column::kCustom : std::string_view("NULL"), lake::column::kCustom,
                       lake::column::kChargeDay, relation);
}

base::Result<std::string> select_statement(engine::Engine& engine, const Inspection& inspection, CsvReading reading) {
    std::string relation;
    if (inspection.format == FileFormat::kParquet) {
        FLORIN_TRY_ASSIGN(relation, focus_parquet_relation(engine, inspection));
    } else {
        relation = focus_csv_relation(inspection, reading);
    }
    return fmt::format("SELECT *, florin_tuple_key({}) AS {} FROM (SELECT {} FROM {})", tuple_key_columns(),
                       lake::column::kTupleKey, select_list(inspection), relation);
}

} // namespace florin::ingest::focus_files
