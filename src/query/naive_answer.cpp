#include "query/naive_answer.hpp"
#include "query/naive_measure.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace florin::query::test {
namespace {

using engine::Value;
using money::Decimal;
using money::Quantity;
using period::Day;

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
    Evaluator(const Question& question, const Filter* filter, const std::vector<Bill>& bills, const NaiveRates* rates)
        : question_(question), filter_(filter), bills_(bills), rates_(rates) {
        for (const std::string& name : question.measures) {
            measures_.push_back(measure_name(question, name));
        }
        dimensions_ = question.dimensions;
        for (const std::string& measure : measures_) {
            if (const std::string unit = unit_of(measure); !unit.empty()) {
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
        convert_days();
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
        const std::string currency = *charge.column("BillingCurrency");
        if (rates_ == nullptr) {
            put(side, currency, key, step_of(piece.day), parts);
        } else {
            days_[{side, key, step_of(piece.day), currency, piece.rate_day}].add(parts);
        }
    }

    /// Each day's sums at the rate of that day, then added up.
    void convert_days() {
        for (const auto& [where, box] : days_) {
            const auto& [side, key, step, currency, rate_day] = where;
            std::vector<Parts> parts;
            for (std::size_t i = 0; i < measures_.size(); ++i) {
                parts.push_back(converted(measures_[i], box.parts.at(i), rates_->of(currency, rate_day, question_)));
            }
            put(side, question_.currency, key, step, parts);
        }
    }

    void put(std::size_t side, const std::string& currency, const Key& key, Day step, const std::vector<Parts>& parts) {
        GroupBoxes& group = groups_[currency][key];
        group.key = key;
        group.whole.at(side).add(parts);
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
            AnswerRow made = row(group, members, step, boxes, kind);
            // A step in which no measure says anything has no row.
            bool silent = has_grain();
            for (std::size_t i = dimensions_.size() + 1; i < made.values.size(); ++i) {
                silent = silent && std::holds_alternative<std::monostate>(made.values[i]);
            }
            if (!silent) {
                rows.push_back(std::move(made));
            }
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
            if (const std::string unit = unit_of(measures_[i]); !unit.empty()) {
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
                const cpp_int exact = divided(difference * 100 * power_of_ten(18), abs(*y));
                const cpp_int million_million = power_of_ten(12);
                if (abs(exact) < power_of_ten(18) * power_of_ten(20)) {
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
    const NaiveRates* rates_;
    std::map<std::tuple<std::size_t, Key, Day, std::string, Day>, Box> days_;
    std::vector<std::string> measures_;
    std::vector<std::string> dimensions_;
    std::array<Side, 2> sides_;
    std::map<std::string, std::map<Key, GroupBoxes>> groups_;
};

} // namespace

std::vector<CurrencyBlock> naive_answer(const Question& question, const Filter* filter, const std::vector<Bill>& bills,
                                        const NaiveRates* rates) {
    return Evaluator(question, filter, bills, rates).run();
}

} // namespace florin::query::test
