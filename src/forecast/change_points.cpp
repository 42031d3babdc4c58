#include "forecast/change_points.hpp"

#include "forecast/robust_regression.hpp"
#include "forecast/stl.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

constexpr double kNormalMad = 0.6745;
constexpr double kSpike = 3.0;   // scales from the running median beyond which a value is cut
constexpr double kPenalty = 3.0; // times ln(n) times the variance
constexpr int kRounds = 4;       // in which the variance may grow
constexpr int kSlopeRounds = 10;
constexpr double kCorrelationMax = 0.9;

/// Sums over [first, last) in constant time; of values less their first one, for the digits.
class SquaresAboutMean {
public:
    explicit SquaresAboutMean(std::span<const double> values) : sums_(values.size() + 1), squares_(values.size() + 1) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double value = values[i] - values[0];
            sums_[i + 1] = sums_[i] + value;
            squares_[i + 1] = squares_[i] + value * value;
        }
    }
    double of(std::size_t first, std::size_t last) const {
        const double sum = sums_[last] - sums_[first];
        return squares_[last] - squares_[first] - sum * sum / static_cast<double>(last - first);
    }

private:
    Values sums_;
    Values squares_;
};

double median_distance(const Values& values, double centre) {
    Values distances;
    for (const double value : values) {
        distances.push_back(std::abs(value - centre));
    }
    return median(std::move(distances));
}

Values without_season(std::span<const double> values, int season) {
    Values rest(values.begin(), values.end());
    if (season > 1) {
        const auto parts = stl(values, {.period = season, .robust = true});
        for (std::size_t i = 0; parts.ok() && i < rest.size(); ++i) {
            rest[i] -= parts->seasonal[i];
        }
    }
    return rest;
}

/// The median of all slopes over `lag` steps: a few shifts do not move it.
double median_slope(const Values& values, std::size_t lag) {
    Values slopes;
    for (std::size_t i = lag; i < values.size(); ++i) {
        slopes.push_back((values[i] - values[i - lag]) / static_cast<double>(lag));
    }
    return median(std::move(slopes));
}

double difference_scale(const Values& values) {
    Values differences;
    for (std::size_t i = 1; i < values.size(); ++i) {
        differences.push_back(values[i] - values[i - 1]);
    }
    return median_distance(differences, 0.0) / (kNormalMad * std::sqrt(2.0));
}

/// Values far from the median of the steps around them are cut to where they are no longer far.
Values without_spikes(const Values& values, double scale) {
    Values cut = values;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t first = i - std::min(i, kSegmentMin);
        const std::size_t last = std::min(i + kSegmentMin + 1, values.size());
        const double centre = median(Values(values.begin() + static_cast<std::ptrdiff_t>(first),
                                            values.begin() + static_cast<std::ptrdiff_t>(last)));
        cut[i] = std::clamp(values[i], centre - kSpike * scale, centre + kSpike * scale);
    }
    return cut;
}

/// Calls `each(first, last)` for the segments that start at 0 and at `starts`.
template <class Function>
void for_segments(const std::vector<std::size_t>& starts, std::size_t count, Function each) {
    std::size_t first = 0;
    for (std::size_t segment = 0; segment <= starts.size(); ++segment) {
        const std::size_t last = segment < starts.size() ? starts[segment] : count;
        each(first, last);
        first = last;
    }
}

double mean(const Values& values, std::size_t first, std::size_t last) {
    double sum = 0.0;
    for (std::size_t i = first; i < last; ++i) {
        sum += values[i];
    }
    return sum / static_cast<double>(last - first);
}

/// Long-run variance of what the segments leave: that of a first-order autoregression.
double long_run_variance(const Values& values, const std::vector<std::size_t>& starts) {
    double squares = 0.0;
    double products = 0.0;
    for_segments(starts, values.size(), [&](std::size_t first, std::size_t last) {
        const double centre = mean(values, first, last);
        for (std::size_t i = first; i < last; ++i) {
            squares += (values[i] - centre) * (values[i] - centre);
            products += i > first ? (values[i] - centre) * (values[i - 1] - centre) : 0.0;
        }
    });
    const double freedom = static_cast<double>(values.size()) - static_cast<double>(starts.size()) - 1.0;
    if (squares <= 0.0 || freedom <= 0.0) {
        return 0.0;
    }
    const double correlation = std::clamp(products / squares, 0.0, kCorrelationMax);
    return squares / freedom * (1.0 + correlation) / (1.0 - correlation);
}

Values without_slope(const Values& values, double slope) {
    Values rest = values;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        rest[i] -= slope * static_cast<double>(i);
    }
    return rest;
}

/// The slope that all segments have in common, by least squares.
double common_slope(const Values& values, const std::vector<std::size_t>& starts) {
    double products = 0.0;
    double squares = 0.0;
    for_segments(starts, values.size(), [&](std::size_t first, std::size_t last) {
        const double centre = mean(values, first, last);
        const double middle = 0.5 * static_cast<double>(first + last - 1);
        for (std::size_t i = first; i < last; ++i) {
            const double step = static_cast<double>(i) - middle;
            products += step * (values[i] - centre);
            squares += step * step;
        }
    });
    return products / squares;
}

struct Segmentation {
    double slope = 0.0;
    std::vector<std::size_t> starts;
    double cost = 0.0; ///< squares about levels and line, and the penalties
};

