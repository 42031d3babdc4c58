#include "ingest/vendor_file/expression_sql.hpp"

#include "engine/engine.hpp"
#include "ingest/vendor_file/mapping_text.hpp"
#include "money/decimal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace florin::ingest::vendor_file {
namespace {

using engine::sql_text;

constexpr std::size_t kMany = 32;

constexpr std::array<ExpressionFunction, 20> kFunctions = {{
    {"add_days", "add_days(time, n)", "the time n days of 24 hours later; n may be negative", 2, 2},
    {"amount", "amount()", "what the row costs, as `amount` says", 0, 0},
    {"coalesce", "coalesce(a, b, …)", "the first that is not empty", 2, kMany},
    {"concat", "concat(a, b, …)", "the texts one after the other; empty ones are left out", 2, kMany},
    {"date", "date(text[, 'format'])",
     "a time, in UTC; the format has %Y %y %m %d %b %B %H %I %p %M %S %f, without one it is as in FOCUS files", 1, 2},
    {"decimal", "decimal(text)", "a number", 1, 1},
    {"empty", "empty(text)", "whether there is nothing", 1, 1},
    {"if", "if(condition, a[, b])", "a where the condition holds, else b, or nothing", 2, 3},
    {"json", "json(column, 'name', value, …)",
     "a JSON object for Tags and the like: of a column under its own name, or of a name and a value; without the empty",
     1, kMany},
    {"lookup", "lookup(table, key, …, column)", "what the table has in that column for the keys; empty if it has none",
     3, kMany},
    {"lower", "lower(text)", "in small letters", 1, 1},
    {"month_end", "month_end(time)", "the start of the next month: ends are exclusive in FOCUS", 1, 1},
    {"month_start", "month_start(time)", "the start of its month, in UTC", 1, 1},
    {"part", "part(text, separator, n)", "the n-th part, from 1; from the end where n is negative", 3, 3},
    {"product", "product(a, b)", "the exact product, rounded half even to 18 places", 2, 2},
    {"replace", "replace(text, from, to)", "with each `from` replaced", 3, 3},
    {"text", "text(number)", "a number as text, without zeros at its end", 1, 1},
    {"trim", "trim(text)", "without blanks around it", 1, 1},
    {"unix_time", "unix_time(text)", "the time so many seconds after 1970 began", 1, 1},
    {"upper", "upper(text)", "in capitals", 1, 1},
}};

std::string column_sql(const std::string& name) {
    return "s." + engine::sql_name(name);
}

/// The column that an expression is about, where it is about one alone.
void columns_in(const Expression& expression, std::set<std::string>& columns) {
    if (expression.kind == Expression::Kind::kColumn) {
        columns.insert(expression.text);
    }
    for (const Expression& argument : expression.arguments) {
        columns_in(argument, columns);
    }
}

std::string only_column(const Expression& expression) {
    std::set<std::string> columns;
    columns_in(expression, columns);
    return columns.size() == 1 ? *columns.begin() : std::string();
}

/// Of a date's format: what each % may be followed by.
std::optional<std::size_t> bad_specifier(std::string_view format) {
    for (std::size_t at = format.find('%'); at != std::string_view::npos; at = format.find('%', at + 2)) {
        if (at + 1 == format.size() ||
            std::string_view("YymdbBHIpMSf%").find(format[at + 1]) == std::string_view::npos) {
            return at;
        }
    }
    return std::nullopt;
}

} // namespace

std::vector<ExpressionFunction> expression_functions() {
    return {kFunctions.begin(), kFunctions.end()};
}

std::string displayed_number_sql(const std::string& text, bool is_quantity) {
    const std::string_view function = is_quantity ? "florin_quantity" : "florin_decimal";
    return fmt::format("coalesce({0}_or_null({1}), {0}(regexp_replace({1}, '(USD|EUR|GBP|[$€£,\\s])', '', 'g')))",
                       function, text);
}

std::string_view ExpressionCompiler::name(Kind kind) {
    switch (kind) {
    case Kind::kText: return "a text";
    case Kind::kNumber: return "a number";
    case Kind::kInstant: return "a time";
    case Kind::kFlag: return "a condition";
    case Kind::kJson: return "a JSON object";
    case Kind::kNothing: break;
    }
    return "nothing";
}

