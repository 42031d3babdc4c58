#include "query/filter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::query {
namespace {

std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') {
            out += c;
        }
    }
    return out + "'";
}

struct LiteralText {
    std::string operator()(const std::string& text) const { return in_quotes(text); }
    std::string operator()(const money::Decimal& number) const { return number.to_string(); }
    std::string operator()(const money::Quantity& number) const { return number.to_string(); }
    std::string operator()(const period::Day& day) const { return in_quotes(period::to_string(day)); }
};

std::string to_text(const Literal& literal) {
    return std::visit(LiteralText{}, literal);
}

std::string_view written(Operator op) {
    switch (op) {
    case Operator::kEqual: return "=";
    case Operator::kNotEqual: return "!=";
    case Operator::kLess: return "<";
    case Operator::kLessOrEqual: return "<=";
    case Operator::kGreater: return ">";
    case Operator::kGreaterOrEqual: return ">=";
    }
    return "";
}

/// How tightly a node binds; a looser node inside a tighter one stands in parentheses.
enum class Binding : std::uint8_t { kOr, kAnd, kOne };

Binding binding(const Filter& filter) {
    if (std::holds_alternative<Or>(filter.node)) {
        return Binding::kOr;
    }
    return std::holds_alternative<And>(filter.node) ? Binding::kAnd : Binding::kOne;
}

std::string inside(const Filter& filter, Binding needed) {
    std::string text = query::to_text(filter);
    return binding(filter) < needed ? "(" + text + ")" : text;
}

std::string joined(const std::vector<Filter>& operands, std::string_view word, Binding needed) {
    std::string out;
    for (const Filter& operand : operands) {
        out += out.empty() ? "" : fmt::format(" {} ", word);
        out += inside(operand, needed);
    }
    return out;
}

std::string_view negation(bool negated) {
    return negated ? "not " : "";
}

struct NodeText {
    std::string operator()(const Compare& node) const {
        return fmt::format("{} {} {}", query::to_text(node.field), written(node.op), to_text(node.value));
    }
    std::string operator()(const In& node) const {
        std::string values;
        for (const Literal& value : node.values) {
            values += (values.empty() ? "" : ", ") + to_text(value);
        }
        return fmt::format("{} {}in ({})", query::to_text(node.field), negation(node.negated), values);
    }
    std::string operator()(const Like& node) const {
        return fmt::format("{} {}{} {}", query::to_text(node.field), negation(node.negated),
                           node.ignore_case ? "ilike" : "like", in_quotes(node.pattern));
    }
    std::string operator()(const IsNull& node) const {
        return fmt::format("{} is {}null", query::to_text(node.field), negation(node.negated));
    }
    std::string operator()(const Between& node) const {
        return fmt::format("{} {}between {} and {}", query::to_text(node.field), negation(node.negated),
                           to_text(node.low), to_text(node.high));
    }
    std::string operator()(const Not& node) const { return "not " + inside(node.operand.front(), Binding::kOne); }
    std::string operator()(const And& node) const { return joined(node.operands, "and", Binding::kOne); }
    std::string operator()(const Or& node) const { return joined(node.operands, "or", Binding::kAnd); }
};

/// Hands every field of the filter to a function, in order.
template <class Function>
void visit_fields(const Filter& filter, const Function& function) {
    std::visit(
        [&](const auto& node) {
            using Node = std::decay_t<decltype(node)>;
            if constexpr (std::is_same_v<Node, Not>) {
                visit_fields(node.operand.front(), function);
            } else if constexpr (std::is_same_v<Node, And> || std::is_same_v<Node, Or>) {
                for (const Filter& operand : node.operands) {
                    visit_fields(operand, function);
                }
            } else {
                function(node.field);
            }
        },
        filter.node);
}

} // namespace

std::string to_text(const Filter& filter) {
    return std::visit(NodeText{}, filter.node);
}

std::vector<Field> fields_of(const Filter& filter) {
    std::vector<Field> fields;
    visit_fields(filter, [&](const Field& field) {
        if (std::ranges::find(fields, field) == fields.end()) {
            fields.push_back(field);
        }
    });
    return fields;
}

} // namespace florin::query
