#include "app/allocation_tuples.hpp"

#include "query/catalogue.hpp"
#include "query/filter_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace florin::app {
namespace {

using engine::sql_name;
using lake::column::kTupleKey;

/// Files of tuples: compacted ones where there are any, else those of each scope.
std::vector<std::string> tuple_files(const lake::CurrentFiles& current) {
    std::vector<std::string> files;
    std::vector<bool> is_compacted(current.files.size(), false);
    for (const lake::CompactedGroup& group : current.compacted) {
        files.push_back(group.files.tuples);
        for (const std::size_t member : group.members) {
            is_compacted[member] = true;
        }
    }
    for (std::size_t i = 0; i < current.files.size(); ++i) {
        if (!is_compacted[i]) {
            files.push_back(current.files[i].tuples);
        }
    }
    return files;
}

std::vector<std::string> charge_files(const lake::CurrentFiles& current) {
    std::vector<std::string> files;
    for (const lake::FileSet& set : current.files) {
        files.push_back(set.charges);
    }
    return files;
}

/// The FOCUS columns that the fields of tuples are made of.
std::set<std::string> columns_of(std::span<const query::Field> fields) {
    std::set<std::string> columns;
    for (const query::Field& field : fields) {
        if (field.kind == query::Field::Kind::kTag) {
            columns.insert("Tags");
        } else {
            const auto& of = query::catalogue().find_dimension(field.name)->columns;
            columns.insert(of.begin(), of.end());
        }
    }
    return columns;
}

/// One row a tuple, its texts as `text_0`, `text_1`, … in the order of `fields`. Texts are worked out once a tuple,
/// above the grouping; what splits tuples below it.
std::string tuples_sql(const lake::CurrentFiles& current, std::span<const query::Field> fields,
                       std::span<const query::Field> split_by) {
    std::vector<query::Field> own;
    std::string texts;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto split = std::ranges::find(split_by, fields[i]);
        if (split == split_by.end()) {
            own.push_back(fields[i]);
        }
        texts += fmt::format(", CAST({} AS VARCHAR) AS text_{}",
                             split == split_by.end() ? query::field_sql(fields[i], "tuple", query::catalogue())
                                                     : fmt::format("split_{}", split - split_by.begin()),
                             i);
    }
    std::string below;
    std::string columns;
    std::string key(kTupleKey);
    for (const std::string& column : columns_of(own)) {
        below += ", " + sql_name(column);
        columns += fmt::format(", first({0}) AS {0}", sql_name(column));
    }
    for (std::size_t i = 0; i < split_by.size(); ++i) {
        below += fmt::format(", CAST({} AS VARCHAR) AS split_{}",
                             query::field_sql(split_by[i], "charge", query::catalogue()), i);
        key += fmt::format(", split_{}", i);
    }
    return fmt::format("SELECT row_number() OVER (ORDER BY {0}) - 1 AS Number, {0}{1} FROM (SELECT {0}{2} FROM (SELECT "
                       "{3}{4} FROM {5} AS charge) GROUP BY {0}) AS tuple",
                       key, texts, columns, kTupleKey, below,
                       engine::sql_parquet(split_by.empty() ? tuple_files(current) : charge_files(current)));
}

} // namespace

base::Result<LedgerTuples> read_tuples(const lake::CurrentFiles& current, std::span<const query::Field> fields,
                                       engine::Engine& engine) {
    LedgerTuples tuples;
    std::ranges::copy_if(fields, std::back_inserter(tuples.split_by),
                         [](const query::Field& field) { return !query::is_tuple_field(field, query::catalogue()); });
    std::vector<allocate::TextColumnMaker> makers(fields.size());
    if (!current.files.empty()) {
        FLORIN_TRY(engine.execute(fmt::format("CREATE OR REPLACE TEMP TABLE {} AS {}", kTupleTable,
                                              tuples_sql(current, fields, tuples.split_by))));
        std::string columns;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            columns += fmt::format(", text_{}", i);
        }
        const auto take = [&](const std::vector<engine::Value>& row) -> base::Result<void> {
            for (std::size_t i = 0; i < makers.size(); ++i) {
                const auto* text = std::get_if<std::string>(&row[i + 1]);
                makers[i].add(text == nullptr ? std::nullopt : std::optional<std::string_view>(*text));
            }
            ++tuples.texts.count;
            return {};
        };
        FLORIN_TRY(engine.stream(fmt::format("SELECT Number{} FROM {} ORDER BY Number", columns, kTupleTable), take));
        for (std::size_t i = 0; i < fields.size(); ++i) {
            FLORIN_TRY(engine.execute(fmt::format("ALTER TABLE {} DROP COLUMN text_{}", kTupleTable, i)));
        }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        tuples.texts.columns.emplace(fields[i], makers[i].finish());
    }
    return tuples;
}

} // namespace florin::app
