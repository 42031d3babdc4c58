#include "query/naive_answer.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace florin::query::test {
namespace {

using boost::multiprecision::cpp_int;
using engine::Value;
using money::Decimal;
using money::Quantity;
using period::Day;
using Text = std::optional<std::string>;

// ---- what a charge is -------------------------------------------------------------------------

Text first_of(const Charge& charge, const std::vector<std::string>& columns) {
    for (const std::string& column : columns) {
        if (auto value = charge.column(column)) {
            return value;
        }
    }
    return std::nullopt;
}

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

/// One comparable value: text as it is, numbers and days as integers.
struct Comparable {
    std::string text;
    cpp_int number;
    friend bool operator==(const Comparable&, const Comparable&) = default;
    friend bool operator<(const Comparable& a, const Comparable& b) {
        return a.number != b.number ? a.number < b.number : a.text < b.text;
    }
};

cpp_int integer(base::int128 units) {
    const bool negative = units < 0;
    const base::uint128 size = negative ? -static_cast<base::uint128>(units) : static_cast<base::uint128>(units);
    cpp_int out = static_cast<std::uint64_t>(size >> 64U);
    out = (out << 64) + static_cast<std::uint64_t>(size);
    return negative ? cpp_int(-out) : out;
}

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

// ---- what is counted where --------------------------------------------------------------------

/// What of one charge falls on one day.
struct Piece {
    Day day;
    bool first = true;
    std::optional<Decimal> effective, list, contracted;
};

std::vector<Piece> pieces_of(const Charge& charge, const Bill& bill, const Question& question, bool days_matter) {
    if (question.period_kind == PeriodKind::kBilling) {
        return {{bill.billing_start, true, charge.effective, charge.list, charge.contracted}};
    }
    if (!days_matter || charge.days == 1) {
        return {{charge.start, true, charge.effective, charge.list, charge.contracted}};
    }
    std::vector<Piece> pieces;
    for (int i = 0; i < charge.days; ++i) {
        const auto part = [&](const std::optional<Decimal>& cost) {
            return cost ? std::optional(parts_by_day(*cost, charge.days).at(static_cast<std::size_t>(i)))
                        : std::nullopt;
        };
        pieces.push_back({charge.start + std::chrono::days(i), i == 0, part(charge.effective), part(charge.list),
                          part(charge.contracted)});
    }
    return pieces;
}

/// A sum that knows whether anything was in it.
struct Counted {
    bool known = false;
    cpp_int sum = 0;
    void add(const cpp_int& value) {
        known = true;
        sum += value;
    }
    void add(const Counted& other) {
        known = known || other.known;
        sum += other.sum;
    }
};

/// The two sides of a measure; `below` is for ratios.
struct Parts {
    Counted above, below;
    void add(const Parts& other) {
        above.add(other.above);
        below.add(other.below);
    }
};

std::string measure_name(const Question& question, const std::string& asked) {
    if (asked != "cost") {
        return asked;
    }
    switch (question.basis) {
    case Basis::kBilled: return "billed_cost";
    case Basis::kEffective: return "effective_cost";
    case Basis::kList: return "list_cost";
    case Basis::kContracted: return "contracted_cost";
    }
    return "";
}

Parts parts_of(const std::string& measure, const Charge& charge, const Piece& piece) {
    Parts parts;
    const auto add = [](Counted& to, const std::optional<Decimal>& value, int sign = 1) {
        if (value) {
            to.add(sign * integer(value->units()));
        }
    };
    const std::string category = charge.column("ChargeCategory").value_or("");
    const std::string status = charge.column("CommitmentDiscountStatus").value_or("");
    const bool covering = category == "Purchase" && charge.column("CommitmentDiscountCategory");
    const bool counts = category != "Tax" && category != "Credit" && !covering;
    const bool used = counts && status != "Unused";
    const bool unused = counts && status == "Unused";
    if (measure == "billed_cost") {
        if (piece.first) {
            add(parts.above, charge.billed);
        }
    } else if (measure == "effective_cost") {
        add(parts.above, piece.effective);
    } else if (measure == "list_cost") {
        add(parts.above, piece.list);
    } else if (measure == "contracted_cost") {
        add(parts.above, piece.contracted);
    } else if (measure == "charge_count") {
        parts.above.add(cpp_int(piece.first ? 1 : 0));
    } else if (measure == "consumed_quantity") {
        if (piece.first && charge.consumed) {
            parts.above.add(integer(charge.consumed->units()));
        }
    } else if (measure == "pricing_quantity") {
        if (piece.first && charge.priced) {
            parts.above.add(integer(charge.priced->units()));
        }
    } else if (measure == "savings" || measure == "effective_savings_rate") {
        if (used && piece.list && piece.effective) {
            add(parts.above, piece.list);
            add(parts.above, piece.effective, -1);
            add(parts.below, piece.list);
        }
        if (unused) {
            add(parts.above, piece.effective, -1);
        }
    } else if (measure == "negotiated_savings") {
        if (used && piece.list && piece.contracted) {
            add(parts.above, piece.list);
            add(parts.above, piece.contracted, -1);
        }
    } else if (measure == "commitment_savings") {
        if (used && piece.contracted && piece.effective) {
            add(parts.above, piece.contracted);
            add(parts.above, piece.effective, -1);
        }
        if (unused) {
            add(parts.above, piece.effective, -1);
        }
    } else if (measure == "effective_savings_rate_capped") {
        if (used && piece.list && piece.effective) {
            add(parts.below, piece.list);
        }
        if (used && piece.first) {
            const bool saved = charge.list && charge.effective && *charge.list > *charge.effective;
            parts.above.add(saved ? integer(charge.list->units()) - integer(charge.effective->units()) : cpp_int(0));
        }
    } else if (measure == "commitment_used" || measure == "commitment_unused" || measure == "commitment_utilization") {
        const bool is_used = category == "Usage" && status == "Used";
        const bool is_unused = category == "Usage" && status == "Unused";
        if (measure == "commitment_unused" ? is_unused : is_used) {
            add(parts.above, piece.effective);
        }
        if (is_used || is_unused) {
            add(parts.below, piece.effective);
        }
    } else if (measure.starts_with("tag_coverage.")) {
        if (charge.tags.contains(measure.substr(13))) {
            add(parts.above, piece.effective);
        }
        add(parts.below, piece.effective);
    } else {
        throw std::logic_error("no such measure in tests: " + measure);
    }
    return parts;
}

bool is_ratio(const std::string& measure) {
    return measure.starts_with("effective_savings_rate") || measure == "commitment_utilization" ||
           measure.starts_with("tag_coverage.");
}

/// Costs without which a measure is not known, and quantities, which just may be missing.
std::vector<int> costs_of(const std::string& measure) {
    enum { kBilled, kEffective, kList, kContracted };
    if (measure == "billed_cost") {
        return {kBilled};
    }
    if (measure == "list_cost") {
        return {kList};
    }
    if (measure == "contracted_cost") {
        return {kContracted};
    }
    if (measure == "negotiated_savings") {
        return {kList, kContracted};
    }
    if (measure == "commitment_savings") {
        return {kEffective, kContracted};
    }
    if (measure.find("savings") != std::string::npos) {
        return {kEffective, kList};
    }
    return {kEffective};
}

/// Quotient rounded half to even.
cpp_int divided(const cpp_int& a, const cpp_int& b) {
    const bool negative = (a < 0) != (b < 0);
    const cpp_int x = abs(a);
    const cpp_int y = abs(b);
    cpp_int quotient = x / y;
    const cpp_int twice = 2 * (x % y);
    if (twice > y || (twice == y && (quotient & 1) == 1)) {
        ++quotient;
    }
    return negative ? cpp_int(-quotient) : quotient;
}

base::int128 small(const cpp_int& value) {
    const cpp_int size = abs(value);
    base::uint128 out = static_cast<std::uint64_t>(size >> 64);
    out = (out << 64U) | static_cast<std::uint64_t>(size & cpp_int(~std::uint64_t{0}));
    return value < 0 ? -static_cast<base::int128>(out) : static_cast<base::int128>(out);
}

const cpp_int kOne = boost::multiprecision::pow(cpp_int(10), 18);

/// What the whole of one side (now, before) knows.
struct Side {
    std::optional<period::Period> period;
    std::array<bool, 4> lacking{}; ///< a touched bill has charges without that cost
};

Value value_of(const std::string& measure, const Parts& parts, const Side& side, bool present) {
    if (!present) {
        return {};
    }
    const bool is_quantity = measure.ends_with("_quantity");
    const auto costs = costs_of(measure);
    const bool may_lack =
        is_quantity ||
        (measure != "effective_savings_rate_capped" && measure != "charge_count" &&
         std::ranges::any_of(costs, [&](int cost) { return side.lacking.at(static_cast<std::size_t>(cost)); }));
    if (is_ratio(measure)) {
        if ((!parts.above.known && may_lack) || parts.below.sum == 0) {
            return {};
        }
        const cpp_int ratio = divided(parts.above.sum * kOne, parts.below.sum);
        return abs(ratio) < kOne * boost::multiprecision::pow(cpp_int(10), 20)
                   ? Value{Decimal::from_units(small(ratio))}
                   : Value{};
    }
    if (!parts.above.known && may_lack) {
        return {};
    }
    if (measure == "charge_count") {
        return static_cast<std::int64_t>(parts.above.sum);
    }
    return is_quantity ? Value{Quantity::from_units(small(parts.above.sum))}
                       : Value{Decimal::from_units(small(parts.above.sum))};
}

// ---- groups -----------------------------------------------------------------------------------

struct Box {
    bool present = false;
    std::vector<Parts> parts;
    void add(const std::vector<Parts>& more) {
        parts.resize(more.size());
        present = true;
        for (std::size_t i = 0; i < more.size(); ++i) {
            parts[i].add(more[i]);
        }
    }
    void add(const Box& other) {
        if (other.present) {
            add(other.parts);
        }
    }
};

using Key = std::vector<Text>;

struct GroupBoxes {
    Key key;
    std::map<Day, std::array<Box, 2>> steps; ///< now, before
    std::array<Box, 2> whole;
};

class Evaluator {
public:
    Evaluator(const Question& question, const Filter* filter, const std::vector<Bill>& bills)
        : question_(question), filter_(filter), bills_(bills) {
        for (const std::string& name : question.measures) {
            measures_.push_back(measure_name(question, name));
        }
        dimensions_ = question.dimensions;
        for (const std::string& measure : measures_) {
            if (measure.ends_with("_quantity")) {
                const std::string unit = measure == "consumed_quantity" ? "consumed_unit" : "pricing_unit";
                if (std::ranges::find(dimensions_, unit) == dimensions_.end()) {
                    dimensions_.push_back(unit);
                }
            }
        }
        sides_[0].period = question.period;
        if (question.comparison == Comparison::kPrevious) {
            sides_[1].period = period::previous(*question.period);
        }
        if (question.comparison == Comparison::kYear) {
            sides_[1].period = period::year_earlier(*question.period);
        }
    }

