#include "ingest/vendor_file/mapping_file.hpp"

#include "base/sha256.hpp"
#include "engine/engine.hpp"
#include "ingest/vendor_file/focus_constants.hpp"
#include "money/decimal.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>

namespace florin::ingest::vendor_file {
namespace {

using engine::sql_text;

constexpr std::size_t kColumnsMax = 2000;
constexpr int kPlacesMax = 12;

bool holds(const std::vector<std::string>& texts, std::string_view text) {
    return std::ranges::find(texts, text) != texts.end();
}

class MappingReader {
public:
    MappingReader(const std::string& name, const MappingText& text, const base::Path& folder)
        : text_(text), root_(text.root()), folder_(folder) {
        mapping_.name = name;
    }

    base::Result<VendorMapping> read();

private:
    base::Result<void> read_head();
    base::Result<void> read_columns();
    base::Result<void> read_lookups();
    base::Result<void> read_pivot();
    base::Result<void> read_amount();
    base::Result<void> read_product(const YAML::Node& amount);
    base::Result<void> read_price(const Expression& price, const YAML::Node& node);
    base::Result<void> read_constants();
    base::Result<void> read_map();
    base::Result<void> read_entry(const YAML::Node& key, const YAML::Node& value);
    base::Result<void> read_currency(const Expression& expression, const YAML::Node& node);
    base::Result<void> complete();

    base::Result<Expression> expression(const YAML::Node& node) const;
    base::Result<void> check_fault(const ExpressionCompiler& compiler, const YAML::Node& node) const;
    base::Result<void> take_needs(const ExpressionCompiler& compiler, const YAML::Node& node);
    base::Result<void> known_column(const std::string& column, const YAML::Node& node) const;
    void remember_plain(const std::string& focus_column, const std::string& column);