/// Segments and slope, each the best for the other; from `slope`.
Segmentation segment(const Values& values, double slope, double penalty) {
    Segmentation found{.slope = slope, .starts = {}, .cost = std::numeric_limits<double>::infinity()};
    for (int round = 0; round < kSlopeRounds; ++round) {
        Segmentation next{.slope = found.slope, .starts = {}};
        next.starts = change_points(without_slope(values, found.slope), penalty, kSegmentMin);
        next.slope = common_slope(values, next.starts);
        const Values rest = without_slope(values, next.slope);
        const SquaresAboutMean squares(rest);
        next.cost = penalty * static_cast<double>(next.starts.size());
        for_segments(next.starts, values.size(),
                     [&](std::size_t first, std::size_t last) { next.cost += squares.of(first, last); });
        if (!(next.cost < found.cost)) {
            break;
        }
        found = std::move(next);
    }
    return found;
}

} // namespace

std::vector<std::size_t> change_points(std::span<const double> values, double penalty, std::size_t segment_min) {
    const std::size_t count = values.size();
    const std::size_t least = std::max<std::size_t>(segment_min, 1);
    if (count < 2 * least) {
        return {};
    }
    const SquaresAboutMean squares(values);
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    Values cost(count + 1, kInfinity); // of the first i values
    cost[0] = -penalty;
    std::vector<std::size_t> previous(count + 1, 0);
    struct Start {
        std::size_t at;
        std::size_t dropped_from; ///< a last segment of more values than this no longer starts here
    };
    std::vector<Start> starts{{.at = 0, .dropped_from = count}};
    for (std::size_t last = least; last <= count; ++last) {
        if (last >= 2 * least) {
            starts.push_back({.at = last - least, .dropped_from = count});
        }
        std::erase_if(starts, [&](const Start& start) { return start.dropped_from < last; });
        for (const Start& start : starts) {
            const double found = cost[start.at] + squares.of(start.at, last) + penalty;
            if (found < cost[last]) {
                cost[last] = found;
                previous[last] = start.at;
            }
        }
        for (Start& start : starts) {
            // Never better again than a segment that starts at `last`, as soon as that one is long enough.
            if (start.dropped_from == count && last + least - 1 < count &&
                cost[start.at] + squares.of(start.at, last) > cost[last]) {
                start.dropped_from = last + least - 1;
            }
        }
    }
    std::vector<std::size_t> found;
    for (std::size_t at = previous[count]; at > 0; at = previous[at]) {
        found.push_back(at);
    }
    std::reverse(found.begin(), found.end());
    return found;
}

LevelShifts find_level_shifts(std::span<const double> values, int season) {
    if (values.size() > kShiftValuesMax) {
        const std::size_t before = values.size() - kShiftValuesMax;
        LevelShifts shifts = find_level_shifts(values.subspan(before), season);
        for (std::size_t& start : shifts.starts) {
            start += before;
        }
        return shifts;
    }
    LevelShifts shifts;
    if (values.size() < 2 * kSegmentMin) {
        shifts.levels.assign(1, values.empty() ? 0.0 : median(Values(values.begin(), values.end())));
        return shifts;
    }
    const Values adjusted = without_season(values, season);
    const double scale = difference_scale(adjusted);
    const Values smooth = scale > 0.0 ? without_spikes(adjusted, scale) : adjusted;
    const double start = median_slope(smooth, kSegmentMin);
    const double factor = kPenalty * std::log(static_cast<double>(values.size()));
    // Where most steps are equal any change is one: the penalty is then only what rounding needs.
    const double size = median_distance(adjusted, 0.0);
    const double rounding = 1e-12 * size * size;
    double variance = scale * scale;
    for (int round = 0; round < kRounds; ++round) {
        const double penalty = std::max(factor * variance, rounding);
        Segmentation found = segment(smooth, 0.0, penalty);
        Segmentation other = segment(smooth, start, penalty);
        if (other.cost < found.cost) {
            found = std::move(other);
        }
        shifts.starts = std::move(found.starts);
        shifts.slope = found.slope;
        const double seen = long_run_variance(without_slope(smooth, shifts.slope), shifts.starts);
        if (seen <= variance * 1.05) {
            break;
        }
        variance = seen;
    }
    shifts.noise = std::sqrt(variance);
    const Values rest = without_slope(adjusted, shifts.slope);
    for_segments(shifts.starts, rest.size(), [&](std::size_t first, std::size_t last) {
        shifts.levels.push_back(median(Values(rest.begin() + static_cast<std::ptrdiff_t>(first),
                                              rest.begin() + static_cast<std::ptrdiff_t>(last))));
    });
    return shifts;
}

std::vector<double> rebase(std::span<const double> values, const LevelShifts& shifts) {
    Values moved(values.begin(), values.end());
    std::size_t segment = 0;
    for (std::size_t i = 0; i < moved.size(); ++i) {
        while (segment < shifts.starts.size() && i >= shifts.starts[segment]) {
            ++segment;
        }
        moved[i] += shifts.levels.back() - shifts.levels[segment];
    }
    return moved;
}

base::Result<Forecast> forecast_rebased(const Request& request, const Method& method) {
    FLORIN_TRY(check_request(request));
    const LevelShifts shifts = find_level_shifts(request.values, request.season);
    const Values values = rebase(request.values, shifts);
    FLORIN_TRY_ASSIGN(Forecast forecast,
                      method({.values = values, .season = request.season, .horizon = request.horizon}));
    if (!shifts.starts.empty()) {
        forecast.method = fmt::format("re-based at step {} + {}", shifts.starts.back() + 1, forecast.method);
    }
    return forecast;
}

} // namespace florin::forecast
