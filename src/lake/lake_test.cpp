#include "lake/lake.hpp"

#include "lake/test_deliveries.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <future>

namespace florin::lake {
namespace {

base::Result<void> nobody(const Reservation&) {
    return {};
}

namespace fs = std::filesystem;
using test::at;
using test::decimal;
using test::delivery;
using test::part;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class LakeTest : public testing::Test {
protected:
    LakeTest() : lake_(Lake::open(folder()).value()) {}

    base::Path folder() const { return folder_.path() / "lake"; }
    Lake& lake() { return *lake_; }

    /// Stages files for each part and commits.
    base::Result<Committed> commit(Delivery draft, const std::vector<std::string>& precedence = {}) {
        FLORIN_TRY_ASSIGN(Staging staging, lake().stage(at(11, 1)));
        for (std::size_t i = 0; i < draft.parts.size(); ++i) {
            draft.parts[i].stem = "0000" + std::to_string(i + 1);
            for (const std::string kind : {"charges", "tuples"}) {
                FLORIN_TRY(base::write_file_atomically(
                    staging.folder() / (draft.parts[i].stem + "." + kind + ".parquet"), draft.identity));
            }
        }
        return lake().commit(std::move(staging), std::move(draft), precedence);
    }
    Delivery committed(Delivery draft) { return commit(std::move(draft)).value().delivery; }

    std::vector<std::int64_t> current_ids(std::optional<period::Instant> as_of = {}) {
        const CurrentFiles current = lake().current(as_of, {}).value();
        std::vector<std::int64_t> ids;
        for (const PartReference& reference : current.parts) {
            ids.push_back(current.deliveries[reference.delivery].id.value());
        }
        return ids;
    }

    std::vector<std::string> entries(const std::string& below) const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder() / below)) {
            names.push_back(entry.path().filename().string());
        }
        std::ranges::sort(names);
        return names;
    }

    std::vector<std::string> problems(bool repair) {
        std::vector<std::string> codes;
        for (const Problem& problem : lake().doctor(repair).value()) {
            codes.push_back(problem.code + (problem.repaired ? " repaired" : ""));
        }
        return codes;
    }

private:
    test::Folder folder_;
    std::unique_ptr<Lake> lake_;
};

/// A part that has lost its day to another.
Part losing(const std::string& account) {
    Part made = part(account);
    made.charge_days = {"2026-10-02"};
    return made;
}

TEST_F(LakeTest, ACommittedDeliveryIsInItsPlaceAndNothingElseIs) {
    Delivery draft = delivery(1, 1, {part("a")});
    draft.raw_files = {{"bill.csv", "raw/00001-bill.csv", true, "", 0, 1},
                       {"two.csv", "/tmp/two.csv", false, "", 0, 1}};
    const Delivery made = committed(draft);
    EXPECT_EQ(made.id.value(), 1);
    EXPECT_THAT(entries("staging"), IsEmpty());
    ASSERT_THAT(entries("deliveries"), SizeIs(1));
    EXPECT_EQ(made.parts[0].folder, "deliveries/" + entries("deliveries")[0]);
    EXPECT_EQ(made.raw_files[0].path, made.parts[0].folder + "/raw/00001-bill.csv");
    EXPECT_EQ(made.raw_files[1].path, "/tmp/two.csv");
    const FileSet files = lake().files_of(made.parts[0]);
    EXPECT_EQ(base::read_file(files.charges).value(), draft.identity);
    EXPECT_EQ(base::read_file(files.tuples).value(), draft.identity);
    EXPECT_EQ(files.cells, "");
    EXPECT_EQ(files.spread, "");
    EXPECT_THAT(lake().catalog().reservations().value(), IsEmpty());
    EXPECT_EQ(lake().delivery(made.id).value().parts[0].folder, made.parts[0].folder);
}

TEST_F(LakeTest, AStagingThatIsNotCommittedLeavesNothing) {
    {
        const Staging staging = lake().stage(at(11, 1)).value();
        ASSERT_TRUE(base::write_file_atomically(staging.folder() / "file", "x").ok());
        EXPECT_THAT(entries("staging"), SizeIs(2));
    }
    EXPECT_THAT(entries("staging"), IsEmpty());
    EXPECT_THAT(lake().catalog().reservations().value(), IsEmpty());
}

