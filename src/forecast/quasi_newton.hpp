// Minimisation of a smooth function of a few variables.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace florin::forecast {

/// A function to minimise_smooth. Infinity (or NaN) where it is not defined.
using Objective = std::function<double(std::span<const double>)>;

struct SmoothMinimum {
    std::vector<double> at;
    double value = 0.0;
    int evaluations = 0;
};

/// A local minimum of `objective` from `start`, where it must be finite: BFGS with gradients by central differences
/// and a step that is halved until it pays (Armijo). It ends when a step changes the value by less than
/// `tolerance`, relatively, or after 200 steps. What is returned is never worse than the start.
/// Source: Nocedal and Wright, "Numerical Optimization" (2006), algorithm 6.1.
SmoothMinimum minimise_smooth(const Objective& objective, std::vector<double> start, double tolerance);

} // namespace florin::forecast
