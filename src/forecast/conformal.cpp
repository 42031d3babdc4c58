#include "forecast/conformal.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

/// The sizes nearest to `sizes` (in squares, weighted by `counts`) that never fall: pool adjacent violators.
Values never_falling(const Values& sizes, const Values& counts) {
    struct Block {
        double mean;
        double weight;
        std::size_t steps;
    };
    std::vector<Block> blocks;
    for (std::size_t step = 0; step < sizes.size(); ++step) {
        blocks.push_back({.mean = sizes[step], .weight = counts[step], .steps = 1});
        while (blocks.size() > 1 && blocks[blocks.size() - 2].mean >= blocks.back().mean) {
            const Block last = blocks.back();
            blocks.pop_back();
            Block& before = blocks.back();
            const double weight = before.weight + last.weight;
            before.mean = weight > 0.0 ? (before.mean * before.weight + last.mean * last.weight) / weight : 0.0;
            before.weight = weight;
            before.steps += last.steps;
        }
    }
    Values found;
    for (const Block& block : blocks) {
        found.insert(found.end(), block.steps, block.mean);
    }
    return found;
}

/// What an interval of 95 % needs, and what all quantiles within it are taken from, so that they never cross.
constexpr double kWithin = 0.975;
constexpr double kErrorsWithin = 39.0;

double errors_needed(double probability) {
    return std::max(std::ceil(1.0 / std::min(probability, 1.0 - probability) - 1.0 - 1e-9), kErrorsWithin);
}

double student_quantile(const Values& errors, double probability) {
    const double count = static_cast<double>(errors.size());
    double squares = 0.0;
    for (const double error : errors) {
        squares += error * error;
    }
    const boost::math::students_t_distribution<double> student(count);
    return boost::math::quantile(student, probability) * std::sqrt(squares / count * (1.0 + 1.0 / count));
}

/// The value at `rank` (from 1) of sorted errors, between ranks interpolated, at the ends the outermost.
double at_rank(const Values& errors, double rank) {
    constexpr double kRounding = 1e-9; // a rank that is a whole number but for the last bit
    const double below = std::clamp(std::floor(rank + kRounding), 1.0, static_cast<double>(errors.size()));
    const double share = std::clamp(rank - below, 0.0, 1.0);
    const auto at = static_cast<std::size_t>(below) - 1;
    return at + 1 < errors.size() ? errors[at] + share * (errors[at + 1] - errors[at]) : errors[at];
}

/// Whether ranks of so many errors give that probability.
bool have_ranks(const Values& errors, double probability) {
    const double rank = (static_cast<double>(errors.size()) + 1.0) * std::min(probability, 1.0 - probability);
    return rank >= 1.0 - 1e-9;
}

} // namespace

base::Result<ConformalErrors> ConformalErrors::from(const PastErrors& past) {
    if (past.errors.size() != past.scales.size()) {
        return base::user_error("forecast.errors",
                                fmt::format("{} origins have {} scales", past.errors.size(), past.scales.size()));
    }
    ConformalErrors found;
    for (std::size_t origin = 0; origin < past.errors.size(); ++origin) {
        const double scale = past.scales[origin];
        if (!(scale > 0.0) || !std::isfinite(scale)) {
            return base::user_error("forecast.errors", fmt::format("a scale is above 0, not {}", scale));
        }
        const Values& errors = past.errors[origin];
        found.shapes_.resize(std::max(found.shapes_.size(), errors.size()));
        for (std::size_t step = 0; step < errors.size(); ++step) {
            if (std::isinf(errors[step])) {
                return base::data_error("forecast.errors", fmt::format("the error at step {} is infinite", step + 1));
            }
            if (!std::isnan(errors[step])) {
                found.shapes_[step].push_back(errors[step] / scale);
            }
        }
    }
    Values counts;
    for (const Values& errors : found.shapes_) {
        double sum = 0.0;
        for (const double error : errors) {
            sum += std::abs(error);
        }
        const double before = found.sizes_.empty() ? 0.0 : found.sizes_.back();
        counts.push_back(static_cast<double>(errors.size()));
        found.sizes_.push_back(errors.empty() ? before : sum / counts.back());
    }
    found.sizes_ = never_falling(found.sizes_, counts);
    for (std::size_t step = 0; step < found.shapes_.size(); ++step) {
        for (double& error : found.shapes_[step]) {
            error = found.sizes_[step] > 0.0 ? error / found.sizes_[step] : 0.0;
        }
        std::sort(found.shapes_[step].begin(), found.shapes_[step].end());
    }
    return found;
}

