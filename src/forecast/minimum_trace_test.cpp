#include "forecast/minimum_trace.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace florin::forecast {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Rows = std::vector<std::vector<double>>;

/// Total, two groups of three, and two sums across them.
Hierarchy grouped() {
    return Hierarchy::of({"a1", "a2", "a3", "b1", "b2", "b3"}, {{.name = "all", .leaves = {0, 1, 2, 3, 4, 5}},
                                                                {.name = "a", .leaves = {0, 1, 2}},
                                                                {.name = "b", .leaves = {3, 4, 5}},
                                                                {.name = "1", .leaves = {0, 3}},
                                                                {.name = "23", .leaves = {1, 2, 4, 5}}})
        .value();
}

Matrix summing(const Hierarchy& hierarchy) {
    Matrix matrix = Matrix::Zero(static_cast<Eigen::Index>(hierarchy.node_count()),
                                 static_cast<Eigen::Index>(hierarchy.leaf_count()));
    for (std::size_t node = 0; node < hierarchy.node_count(); ++node) {
        for (const std::size_t leaf : hierarchy.leaves_of(node)) {
            matrix(static_cast<Eigen::Index>(node), static_cast<Eigen::Index>(leaf)) = 1.0;
        }
    }
    return matrix;
}

/// Residuals of very different sizes that err together in part.
Rows residuals(const Hierarchy& hierarchy, std::size_t times, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    Rows rows(hierarchy.node_count(), std::vector<double>(times));
    for (std::size_t time = 0; time < times; ++time) {
        const double shared = normal(random);
        for (std::size_t node = 0; node < rows.size(); ++node) {
            rows[node][time] = (1.0 + static_cast<double>(node)) * (0.6 * shared + normal(random));
        }
    }
    return rows;
}

/// Schäfer and Strimmer's estimate, pair by pair.
struct Shrunk {
    Matrix covariance;
    double intensity;
};
Shrunk shrunk(const Rows& rows) {
    const std::size_t times = rows.front().size();
    const double n = static_cast<double>(times);
    const auto mean_product = [&](std::size_t i, std::size_t j) {
        double sum = 0.0;
        for (std::size_t t = 0; t < times; ++t) {
            sum += rows[i][t] * rows[j][t];
        }
        return sum / n;
    };
    double variance_sum = 0.0;
    double square_sum = 0.0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < rows.size(); ++j) {
            if (i == j) {
                continue;
            }
            const double size = std::sqrt(mean_product(i, i) * mean_product(j, j));
            const double correlation = mean_product(i, j) / size;
            double spread = 0.0;
            for (std::size_t t = 0; t < times; ++t) {
                const double distance = rows[i][t] * rows[j][t] / size - correlation;
                spread += distance * distance;
            }
            variance_sum += spread / (n * (n - 1.0));
            square_sum += correlation * correlation;
        }
    }
    const auto nodes = static_cast<Eigen::Index>(rows.size());
    Shrunk found{.covariance = Matrix(nodes, nodes), .intensity = std::min(1.0, variance_sum / square_sum)};
    for (Eigen::Index i = 0; i < nodes; ++i) {
        for (Eigen::Index j = 0; j < nodes; ++j) {
            found.covariance(i, j) = mean_product(static_cast<std::size_t>(i), static_cast<std::size_t>(j)) *
                                     (i == j ? 1.0 : 1.0 - found.intensity);
        }
    }
    return found;
}

/// The projection onto what adds up, in its other form: y - W C' (C W C')^-1 C y, with C y = aggregates less sums.
Vector projected(const Hierarchy& hierarchy, const Matrix& weights, const Vector& forecasts) {
    const auto sums = static_cast<Eigen::Index>(hierarchy.aggregates().size());
    Matrix constraint(sums, forecasts.size());
    constraint << Matrix::Identity(sums, sums), -summing(hierarchy).topRows(sums);
    const Matrix gain = weights * constraint.transpose() * (constraint * weights * constraint.transpose()).inverse();
    return forecasts - gain * constraint * forecasts;
}

Vector some_forecasts(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(10.0, 100.0);
    Vector found(static_cast<Eigen::Index>(count));
    for (double& value : found) {
        value = uniform(random);
    }
    return found;
}

