#include "lake/lake.hpp"

#include "lake/test_lake.hpp"

#include <gmock/gmock.h>

namespace florin::lake {
namespace {

using test::at;
using test::delivery;
using test::ids_of;
using test::LakeTest;
using test::losing;
using test::part;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

PeriodClose october(unsigned november_day) {
    PeriodClose close;
    close.month = period::day_of(at(10, 1));
    close.closed_at = at(11, november_day);
    close.closed_by = "controller";
    close.reason = "the books are shut";
    return close;
}

TEST_F(LakeTest, ACloseRecordsWhatCounted) {
    EXPECT_EQ(lake().close_period(october(5), {}).error().code, "period.empty");
    committed(delivery(1, 1, {part("a"), part("b"), part("a", 9)}));
    committed(delivery(2, 2, {part("a")}));
    const PeriodClose close = lake().close_period(october(5), {}).value();
    EXPECT_THAT(close.parts, ElementsAre(std::pair(DeliveryId(1), 1U), std::pair(DeliveryId(2), 0U)));
    const auto again = lake().close_period(october(6), {});
    EXPECT_EQ(again.error().code, "period.closed");
    EXPECT_EQ(again.error().message, "2026-10 was closed on 2026-11-05 by controller");
    EXPECT_EQ(lake().withdraw(DeliveryId(1), "wrong", at(11, 6), {}).error().code, "lake.referenced");
    const PeriodClose reopened = lake().reopen_period(close.month, "auditor", "a bill was missing", at(11, 7)).value();
    EXPECT_EQ(reopened.id, close.id);
    EXPECT_EQ(lake().reopen_period(close.month, "auditor", "", at(11, 7)).error().code, "period.not_closed");
    EXPECT_TRUE(lake().withdraw(DeliveryId(1), "wrong", at(11, 8), {}).ok());
    EXPECT_THAT(lake().close_period(october(9), {}).value().parts, ElementsAre(std::pair(DeliveryId(2), 0U)));
    EXPECT_THAT(lake().closes().value(), SizeIs(2));
}

TEST_F(LakeTest, WhatWouldChangeAClosedMonthWaits) {
    committed(delivery(1, 1, {part("a"), part("a", 9)}));
    ASSERT_TRUE(lake().close_period(october(5), {}).ok());
    const Committed next = commit(delivery(2, 6, {part("a"), part("a", 9), part("b")})).value();
    EXPECT_EQ(next.delivery.parts[0].pending_reason,
              "2026-10 was closed on 2026-11-05 by controller: release takes it in as a restatement");
    EXPECT_FALSE(next.delivery.parts[1].pending()) << "September is open";
    EXPECT_TRUE(next.delivery.parts[2].pending()) << "a new account changes the month as well";
    EXPECT_THAT(next.superseded, ElementsAre("delivery 1: a 2026-09"));
    EXPECT_THAT(next.restated, IsEmpty()) << "nothing has changed yet";
    EXPECT_THAT(current_ids(), ElementsAre(1, 2));
    const Committed lost = commit(delivery(3, 7, {losing("a")})).value();
    EXPECT_THAT(lost.delivery.parts[0].pending_reason, HasSubstr("no charges on 2026-10-01"));
    EXPECT_THAT(lost.delivery.parts[0].pending_reason, HasSubstr("; 2026-10 was closed"));
    Delivery appended = delivery(4, 8, {part("c")});
    appended.mode = Mode::kAppend;
    EXPECT_TRUE(committed(appended).parts[0].pending()) << "what is added changes it, too";
    Delivery older = delivery(6, 2, {part("a")});
    older.ordered_at = at(10, 31);
    EXPECT_FALSE(committed(older).parts[0].pending()) << "an older run changes nothing";
    ASSERT_TRUE(lake().release(DeliveryId(2), std::nullopt, at(11, 9), {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(2, 2, 2));
    ASSERT_TRUE(lake().reopen_period(period::day_of(at(10, 1)), "controller", "to take it all in", at(11, 10)).ok());
    EXPECT_FALSE(committed(delivery(7, 11, {part("a"), part("b")})).parts[0].pending());
}

TEST_F(LakeTest, WhatAClosedMonthRefersToIsNeverPruned) {
    committed(delivery(1, 1, {part("a")}));
    ASSERT_TRUE(lake().close_period(october(5), {}).ok());
    committed(delivery(2, 6, {part("a")}));
    ASSERT_TRUE(lake().release(DeliveryId(2), std::nullopt, at(11, 7), {}).ok());
    const PruneReport kept = lake().prune({.superseded_days = 0}, at(12, 31), false).value();
    EXPECT_THAT(kept.pruned, IsEmpty());
    EXPECT_THAT(kept.kept, ElementsAre("delivery 1: referred to by period 2026-10"));
    ASSERT_TRUE(lake().reopen_period(period::day_of(at(10, 1)), "controller", "done with it", at(12, 31)).ok());
    EXPECT_THAT(ids_of(lake().prune({.superseded_days = 0}, at(12, 31), false).value()), ElementsAre(1));
}

TEST_F(LakeTest, WhatChangesAPeriodThatTheProviderClosedIsARestatement) {
    committed(delivery(1, 1, {part("a")}));
    ProviderPeriod closed{"focus", "Cloud Inc", at(10, 1), at(11, 1), at(11, 4), true, std::nullopt};
    ASSERT_TRUE(lake().state_provider_period(closed).ok());
    const Committed before = commit(delivery(2, 3, {part("a")})).value();
    EXPECT_THAT(before.restated, IsEmpty()) << "a run of before the close";
    const Committed after = commit(delivery(3, 5, {part("a"), part("b")})).value();
    EXPECT_FALSE(after.delivery.parts[0].pending());
    EXPECT_THAT(after.restated, ElementsAre("a 2026-10: Cloud Inc closed 2026-10 on 2026-11-04"));
    EXPECT_THAT(after.superseded, ElementsAre("delivery 2: a 2026-10"));
    closed.closed = false;
    closed.stated_at = at(11, 6);
    ASSERT_TRUE(lake().state_provider_period(closed).ok());
    EXPECT_THAT(commit(delivery(4, 7, {part("a"), part("b")})).value().restated, IsEmpty()) << "it was reopened";
    Delivery other = delivery(5, 8, {part("z")});
    other.source = "cur";
    EXPECT_THAT(commit(other).value().restated, IsEmpty()) << "of another feed nothing was said";
}

} // namespace
} // namespace florin::lake
