// Classical seasonal decomposition by moving averages, and the test whether a season is there at all.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace florin::forecast {

enum class Seasonality : unsigned char { kAdditive, kMultiplicative };

/// Sample autocorrelations at lags 1 to `lag_max`, with the divisor n; zeros for a constant series.
std::vector<double> autocorrelations(std::span<const double> values, int lag_max);

/// Whether a season of `season` steps shows: at least three seasons of values, and
/// |r_m| > 1.645 sqrt((1 + 2 sum_{i<m} r_i^2) / n). The test of the M4 competition's benchmarks.
bool is_seasonal(std::span<const double> values, int season);

/// Seasonal indices by phase, the first one of the first observation: means, by phase, of the values less (over) their
/// centred moving average of one season, made to average 0 (1). As R's `decompose`. None where there are fewer than
/// two seasons or, multiplicative, where a moving average or an index is not above zero.
std::optional<std::vector<double>> seasonal_indices(std::span<const double> values, int season, Seasonality kind);

/// `values` without their season.
std::vector<double> without_season(std::span<const double> values, std::span<const double> indices, Seasonality kind);

/// Puts the season back, in place: `values[0]` is at `phase` steps after the first observation.
void add_season(std::span<double> values, std::span<const double> indices, Seasonality kind, std::size_t phase);

/// Centred moving average of one season; nothing for the half season at either end. Index 0 is observation `season/2`.
std::vector<double> moving_average(std::span<const double> values, int season);

} // namespace florin::forecast
