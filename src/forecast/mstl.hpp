// Several seasons at once: each taken out by STL in turn, and forecasts made of the parts.
#pragma once

#include "forecast/model.hpp"

#include <span>
#include <vector>

namespace florin::forecast {

struct MstlOptions {
    std::vector<int> periods; ///< each at least 2; the order does not matter
    int rounds = 2;           ///< times that each season is taken out anew; one season needs one
    bool robust = false;      ///< as StlOptions::robust
    bool periodic = false;    ///< seasons that never change; else the windows are 11, 15, 19, … seasons
};

/// value = trend + sum of the seasonals + remainder.
struct MstlFit {
    std::vector<int> periods;                  ///< those taken out, ascending
    std::vector<int> dropped;                  ///< those of which there are no two whole seasons
    std::vector<std::vector<double>> seasonal; ///< one for each of `periods`
    std::vector<double> trend;
    std::vector<double> remainder;
};

/// Splits `values` (finite, equally spaced). Errors `forecast.season` (a period below 2) and `forecast.too_short`
/// (there are two seasons of no period). The values of R's forecast::mstl.
/// Source: Bandara, Hyndman and Bergmeir, "MSTL" (2021), arXiv 2107.13462.
base::Result<MstlFit> mstl(std::span<const double> values, const MstlOptions& options);

/// The last season of each period comes again, on top of what `method` says of the seasonally adjusted values (which it
/// gets with season 1). With no period long enough it is `method` alone. `request.season` is not used.
base::Result<Forecast> forecast_mstl(const Request& request, const MstlOptions& options, const Method& method);

} // namespace florin::forecast
