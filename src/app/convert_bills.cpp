#include "app/convert_bills.hpp"

#include "engine/engine.hpp"
#include "focus/focus.hpp"

#include <fmt/format.h>

namespace florin::app {
namespace {

constexpr std::uint64_t kExportMemoryBytes = std::uint64_t{400} << 20U;

/// The columns of a CSV file, each as its FOCUS type.
base::Result<std::string> typed_columns(engine::Engine& engine, const std::string& relation) {
    FLORIN_TRY_ASSIGN(const std::vector<engine::Column> columns, engine.describe("SELECT * FROM " + relation));
    std::string list;
    for (const engine::Column& column : columns) {
        const std::string name = engine::sql_name(column.name);
        const focus::Column* known = focus::find_column(focus::Dataset::kCostAndUsage, column.name);
        std::string value = name;
        if (known != nullptr && known->type == focus::ColumnType::kDecimal) {
            value = fmt::format("{}({})", known->is_quantity ? "florin_quantity" : "florin_decimal", name);
        } else if (known != nullptr && known->type == focus::ColumnType::kInstant) {
            value = fmt::format("CAST({} AS TIMESTAMP)", name);
        }
        list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ", value, name);
    }
    return list;
}

} // namespace

base::Result<void> convert_to_parquet(const std::vector<base::Path>& files) {
    FLORIN_TRY_ASSIGN(const auto engine,
                      engine::open_duckdb({.threads = 2, .memory_bytes = kExportMemoryBytes, .temporary_folder = {}}));
    for (const base::Path& file : files) {
        base::Path target = file;
        while (target.has_extension() && target.extension() != ".csv") {
            target.replace_extension();
        }
        target.replace_extension(".parquet");
        const std::string relation =
            fmt::format("read_csv({}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')",
                        engine::sql_text(file.string()));
        FLORIN_TRY_ASSIGN(const std::string columns, typed_columns(*engine, relation));
        FLORIN_TRY(engine->execute(fmt::format("COPY (SELECT {} FROM {}) TO {} (FORMAT parquet, COMPRESSION zstd)",
                                               columns, relation, engine::sql_text(target.string()))));
        FLORIN_TRY(base::remove_all(file));
    }
    return {};
}

} // namespace florin::app
