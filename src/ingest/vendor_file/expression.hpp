// The expressions of a vendor's mapping: what a column of FOCUS is made of.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest::vendor_file {

/// A tree of what was written. `begin` and `end` are bytes of the expression's text, half-open.
struct Expression {
    enum class Kind : std::uint8_t {
        kColumn, ///< name in `text`
        kText,   ///< 'Usage', without its quotes
        kNumber, ///< 12.5, as written
        kCall,   ///< function `text` of `arguments`
        kIs,     ///< a comparison by `text`, one of = != < <= > >=, of two arguments
        kAnd,
        kOr,
        kNot,
    };
    Kind kind = Kind::kColumn;
    std::string text;
    std::vector<Expression> arguments;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// What is wrong with an expression, and where in its text.
struct ExpressionFault {
    std::string code = "mapping.syntax";
    std::string message;
    std::size_t at = 0; ///< byte
};

/// Either the tree or what is wrong.
struct ParsedExpression {
    Expression expression;
    std::vector<ExpressionFault> faults; ///< one, or none
};

inline constexpr std::size_t kExpressionBytesMax = 4096;
inline constexpr int kExpressionDepthMax = 32;

/// Reads
///   or := and ("or" and)*;  and := not ("and" not)*;  not := "not" not | is
///   is := value (("=" | "!=" | "<" | "<=" | ">" | ">=") value)?
///   value := column | `column` | 'text' | number | function "(" (or ("," or)*)? ")" | "(" or ")"
/// A column's plain name has letters, digits, _ and dots; in backquotes it may be anything else. A quote in a text
/// is written twice. Thread-safe.
ParsedExpression parse_expression(std::string_view text);

} // namespace florin::ingest::vendor_file
