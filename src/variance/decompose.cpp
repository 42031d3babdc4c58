#include "variance/decompose.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace florin::variance {
namespace {

using base::Result;
using money::Decimal;
using money::Quantity;

constexpr auto kLevelRounding = money::Rounding::kHalfEven;

template <class Number>
Result<void> add(Number& to, Number more) {
    FLORIN_TRY_ASSIGN(to, to.plus(more));
    return {};
}

Result<void> add(Row& row, Effect effect, Decimal more) {
    return add(row.effects[static_cast<std::size_t>(effect)], more);
}

/// The level after minus the level before.
Result<void> add_step(Row& row, Effect effect, Decimal before, Decimal after) {
    FLORIN_TRY_ASSIGN(const Decimal step, after.minus(before));
    return add(row, effect, step);
}

struct Item {
    std::array<Quantity, 2> quantity;
    std::array<Decimal, 2> amount; ///< on demand
};

/// What is priced alike: things that a mix is told of.
struct Pool {
    Text label;
    std::map<Text, Item> items;
    Item whole;
    bool has(std::size_t side) const { return !whole.quantity[side].is_zero() || !whole.amount[side].is_zero(); }
    bool has_prices() const { return whole.quantity[0] > Quantity() && whole.quantity[1] > Quantity(); }
};

/// Place, pricing unit, flow, and whether there is a quantity at all.
using PoolKey = std::tuple<Key, Text, Flow, bool>;

using UnitKey = std::pair<Text, Flow>;

struct Draft {
    Row row;
    std::map<PoolKey, Pool> pools;
    std::map<UnitKey, UnitUse> units;
};

void keep_larger(std::optional<Named>& kept, const Text& label, Decimal amount) {
    if (!kept || kept->amount.absolute() < amount.absolute()) {
        kept = Named{label, amount};
    }
}

/// What has a price on both sides.
Result<void> add_priced(Draft& draft, const PoolKey& key, const Pool& pool, Decimal at_length) {
    const Item& whole = pool.whole;
    FLORIN_TRY_ASSIGN(const Decimal at_usage, whole.amount[0].times_ratio(whole.quantity[1].units(),
                                                                          whole.quantity[0].units(), kLevelRounding));
    Decimal at_prices;
    for (const auto& [name, item] : pool.items) {
        Decimal amount = item.amount[1]; // without a price in the base there is no effect of its price
        if (item.quantity[0] > Quantity()) {
            FLORIN_TRY_ASSIGN(
                amount, item.amount[0].times_ratio(item.quantity[1].units(), item.quantity[0].units(), kLevelRounding));
        }
        FLORIN_TRY(add(at_prices, amount));
    }
    Row& row = draft.row;
    FLORIN_TRY(add_step(row, Effect::kUsage, at_length, at_usage));
    FLORIN_TRY(add_step(row, Effect::kMix, at_usage, at_prices));
    FLORIN_TRY(add_step(row, Effect::kRate, at_prices, whole.amount[1]));

    const UnitKey unit{std::get<1>(key), std::get<2>(key)};
    UnitUse& use = draft.units[unit];
    std::tie(use.unit, use.flow) = unit;
    FLORIN_TRY(add(use.base, whole.quantity[0]));
    FLORIN_TRY(add(use.actual, whole.quantity[1]));
    FLORIN_TRY_ASSIGN(const Decimal usage, at_usage.minus(at_length));
    FLORIN_TRY_ASSIGN(const Decimal mix, at_prices.minus(at_usage));
    FLORIN_TRY_ASSIGN(const Decimal rate, whole.amount[1].minus(at_prices));
    FLORIN_TRY(add(use.usage, usage));
    FLORIN_TRY(add(use.mix, mix));
    FLORIN_TRY(add(use.rate, rate));
    return add(use.at_base_prices, at_prices);
}

Result<void> add_pool(Draft& draft, const PoolKey& key, const Pool& pool, const Comparison& comparison) {
    const std::array<Decimal, 2>& amount = pool.whole.amount;
    if (!pool.has(0) || !pool.has(1)) {
        const Decimal gone = amount[0].negated();
        if (pool.has(0)) {
            keep_larger(draft.row.largest_gone, pool.label, gone);
            return add(draft.row, Effect::kGone, gone);
        }
        if (pool.has(1)) {
            keep_larger(draft.row.largest_new, pool.label, amount[1]);
        }
        return add(draft.row, Effect::kNew, amount[1]);
    }
    const Flow flow = std::get<Flow>(key);
    FLORIN_TRY_ASSIGN(const Decimal at_length,
                      amount[0].times_ratio(steps_in(comparison.actual_period, flow),
                                            steps_in(comparison.base_period, flow), kLevelRounding));
    FLORIN_TRY(add_step(draft.row, Effect::kDays, amount[0], at_length));
    if (!pool.has_prices()) {
        return add_step(draft.row, Effect::kFees, at_length, amount[1]);
    }
    return add_priced(draft, key, pool, at_length);
}

/// Sums by row and pool; what has no quantity to look at goes to its effect at once.
class Gathering {
public:
    explicit Gathering(Cost cost) : cost_(cost) {}

