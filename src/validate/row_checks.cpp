#include "validate/row_checks.hpp"

#include "base/check.hpp"
#include "validate/formats.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::validate {
namespace {

using engine::sql_name;
using engine::sql_text;

/// Between a subcategory and a category that are looked at together.
constexpr std::string_view kPairSeparator = "\x1F";

bool is_service_subcategory(std::string_view text) {
    return !focus::parent_category(text).empty();
}

bool is_service_pair(std::string_view text) {
    const std::size_t at = text.find(kPairSeparator);
    const std::string_view parent = focus::parent_category(text.substr(0, at));
    return parent.empty() || parent == text.substr(at + 1); // an unknown one is for the allowed values
}

std::vector<std::string> words(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string in_list(const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values) {
        list += (list.empty() ? "" : ", ") + sql_text(value);
    }
    return "(" + list + ")";
}

void add_column(std::vector<std::string>& columns, const std::string& column, const Bill& bill) {
    if (bill.has(column) && std::ranges::find(columns, column) == columns.end()) {
        columns.push_back(column);
    }
}

std::string missing(const std::string& column) {
    return fmt::format("no column {} in the file", column);
}

/// Makes one check; the rule's column is there.
class Maker {
public:
    Maker(const Rule& rule, const std::string& column, const Bill& bill, Derived& derived, std::string when)
        : rule_(rule), bill_(bill), derived_(derived), column_(column), x_(sql_name(column)), when_(std::move(when)) {}

    std::variant<RowCheck, std::string> make();

private:
    std::string decimal(const std::string& column) {
        return derived_.name_of(fmt::format("florin_decimal_or_null({})", sql_name(column)));
    }
    std::string instant(const std::string& column) {
        return derived_.name_of(fmt::format("TRY_CAST({} AS TIMESTAMP)", sql_name(column)));
    }
    /// Of rows where the condition holds and the cell has a value.
    RowCheck of_values(const std::string& violation) const {
        const std::string scope = fmt::format("({} AND {} IS NOT NULL)", when_, x_);
        return {.scope = scope, .violation = fmt::format("({} AND {})", scope, violation)};
    }
    RowCheck of_function(std::string_view function) const { return of_values(fmt::format("NOT {}({})", function, x_)); }
    /// Of rows where the condition holds.
    RowCheck of_rows(const std::string& violation) const {
        return {.scope = when_, .violation = fmt::format("({} AND {})", when_, violation)};
    }
    /// Of rows where the condition holds and the values, which may be NULL, are there.
    RowCheck of_derived(const std::vector<std::string>& values, const std::string& violation) const {
        std::string scope = "(" + when_;
        for (const std::string& value : values) {
            scope += fmt::format(" AND {} IS NOT NULL", value);
        }
        scope += ")";
        return {.scope = scope, .violation = fmt::format("({} AND ({}))", scope, violation)};
    }
    RowCheck type() const;
    RowCheck placeholder() const;
    RowCheck allowed() const;
    std::variant<RowCheck, std::string> beside_other();
    std::variant<RowCheck, std::string> product();
    std::variant<RowCheck, std::string> suspect_zero();
    std::variant<RowCheck, std::string> simple();