std::vector<double> ConformalErrors::around(std::size_t step, double needed) const {
    Values found;
    if (shapes_.empty()) {
        return found;
    }
    const std::size_t centre = std::min(step, shapes_.size() - 1);
    for (std::size_t reach = 0; reach < shapes_.size(); ++reach) {
        if (static_cast<double>(found.size()) >= needed) {
            break;
        }
        if (centre >= reach) {
            const Values& below = shapes_[centre - reach];
            found.insert(found.end(), below.begin(), below.end());
        }
        if (reach > 0 && centre + reach < shapes_.size()) {
            const Values& above = shapes_[centre + reach];
            found.insert(found.end(), above.begin(), above.end());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

double ConformalErrors::shape_quantile(std::size_t step, double probability, Rounding rounding) const {
    const Values errors = around(step, errors_needed(probability));
    if (errors.empty()) {
        return 0.0;
    }
    const bool below_middle = probability < 0.5;
    double found = 0.0;
    if (!have_ranks(errors, probability)) {
        const double student = student_quantile(errors, probability);
        found = below_middle ? std::min(student, errors.front()) : std::max(student, errors.back());
    } else {
        double rank = (static_cast<double>(errors.size()) + 1.0) * probability;
        if (rounding == Rounding::kOutward) {
            rank = below_middle ? std::floor(rank + 1e-9) : std::ceil(rank - 1e-9);
        }
        found = at_rank(errors, rank);
    }
    if (probability > kWithin) {
        return std::max(found, shape_quantile(step, kWithin, rounding));
    }
    return probability < 1.0 - kWithin ? std::min(found, shape_quantile(step, 1.0 - kWithin, rounding)) : found;
}

double ConformalErrors::size(std::size_t step) const {
    if (sizes_.empty()) {
        return 0.0;
    }
    if (step < sizes_.size()) {
        return sizes_[step];
    }
    return sizes_.back() * std::sqrt(static_cast<double>(step + 1) / static_cast<double>(sizes_.size()));
}

double ConformalErrors::quantile(std::size_t step, double probability) const {
    FLORIN_CHECK(probability > 0.0 && probability < 1.0, "a probability between 0 and 1");
    return size(step) * shape_quantile(step, probability, Rounding::kInterpolate);
}

Interval ConformalErrors::interval(std::size_t step, double level) const {
    FLORIN_CHECK(level > 0.0 && level < 1.0, "a level between 0 and 1");
    const double outside = 0.5 * (1.0 - level);
    return {.lower = size(step) * shape_quantile(step, outside, Rounding::kOutward),
            .upper = size(step) * shape_quantile(step, 1.0 - outside, Rounding::kOutward)};
}

QuantileBasis ConformalErrors::basis(std::size_t step, double probability) const {
    const Values errors = around(step, errors_needed(probability));
    if (errors.empty()) {
        return QuantileBasis::kNone;
    }
    return have_ranks(errors, probability) ? QuantileBasis::kRanks : QuantileBasis::kStudent;
}

std::vector<double> ConformalErrors::sample(std::size_t step, std::size_t count) const {
    const Values errors = around(step, kErrorsWithin);
    Values found(count, 0.0);
    const bool few = errors.size() < kSampleErrorsMin;
    for (std::size_t i = 0; i < count && !errors.empty(); ++i) {
        const double probability = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
        found[i] = size(step) * (few ? student_quantile(errors, probability)
                                     : at_rank(errors, (static_cast<double>(errors.size()) + 1.0) * probability));
    }
    return found;
}

std::vector<Interval> intervals(std::span<const double> means, const ConformalErrors& errors, double scale,
                                double level, bool non_negative) {
    std::vector<Interval> found;
    const double least = non_negative ? 0.0 : -std::numeric_limits<double>::infinity();
    for (std::size_t step = 0; step < means.size(); ++step) {
        const Interval about = errors.interval(step, level);
        found.push_back({.lower = std::max(means[step] + scale * about.lower, least),
                         .upper = std::max(means[step] + scale * about.upper, least)});
    }
    return found;
}

std::vector<double> quantiles(std::span<const double> means, const ConformalErrors& errors, double scale,
                              double probability, bool non_negative) {
    Values found;
    for (std::size_t step = 0; step < means.size(); ++step) {
        const double value = means[step] + scale * errors.quantile(step, probability);
        found.push_back(non_negative ? std::max(value, 0.0) : value);
    }
    return found;
}

} // namespace florin::forecast
