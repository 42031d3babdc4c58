// Forecasts of all levels made to agree, by what each level has shown to be worth.
#pragma once

#include "forecast/hierarchy.hpp"

#include <memory>
#include <span>
#include <vector>

namespace florin::forecast {

/// How far the forecasts of two nodes are trusted, and how much they err together: the matrix W.
enum class TraceWeights : std::uint8_t {
    kEqual,      ///< all nodes alike (ordinary least squares)
    kStructural, ///< a node's variance is the number of its leaves: needs no residuals
    kVariance,   ///< mean squares of the residuals, as if errors were unrelated
    kShrinkage,  ///< their whole covariance, shrunk towards kVariance as far as the history is too short for it
};

/// MinT reconciliation: of all forecasts that add up, those with the least total variance,
/// (S' W^-1 S)^-1 S' W^-1 y. Source: Wickramasuriya, Athanasopoulos and Hyndman, JASA 114 (2019); the shrinkage
/// intensity: Schäfer and Strimmer, Statistical Applications in Genetics and Molecular Biology 4 (2005).
///
/// Copies share what was computed; using it is safe from several threads.
class MinimumTrace {
public:
    /// `residuals`: one-step errors by node and time, all equally long, NaN where there is none: a time counts where
    /// all nodes have one. They may be empty for kEqual and kStructural. A node that never erred gets a ten-thousandth
    /// of the mean deviation, so that nothing is certain. Errors `forecast.residuals` (not one row for each node, of
    /// different lengths, infinite) and `forecast.too_short` (fewer than two times that count).
    static base::Result<MinimumTrace> make(const Hierarchy& hierarchy, TraceWeights weights,
                                           const std::vector<std::vector<double>>& residuals);

    /// The leaves' values that fit `forecasts` (one for each node, finite) best. Sums of them (Hierarchy::aggregate)
    /// are the other nodes'. With `non_negative` the best of those without a negative leaf: the quadratic programme,
    /// solved exactly (Wickramasuriya, Turlach and Hyndman, Statistics and Computing 30, 2020).
    std::vector<double> reconcile(std::span<const double> forecasts, bool non_negative) const;

    /// By how much the covariance was shrunk, 0 to 1; 1 for the other weights.
    double shrinkage() const;

private:
    struct State;
    std::shared_ptr<const State> state_;
};

} // namespace florin::forecast
