#include "forecast/nelder_mead.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace florin::forecast {

TEST(NelderMead, FindsTheEndOfRosenbrocksValley) {
    const auto valley = [](std::span<const double> x) {
        return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
    };
    const std::vector<Variable> variables = {{.start = -1.2, .lower = -5, .upper = 5},
                                             {.start = 1, .lower = -5, .upper = 5}};
    const Minimum minimum = minimise(valley, variables, 2000, 1e-14);
    EXPECT_NEAR(minimum.at[0], 1, 1e-4);
    EXPECT_NEAR(minimum.at[1], 1, 1e-4);
    EXPECT_LT(minimum.evaluation_count, 2000);
}

TEST(NelderMead, StaysWithinItsBounds) {
    int outside = 0;
    const auto slope = [&](std::span<const double> x) {
        outside += x[0] < 2 || x[0] > 3 || x[1] < -1 || x[1] > 1;
        return x[0] - 2 * x[1];
    };
    const std::vector<Variable> variables = {{.start = 2.5, .lower = 2, .upper = 3},
                                             {.start = 1, .lower = -1, .upper = 1, .step = 0.3}};
    const Minimum minimum = minimise(slope, variables, 500, 1e-10);
    EXPECT_NEAR(minimum.at[0], 2, 1e-3);
    EXPECT_NEAR(minimum.at[1], 1, 1e-3);
    EXPECT_EQ(outside, 0);
}

TEST(NelderMead, LeavesWhatIsNotFinite) {
    const auto cliff = [](std::span<const double> x) {
        return x[0] < 0 ? std::numeric_limits<double>::quiet_NaN() : (x[0] - 1) * (x[0] - 1);
    };
    const std::vector<Variable> variables = {{.start = 4, .lower = -10, .upper = 10, .step = -3}};
    EXPECT_NEAR(minimise(cliff, variables, 200, 1e-12).at[0], 1, 1e-4);
}

TEST(NelderMead, TenVariables) {
    const auto bowl = [](std::span<const double> x) {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            sum += static_cast<double>(i + 1) * std::pow(x[i] - 0.1 * static_cast<double>(i), 2);
        }
        return sum;
    };
    const std::vector<Variable> variables(10, {.start = 2, .lower = -9, .upper = 9, .step = 0.5});
    EXPECT_LT(minimise(bowl, variables, 5000, 1e-12).value, 1e-6);
}

} // namespace florin::forecast