TEST_F(LakeTest, TheSameDeliveryTwiceChangesNothing) {
    const Delivery first = committed(delivery(1, 1, {part("a")}));
    const Committed again = commit(delivery(1, 5, {part("a")})).value();
    EXPECT_TRUE(again.already_there);
    EXPECT_EQ(again.delivery.id, first.id);
    EXPECT_EQ(again.delivery.received_at, at(11, 1));
    EXPECT_THAT(entries("staging"), IsEmpty());
    EXPECT_THAT(entries("deliveries"), SizeIs(1));
    EXPECT_THAT(lake().catalog().reservations().value(), IsEmpty());
    EXPECT_THAT(current_ids(), ElementsAre(1));
}

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
    EXPECT_EQ(lake().release(next.delivery.id, "b 2026-10", at(11, 3)).error().code, "lake.nothing_pending");
    EXPECT_EQ(lake().release(next.delivery.id, "a 2026-10", at(11, 3)).value(), 1);
    EXPECT_THAT(current_ids(), ElementsAre(2, 2));
    EXPECT_THAT(current_ids(at(11, 2)), ElementsAre(1, 2));
    EXPECT_EQ(lake().release(next.delivery.id, std::nullopt, at(11, 3)).error().code, "lake.nothing_pending");
    EXPECT_EQ(lake().release(DeliveryId(9), std::nullopt, at(11, 3)).error().code, "lake.no_such_delivery");
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
    EXPECT_EQ(lake().release(made.id, std::nullopt, at(11, 3)).value(), 1);
    EXPECT_THAT(current_ids(), ElementsAre(1, 2));
    EXPECT_THAT(current_ids(at(11, 2)), ElementsAre(1, 1, 2));
    const CurrentFiles current = lake().current({}, {}).value();
    ASSERT_THAT(current.files, SizeIs(2)) << "there is no file of what is empty";
    EXPECT_EQ(current.files[0].billing_account_id, "b");
    EXPECT_EQ(current.files[1].billing_account_id, "a");
    EXPECT_THAT(problems(true), IsEmpty());
    ASSERT_TRUE(lake().withdraw(made.id, "it was cut off", at(11, 4)).ok());
    EXPECT_THAT(current_ids(), ElementsAre(1, 1, 1));
}

TEST_F(LakeTest, AnAccountThatComesBackReplacesTheEmptyPart) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    committed(delivery(2, 2, {part("a")}));
    ASSERT_TRUE(lake().release(DeliveryId(2), std::nullopt, at(11, 2)).ok());
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

TEST_F(LakeTest, PruningCountsFromTheReleaseOfWhatVanished) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    committed(delivery(2, 2, {part("a")}));
    ASSERT_THAT(lake().prune({.superseded_days = 0}, at(12, 31), true).value().pruned, IsEmpty());
    ASSERT_TRUE(lake().release(DeliveryId(2), std::nullopt, at(11, 10)).ok());
    EXPECT_THAT(lake().prune({.superseded_days = 10}, at(11, 19), true).value().pruned, IsEmpty());
    EXPECT_THAT(lake().prune({.superseded_days = 10}, at(11, 20), false).value().pruned, SizeIs(1));
    EXPECT_THAT(current_ids(), ElementsAre(2));
    EXPECT_EQ(lake().withdraw(DeliveryId(2), "wrong", at(11, 21)).error().code, "lake.pruned");
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

TEST_F(LakeTest, WithdrawnDoesNotCountAndCanBeRestored) {
    committed(delivery(1, 1, {part("a")}));
    const DeliveryId id = committed(delivery(2, 2, {part("a")})).id;
    ASSERT_TRUE(lake().withdraw(id, "wrong account", at(11, 5)).ok());
    EXPECT_THAT(current_ids(), ElementsAre(1));
    EXPECT_THAT(current_ids(at(11, 4)), ElementsAre(2));
    EXPECT_EQ(lake().withdraw(id, "again", at(11, 6)).error().code, "lake.withdrawn");
    const auto again = commit(delivery(2, 9, {part("a")}));
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, "lake.withdrawn");
    EXPECT_THAT(again.error().message, HasSubstr("wrong account"));
    EXPECT_THAT(again.error().remedy, HasSubstr("restore 2"));
    EXPECT_THAT(entries("deliveries"), SizeIs(2));
    ASSERT_TRUE(lake().restore(id).ok());
    EXPECT_THAT(current_ids(), ElementsAre(2));
    EXPECT_EQ(lake().restore(id).error().code, "lake.not_withdrawn");
    EXPECT_EQ(lake().restore(DeliveryId(9)).error().code, "lake.no_such_delivery");
    EXPECT_EQ(lake().withdraw(DeliveryId(9), "", at(11, 6)).error().code, "lake.no_such_delivery");
}

