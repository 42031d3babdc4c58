#include "forecast/conformal.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

ConformalErrors of(std::vector<Values> errors) {
    const Values scales(errors.size(), 1.0);
    return ConformalErrors::from({.errors = std::move(errors), .scales = scales}).value();
}

TEST(Conformal, QuantilesAreRanksByHand) {
    // 39 errors of sizes 1 to 39: 95 % of 40 parts end at the 38th, 90 % at the 36th; 88 % is rank 35.2.
    std::vector<Values> errors;
    for (int i = 39; i >= 1; --i) {
        errors.push_back({static_cast<double>(i % 2 == 0 ? i : -i)});
    }
    const ConformalErrors found = of(errors);
    EXPECT_NEAR(found.interval(0, 0.95).lower, -38.0, 1e-9);
    EXPECT_NEAR(found.interval(0, 0.95).upper, 38.0, 1e-9);
    EXPECT_NEAR(found.interval(0, 0.90).upper, 36.0, 1e-9);
    EXPECT_NEAR(found.interval(0, 0.88).upper, 36.0, 1e-9); // outwards
    EXPECT_NEAR(found.quantile(0, 0.06), -35.2, 1e-9);
    EXPECT_NEAR(found.quantile(0, 0.94), 35.2, 1e-9);
    EXPECT_NEAR(found.quantile(0, 0.5), 0.0, 1e-9);
    EXPECT_EQ(found.basis(0, 0.0125), QuantileBasis::kRanks);
    EXPECT_EQ(found.basis(0, 0.01), QuantileBasis::kStudent);
    EXPECT_GE(found.quantile(0, 0.99), 39.0);
    const Values sample = found.sample(0, 4); // quantiles at 1/8, 3/8, 5/8, 7/8: ranks 30 and 10 of sizes
    EXPECT_THAT(sample, testing::ElementsAre(testing::DoubleNear(-30.0, 1e-9), testing::DoubleNear(-10.0, 1e-9),
                                             testing::DoubleNear(10.0, 1e-9), testing::DoubleNear(30.0, 1e-9)));
}

TEST(Conformal, SizesNeverFallAndGrowBeyondTheBacktest) {
    const ConformalErrors found = of({{1.0, -3.0, 2.0, 4.0}, {-1.0, 3.0, -2.0, -4.0}});
    EXPECT_DOUBLE_EQ(found.size(0), 1.0);
    EXPECT_DOUBLE_EQ(found.size(1), 2.5); // 3 and 2, pooled
    EXPECT_DOUBLE_EQ(found.size(2), 2.5);
    EXPECT_DOUBLE_EQ(found.size(3), 4.0);
    EXPECT_DOUBLE_EQ(found.size(15), 8.0);
}

TEST(Conformal, ErrorsCountInTheScaleOfTheirOrigin) {
    const auto found = ConformalErrors::from({.errors = {{10.0}, {-2.0}}, .scales = {10.0, 2.0}});
    ASSERT_TRUE(found.ok());
    EXPECT_DOUBLE_EQ(found->size(0), 1.0);
}

/// How often, of `count` futures, the interval of `level` holds what comes, for errors of a skewed distribution.
double coverage(std::size_t origins, std::size_t steps, double level, int count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> exponential;
    double held = 0.0;
    for (int i = 0; i < count; ++i) {
        std::vector<Values> errors(origins, Values(steps));
        for (Values& each : errors) {
            for (double& error : each) {
                error = exponential(random) - 1.0;
            }
        }
        const Interval interval = of(errors).interval(steps / 2, level);
        const double next = exponential(random) - 1.0;
        held += interval.lower <= next && next <= interval.upper ? 1.0 : 0.0;
    }
    return held / count;
}