    const MappingText& text_;
    const YAML::Node& root_;
    const base::Path& folder_;
    VendorMapping mapping_;
    ExpressionScope scope_;
    std::map<std::string, YAML::Node> given_; ///< columns of FOCUS, and where they are given
    std::string digested_;
};

base::Result<VendorMapping> MappingReader::read() {
    FLORIN_TRY(read_head());
    FLORIN_TRY(read_columns());
    FLORIN_TRY(read_lookups());
    FLORIN_TRY(read_pivot());
    FLORIN_TRY(read_amount());
    FLORIN_TRY(read_constants());
    FLORIN_TRY(read_map());
    FLORIN_TRY(complete());
    mapping_.digest = base::sha256(text_.text() + digested_).substr(0, 16);
    return std::move(mapping_);
}

base::Result<void> MappingReader::read_head() {
    FLORIN_TRY(text_.check_keys(root_, {"kind", "title", "document", "read", "mode", "files", "columns",
                                        "optional_columns", "lookups", "pivot", "amount", "constants", "map"}));
    FLORIN_TRY_ASSIGN(mapping_.title, text_.scalar(root_, "title"));
    if (mapping_.title.empty()) {
        mapping_.title = mapping_.name;
    }
    FLORIN_TRY_ASSIGN(mapping_.document, text_.scalar(root_, "document"));
    FLORIN_TRY_ASSIGN(mapping_.read, text_.scalar(root_, "read"));
    FLORIN_TRY_ASSIGN(mapping_.files, text_.scalar(root_, "files"));
    FLORIN_TRY_ASSIGN(const std::string mode, text_.scalar(root_, "mode"));
    if (mode == lake::name(lake::Mode::kAppend)) {
        mapping_.mode = lake::Mode::kAppend;
    } else if (!mode.empty() && mode != lake::name(lake::Mode::kSnapshot)) {
        return text_.error("mapping.unknown_value",
                           with_suggestion("`mode` is snapshot or append", mode, {"snapshot", "append"}),
                           root_["mode"]);
    }
    return {};
}

base::Result<void> MappingReader::read_columns() {
    FLORIN_TRY_ASSIGN(mapping_.columns, text_.scalars(root_, "columns"));
    FLORIN_TRY_ASSIGN(mapping_.optional_columns, text_.scalars(root_, "optional_columns"));
    if (mapping_.columns.empty()) {
        return text_.error("mapping.missing", "`columns` lists what the file's header must have, and is missing",
                           root_);
    }
    for (const auto* columns : {&mapping_.columns, &mapping_.optional_columns}) {
        for (const std::string& column : *columns) {
            if (holds(scope_.columns, column)) {
                return text_.error("mapping.syntax", fmt::format("the column `{}` is listed twice", column),
                                   root_["columns"]);
            }
            scope_.columns.push_back(column);
        }
    }
    if (scope_.columns.size() > kColumnsMax) {
        return text_.error("mapping.too_large", fmt::format("a mapping names at most {} columns", kColumnsMax),
                           root_["columns"]);
    }
    return {};
}

base::Result<void> MappingReader::read_lookups() {
    FLORIN_TRY_ASSIGN(const auto tables, text_.entries(root_, "lookups"));
    for (const auto& [key, node] : tables) {
        FLORIN_TRY(text_.check_keys(node, {"file", "key"}));
        FLORIN_TRY_ASSIGN(const std::string file, text_.scalar(node, "file"));
        FLORIN_TRY_ASSIGN(const std::vector<std::string> keys, text_.scalars(node, "key"));
        if (file.empty() || keys.empty()) {
            return text_.error("mapping.missing", "a table has a `file` and a `key`: the columns it is looked up by",
                               node);
        }
        if (file.find('/') != std::string::npos || file.starts_with('.')) {
            return text_.error("mapping.wrong_type", "a table is a file beside the mapping: its name alone",
                               node["file"]);
        }
        FLORIN_TRY_ASSIGN(LookupTable table, read_lookup_table(key.as<std::string>(), folder_ / file, keys));
        digested_ += table.sha256;
        scope_.tables.push_back(std::move(table));
    }
    return {};
}

base::Result<void> MappingReader::known_column(const std::string& column, const YAML::Node& node) const {
    if (holds(scope_.columns, column)) {
        return {};
    }
    return text_.error("mapping.unknown_name",
                       with_suggestion(fmt::format("`columns` has no `{}`", column), column,
                                       {scope_.columns.begin(), scope_.columns.end()}),
                       node);
}

base::Result<void> MappingReader::read_pivot() {
    const YAML::Node node = root_["pivot"];
    if (!node) {
        return {};
    }
    FLORIN_TRY(text_.check_keys(node, {"name", "value", "columns"}));
    Pivot pivot;
    FLORIN_TRY_ASSIGN(pivot.name_column, text_.scalar(node, "name"));
    FLORIN_TRY_ASSIGN(pivot.value_column, text_.scalar(node, "value"));
    if (node["columns"] && node["columns"].IsMap()) {
        FLORIN_TRY_ASSIGN(const auto entries, text_.entries(node, "columns"));
        for (const auto& [key, value] : entries) {
            FLORIN_TRY(known_column(key.as<std::string>(), key));
            if (!value.IsScalar()) {
                return text_.error("mapping.wrong_type", "a column of the pivot is called by a text", value);
            }
            pivot.columns.emplace_back(key.as<std::string>(), value.as<std::string>());
        }
    } else {
        FLORIN_TRY_ASSIGN(const std::vector<std::string> columns, text_.scalars(node, "columns"));
        for (const std::string& column : columns) {
            FLORIN_TRY(known_column(column, node["columns"]));
            pivot.columns.emplace_back(column, column);
        }
    }
    if (pivot.name_column.empty() || pivot.value_column.empty() || pivot.columns.empty()) {
        return text_.error("mapping.missing",
                           "a pivot has `columns` that become rows, and what to call their `name` and their `value`",
                           node);
    }
    for (const std::string& column : {pivot.name_column, pivot.value_column}) {
        if (holds(scope_.columns, column)) {
            return text_.error("mapping.syntax", fmt::format("the file has a column `{}` already", column), node);
        }
        scope_.columns.push_back(column);
    }
    mapping_.pivot = std::move(pivot);
    return {};
}

base::Result<Expression> MappingReader::expression(const YAML::Node& node) const {
    if (!node.IsScalar() || node.as<std::string>().empty()) {
        return text_.error("mapping.wrong_type", "an expression is a text", node);
    }
    auto text = node.as<std::string>();
    if (holds(scope_.columns, text)) { // whatever signs are in its name
        const std::size_t end = text.size();
        return Expression{.text = std::move(text), .arguments = {}, .begin = 0, .end = end};
    }
    ParsedExpression parsed = parse_expression(text);
    if (!parsed.faults.empty()) {
        const ExpressionFault& fault = parsed.faults.front();
        return text_.error(fault.code, fault.message, node, fault.at);
    }
    return std::move(parsed.expression);
}

base::Result<void> MappingReader::check_fault(const ExpressionCompiler& compiler, const YAML::Node& node) const {
    if (compiler.fault()) {
        return text_.error(compiler.fault()->code, compiler.fault()->message, node, compiler.fault()->at);
    }
    return {};
}

base::Result<void> MappingReader::take_needs(const ExpressionCompiler& compiler, const YAML::Node& node) {
    FLORIN_TRY(check_fault(compiler, node));
    mapping_.checks.insert(mapping_.checks.end(), compiler.checks().begin(), compiler.checks().end());
    const auto add = [this](const std::set<std::string>& from, std::vector<std::string>& to) {
        for (const std::string& column : from) {
            if (mapping_.pivot && column == mapping_.pivot->value_column) {
                continue; // its cells are those of the columns it is made of, which are read as quantities
            }
            if (!holds(to, column)) {
                to.push_back(column);
            }
        }
    };
    add(compiler.number_columns(), mapping_.number_columns);
    add(compiler.instant_columns(), mapping_.instant_columns);
    return {};
}

base::Result<void> MappingReader::read_amount() {
    const YAML::Node node = root_["amount"];
    if (!node) {
        return text_.error("mapping.missing",
                           "`amount` says what a row costs, and is missing: a column, a list of columns, or a `price` "
                           "and a `quantity`",
                           root_);
    }
    if (node.IsMap()) {
        return read_product(node);
    }
    FLORIN_TRY_ASSIGN(mapping_.amount.columns, text_.scalars(root_, "amount"));
    if (mapping_.pivot) {
        return text_.error("mapping.wrong_type", "with a pivot, an amount is a `price` and a `quantity`", node);
    }
    for (const std::string& column : mapping_.amount.columns) {
        FLORIN_TRY(known_column(column, node));
        scope_.amount += fmt::format("{}coalesce({}, 0)", scope_.amount.empty() ? "" : " + ",
                                     displayed_number_sql("s." + engine::sql_name(column), false));
    }
    if (mapping_.amount.columns.empty()) {
        return text_.error("mapping.missing", "`amount` names no column", node);
    }
    if (mapping_.amount.columns.size() == 1) {
        mapping_.used_columns = mapping_.amount.columns;
    }
    return {};
}

base::Result<void> MappingReader::read_product(const YAML::Node& amount) {
    FLORIN_TRY(text_.check_keys(amount, {"price", "quantity", "per"}));
    FLORIN_TRY_ASSIGN(mapping_.amount.quantity, text_.scalar(amount, "quantity"));
    const YAML::Node price = amount["price"];
    if (!price || mapping_.amount.quantity.empty()) {
        return text_.error("mapping.missing", "an amount has a `price` and a `quantity`", amount);
    }
    FLORIN_TRY(known_column(mapping_.amount.quantity, amount["quantity"]));
    if (mapping_.pivot && mapping_.amount.quantity != mapping_.pivot->value_column) {
        return text_.error("mapping.wrong_type",
                           fmt::format("with a pivot, the quantity is its value, `{}`", mapping_.pivot->value_column),
                           amount["quantity"]);
    }
    FLORIN_TRY_ASSIGN(const std::string per, text_.scalar(amount, "per"));
    std::string power = "1";
    while (power != per && !per.empty() && ++mapping_.amount.price.places <= kPlacesMax) {
        power += '0';
    }
    if (mapping_.amount.price.places > kPlacesMax) {
        return text_.error("mapping.wrong_type",
                           "`per` is how many units the price is for: 1, 10, 100, … so that the product stays exact",
                           amount["per"]);
    }
    FLORIN_TRY_ASSIGN(const Expression price_expression, expression(price));
    FLORIN_TRY(read_price(price_expression, price));
    ExpressionCompiler compiler(scope_);
    const focus::Column number{.name = "price", .type = focus::ColumnType::kDecimal};
    const std::string price_sql = compiler.value_of(price_expression, number);
    FLORIN_TRY(take_needs(compiler, price));
    scope_.amount = fmt::format("coalesce(florin_share({}, {}, florin_decimal('{}')), 0)", price_sql,
                                displayed_number_sql("s." + engine::sql_name(mapping_.amount.quantity), false), power);
    return {};
}

/// What the second reader can work out by itself: a number, a column, or a look-up by columns and texts.
base::Result<void> MappingReader::read_price(const Expression& price, const YAML::Node& node) {
    SurveyedPrice& out = mapping_.amount.price;
    switch (price.kind) {
    case Expression::Kind::kNumber: out.number = price.text; return {};
    case Expression::Kind::kColumn: out.column = price.text; return {};
    default: break;
    }
    const bool is_lookup =
        price.kind == Expression::Kind::kCall && price.text == "lookup" && price.arguments.size() > 2;
    if (!is_lookup) {
        return text_.error("mapping.wrong_type",
                           "a price is a number, a column, or lookup(table, key, …, column): it is worked out twice, "
                           "by two readers",
                           node, price.begin);
    }
    ExpressionCompiler compiler(scope_); // finds the table and its column, or says why not
    compiler.text_of(price);
    FLORIN_TRY(check_fault(compiler, node));
    const auto table = std::ranges::find(scope_.tables, price.arguments.front().text, &LookupTable::name);
    const auto column = std::ranges::find(table->values, price.arguments.back().text);
    for (std::size_t i = 1; i + 1 < price.arguments.size(); ++i) {
        const Expression& key = price.arguments[i];
        if (key.kind != Expression::Kind::kColumn && key.kind != Expression::Kind::kText) {
            return text_.error("mapping.wrong_type", "a price is looked up by columns and texts in quotes", node,
                               key.begin);
        }
        const bool is_column = key.kind == Expression::Kind::kColumn;
        out.keys.push_back({.column = is_column ? key.text : "", .text = is_column ? "" : key.text});
    }
    out.table = table->name;
    for (const auto& [row_key, row] : table->rows) {
        const std::string& text = row[static_cast<std::size_t>(column - table->values.begin())];
        if (!text.empty() && !money::Decimal::parse_rounded(text, money::Rounding::kHalfEven).ok()) {
            return text_.error("mapping.wrong_type",
                               fmt::format("the table `{}` has a price that is no number: {}", table->name, text),
                               node);
        }
        out.prices.emplace(row_key, text);
    }
    return {};
}

base::Result<void> MappingReader::read_constants() {
    FLORIN_TRY_ASSIGN(const auto entries, text_.entries(root_, "constants"));
    for (const auto& [key, node] : entries) {
        const auto name = key.as<std::string>();
        FLORIN_TRY_ASSIGN(const Constant constant, read_constant(text_, key, node));
        if (name == "BilledCost") {
            return text_.error("mapping.wrong_type", "`amount` says what a row costs", key);
        }
        given_.emplace(name, key);
        if (name == "BillingCurrency") {
            mapping_.currency = constant.text;
        }
        (name.starts_with("x_") ? mapping_.custom_columns : mapping_.focus_columns).emplace_back(name, constant.sql);
    }
    return {};
}

base::Result<void> MappingReader::read_currency(const Expression& expression, const YAML::Node& node) {
    const bool is_upper = expression.kind == Expression::Kind::kCall && expression.text == "upper" &&
                          expression.arguments.size() == 1 && expression.arguments[0].kind == Expression::Kind::kColumn;
    if (!is_upper && expression.kind != Expression::Kind::kColumn) {
        return text_.error("mapping.wrong_type", "the currency is a constant, a column or upper(column)", node);
    }
    mapping_.currency_in_capitals = is_upper;
    mapping_.currency_column = is_upper ? expression.arguments[0].text : expression.text;
    return {};
}

void MappingReader::remember_plain(const std::string& focus_column, const std::string& column) {
    mapping_.used_columns.push_back(column);
    if (focus_column == "BillingAccountId") {
        mapping_.account_column = column;
    } else if (focus_column == "SubAccountId") {
        mapping_.sub_account_column = column;
    } else if (focus_column == "ServiceName") {
        mapping_.service_column = column;
    } else if (focus_column == "ChargeCategory" || focus_column == "ChargeDescription") {
        mapping_.category_column = column;
    }
}

base::Result<void> MappingReader::read_entry(const YAML::Node& key, const YAML::Node& value) {
    const auto name = key.as<std::string>("");
    if (!given_.emplace(name, key).second) {
        return text_.error("mapping.syntax", fmt::format("`{}` is a constant already", name), key);
    }
    FLORIN_TRY_ASSIGN(const Expression parsed, expression(value));
    ExpressionCompiler compiler(scope_);
    if (name.starts_with("x_")) {
        FLORIN_TRY(check_custom_name(text_, key));
        mapping_.custom_columns.emplace_back(name, compiler.text_of(parsed));
        return take_needs(compiler, value);
    }
    FLORIN_TRY_ASSIGN(const focus::Column* column, focus_column(text_, key));
    if (name == "BilledCost") {
        return text_.error("mapping.wrong_type", "`amount` says what a row costs", key);
    }
    mapping_.focus_columns.emplace_back(name, compiler.value_of(parsed, *column));
    FLORIN_TRY(take_needs(compiler, value));
    if (name == "BillingCurrency") {
        FLORIN_TRY(read_currency(parsed, value));
    }
    const bool is_pivot =
        mapping_.pivot && (parsed.text == mapping_.pivot->name_column || parsed.text == mapping_.pivot->value_column);
    if (parsed.kind == Expression::Kind::kColumn && !is_pivot) {
        remember_plain(name, parsed.text);
    }
    return {};
}

base::Result<void> MappingReader::read_map() {
    FLORIN_TRY_ASSIGN(const auto entries, text_.entries(root_, "map"));
    for (const auto& [key, value] : entries) {
        FLORIN_TRY(read_entry(key, value));
    }
    return {};
}

/// What a charge cannot be without.
base::Result<void> MappingReader::complete() {
    for (const std::string needed : {"BillingAccountId", "BillingCurrency", "ChargePeriodStart"}) {
        if (!given_.contains(needed)) {
            return text_.error(
                "mapping.missing",
                fmt::format("nothing gives {}, which every charge has: add it to `map` or `constants`", needed),
                root_["map"] ? root_["map"] : root_);
        }
    }
    if (given_.contains("BillingPeriodStart") != given_.contains("BillingPeriodEnd")) {
        const std::string alone = given_.contains("BillingPeriodStart") ? "BillingPeriodStart" : "BillingPeriodEnd";
        return text_.error("mapping.missing",
                           "BillingPeriodStart and BillingPeriodEnd come together; without both it is the month of "
                           "ChargePeriodStart",
                           given_.at(alone));
    }
    if (!given_.contains("BillingPeriodStart")) {
        const auto start =
            std::ranges::find(mapping_.focus_columns, "ChargePeriodStart", &std::pair<std::string, std::string>::first);
        const std::string month = fmt::format("date_trunc('month', {})", start->second);
        mapping_.focus_columns.emplace_back("BillingPeriodStart", month);
        mapping_.focus_columns.emplace_back("BillingPeriodEnd", fmt::format("({} + INTERVAL 1 MONTH)", month));
    }
    mapping_.focus_columns.emplace_back("BilledCost", scope_.amount);
    return {};
}

} // namespace

base::Result<VendorMapping> parse_mapping(const std::string& name, const MappingText& text, const base::Path& folder) {
    return MappingReader(name, text, folder).read();
}

} // namespace florin::ingest::vendor_file
