#include "lake/judgement.hpp"

#include "lake/test_lake.hpp"

#include <gmock/gmock.h>

namespace florin::lake {
namespace {

using test::at;
using test::delivery;
using test::ids_of;
using test::in_role;
using test::LakeTest;
using test::losing;
using test::part;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(LakeTest, ARestatementSaysWhatItReplaces) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    const Committed next = commit(delivery(2, 2, {part("a"), part("c")})).value();
    EXPECT_THAT(next.superseded, ElementsAre("delivery 1: a 2026-10"));
    EXPECT_THAT(next.older, IsEmpty());
    EXPECT_THAT(current_ids(), ElementsAre(1, 2, 2));
    EXPECT_THAT(current_ids(at(11, 1)), ElementsAre(1, 1));
}

TEST_F(LakeTest, AnOlderRunIsNeitherPendingNorCurrent) {
    committed(delivery(1, 5, {part("a")}));
    const Committed older = commit(delivery(2, 4, {losing("a")})).value();
    EXPECT_THAT(older.older, ElementsAre("a 2026-10: delivery 1 is newer"));
    EXPECT_THAT(older.superseded, IsEmpty());
    EXPECT_FALSE(older.delivery.parts[0].pending());
    EXPECT_THAT(current_ids(), ElementsAre(1));
}

TEST_F(LakeTest, ALosingPartWaitsUntilItIsReleased) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    const Committed next = commit(delivery(2, 2, {losing("a"), part("b")})).value();
    EXPECT_EQ(next.delivery.parts[0].pending_reason,
              "it has no charges on 2026-10-01, the current delivery has (delivery 1)");
    EXPECT_THAT(next.superseded, ElementsAre("delivery 1: b 2026-10"));
    EXPECT_THAT(current_ids(), ElementsAre(1, 2));
    EXPECT_EQ(lake().release(next.delivery.id, "b 2026-10", at(11, 3), {}).error().code, "lake.nothing_pending");
    EXPECT_EQ(lake().release(next.delivery.id, "a 2026-10", at(11, 3), {}).value(), 1);
    EXPECT_THAT(current_ids(), ElementsAre(2, 2));
    EXPECT_THAT(current_ids(at(11, 2)), ElementsAre(1, 2));
    EXPECT_EQ(lake().release(next.delivery.id, std::nullopt, at(11, 3), {}).error().code, "lake.nothing_pending");
    EXPECT_EQ(lake().release(DeliveryId(9), std::nullopt, at(11, 3), {}).error().code, "lake.no_such_delivery");
}