    std::vector<CurrencyBlock> run() {
        take(0);
        if (question_.comparison != Comparison::kNone) {
            take(1);
        }
        std::vector<CurrencyBlock> blocks;
        for (auto& [currency, groups] : groups_) {
            blocks.push_back(block(currency, groups));
        }
        return blocks;
    }

private:
    bool has_grain() const { return question_.grain != period::Grain::kNone; }
    Day step_of(Day day) const {
        return has_grain()
                   ? period::steps({day, day + std::chrono::days(1)}, question_.grain, question_.calendar).front().start
                   : Day{};
    }

    void take(std::size_t side) {
        const auto& period = sides_[side].period;
        for (const Bill& bill : bills_) {
            if (touched(bill, period)) {
                note_lacking(bill, sides_[side]);
            }
            for (const Charge& charge : bill.charges) {
                if (filter_ != nullptr && !passes(*filter_, charge, bill)) {
                    continue;
                }
                for (const Piece& piece : pieces_of(charge, bill, question_, period.has_value() || has_grain())) {
                    if (!period || period->contains(piece.day)) {
                        take(side, charge, piece);
                    }
                }
            }
        }
    }

    bool touched(const Bill& bill, const std::optional<period::Period>& period) const {
        if (!period) {
            return true;
        }
        if (question_.period_kind == PeriodKind::kBilling) {
            return period->contains(bill.billing_start);
        }
        Day first = Day::max();
        Day last = Day::min();
        for (const Charge& charge : bill.charges) {
            first = std::min(first, charge.start);
            last = std::max(last, charge.start + std::chrono::days(charge.days));
        }
        return first < period->end && period->start < last && period->start < period->end;
    }

