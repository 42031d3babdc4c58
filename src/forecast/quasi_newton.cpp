#include "forecast/quasi_newton.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <limits>

namespace florin::forecast {
namespace {

using Vector = Eigen::VectorXd;

constexpr int kIterationsMax = 200;
constexpr double kDifference = 1e-4;
constexpr double kDescent = 1e-4; // of the decrease that the slope promises
constexpr double kLengthMax = 2.0;

class Search {
public:
    explicit Search(const Objective& objective) : objective_(objective) {}

    double value(const Vector& at) {
        ++evaluations_;
        const double found = objective_({at.data(), static_cast<std::size_t>(at.size())});
        return std::isnan(found) ? std::numeric_limits<double>::infinity() : found;
    }

    /// Central differences; one-sided at the edge of where the objective is defined.
    Vector gradient(const Vector& at, double here) {
        Vector slope(at.size());
        Vector moved = at;
        for (Eigen::Index i = 0; i < at.size(); ++i) {
            moved[i] = at[i] + kDifference;
            const double above = value(moved);
            moved[i] = at[i] - kDifference;
            const double below = value(moved);
            moved[i] = at[i];
            if (std::isfinite(above) && std::isfinite(below)) {
                slope[i] = (above - below) / (2.0 * kDifference);
            } else if (std::isfinite(above)) {
                slope[i] = (above - here) / kDifference;
            } else {
                slope[i] = std::isfinite(below) ? (here - below) / kDifference : 0.0;
            }
        }
        return slope;
    }

    int evaluations() const { return evaluations_; }

private:
    const Objective& objective_;
    int evaluations_ = 0;
};

/// The BFGS update of the inverse Hessian after `step` changed the gradient by `change`.
void update(Eigen::MatrixXd& inverse, const Vector& step, const Vector& change) {
    const double curvature = step.dot(change);
    if (curvature <= 1e-12 * step.norm() * change.norm()) {
        return; // it would lose positive definiteness
    }
    const Vector moved = inverse * change;
    inverse += (1.0 + change.dot(moved) / curvature) / curvature * step * step.transpose() -
               (moved * step.transpose() + step * moved.transpose()) / curvature;
}

} // namespace

SmoothMinimum minimise_smooth(const Objective& objective, std::vector<double> start, double tolerance) {
    Search search(objective);
    Vector at = Eigen::Map<Vector>(start.data(), static_cast<Eigen::Index>(start.size()));
    double here = search.value(at);
    if (at.size() == 0 || !std::isfinite(here)) {
        return {.at = std::move(start), .value = here, .evaluations = search.evaluations()};
    }
    Vector slope = search.gradient(at, here);
    Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(at.size(), at.size());
    bool fresh = true; // the inverse Hessian is the identity
    for (int step_count = 0; step_count < kIterationsMax; ++step_count) {
        Vector direction = -(inverse * slope);
        if (direction.dot(slope) >= 0.0) {
            inverse.setIdentity();
            fresh = true;
            direction = -slope;
        }
        if (direction.norm() > kLengthMax) {
            direction *= kLengthMax / direction.norm();
        }
        const double promised = direction.dot(slope);
        double length = 1.0;
        Vector next = at + direction;
        double there = search.value(next);
        while (!(there <= here + kDescent * length * promised) && length > 1e-6) {
            length *= 0.5;
            next = at + length * direction;
            there = search.value(next);
        }
        if (!(there < here)) {
            if (fresh) {
                break;
            }
            inverse.setIdentity();
            fresh = true;
            continue;
        }
        const double gained = here - there;
        const Vector new_slope = search.gradient(next, there);
        update(inverse, next - at, new_slope - slope);
        fresh = false;
        at = next;
        here = there;
        slope = new_slope;
        if (gained <= tolerance * (std::abs(here) + tolerance)) {
            break;
        }
    }
    return {.at = {at.data(), at.data() + at.size()}, .value = here, .evaluations = search.evaluations()};
}

} // namespace florin::forecast
