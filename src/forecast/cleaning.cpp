#include "forecast/cleaning.hpp"

#include "forecast/robust_regression.hpp"
#include "forecast/stl.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

constexpr double kOutlierWidths = 3.0;
constexpr double kOutlierShareMax = 0.02;
constexpr std::size_t kReach = 7; // steps on each side of a running median

bool is_known(const Observation& observation) {
    return observation.value.has_value() && !std::isnan(*observation.value);
}

/// One observation a step, sorted; of several the sum of what is known.
base::Result<void> merge(std::vector<Observation>& observations, DuplicatePolicy policy,
                         std::vector<CleaningNote>& notes) {
    std::stable_sort(observations.begin(), observations.end(),
                     [](const Observation& a, const Observation& b) { return a.step < b.step; });
    std::vector<Observation> merged;
    for (const Observation& each : observations) {
        if (is_known(each) && !(std::abs(*each.value) <= kMagnitudeMax)) {
            return base::data_error("forecast.magnitude",
                                    fmt::format("the value of step {} is no amount: {}", each.step, *each.value));
        }
        if (merged.empty() || merged.back().step != each.step) {
            merged.push_back(each);
            continue;
        }
        if (policy == DuplicatePolicy::kRefuse) {
            return base::data_error("forecast.duplicate", fmt::format("step {} has two values", each.step));
        }
        Observation& sum = merged.back();
        const std::optional<double> before = sum.value;
        if (is_known(each)) {
            sum.value = (is_known(sum) ? *sum.value : 0.0) + *each.value;
        }
        sum.complete = sum.complete && each.complete;
        if (notes.empty() || notes.back().step != each.step) {
            notes.push_back({.kind = CleaningKind::kSummed, .step = each.step, .before = before});
        }
        notes.back().after = sum.value;
    }
    observations = std::move(merged);
    return {};
}

/// Leaves out what comes after the last complete step, and what is not known at either end.
void trim(std::vector<Observation>& observations, std::vector<CleaningNote>& notes) {
    while (!observations.empty() && !observations.back().complete) {
        notes.push_back({.kind = CleaningKind::kIncompleteDropped,
                         .step = observations.back().step,
                         .before = observations.back().value});
        observations.pop_back();
    }
    while (!observations.empty() && !is_known(observations.back())) {
        observations.pop_back();
    }
    observations.erase(observations.begin(), std::find_if(observations.begin(), observations.end(), is_known));
}

/// A line between the nearest values that are not `open`; the first and the last value are not.
void interpolate_line(Values& values, const std::vector<bool>& open) {
    std::size_t left = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        if (open[i]) {
            continue;
        }
        for (std::size_t k = left + 1; k < i; ++k) {
            const double share = static_cast<double>(k - left) / static_cast<double>(i - left);
            values[k] = values[left] + share * (values[i] - values[left]);
        }
        left = i;
    }
}

/// Fills what is open: by a line, and, where there are seasons enough, by a line of the seasonally adjusted values. The
/// first and the last value may be open only where others are known: they take the nearest.
void interpolate(Values& values, std::vector<bool> open, int season) {
    if (std::find(open.begin(), open.end(), true) == open.end()) {
        return;
    }
    const auto known = std::find(open.begin(), open.end(), false);
    const auto last_known = std::find(open.rbegin(), open.rend(), false);
    for (const bool front : {true, false}) {
        const std::size_t end = front ? 0 : values.size() - 1;
        const std::size_t nearest = front ? static_cast<std::size_t>(known - open.begin())
                                          : values.size() - 1 - static_cast<std::size_t>(last_known - open.rbegin());
        values[end] = open[end] ? values[nearest] : values[end];
        open[end] = false;
    }
    interpolate_line(values, open);
    if (season < 2) {
        return;
    }
    const auto parts = stl(values, {.period = season, .robust = true});
    if (!parts.ok()) {
        return; // no two seasons
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] -= parts->seasonal[i];
    }
    interpolate_line(values, open);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] += parts->seasonal[i];
    }
}