ExpressionCompiler::Value ExpressionCompiler::fail(std::string code, std::string message, std::size_t at) {
    if (!fault_) {
        fault_ = ExpressionFault{std::move(code), std::move(message), at};
    }
    return {};
}

std::string ExpressionCompiler::text_of(const Expression& expression) {
    return compile_as(expression, Kind::kText).sql;
}

std::string ExpressionCompiler::value_of(const Expression& expression, const focus::Column& column) {
    check_allowed(expression, column);
    const Value value = compile(expression);
    switch (column.type) {
    case focus::ColumnType::kString: return as(value, Kind::kText, expression).sql;
    case focus::ColumnType::kInstant: return as(value, Kind::kInstant, expression).sql;
    case focus::ColumnType::kDecimal: {
        const std::string number = as(value, Kind::kNumber, expression).sql;
        if (!column.is_quantity) {
            return number;
        }
        const bool is_cell = value.kind == Kind::kText && !value.column.empty();
        return is_cell ? displayed_number_sql(value.sql, true)
                       : fmt::format("florin_quantity(CAST({} AS VARCHAR))", number);
    }
    case focus::ColumnType::kJson: break;
    }
    if (value.kind == Kind::kText) {
        checks_.push_back({.is_bad = fmt::format("NOT json_valid({})", value.sql),
                           .cell = value.sql,
                           .column = only_column(expression),
                           .code = "bill.unreadable_json",
                           .message = fmt::format("{} is a JSON object, and this is none", column.name),
                           .remedy = "make one with json(…)"});
        return value.sql;
    }
    return as(value, Kind::kJson, expression).sql;
}

/// Texts that stand for a value of a list must be among its values.
void ExpressionCompiler::check_allowed(const Expression& expression, const focus::Column& column) {
    if (expression.kind == Expression::Kind::kText) {
        if (auto fault = not_allowed(column, expression.text)) {
            fail("mapping.unknown_value", std::move(*fault), expression.begin);
        }
    }
    if (expression.kind == Expression::Kind::kCall && (expression.text == "if" || expression.text == "coalesce")) {
        for (std::size_t i = expression.text == "if" ? 1 : 0; i < expression.arguments.size(); ++i) {
            check_allowed(expression.arguments[i], column);
        }
    }
}

ExpressionCompiler::Value ExpressionCompiler::column(const Expression& expression) {
    if (std::ranges::find(scope_.columns, expression.text) == scope_.columns.end()) {
        return fail("mapping.unknown_name",
                    with_suggestion(fmt::format("`columns` has no `{}`", expression.text), expression.text,
                                    {scope_.columns.begin(), scope_.columns.end()}),
                    expression.begin);
    }
    return {column_sql(expression.text), Kind::kText, expression.text};
}

ExpressionCompiler::Value ExpressionCompiler::number_literal(const Expression& expression) {
    if (!money::Decimal::parse(expression.text).ok()) {
        return fail("mapping.syntax", fmt::format("`{}` is no number", expression.text), expression.begin);
    }
    return {fmt::format("florin_decimal({})", sql_text(expression.text)), Kind::kNumber};
}

ExpressionCompiler::Value ExpressionCompiler::compile(const Expression& expression) {
    const auto flags = [&](std::string_view between) -> Value {
        const Value left = compile_as(expression.arguments[0], Kind::kFlag);
        const Value right = compile_as(expression.arguments[1], Kind::kFlag);
        return {fmt::format("({} {} {})", left.sql, between, right.sql), Kind::kFlag};
    };
    switch (expression.kind) {
    case Expression::Kind::kColumn: return column(expression);
    case Expression::Kind::kText: return {sql_text(expression.text), Kind::kText};
    case Expression::Kind::kNumber: return number_literal(expression);
    case Expression::Kind::kIs: return is(expression);
    case Expression::Kind::kAnd: return flags("AND");
    case Expression::Kind::kOr: return flags("OR");
    case Expression::Kind::kNot:
        return {fmt::format("(NOT {})", compile_as(expression.arguments[0], Kind::kFlag).sql), Kind::kFlag};
    case Expression::Kind::kCall: break;
    }
    return call(expression);
}

