#include "lake/lake.hpp"

#include "lake/test_lake.hpp"

#include <gmock/gmock.h>

namespace florin::lake {
namespace {

using test::at;
using test::delivery;
using test::LakeTest;
using test::part;
using testing::ElementsAre;
using testing::IsEmpty;

const AppliedFiles kFiles = {"hash", {{"owners.csv", "id,team\n\"a\",ü\n"}, {"team.yaml", "dimension: team\n"}}};

AllocationState a_state() {
    AllocationState state;
    state.applied_at = at(11, 5);
    state.applied_by = "controller";
    state.reason = "new teams";
    state.from = period::day_of(at(10, 1));
    state.open_months = {period::day_of(at(10, 1)), period::day_of(at(11, 1))};
    state.timeline = {{period::day_of(at(9, 1)), "before"}, {state.from, "hash"}};
    state.parts = {{DeliveryId(1), 0}, {DeliveryId(1), 1}};
    state.certificates = {{"team", "allocation/a.json", "a"}, {"product", "allocation/b.json", "b"}};
    return state;
}

TEST_F(LakeTest, AppliedRulesComeBackWithTheirFiles) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    EXPECT_THAT(lake().catalog().allocation_states().value(), IsEmpty());
    const AllocationState first = lake().apply_allocation(a_state(), {kFiles}, 0).value();
    EXPECT_EQ(first.id, 1);
    AllocationState rollback = a_state();
    rollback.restored = 1;
    rollback.restated = {period::day_of(at(10, 1))};
    const AllocationState second = lake().apply_allocation(rollback, {kFiles}, 1).value();
    EXPECT_EQ(second.id, 2);
    EXPECT_THAT(lake().catalog().allocation_states().value(), ElementsAre(first, second));
    EXPECT_EQ(lake().catalog().allocation_files("hash").value().files, kFiles.files);
    EXPECT_THAT(lake().catalog().allocation_files("none").value().files, IsEmpty());
    EXPECT_EQ(lake().apply_allocation(a_state(), {kFiles}, 1).error().code, "allocation.moved_on");
    EXPECT_EQ(lake().catalog().allocation_states().value().size(), 2U);
}

TEST_F(LakeTest, RulesReachIntoAClosedMonthByNameOnly) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    PeriodClose close;
    close.month = period::day_of(at(10, 1));
    close.closed_at = at(11, 2);
    close.closed_by = "controller";
    close.reason = "the books are shut";
    ASSERT_TRUE(lake().close_period(close, {}).ok());
    const auto refused = lake().apply_allocation(a_state(), {kFiles}, 0);
    EXPECT_EQ(refused.error().code, "allocation.closed");
    EXPECT_EQ(refused.error().message, "the change would reach into 2026-10, which is closed");
    EXPECT_EQ(refused.error().remedy, "name what is to be restated: --restate 2026-10");
    AllocationState named = a_state();
    named.restated = {close.month};
    EXPECT_TRUE(lake().apply_allocation(named, {kFiles}, 0).ok());
    AllocationState later = a_state();
    later.from = period::day_of(at(11, 1));
    EXPECT_TRUE(lake().apply_allocation(later, {kFiles}, 1).ok());
}

TEST_F(LakeTest, WhatAppliedRulesWereComputedOverIsKeptButMayBeWithdrawn) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    ASSERT_TRUE(lake().apply_allocation(a_state(), {kFiles}, 0).ok());
    EXPECT_TRUE(lake().withdraw(DeliveryId(1), "wrong", at(11, 6), {}).ok());
    const PruneReport report = lake().prune({.superseded_days = 0}, at(12, 31), false).value();
    EXPECT_THAT(report.pruned, IsEmpty());
    EXPECT_THAT(report.kept, ElementsAre("delivery 1: referred to by allocation state 1"));
}

} // namespace
} // namespace florin::lake