TEST_F(LakeTest, WhatIsReferredToCannotBeWithdrawn) {
    const DeliveryId id = committed(delivery(1, 1, {part("a")})).id;
    ASSERT_TRUE(lake().catalog().add_reference(id, "period", "2026-10").ok());
    EXPECT_EQ(lake().withdraw(id, "wrong", at(11, 5)).error().code, "lake.referenced");
}

std::vector<std::int64_t> ids_of(const PruneReport& report) {
    std::vector<std::int64_t> ids;
    for (const PrunedDelivery& pruned : report.pruned) {
        ids.push_back(pruned.id.value());
    }
    return ids;
}

TEST_F(LakeTest, PruningRemovesWhatHasNotCountedForLongEnough) {
    committed(delivery(1, 1, {part("a")}));
    committed(delivery(2, 10, {part("a")}));
    EXPECT_THAT(lake().prune({.superseded_days = 10}, at(11, 19), false).value().pruned, IsEmpty());
    const PruneReport dry = lake().prune({.superseded_days = 10}, at(11, 20), true).value();
    EXPECT_THAT(ids_of(dry), ElementsAre(1));
    EXPECT_EQ(dry.pruned[0].bytes, 128U);
    EXPECT_THAT(entries("deliveries"), SizeIs(2)) << "a dry run removes nothing";
    EXPECT_EQ(lake().delivery(DeliveryId(1)).value().pruned_at, std::nullopt);
    EXPECT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 20), false).value()), ElementsAre(1));
    EXPECT_THAT(entries("deliveries"), SizeIs(1));
    EXPECT_EQ(lake().delivery(DeliveryId(1)).value().pruned_at, at(11, 20));
    EXPECT_EQ(lake().delivery(DeliveryId(1)).value().parts[0].sums, part("a").sums) << "its sums are still known";
    EXPECT_THAT(lake().prune({.superseded_days = 10}, at(11, 21), false).value().pruned, IsEmpty());
    EXPECT_THAT(current_ids(), ElementsAre(2));
    EXPECT_THAT(problems(true), IsEmpty());
    const auto earlier = lake().current(at(11, 9), {});
    ASSERT_FALSE(earlier.ok());
    EXPECT_EQ(earlier.error().code, "lake.pruned");
    EXPECT_THAT(current_ids(at(11, 10)), ElementsAre(2));
}

TEST_F(LakeTest, PruningLeavesWhatIsCurrentPendingOrReferredTo) {
    committed(delivery(1, 1, {part("a"), part("a", 9)})); // its September is current
    committed(delivery(2, 2, {part("a")}));               // referred to
    committed(delivery(3, 3, {part("a")}));               // current
    committed(delivery(4, 4, {losing("a")}));             // pending
    ASSERT_TRUE(lake().catalog().add_reference(DeliveryId(2), "period", "2026-10").ok());
    const PruneReport report = lake().prune({.superseded_days = 0}, at(12, 31), false).value();
    EXPECT_THAT(report.pruned, IsEmpty());
    EXPECT_THAT(report.kept, ElementsAre("delivery 2: referred to by period 2026-10"));
}

TEST_F(LakeTest, PruningCountsFromTheLastOfItsScopesOrItsWithdrawal) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    committed(delivery(2, 5, {part("a")}));
    committed(delivery(3, 15, {part("b")}));
    EXPECT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 24), true).value()), IsEmpty());
    EXPECT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 25), true).value()), ElementsAre(1));
    ASSERT_TRUE(lake().withdraw(DeliveryId(3), "wrong", at(11, 20)).ok());
    EXPECT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 29), true).value()), IsEmpty());
    EXPECT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 30), true).value()), ElementsAre(3));
}

