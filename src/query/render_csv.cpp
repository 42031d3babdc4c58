#include "query/render.hpp"

#include "base/csv_cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace florin::query {
namespace {

std::string cell_text(const Question& question, const engine::Value& value) {
    const auto* day = std::get_if<period::Day>(&value);
    return day == nullptr ? engine::exact_text(value) : step_text(question, *day);
}

bool is_key(const AnswerColumn& column) {
    return column.kind == AnswerColumn::Kind::kDimension || column.kind == AnswerColumn::Kind::kTime;
}

} // namespace

std::string render_csv(const Answer& answer) {
    // The currency stands between what the figures are of and the figures.
    const auto keys = static_cast<std::size_t>(std::ranges::count_if(answer.columns, is_key));
    std::vector<std::string> names;
    for (const AnswerColumn& column : answer.columns) {
        names.push_back(base::csv_cell(column.name));
    }
    names.insert(names.begin() + static_cast<std::ptrdiff_t>(keys), "currency");
    std::string out = fmt::format("{}\n", fmt::join(names, ","));
    for (const CurrencyBlock& block : answer.blocks) {
        for (const AnswerRow& row : block.rows) {
            std::vector<std::string> cells;
            for (const engine::Value& value : row.values) {
                cells.push_back(base::csv_cell(cell_text(answer.question, value)));
            }
            if (row.kind == AnswerRow::Kind::kRest) {
                cells.front() = rest_text(block);
            }
            cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(keys), base::csv_cell(block.currency));
            out += fmt::format("{}\n", fmt::join(cells, ","));
        }
    }
    return out;
}

} // namespace florin::query
