// From what was observed to a series that methods take: sorted, without gaps, without what is not over yet.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::forecast {

/// One value of one step (a day or a month, counted from anywhere).
struct Observation {
    std::int64_t step = 0;
    std::optional<double> value; ///< nothing, and NaN too: not known
    bool complete = true;        ///< false while the source still delivers charges of that step
};

enum class DuplicatePolicy : std::uint8_t {
    kRefuse, ///< a step that comes twice is an error
    kSum,    ///< its known values are added up: rows of one day
};
enum class GapPolicy : std::uint8_t {
    kRefuse,      ///< a step that is not there is an error
    kZero,        ///< nothing was charged
    kInterpolate, ///< a line between the known neighbours; with a season, of the seasonally adjusted values
};

struct CleaningPolicy {
    DuplicatePolicy duplicates = DuplicatePolicy::kRefuse;
    GapPolicy missing_steps = GapPolicy::kZero;         ///< steps of which there is no observation
    GapPolicy unknown_values = GapPolicy::kInterpolate; ///< observations without a value
    bool replace_outliers = false;                      ///< isolated ones, by interpolation; they are noted
    int season = 1;                                     ///< steps in one season
};

/// What was done to a step.
enum class CleaningKind : std::uint8_t { kSummed, kFilledZero, kInterpolated, kOutlierReplaced, kIncompleteDropped };
struct CleaningNote {
    CleaningKind kind = CleaningKind::kSummed;
    std::int64_t step = 0;
    std::optional<double> before; ///< what was observed
    std::optional<double> after;  ///< what stands now; nothing where it was dropped
};

struct CleanSeries {
    std::int64_t first_step = 0;     ///< of values[0]
    std::vector<double> values;      ///< one a step, all finite, without a gap
    std::vector<CleaningNote> notes; ///< by step
};

/// The most steps that a series may span: a date misread by a thousand years must not fill memory.
inline constexpr std::int64_t kStepsMax = 200'000;
/// No amount of money is larger, and squares of such values are still far from overflowing.
inline constexpr double kMagnitudeMax = 1e30;

/// Makes a series of `observations`, which may come in any order. Unknown values at either end are left out, and so is
/// all from the first incomplete step after the last complete one. Negative values (refunds) and zeros stay. Errors:
/// `forecast.empty` (nothing known is left), `forecast.magnitude` (beyond kMagnitudeMax), `forecast.duplicate`,
/// `forecast.gap`, `forecast.span` (more than kStepsMax steps); each names its step.
base::Result<CleanSeries> clean(std::vector<Observation> observations, const CleaningPolicy& policy);

/// Indices of values that stand alone: what STL (robust; a running median of 15 without two seasons) leaves is outside
/// the middle half by more than three times its width. Where more than 2 % of the values do, standing out is what this
/// series does, a month's fee for instance, and there are none.
std::vector<std::size_t> find_outliers(std::span<const double> values, int season);

} // namespace florin::forecast
