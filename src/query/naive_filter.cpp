#include "query/naive_measure.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>

namespace florin::query::test {
namespace {

using money::Decimal;
using money::Quantity;
using period::Day;

Text first_of(const Charge& charge, const std::vector<std::string>& columns) {
    for (const std::string& column : columns) {
        if (auto value = charge.column(column)) {
            return value;
        }
    }
    return std::nullopt;
}

/// One comparable value: text as it is, numbers and days as integers.
struct Comparable {
    std::string text;
    cpp_int number;
    friend bool operator==(const Comparable&, const Comparable&) = default;
    friend bool operator<(const Comparable& a, const Comparable& b) {
        return a.number != b.number ? a.number < b.number : a.text < b.text;
    }
};

template <class Number>
std::optional<Comparable> comparable(const std::optional<Number>& value) {
    return value ? std::optional(Comparable{"", integer(value->units())}) : std::nullopt;
}

std::optional<Comparable> value_of(const Field& field, const Charge& charge, const Bill& bill) {
    if (field.kind != Field::Kind::kChargeValue) {
        const std::string prefix = field.kind == Field::Kind::kTag      ? "tag."
                                   : field.kind == Field::Kind::kCustom ? "x."
                                                                        : "";
        const Text text = text_of(prefix + (prefix == "x." ? field.name.substr(2) : field.name), charge);
        return text ? std::optional(Comparable{*text, 0}) : std::nullopt;
    }
    const auto days = [](Day day) { return std::optional(Comparable{"", day.time_since_epoch().count()}); };
    if (field.name == "billed_cost") {
        return comparable(charge.billed);
    }
    if (field.name == "effective_cost") {
        return comparable(charge.effective);
    }
    if (field.name == "contracted_cost") {
        return comparable(charge.contracted);
    }
    if (field.name == "consumed_quantity") {
        return comparable(charge.consumed);
    }
    if (field.name == "charge_period_start") {
        return days(charge.start);
    }
    if (field.name == "billing_period_start") {
        return days(bill.billing_start);
    }
    throw std::logic_error("no such field in tests: " + field.name);
}

Comparable literal(const Literal& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return {*text, 0};
    }
    if (const auto* amount = std::get_if<Decimal>(&value)) {
        return {"", integer(amount->units())};
    }
    if (const auto* quantity = std::get_if<Quantity>(&value)) {
        return {"", integer(quantity->units())};
    }
    return {"", std::get<Day>(value).time_since_epoch().count()};
}

bool matches(const std::string& text, std::size_t at, const std::string& pattern, std::size_t p) {
    if (p == pattern.size()) {
        return at == text.size();
    }
    if (pattern[p] == '%') {
        for (std::size_t skip = at; skip <= text.size(); ++skip) {
            if (matches(text, skip, pattern, p + 1)) {
                return true;
            }
        }
        return false;
    }
    if (at == text.size()) {
        return false;
    }
    if (pattern[p] == '_') {
        return matches(text, at + 1, pattern, p + 1);
    }
    const std::size_t literal_at = pattern[p] == '\\' ? p + 1 : p;
    return text[at] == pattern[literal_at] && matches(text, at + 1, pattern, literal_at + 1);
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

struct Passes {
    const Charge& charge;
    const Bill& bill;
    std::optional<Comparable> of(const Field& field) const { return value_of(field, charge, bill); }
    bool operator()(const Compare& node) const {
        const auto value = of(node.field);
        const Comparable other = literal(node.value);
        switch (node.op) {
        case Operator::kEqual: return value && *value == other;
        case Operator::kNotEqual: return !(value && *value == other);
        case Operator::kLess: return value && *value < other;
        case Operator::kLessOrEqual: return value && !(other < *value);
        case Operator::kGreater: return value && other < *value;
        case Operator::kGreaterOrEqual: return value && !(*value < other);
        }
        return false;
    }
    bool operator()(const In& node) const {
        const auto value = of(node.field);
        const bool found =
            value && std::ranges::any_of(node.values, [&](const Literal& each) { return literal(each) == *value; });
        return found != node.negated;
    }
    bool operator()(const Like& node) const {
        const auto value = of(node.field);
        const bool found = value && (node.ignore_case ? matches(lower(value->text), 0, lower(node.pattern), 0)
                                                      : matches(value->text, 0, node.pattern, 0));
        return found != node.negated;
    }
    bool operator()(const IsNull& node) const { return !of(node.field) != node.negated; }
    bool operator()(const Between& node) const {
        const auto value = of(node.field);
        const bool inside = value && !(*value < literal(node.low)) && !(literal(node.high) < *value);
        return inside != node.negated;
    }
    bool operator()(const Not& node) const { return !passes(node.operand.front(), charge, bill); }
    bool operator()(const And& node) const {
        return std::ranges::all_of(node.operands, [&](const Filter& each) { return passes(each, charge, bill); });
    }
    bool operator()(const Or& node) const {
        return std::ranges::any_of(node.operands, [&](const Filter& each) { return passes(each, charge, bill); });
    }
};

} // namespace

Text text_of(const std::string& name, const Charge& charge) {
    static const std::map<std::string, std::vector<std::string>> kColumns = {
        {"service_name", {"ServiceName"}},
        {"service", {"ServiceName"}},
        {"region", {"RegionId"}},
        {"region_id", {"RegionId"}},
        {"charge_category", {"ChargeCategory"}},
        {"resource_id", {"ResourceId"}},
        {"charge_description", {"ChargeDescription"}},
        {"account", {"SubAccountName", "SubAccountId", "BillingAccountId"}},
        {"provider", {"ServiceProviderName", "ProviderName"}},
        {"commitment_discount_status", {"CommitmentDiscountStatus"}},
        {"consumed_unit", {"ConsumedUnit"}},
        {"commitment_discount_unit", {"CommitmentDiscountUnit"}},
        {"pricing_unit", {"PricingUnit"}}};
    const auto in_map = [](const std::map<std::string, std::string>& map, const std::string& key) {
        const auto found = map.find(key);
        return found == map.end() ? Text() : Text(found->second);
    };
    if (name.starts_with("tag.")) {
        return in_map(charge.tags, name.substr(4));
    }
    if (name.starts_with("x.")) {
        return in_map(charge.custom, "x_" + name.substr(2));
    }
    return first_of(charge, kColumns.at(name));
}

bool passes(const Filter& filter, const Charge& charge, const Bill& bill) {
    return std::visit(Passes{charge, bill}, filter.node);
}

} // namespace florin::query::test
