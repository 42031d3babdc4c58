#include "forecast/change_points.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace florin::forecast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Values = std::vector<double>;

double squares_about_mean(const Values& values, std::size_t first, std::size_t last) {
    double mean = 0.0;
    for (std::size_t i = first; i < last; ++i) {
        mean += values[i] / static_cast<double>(last - first);
    }
    double sum = 0.0;
    for (std::size_t i = first; i < last; ++i) {
        sum += (values[i] - mean) * (values[i] - mean);
    }
    return sum;
}

double cost_of(const Values& values, const std::vector<std::size_t>& starts, double penalty) {
    double cost = penalty * static_cast<double>(starts.size());
    std::size_t first = 0;
    for (const std::size_t start : starts) {
        cost += squares_about_mean(values, first, start);
        first = start;
    }
    return cost + squares_about_mean(values, first, values.size());
}

/// The least cost over all partitions, without leaving any out.
double least_cost(const Values& values, double penalty, std::size_t segment_min) {
    Values best(values.size() + 1, std::numeric_limits<double>::infinity());
    best[0] = -penalty;
    for (std::size_t last = segment_min; last <= values.size(); ++last) {
        for (std::size_t first = 0; first + segment_min <= last; ++first) {
            best[last] = std::min(best[last], best[first] + squares_about_mean(values, first, last) + penalty);
        }
    }
    return best.back();
}

TEST(ChangePoints, TheSegmentsAreTheBestOfAll) {
    std::mt19937_64 random(17);
    std::normal_distribution<double> normal;
    std::uniform_int_distribution<int> length(3, 40);
    for (int i = 0; i < 60; ++i) {
        Values values;
        while (values.size() < 120) {
            const double level = 3.0 * normal(random);
            for (int k = length(random); k > 0; --k) {
                values.push_back(level + normal(random));
            }
        }
        for (const double penalty : {0.5, 5.0, 20.0}) {
            for (const std::size_t segment_min : {std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
                const auto starts = change_points(values, penalty, segment_min);
                EXPECT_NEAR(cost_of(values, starts, penalty), least_cost(values, penalty, segment_min), 1e-8)
                    << "series " << i << ", penalty " << penalty << ", at least " << segment_min;
            }
        }
    }
}

TEST(ChangePoints, ShortOnesHaveNone) {
    EXPECT_THAT(change_points(Values{}, 1.0, 3), IsEmpty());
    EXPECT_THAT(change_points(Values{1, 1, 9, 9}, 1.0, 3), IsEmpty());
    EXPECT_THAT(change_points(Values{1, 1, 1, 9, 9, 9}, 1.0, 3), ElementsAre(3));
}

struct Noise {
    std::mt19937_64 random;
    double correlation;
    double state = 0.0;
    double next() {
        std::normal_distribution<double> normal;
        state = correlation * state + normal(random);
        return state;
    }
};

/// 180 days with weekends, a slope, a spike of two days, a step up at day 100 and one down at day 150.
Values migrations(std::uint64_t seed) {
    Noise noise{.random = std::mt19937_64(seed), .correlation = 0.0};
    Values values;
    for (int t = 0; t < 180; ++t) {
        const double season = t % 7 >= 5 ? -20.0 : 0.0;
        values.push_back(200.0 + 0.2 * t + season + (t >= 100 ? 30.0 : 0.0) + (t >= 150 ? -45.0 : 0.0) +
                         2.0 * noise.next());
    }
    values[40] += 300.0;
    values[41] += 300.0;
    return values;
}

TEST(LevelShifts, MigrationsAreFoundBesideSeasonSlopeAndSpikes) {
    int others = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const LevelShifts found = find_level_shifts(migrations(seed), 7);
        for (const double expected : {100.0, 150.0}) {
            const bool hit = std::any_of(found.starts.begin(), found.starts.end(), [&](std::size_t at) {
                return std::abs(static_cast<double>(at) - expected) <= 1.0;
            });
            EXPECT_TRUE(hit) << "seed " << seed << ", day " << expected;
        }
        others += found.starts.size() > 2 ? 1 : 0;
    }
    EXPECT_LE(others, 5);
}

TEST(LevelShifts, ThePastIsMovedToTheLastLevel) {
    const Values values = migrations(2);
    const LevelShifts found = find_level_shifts(values, 7);
    ASSERT_EQ(found.starts.size(), 2U);
    EXPECT_NEAR(found.levels[1] - found.levels[0], 30.0, 3.0);
    EXPECT_NEAR(found.levels[2] - found.levels[1], -45.0, 3.0);
    EXPECT_NEAR(found.slope, 0.2, 0.03);
    EXPECT_NEAR(found.noise, 2.0, 0.6);
    const Values moved = rebase(values, found);
    EXPECT_NEAR(moved[10] - values[10], -15.0, 4.0);
    EXPECT_NEAR(moved[120] - values[120], -45.0, 4.0);
    EXPECT_EQ(moved[150], values[150]);
    EXPECT_EQ(moved[179], values[179]);
}

