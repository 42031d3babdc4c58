// From what was measured of a month to the ratios of its pools.
#pragma once

#include "allocate/measure.hpp"
#include "allocate/ratio.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace florin::allocate {

enum class FindingKind : std::uint8_t {
    kTakesNothing,     ///< no money of the month goes into the pool
    kNegativeAsZero,   ///< a target's driver is below zero and counts as zero
    kCarriedDays,      ///< days for which a metric is missing have the values of the day before
    kCurrenciesApart,  ///< each currency is split by the cost in that currency
    kWithoutReference, ///< covered usage without a reference cost stays where it landed
};
/// `takes-nothing`, `negative-as-zero`, `carried-days`, `currencies-apart`, `without-reference`
std::string_view name(FindingKind kind);

/// Something that the rules say how to resolve, with the money it touches: of a pool all of the month that goes
/// through it, in one currency.
struct Finding {
    FindingKind kind = FindingKind::kTakesNothing;
    std::optional<std::size_t> pool;
    std::uint32_t value = 0;               ///< of kNegativeAsZero
    std::uint64_t day_count = 0;           ///< of kCarriedDays
    std::uint16_t currency = kAnyCurrency; ///< kAnyCurrency: no money is touched
    Amounts amounts;
    friend bool operator==(const Finding&, const Finding&) = default;
};

/// The sums of one month's cost drivers, by driver, then by currency x values + value; an empty list is of zeros.
using DriverTotals = std::vector<std::vector<money::DecimalSum>>;
/// By the first day of the month.
using DriverHistory = std::map<period::Day, DriverTotals>;

/// The ratio sets of a month and what there is to say about them, without amounts.
struct DrivenRatios {
    Ratios ratios;
    std::vector<Finding> findings;
};

/// `history` holds `month` and those before it that a window reaches back to; one that is missing counts as zero.
/// Errors, with the pool's place: `allocation.negative_driver`, `allocation.currencies_differ`,
/// `allocation.metric_missing_day`, `allocation.no_exit`, `money.overflow`.
base::Result<DrivenRatios> ratios_of(const Month& month, const Setting& setting, const CostDrivers& drivers,
                                     const Measure& measure, const Slots& slots, const Sight& sight,
                                     const DriverHistory& history);

} // namespace florin::allocate
