// Measures of forecast accuracy, as the M4 competition defines them where it does.
// Makridakis, Spiliotis & Assimakopoulos, The M4 Competition: 100,000 time series and 61 forecasting methods (2020).
#pragma once

#include <optional>
#include <span>

namespace florin::forecast {

/// Mean of 200 |y - f| / (|y| + |f|), in percent, 0 to 200; a step where both are zero counts as 0. The spans are of
/// one length, at least 1; so everywhere here.
double smape(std::span<const double> actual, std::span<const double> forecast);

/// Sum of |y - f| over sum of |y|, in percent. None where every y is zero. Over several series: the sums are pooled.
std::optional<double> wape(std::span<const double> actual, std::span<const double> forecast);

/// Sum of f - y over sum of |y|, in percent: above zero the forecast is too high. None where every y is zero.
std::optional<double> bias(std::span<const double> actual, std::span<const double> forecast);

/// Mean absolute change of `training` over `lag` steps: what MASE and MSIS are in units of. None where there is no such
/// pair or nothing ever changed.
std::optional<double> naive_scale(std::span<const double> training, int lag);

/// Mean absolute error over `scale`. Hyndman & Koehler (2006).
double mase(std::span<const double> actual, std::span<const double> forecast, double scale);

/// Overall weighted average of a set of series: half the ratio of average sMAPEs, half that of average MASEs, against
/// Naive2's averages over the same set.
double owa(double smape_mean, double mase_mean, double naive2_smape_mean, double naive2_mase_mean);

/// Mean scaled interval score of intervals [lower, upper] that miss with probability `miss` (0.05 for 95 %): the mean
/// of width + 2/miss x (distance by which y is outside), over `scale`. Gneiting & Raftery (2007).
double msis(std::span<const double> actual, std::span<const double> lower, std::span<const double> upper, double scale,
            double miss);

/// The share of steps with lower <= y <= upper, 0 to 1.
double coverage(std::span<const double> actual, std::span<const double> lower, std::span<const double> upper);

} // namespace florin::forecast
