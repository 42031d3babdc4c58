#include "query/joined.hpp"

#include "engine/engine.hpp"
#include "query/catalogue.hpp"
#include "query/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace florin::query {
namespace {

using engine::sql_name;
using focus::Dataset;

std::string table_of(Dataset dataset) {
    return sql_name(fmt::format("joined {}", focus::name(dataset)));
}

/// The joined columns that a question asks for, by dataset.
std::map<Dataset, std::set<std::string>> columns_asked(const Resolved& resolved) {
    std::map<Dataset, std::set<std::string>> asked;
    const auto add = [&](const Field& field) {
        if (field.kind != Field::Kind::kDimension) {
            return;
        }
        if (const Dimension& dimension = *resolved.catalogue->find_dimension(field.name); dimension.joined) {
            asked[*dimension.joined].insert(dimension.joined_column);
        }
    };
    for (const AskedDimension& dimension : resolved.dimensions) {
        add(dimension.field);
    }
    if (resolved.filter) {
        std::ranges::for_each(fields_of(*resolved.filter), add);
    }
    return asked;
}

/// As text; a time as its day where that is all it says.
std::string text_sql(Dataset dataset, const std::string& column) {
    const std::string name = sql_name(column);
    if (focus::find_column(dataset, column)->type != focus::ColumnType::kInstant) {
        return name;
    }
    return fmt::format("CASE WHEN {0} = date_trunc('day', {0}) THEN strftime({0}, '%Y-%m-%d') ELSE strftime({0}, "
                       "'%Y-%m-%dT%H:%M:%SZ') END",
                       name);
}

std::string value_sql(Dataset dataset, const std::string& column) {
    const std::string text = text_sql(dataset, column);
    return dataset == Dataset::kBillingPeriod
               ? fmt::format("arg_max({}, \"BillingPeriodLastUpdated\") AS {}", text, sql_name(column))
               : fmt::format("string_agg(DISTINCT {0}, ', ' ORDER BY {0}) AS {1}", text, sql_name(column));
}

std::vector<std::string> key_columns(Dataset dataset) {
    return dataset == Dataset::kContractCommitment ? std::vector<std::string>{"ContractCommitmentId"}
                                                   : join_columns(dataset);
}

} // namespace

std::vector<std::string> join_columns(Dataset dataset) {
    switch (dataset) {
    case Dataset::kBillingPeriod: return {"InvoiceIssuerName", "BillingPeriodStart"};
    case Dataset::kInvoiceDetail: return {"InvoiceIssuerName", "InvoiceId"};
    case Dataset::kContractCommitment: return {"ContractApplied", "CommitmentDiscountId"};
    case Dataset::kCostAndUsage: break;
    }
    return {};
}

std::string applied_contracts_sql(std::string_view relation) {
    const std::string applied = fmt::format("{}.\"ContractApplied\"", relation);
    // Whether it is JSON is asked first, as what is none must not stop the question.
    return fmt::format("CASE WHEN json_valid({0}) THEN list_distinct(list_filter(list_concat(json_extract_string({0}, "
                       "'$.Elements[*].ContractCommitmentId'), json_extract_string({0}, "
                       "'$.Elements[*].ContractCommitmentID')), lambda id: id IS NOT NULL)) ELSE [] END",
                       applied);
}

std::string joined_sql(const Dimension& dimension, std::string_view relation) {
    const Dataset dataset = *dimension.joined;
    const std::string column = sql_name(dimension.joined_column);
    if (dataset != Dataset::kContractCommitment) {
        std::vector<std::string> same;
        for (const std::string& key : join_columns(dataset)) {
            same.push_back(fmt::format("joined.{0} = {1}.{0}", sql_name(key), relation));
        }
        return fmt::format("(SELECT joined.{} FROM {} AS joined WHERE {})", column, table_of(dataset),
                           fmt::join(same, " AND "));
    }
    const std::string applied = fmt::format("{}.\"ContractApplied\"", relation);
    const std::string ids = fmt::format("CASE WHEN {0} IS NULL THEN [{1}.\"CommitmentDiscountId\"] ELSE {2} END",
                                        applied, relation, applied_contracts_sql(relation));
    return fmt::format("(SELECT string_agg(DISTINCT joined.{0}, ', ' ORDER BY joined.{0}) FROM (SELECT unnest({1}) AS "
                       "id) AS applied JOIN {2} AS joined ON joined.\"ContractCommitmentId\" = applied.id)",
                       column, ids, table_of(dataset));
}

std::vector<std::string> joined_tables(const Resolved& resolved, std::span<const DatasetRows> datasets) {
    std::vector<std::string> tables;
    for (const auto& [dataset, columns] : columns_asked(resolved)) {
        const auto rows = std::ranges::find(datasets, dataset, &DatasetRows::dataset);
        const std::vector<std::string> key_names = key_columns(dataset);
        std::string keys;
        std::string values;
        std::string none;
        for (const std::string& key : key_names) {
            keys += fmt::format("{}{}", keys.empty() ? "" : ", ", sql_name(key));
            none += fmt::format("CAST(NULL AS {}) AS {}, ", key == "BillingPeriodStart" ? "TIMESTAMP" : "VARCHAR",
                                sql_name(key));
        }
        for (const std::string& column : columns) {
            if (std::ranges::find(key_names, column) == key_names.end()) {
                values += ", " + value_sql(dataset, column);
                none += fmt::format("CAST(NULL AS VARCHAR) AS {}, ", sql_name(column));
            }
        }
        tables.push_back(
            rows == datasets.end() || rows->is_empty
                ? fmt::format("{} AS (SELECT {} WHERE false)", table_of(dataset), none.substr(0, none.size() - 2))
                : fmt::format("{} AS (SELECT {}{} FROM ({}) GROUP BY {})", table_of(dataset), keys, values, rows->sql,
                              keys));
    }
    return tables;
}

std::vector<std::string> joined_notes(const Resolved& resolved, std::span<const DatasetRows> datasets) {
    std::vector<std::string> notes;
    for (const auto& [dataset, columns] : columns_asked(resolved)) {
        const auto rows = std::ranges::find(datasets, dataset, &DatasetRows::dataset);
        if (rows == datasets.end() || rows->is_empty) {
            notes.push_back(fmt::format("No file of the FOCUS dataset {} was delivered, so that {} {} no value.",
                                        focus::name(dataset), fmt::join(columns, ", "),
                                        columns.size() == 1 ? "has" : "have"));
        }
    }
    return notes;
}

} // namespace florin::query