    const Rule& rule_;
    const Bill& bill_;
    Derived& derived_;
    std::string column_;
    std::string x_;
    std::string when_;
};

RowCheck Maker::type() const {
    const focus::Column* column = focus::find_column(focus::Dataset::kCostAndUsage, column_);
    FLORIN_CHECK(column != nullptr, column_);
    switch (column->type) {
    case focus::ColumnType::kDecimal: return of_function("florin_is_readable_number");
    case focus::ColumnType::kInstant: return of_function("florin_is_readable_instant");
    case focus::ColumnType::kJson: return of_function("florin_is_object");
    case focus::ColumnType::kString: break;
    }
    return of_values(bill_.typed_otherwise.contains(column_) ? "true" : "false");
}

RowCheck Maker::placeholder() const {
    const std::string written = bill_.as_written(column_);
    const std::string name = sql_name(written);
    return {.scope = fmt::format("({} IS NOT NULL)", name),
            .violation = fmt::format("({0} IS NOT NULL AND florin_is_placeholder({0}))", name),
            .rounding = {},
            .columns = {written}};
}

RowCheck Maker::allowed() const {
    const focus::Column* column = focus::find_column(focus::Dataset::kCostAndUsage, column_);
    FLORIN_CHECK(column != nullptr && !column->allowed_values.empty(), column_);
    if (column_ == "ServiceSubcategory") {
        return of_function("florin_is_service_subcategory");
    }
    return of_values(fmt::format("{} NOT IN {}", x_, in_list(column->allowed_values)));
}

std::variant<RowCheck, std::string> Maker::beside_other() {
    const std::string& other = rule_.parameter;
    if (!bill_.has(other)) {
        return missing(other);
    }
    const std::string y = sql_name(other);
    switch (rule_.check) {
    case Check::kSame: return of_rows(fmt::format("{} IS DISTINCT FROM {}", x_, y));
    case Check::kNotSame: return of_values(fmt::format("coalesce({} = {}, false)", x_, y));
    case Check::kParent:
        return of_values(fmt::format("coalesce(NOT florin_is_service_pair({} || chr(31) || {}), false)", x_, y));
    case Check::kBefore: {
        const std::string start = instant(column_);
        const std::string end = instant(other);
        return of_derived({start, end}, fmt::format("{} >= {}", start, end));
    }
    case Check::kExclusiveEnd: {
        const std::string end = instant(column_);
        const std::string start = instant(other);
        return of_derived({start, end},
                          fmt::format("{0} <= {1} OR (second({0}) = 59 AND minute({0}) = 59)", end, start));
    }
    default: break;
    }
    const std::string a = decimal(column_);
    const std::string b = decimal(other);
    const std::string differ = fmt::format("{} <> {}", a, b);
    return of_derived({a, b}, rule_.check == Check::kEqual ? differ : fmt::format("{} AND {} <> 0", differ, a));
}

std::variant<RowCheck, std::string> Maker::product() {
    std::string scope;
    std::string differs;
    std::string rounded;
    RowCheck check;
    for (const std::string& triple : words(rule_.parameter, '|')) {
        const std::vector<std::string> names = words(triple, ' ');
        if (!std::ranges::all_of(names, [&](const std::string& name) { return bill_.has(name); })) {
            continue;
        }
        const std::string match =
            derived_.name_of(fmt::format("florin_product({}, {}, {}, {})", sql_name(names[0]), sql_name(names[1]),
                                         sql_name(names[2]), sql_name("BillingCurrency")));
        const std::string_view either = scope.empty() ? "" : " OR ";
        scope += fmt::format("{}{} IS NOT NULL", either, match);
        differs += fmt::format("{}coalesce({} = 2, false)", either, match);
        rounded += fmt::format("{}coalesce({} = 1, false)", either, match);
        for (const std::string& name : names) {
            add_column(check.columns, name, bill_);
        }
    }
    if (scope.empty()) {
        return std::string("no price, quantity and cost in the file");
    }
    check.scope = fmt::format("({} AND ({}))", when_, scope);
    check.violation = fmt::format("({} AND ({}))", when_, differs);
    check.rounding = fmt::format("({} AND ({}) AND NOT ({}))", when_, rounded, differs);
    return check;
}

std::variant<RowCheck, std::string> Maker::suspect_zero() {
    const std::vector<std::string> names = words(rule_.parameter, ' ');
    for (const std::string& name : names) {
        if (!bill_.has(name)) {
            return missing(name);
        }
    }
    RowCheck check =
        of_derived({sql_name(names[0]), sql_name(names[1]), decimal(column_)},
                   fmt::format("{} <> {} AND {} <> 0", sql_name(names[0]), sql_name(names[1]), decimal(column_)));
    check.columns = names;
    return check;
}

std::variant<RowCheck, std::string> Maker::simple() {
    switch (rule_.check) {
    case Check::kType: return type();
    case Check::kString: return of_values(fmt::format("contains({}, chr(65533))", x_));
    case Check::kNumber: return of_function("florin_is_number");
    case Check::kDateTime: return of_function("florin_is_instant");
    case Check::kUnit: return of_function("florin_is_unit");
    case Check::kCurrency: return of_function("florin_is_currency");
    case Check::kVirtualCurrency: return of_function("florin_is_currency_or_virtual");
    case Check::kKeyValue: return of_function("florin_is_key_value");
    case Check::kJsonObject: return of_function("florin_is_json_object");
    case Check::kPriceKeysPascal: return of_function("florin_has_pascal_keys");
    case Check::kPriceKeysKnown: return of_function("florin_has_known_keys");
    case Check::kPriceKeysCase: return of_function("florin_has_keys_as_written");
    case Check::kPlaceholder: return placeholder();
    case Check::kNotNull: return of_rows(x_ + " IS NULL");
    case Check::kNull: return of_rows(x_ + " IS NOT NULL");
    case Check::kAllowed: return allowed();
    case Check::kValue:
        return of_rows(fmt::format("({0} IS NULL OR {0} NOT IN {1})", x_, in_list(words(rule_.parameter, '|'))));
    case Check::kNotValue: return of_values(fmt::format("{} IN {}", x_, in_list(words(rule_.parameter, '|'))));
    case Check::kNonNegative: return of_derived({decimal(column_)}, decimal(column_) + " < 0");
    default: return of_derived({decimal(column_)}, decimal(column_) + " <> 0");
    }
}

std::variant<RowCheck, std::string> Maker::make() {
    switch (rule_.check) {
    case Check::kSame:
    case Check::kNotSame:
    case Check::kParent:
    case Check::kBefore:
    case Check::kExclusiveEnd:
    case Check::kEqual:
    case Check::kZeroOrEqual: return beside_other();
    case Check::kProduct: return product();
    case Check::kSuspectZero: return suspect_zero();
    default: return simple();
    }
}

} // namespace

