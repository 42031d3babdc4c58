// Bands made of the errors that past forecasts had, not of what a model thinks of itself.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace florin::forecast {

/// What a rolling backtest left.
struct PastErrors {
    std::vector<std::vector<double>> errors; ///< actual less forecast, by origin and step; NaN where nothing is known
    std::vector<double>
        scales; ///< what sizes the errors of that origin, above 0, such as the naive method's mean error
};

struct Interval {
    double lower = 0.0;
    double upper = 0.0;
};

/// How a quantile came about.
enum class QuantileBasis : std::uint8_t {
    kRanks,   ///< an order statistic of errors
    kStudent, ///< too few errors for that probability: Student's t of their mean square
    kNone,    ///< no error is known: the quantile is 0 and says nothing
};

/// The distribution of a forecast's errors by step, from past errors divided by their origin's scale.
///
/// Errors grow with the step: their mean size by step, made to never fall (isotonic regression), is taken out, and put
/// back for the step that is asked for. Beyond the backtest's steps it grows with the square root. Where the step has
/// fewer errors than an interval of 95 % needs (39), or a more distant probability does, the neighbouring steps' are
/// taken too: shapes are pooled, sizes are not. Intervals of higher levels hold those of lower ones.
///
/// With errors that are exchangeable (the future one is like any past one) and enough of them at the step, an interval
/// of level 1 - a holds the future with probability 1 - a or more, whatever the distribution. Errors of overlapping
/// origins are not quite that; the backtest reports what was covered. Sources: Vovk, Gammerman and Shafer, "Algorithmic
/// Learning in a Random World" (2005); Stankevičiūtė, Alaa and van der Schaar, NeurIPS 34 (2021).
///
/// Reading is safe from several threads.
class ConformalErrors {
public:
    /// Errors `forecast.errors` (a scale for each origin, above 0 and finite; errors finite or NaN).
    static base::Result<ConformalErrors> from(const PastErrors& past);

    /// The error that is not exceeded with `probability` (0 to 1, ends excluded) at `step` (from 0), for a scale of 1;
    /// between ranks interpolated.
    double quantile(std::size_t step, double probability) const;
    /// Both ends at ranks further out, so that the level is reached in finite samples. `level` between 0 and 1.
    Interval interval(std::size_t step, double level) const;
    QuantileBasis basis(std::size_t step, double probability) const;

    /// `count` errors at `step` that stand for the distribution, ascending: its quantiles at (i + 0.5) / count, not
    /// beyond the outermost errors; of fewer than kSampleErrorsMin errors those of Student's t.
    std::vector<double> sample(std::size_t step, std::size_t count) const;
    static constexpr std::size_t kSampleErrorsMin = 9;

    /// Mean size of the errors at `step`, of scale 1, never falling.
    double size(std::size_t step) const;

private:
    enum class Rounding : std::uint8_t { kInterpolate, kOutward };
    double shape_quantile(std::size_t step, double probability, Rounding rounding) const;
    /// Sorted errors of size 1 at the steps around `step`, as many steps as give `needed` of them.
    std::vector<double> around(std::size_t step, double needed) const;

    std::vector<std::vector<double>> shapes_; ///< by step: errors divided by scale and size
    std::vector<double> sizes_;               ///< by step
};

/// The interval of each step about `means`, for a forecast whose scale is `scale`. With `non_negative` no end is below
/// 0.
std::vector<Interval> intervals(std::span<const double> means, const ConformalErrors& errors, double scale,
                                double level, bool non_negative);

/// The values that are not exceeded with `probability`, step by step; as intervals.
std::vector<double> quantiles(std::span<const double> means, const ConformalErrors& errors, double scale,
                              double probability, bool non_negative);

} // namespace florin::forecast