ExpressionCompiler::Value ExpressionCompiler::call(const Expression& call) {
    const auto* function = std::ranges::find(kFunctions, call.text, &ExpressionFunction::name);
    if (function == kFunctions.end()) {
        std::vector<std::string_view> names;
        std::ranges::transform(kFunctions, std::back_inserter(names), &ExpressionFunction::name);
        return fail("mapping.unknown_name",
                    with_suggestion(fmt::format("there is no function `{}`", call.text), call.text, names), call.begin);
    }
    if (call.arguments.size() < function->arguments_min || call.arguments.size() > function->arguments_max) {
        return fail("mapping.wrong_type", fmt::format("`{}` is what it takes", function->call), call.begin);
    }
    const auto number = [&](std::size_t i) { return compile_as(call.arguments[i], Kind::kNumber).sql; };
    if (call.text == "amount") {
        return {scope_.amount, Kind::kNumber};
    }
    if (call.text == "decimal") {
        return compile_as(call.arguments[0], Kind::kNumber);
    }
    if (call.text == "product") {
        return {fmt::format("florin_times({}, {})", number(0), number(1)), Kind::kNumber};
    }
    if (call.text == "text") {
        return {fmt::format("regexp_replace(CAST({} AS VARCHAR), '\\.?0+$', '')", number(0)), Kind::kText};
    }
    if (call.text == "empty") {
        return {fmt::format("({} IS NULL)", compile(call.arguments[0]).sql), Kind::kFlag};
    }
    if (call.text == "date" || call.text == "unix_time") {
        return date(call);
    }
    if (call.text == "add_days" || call.text == "month_start" || call.text == "month_end") {
        return shifted_date(call);
    }
    if (call.text == "if" || call.text == "coalesce") {
        return choice(call);
    }
    if (call.text == "lookup") {
        return lookup(call);
    }
    return call.text == "json" ? json(call) : text_function(call);
}

ExpressionCompiler::Value ExpressionCompiler::text_function(const Expression& call) {
    std::vector<std::string> texts;
    const std::size_t count = call.text == "part" ? 2 : call.arguments.size();
    for (std::size_t i = 0; i < count; ++i) {
        texts.push_back(text_of(call.arguments[i]));
    }
    if (call.text == "part") {
        const auto n = whole_number(call.arguments[2], -100, 100);
        if (n && *n == 0) {
            return fail("mapping.wrong_type", "parts are counted from 1, or from the end from -1",
                        call.arguments[2].begin);
        }
        return {fmt::format("nullif(split_part({}, {}, {}), '')", texts[0], texts[1], n.value_or(1)), Kind::kText};
    }
    return {fmt::format("nullif({}({}), '')", call.text, fmt::join(texts, ", ")), Kind::kText};
}

/// if() and coalesce(): their branches are of one kind. A text beside a number or a time is read as one.
ExpressionCompiler::Value ExpressionCompiler::choice(const Expression& call) {
    const std::size_t first = call.text == "if" ? 1 : 0;
    std::vector<Value> branches;
    Kind kind = Kind::kNothing;
    for (std::size_t i = first; i < call.arguments.size(); ++i) {
        branches.push_back(compile(call.arguments[i]));
        if (kind == Kind::kNothing || (kind == Kind::kText && branches.back().kind != Kind::kNothing)) {
            kind = branches.back().kind;
        }
    }
    std::vector<std::string> values;
    for (std::size_t i = first; i < call.arguments.size(); ++i) {
        values.push_back(as(branches[i - first], kind, call.arguments[i]).sql);
    }
    if (call.text == "coalesce") {
        return {fmt::format("coalesce({})", fmt::join(values, ", ")), kind};
    }
    const std::string condition = compile_as(call.arguments[0], Kind::kFlag).sql;
    return {
        fmt::format("(CASE WHEN {} THEN {} ELSE {} END)", condition, values[0], values.size() > 1 ? values[1] : "NULL"),
        kind};
}

