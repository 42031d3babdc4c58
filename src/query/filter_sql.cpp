#include "query/filter_sql.hpp"

#include "engine/engine.hpp"
#include "query/joined.hpp"

#include <fmt/format.h>

namespace florin::query {
namespace {

using engine::sql_name;
using engine::sql_text;

std::string column_sql(std::string_view relation, std::string_view column) {
    return fmt::format("{}.{}", relation, sql_name(column));
}

/// RFC 6901: `~` and `/` of a key are escaped, the rest is literal.
std::string json_pointer(std::string_view key) {
    std::string out = "/";
    for (const char c : key) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

std::string dimension_sql(const Dimension& dimension, std::string_view relation) {
    if (dimension.joined) {
        return joined_sql(dimension, relation);
    }
    if (dimension.columns.size() == 1) {
        return column_sql(relation, dimension.columns.front());
    }
    std::string columns;
    for (const std::string& column : dimension.columns) {
        columns += (columns.empty() ? "" : ", ") + column_sql(relation, column);
    }
    return "coalesce(" + columns + ")";
}

struct LiteralSql {
    std::string operator()(const std::string& text) const { return sql_text(text); }
    std::string operator()(const money::Decimal& number) const {
        return fmt::format("CAST('{}' AS DECIMAL(38,18))", number.to_string());
    }
    std::string operator()(const money::Quantity& number) const {
        return fmt::format("CAST('{}' AS DECIMAL(38,12))", number.to_string());
    }
    std::string operator()(const period::Day& day) const {
        return fmt::format("TIMESTAMP '{} 00:00:00'", period::to_string(day));
    }
};

std::string literal_sql(const Literal& literal) {
    return std::visit(LiteralSql{}, literal);
}

std::string_view sql_symbol(Operator op) {
    switch (op) {
    case Operator::kEqual: return "=";
    case Operator::kNotEqual: return "<>";
    case Operator::kLess: return "<";
    case Operator::kLessOrEqual: return "<=";
    case Operator::kGreater: return ">";
    case Operator::kGreaterOrEqual: return ">=";
    }
    return "";
}

Operator opposite(Operator op) {
    switch (op) {
    case Operator::kEqual: return Operator::kNotEqual;
    case Operator::kNotEqual: return Operator::kEqual;
    case Operator::kLess: return Operator::kGreaterOrEqual;
    case Operator::kLessOrEqual: return Operator::kGreater;
    case Operator::kGreater: return Operator::kLessOrEqual;
    case Operator::kGreaterOrEqual: return Operator::kLess;
    }
    return op;
}

/// Writes a filter with its negations pushed down to the single conditions, so that AND and OR join
/// conditions in which NULL may count as false. A negated condition holds for NULL and says so.
class Writer {
public:
    Writer(std::string_view relation, const Catalogue& catalogue, bool negated)
        : relation_(relation), catalogue_(catalogue), negated_(negated) {}

    std::string operator()(const Compare& node) const {
        // `!=` is the negation of `=`; the other operators have their own.
        const bool negative = negated_ != (node.op == Operator::kNotEqual);
        const Operator op = negated_ ? opposite(node.op) : node.op;
        return guarded(node.field, negative,
                       fmt::format("{} {} {}", value(node.field), sql_symbol(op), literal_sql(node.value)));
    }
    std::string operator()(const In& node) const {
        std::string values;
        for (const Literal& each : node.values) {
            values += (values.empty() ? "" : ", ") + literal_sql(each);
        }
        const bool negative = negated_ != node.negated;
        return guarded(node.field, negative,
                       fmt::format("{} {}IN ({})", value(node.field), negative ? "NOT " : "", values));
    }
    std::string operator()(const Like& node) const {
        const bool negative = negated_ != node.negated;
        const bool has_escape = node.pattern.find('\\') != std::string::npos;
        return guarded(node.field, negative,
                       fmt::format("{} {}{} {}{}", value(node.field), negative ? "NOT " : "",
                                   node.ignore_case ? "ILIKE" : "LIKE", sql_text(node.pattern),
                                   has_escape ? R"( ESCAPE '\')" : ""));
    }
    std::string operator()(const IsNull& node) const {
        return fmt::format("{} IS {}NULL", value(node.field), negated_ != node.negated ? "NOT " : "");
    }
    std::string operator()(const Between& node) const {
        const bool negative = negated_ != node.negated;
        return guarded(node.field, negative,
                       fmt::format("{} {}BETWEEN {} AND {}", value(node.field), negative ? "NOT " : "",
                                   literal_sql(node.low), literal_sql(node.high)));
    }
    std::string operator()(const Not& node) const {
        return std::visit(Writer(relation_, catalogue_, !negated_), node.operand.front().node);
    }
    std::string operator()(const And& node) const { return joined(node.operands, negated_ ? " OR " : " AND "); }
    std::string operator()(const Or& node) const { return joined(node.operands, negated_ ? " AND " : " OR "); }

private:
    std::string value(const Field& field) const { return field_sql(field, relation_, catalogue_); }

    std::string guarded(const Field& field, bool negative, const std::string& condition) const {
        return negative ? fmt::format("({} IS NULL OR {})", value(field), condition) : "(" + condition + ")";
    }

    std::string joined(const std::vector<Filter>& operands, std::string_view word) const {
        std::string out = "(";
        for (const Filter& operand : operands) {
            out += out.size() == 1 ? "" : word;
            out += std::visit(*this, operand.node);
        }
        return out + ")";
    }

    std::string_view relation_;
    const Catalogue& catalogue_;
    bool negated_;
};

} // namespace

std::string field_sql(const Field& field, std::string_view relation, const Catalogue& catalogue) {
    switch (field.kind) {
    case Field::Kind::kDimension: return dimension_sql(*catalogue.find_dimension(field.name), relation);
    case Field::Kind::kChargeValue: return column_sql(relation, catalogue.find_charge_value(field.name)->column);
    case Field::Kind::kTag:
        // TRY: tags that are no JSON have no keys; they must not stop the question.
        return fmt::format("TRY(json_extract_string({}, {}))", column_sql(relation, "Tags"),
                           sql_text(json_pointer(field.name)));
    case Field::Kind::kCustom:
        return fmt::format("map_extract_value({}, {})", column_sql(relation, "x_Custom"), sql_text(field.name));
    }
    return "NULL";
}

std::string filter_sql(const Filter& filter, std::string_view relation, const Catalogue& catalogue) {
    return std::visit(Writer(relation, catalogue, false), filter.node);
}

} // namespace florin::query