TEST(LevelShifts, AMethodThatAveragesStartsFromTheLastLevel) {
    const Method average = [](const Request& request) -> base::Result<Forecast> {
        double sum = 0.0;
        for (const double value : request.values) {
            sum += value;
        }
        Forecast forecast;
        forecast.method = "mean";
        forecast.mean.assign(static_cast<std::size_t>(request.horizon),
                             sum / static_cast<double>(request.values.size()));
        return forecast;
    };
    Values step(30, 100.0);
    step.resize(50, 40.0);
    const auto found = forecast_rebased({.values = step, .horizon = 2}, average);
    ASSERT_TRUE(found.ok());
    EXPECT_THAT(found->mean, ElementsAre(40.0, 40.0));
    EXPECT_EQ(found->method, "re-based at step 31 + mean");
    EXPECT_EQ(forecast_rebased({.values = Values(20, 3.0), .horizon = 1}, average)->method, "mean");
    EXPECT_EQ(forecast_rebased({.values = Values{}, .horizon = 1}, average).error().code, "forecast.empty");
}

TEST(LevelShifts, NoiseIsNotTakenForSteps) {
    for (const double correlation : {0.0, 0.5, 0.8}) {
        Noise noise{.random = std::mt19937_64(100), .correlation = correlation};
        int wrong = 0;
        constexpr int kSeries = 200;
        for (int i = 0; i < kSeries; ++i) {
            Values values;
            for (int t = 0; t < 200; ++t) {
                values.push_back(1000.0 + noise.next());
            }
            wrong += find_level_shifts(values, 1).starts.empty() ? 0 : 1;
        }
        EXPECT_LE(wrong, kSeries / 10) << "correlation " << correlation;
    }
}

TEST(LevelShifts, AStepOfFourDeviationsIsFoundNearlyAlways) {
    Noise noise{.random = std::mt19937_64(9), .correlation = 0.3};
    const double deviation = 1.0 / std::sqrt(1.0 - 0.09);
    int found = 0;
    for (int i = 0; i < 100; ++i) {
        Values values;
        for (int t = 0; t < 120; ++t) {
            values.push_back((t >= 80 ? 4.0 * deviation : 0.0) + noise.next());
        }
        const auto starts = find_level_shifts(values, 1).starts;
        found += std::any_of(starts.begin(), starts.end(), [](std::size_t at) { return at >= 78 && at <= 82; }) ? 1 : 0;
    }
    EXPECT_GE(found, 95);
}

TEST(LevelShifts, ConstantsAndExactStepsAreWhatTheyAre) {
    EXPECT_THAT(find_level_shifts(Values(60, 5.0), 7).starts, IsEmpty());
    EXPECT_THAT(find_level_shifts(Values(60, 0.0), 7).starts, IsEmpty());
    Values step(30, 1.0);
    step.resize(50, 2.0);
    const LevelShifts found = find_level_shifts(step, 1);
    EXPECT_THAT(found.starts, ElementsAre(30));
    EXPECT_THAT(found.levels, ElementsAre(1.0, 2.0));
    EXPECT_THAT(rebase(step, found), testing::Each(2.0));
    EXPECT_THAT(find_level_shifts(Values{}, 7).levels, ElementsAre(0.0));
    EXPECT_THAT(find_level_shifts(Values{1.0, 9.0, 5.0}, 7).levels, ElementsAre(5.0));
    EXPECT_THAT(rebase(Values{}, find_level_shifts(Values{}, 7)), IsEmpty());
}

} // namespace
TEST(LevelShifts, OfVeryLongHistoriesTheEndIsLookedAt) {
    // A step in the last days of 50,000: found at its place, in far less than the seconds a search of all would take.
    std::vector<double> values;
    unsigned seed = 1;
    for (int i = 0; i < 50'000; ++i) {
        seed = seed * 1664525U + 1013904223U;
        values.push_back((i < 49'900 ? 100.0 : 160.0) + static_cast<double>(seed >> 8U) / (1U << 24U));
    }
    const LevelShifts shifts = find_level_shifts(values, 1);
    ASSERT_EQ(shifts.starts.size(), 1U);
    EXPECT_EQ(shifts.starts[0], 49'900U);
    EXPECT_NEAR(rebase(values, shifts).front(), 160.5, 1.0);
}

} // namespace florin::forecast
