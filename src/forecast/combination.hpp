// Several forecasts of one series made one.
#pragma once

#include "forecast/model.hpp"

namespace florin::forecast {

enum class Average : unsigned char { kMean, kMedian };

/// The average, step by step, of what `members` say of the same values (at least one member, all of one horizon):
/// means, residuals, and paths, each member's from the same draw. A member with a mean that is not finite is left out,
/// unless all are. The name lists the members that count.
Forecast combine(std::vector<Forecast> members, Average average);

} // namespace florin::forecast
