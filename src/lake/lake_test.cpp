#include "lake/lake.hpp"

#include "lake/test_lake.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

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

TEST_F(LakeTest, WithdrawnDoesNotCountAndCanBeRestored) {
    committed(delivery(1, 1, {part("a")}));
    const DeliveryId id = committed(delivery(2, 2, {part("a")})).id;
    ASSERT_TRUE(lake().withdraw(id, "wrong account", at(11, 5), {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(1));
    EXPECT_THAT(current_ids(at(11, 4)), ElementsAre(2));
    EXPECT_EQ(lake().withdraw(id, "again", at(11, 6), {}).error().code, "lake.withdrawn");
    const auto again = commit(delivery(2, 9, {part("a")}));
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, "lake.withdrawn");
    EXPECT_THAT(again.error().message, HasSubstr("wrong account"));
    EXPECT_THAT(again.error().remedy, HasSubstr("restore 2"));
    EXPECT_THAT(entries("deliveries"), SizeIs(2));
    ASSERT_TRUE(lake().restore(id, {}).ok());
    EXPECT_THAT(current_ids(), ElementsAre(2));
    EXPECT_EQ(lake().restore(id, {}).error().code, "lake.not_withdrawn");
    EXPECT_EQ(lake().restore(DeliveryId(9), {}).error().code, "lake.no_such_delivery");
    EXPECT_EQ(lake().withdraw(DeliveryId(9), "", at(11, 6), {}).error().code, "lake.no_such_delivery");
}

TEST_F(LakeTest, WhatIsReferredToCannotBeWithdrawn) {
    const DeliveryId id = committed(delivery(1, 1, {part("a")})).id;
    ASSERT_TRUE(lake().catalog().add_reference(id, "period", "2026-10").ok());
    EXPECT_EQ(lake().withdraw(id, "wrong", at(11, 5), {}).error().code, "lake.referenced");
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

TEST_F(LakeTest, AScopeThatDoesNotWaitIsAnsweredWithThoseThatDo) {
    committed(delivery(1, 1, {part("a"), part("b")}));
    committed(delivery(2, 2, {losing("a"), losing("b")}));
    const auto refused = lake().release(DeliveryId(2), "A 2026-10", at(11, 3), {});
    EXPECT_EQ(refused.error().code, "lake.nothing_pending");
    EXPECT_EQ(refused.error().message, "A 2026-10 of delivery 2 is not pending");
    EXPECT_EQ(refused.error().remedy, "what waits: a 2026-10, b 2026-10");
}

/// Files of so many appended parts of October with daily sums, one a delivery; `without` leaves one out.
CurrentFiles many_parts(Lake& lake, std::int64_t count, std::int64_t without = 0) {
    CurrentFiles current;
    for (std::int64_t id = 1; id <= count; ++id) {
        Part one = part("a");
        one.has_cells = true;
        one.folder = "deliveries/" + std::to_string(id);
        current.deliveries.push_back(delivery(id, 1, {one}));
        if (id != without) {
            current.parts.push_back({current.deliveries.size() - 1, 0});
            current.files.push_back(lake.files_of(one));
        }
    }
    return current;
}

TEST_F(LakeTest, OnePartMoreOrLessLeavesTheFilesOfTheOtherGroups) {
    const auto names = [&](const CurrentFiles& current) {
        std::set<std::string> found;
        std::size_t members = 0;
        for (const CompactedGroup& group : lake().group_for_compaction(current)) {
            EXPECT_EQ(group.files.charge_rows, group.members.size());
            members += group.members.size();
            found.insert(group.files.cells);
        }
        EXPECT_GE(members + 1, current.files.size()) << "at most a last part stands alone";
        return found;
    };
    const auto changed = [&](const CurrentFiles& before, const CurrentFiles& after) {
        const std::set<std::string> old = names(before);
        const std::set<std::string> made = names(after);
        return std::ranges::count_if(made, [&](const std::string& name) { return !old.contains(name); });
    };
    EXPECT_THAT(names(many_parts(lake(), 100)), SizeIs(1)) << "a month of many accounts is one file";
    const std::size_t groups = names(many_parts(lake(), 5'000)).size();
    EXPECT_GT(groups, 15U);
    EXPECT_LT(groups, 40U);
    for (std::int64_t count = 1'000; count < 1'010; ++count) {
        EXPECT_LE(changed(many_parts(lake(), count), many_parts(lake(), count + 1)), 1) << count;
    }
    EXPECT_LE(changed(many_parts(lake(), 5'000), many_parts(lake(), 5'000, 700)), 3);
}

} // namespace
} // namespace florin::lake