/// Lays the observations out step by step; what `policy` wants interpolated is `open`.
base::Result<std::vector<bool>> lay_out(const std::vector<Observation>& observations, const CleaningPolicy& policy,
                                        CleanSeries& series) {
    const std::int64_t first = observations.front().step;
    const auto steps = static_cast<std::uint64_t>(observations.back().step) - static_cast<std::uint64_t>(first);
    if (steps >= static_cast<std::uint64_t>(kStepsMax)) {
        return base::data_error("forecast.span", fmt::format("from step {} to {} there are more than {} steps", first,
                                                             observations.back().step, kStepsMax));
    }
    series.first_step = first;
    series.values.assign(static_cast<std::size_t>(steps) + 1, 0.0);
    std::vector<bool> open(series.values.size(), false);
    std::size_t next = 0;
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        const std::int64_t step = first + static_cast<std::int64_t>(i);
        const bool there = observations[next].step == step;
        const Observation* observation = there ? &observations[next] : nullptr;
        next += there ? 1 : 0;
        if (observation != nullptr && is_known(*observation)) {
            series.values[i] = *observation->value;
            continue;
        }
        const GapPolicy gap = there ? policy.unknown_values : policy.missing_steps;
        if (gap == GapPolicy::kRefuse) {
            return base::data_error("forecast.gap", fmt::format("step {} has no value", step));
        }
        if (gap == GapPolicy::kZero) {
            series.notes.push_back({.kind = CleaningKind::kFilledZero, .step = step, .after = 0.0});
        }
        open[i] = gap == GapPolicy::kInterpolate;
    }
    return open;
}

Values without_season_and_trend(std::span<const double> values, int season) {
    if (season > 1) {
        if (auto parts = stl(values, {.period = season, .robust = true}); parts.ok()) {
            return std::move(parts->remainder);
        }
    }
    Values rest(values.begin(), values.end());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t first = i - std::min(i, kReach);
        const std::size_t last = std::min(i + kReach + 1, values.size());
        rest[i] -= median(Values(values.begin() + static_cast<std::ptrdiff_t>(first),
                                 values.begin() + static_cast<std::ptrdiff_t>(last)));
    }
    return rest;
}

} // namespace

base::Result<CleanSeries> clean(std::vector<Observation> observations, const CleaningPolicy& policy) {
    CleanSeries series;
    FLORIN_TRY(merge(observations, policy.duplicates, series.notes));
    trim(observations, series.notes);
    if (observations.empty()) {
        return base::data_error("forecast.empty", "no step has a known value");
    }
    FLORIN_TRY_ASSIGN(const std::vector<bool> open, lay_out(observations, policy, series));
    interpolate(series.values, open, policy.season);
    const auto step_of = [&](std::size_t i) { return series.first_step + static_cast<std::int64_t>(i); };
    for (std::size_t i = 0; i < open.size(); ++i) {
        if (open[i]) {
            series.notes.push_back(
                {.kind = CleaningKind::kInterpolated, .step = step_of(i), .after = series.values[i]});
        }
    }
    if (policy.replace_outliers) {
        std::vector<bool> replaced(series.values.size(), false);
        const Values before = series.values;
        const std::vector<std::size_t> outliers = find_outliers(series.values, policy.season);
        for (const std::size_t i : outliers) {
            replaced[i] = true;
        }
        interpolate(series.values, replaced, policy.season);
        for (const std::size_t i : outliers) {
            series.notes.push_back({.kind = CleaningKind::kOutlierReplaced,
                                    .step = step_of(i),
                                    .before = before[i],
                                    .after = series.values[i]});
        }
    }
    std::stable_sort(series.notes.begin(), series.notes.end(),
                     [](const CleaningNote& a, const CleaningNote& b) { return a.step < b.step; });
    return series;
}

std::vector<std::size_t> find_outliers(std::span<const double> values, int season) {
    if (values.size() < 2 * kReach) {
        return {};
    }
    const Values rest = without_season_and_trend(values, season);
    Values sorted = rest;
    std::sort(sorted.begin(), sorted.end());
    const double lower = sorted[sorted.size() / 4];
    const double upper = sorted[sorted.size() - 1 - sorted.size() / 4];
    const double width = upper - lower;
    double size = 0.0;
    for (const double value : values) {
        size = std::max(size, std::abs(value));
    }
    const double reach = kOutlierWidths * width + 1e-9 * size; // where most are equal, more than rounding
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] < lower - reach || rest[i] > upper + reach) {
            found.push_back(i);
        }
    }
    const double most = std::max(1.0, kOutlierShareMax * static_cast<double>(values.size()));
    return static_cast<double>(found.size()) <= most ? found : std::vector<std::size_t>{};
}

} // namespace florin::forecast
