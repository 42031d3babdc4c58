#include "lake/lake.hpp"

#include "lake/test_lake.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <future>

namespace florin::lake {
namespace {

namespace fs = std::filesystem;
using test::at;
using test::delivery;
using test::ids_of;
using test::in_role;
using test::LakeTest;
using test::losing;
using test::nobody;
using test::part;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(LakeTest, PruningCountsFromTheReleaseOfWhatVanished) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    committed(delivery(2, 2, {part("a")}));
    ASSERT_THAT(lake().prune({.superseded_days = 0}, at(12, 31), true).value().pruned, IsEmpty());
    ASSERT_TRUE(lake().release(DeliveryId(2), std::nullopt, at(11, 10), {}).ok());
    EXPECT_THAT(lake().prune({.superseded_days = 10}, at(11, 19), true).value().pruned, IsEmpty());
    EXPECT_THAT(lake().prune({.superseded_days = 10}, at(11, 20), false).value().pruned, SizeIs(1));
    EXPECT_THAT(current_ids(), ElementsAre(2));
    EXPECT_EQ(lake().withdraw(DeliveryId(2), "wrong", at(11, 21), {}).error().code, "lake.pruned");
}

TEST_F(LakeTest, FilesOfDatasetsAreKeptAndCheckedAsOthersAre) {
    const auto take = [&](std::int64_t id) {
        Staging staging = lake().stage(at(11, 1)).value();
        EXPECT_TRUE(base::write_file_atomically(staging.folder() / "billing_periods.parquet", "what it says").ok());
        Delivery draft = delivery(id, 1, {});
        draft.datasets = {{"BillingPeriod", "Cloud Inc 2026-09", 1, "billing_periods.parquet"},
                          {"BillingPeriod", "Cloud Inc 2026-10", 1, "billing_periods.parquet"}};
        return lake().commit(std::move(staging), std::move(draft), {}).value().delivery;
    };
    const std::string path = take(1).datasets.at(1).path;
    EXPECT_TRUE(path.starts_with("deliveries/"));
    take(2);
    EXPECT_THAT(problems(true), IsEmpty());
    EXPECT_THAT(lake().check_hashes(false).value(), IsEmpty());
    EXPECT_THAT(lake().prune({.superseded_days = 0}, at(12, 31), false).value().pruned, IsEmpty());
    ASSERT_TRUE(base::write_file_atomically(folder() / path, "something else").ok());
    ASSERT_THAT(lake().check_hashes(false).value(), SizeIs(1));
    EXPECT_EQ(lake().check_hashes(false).value()[0].code, "lake.changed");
    fs::remove(folder() / path);
    EXPECT_THAT(problems(false), ElementsAre("lake.missing_file"));
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
    ASSERT_TRUE(lake().withdraw(DeliveryId(3), "wrong", at(11, 20), {}).ok());
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
    const auto refused = lake().withdraw(DeliveryId(2), "wrong", at(11, 21), {});
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
    ASSERT_TRUE(lake().withdraw(DeliveryId(1), "wrong", at(11, 2), {}).ok());
    ASSERT_THAT(ids_of(lake().prune({.superseded_days = 10}, at(11, 20), false).value()), ElementsAre(1));
    EXPECT_EQ(lake().restore(DeliveryId(1), {}).error().code, "lake.pruned");
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

TEST_F(LakeTest, WhatYieldsIsNotPruned) {
    committed(delivery(1, 1, {in_role(part("a"), "actual")}));
    committed(delivery(2, 2, {in_role(part("a"), "actual")}));
    committed(delivery(3, 3, {in_role(part("a"), "amortized")}));
    const PruneReport report = lake().prune({.superseded_days = 0}, at(12, 31), false).value();
    EXPECT_THAT(ids_of(report), ElementsAre(1));
    ASSERT_TRUE(lake().withdraw(DeliveryId(3), "wrong", at(12, 31), {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(2));
}

TEST_F(LakeTest, EveryFileIsKnownByItsHash) {
    const Delivery made = committed(delivery(1, 1, {part("a")}));
    EXPECT_THAT(lake().check_hashes(false).value(), IsEmpty());
    const std::string charges = lake().files_of(made.parts[0]).charges;
    std::string bytes = base::read_file(charges).value();
    bytes[3] = static_cast<char>(bytes[3] ^ 1);
    ASSERT_TRUE(base::write_file_atomically(charges, bytes).ok());
    std::vector<Problem> found = lake().check_hashes(true).value();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].code, "lake.changed");
    EXPECT_FALSE(found[0].repairable);
    EXPECT_THAT(found[0].what, HasSubstr("00001.charges.parquet is not the file that was written"));
    ASSERT_TRUE(base::write_file_atomically(charges, bytes + "x").ok());
    found = lake().check_hashes(true).value();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_THAT(found[0].what, HasSubstr("has 65 bytes, it was written with 64"));
    ASSERT_TRUE(base::remove_all(charges).ok());
    EXPECT_THAT(lake().check_hashes(true).value(), IsEmpty()) << "what is missing is said by doctor";
}

TEST_F(LakeTest, FilesOfBeforeThereWereHashesAreHashedOnce) {
    const Delivery made = committed(delivery(1, 1, {part("a")}));
    for (const LakeFile& file : lake().catalog().files().value()) {
        ASSERT_TRUE(lake().catalog().forget_file(file.path).ok());
    }
    const auto codes = [&](bool record) {
        std::vector<std::string> found;
        for (const Problem& problem : lake().check_hashes(record).value()) {
            found.push_back(problem.code + (problem.repaired ? " repaired" : ""));
        }
        return found;
    };
    EXPECT_THAT(codes(false), ElementsAre("lake.not_hashed"));
    EXPECT_THAT(codes(true), ElementsAre("lake.not_hashed repaired"));
    EXPECT_THAT(codes(false), IsEmpty());
    EXPECT_EQ(lake().catalog().files().value().size(), 2U);
}

TEST_F(LakeTest, ACompactedFileThatChangedIsRemoved) {
    const base::Path file = folder() / kCompactedFolder / "x.cells.parquet";
    ASSERT_TRUE(base::make_folders(folder() / kCompactedFolder).ok());
    ASSERT_TRUE(base::write_file_atomically(file, "cells").ok());
    ASSERT_TRUE(lake().catalog().record_files({{"compacted/x.cells.parquet", {}, std::string(64, 'a'), 5}}).ok());
    EXPECT_THAT(problems(false), ElementsAre("lake.changed"));
    EXPECT_THAT(problems(true), ElementsAre("lake.changed repaired"));
    EXPECT_FALSE(fs::exists(file));
    EXPECT_THAT(problems(false), IsEmpty()) << "it can be deleted at any time";
}

} // namespace
} // namespace florin::lake
