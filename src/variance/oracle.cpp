#include "variance/oracle.hpp"

#include <set>
#include <string>
#include <vector>

namespace florin::variance::oracle {
namespace {

using boost::multiprecision::cpp_int;

Fraction scaled(base::int128 units, unsigned places) {
    const bool is_negative = units < 0;
    const base::uint128 size = is_negative ? -static_cast<base::uint128>(units) : static_cast<base::uint128>(units);
    cpp_int whole = static_cast<std::uint64_t>(size >> 64U);
    whole = (whole << 64U) + static_cast<std::uint64_t>(size);
    const Fraction value(whole, boost::multiprecision::pow(cpp_int(10), places));
    return is_negative ? Fraction(-value) : value;
}

bool is(const Text& text, const char* value) {
    return text.has_value() && *text == value;
}

/// Amounts and quantities of both sides, as far as they are alike.
struct Both {
    Fraction q[2];
    Fraction o[2];
};

struct Pool {
    Both all;
    std::map<Text, Both> items;
    char flow = 'd';
};

char flow(const Charges& c) {
    if (is(c.charge_category, "Purchase")) {
        return is(c.charge_frequency, "Recurring") ? 'm' : 'n';
    }
    static const std::set<std::string> kMonthly = {"GB-Months", "Seat-Mo"}; // those that the tests use
    return c.pricing_unit && kMonthly.contains(*c.pricing_unit) ? 'm' : 'd';
}

Fraction months(const period::Period& period) {
    Fraction sum = 0;
    for (period::Day day = period.start; day < period.end; day += std::chrono::days(1)) {
        const std::chrono::year_month_day date(day);
        const std::chrono::year_month_day_last last(date.year(), std::chrono::month_day_last(date.month()));
        sum += Fraction(1, static_cast<unsigned>(last.day()));
    }
    return sum;
}

Fraction longer(const Side& base, const Side& actual, char flow) {
    if (flow == 'n') {
        return 1;
    }
    if (flow == 'm') {
        return months(actual.period) / months(base.period);
    }
    return Fraction((actual.period.end - actual.period.start).count(), (base.period.end - base.period.start).count());
}

} // namespace

Fraction fraction_of(money::Decimal amount) {
    return scaled(amount.units(), 18);
}

Fraction fraction_of(money::Quantity quantity) {
    return scaled(quantity.units(), 12);
}

namespace {

using Pools = std::map<Key, std::map<std::string, Pool>>;

/// What is not decomposed goes into `rows`, the rest into pools.
Pools gather(const Side& base, const Side& actual, Cost cost, std::map<Key, Expected>& rows) {
    Pools pools;
    for (int side = 0; side < 2; ++side) {
        for (const Charges& c : side == 0 ? base.charges : actual.charges) {
            Expected& row = rows[c.row];
            const Fraction amount = c.cost ? fraction_of(*c.cost) : Fraction(0);
            const Fraction signed_amount = side == 0 ? Fraction(-amount) : amount;
            (side == 0 ? row.base : row.actual) += amount;
            const auto effect = [&](Effect which) -> Fraction& { return row.effects[static_cast<std::size_t>(which)]; };
            if (is(c.charge_category, "Tax")) {
                effect(Effect::kTax) += signed_amount;
                continue;
            }
            if (is(c.charge_category, "Credit")) {
                effect(Effect::kCredits) += signed_amount;
                continue;
            }
            if (is(c.charge_category, "Adjustment") || is(c.charge_class, "Correction")) {
                effect(Effect::kAdjustments) += signed_amount;
                continue;
            }
            if (is(c.commitment_discount_status, "Unused") ||
                (is(c.charge_category, "Purchase") && c.commitment_discount_category)) {
                effect(Effect::kCommitment) += signed_amount;
                continue;
            }
            Fraction on_demand = amount;
            if (is(c.commitment_discount_status, "Used") && cost != Cost::kList) {
                on_demand = c.contracted_cost ? fraction_of(*c.contracted_cost)
                            : c.list_cost     ? fraction_of(*c.list_cost)
                                              : amount;
            }
            effect(Effect::kCommitment) += side == 0 ? Fraction(on_demand - amount) : Fraction(amount - on_demand);
            std::string key = std::string(1, flow(c)) + (c.quantity ? "q" : "-") + c.pricing_unit.value_or("\x01");
            for (const Text& part : c.place) {
                key += "\x02" + part.value_or("\x01");
            }
            Pool& pool = pools[c.row][key];
            pool.flow = flow(c);
            for (Both* both : {&pool.all, &pool.items[c.item]}) {
                both->q[side] += c.quantity ? fraction_of(*c.quantity) : Fraction(0);
                both->o[side] += on_demand;
            }
        }
    }
    return pools;
}

} // namespace

std::map<Key, Expected> compare(const Side& base, const Side& actual, Cost cost) {
    std::map<Key, Expected> rows;
    for (auto& [key, in_row] : gather(base, actual, cost, rows)) {
        Expected& row = rows[key];
        const auto effect = [&row = row](Effect which) -> Fraction& {
            return row.effects[static_cast<std::size_t>(which)];
        };
        for (const auto& [name, pool] : in_row) {
            const Both& p = pool.all;
            const bool was = p.q[0] != 0 || p.o[0] != 0;
            const bool is_there = p.q[1] != 0 || p.o[1] != 0;
            if (!was || !is_there) {
                effect(was ? Effect::kGone : Effect::kNew) += was ? Fraction(-p.o[0]) : p.o[1];
                continue;
            }
            const Fraction r = longer(base, actual, pool.flow);
            effect(Effect::kDays) += p.o[0] * (r - 1);
            ++row.roundings;
            if (p.q[0] <= 0 || p.q[1] <= 0) {
                effect(Effect::kFees) += p.o[1] - p.o[0] * r;
                continue;
            }
            const Fraction price = p.o[0] / p.q[0];
            effect(Effect::kUsage) += (p.q[1] - p.q[0] * r) * price;
            ++row.roundings;
            for (const auto& [item, i] : pool.items) {
                const bool has_price = i.q[0] > 0;
                const Fraction at_base = has_price ? Fraction(i.q[1] * (i.o[0] / i.q[0])) : i.o[1];
                effect(Effect::kMix) += at_base - i.q[1] * price;
                effect(Effect::kRate) += i.o[1] - at_base;
                ++row.roundings;
            }
        }
    }
    return rows;
}

} // namespace florin::variance::oracle