ExpressionCompiler::Value ExpressionCompiler::date(const Expression& call) {
    const Expression& of = call.arguments[0];
    if (call.text == "date" && call.arguments.size() == 1) {
        return compile_as(of, Kind::kInstant);
    }
    const Value text = compile_as(of, Kind::kText);
    std::string sql;
    std::string expected;
    if (call.text == "unix_time") {
        sql = fmt::format("try(make_timestamp(CAST({} AS BIGINT) * 1000000))", text.sql);
        expected = "seconds since 1970 are expected, such as 1730419200";
    } else {
        const Expression& format = call.arguments[1];
        if (format.kind != Expression::Kind::kText) {
            return fail("mapping.wrong_type", "a date's format is a text in quotes", format.begin);
        }
        if (const auto bad = bad_specifier(format.text)) {
            return fail("mapping.wrong_type",
                        fmt::format("`{}` is nothing a date's format has", format.text.substr(*bad, 2)),
                        format.begin + 1 + *bad);
        }
        sql = fmt::format("try_strptime({}, {})", text.sql, sql_text(format.text));
        expected = fmt::format("the mapping expects the form {}", format.text);
    }
    checks_.push_back({.is_bad = fmt::format("{} IS NOT NULL AND {} IS NULL", text.sql, sql),
                       .cell = text.sql,
                       .column = only_column(of),
                       .code = "bill.unreadable_instant",
                       .message = "not a point in time",
                       .remedy = std::move(expected)});
    return {std::move(sql), Kind::kInstant};
}

ExpressionCompiler::Value ExpressionCompiler::shifted_date(const Expression& call) {
    const std::string instant = compile_as(call.arguments[0], Kind::kInstant).sql;
    if (call.text == "add_days") {
        const auto days = whole_number(call.arguments[1], -36600, 36600);
        return {fmt::format("({} + INTERVAL ({}) DAY)", instant, days.value_or(0)), Kind::kInstant};
    }
    const std::string start = fmt::format("date_trunc('month', {})", instant);
    return {call.text == "month_start" ? start : fmt::format("({} + INTERVAL 1 MONTH)", start), Kind::kInstant};
}

ExpressionCompiler::Value ExpressionCompiler::lookup(const Expression& call) {
    const Expression& named = call.arguments.front();
    const auto table = std::ranges::find(scope_.tables, named.text, &LookupTable::name);
    if (named.kind != Expression::Kind::kColumn || table == scope_.tables.end()) {
        std::vector<std::string_view> names;
        std::ranges::transform(scope_.tables, std::back_inserter(names), &LookupTable::name);
        return fail("mapping.unknown_name",
                    with_suggestion(fmt::format("`lookups` has no table `{}`", named.text), named.text, names),
                    named.begin);
    }
    if (call.arguments.size() != table->keys.size() + 2) {
        return fail("mapping.wrong_type",
                    fmt::format("the table `{}` is looked up as lookup({}, {}, column)", table->name, table->name,
                                fmt::join(table->keys, ", ")),
                    call.begin);
    }
    const Expression& wanted = call.arguments.back();
    const auto value = std::ranges::find(table->values, wanted.text);
    if (wanted.kind != Expression::Kind::kColumn || value == table->values.end()) {
        return fail("mapping.unknown_name",
                    with_suggestion(fmt::format("the table `{}` has no column `{}`", table->name, wanted.text),
                                    wanted.text, {table->values.begin(), table->values.end()}),
                    wanted.begin);
    }
    std::string key;
    for (std::size_t i = 1; i + 1 < call.arguments.size(); ++i) {
        key += fmt::format("{}coalesce({}, '')", i == 1 ? "" : " || chr(31) || ", text_of(call.arguments[i]));
    }
    const auto place = static_cast<std::size_t>(value - table->values.begin());
    std::vector<std::string> keys;
    std::vector<std::string> values;
    for (const auto& [row_key, row] : table->rows) {
        if (!row[place].empty()) {
            keys.push_back(sql_text(row_key));
            values.push_back(sql_text(row[place]));
        }
    }
    if (keys.empty()) {
        return {"CAST(NULL AS VARCHAR)", Kind::kText};
    }
    return {fmt::format("map([{}], [{}])[{}]", fmt::join(keys, ", "), fmt::join(values, ", "), key), Kind::kText};
}

