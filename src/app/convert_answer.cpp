#include "app/convert_answer.hpp"

#include "engine/engine.hpp"
#include "query/render.hpp"

#include <fmt/format.h>

namespace florin::app {
namespace {

constexpr std::uint64_t kAnswerMemoryBytes = std::uint64_t{256} << 20U;

std::string typed(const query::AnswerColumn& column) {
    const std::string name = engine::sql_name(column.name);
    switch (column.kind) {
    case query::AnswerColumn::Kind::kDimension: return name;
    case query::AnswerColumn::Kind::kTime: return name; // what the step is called: a day, 2024-09, FY2024-Q3
    case query::AnswerColumn::Kind::kMeasure:
    case query::AnswerColumn::Kind::kPrevious:
    case query::AnswerColumn::Kind::kChange:
    case query::AnswerColumn::Kind::kChangePercent: break;
    }
    switch (column.unit) {
    case query::Unit::kCount: return fmt::format("CAST({0} AS BIGINT) AS {0}", name);
    case query::Unit::kQuantity: return fmt::format("florin_quantity({0}) AS {0}", name);
    case query::Unit::kMoney:
    case query::Unit::kRatio: break;
    }
    return fmt::format("florin_decimal({0}) AS {0}", name);
}

} // namespace

base::Result<void> write_answer_parquet(const query::Answer& answer, const base::Path& target) {
    FLORIN_TRY_ASSIGN(const auto engine,
                      engine::open_duckdb({.threads = 1, .memory_bytes = kAnswerMemoryBytes, .temporary_folder = {}}));
    base::Path lines = target;
    lines += ".tmp.csv";
    FLORIN_TRY(base::write_file_atomically(lines, query::render_csv(answer)));
    std::string list;
    for (const query::AnswerColumn& column : answer.columns) {
        const bool is_percent = column.kind == query::AnswerColumn::Kind::kChangePercent;
        list += (list.empty() ? "" : ", ") +
                (is_percent ? fmt::format("florin_decimal({0}) AS {0}", engine::sql_name(column.name)) : typed(column));
    }
    const auto written =
        engine->execute(fmt::format("COPY (SELECT currency, {} FROM read_csv({}, header = true, all_varchar = true, "
                                    "delim = ',', quote = '\"', escape = '\"')) "
                                    "TO {} (FORMAT parquet, COMPRESSION zstd)",
                                    list, engine::sql_text(lines.string()), engine::sql_text(target.string())));
    FLORIN_TRY(base::remove_all(lines));
    if (!written.ok()) {
        return written.error();
    }
    return {};
}

} // namespace florin::app
