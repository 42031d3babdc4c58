// Where a series moved to another level, and the series as if it had always been at the last one.
#pragma once

#include "forecast/model.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace florin::forecast {

/// The starts of all segments but the first, in order, for which the squares about the segments' means plus `penalty`
/// for each of these starts are least; segments have at least `segment_min` values. The exact optimum.
/// Source: PELT; Killick, Fearnhead and Eckley, JASA 107 (2012).
std::vector<std::size_t> change_points(std::span<const double> values, double penalty, std::size_t segment_min);

/// A shift that lasts fewer steps is not told from an outlier.
inline constexpr std::size_t kSegmentMin = 7;

/// Of longer series the last so many values are searched: the time of a search grows with the square.
inline constexpr std::size_t kShiftValuesMax = 2000;

/// Segments of one level each, about a common line and season.
struct LevelShifts {
    std::vector<std::size_t> starts; ///< of the second segment on; empty where the level never moved
    std::vector<double> levels;      ///< one a segment, starts.size() + 1: the median about season and line
    double slope = 0.0;              ///< of the common line, a step
    double noise = 0.0;              ///< long-run standard deviation within segments that a shift was held against
};

/// Finds lasting shifts of level: in `values` (finite) less their season (where there are more than two of it) and
/// their short spikes, the segments and the common slope with the least squares, where each shift costs 3 ln(n) times
/// the long-run variance. The variance starts from the first differences and grows with the autocorrelation of what the
/// segments leave, so that slow noise is not taken for steps. Of fewer than two segments' values no shift is found.
LevelShifts find_level_shifts(std::span<const double> values, int season);

/// `values` with every segment moved to the level of the last one: what a model is fitted to, so that it neither
/// averages over a step nor forgets the season seen before it.
std::vector<double> rebase(std::span<const double> values, const LevelShifts& shifts);

/// `method` on the re-based values, and named after what was done where a shift was found; residuals and AICc are
/// those of the re-based values. Errors: those of check_request and the method.
base::Result<Forecast> forecast_rebased(const Request& request, const Method& method);

} // namespace florin::forecast
