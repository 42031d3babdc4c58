// Charges that span days: their accrual costs by day.
#pragma once

#include "base/files.hpp"
#include "engine/engine.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace florin::ingest {

/// A charge that spans more days than this (ten years and some) stays on its first day.
inline constexpr int kSpreadDaysMax = 3'700;

/// The share of each day of [start, end), in proportion to the time of the charge that lies in it,
/// by largest remainder: the parts sum to `amount` exactly. Index 0 is the day of `start`. end > start.
base::Result<std::vector<money::Decimal>> daily_shares(money::Decimal amount, period::Instant start,
                                                       period::Instant end);

/// Writes the spread file for the charges in `charges` that span more than one day and have an
/// effective, list or contracted cost; the number of such charges. Without any, no file is written.
/// `folder` takes a temporary file.
base::Result<std::uint64_t> write_spread(engine::Engine& engine, const std::string& charges, const std::string& target,
                                         const base::Path& folder);

} // namespace florin::ingest