    static void note_lacking(const Bill& bill, Side& side) {
        for (const Charge& charge : bill.charges) {
            const std::array<bool, 4> lacks = {!charge.billed, !charge.effective, !charge.list, !charge.contracted};
            for (std::size_t i = 0; i < lacks.size(); ++i) {
                side.lacking.at(i) = side.lacking.at(i) || lacks.at(i);
            }
        }
    }

    void take(std::size_t side, const Charge& charge, const Piece& piece) {
        Key key;
        for (const std::string& dimension : dimensions_) {
            key.push_back(text_of(dimension, charge));
        }
        std::vector<Parts> parts;
        for (const std::string& measure : measures_) {
            parts.push_back(parts_of(measure, charge, piece));
        }
        GroupBoxes& group = groups_[*charge.column("BillingCurrency")][key];
        group.key = key;
        group.whole.at(side).add(parts);
        Day step = step_of(piece.day);
        if (side == 1 && has_grain()) {
            const auto partner = partner_of(step);
            if (!partner) {
                return;
            }
            step = *partner;
        }
        group.steps[step].at(side).add(parts);
    }

    std::optional<Day> partner_of(Day before) const {
        const auto later = period::steps(*sides_[0].period, question_.grain, question_.calendar);
        if (question_.comparison == Comparison::kYear && question_.grain == period::Grain::kDay) {
            for (const auto& step : later) {
                const std::chrono::year_month_day a(step.start);
                const std::chrono::year_month_day b(before);
                if (a.month() == b.month() && a.day() == b.day() && a.year() == b.year() + std::chrono::years(1)) {
                    return step.start;
                }
            }
            return std::nullopt;
        }
        const auto earlier = period::steps(*sides_[1].period, question_.grain, question_.calendar);
        for (std::size_t i = 0; i < earlier.size() && i < later.size(); ++i) {
            if (earlier[i].start == before) {
                return later[i].start;
            }
        }
        return std::nullopt;
    }

