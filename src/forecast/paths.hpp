// Possible futures, drawn jointly: what sums over days and over series have their quantiles from.
#pragma once

#include "forecast/conformal.hpp"
#include "forecast/model.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace florin::forecast {

/// Possible futures of one series: [path][step], all paths as long. Of several series path k is the same future.
using Paths = std::vector<std::vector<double>>;

/// `count` futures of each forecast, by residual bootstrap: at each step all series take their shock from the same past
/// step, counted back from the last, so that what moved them together then does so again. A series that is too young
/// for that step draws one of its own. Equal for equal seeds. All forecasts have the same horizon (a bug if not).
std::vector<Paths> joint_paths(std::span<const Forecast> forecasts, int count, std::uint64_t seed);

/// Gives each step of `paths` the distribution of past errors about `means`, and keeps the order of the paths at each
/// step: dependence from the model, margins from the backtest (a reordering after Schaake). Equal values count by path
/// number. Where no error is known the paths stay as they are. With `non_negative` no value is below 0.
/// Source: Clark et al., Journal of Hydrometeorology 5 (2004).
Paths calibrate_paths(const Paths& paths, std::span<const double> means, const ConformalErrors& errors, double scale,
                      bool non_negative);

/// The sum of `series` path by path and step by step; of no series no path. All have as many paths and steps (a bug if
/// not).
Paths sum_series(std::span<const Paths> series);
/// Each path's sum over the steps [first, last).
std::vector<double> sum_steps(const Paths& paths, std::size_t first, std::size_t last);

/// The value that a share `probability` (0 to 1) of `samples` does not exceed, interpolated (R's type 7). Not for none.
double sample_quantile(std::vector<double> samples, double probability);
/// The share of samples above `limit`, and their mean excess over it (0 where none is above).
struct Exceedance {
    double probability = 0.0;
    double mean_excess = 0.0;
};
Exceedance exceedance(std::span<const double> samples, double limit);
/// By path, the first step up to which the sum from step 0, on top of `so_far`, is above `limit`; the number of steps
/// where it never is.
std::vector<std::size_t> first_steps_above(const Paths& paths, double so_far, double limit);

} // namespace florin::forecast
