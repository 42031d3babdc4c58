#include "forecast/hierarchy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace florin::forecast {
namespace {

using testing::ElementsAre;

TEST(Hierarchy, PathsMakeOneNodeForEachBeginning) {
    const auto found = Hierarchy::of_paths(
        {{"all", "shop", "web"}, {"all", "bank", "web"}, {"all", "shop", "app"}, {"all", "bank", "db"}});
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found->node_count(), 7U);
    EXPECT_EQ(found->leaf_count(), 4U);
    EXPECT_EQ(found->name(0), "all");
    EXPECT_EQ(found->name(1), "all / shop");
    EXPECT_EQ(found->name(2), "all / bank");
    EXPECT_EQ(found->name(3), "all / shop / web");
    EXPECT_THAT(found->leaves_of(0), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(found->leaves_of(1), ElementsAre(0, 2));
    EXPECT_THAT(found->leaves_of(2), ElementsAre(1, 3));
    EXPECT_THAT(found->leaves_of(4), ElementsAre(1));
    const std::vector<double> leaves{1.0, 2.0, 3.0, 4.0};
    EXPECT_THAT(found->aggregate(leaves), ElementsAre(10.0, 4.0, 6.0, 1.0, 2.0, 3.0, 4.0));
}

TEST(Hierarchy, SumsMayLieCrosswise) {
    const auto found = Hierarchy::of(
        {"eu a", "eu b", "us a"},
        {{.name = "all", .leaves = {2, 1, 0}}, {.name = "eu", .leaves = {0, 1}}, {.name = "a", .leaves = {0, 2}}});
    ASSERT_TRUE(found.ok());
    const std::vector<double> leaves{1.0, 10.0, 100.0};
    EXPECT_THAT(found->aggregate(leaves), ElementsAre(111.0, 11.0, 101.0, 1.0, 10.0, 100.0));
}

TEST(Hierarchy, WhatDoesNotAddUpIsAnError) {
    EXPECT_EQ(Hierarchy::of({}, {}).error().code, "forecast.hierarchy");
    EXPECT_EQ(Hierarchy::of({"a", "a"}, {}).error().code, "forecast.hierarchy");
    EXPECT_EQ(Hierarchy::of({"a"}, {{.name = "a", .leaves = {0}}}).error().code, "forecast.hierarchy");
    EXPECT_EQ(Hierarchy::of({"a"}, {{.name = "all", .leaves = {}}}).error().code, "forecast.hierarchy");
    EXPECT_EQ(Hierarchy::of({"a"}, {{.name = "all", .leaves = {1}}}).error().code, "forecast.hierarchy");
    EXPECT_EQ(Hierarchy::of({"a", "b"}, {{.name = "all", .leaves = {0, 0}}}).error().code, "forecast.hierarchy");
    EXPECT_EQ(Hierarchy::of_paths({}).error().code, "forecast.hierarchy");
    EXPECT_EQ(Hierarchy::of_paths({{"a", "b"}, {"a"}}).error().code, "forecast.hierarchy");
    EXPECT_EQ(Hierarchy::of_paths({{}}).error().code, "forecast.hierarchy");
}

} // namespace
} // namespace florin::forecast
