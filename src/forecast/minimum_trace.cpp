#include "forecast/minimum_trace.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace florin::forecast {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr double kLeastDeviation = 1e-4; // of the mean one

/// Times in rows, nodes in columns: where every node has a residual.
base::Result<Matrix> complete_times(const Hierarchy& hierarchy, const std::vector<std::vector<double>>& residuals) {
    const auto refuse = [](std::string message) { return base::user_error("forecast.residuals", std::move(message)); };
    if (residuals.size() != hierarchy.node_count()) {
        return refuse(fmt::format("{} rows of residuals for {} nodes", residuals.size(), hierarchy.node_count()));
    }
    std::vector<std::size_t> times;
    for (std::size_t time = 0; time < residuals.front().size(); ++time) {
        bool complete = true;
        for (const std::vector<double>& row : residuals) {
            if (row.size() != residuals.front().size()) {
                return refuse("residuals of different lengths");
            }
            if (std::isinf(row[time])) {
                return refuse(fmt::format("the residual at time {} is infinite", time + 1));
            }
            complete = complete && !std::isnan(row[time]);
        }
        if (complete) {
            times.push_back(time);
        }
    }
    if (times.size() < 2) {
        return base::data_error("forecast.too_short", "the series have no two residuals in common");
    }
    Matrix found(static_cast<Eigen::Index>(times.size()), static_cast<Eigen::Index>(residuals.size()));
    for (std::size_t node = 0; node < residuals.size(); ++node) {
        for (std::size_t i = 0; i < times.size(); ++i) {
            found(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(node)) = residuals[node][times[i]];
        }
    }
    return found;
}

/// Mean squares, none of them zero.
Vector variances(const Matrix& residuals) {
    Vector found = residuals.colwise().squaredNorm().transpose() / static_cast<double>(residuals.rows());
    const double mean = found.mean();
    const double least = mean > 0.0 ? mean * kLeastDeviation * kLeastDeviation : 1.0;
    return found.cwiseMax(least);
}

/// The share of the diagonal in the best mixture of it and the sample covariance (Schäfer and Strimmer, with the mean
/// known to be zero).
double shrinkage_intensity(const Matrix& residuals, const Vector& variance) {
    const double n = static_cast<double>(residuals.rows());
    const Matrix scaled = residuals * variance.cwiseSqrt().cwiseInverse().asDiagonal();
    const Matrix products = scaled.transpose() * scaled;
    const Matrix squares = scaled.cwiseAbs2();
    Matrix variance_of_products = (squares.transpose() * squares - products.cwiseAbs2() / n) / (n * (n - 1.0));
    Matrix correlation = products / n;
    variance_of_products.diagonal().setZero();
    correlation.diagonal().setZero();
    const double distance = correlation.squaredNorm();
    return distance > 0.0 ? std::clamp(variance_of_products.sum() / distance, 0.0, 1.0) : 1.0;
}

Matrix summing_matrix(const Hierarchy& hierarchy) {
    const auto leaves = static_cast<Eigen::Index>(hierarchy.leaf_count());
    const auto sums = static_cast<Eigen::Index>(hierarchy.aggregates().size());
    Matrix matrix = Matrix::Zero(sums + leaves, leaves);
    for (Eigen::Index row = 0; row < sums; ++row) {
        for (const std::size_t leaf : hierarchy.aggregates()[static_cast<std::size_t>(row)].leaves) {
            matrix(row, static_cast<Eigen::Index>(leaf)) = 1.0;
        }
    }
    matrix.bottomRows(leaves).setIdentity();
    return matrix;
}

