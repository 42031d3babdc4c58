// Expressions of a mapping as SQL over the file's columns as text.
#pragma once

#include "focus/focus.hpp"
#include "ingest/vendor_file/expression.hpp"
#include "ingest/vendor_file/lookup_table.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest::vendor_file {

/// What an expression may name. Columns are read from the relation `s`.
struct ExpressionScope {
    std::vector<std::string> columns;
    std::vector<LookupTable> tables;
    std::string amount; ///< SQL of amount(): what the row costs, DECIMAL(38,18)
};

/// What a value cannot be, in a row: found by a query over the rows, as the second reader does not work out
/// expressions.
struct ValueCheck {
    std::string is_bad; ///< SQL, a condition
    std::string cell;   ///< SQL, the text to show
    std::string column; ///< of the file, where the expression names one alone; else empty
    std::string code;
    std::string message;
    std::string remedy;
};

/// Numbers as people show them, `$1,234.50 `, read as DECIMAL(38,18) or (38,12). The second reader has made sure
/// that what is taken away is only decoration.
std::string displayed_number_sql(const std::string& text, bool is_quantity);

/// Compiles expressions one after the other and gathers what they need. The first fault stops: what is compiled
/// after it means nothing.
class ExpressionCompiler {
public:
    /// `scope` outlives the compiler.
    explicit ExpressionCompiler(const ExpressionScope& scope) : scope_(scope) {}

    /// SQL of the expression as a value of the column of FOCUS.
    std::string value_of(const Expression& expression, const focus::Column& column);
    /// SQL of the expression as a text.
    std::string text_of(const Expression& expression);

    const std::optional<ExpressionFault>& fault() const { return fault_; }
    const std::vector<ValueCheck>& checks() const { return checks_; }
    /// Columns of the file that are read as numbers, or as points in time, as they stand: the second reader checks
    /// their cells.
    const std::set<std::string>& number_columns() const { return number_columns_; }
    const std::set<std::string>& instant_columns() const { return instant_columns_; }

private:
    enum class Kind : std::uint8_t { kNothing, kText, kNumber, kInstant, kFlag, kJson };
    struct Value {
        std::string sql = "CAST(NULL AS VARCHAR)";
        Kind kind = Kind::kNothing;
        std::string column = {}; ///< of the file, where the value is its cell
    };

    Value compile(const Expression& expression);
    Value call(const Expression& call);
    Value text_function(const Expression& call);
    Value choice(const Expression& call);
    Value date(const Expression& call);
    Value shifted_date(const Expression& call);
    Value lookup(const Expression& call);
    Value json(const Expression& call);
    Value is(const Expression& expression);
    Value column(const Expression& expression);
    Value number_literal(const Expression& expression);

    Value compile_as(const Expression& expression, Kind kind);
    Value as(Value value, Kind kind, const Expression& expression);
    Value to_number(const Value& value, const Expression& expression);
    Value to_instant(const Value& value, const Expression& expression);
    void check_allowed(const Expression& expression, const focus::Column& column);
    std::optional<long> whole_number(const Expression& expression, long least, long most);
    Value fail(std::string code, std::string message, std::size_t at);
    static std::string_view name(Kind kind);

    const ExpressionScope& scope_;
    std::optional<ExpressionFault> fault_;
    std::vector<ValueCheck> checks_;
    std::set<std::string> number_columns_;
    std::set<std::string> instant_columns_;
};

/// The names of the functions, for the reference: each with its arguments and what it gives.
struct ExpressionFunction {
    std::string_view name;
    std::string_view call; ///< `part(text, separator, n)`
    std::string_view what;
    std::size_t arguments_min = 0;
    std::size_t arguments_max = 0;
};
std::vector<ExpressionFunction> expression_functions();

} // namespace florin::ingest::vendor_file