TEST_F(LakeTest, PruningLeavesTheSourceThatComesSecond) {
    committed(delivery(1, 1, {part("a")}));
    Delivery other = delivery(2, 2, {part("a")});
    other.source = "cur";
    ASSERT_TRUE(commit(other, {"cur", "focus"}).ok());
    EXPECT_THAT(lake().prune({.superseded_days = 0}, at(12, 31), false).value().pruned, IsEmpty());
}

TEST_F(LakeTest, AWithdrawalThatWouldNeedPrunedFilesIsRefused) {
    committed(delivery(1, 1, {part("a")}));
    committed(delivery(2, 2, {part("a")}));
    ASSERT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 20), false).value()), ElementsAre(1));
    const auto refused = lake().withdraw(DeliveryId(2), "wrong", at(11, 21));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "lake.pruned");
    EXPECT_THAT(current_ids(), ElementsAre(2));
}

TEST_F(LakeTest, ThePrunedFilesAgainAreNotSaidToBeThere) {
    committed(delivery(1, 1, {part("a")}));
    committed(delivery(2, 2, {part("a")}));
    ASSERT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 20), false).value()), ElementsAre(1));
    const auto refused = commit(delivery(1, 21, {part("a")}));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "lake.pruned");
}

TEST_F(LakeTest, WhatWasWithdrawnAndPrunedCannotBeRestored) {
    committed(delivery(1, 1, {part("a")}));
    ASSERT_TRUE(lake().withdraw(DeliveryId(1), "wrong", at(11, 2)).ok());
    ASSERT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 20), false).value()), ElementsAre(1));
    EXPECT_EQ(lake().restore(DeliveryId(1)).error().code, "lake.pruned");
    EXPECT_THAT(current_ids(), IsEmpty());
}

