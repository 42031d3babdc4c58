// How long a period is for what is billed by it: in days, or in months.
#pragma once

#include "period/period.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace florin::variance {

/// What a quantity follows when only the period gets longer.
enum class Flow : std::uint8_t {
    kDays,   ///< as long as it is there, each day adds to it: hours, requests, gigabytes sent
    kMonths, ///< each month adds the same, however many days it has: gigabyte-months, monthly fees
    kNone,   ///< nothing: what is bought once
};

/// The flow of usage of a pricing unit: months where the unit's words name them (`GB-Months`, `GB-Mo`), else days;
/// so for usage without a unit.
Flow flow_of_unit(const std::optional<std::string>& pricing_unit);

/// The length of a period as a whole number of steps. Lengths of one flow are compared by these alone.
/// For days a step is a day; for months it is 1/377580 of a month (377580 is the least common multiple of 28 to
/// 31), of each month the share of its days that is inside; for kNone every period is 1 long.
/// The period must not be empty.
std::int64_t steps_in(const period::Period& period, Flow flow);

} // namespace florin::variance