ExpressionCompiler::Value ExpressionCompiler::json(const Expression& call) {
    std::string names;
    std::string texts;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        const Expression& argument = call.arguments[i];
        std::string member = argument.text;
        if (argument.kind == Expression::Kind::kText && i + 1 < call.arguments.size()) {
            ++i;
        } else if (argument.kind != Expression::Kind::kColumn) {
            return fail("mapping.wrong_type", "json() takes columns, and names in quotes each followed by its value",
                        argument.begin);
        }
        if (member.find('\x1f') != std::string::npos || member.empty()) {
            return fail("mapping.wrong_type", "this cannot be a name in a JSON object", argument.begin);
        }
        names += (names.empty() ? "" : "\x1f") + member;
        texts += ", " + text_of(call.arguments[i]);
    }
    return {fmt::format("florin_text_object({}{})", sql_text(names), texts), Kind::kJson};
}

ExpressionCompiler::Value ExpressionCompiler::is(const Expression& expression) {
    const Value left = compile(expression.arguments[0]);
    const Value right = compile(expression.arguments[1]);
    const bool is_order = expression.text != "=" && expression.text != "!=";
    Kind kind = is_order ? Kind::kNumber : Kind::kText;
    for (const Value& side : {left, right}) {
        if (side.kind == Kind::kNumber || side.kind == Kind::kInstant) {
            kind = side.kind;
        }
    }
    const std::string a = as(left, kind, expression.arguments[0]).sql;
    const std::string b = as(right, kind, expression.arguments[1]).sql;
    if (!is_order) {
        return {fmt::format("({} IS {} {})", a, expression.text == "=" ? "NOT DISTINCT FROM" : "DISTINCT FROM", b),
                Kind::kFlag};
    }
    return {fmt::format("coalesce({} {} {}, false)", a, expression.text, b), Kind::kFlag};
}

ExpressionCompiler::Value ExpressionCompiler::compile_as(const Expression& expression, Kind kind) {
    return as(compile(expression), kind, expression);
}

ExpressionCompiler::Value ExpressionCompiler::as(Value value, Kind kind, const Expression& expression) {
    if (value.kind == kind || fault_) {
        return value;
    }
    if (value.kind == Kind::kText && kind == Kind::kNumber) {
        return to_number(value, expression);
    }
    if (value.kind == Kind::kText && kind == Kind::kInstant) {
        return to_instant(value, expression);
    }
    return fail("mapping.wrong_type", fmt::format("{} is expected here, and this is {}", name(kind), name(value.kind)),
                expression.begin);
}

ExpressionCompiler::Value ExpressionCompiler::to_number(const Value& value, const Expression& expression) {
    if (!value.column.empty()) {
        number_columns_.insert(value.column);
        return {displayed_number_sql(value.sql, false), Kind::kNumber, value.column};
    }
    const std::string number = fmt::format("florin_decimal_or_null({})", value.sql);
    checks_.push_back({.is_bad = fmt::format("{} IS NOT NULL AND {} IS NULL", value.sql, number),
                       .cell = value.sql,
                       .column = only_column(expression),
                       .code = "bill.unreadable_amount",
                       .message = "not a number",
                       .remedy = "expected a number such as -12.34 or 1.5E-7"});
    return {number, Kind::kNumber};
}

ExpressionCompiler::Value ExpressionCompiler::to_instant(const Value& value, const Expression& expression) {
    if (!value.column.empty()) {
        instant_columns_.insert(value.column);
        return {fmt::format("florin_instant({})", value.sql), Kind::kInstant, value.column};
    }
    const std::string instant = fmt::format("try(florin_instant({}))", value.sql);
    checks_.push_back({.is_bad = fmt::format("{} IS NOT NULL AND {} IS NULL", value.sql, instant),
                       .cell = value.sql,
                       .column = only_column(expression),
                       .code = "bill.unreadable_instant",
                       .message = "not a point in time",
                       .remedy = "expected 2024-09-18T22:00:00Z or the like"});
    return {instant, Kind::kInstant};
}

std::optional<long> ExpressionCompiler::whole_number(const Expression& expression, long least, long most) {
    long number = 0;
    const char* const end = expression.text.data() + expression.text.size();
    const auto read = std::from_chars(expression.text.data(), end, number);
    if (expression.kind != Expression::Kind::kNumber || read.ec != std::errc() || read.ptr != end || number < least ||
        number > most) {
        fail("mapping.wrong_type", fmt::format("a whole number from {} to {} is expected", least, most),
             expression.begin);
        return std::nullopt;
    }
    return number;
}

} // namespace florin::ingest::vendor_file