TEST_F(LakeTest, PruningWaitsForReaders) {
    committed(delivery(1, 1, {part("a")}));
    committed(delivery(2, 2, {part("a")}));
    auto other = Lake::open(folder()).value();
    std::optional<base::FileLock> reader = lake().read_lock().value();
    std::optional<base::FileLock> second = other->read_lock().value();
    auto pruned = std::async(std::launch::async,
                             [&] { return ids_of(other->prune({.superseded_days = 10}, at(12, 31), false).value()); });
    reader.reset();
    EXPECT_EQ(pruned.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
    EXPECT_THAT(entries("deliveries"), SizeIs(2));
    second.reset();
    EXPECT_THAT(pruned.get(), ElementsAre(1));
}

TEST_F(LakeTest, DoctorFindsNothingInASoundLake) {
    committed(delivery(1, 1, {part("a")}));
    EXPECT_THAT(problems(true), IsEmpty());
}

TEST_F(LakeTest, DoctorRemovesWhatACrashLeft) {
    committed(delivery(1, 1, {part("a")}));
    // A process that died while it staged, and one that died between the rename and the commit.
    const Reservation first = lake().catalog().reserve(at(11, 1), nobody).value();
    ASSERT_TRUE(base::make_folders(folder() / first.folder).ok());
    ASSERT_TRUE(base::write_file_atomically(folder() / (first.folder + ".lock"), "").ok());
    const Reservation second = lake().catalog().reserve(at(11, 1), nobody).value();
    const std::string moved = "deliveries/" + second.folder.substr(8) + "-abcdef01";
    ASSERT_TRUE(base::make_folders(folder() / moved).ok());
    EXPECT_THAT(problems(false),
                testing::UnorderedElementsAre("lake.dead_reservation", "lake.dead_reservation", "lake.orphan",
                                              "lake.orphan", "lake.orphan", "lake.orphan"));
    EXPECT_THAT(entries("deliveries"), SizeIs(2)) << "without repair nothing is removed";
    EXPECT_THAT(problems(true), testing::Each(testing::EndsWith(" repaired")));
    EXPECT_THAT(entries("deliveries"), SizeIs(1));
    EXPECT_THAT(entries("staging"), IsEmpty());
    EXPECT_THAT(problems(false), IsEmpty());
    EXPECT_THAT(current_ids(), ElementsAre(1));
}

TEST_F(LakeTest, DoctorLeavesADeliveryOnItsWayIn) {
    auto other = Lake::open(folder()).value();
    Staging staging = other->stage(at(11, 1)).value();
    Delivery draft = delivery(1, 1, {part("a")});
    ASSERT_TRUE(base::write_file_atomically(staging.folder() / "00001.charges.parquet", "x").ok());
    ASSERT_TRUE(base::write_file_atomically(staging.folder() / "00001.tuples.parquet", "x").ok());
    EXPECT_THAT(problems(true), IsEmpty());
    ASSERT_TRUE(other->commit(std::move(staging), draft, {}).ok());
    EXPECT_THAT(problems(true), IsEmpty());
    EXPECT_THAT(current_ids(), ElementsAre(1));
}

TEST_F(LakeTest, DoctorBesideWritersRemovesNothingOfTheirs) {
    std::atomic<bool> done = false;
    auto doctor = std::async(std::launch::async, [&] {
        auto other = Lake::open(folder()).value();
        std::size_t found = 0;
        while (!done) {
            found += other->doctor(true).value().size();
        }
        return found;
    });
    for (std::int64_t id = 1; id <= 60; ++id) {
        committed(delivery(id, 1, {part("a" + std::to_string(id))}));
    }
    done = true;
    EXPECT_EQ(doctor.get(), 0U);
    EXPECT_THAT(current_ids(), SizeIs(60));
    EXPECT_THAT(problems(false), IsEmpty());
}

TEST_F(LakeTest, DoctorSaysWhichFileIsMissing) {
    Delivery draft = delivery(1, 1, {part("a")});
    draft.raw_files = {{"bill.csv", "raw/00001-bill.csv", true, "", 0, 1}};
    const Delivery made = committed(draft);
    EXPECT_THAT(problems(true), ElementsAre("lake.missing_file"));
    ASSERT_TRUE(base::make_folders(folder() / made.parts[0].folder / "raw").ok());
    ASSERT_TRUE(base::write_file_atomically(folder() / made.raw_files[0].path, "x").ok());
    EXPECT_THAT(problems(true), IsEmpty());
    ASSERT_TRUE(base::remove_all(lake().files_of(made.parts[0]).tuples).ok());
    const std::vector<Problem> found = lake().doctor(true).value();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_FALSE(found[0].repairable);
    EXPECT_THAT(found[0].what, HasSubstr("00001.tuples.parquet"));
}

TEST_F(LakeTest, TwoCommitsOfTheSameScopeAtOnceAreJudgedOneAfterTheOther) {
    auto other = Lake::open(folder()).value();
    Staging first = lake().stage(at(11, 1)).value();
    Staging second = other->stage(at(11, 1)).value();
    EXPECT_NE(first.folder(), second.folder());
    const Committed one = lake().commit(std::move(first), delivery(1, 1, {part("a")}), {}).value();
    const Committed two = other->commit(std::move(second), delivery(2, 2, {losing("a")}), {}).value();
    EXPECT_FALSE(one.delivery.parts[0].pending());
    EXPECT_TRUE(two.delivery.parts[0].pending()) << "the second sees the first, though it was staged before";
}

TEST_F(LakeTest, FilesOfAPartCarryWhatQuestionsNeed) {
    Part whole = part("a");
    whole.has_cells = whole.has_spread = true;
    whole.spread_charges = 3;
    whole.sums["EUR"].null_costs = {0, 1, 2, 3};
    whole.sums["USD"].null_costs = {10, 20, 30, 40};
    whole.folder = "deliveries/1";
    const FileSet files = lake().files_of(whole);
    EXPECT_EQ(files.cells, (folder() / "deliveries/1/00001.cells.parquet").string());
    EXPECT_EQ(files.spread, (folder() / "deliveries/1/00001.spread.parquet").string());
    EXPECT_EQ(files.billing_account_id, "a");
    EXPECT_EQ(files.billing_period_start, period::day_of(at(10, 1)));
    EXPECT_EQ(files.days, whole.days);
    EXPECT_EQ(files.charge_rows, 1U);
    EXPECT_EQ(files.spread_charges, 3U);
    EXPECT_THAT(files.null_costs, ElementsAre(10U, 21U, 32U, 43U));
}

} // namespace
} // namespace florin::lake
