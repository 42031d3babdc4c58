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

constexpr std::size_t kOwnErrors = 39; // what ranks at 2.5 % need
constexpr std::size_t kOriginsMin = 9;

/// Of sorted sizes the one that a share `level` does not exceed, by rank (n + 1) level: whole ranks further out, or
/// interpolated; the largest where there is no such rank.
enum class Rounding : std::uint8_t { kInterpolate, kOutward };
double at_level(const Values& sizes, double level, Rounding rounding) {
    constexpr double kRounding = 1e-9; // a rank that is a whole number but for the last bit
    const double count = static_cast<double>(sizes.size());
    const double rank = (count + 1.0) * level;
    if (rounding == Rounding::kOutward) {
        return sizes[static_cast<std::size_t>(std::clamp(std::ceil(rank - kRounding), 1.0, count)) - 1];
    }
    const double below = std::clamp(std::floor(rank + kRounding), 0.0, count);
    const auto at = static_cast<std::size_t>(below);
    const double lower = at == 0 ? 0.0 : sizes[at - 1];
    const double upper = at < sizes.size() ? sizes[at] : sizes.back();
    return lower + std::clamp(rank - below, 0.0, 1.0) * (upper - lower);
}

bool has_rank(const Values& sizes, double level) {
    return (static_cast<double>(sizes.size()) + 1.0) * level <= static_cast<double>(sizes.size()) + 1e-9;
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
                found.shapes_[step].push_back(std::abs(errors[step]) / scale);
            }
        }
    }
    Values counts;
    for (const Values& errors : found.shapes_) {
        double sum = 0.0;
        for (const double error : errors) {
            sum += error;
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
        Values& shapes = found.shapes_[step];
        std::sort(shapes.begin(), shapes.end());
        found.pooled_.insert(found.pooled_.end(), shapes.begin(), shapes.end());
        found.origin_count_ = std::max(found.origin_count_, shapes.size());
    }
    std::sort(found.pooled_.begin(), found.pooled_.end());
    return found;
}

const std::vector<double>& ConformalErrors::shapes_of(std::size_t step) const {
    return step < shapes_.size() && shapes_[step].size() >= kOwnErrors ? shapes_[step] : pooled_;
}

double ConformalErrors::student(double level) const {
    double squares = 0.0;
    for (const double size : pooled_) {
        squares += size * size;
    }
    const double origins = static_cast<double>(origin_count_);
    const boost::math::students_t_distribution<double> distribution(origins);
    return boost::math::quantile(distribution, 0.5 + 0.5 * level) *
           std::sqrt(squares / static_cast<double>(pooled_.size()) * (1.0 + 1.0 / origins));
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
    const double level = std::abs(2.0 * probability - 1.0);
    double distance = 0.0;
    switch (basis(step, probability)) {
    case QuantileBasis::kNone: break;
    case QuantileBasis::kStudent:
        distance = origin_count_ < kOriginsMin ? student(level) : std::max(student(level), shapes_of(step).back());
        break;
    case QuantileBasis::kRanks: distance = at_level(shapes_of(step), level, Rounding::kInterpolate); break;
    }
    return (probability < 0.5 ? -1.0 : 1.0) * size(step) * distance;
}

Interval ConformalErrors::interval(std::size_t step, double level) const {
    FLORIN_CHECK(level > 0.0 && level < 1.0, "a level between 0 and 1");
    const double probability = 0.5 + 0.5 * level;
    const double distance = basis(step, probability) == QuantileBasis::kRanks
                                ? size(step) * at_level(shapes_of(step), level, Rounding::kOutward)
                                : quantile(step, probability);
    return {.lower = -distance, .upper = distance};
}

QuantileBasis ConformalErrors::basis(std::size_t step, double probability) const {
    if (pooled_.empty()) {
        return QuantileBasis::kNone;
    }
    const bool ranks = origin_count_ >= kOriginsMin && has_rank(shapes_of(step), std::abs(2.0 * probability - 1.0));
    return ranks ? QuantileBasis::kRanks : QuantileBasis::kStudent;
}

std::vector<double> ConformalErrors::sample(std::size_t step, std::size_t count) const {
    Values found(count, 0.0);
    for (std::size_t i = 0; i < count && !pooled_.empty(); ++i) {
        const double probability = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
        const double level = std::abs(2.0 * probability - 1.0);
        const double distance =
            origin_count_ < kOriginsMin ? student(level) : at_level(shapes_of(step), level, Rounding::kInterpolate);
        found[i] = (probability < 0.5 ? -1.0 : 1.0) * size(step) * distance;
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