TEST_F(LakeTest, AnAccountThatVanishedIsEmptyOnceItIsReleased) {
    committed(delivery(1, 1, {part("a"), part("b"), part("b", 9)}));
    const Committed next = commit(delivery(2, 2, {part("a")})).value();
    EXPECT_THAT(next.superseded, ElementsAre("delivery 1: a 2026-10"));
    const Delivery made = lake().delivery(next.delivery.id).value();
    ASSERT_THAT(made.parts, SizeIs(2)) << "September is another bill";
    const Part& empty = made.parts[1];
    EXPECT_EQ(empty.scope, "b 2026-10");
    EXPECT_EQ(empty.billing_account_id, "b");
    EXPECT_EQ(empty.billing_period_start, at(10, 1));
    EXPECT_EQ(empty.billing_period_end, at(11, 1));
    EXPECT_EQ(empty.pending_reason, "it has no charges of billing account b for 2026-10 any more, delivery 1 has");
    EXPECT_EQ(empty.rows, 0U);
    EXPECT_EQ(empty.stem, "");
    EXPECT_EQ(empty.folder, made.parts[0].folder);
    EXPECT_THAT(empty.sums, IsEmpty());
    EXPECT_THAT(current_ids(), ElementsAre(1, 1, 2)) << "only the account that vanished waits";
    EXPECT_EQ(lake().release(made.id, std::nullopt, at(11, 3), {}).value(), 1);
    EXPECT_THAT(current_ids(), ElementsAre(1, 2));
    EXPECT_THAT(current_ids(at(11, 2)), ElementsAre(1, 1, 2));
    const CurrentFiles current = lake().current({}, {}).value();
    ASSERT_THAT(current.files, SizeIs(2)) << "there is no file of what is empty";
    EXPECT_EQ(current.files[0].billing_account_id, "b");
    EXPECT_EQ(current.files[1].billing_account_id, "a");
    EXPECT_THAT(problems(true), IsEmpty());
    ASSERT_TRUE(lake().withdraw(made.id, "it was cut off", at(11, 4), {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(1, 1, 1));
}

TEST_F(LakeTest, AnAccountThatComesBackReplacesTheEmptyPart) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    committed(delivery(2, 2, {part("a")}));
    ASSERT_TRUE(lake().release(DeliveryId(2), std::nullopt, at(11, 2), {}).ok());
    const Committed without = commit(delivery(3, 3, {part("a")})).value();
    EXPECT_THAT(without.delivery.parts, SizeIs(1)) << "what is empty cannot vanish again";
    const Committed again = commit(delivery(4, 4, {part("a"), part("b")})).value();
    EXPECT_THAT(again.superseded, ElementsAre("delivery 3: a 2026-10", "delivery 2: b 2026-10"));
    EXPECT_THAT(current_ids(), ElementsAre(4, 4));
    EXPECT_THAT(current_ids(at(11, 3)), ElementsAre(3));
}

TEST_F(LakeTest, AnAccountVanishesBesideOneThatWaits) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    const Committed next = commit(delivery(2, 2, {losing("a")})).value();
    ASSERT_THAT(next.delivery.parts, SizeIs(2));
    EXPECT_TRUE(next.delivery.parts[0].pending());
    EXPECT_TRUE(next.delivery.parts[1].pending());
}

TEST_F(LakeTest, DeliveriesOfOneAccountEachDoNotVanish) {
    committed(delivery(1, 1, {part("a")}));
    committed(delivery(2, 1, {part("b")}));
    EXPECT_THAT(committed(delivery(3, 2, {part("a")})).parts, SizeIs(1));
    EXPECT_THAT(committed(delivery(4, 2, {part("b")})).parts, SizeIs(1));
    EXPECT_THAT(committed(delivery(5, 3, {part("c")})).parts, SizeIs(1));
    EXPECT_THAT(current_ids(), ElementsAre(3, 4, 5));
}

TEST_F(LakeTest, AnOlderRunMakesNothingVanish) {
    committed(delivery(1, 5, {part("a"), part("b")}));
    EXPECT_THAT(committed(delivery(2, 4, {part("a")})).parts, SizeIs(1));
    EXPECT_THAT(current_ids(), ElementsAre(1, 1));
}

TEST_F(LakeTest, WhatIsAppendedAndWhatIsStrayMakeNothingVanish) {
    Part few = part("c");
    few.stray = true;
    committed(delivery(1, 1, {part("a"), part("b"), few}));
    Delivery appended = delivery(2, 2, {part("a")});
    appended.mode = Mode::kAppend;
    EXPECT_THAT(committed(appended).parts, SizeIs(1));
    Part stray = part("a");
    stray.stray = true;
    EXPECT_THAT(committed(delivery(3, 3, {stray, part("a", 9)})).parts, SizeIs(2));
    Delivery other = delivery(4, 4, {part("d")});
    other.source = "cur";
    EXPECT_THAT(committed(other).parts, SizeIs(1)) << "another feed says nothing of this one";
    const Delivery next = committed(delivery(5, 5, {part("a")}));
    ASSERT_THAT(next.parts, SizeIs(2)) << "nor does a stray row vanish";
    EXPECT_EQ(next.parts[1].scope, "b 2026-10");
}