/// The minimum of b' Q b / 2 - c' b over b >= 0, Q positive definite, from the unbounded minimum: block principal
/// pivoting, one at a time where blocks do not get nearer. Júdice and Pires, Computers & Operations Research 21 (1994).
Vector non_negative_minimum(const Matrix& q, const Vector& c, Vector unbounded) {
    const Eigen::Index count = c.size();
    std::vector<bool> is_free(static_cast<std::size_t>(count));
    for (Eigen::Index i = 0; i < count; ++i) {
        is_free[static_cast<std::size_t>(i)] = unbounded[i] > 0.0;
    }
    Eigen::Index fewest = count + 1;
    int blocks_left = 3;
    const double rounding = 1e-10 * std::max(c.cwiseAbs().maxCoeff(), 1e-300);
    const int rounds_max = 20 * static_cast<int>(count) + 100;
    Vector values = Vector::Zero(count);
    for (int round = 0; round < rounds_max; ++round) {
        std::vector<Eigen::Index> free;
        for (Eigen::Index i = 0; i < count; ++i) {
            if (is_free[static_cast<std::size_t>(i)]) {
                free.push_back(i);
            }
        }
        values.setZero();
        if (!free.empty()) {
            const Matrix inner = q(free, free);
            const Vector right = c(free);
            const Vector solved = inner.llt().solve(right);
            values(free) = solved;
        }
        const Vector slope = q * values - c;
        std::vector<Eigen::Index> wrong;
        for (Eigen::Index i = 0; i < count; ++i) {
            const bool free_here = is_free[static_cast<std::size_t>(i)];
            if (free_here ? values[i] < 0.0 : slope[i] < -rounding) {
                wrong.push_back(i);
            }
        }
        if (wrong.empty()) {
            return values;
        }
        if (static_cast<Eigen::Index>(wrong.size()) < fewest) {
            fewest = static_cast<Eigen::Index>(wrong.size());
            blocks_left = 3;
        } else if (blocks_left > 0) {
            --blocks_left;
        } else {
            wrong.erase(wrong.begin(), wrong.end() - 1); // Murty's rule: the last one alone; it ends
        }
        for (const Eigen::Index i : wrong) {
            is_free[static_cast<std::size_t>(i)] = !is_free[static_cast<std::size_t>(i)];
        }
    }
    return values.cwiseMax(0.0); // rounding alone can lead here
}

} // namespace

struct MinimumTrace::State {
    Vector scale;     ///< leaves are these times the unknowns
    Matrix balanced;  ///< S' W^-1 S for the unknowns: ones on the diagonal
    Matrix weighted;  ///< S' W^-1 for them
    Matrix to_leaves; ///< (S' W^-1 S)^-1 S' W^-1
    double shrinkage = 1.0;
};

base::Result<MinimumTrace> MinimumTrace::make(const Hierarchy& hierarchy, TraceWeights weights,
                                              const std::vector<std::vector<double>>& residuals) {
    const auto nodes = static_cast<Eigen::Index>(hierarchy.node_count());
    const Matrix summing = summing_matrix(hierarchy);
    auto state = std::make_shared<State>();
    Matrix covariance;
    switch (weights) {
    case TraceWeights::kEqual: covariance = Matrix::Identity(nodes, nodes); break;
    case TraceWeights::kStructural: covariance = summing.rowwise().sum().asDiagonal(); break;
    case TraceWeights::kVariance:
    case TraceWeights::kShrinkage: {
        FLORIN_TRY_ASSIGN(const Matrix complete, complete_times(hierarchy, residuals));
        const Vector variance = variances(complete);
        if (weights == TraceWeights::kShrinkage) {
            state->shrinkage = shrinkage_intensity(complete, variance);
            covariance =
                complete.transpose() * complete * ((1.0 - state->shrinkage) / static_cast<double>(complete.rows()));
        } else {
            covariance = Matrix::Zero(nodes, nodes);
        }
        // On the diagonal a little more than the sample's, so that a short history leaves no direction certain.
        covariance.diagonal() = variance * (1.0 + kLeastDeviation * kLeastDeviation);
        break;
    }
    }
    // Scaled to correlations first: variances of nodes differ by many orders of magnitude.
    const Vector roots = covariance.diagonal().cwiseSqrt().cwiseInverse();
    const Matrix correlation = roots.asDiagonal() * covariance * roots.asDiagonal();
    const Matrix weighted =
        (roots.asDiagonal() * correlation.ldlt().solve(Matrix(roots.asDiagonal() * summing))).transpose();
    const Matrix normal = weighted * summing;
    state->scale = normal.diagonal().cwiseSqrt().cwiseInverse();
    state->balanced = state->scale.asDiagonal() * normal * state->scale.asDiagonal();
    state->weighted = state->scale.asDiagonal() * weighted;
    state->to_leaves = state->scale.asDiagonal() * state->balanced.ldlt().solve(state->weighted);
    MinimumTrace found;
    found.state_ = std::move(state);
    return found;
}

std::vector<double> MinimumTrace::reconcile(std::span<const double> forecasts, bool non_negative) const {
    FLORIN_CHECK(static_cast<Eigen::Index>(forecasts.size()) == state_->weighted.cols(), "one forecast for each node");
    const Vector all = Eigen::Map<const Vector>(forecasts.data(), static_cast<Eigen::Index>(forecasts.size()));
    Vector leaves = state_->to_leaves * all;
    if (non_negative && leaves.minCoeff() < 0.0) {
        const Vector unknowns = leaves.cwiseQuotient(state_->scale);
        leaves = state_->scale.cwiseProduct(non_negative_minimum(state_->balanced, state_->weighted * all, unknowns));
    }
    return {leaves.data(), leaves.data() + leaves.size()};
}

double MinimumTrace::shrinkage() const {
    return state_->shrinkage;
}

} // namespace florin::forecast
