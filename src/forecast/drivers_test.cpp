#include "forecast/drivers.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace florin::forecast {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using Values = std::vector<double>;

const std::vector<std::string> kSeries{"compute", "storage"};

Values applied(std::vector<Adjustment> adjustments, Values values, bool non_negative = false) {
    const auto drivers = Drivers::of({.name = "plan", .adjustments = std::move(adjustments)}, kSeries, values.size());
    EXPECT_TRUE(drivers.ok()) << drivers.error().describe();
    drivers->apply(0, values, non_negative);
    return values;
}

TEST(Drivers, EachChangeByHand) {
    EXPECT_THAT(applied({{.series = "compute", .first = 1, .last = 3, .change = AddAmount{.amount = 5.0}}},
                        {10.0, 10.0, 10.0, 10.0}),
                ElementsAre(10.0, 15.0, 15.0, 10.0));
    EXPECT_THAT(applied({{.series = "compute", .first = 2, .last = 4, .change = Multiply{.factor = 0.5}}},
                        {10.0, 10.0, 10.0, 10.0}),
                ElementsAre(10.0, 10.0, 5.0, 5.0));
    EXPECT_THAT(applied({{.series = "compute", .first = 1, .last = 3, .change = Grow{.rate = 0.5}}}, {8.0, 8.0, 8.0}),
                ElementsAre(8.0, DoubleEq(12.0), DoubleEq(18.0)));
    EXPECT_THAT(applied({{.series = "compute",
                          .first = 0,
                          .last = 2,
                          .change = FollowMetric{.metric = {400.0, 100.0}, .base = 100.0, .elasticity = 0.5}}},
                        {8.0, 8.0}),
                ElementsAre(DoubleEq(16.0), DoubleEq(8.0)));
}

TEST(Drivers, TheyAreMadeInTheirOrderAndToTheirSeriesAlone) {
    const Adjustment add{.series = "compute", .first = 0, .last = 1, .change = AddAmount{.amount = 10.0}};
    const Adjustment halve{.series = "compute", .first = 0, .last = 1, .change = Multiply{.factor = 0.5}};
    const Adjustment other{.series = "storage", .first = 0, .last = 1, .change = Multiply{.factor = 0.0}};
    EXPECT_THAT(applied({add, halve, other}, {100.0}), ElementsAre(55.0));
    EXPECT_THAT(applied({halve, add, other}, {100.0}), ElementsAre(60.0));
}

TEST(Drivers, AContractThatEndsLeavesNothingNegative) {
    const Adjustment end{.series = "compute", .first = 1, .last = 2, .change = AddAmount{.amount = -50.0}};
    EXPECT_THAT(applied({end}, {40.0, 40.0}, true), ElementsAre(40.0, 0.0));
    EXPECT_THAT(applied({end}, {40.0, 40.0}, false), ElementsAre(40.0, -10.0));
}

TEST(Drivers, AScenarioThatRefersToNothingIsAnError) {
    const auto refused = [](Adjustment adjustment) {
        adjustment.reason = "new contract";
        return Drivers::of({.name = "plan", .adjustments = {std::move(adjustment)}}, kSeries, 10).error();
    };
    const auto unknown = refused({.series = "storrage", .first = 0, .last = 1, .change = AddAmount{}});
    EXPECT_EQ(unknown.code, "forecast.unknown_series");
    EXPECT_EQ(unknown.message, "scenario plan, new contract: there is no series storrage");
    EXPECT_THAT(unknown.remedy, HasSubstr("storage"));
    EXPECT_EQ(refused({.series = "compute", .first = 3, .last = 3, .change = AddAmount{}}).code, "forecast.steps");
    EXPECT_EQ(refused({.series = "compute", .first = 3, .last = 11, .change = AddAmount{}}).code, "forecast.steps");
    const auto driver = [&](std::variant<AddAmount, Multiply, Grow, FollowMetric> change) {
        return refused({.series = "compute", .first = 0, .last = 2, .change = std::move(change)}).code;
    };
    EXPECT_EQ(driver(AddAmount{.amount = std::nan("")}), "forecast.driver");
    EXPECT_EQ(driver(Multiply{.factor = -0.1}), "forecast.driver");
    EXPECT_EQ(driver(Grow{.rate = -1.0}), "forecast.driver");
    EXPECT_EQ(driver(Grow{.rate = 1e200}), "forecast.driver");
    EXPECT_EQ(driver(FollowMetric{.metric = {1.0}}), "forecast.driver");
    EXPECT_EQ(driver(FollowMetric{.metric = {1.0, 0.0}}), "forecast.driver");
    EXPECT_EQ(driver(FollowMetric{.metric = {1.0, 2.0}, .base = 0.0}), "forecast.driver");
}

} // namespace
} // namespace florin::forecast