TEST_F(LakeTest, StrayRowsNeverReplaceABill) {
    Part few = part("a");
    few.stray = true;
    committed(delivery(1, 1, {few}));
    EXPECT_THAT(current_ids(), ElementsAre(1)) << "they count while they are all there is";
    const Committed bill = commit(delivery(2, 2, {losing("a")})).value();
    EXPECT_FALSE(bill.delivery.parts[0].pending()) << "a bill loses nothing against stray rows";
    EXPECT_THAT(current_ids(), ElementsAre(2));
    Part many = part("a");
    many.stray = true;
    many.rows = 3;
    const Committed again = commit(delivery(3, 3, {many})).value();
    EXPECT_EQ(again.delivery.parts[0].pending_reason, "3 stray rows of a billing period that delivery 2 covers");
    EXPECT_THAT(current_ids(), ElementsAre(2));
}

TEST_F(LakeTest, AnotherSourceOfTheSameBillIsRefusedUnlessBothAreDeclared) {
    committed(delivery(1, 1, {part("a")}));
    Delivery other = delivery(2, 2, {part("a")});
    other.source = "cur";
    const auto refused = commit(other);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "lake.overlap");
    EXPECT_THAT(refused.error().message, HasSubstr("delivery 1"));
    EXPECT_EQ(commit(other, {"cur"}).error().code, "lake.overlap") << "one of two is not an order";
    EXPECT_THAT(entries("deliveries"), SizeIs(1)) << "nothing of a refused delivery is kept";
    EXPECT_THAT(entries("staging"), IsEmpty());
    const Committed taken = commit(other, {"cur", "focus"}).value();
    EXPECT_THAT(taken.superseded, IsEmpty());
    EXPECT_THAT(lake().current({}, {"cur", "focus"}).value().files, SizeIs(1));
}

TEST_F(LakeTest, AnotherSourceOfAnotherBillIsWelcome) {
    committed(delivery(1, 1, {part("a")}));
    Delivery other = delivery(2, 2, {part("a", 9), part("b")});
    other.source = "cur";
    EXPECT_TRUE(commit(other).ok());
}