void expect_projection(const MinimumTrace& trace, const Hierarchy& hierarchy, const Matrix& weights) {
    const Vector forecasts = some_forecasts(hierarchy.node_count(), 5);
    const std::vector<double> leaves =
        trace.reconcile({forecasts.data(), static_cast<std::size_t>(forecasts.size())}, false);
    const std::vector<double> nodes = hierarchy.aggregate(leaves);
    const Vector expected = projected(hierarchy, weights, forecasts);
    for (Eigen::Index i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(nodes[static_cast<std::size_t>(i)], expected[i], 1e-6) << i;
    }
}

TEST(MinimumTrace, EachWeightingIsThatOfPlainLinearAlgebra) {
    const Hierarchy hierarchy = grouped();
    const Rows rows = residuals(hierarchy, 60, 1);
    const Matrix sizes = summing(hierarchy).rowwise().sum().asDiagonal();
    expect_projection(MinimumTrace::make(hierarchy, TraceWeights::kEqual, {}).value(), hierarchy,
                      Matrix::Identity(11, 11));
    expect_projection(MinimumTrace::make(hierarchy, TraceWeights::kStructural, {}).value(), hierarchy, sizes);
    const Shrunk estimate = shrunk(rows);
    EXPECT_GT(estimate.intensity, 0.01);
    EXPECT_LT(estimate.intensity, 0.9);
    expect_projection(MinimumTrace::make(hierarchy, TraceWeights::kVariance, rows).value(), hierarchy,
                      estimate.covariance.diagonal().asDiagonal());
    const auto trace = MinimumTrace::make(hierarchy, TraceWeights::kShrinkage, rows).value();
    EXPECT_NEAR(trace.shrinkage(), estimate.intensity, 1e-9);
    expect_projection(trace, hierarchy, estimate.covariance);
}

TEST(MinimumTrace, TwoLeavesByHand) {
    // Total 10, leaves 4 and 4: least squares gives each of the three a third of the gap of 2.
    const Hierarchy pair = Hierarchy::of({"a", "b"}, {{.name = "all", .leaves = {0, 1}}}).value();
    const auto equal = MinimumTrace::make(pair, TraceWeights::kEqual, {}).value();
    EXPECT_THAT(equal.reconcile(std::vector<double>{10.0, 4.0, 4.0}, false),
                testing::Each(testing::DoubleNear(4.0 + 2.0 / 3.0, 1e-12)));
    // With variance 2 for the total: of the gap, half goes there and a quarter to each leaf.
    const auto structural = MinimumTrace::make(pair, TraceWeights::kStructural, {}).value();
    EXPECT_THAT(structural.reconcile(std::vector<double>{10.0, 4.0, 4.0}, false),
                testing::Each(testing::DoubleNear(4.5, 1e-12)));
}

TEST(MinimumTrace, WhatAddsUpAlreadyStays) {
    const Hierarchy hierarchy = grouped();
    const auto trace = MinimumTrace::make(hierarchy, TraceWeights::kShrinkage, residuals(hierarchy, 12, 2)).value();
    const std::vector<double> leaves{1.0, 2e6, 3.0, 0.0, 5.0, 6.0};
    const std::vector<double> found = trace.reconcile(hierarchy.aggregate(leaves), false);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        EXPECT_NEAR(found[i], leaves[i], 1e-2); // of a total of two million
    }
}

TEST(MinimumTrace, ItErrsLessThanBottomUpOnAverage) {
    // Leaves with much noise, a total with little: MinT borrows from the total.
    const Hierarchy pair = Hierarchy::of({"a", "b", "c"}, {{.name = "all", .leaves = {0, 1, 2}}}).value();
    std::mt19937_64 random(6);
    std::normal_distribution<double> normal;
    const auto errors = [&] {
        return std::vector<double>{normal(random), 3 * normal(random), 3 * normal(random), 3 * normal(random)};
    };
    Rows rows(4, std::vector<double>(100));
    for (std::size_t t = 0; t < 100; ++t) {
        const auto now = errors();
        for (std::size_t node = 0; node < 4; ++node) {
            rows[node][t] = now[node];
        }
    }
    const auto trace = MinimumTrace::make(pair, TraceWeights::kShrinkage, rows).value();
    double reconciled = 0.0;
    double bottom_up = 0.0;
    for (int i = 0; i < 500; ++i) {
        const auto now = errors(); // the truth is zero
        const auto leaves = trace.reconcile(now, false);
        reconciled += std::pow(leaves[0] + leaves[1] + leaves[2], 2);
        bottom_up += std::pow(now[1] + now[2] + now[3], 2);
    }
    EXPECT_LT(reconciled, 0.2 * bottom_up); // variances about 1 and 27
}

