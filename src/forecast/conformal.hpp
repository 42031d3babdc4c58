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

/// The distribution of a forecast's errors by step, from the sizes of past errors in their origin's scale; taken to be
/// symmetric, which makes the most of few.
///
/// Errors grow with the step: their mean size by step, made to never fall (isotonic regression), is taken out, and put
/// back for the step that is asked for. Beyond the backtest's steps it grows with the square root. A step with 39
/// errors or more has a distribution of its own; of fewer, all steps have one in common. Of fewer than 9 origins it is
/// Student's t, with as many degrees of freedom as there are origins: a wide band.
///
/// With errors that are exchangeable (the future one is like any past one) and 39 of them at the step, an interval of
/// level 1 - a holds the future with probability 1 - a or more, whatever the distribution. Errors of overlapping
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
    /// Both ends at the rank further out, so that the level is reached in finite samples. `level` between 0 and 1. Of
    /// two levels the higher one's interval holds the other's.
    Interval interval(std::size_t step, double level) const;
    QuantileBasis basis(std::size_t step, double probability) const;

    /// `count` errors at `step` that stand for the distribution, ascending: its quantiles at (i + 0.5) / count, by
    /// ranks not beyond the outermost errors.
    std::vector<double> sample(std::size_t step, std::size_t count) const;

    /// Mean size of the errors at `step`, of scale 1, never falling.
    double size(std::size_t step) const;

private:
    const std::vector<double>& shapes_of(std::size_t step) const;
    double student(double level) const;

    std::vector<std::vector<double>> shapes_; ///< by step: sizes of errors over scale and mean size, ascending
    std::vector<double> pooled_;              ///< of all steps, ascending
    std::vector<double> sizes_;               ///< by step
    std::size_t origin_count_ = 0;            ///< the most errors that a step has
};

/// The interval of each step about `means`, for a forecast whose scale is `scale`. With `non_negative` no end is below
/// 0.
std::vector<Interval> intervals(std::span<const double> means, const ConformalErrors& errors, double scale,
                                double level, bool non_negative);

/// The values that are not exceeded with `probability`, step by step; as intervals.
std::vector<double> quantiles(std::span<const double> means, const ConformalErrors& errors, double scale,
                              double probability, bool non_negative);

} // namespace florin::forecast
