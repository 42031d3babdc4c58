#include "query/tag_keys.hpp"

#include <fmt/format.h>

namespace florin::query {

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
        engine.query(fmt::format(
            "SELECT tag_key, count(*) AS tuple_count FROM (SELECT unnest(json_keys(Tags)) AS tag_key FROM "
            "(SELECT DISTINCT Tags FROM read_parquet({}) WHERE json_valid(Tags) AND json_type(Tags) = 'OBJECT')) "
            "GROUP BY tag_key ORDER BY tuple_count DESC, tag_key LIMIT {}",
            engine::sql_list(tuples), limit)));
    for (const auto& row : table.rows) {
        keys.push_back(std::get<std::string>(row[0]));
    }
    return keys;
}

} // namespace florin::query
