#include "query/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace florin::query {
namespace {

std::string cell(std::string_view text) {
    if (text.find_first_of(",\"\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string inner;
    for (const char c : text) {
        inner += c;
        if (c == '"') {
            inner += c;
        }
    }
    return fmt::format("\"{}\"", inner);
}

struct ExactText {
    const Question& question;
    std::string operator()(std::monostate) const { return ""; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const money::Decimal& number) const { return number.to_string(); }
    std::string operator()(const money::Quantity& number) const { return number.to_string(); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const period::Day& day) const { return step_text(question, day); }
    std::string operator()(const period::Instant& instant) const { return period::to_string(instant); }
};

bool is_key(const AnswerColumn& column) {
    return column.kind == AnswerColumn::Kind::kDimension || column.kind == AnswerColumn::Kind::kTime;
}

} // namespace

std::string render_csv(const Answer& answer) {
    // The currency stands between what the figures are of and the figures.
    const auto keys = static_cast<std::size_t>(std::ranges::count_if(answer.columns, is_key));
    std::vector<std::string> names;
    for (const AnswerColumn& column : answer.columns) {
        names.push_back(cell(column.name));
    }
    names.insert(names.begin() + static_cast<std::ptrdiff_t>(keys), "currency");
    std::string out = fmt::format("{}\n", fmt::join(names, ","));
    for (const CurrencyBlock& block : answer.blocks) {
        for (const AnswerRow& row : block.rows) {
            std::vector<std::string> cells;
            for (const engine::Value& value : row.values) {
                cells.push_back(cell(std::visit(ExactText{answer.question}, value)));
            }
            if (row.kind == AnswerRow::Kind::kRest) {
                cells.front() = fmt::format("(rest: {} groups)", block.rest_groups);
            }
            cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(keys), cell(block.currency));
            out += fmt::format("{}\n", fmt::join(cells, ","));
        }
    }
    return out;
}

} // namespace florin::query
