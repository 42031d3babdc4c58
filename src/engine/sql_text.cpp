#include "engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::engine {
namespace {

struct ExactText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const money::Decimal& number) const { return number.to_string(); }
    std::string operator()(const money::Quantity& number) const { return number.to_string(); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const period::Day& day) const { return period::to_string(day); }
    std::string operator()(const period::Instant& instant) const { return period::to_string(instant); }
};

} // namespace

std::string exact_text(const Value& value) {
    return std::visit(ExactText{}, value);
}

std::string_view name(Type type) {
    switch (type) {
    case Type::kText: return "text";
    case Type::kInteger: return "integer";
    case Type::kDecimal: return "decimal";
    case Type::kQuantity: return "quantity";
    case Type::kDouble: return "double";
    case Type::kBoolean: return "boolean";
    case Type::kDay: return "day";
    case Type::kInstant: return "instant";
    }
    return "text";
}

std::string sql_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') {
            out += c;
        }
    }
    return out + "'";
}

std::string sql_name(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    return out + "\"";
}

std::string sql_list(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const std::string& text : texts) {
        if (out.size() > 1) {
            out += ", ";
        }
        out += sql_text(text);
    }
    return out + "]";
}

std::string sql_parquet(const std::vector<std::string>& files) {
    return fmt::format("read_parquet({}, hive_partitioning = false)", sql_list(files));
}

base::Result<void> check_money_columns(const std::vector<Column>& columns,
                                       const std::vector<std::string>& money_columns) {
    for (const std::string& wanted : money_columns) {
        const auto found = std::find_if(columns.begin(), columns.end(),
                                        [&wanted](const Column& column) { return column.name == wanted; });
        if (found == columns.end() || found->type != Type::kDecimal) {
            base::Error error;
            error.code = "engine.inexact";
            error.message = fmt::format("the compiled statement gives {} as {}, not as an exact decimal", wanted,
                                        found == columns.end() ? "nothing" : name(found->type));
            return error;
        }
    }
    return {};
}

} // namespace florin::engine
