// The sums a statement gave, added up further and made into measures.
#pragma once

#include "base/int128.hpp"
#include "base/result.hpp"
#include "engine/engine.hpp"
#include "query/plan.hpp"

#include <compare>
#include <vector>

namespace florin::query {

/// A sum in units of its column's last place, or nothing.
struct Amount {
    bool known = false;
    base::int128 units = 0;
    friend bool operator==(const Amount&, const Amount&) = default;
};

/// One Amount for each of Resolved::sums.
using Sums = std::vector<Amount>;

/// The value of a statement's column as an Amount.
Amount to_amount(const engine::Value& value);

/// Adds `other` to `sums`, which may be empty. Error `money.overflow`.
base::Result<void> add(Sums& sums, const Sums& other);

/// Says of every sum whether its absence means "not known" rather than zero: a cost that some charge
/// of the sources lacks, a quantity, or an amount of a pricing currency.
std::vector<bool> absence_means_unknown(const Resolved& resolved, const Sources& sources);

/// The measure from its sums: Decimal, Quantity or int64; null where it is not known or a ratio has
/// no denominator (or one so small that the ratio is beyond the range). Error `money.overflow`.
base::Result<engine::Value> measure_value(const AskedMeasure& measure, const Sums& sums,
                                          const std::vector<bool>& unknown);

/// `value` minus `previous`, both of one measure of that unit; null counts as zero. Error `money.overflow`.
base::Result<engine::Value> difference(const engine::Value& value, const engine::Value& previous, Unit unit);

/// `change` in percent of the size of `previous`, rounded half even to 6 places; null where that is
/// zero or not known.
engine::Value percent(const engine::Value& change, const engine::Value& previous);

/// Order of two values of one measure; null is less than everything.
std::strong_ordering compare_values(const engine::Value& a, const engine::Value& b);

} // namespace florin::query