    Result<void> add_side(const Side& side, std::size_t index) {
        for (const Charges& charges : side.charges) {
            FLORIN_TRY(add_charges(charges, index));
        }
        return {};
    }

    std::map<Key, Draft> take() { return std::move(drafts_); }

private:
    Result<void> add_charges(const Charges& charges, std::size_t side) {
        Draft& draft = drafts_[charges.row];
        draft.row.key = charges.row;
        const Decimal cost = charges.cost.value_or(Decimal());
        FLORIN_TRY(add(side == 0 ? draft.row.base : draft.row.actual, cost));
        const auto signed_by_side = [&](Decimal amount) { return side == 0 ? amount.negated() : amount; };
        switch (kind_of(charges)) {
        case Kind::kCredit: return add(draft.row, Effect::kCredits, signed_by_side(cost));
        case Kind::kTax: return add(draft.row, Effect::kTax, signed_by_side(cost));
        case Kind::kAdjustment: return add(draft.row, Effect::kAdjustments, signed_by_side(cost));
        case Kind::kPriced: break;
        }
        const Decimal on_demand = cost_on_demand(charges, cost_);
        FLORIN_TRY_ASSIGN(const Decimal commitment, cost.minus(on_demand));
        FLORIN_TRY(add(draft.row, Effect::kCommitment, signed_by_side(commitment)));
        if (is_commitment_itself(charges)) {
            return {};
        }
        Pool& pool = draft.pools[{charges.place, charges.pricing_unit, flow_of(charges), charges.quantity.has_value()}];
        pool.label = std::max(pool.label, charges.label);
        for (Item* sums : {&pool.items[charges.item], &pool.whole}) {
            FLORIN_TRY(add(sums->quantity[side], charges.quantity.value_or(Quantity())));
            FLORIN_TRY(add(sums->amount[side], on_demand));
        }
        return {};
    }

