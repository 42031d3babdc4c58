#include "demo/native/aws_cur2_parquet.hpp"

#include "demo/native/aws_report.hpp"
#include "engine/engine.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::uint64_t kMemoryBytes = std::uint64_t{300} << 20U;

/// How the names of numbers end; rates are texts, but for that of a Savings Plan.
constexpr std::array<std::string_view, 13> kDoubleEndings = {
    "_cost",   "_savings_plan_rate", "_usage_amount", "_factor",  "_usage",    "_usage_ratio",    "_fee",
    "_period", "_upfront_value",     "_quantity",     "_to_date", "_discount", "_used_commitment"};

std::string sql_type(std::string_view column) {
    const std::string_view type = cur2_type(column);
    if (type == "double") {
        return "DOUBLE";
    }
    if (type == "timestamp") {
        return "TIMESTAMP";
    }
    return type == "map<string,string>" ? "MAP(VARCHAR, VARCHAR)" : "MAP(VARCHAR, DOUBLE)";
}

} // namespace

std::string_view cur2_type(std::string_view column) {
    if (column == "discount") {
        return "map<string,double>";
    }
    if (column == "product" || column == "resource_tags" || column == "cost_category") {
        return "map<string,string>";
    }
    if (column.ends_with("_date") && (column.starts_with("bill_") || column.starts_with("line_item_usage_"))) {
        return "timestamp";
    }
    const bool is_double =
        std::ranges::any_of(kDoubleEndings, [&](std::string_view ending) { return column.ends_with(ending); });
    return is_double ? "double" : "string";
}

base::Result<void> cur2_to_parquet(const base::Path& csv, const base::Path& parquet) {
    FLORIN_TRY_ASSIGN(const auto engine,
                      engine::open_duckdb({.threads = 2, .memory_bytes = kMemoryBytes, .temporary_folder = {}}));
    std::string columns;
    for (const AwsColumn& column : cur2_columns()) {
        const std::string name = engine::sql_name(column.name);
        const std::string_view type = cur2_type(column.name);
        columns += columns.empty() ? "" : ", ";
        if (type == "string") {
            columns += name;
        } else if (type.starts_with("map")) {
            columns += fmt::format("CAST(CAST({0} AS JSON) AS {1}) AS {0}", name, sql_type(column.name));
        } else {
            columns += fmt::format("CAST({0} AS {1}) AS {0}", name, sql_type(column.name));
        }
    }
    FLORIN_TRY(engine->execute(
        fmt::format("COPY (SELECT {} FROM read_csv({}, header = true, all_varchar = true, delim = ',', quote = '\"', "
                    "escape = '\"')) TO {} (FORMAT parquet)",
                    columns, engine::sql_text(csv.string()), engine::sql_text(parquet.string()))));
    return base::remove_all(csv);
}

} // namespace florin::demo
