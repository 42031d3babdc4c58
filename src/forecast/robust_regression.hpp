// Linear regression that outliers do not pull.
#pragma once

#include "base/result.hpp"

#include <span>
#include <vector>

namespace florin::forecast {

struct RobustRegression {
    std::vector<double> coefficients; ///< one a column, then the intercept
    std::vector<double> residuals;
    std::vector<double> weights; ///< 1 where an observation counts in full, smaller the farther out it is
    double scale = 0.0;          ///< of the residuals: median of their absolute values over 0.6745
};

/// Regression of `values` on `columns` (each as long as the values, finite) and an intercept by Huber's M-estimator:
/// a residual of more than 1.345 scales counts only in proportion to its sign. Iteratively reweighted least squares
/// from the least-squares fit, until the residuals settle. A column that is all zero gets 0, and columns that say the
/// same share the effect (minimum norm). Errors `forecast.too_short` (fewer values than columns and intercept) and
/// `forecast.regressors` (columns of other lengths). The values of R's MASS::rlm.
/// Source: Huber, "Robust Statistics" (1981), chapter 7.
base::Result<RobustRegression> regress_robustly(std::span<const double> values,
                                                const std::vector<std::vector<double>>& columns);

/// The median; of an even number the mean of the middle two. Not for an empty range.
double median(std::vector<double> values);

} // namespace florin::forecast