    Cost cost_;
    std::map<Key, Draft> drafts_;
};

Result<void> settle(Row& row) {
    FLORIN_TRY_ASSIGN(row.variance, row.actual.minus(row.base));
    money::DecimalSum sum;
    for (const Decimal effect : row.effects) {
        sum.add(effect);
    }
    FLORIN_TRY_ASSIGN(const Decimal effects, sum.total());
    FLORIN_CHECK(effects == row.variance, "the effects of a variance do not add up to it");
    return {};
}

Result<void> add_row(Row& to, const Row& row) {
    FLORIN_TRY(add(to.base, row.base));
    FLORIN_TRY(add(to.actual, row.actual));
    for (const Effect effect : all_effects()) {
        FLORIN_TRY(add(to, effect, row.effect(effect)));
    }
    for (const UnitUse& more : row.units) {
        auto at = std::ranges::find_if(
            to.units, [&](const UnitUse& use) { return use.unit == more.unit && use.flow == more.flow; });
        if (at == to.units.end()) {
            to.units.push_back(more);
            continue;
        }
        FLORIN_TRY(add(at->base, more.base));
        FLORIN_TRY(add(at->actual, more.actual));
        FLORIN_TRY(add(at->usage, more.usage));
        FLORIN_TRY(add(at->mix, more.mix));
        FLORIN_TRY(add(at->rate, more.rate));
        FLORIN_TRY(add(at->at_base_prices, more.at_base_prices));
    }
    if (row.largest_new) {
        keep_larger(to.largest_new, row.largest_new->label, row.largest_new->amount);
    }
    if (row.largest_gone) {
        keep_larger(to.largest_gone, row.largest_gone->label, row.largest_gone->amount);
    }
    return {};
}

Result<Row> sum_of(std::span<const Row> rows) {
    Row sum;
    for (const Row& row : rows) {
        FLORIN_TRY(add_row(sum, row));
    }
    std::ranges::sort(sum.units, {}, [](const UnitUse& use) { return std::pair(use.unit, use.flow); });
    FLORIN_TRY(settle(sum));
    return sum;
}

/// Variances, order and total of rows whose base, actual and effects are there.
Result<Comparison> finish(Comparison comparison) {
    for (Row& row : comparison.rows) {
        FLORIN_TRY(settle(row));
    }
    std::ranges::sort(comparison.rows, [](const Row& a, const Row& b) {
        return std::pair(b.variance.absolute(), a.key) < std::pair(a.variance.absolute(), b.key);
    });
    FLORIN_TRY_ASSIGN(comparison.total, sum_of(comparison.rows));
    return comparison;
}

} // namespace

Result<Comparison> compare(const Side& base, const Side& actual, Cost cost) {
    Comparison comparison{.base_period = base.period, .actual_period = actual.period, .cost = cost};
    Gathering gathering(cost);
    FLORIN_TRY(gathering.add_side(base, 0));
    FLORIN_TRY(gathering.add_side(actual, 1));
    for (auto& [key, draft] : gathering.take()) {
        for (const auto& [pool_key, pool] : draft.pools) {
            FLORIN_TRY(add_pool(draft, pool_key, pool, comparison));
        }
        for (auto& [unit, use] : draft.units) {
            draft.row.units.push_back(std::move(use));
        }
        comparison.rows.push_back(std::move(draft.row));
    }
    return finish(std::move(comparison));
}

Result<Comparison> measure_again(Comparison comparison, Effect effect, std::span<const Measured> rows) {
    std::map<Key, const Measured*> measured;
    for (const Measured& row : rows) {
        FLORIN_CHECK(measured.emplace(row.row, &row).second, "a row that is measured twice");
    }
    for (Row& row : comparison.rows) {
        const auto at = measured.find(row.key);
        const Measured again = at == measured.end() ? Measured{} : *at->second;
        FLORIN_TRY_ASSIGN(const Decimal before, row.actual.minus(row.base));
        FLORIN_TRY_ASSIGN(const Decimal after, again.actual.minus(again.base));
        FLORIN_TRY(add_step(row, effect, before, after));
        row.base = again.base;
        row.actual = again.actual;
        if (at != measured.end()) {
            measured.erase(at);
        }
    }
    for (const auto& [key, row] : measured) {
        Row more{.key = key, .base = row->base, .actual = row->actual};
        FLORIN_TRY(add_step(more, effect, row->base, row->actual));
        comparison.rows.push_back(std::move(more));
    }
    return finish(std::move(comparison));
}

Result<Comparison> keep_largest(Comparison comparison, std::size_t rows_max) {
    if (rows_max == 0 || comparison.rows.size() <= rows_max) {
        return comparison;
    }
    const auto first = comparison.rows.begin() + static_cast<std::ptrdiff_t>(rows_max);
    FLORIN_TRY_ASSIGN(Row rest, sum_of(std::span(first, comparison.rows.end())));
    rest.others = comparison.rows.size() - rows_max;
    comparison.rows.erase(first, comparison.rows.end());
    comparison.rows.push_back(std::move(rest));
    return comparison;
}

} // namespace florin::variance
