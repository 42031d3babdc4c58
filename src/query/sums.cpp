#include "query/sums.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <limits>

namespace florin::query {
namespace {

using base::int128;
using base::Result;
using engine::Value;
using money::Decimal;
using money::Quantity;

constexpr int128 power_of_ten(int exponent) {
    int128 power = 1;
    for (int i = 0; i < exponent; ++i) {
        power *= 10;
    }
    return power;
}

constexpr int128 kLimit = power_of_ten(38);

base::Error overflow() {
    return base::user_error("money.overflow", "a sum is beyond the range of exact numbers")
        .with_remedy("Ask for less at once.");
}

Result<int128> checked_sum(int128 a, int128 b) {
    int128 sum = 0;
    if (__builtin_add_overflow(a, b, &sum) || sum >= kLimit || sum <= -kLimit) {
        return overflow();
    }
    return sum;
}

/// Terms added with their signs. Where there is nothing to add, the sum is zero if no charge can lack
/// what is summed, else not known.
Result<Amount> combined(const std::vector<SignedSum>& terms, const Sums& sums, const std::vector<bool>& unknown) {
    Amount out;
    bool may_lack = false;
    for (const SignedSum& term : terms) {
        const Amount& amount = sums[term.sum];
        FLORIN_TRY_ASSIGN(out.units, checked_sum(out.units, term.minus ? -amount.units : amount.units));
        out.known = out.known || amount.known;
        may_lack = may_lack || unknown[term.sum];
    }
    out.known = out.known || !may_lack;
    return out;
}

Value plain_value(Unit unit, int128 units) {
    switch (unit) {
    case Unit::kMoney:
    case Unit::kRatio: return Decimal::from_units(units);
    case Unit::kQuantity: return Quantity::from_units(units);
    case Unit::kCount: return static_cast<std::int64_t>(units);
    }
    return {};
}

struct Units {
    int128 operator()(std::monostate) const { return 0; }
    int128 operator()(std::int64_t value) const { return value; }
    int128 operator()(const Decimal& value) const { return value.units(); }
    int128 operator()(const Quantity& value) const { return value.units(); }
    template <class Other>
    int128 operator()(const Other&) const {
        base::stop_for_bug("Units", "a sum is neither a decimal nor an integer");
    }
};

bool is_null(const Value& value) {
    return std::holds_alternative<std::monostate>(value);
}

} // namespace

Amount to_amount(const Value& value) {
    return {!is_null(value), std::visit(Units{}, value)};
}

Result<void> add(Sums& sums, const Sums& other) {
    if (sums.empty()) {
        sums = other;
        return {};
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
        FLORIN_TRY_ASSIGN(sums[i].units, checked_sum(sums[i].units, other[i].units));
        sums[i].known = sums[i].known || other[i].known;
    }
    return {};
}

std::vector<bool> absence_means_unknown(const Resolved& resolved, const Sources& sources) {
    const std::vector<const lake::FileSet*> sets = sources.all();
    const auto lacking = [&](std::string_view cost) {
        const auto at = std::ranges::find(lake::kCosts, cost);
        return at != lake::kCosts.end() && std::ranges::any_of(sets, [&](const lake::FileSet* set) {
                   return set->null_costs.at(static_cast<std::size_t>(at - lake::kCosts.begin())) != 0;
               });
    };
    std::vector<bool> unknown;
    for (const Sum& sum : resolved.sums) {
        const Input& input = resolved.inputs[sum.input];
        unknown.push_back(is_quantity(input) || !is_in_cells(input) || lacking(input.of) || lacking(input.known));
    }
    return unknown;
}

Result<Value> measure_value(const AskedMeasure& measure, const Sums& sums, const std::vector<bool>& unknown) {
    FLORIN_TRY_ASSIGN(const Amount sum, combined(measure.sum, sums, unknown));
    if (!sum.known) {
        return Value{};
    }
    if (measure.over.empty()) {
        return plain_value(measure.measure->unit, sum.units);
    }
    FLORIN_TRY_ASSIGN(const Amount over, combined(measure.over, sums, unknown));
    if (!over.known || over.units == 0) {
        return Value{};
    }
    const auto ratio =
        money::divide(Decimal::from_units(sum.units), Decimal::from_units(over.units), money::Rounding::kHalfEven);
    return ratio.ok() ? Value{*ratio} : Value{};
}

Result<Value> difference(const Value& value, const Value& previous, Unit unit) {
    FLORIN_TRY_ASSIGN(const int128 units, checked_sum(std::visit(Units{}, value), -std::visit(Units{}, previous)));
    return plain_value(unit, units);
}

Value percent(const Value& change, const Value& previous) {
    const int128 base = std::visit(Units{}, previous);
    if (is_null(change) || base == 0) {
        return {};
    }
    // Both have the same scale, so units over units is the plain ratio.
    const auto ratio = Decimal::from_integer(100).times_ratio(std::visit(Units{}, change), base < 0 ? -base : base,
                                                              money::Rounding::kHalfEven);
    if (!ratio.ok()) {
        return {};
    }
    constexpr int kPlaces = 6;
    const auto rounded = ratio->rounded(kPlaces, money::Rounding::kHalfEven);
    return rounded.ok() ? Value{*rounded} : Value{};
}

std::strong_ordering compare_values(const Value& a, const Value& b) {
    if (is_null(a) || is_null(b)) {
        return !is_null(a) <=> !is_null(b);
    }
    return std::visit(Units{}, a) <=> std::visit(Units{}, b);
}

} // namespace florin::query
