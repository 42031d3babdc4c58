// Minimising a function of a few variables within bounds, without derivatives.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace florin::forecast {

struct Variable {
    double start = 0;
    double lower = 0; ///< lower <= start <= upper
    double upper = 0;
    double step = 0.1; ///< distance of the first simplex's corner, not 0; turned round where there is no room
};

struct Minimum {
    std::vector<double> at;
    double value = 0;
    int evaluation_count = 0;
};

/// Nelder & Mead's simplex with the dimension's coefficients of Gao & Han (2012); points outside of the bounds are
/// moved onto them. Stops when the corners' values differ by less than `tolerance` times (1 + |least|), or after
/// `evaluations_max`. A value that is not finite counts as infinite. The same input gives the same output.
Minimum minimise(const std::function<double(std::span<const double>)>& objective, std::span<const Variable> variables,
                 int evaluations_max, double tolerance);

} // namespace florin::forecast
