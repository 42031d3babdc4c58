#include "query/tag_keys.hpp"

#include "base/nearest.hpp"
#include "query/catalogue.hpp"
#include "query/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

namespace florin::query {
namespace {

bool has_no_value(const Answer& answer, std::size_t column) {
    return std::ranges::all_of(answer.blocks, [column](const CurrencyBlock& block) {
        return std::ranges::all_of(block.rows, [column](const AnswerRow& row) {
            return std::holds_alternative<std::monostate>(row.values[column]);
        });
    });
}

/// The tags and custom columns of the question of which the answer has nothing.
base::Result<std::set<Field>> doubtful(const Answer& answer) {
    std::vector<Field> fields;
    for (std::size_t i = 0; i < answer.question.dimensions.size(); ++i) {
        if (has_no_value(answer, i)) {
            FLORIN_TRY_ASSIGN(Field field, parse_field(answer.question.dimensions[i], catalogue()));
            fields.push_back(std::move(field));
        }
    }
    const bool is_empty =
        std::ranges::all_of(answer.blocks, [](const CurrencyBlock& block) { return block.rows.empty(); });
    if (is_empty && !answer.question.filter.empty()) {
        FLORIN_TRY_ASSIGN(const Filter filter, parse_filter(answer.question.filter, catalogue()));
        std::ranges::copy(fields_of(filter), std::back_inserter(fields));
    }
    std::erase_if(fields, [](const Field& field) {
        return field.kind != Field::Kind::kTag && field.kind != Field::Kind::kCustom;
    });
    return std::set<Field>(fields.begin(), fields.end());
}

base::Result<std::vector<std::string>> custom_columns(std::span<const lake::FileSet> files, engine::Engine& engine) {
    std::vector<std::string> charges;
    for (const lake::FileSet& set : files) {
        charges.push_back(set.charges);
    }
    FLORIN_TRY_ASSIGN(const engine::Table table,
                      engine.query(fmt::format("SELECT DISTINCT unnest(map_keys({0})) AS name FROM {1} ORDER BY name",
                                               engine::sql_name(lake::column::kCustom), engine::sql_parquet(charges))));
    std::vector<std::string> names;
    for (const auto& row : table.rows) {
        names.push_back(std::get<std::string>(row[0]));
    }
    return names;
}

} // namespace

base::Result<std::vector<std::string>> tag_keys(std::span<const lake::FileSet> files, engine::Engine& engine,
                                                std::uint64_t limit) {
    std::vector<std::string> keys;
    if (files.empty()) {
        return keys;
    }
    std::vector<std::string> tuples;
    for (const lake::FileSet& set : files) {
        tuples.push_back(set.tuples);
    }
    FLORIN_TRY_ASSIGN(
        const engine::Table table,
        engine.query(
            fmt::format("SELECT tag_key, count(*) AS tuple_count FROM (SELECT unnest(json_keys(Tags)) AS tag_key FROM "
                        "(SELECT DISTINCT Tags FROM {} WHERE json_valid(Tags) AND json_type(Tags) = 'OBJECT')) "
                        "GROUP BY tag_key ORDER BY tuple_count DESC, tag_key LIMIT {}",
                        engine::sql_parquet(tuples), limit)));
    for (const auto& row : table.rows) {
        keys.push_back(std::get<std::string>(row[0]));
    }
    return keys;
}

base::Result<std::vector<std::string>> unknown_key_notes(const Answer& answer, std::span<const lake::FileSet> files,
                                                         engine::Engine& engine) {
    std::vector<std::string> notes;
    if (files.empty()) {
        return notes;
    }
    FLORIN_TRY_ASSIGN(const std::set<Field> fields, doubtful(answer));
    std::optional<std::vector<std::string>> tags;
    std::optional<std::vector<std::string>> custom;
    for (const Field& field : fields) {
        const bool is_tag = field.kind == Field::Kind::kTag;
        std::optional<std::vector<std::string>>& known = is_tag ? tags : custom;
        if (!known) {
            FLORIN_TRY_ASSIGN(known, is_tag ? tag_keys(files, engine, std::numeric_limits<std::int32_t>::max())
                                            : custom_columns(files, engine));
        }
        if (std::ranges::find(*known, field.name) != known->end()) {
            continue;
        }
        const std::vector<std::string_view> names(known->begin(), known->end());
        const auto meant = base::nearest(field.name, names);
        notes.push_back(fmt::format("No charge has `{}`.", to_text(field)));
        if (meant) {
            notes.back() += fmt::format(" Did you mean `{}`?", to_text(Field{field.kind, std::string(*meant)}));
        }
    }
    return notes;
}

} // namespace florin::query
