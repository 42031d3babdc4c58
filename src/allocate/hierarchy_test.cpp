#include "allocate/hierarchy.hpp"
#include "allocate/test_day.hpp"

#include "allocate/rule_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace florin::allocate {
namespace {

std::string names(const Hierarchy& tree, const std::vector<std::uint32_t>& nodes) {
    std::string out;
    for (const std::uint32_t node : nodes) {
        out += (out.empty() ? "" : " ") + tree.names()[node];
    }
    return out;
}

TEST(Hierarchy, OfATreeRollsUpAndDrillsDown) {
    const std::vector<RuleText> files = {{"organisation.yaml", "hierarchy: organisation\n"
                                                               "tree:\n"
                                                               "  Acme:\n"
                                                               "    Engineering:\n"
                                                               "      Platform: [network, data]\n"
                                                               "      Search:\n"
                                                               "    Sales: emea\n"
                                                               "  Labs:\n"}};
    const auto set = read_rule_set(files);
    ASSERT_TRUE(set.ok()) << set.error().describe();
    const Hierarchy& tree = *set->find_hierarchy("organisation");
    const period::Day on = day("2024-01-01");
    const auto node = [&](std::string_view name) { return tree.find(name).value(); };
    EXPECT_EQ(names(tree, tree.roots(on)), "Acme Labs");
    EXPECT_EQ(names(tree, tree.children(node("Acme"), on)), "Engineering Sales");
    EXPECT_EQ(names(tree, tree.children(node("Platform"), on)), "data network");
    EXPECT_EQ(names(tree, tree.children(node("Labs"), on)), "");
    EXPECT_EQ(names(tree, tree.path(node("data"), on)), "Acme Engineering Platform data");
    EXPECT_EQ(names(tree, {tree.rolled_up(node("data"), 1, on), tree.rolled_up(node("data"), 2, on),
                           tree.rolled_up(node("data"), 4, on), tree.rolled_up(node("Sales"), 3, on)}),
              "Acme Engineering data Sales");
    EXPECT_FALSE(tree.find("acme"));
    EXPECT_FALSE(tree.parent(node("Acme"), on));
}

TEST(Hierarchy, AParentChangesOnADay) {
    const auto tree = Hierarchy::make("o", "o.csv",
                                      {{"data", "Search", {day("2024-07-01"), kAlways.end}, 2},
                                       {"data", "Platform", {kAlways.start, day("2024-07-01")}, 1}});
    ASSERT_TRUE(tree.ok()) << tree.error().describe();
    const auto data = tree->find("data").value();
    EXPECT_EQ(names(*tree, tree->path(data, day("2024-06-30"))), "Platform data");
    EXPECT_EQ(names(*tree, tree->path(data, day("2024-07-01"))), "Search data");
    EXPECT_EQ(names(*tree, tree->children(tree->find("Platform").value(), day("2024-07-01"))), "");
}

TEST(Hierarchy, ItsDepthIsThatOfTheDeepestDay) {
    const auto tree = Hierarchy::make("o", "o.csv",
                                      {{"D", "C", kAlways, 1},
                                       {"C", "B", kAlways, 2},
                                       {"B", "A", kAlways, 3},
                                       {"A", "X", kAlways, 4},
                                       {"X", "Y", {day("2026-01-01"), kAlways.end}, 5}});
    ASSERT_TRUE(tree.ok()) << tree.error().describe();
    EXPECT_EQ(tree->depth(), 6U); // Y X A B C D, from 2026 on
    const auto single = Hierarchy::make("o", "o.csv", {{"a", "", kAlways, 1}});
    EXPECT_EQ(single.value().depth(), 1U);
}

TEST(Hierarchy, ACycleOfDifferentTimesIsNone) {
    EXPECT_TRUE(Hierarchy::make("o", "o.csv",
                                {{"a", "b", {kAlways.start, day("2024-07-01")}, 1},
                                 {"b", "a", {day("2024-07-01"), kAlways.end}, 2}})
                    .ok());
    const auto cycle = Hierarchy::make(
        "o", "o.csv",
        {{"a", "b", {kAlways.start, day("2024-07-02")}, 1}, {"b", "a", {day("2024-07-01"), kAlways.end}, 2}});
    ASSERT_FALSE(cycle.ok());
    EXPECT_EQ(cycle.error().code, "hierarchy.cycle");
}

TEST(Hierarchy, HasALimitedDepthOnEveryDay) {
    const auto chain = [](std::size_t levels, bool is_dated) {
        std::vector<ParentEdge> edges;
        for (std::size_t i = 1; i < levels; ++i) { // each edge begins after the one below it
            const period::Day from = is_dated ? day("2024-01-01") + std::chrono::days(i) : kAlways.start;
            edges.push_back({fmt::format("n{}", i), fmt::format("n{}", i + 1), {from, kAlways.end}, i});
        }
        const auto tree = Hierarchy::make("o", "o.csv", edges);
        return tree.ok() ? "" : tree.error().code;
    };
    EXPECT_EQ(chain(kHierarchyDepthMax, false), "");
    EXPECT_EQ(chain(kHierarchyDepthMax + 1, false), "hierarchy.too_deep");
    EXPECT_EQ(chain(kHierarchyDepthMax, true), "");
    EXPECT_EQ(chain(kHierarchyDepthMax + 1, true), "hierarchy.too_deep");
    EXPECT_EQ(chain(kHierarchyEdgesMax + 2, false), "hierarchy.too_large");
}

} // namespace
} // namespace florin::allocate
