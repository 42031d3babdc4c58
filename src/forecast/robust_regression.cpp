#include "forecast/robust_regression.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace florin::forecast {
namespace {

using Vector = Eigen::VectorXd;

constexpr double kTuning = 1.345; // 95 % efficiency for normal errors
constexpr double kNormalMedian = 0.6745;
constexpr int kRoundsMax = 100;
constexpr double kSettled = 1e-10;

double scale_of(const Vector& residuals) {
    std::vector<double> distances(static_cast<std::size_t>(residuals.size()));
    for (std::size_t i = 0; i < distances.size(); ++i) {
        distances[i] = std::abs(residuals[static_cast<Eigen::Index>(i)]);
    }
    return median(std::move(distances)) / kNormalMedian;
}

Vector solve(const Eigen::MatrixXd& design, const Vector& values, const Vector& weights) {
    const Vector roots = weights.cwiseSqrt();
    return (roots.asDiagonal() * design).completeOrthogonalDecomposition().solve(roots.cwiseProduct(values));
}

std::vector<double> copy(const Vector& values) {
    return {values.data(), values.data() + values.size()};
}

} // namespace

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return 0.5 * (*std::max_element(values.begin(), middle) + *middle);
}

base::Result<RobustRegression> regress_robustly(std::span<const double> values,
                                                const std::vector<std::vector<double>>& columns) {
    const auto rows = static_cast<Eigen::Index>(values.size());
    const auto count = static_cast<Eigen::Index>(columns.size());
    if (values.size() < columns.size() + 1) {
        return base::data_error("forecast.too_short", fmt::format("{} observations are too few for {} effects",
                                                                  values.size(), columns.size() + 1));
    }
    Eigen::MatrixXd design(rows, count + 1);
    for (Eigen::Index i = 0; i < count; ++i) {
        const std::vector<double>& column = columns[static_cast<std::size_t>(i)];
        if (column.size() != values.size()) {
            return base::user_error("forecast.regressors", fmt::format("a regressor has {} values for {} observations",
                                                                       column.size(), values.size()));
        }
        design.col(i) = Eigen::Map<const Vector>(column.data(), rows);
    }
    design.col(count).setOnes();
    const Vector observed = Eigen::Map<const Vector>(values.data(), rows);
    Vector weights = Vector::Ones(rows);
    Vector coefficients = solve(design, observed, weights);
    Vector residuals = observed - design * coefficients;
    const double size = observed.cwiseAbs().maxCoeff();
    double scale = scale_of(residuals);
    for (int round = 0; round < kRoundsMax && scale > 1e-12 * size; ++round) {
        for (Eigen::Index i = 0; i < rows; ++i) {
            const double distance = std::abs(residuals[i]) / (scale * kTuning);
            weights[i] = distance > 1.0 ? 1.0 / distance : 1.0;
        }
        coefficients = solve(design, observed, weights);
        const Vector next = observed - design * coefficients;
        const double moved = (next - residuals).norm();
        residuals = next;
        if (moved <= kSettled * residuals.norm()) {
            break;
        }
        scale = scale_of(residuals);
    }
    return RobustRegression{
        .coefficients = copy(coefficients), .residuals = copy(residuals), .weights = copy(weights), .scale = scale};
}

} // namespace florin::forecast