TEST(Conformal, TheLevelIsReachedInFiniteSamples) {
    constexpr int kCount = 4000;
    // Exact: k / (n + 1) for the interval that ends at the k-th size. Bounds: 4 standard deviations of the binomial.
    const auto bound = [](double p) { return 4.0 * std::sqrt(p * (1.0 - p) / kCount); };
    EXPECT_NEAR(coverage(39, 1, 0.95, kCount, 1), 0.95, bound(0.95));
    EXPECT_NEAR(coverage(79, 1, 0.95, kCount, 2), 0.95, bound(0.95));
    EXPECT_NEAR(coverage(59, 1, 0.80, kCount, 3), 0.80, bound(0.80));
    EXPECT_NEAR(coverage(45, 1, 0.90, kCount, 4), 42.0 / 46.0, bound(0.9)); // rank 41.4: more than asked for
    // Few origins: the shapes of all steps together.
    EXPECT_NEAR(coverage(12, 14, 0.95, kCount, 5), 0.95, 0.03);
    EXPECT_NEAR(coverage(12, 14, 0.80, kCount, 6), 0.80, 0.04);
}

TEST(Conformal, FewErrorsGiveAWideBandThatSaysSo) {
    const ConformalErrors found = of({{1.0}, {-1.0}, {1.0}});
    EXPECT_EQ(found.basis(0, 0.975), QuantileBasis::kStudent);
    // Student's t with 3 degrees of freedom, 97.5 %: 3.182446; times sqrt(1 + 1/3).
    EXPECT_NEAR(found.interval(0, 0.95).upper, 3.182446 * std::sqrt(4.0 / 3.0), 1e-5);
    EXPECT_NEAR(found.interval(0, 0.95).lower, -3.182446 * std::sqrt(4.0 / 3.0), 1e-5);
}

TEST(Conformal, HigherLevelsHoldLowerOnes) {
    std::mt19937_64 random(4);
    std::student_t_distribution<double> heavy(2.0);
    for (int i = 0; i < 200; ++i) {
        std::vector<Values> errors(1 + static_cast<std::size_t>(i) % 30, Values(5));
        for (Values& each : errors) {
            for (double& error : each) {
                error = heavy(random);
            }
        }
        const ConformalErrors found = of(errors);
        Interval inner{.lower = 0.0, .upper = 0.0};
        bool first = true;
        for (const double level : {0.1, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999}) {
            const Interval outer = found.interval(2, level);
            EXPECT_TRUE(first || (outer.lower <= inner.lower && inner.upper <= outer.upper)) << i << " " << level;
            inner = outer;
            first = false;
        }
    }
}

TEST(Conformal, SpendIsNeverNegative) {
    const ConformalErrors found = of({{-5.0}, {5.0}, {-5.0}, {5.0}});
    const Values means{1.0, 2.0};
    for (const Interval& interval : intervals(means, found, 2.0, 0.8, true)) {
        EXPECT_EQ(interval.lower, 0.0);
        EXPECT_GT(interval.upper, 2.0);
    }
    EXPECT_LT(intervals(means, found, 2.0, 0.8, false)[0].lower, -8.0);
    EXPECT_EQ(quantiles(means, found, 2.0, 0.1, true)[0], 0.0);
    EXPECT_LT(quantiles(means, found, 2.0, 0.1, false)[0], 0.0);
}

TEST(Conformal, NothingKnownIsNoBand) {
    const ConformalErrors none = of({});
    EXPECT_EQ(none.basis(3, 0.9), QuantileBasis::kNone);
    EXPECT_EQ(none.interval(3, 0.9).upper, 0.0);
    EXPECT_EQ(of({{kNone, kNone}}).basis(0, 0.9), QuantileBasis::kNone);
    const ConformalErrors exact = of({{0.0}, {0.0}});
    EXPECT_EQ(exact.interval(0, 0.95).upper, 0.0);
}

TEST(Conformal, BadErrorsAreAnError) {
    EXPECT_EQ(ConformalErrors::from({.errors = {{1.0}}, .scales = {}}).error().code, "forecast.errors");
    EXPECT_EQ(ConformalErrors::from({.errors = {{1.0}}, .scales = {0.0}}).error().code, "forecast.errors");
    EXPECT_EQ(ConformalErrors::from({.errors = {{1.0}}, .scales = {kNone}}).error().code, "forecast.errors");
    EXPECT_EQ(ConformalErrors::from({.errors = {{HUGE_VAL}}, .scales = {1.0}}).error().code, "forecast.errors");
}

} // namespace
} // namespace florin::forecast