TEST_F(LakeTest, CompanionsAreHeldAgainstTheirOwnRole) {
    committed(delivery(1, 1, {in_role(part("a"), "actual"), in_role(part("a"), "purchases")}));
    const Committed amortized = commit(delivery(2, 2, {in_role(losing("a"), "amortized")})).value();
    EXPECT_FALSE(amortized.delivery.parts[0].pending()) << "nothing of its role was there";
    EXPECT_THAT(amortized.superseded, IsEmpty());
    EXPECT_THAT(current_ids(), ElementsAre(1, 2));
    // What yields is still what the next actual export is held against.
    const Committed next =
        commit(delivery(3, 3, {in_role(losing("a"), "actual"), in_role(part("a"), "purchases")})).value();
    EXPECT_EQ(next.delivery.parts[0].pending_reason,
              "it has no charges on 2026-10-01, the current delivery has (delivery 1)");
    EXPECT_THAT(next.superseded, ElementsAre("delivery 1: a 2026-10 purchases"));
    EXPECT_THAT(current_ids(), ElementsAre(2, 3));
    ASSERT_TRUE(lake().withdraw(DeliveryId(2), "wrong", at(11, 4), {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(1, 3));
    EXPECT_EQ(lake().release(DeliveryId(3), "a 2026-10 actual", at(11, 5), {}).value(), 1);
    EXPECT_THAT(current_ids(), ElementsAre(3, 3));
}

TEST_F(LakeTest, ARoleThatAnExportLacksVanishedFromIt) {
    committed(delivery(1, 1, {in_role(part("a"), "actual"), in_role(part("a"), "purchases")}));
    const Delivery next = committed(delivery(2, 2, {in_role(part("a"), "actual")}));
    ASSERT_THAT(next.parts, SizeIs(2));
    EXPECT_EQ(next.parts[1].name(), "a 2026-10 purchases");
    EXPECT_EQ(next.parts[1].rows, 0U);
    EXPECT_TRUE(next.parts[1].pending());
    EXPECT_THAT(committed(delivery(3, 3, {in_role(part("a"), "amortized")})).parts, SizeIs(1))
        << "the other export says nothing of it";
}

TEST_F(LakeTest, AnAccountThatANewerRunLacksWaitsWhicheverCameFirst) {
    committed(delivery(1, 5, {part("a"), part("c")}));
    Part few = part("d");
    few.stray = true;
    const Delivery older = committed(delivery(2, 4, {part("a"), part("b"), part("b", 9), few}));
    EXPECT_EQ(older.parts[1].pending_reason,
              "delivery 1, a newer run, has no charges of billing account b for 2026-10");
    EXPECT_FALSE(older.parts[0].pending());
    EXPECT_FALSE(older.parts[2].pending()) << "September is another bill";
    EXPECT_FALSE(older.parts[3].pending()) << "stray rows count while nothing else covers them";
    Delivery appended = delivery(3, 3, {part("a"), part("e")});
    appended.mode = Mode::kAppend;
    EXPECT_FALSE(committed(appended).parts[1].pending());
    EXPECT_FALSE(committed(delivery(4, 3, {part("f")})).parts[0].pending()) << "it has nothing in common with any";
    EXPECT_EQ(lake().release(DeliveryId(2), std::nullopt, at(11, 6), {}).value(), 1);
    EXPECT_FALSE(committed(delivery(5, 3, {part("a"), part("b")})).parts[1].pending()) << "older than what counts";
}

TEST_F(LakeTest, AppendedPartsAddUpAndNeverWaitForALoss) {
    for (std::int64_t id = 1; id <= 3; ++id) {
        Delivery more = delivery(id, static_cast<unsigned>(id), {id == 2 ? losing("a") : part("a")});
        more.mode = Mode::kAppend;
        const Committed made = commit(more).value();
        EXPECT_FALSE(made.delivery.parts[0].pending());
        EXPECT_THAT(made.superseded, IsEmpty());
    }
    EXPECT_THAT(current_ids(), ElementsAre(1, 2, 3));
    ASSERT_TRUE(lake().withdraw(DeliveryId(2), "twice", at(11, 4), {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(1, 3));
    EXPECT_THAT(ids_of(lake().prune({.superseded_days = 0}, at(12, 31), false).value()), ElementsAre(2));
}

TEST_F(LakeTest, APartitionReplacesItselfAndWaitsForItsOwnLoss) {
    const auto partition = [](std::int64_t id, unsigned day, Part made, const std::string& key) {
        made.scope += " export " + key;
        Delivery one = delivery(id, day, {made});
        one.mode = Mode::kPartition;
        return one;
    };
    committed(partition(1, 1, part("a"), "2026-10-03"));
    committed(partition(2, 2, losing("a"), "2026-10-04"));
    EXPECT_THAT(current_ids(), ElementsAre(1, 2)) << "another partition takes nothing away";
    const Committed lost = commit(partition(3, 3, losing("a"), "2026-10-03")).value();
    EXPECT_TRUE(lost.delivery.parts[0].pending());
    const Committed same = commit(partition(4, 4, part("a"), "2026-10-03")).value();
    EXPECT_THAT(same.superseded, ElementsAre("delivery 1: a 2026-10 export 2026-10-03"));
    EXPECT_THAT(current_ids(), ElementsAre(2, 4));
}

TEST_F(LakeTest, WhatIsRestoredOrReleasedDoesNotCountBesideAnotherSource) {
    committed(delivery(1, 1, {part("a")}));
    ASSERT_TRUE(lake().withdraw(DeliveryId(1), "wrong feed", at(11, 2), {}).ok());
    Delivery other = delivery(2, 3, {part("a")});
    other.source = "cur";
    ASSERT_TRUE(commit(other).ok());
    EXPECT_EQ(lake().restore(DeliveryId(1), {}).error().code, "lake.overlap");
    EXPECT_THAT(current_ids(), ElementsAre(2));
    EXPECT_TRUE(lake().restore(DeliveryId(1), {"cur", "focus"}).ok());
    // A part that waits overlaps with nothing until it is released.
    committed(delivery(3, 3, {part("b")}));
    committed(delivery(4, 4, {losing("b")}));
    ASSERT_TRUE(lake().withdraw(DeliveryId(3), "wrong feed", at(11, 5), {}).ok());
    Delivery of_b = delivery(5, 6, {part("b")});
    of_b.source = "cur";
    ASSERT_TRUE(commit(of_b).ok());
    EXPECT_EQ(lake().release(DeliveryId(4), std::nullopt, at(11, 7), {}).error().code, "lake.overlap");
    EXPECT_EQ(lake().release(DeliveryId(4), std::nullopt, at(11, 7), {"cur", "focus"}).value(), 1);
}

TEST_F(LakeTest, AnAccountThatMovedToAnotherSourceOverlapsNoLonger) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    committed(delivery(2, 2, {part("a")}));
    Delivery moved = delivery(3, 3, {part("b")});
    moved.source = "cur";
    EXPECT_EQ(commit(moved).error().code, "lake.overlap") << "it waits, so that delivery 1 counts";
    ASSERT_TRUE(lake().release(DeliveryId(2), std::nullopt, at(11, 3), {}).ok());
    EXPECT_TRUE(commit(moved).ok());
    EXPECT_THAT(current_ids(), ElementsAre(2, 3));
}

/// What delivery 2 left behind is another source's by now: neither may delivery 1's part come back beside it, nor
/// is the empty part of delivery 2 in its way.
TEST_F(LakeTest, WithdrawingBringsBackNoSecondBill) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    committed(delivery(2, 2, {part("a")}));
    ASSERT_TRUE(lake().release(DeliveryId(2), std::nullopt, at(11, 3), {}).ok());
    Delivery moved = delivery(3, 3, {part("b")});
    moved.source = "cur";
    committed(moved);
    EXPECT_EQ(lake().withdraw(DeliveryId(2), "wrong", at(11, 4), {}).error().code, "lake.overlap");
    EXPECT_THAT(current_ids(), ElementsAre(2, 3)) << "nothing of it was done";
    ASSERT_TRUE(lake().withdraw(DeliveryId(2), "wrong", at(11, 4), {"focus", "cur"}).ok());
    ASSERT_TRUE(lake().restore(DeliveryId(2), {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(2, 3));
}

/// Delivery 2 waits where another source's bill counts: it may come back, and still waits.
TEST_F(LakeTest, APartThatWaitsIsRestoredBesideAnotherSource) {
    committed(delivery(1, 1, {part("a")}));
    const Delivery waiting = committed(delivery(2, 2, {losing("a")}));
    ASSERT_TRUE(waiting.parts[0].pending());
    ASSERT_TRUE(lake().withdraw(DeliveryId(2), "later", at(11, 3), {}).ok());
    ASSERT_TRUE(lake().withdraw(DeliveryId(1), "moved", at(11, 3), {}).ok());
    Delivery moved = delivery(3, 3, {part("a")});
    moved.source = "cur";
    committed(moved);
    EXPECT_TRUE(lake().restore(DeliveryId(2), {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(3));
}

/// An older run comes late with an account that the newer one lacks: what waits replaces nothing yet.
TEST_F(LakeTest, WhatWaitsForANewerRunReplacesNothing) {
    committed(delivery(1, 1, {part("a")}));
    committed(delivery(2, 1, {part("b")}));
    committed(delivery(3, 5, {part("a")}));
    const Committed late = commit(delivery(4, 3, {part("a"), part("b")})).value();
    ASSERT_TRUE(late.delivery.parts[1].pending());
    EXPECT_THAT(late.superseded, IsEmpty());
}

} // namespace
} // namespace florin::lake
