#include "forecast/accuracy.hpp"

#include "base/check.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace florin::forecast {

// Expected values by hand.

TEST(Accuracy, PointMeasures) {
    const std::vector<double> actual = {100, 200, 50};
    const std::vector<double> forecast = {110, 180, 50};
    EXPECT_NEAR(smape(actual, forecast), 200.0 * (10.0 / 210 + 20.0 / 380) / 3, 1e-12);
    EXPECT_NEAR(*wape(actual, forecast), 100 * 30.0 / 350, 1e-12);
    EXPECT_NEAR(*bias(actual, forecast), 100 * -10.0 / 350, 1e-12);
    EXPECT_NEAR(mase(actual, forecast, 4), 2.5, 1e-12);
    EXPECT_NEAR(owa(6.582, 2.107, 9.161, 2.777), 0.7386, 1e-4); // a row of the M4 competition's table
}

TEST(Accuracy, ScaleIsTheMeanChangeOverASeason) {
    const std::vector<double> training = {1, 5, 2, 9, 4};
    EXPECT_NEAR(*naive_scale(training, 1), (4 + 3 + 7 + 5) / 4.0, 1e-12);
    EXPECT_NEAR(*naive_scale(training, 2), (1 + 4 + 2) / 3.0, 1e-12);
    EXPECT_FALSE(naive_scale(training, 5));
    EXPECT_FALSE(naive_scale(std::vector<double>(5, 3.0), 1));
}

TEST(Accuracy, Intervals) {
    const std::vector<double> actual = {10, 20, 30, 40};
    const std::vector<double> lower = {9, 21, 25, 30};
    const std::vector<double> upper = {12, 25, 28, 40};
    EXPECT_NEAR(coverage(actual, lower, upper), 0.5, 1e-12); // an end belongs to its interval
    // Widths 3, 4, 3, 10; outside by 1 and 2 at 40 each.
    EXPECT_NEAR(msis(actual, lower, upper, 2, 0.05), (20 + 40 * 1 + 40 * 2) / 4.0 / 2, 1e-12);
}

TEST(Accuracy, NothingIsNotInfinite) {
    const std::vector<double> zeros = {0, 0};
    EXPECT_EQ(smape(zeros, zeros), 0);
    EXPECT_FALSE(wape(zeros, std::vector<double>{1, 1}));
    EXPECT_FALSE(bias(zeros, zeros));
    EXPECT_THROW(smape(zeros, std::vector<double>{1}), base::BugError);
}

} // namespace florin::forecast
