#include "forecast/nelder_mead.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace florin::forecast {

namespace {

struct Corner {
    std::vector<double> at;
    double value = 0;
};

class Simplex {
public:
    Simplex(const std::function<double(std::span<const double>)>& objective, std::span<const Variable> variables)
        : objective_(objective), variables_(variables) {
        const auto dimension = static_cast<double>(variables.size());
        expansion_ = 1 + 2 / std::max(2.0, dimension);
        contraction_ = 0.75 - 1 / (2 * std::max(2.0, dimension));
        shrinkage_ = 1 - 1 / std::max(2.0, dimension);
        std::vector<double> start;
        for (const Variable& variable : variables) {
            start.push_back(variable.start);
        }
        corners_.push_back(evaluate(start));
        for (std::size_t i = 0; i < variables.size(); ++i) {
            std::vector<double> corner = start;
            const double far = start[i] + variables[i].step;
            const bool room = variables[i].lower <= far && far <= variables[i].upper;
            corner[i] += room ? variables[i].step : -variables[i].step;
            corners_.push_back(evaluate(std::move(corner)));
        }
    }

    Minimum run(int evaluations_max, double tolerance) {
        sort();
        while (evaluation_count_ < evaluations_max &&
               corners_.back().value - corners_.front().value > tolerance * (1 + std::abs(corners_.front().value))) {
            step();
            sort();
        }
        return {.at = corners_.front().at, .value = corners_.front().value, .evaluation_count = evaluation_count_};
    }

private:
    void sort() { std::ranges::stable_sort(corners_, {}, &Corner::value); }

    Corner evaluate(std::vector<double> at) {
        for (std::size_t i = 0; i < at.size(); ++i) {
            at[i] = std::clamp(at[i], variables_[i].lower, variables_[i].upper);
        }
        ++evaluation_count_;
        const double value = objective_(at);
        return {.at = std::move(at), .value = std::isfinite(value) ? value : std::numeric_limits<double>::max()};
    }

    /// The point `share` of the way from the centre of all corners but the worst to the worst, and beyond.
    Corner along(const std::vector<double>& centre, double share) {
        std::vector<double> at(centre.size());
        for (std::size_t i = 0; i < at.size(); ++i) {
            at[i] = centre[i] + share * (corners_.back().at[i] - centre[i]);
        }
        return evaluate(std::move(at));
    }

    void step() {
        std::vector<double> centre(variables_.size(), 0.0);
        for (std::size_t k = 0; k + 1 < corners_.size(); ++k) {
            for (std::size_t i = 0; i < centre.size(); ++i) {
                centre[i] += corners_[k].at[i] / static_cast<double>(centre.size());
            }
        }
        Corner& worst = corners_.back();
        Corner reflected = along(centre, -1);
        if (reflected.value < corners_.front().value) {
            Corner expanded = along(centre, -expansion_);
            worst = expanded.value < reflected.value ? std::move(expanded) : std::move(reflected);
        } else if (reflected.value < corners_[corners_.size() - 2].value) {
            worst = std::move(reflected);
        } else {
            const bool outside = reflected.value < worst.value;
            Corner contracted = along(centre, outside ? -contraction_ : contraction_);
            if (contracted.value < std::min(reflected.value, worst.value)) {
                worst = std::move(contracted);
            } else {
                shrink();
            }
        }
    }

    void shrink() {
        for (std::size_t k = 1; k < corners_.size(); ++k) {
            std::vector<double> at = corners_[k].at;
            for (std::size_t i = 0; i < at.size(); ++i) {
                at[i] = corners_.front().at[i] + shrinkage_ * (at[i] - corners_.front().at[i]);
            }
            corners_[k] = evaluate(std::move(at));
        }
    }

    const std::function<double(std::span<const double>)>& objective_;
    std::span<const Variable> variables_;
    std::vector<Corner> corners_;
    double expansion_ = 0;
    double contraction_ = 0;
    double shrinkage_ = 0;
    int evaluation_count_ = 0;
};

} // namespace

Minimum minimise(const std::function<double(std::span<const double>)>& objective, std::span<const Variable> variables,
                 int evaluations_max, double tolerance) {
    return Simplex(objective, variables).run(evaluations_max, tolerance);
}

} // namespace florin::forecast