/// The best point without a negative leaf, by trying every set of leaves that are zero.
double least_objective(const Matrix& s, const Matrix& inverse, const Vector& forecasts) {
    double least = std::numeric_limits<double>::infinity();
    const Eigen::Index leaves = s.cols();
    for (unsigned mask = 0; mask < (1U << static_cast<unsigned>(leaves)); ++mask) {
        std::vector<Eigen::Index> free;
        for (Eigen::Index i = 0; i < leaves; ++i) {
            if ((mask >> static_cast<unsigned>(i) & 1U) != 0) {
                free.push_back(i);
            }
        }
        Vector values = Vector::Zero(leaves);
        if (!free.empty()) {
            const Matrix part = s(Eigen::all, free);
            values(free) = (part.transpose() * inverse * part).inverse() * part.transpose() * inverse * forecasts;
        }
        if (values.minCoeff() >= 0.0) {
            const Vector rest = forecasts - s * values;
            least = std::min(least, rest.dot(inverse * rest));
        }
    }
    return least;
}

TEST(MinimumTrace, WithoutNegativeLeavesItIsTheBestOfThose) {
    const Hierarchy hierarchy = grouped();
    const Rows rows = residuals(hierarchy, 40, 3);
    const auto trace = MinimumTrace::make(hierarchy, TraceWeights::kShrinkage, rows).value();
    const Matrix inverse = shrunk(rows).covariance.inverse();
    const Matrix s = summing(hierarchy);
    std::mt19937_64 random(4);
    std::normal_distribution<double> normal(5.0, 60.0);
    int bound = 0;
    for (int i = 0; i < 200; ++i) {
        Vector forecasts(11);
        for (double& value : forecasts) {
            value = normal(random);
        }
        const std::vector<double> leaves = trace.reconcile({forecasts.data(), 11}, true);
        EXPECT_THAT(leaves, testing::Each(testing::Ge(0.0)));
        const Vector rest = forecasts - s * Eigen::Map<const Vector>(leaves.data(), 6);
        const double best = least_objective(s, inverse, forecasts);
        EXPECT_NEAR(rest.dot(inverse * rest), best, 1e-6 * best) << i;
        bound += *std::min_element(leaves.begin(), leaves.end()) == 0.0 ? 1 : 0;
    }
    EXPECT_GT(bound, 100);
}

TEST(MinimumTrace, NodesThatNeverErredAndGapsAreHeldOut) {
    const Hierarchy hierarchy = grouped();
    Rows rows = residuals(hierarchy, 30, 5);
    rows[5].assign(30, 0.0);
    rows[7][3] = std::nan("");
    const auto trace = MinimumTrace::make(hierarchy, TraceWeights::kShrinkage, rows);
    ASSERT_TRUE(trace.ok());
    const Vector forecasts = some_forecasts(11, 8);
    const auto leaves = trace->reconcile({forecasts.data(), 11}, false);
    EXPECT_NEAR(leaves[0], forecasts[5], 0.1); // hardly moved
    const auto zeros = MinimumTrace::make(hierarchy, TraceWeights::kShrinkage, Rows(11, std::vector<double>(5, 0.0)));
    ASSERT_TRUE(zeros.ok());
    for (const double leaf : zeros->reconcile({forecasts.data(), 11}, true)) {
        EXPECT_TRUE(std::isfinite(leaf));
    }
}

TEST(MinimumTrace, BadResidualsAreAnError) {
    const Hierarchy hierarchy = grouped();
    const auto code = [&](Rows rows) {
        return MinimumTrace::make(hierarchy, TraceWeights::kShrinkage, rows).error().code;
    };
    EXPECT_EQ(code({}), "forecast.residuals");
    EXPECT_EQ(code(Rows(11, {1.0})), "forecast.too_short");
    EXPECT_EQ(code(Rows(11)), "forecast.too_short");
    Rows ragged(11, {1.0, 2.0});
    ragged[4].pop_back();
    EXPECT_EQ(code(ragged), "forecast.residuals");
    EXPECT_EQ(code(Rows(11, {1.0, HUGE_VAL})), "forecast.residuals");
    EXPECT_EQ(code(Rows(11, {std::nan(""), 1.0})), "forecast.too_short");
}

} // namespace
} // namespace florin::forecast