std::string Derived::name_of(const std::string& sql) {
    const auto [at, added] = names_.try_emplace(sql, fmt::format("florin_d{}", names_.size()));
    return at->second;
}

std::string Derived::select_list() const {
    std::string list;
    for (const auto& [sql, name] : names_) {
        list += fmt::format(", {} AS {}", sql, name);
    }
    return list;
}

bool is_row_check(Check check) {
    return check >= Check::kType && check <= Check::kSuspectZero;
}

std::variant<Condition, std::string> condition_on(const Condition& condition, const Bill& bill) {
    Condition usable;
    std::string reason;
    for (const auto& terms : condition.any_of) {
        std::vector<Term> kept;
        bool holds_never = false;
        for (const Term& term : terms) {
            if (bill.has(term.column)) {
                kept.push_back(term);
            } else if (term.kind != Term::Kind::kIsNoneOf) {
                holds_never = true;
                reason = missing(term.column);
            }
        }
        if (!holds_never && kept.empty()) {
            return Condition{};
        }
        if (!holds_never) {
            usable.any_of.push_back(std::move(kept));
        }
    }
    if (usable.any_of.empty() && !condition.is_always()) {
        return reason;
    }
    return usable;
}

std::variant<RowCheck, std::string> row_check(const Rule& rule, const std::string& column, const Bill& bill,
                                              Derived& derived) {
    if (!bill.has(column)) {
        return missing(column);
    }
    auto condition = condition_on(rule.when, bill);
    if (const auto* reason = std::get_if<std::string>(&condition)) {
        return *reason;
    }
    const Condition& when = std::get<Condition>(condition);
    auto made = Maker(rule, column, bill, derived, to_sql(when)).make();
    if (auto* check = std::get_if<RowCheck>(&made)) {
        std::vector<std::string> columns = std::move(check->columns);
        check->columns.clear();
        if (rule.check == Check::kPlaceholder) {
            check->columns = std::move(columns);
            return made;
        }
        add_column(check->columns, column, bill);
        for (const std::string& name : columns) {
            add_column(check->columns, name, bill);
        }
        add_column(check->columns, rule.parameter, bill);
        for (const auto& terms : when.any_of) {
            for (const Term& term : terms) {
                add_column(check->columns, term.column, bill);
            }
        }
    }
    return made;
}

std::string with_derived(const Bill& bill, const Derived& derived) {
    std::string absent;
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        if (!bill.has(column.name)) {
            absent += fmt::format(", CAST(NULL AS VARCHAR) AS {}", sql_name(column.name));
        }
    }
    return fmt::format("(SELECT *{} FROM (SELECT *{} FROM {}))", derived.select_list(), absent, bill.relation);
}

bool is_overflow(const base::Error& error) {
    return error.code == "engine.sql" && error.message.find("Overflow in HUGEINT addition") != std::string::npos;
}

base::Result<void> add_predicates(engine::Engine& engine) {
    const std::pair<const char*, bool (*)(std::string_view)> predicates[] = {
        {"florin_is_readable_number", &is_readable_number},
        {"florin_is_readable_instant", &is_readable_instant},
        {"florin_is_object", &is_any_json_object},
        {"florin_is_number", &is_number_format},
        {"florin_is_instant", &is_instant_format},
        {"florin_is_unit", &is_unit_format},
        {"florin_is_currency", &is_currency},
        {"florin_is_currency_or_virtual", &is_currency_or_virtual},
        {"florin_is_key_value", &is_key_value},
        {"florin_is_json_object", &is_json_object},
        {"florin_is_placeholder", &is_placeholder},
        {"florin_is_service_subcategory", &is_service_subcategory},
        {"florin_is_service_pair", &is_service_pair},
        {"florin_has_pascal_keys", &has_pascal_keys},
        {"florin_has_known_keys", &has_known_keys},
        {"florin_has_keys_as_written", &has_keys_as_written},
    };
    for (const auto& [name, holds] : predicates) {
        FLORIN_TRY(engine.add_predicate(name, holds));
    }
    return {};
}

} // namespace florin::validate