    CurrencyBlock block(const std::string& currency, std::map<Key, GroupBoxes>& groups) {
        std::vector<GroupBoxes*> order;
        for (auto& [key, group] : groups) {
            order.push_back(&group);
        }
        std::ranges::stable_sort(order, [&](const GroupBoxes* a, const GroupBoxes* b) { return before(*a, *b); });
        CurrencyBlock out;
        out.currency = currency;
        const std::size_t shown =
            question_.limit == 0 ? order.size() : std::min<std::size_t>(order.size(), question_.limit);
        GroupBoxes rest;
        GroupBoxes all;
        std::vector<const GroupBoxes*> others;
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i < shown) {
                add_rows(*order[i], {order[i]}, AnswerRow::Kind::kGroup, out.rows);
            }
            for (std::size_t side = 0; side < 2; ++side) {
                all.whole.at(side).add(order[i]->whole.at(side));
                for (auto& [step, boxes] : order[i]->steps) {
                    if (i >= shown) {
                        rest.steps[step].at(side).add(boxes.at(side));
                    }
                }
            }
            if (i >= shown) {
                others.push_back(order[i]);
            }
        }
        rest.key.resize(dimensions_.size());
        all.key.resize(dimensions_.size());
        out.rest_groups = others.size();
        if (!others.empty()) {
            add_rows(rest, others, AnswerRow::Kind::kRest, out.rows);
        }
        out.total = row(all, {order.begin(), order.end()}, std::nullopt, all.whole, AnswerRow::Kind::kTotal);
        return out;
    }

    /// By the question's order, what has no value last, then by the dimensions, ascending.
    bool before(const GroupBoxes& a, const GroupBoxes& b) const {
        const bool descending = !question_.order || question_.order->descending;
        std::size_t measure = 0;
        std::optional<std::size_t> dimension;
        if (question_.order) {
            const auto found = std::ranges::find(question_.measures, question_.order->by);
            if (found != question_.measures.end()) {
                measure = static_cast<std::size_t>(found - question_.measures.begin());
            } else {
                dimension =
                    static_cast<std::size_t>(std::ranges::find(dimensions_, question_.order->by) - dimensions_.begin());
            }
        }
        if (dimension) {
            const Text& x = a.key[*dimension];
            const Text& y = b.key[*dimension];
            if (x != y) {
                if (!x || !y) {
                    return x.has_value();
                }
                return descending ? *x > *y : *x < *y;
            }
        } else {
            const auto rank = [&](const GroupBoxes& group) -> std::optional<cpp_int> {
                const Value value = group.whole[0].present ? value_of(measures_[measure],
                                                                      group.whole[0].parts.at(measure), sides_[0], true)
                                                           : Value{};
                if (const auto* amount = std::get_if<Decimal>(&value)) {
                    return integer(amount->units());
                }
                if (const auto* quantity = std::get_if<Quantity>(&value)) {
                    return integer(quantity->units());
                }
                if (const auto* count = std::get_if<std::int64_t>(&value)) {
                    return cpp_int(*count);
                }
                return std::nullopt;
            };
            const auto x = rank(a);
            const auto y = rank(b);
            if (x.has_value() != y.has_value()) {
                return x.has_value();
            }
            if (x && *x != *y) {
                return descending ? *x > *y : *x < *y;
            }
        }
        for (std::size_t i = 0; i < a.key.size(); ++i) {
            if (a.key[i] != b.key[i]) {
                if (!a.key[i] || !b.key[i]) {
                    return a.key[i].has_value();
                }
                return *a.key[i] < *b.key[i];
            }
        }
        return false;
    }

    void add_rows(const GroupBoxes& group, const std::vector<const GroupBoxes*>& members, AnswerRow::Kind kind,
                  std::vector<AnswerRow>& rows) const {
        for (const auto& [step, boxes] : group.steps) {
            rows.push_back(row(group, members, step, boxes, kind));
        }
    }

    AnswerRow row(const GroupBoxes& group, const std::vector<const GroupBoxes*>& members, std::optional<Day> step,
                  const std::array<Box, 2>& boxes, AnswerRow::Kind kind) const {
        AnswerRow out;
        out.kind = kind;
        for (const Text& part : group.key) {
            out.values.push_back(part ? Value{*part} : Value{});
        }
        if (has_grain()) {
            out.values.push_back(step ? Value{*step} : Value{});
        }
        for (std::size_t i = 0; i < measures_.size(); ++i) {
            bool mixed = false;
            if (measures_[i].ends_with("_quantity")) {
                const std::string unit = measures_[i] == "consumed_quantity" ? "consumed_unit" : "pricing_unit";
                const auto at = static_cast<std::size_t>(std::ranges::find(dimensions_, unit) - dimensions_.begin());
                std::set<Text> units;
                for (const GroupBoxes* member : members) {
                    units.insert(member->key[at]);
                }
                mixed = units.size() > 1;
                if (!mixed && units.begin()->has_value()) {
                    out.values[at] = **units.begin();
                }
            }
            add_values(i, mixed, boxes, out.values);
        }
        return out;
    }

    void add_values(std::size_t i, bool mixed, const std::array<Box, 2>& boxes, std::vector<Value>& values) const {
        const std::string& measure = measures_[i];
        const auto side_value = [&](std::size_t side) {
            const Box& box = boxes.at(side);
            return !box.present || mixed ? Value{} : value_of(measure, box.parts.at(i), sides_.at(side), true);
        };
        const Value now = side_value(0);
        values.push_back(now);
        if (question_.comparison == Comparison::kNone) {
            return;
        }
        const Value then = side_value(1);
        values.push_back(then);
        const auto units = [&](const Value& value, const Box& box) -> std::optional<cpp_int> {
            if (const auto* amount = std::get_if<Decimal>(&value)) {
                return integer(amount->units());
            }
            if (const auto* quantity = std::get_if<Quantity>(&value)) {
                return integer(quantity->units());
            }
            if (const auto* count = std::get_if<std::int64_t>(&value)) {
                return cpp_int(*count);
            }
            return box.present || is_ratio(measure) ? std::nullopt : std::optional(cpp_int(0));
        };
        const auto x = units(now, boxes[0]);
        const auto y = units(then, boxes[1]);
        Value change;
        Value percent;
        if (x && y && !mixed) {
            const cpp_int difference = *x - *y;
            if (measure == "charge_count") {
                change = static_cast<std::int64_t>(difference);
            } else if (measure.ends_with("_quantity")) {
                change = Quantity::from_units(small(difference));
            } else {
                change = Decimal::from_units(small(difference));
            }
            if (*y != 0) {
                const cpp_int exact = divided(difference * 100 * kOne, abs(*y));
                const cpp_int million_million = boost::multiprecision::pow(cpp_int(10), 12);
                if (abs(exact) < kOne * boost::multiprecision::pow(cpp_int(10), 20)) {
                    percent = Decimal::from_units(small(divided(exact, million_million) * million_million));
                }
            }
        }
        values.push_back(change);
        if (!is_ratio(measure)) {
            values.push_back(percent);
        }
    }

    const Question& question_;
    const Filter* filter_;
    const std::vector<Bill>& bills_;
    std::vector<std::string> measures_;
    std::vector<std::string> dimensions_;
    std::array<Side, 2> sides_;
    std::map<std::string, std::map<Key, GroupBoxes>> groups_;
};

} // namespace

bool passes(const Filter& filter, const Charge& charge, const Bill& bill) {
    return std::visit(Passes{charge, bill}, filter.node);
}

std::vector<CurrencyBlock> naive_answer(const Question& question, const Filter* filter,
                                        const std::vector<Bill>& bills) {
    return Evaluator(question, filter, bills).run();
}

} // namespace florin::query::test
