// Azure's UnitOfMeasure, such as `100 Hours`, `10K` or `1 GB/Month`: how many of what one unit of
// Quantity and one unit price stand for.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace florin::ingest::azure_cost {

struct UnitOfMeasure {
    std::int64_t block = 1; ///< of `unit` in one unit of Quantity
    std::string unit;       ///< as FOCUS writes units: `Hours`, `GB-Hours`, `Units/Month`
    bool is_read = false;   ///< false: neither the grammar nor the table knows it, and `unit` is the text itself

    /// The unit that prices are for: `10000 Units/Month`; without the block where it is 1.
    std::string priced() const;
    friend bool operator==(const UnitOfMeasure&, const UnitOfMeasure&) = default;
};

/// Reads by the grammar
///     [count] [K | M | B] [Hourly | Daily | Weekly | Monthly | Annual] [noun …] [/ [count] period]
/// where count is a whole number, a period is Second to Year, and no noun is a unit of its own: `10K` is
/// 10000 Units, `1/Day` is Units/Day. What stands in unit_exceptions.tsv is taken from there; some units mean
/// something else in one meter category.
UnitOfMeasure read_unit_of_measure(std::string_view text, std::string_view meter_category);

/// A unit of measure and the meter category that it stands beside.
using UnitUse = std::pair<std::string, std::string>;

/// SQL that is, over the columns UnitOfMeasure and MeterCategory, the block as DECIMAL(38,12), the consumed
/// unit and the unit of prices. A unit that is not among `uses` has block 1 and itself as unit.
struct UnitSql {
    std::string block;
    std::string consumed_unit;
    std::string pricing_unit;
    std::string is_read;
};
UnitSql unit_sql(const std::set<UnitUse>& uses);

} // namespace florin::ingest::azure_cost
