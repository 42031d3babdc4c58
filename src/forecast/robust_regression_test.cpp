#include "forecast/robust_regression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

// R 4.2.2, MASS 7.3-58.2: rlm(stack.loss ~ ., stackloss, acc = 1e-12, maxit = 500). Data: Brownlee, "Statistical Theory
// and Methodology" (1965).
TEST(RobustRegression, TheStackLossIsThatOfR) {
    const Values air{80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70};
    const Values water{27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20};
    const Values acid{89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91};
    const Values loss{42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15};
    const auto found = regress_robustly(loss, {air, water, acid});
    ASSERT_TRUE(found.ok());
    EXPECT_NEAR(found->coefficients[0], 0.829385770254, 1e-8);
    EXPECT_NEAR(found->coefficients[1], 0.926059415549, 1e-8);
    EXPECT_NEAR(found->coefficients[2], -0.127846317965, 1e-8);
    EXPECT_NEAR(found->coefficients[3], -41.026485373295, 1e-6);
    EXPECT_NEAR(found->scale, 2.44048904599, 1e-7);
    EXPECT_NEAR(found->weights[20], 0.36808378, 1e-7);
    EXPECT_EQ(found->weights[0], 1.0);
}

TEST(RobustRegression, AnExactFitIsKeptAndAnEmptyColumnHasNoEffect) {
    const Values x{0, 1, 2, 3, 4, 5};
    const Values y{1, 3, 5, 7, 9, 11};
    const auto found = regress_robustly(y, {x, Values(6, 0.0)});
    ASSERT_TRUE(found.ok());
    EXPECT_THAT(found->coefficients,
                testing::ElementsAre(testing::DoubleNear(2.0, 1e-12), 0.0, testing::DoubleNear(1.0, 1e-12)));
}

TEST(RobustRegression, AnOutlierDoesNotPull) {
    Values x;
    Values y;
    for (int i = 0; i < 50; ++i) {
        x.push_back(i);
        y.push_back(10.0 + 0.5 * i + 0.1 * ((i * 7) % 5));
    }
    y[49] = 1e6;
    const auto found = regress_robustly(y, {x});
    ASSERT_TRUE(found.ok());
    EXPECT_NEAR(found->coefficients[0], 0.5, 0.01);
    EXPECT_LT(found->weights[49], 1e-5);
}

TEST(RobustRegression, WhatCannotBeFittedIsAnError) {
    EXPECT_EQ(regress_robustly(Values{1.0}, {Values{1.0}}).error().code, "forecast.too_short");
    EXPECT_EQ(regress_robustly(Values{}, {}).error().code, "forecast.too_short");
    EXPECT_EQ(regress_robustly(Values{1.0, 2.0, 3.0}, {Values{1.0}}).error().code, "forecast.regressors");
}

TEST(Median, IsInTheMiddle) {
    EXPECT_EQ(median({3.0}), 3.0);
    EXPECT_EQ(median({3.0, 1.0}), 2.0);
    EXPECT_EQ(median({9.0, 1.0, 5.0}), 5.0);
    EXPECT_EQ(median({4.0, 9.0, 1.0, 5.0}), 4.5);
}

} // namespace
} // namespace florin::forecast
