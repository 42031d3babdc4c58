// What moved a cost from one side to the other: a fixed order of effects that add up to the last digit.
#pragma once

#include "base/result.hpp"
#include "money/decimal.hpp"
#include "variance/charges.hpp"
#include "variance/effect.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::variance {

struct Side {
    period::Period period; ///< half-open, not empty
    std::vector<Charges> charges;
};

/// Use of one pricing unit in a row, where both sides have some.
struct UnitUse {
    Text unit;
    Flow flow = Flow::kDays;
    money::Quantity base;
    money::Quantity actual;
    money::Decimal usage;          ///< its effect
    money::Decimal mix;            ///< its effect
    money::Decimal rate;           ///< its effect
    money::Decimal at_base_prices; ///< the actual quantity at the base's prices
    friend bool operator==(const UnitUse&, const UnitUse&) = default;
};

/// The largest of what is new, or gone.
struct Named {
    Text label;
    money::Decimal amount; ///< positive where it adds cost
    friend bool operator==(const Named&, const Named&) = default;
};

struct Row {
    Key key;                  ///< empty for the total and the rest
    std::uint64_t others = 0; ///< of the rest: how many rows it stands for
    money::Decimal base;
    money::Decimal actual;
    money::Decimal variance; ///< actual minus base, and the sum of the effects, exactly
    std::array<money::Decimal, kEffectCount> effects{};
    std::vector<UnitUse> units; ///< by unit
    std::optional<Named> largest_new;
    std::optional<Named> largest_gone;

    money::Decimal effect(Effect which) const { return effects[static_cast<std::size_t>(which)]; }
    friend bool operator==(const Row&, const Row&) = default;
};

struct Comparison {
    period::Period base_period;
    period::Period actual_period;
    Cost cost = Cost::kEffective;
    std::vector<Row> rows; ///< the largest variance first, whatever its sign; the rest last
    Row total;             ///< the exact sums of the rows
};

/// Tells the effects apart as docs/reference/variance-method.md says. Every level of the method is rounded half even
/// to 18 places once, and effects are differences of levels, so that they add up. The order of charges does not
/// matter. Error `money.overflow` where an amount or a quantity leaves the range. A result whose effects do not add
/// up is a bug and stops.
base::Result<Comparison> compare(const Side& base, const Side& actual, Cost cost);

/// What a row is measured at otherwise.
struct Measured {
    Key row;
    money::Decimal base;
    money::Decimal actual;
};

/// Replaces base and actual of the rows by `rows` and puts what that moves into `effect`: for the effect of exchange
/// rates the amounts at the rates asked for; for a plan of money its amounts as base. A row that is not among `rows`
/// becomes 0 on both sides; one that is only there is added. Error `money.overflow`.
base::Result<Comparison> measure_again(Comparison comparison, Effect effect, std::span<const Measured> rows);

/// The first `rows_max` rows (0: all) and one for the rest. Error `money.overflow`.
base::Result<Comparison> keep_largest(Comparison comparison, std::size_t rows_max);

} // namespace florin::variance
