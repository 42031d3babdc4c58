#include "ingest/vendor_file/expression.hpp"

#include <gmock/gmock.h>

namespace florin::ingest::vendor_file {
namespace {

/// The tree with brackets around all that belongs together.
std::string shown(const Expression& expression) {
    std::string arguments;
    for (const Expression& argument : expression.arguments) {
        arguments += (arguments.empty() ? "" : " ") + shown(argument);
    }
    switch (expression.kind) {
    case Expression::Kind::kColumn: return expression.text;
    case Expression::Kind::kText: return "'" + expression.text + "'";
    case Expression::Kind::kNumber: return "#" + expression.text;
    case Expression::Kind::kCall: return "(" + expression.text + (arguments.empty() ? "" : " ") + arguments + ")";
    case Expression::Kind::kIs: return "(" + expression.text + " " + arguments + ")";
    case Expression::Kind::kAnd: return "(and " + arguments + ")";
    case Expression::Kind::kOr: return "(or " + arguments + ")";
    case Expression::Kind::kNot: return "(not " + arguments + ")";
    }
    return {};
}

std::string parsed(std::string_view text) {
    const ParsedExpression out = parse_expression(text);
    return out.faults.empty() ? shown(out.expression) : std::to_string(out.faults[0].at) + ": " + out.faults[0].message;
}

TEST(VendorExpression, BindsTighterToTheRight) {
    EXPECT_EQ(parsed("a"), "a");
    EXPECT_EQ(parsed("service.name"), "service.name");
    EXPECT_EQ(parsed("`Cost (USD)`"), "Cost (USD)");
    EXPECT_EQ(parsed("'it''s'"), "'it's'");
    EXPECT_EQ(parsed("-12.5"), "#-12.5");
    EXPECT_EQ(parsed("concat(a, ' ', upper(b))"), "(concat a ' ' (upper b))");
    EXPECT_EQ(parsed("amount()"), "(amount)");
    EXPECT_EQ(parsed("if(a = 'x' or b != c and not d < 1, e, f)"),
              "(if (or (= a 'x') (and (!= b c) (not (< d #1)))) e f)");
    EXPECT_EQ(parsed("if((a = 'x' or b >= c) and d <= 1, e)"), "(if (and (or (= a 'x') (>= b c)) (<= d #1)) e)");
    EXPECT_EQ(parsed("not not a = b"), "(= a b)");
}

TEST(VendorExpression, FaultsSayWhere) {
    EXPECT_EQ(parsed(""), "0: a column, a text, a number or a function is expected here");
    EXPECT_EQ(parsed("concat(a, "), "10: a column, a text, a number or a function is expected here");
    EXPECT_EQ(parsed("concat(a b)"), "9: `concat(` is not closed here: `,` or `)` is expected");
    EXPECT_EQ(parsed("a b"), "2: the expression should end before `b`");
    EXPECT_EQ(parsed("a * b"), "2: the expression should end before `*`");
    EXPECT_EQ(parsed("concat(a, 'b)"), "10: what begins with ' has no end");
    EXPECT_EQ(parsed("(a"), "0: `(` is not closed");
    EXPECT_EQ(parsed("a = )"), "4: a column, a text, a number or a function is expected instead of `)`");
}

TEST(VendorExpression, IsBounded) {
    EXPECT_EQ(parsed(std::string(kExpressionBytesMax + 1, 'a')), "0: an expression has at most 4096 bytes");
    const std::string deep = std::string(40, '(') + "a" + std::string(40, ')');
    EXPECT_EQ(parsed(deep), "32: expressions stand at most 32 deep in one another");
    EXPECT_EQ(parsed(std::string(1000, '(')), "32: expressions stand at most 32 deep in one another");
}

} // namespace
} // namespace florin::ingest::vendor_file
