#include "lake/catalog.hpp"

#include "lake/test_deliveries.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace florin::lake {
namespace {

base::Result<void> nobody(const Reservation&) {
    return {};
}

using test::at;
using test::decimal;
using test::delivery;
using test::part;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CatalogTest : public testing::Test {
protected:
    Catalog open() const { return Catalog::open(path()).value(); }
    base::Path path() const { return folder_.path() / "catalog.sqlite"; }

    static DeliveryId add(Catalog& catalog, Delivery draft) {
        const Reservation reservation = catalog.reserve(at(11, 1), nobody).value();
        return catalog.add(reservation.id, draft, [](const auto&, Delivery&) { return base::Result<void>(); }).value();
    }

private:
    test::Folder folder_;
};

/// No field is left at its default.
Delivery full_delivery() {
    Part one = part("account \"1\" é");
    one.scope = "account \"1\" é 2026-10";
    one.stray = true;
    one.pending_reason = "it loses 'much'";
    one.rows = 11;
    one.cell_rows = 12;
    one.tuple_rows = 13;
    one.spread_charges = 14;
    one.days = {period::day_of(at(9, 28)), period::day_of(at(12, 24))};
    one.folder = "deliveries/7";
    one.stem = "00001";
    one.has_cells = true;
    one.charge_days = {"2026-10-01", "2026-10-31"};
    one.sub_accounts = {"", "sub, \"a\"", "sub é"};
    one.sums.clear();
    one.sums["USD"] = {.rows = 8,
                       .costs = {decimal("99999999999999999999.999999999999999999"), decimal("-0.000000000000000001"),
                                 decimal("0"), decimal("12.5")},
                       .null_costs = {1, 2, 3, 4},
                       .positive_billed = decimal("3.000000000000000003")};
    one.sums["EUR"] = {.rows = 3, .costs = {}, .null_costs = {0, 0, 0, 3}, .positive_billed = decimal("7")};
    Part two = part("account 2", 9);
    two.has_spread = true;
    Delivery made = delivery(1, 3, {one, two});
    made.source = "cur";
    made.mode = Mode::kPartition;
    made.focus_version = "1.2";
    made.mapping_version = 42;
    made.ordered_at = at(11, 1) + std::chrono::microseconds(1);
    made.received_at = at(11, 2) + std::chrono::microseconds(2);
    made.committed_at = at(11, 4) + std::chrono::microseconds(999'999);
    made.complete = false;
    made.marks = {{"null-cost", "ListCost", 5}, {"cost-identity", "EffectiveCost", 6}};
    made.quality = R"({"findings":["é"]})";
    made.raw_files = {{"bill 'é'.csv", "raw/00001-bill.csv", true, std::string(64, 'a'), 1'000, 10},
                      {"two.csv", "/elsewhere/two.csv", false, std::string(64, 'b'), 2'000, 1}};
    return made;
}

void expect_same(const Part& a, const Part& b) {
    EXPECT_EQ(a.scope, b.scope);
    EXPECT_EQ(a.billing_account_id, b.billing_account_id);
    EXPECT_EQ(a.billing_period_start, b.billing_period_start);
    EXPECT_EQ(a.billing_period_end, b.billing_period_end);
    EXPECT_EQ(a.stray, b.stray);
    EXPECT_EQ(a.pending_reason, b.pending_reason);
    EXPECT_EQ(a.released_at, b.released_at);
    EXPECT_EQ(a.rows, b.rows);
    EXPECT_EQ(a.cell_rows, b.cell_rows);
    EXPECT_EQ(a.tuple_rows, b.tuple_rows);
    EXPECT_EQ(a.spread_charges, b.spread_charges);
    EXPECT_EQ(a.days, b.days);
    EXPECT_EQ(a.folder, b.folder);
    EXPECT_EQ(a.stem, b.stem);
    EXPECT_EQ(a.has_cells, b.has_cells);
    EXPECT_EQ(a.has_spread, b.has_spread);
    EXPECT_TRUE(a.sums == b.sums);
    EXPECT_EQ(a.charge_days, b.charge_days);
    EXPECT_EQ(a.sub_accounts, b.sub_accounts);
}

void expect_same(const RawFile& a, const RawFile& b) {
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.path, b.path);
    EXPECT_EQ(a.kept, b.kept);
    EXPECT_EQ(a.sha256, b.sha256);
    EXPECT_EQ(a.bytes, b.bytes);
    EXPECT_EQ(a.rows, b.rows);
}

void expect_same(const Delivery& a, const Delivery& b) {
    EXPECT_EQ(a.identity, b.identity);
    EXPECT_EQ(a.source, b.source);
    EXPECT_EQ(a.mode, b.mode);
    EXPECT_EQ(a.focus_version, b.focus_version);
    EXPECT_EQ(a.mapping_version, b.mapping_version);
    EXPECT_EQ(a.ordered_at, b.ordered_at);
    EXPECT_EQ(a.received_at, b.received_at);
    EXPECT_EQ(a.committed_at, b.committed_at);
    EXPECT_EQ(a.withdrawn_at, b.withdrawn_at);
    EXPECT_EQ(a.withdrawn_reason, b.withdrawn_reason);
    EXPECT_EQ(a.pruned_at, b.pruned_at);
    EXPECT_EQ(a.complete, b.complete);
    EXPECT_TRUE(a.marks == b.marks);
    EXPECT_EQ(a.quality, b.quality);
    ASSERT_EQ(a.raw_files.size(), b.raw_files.size());
    for (std::size_t i = 0; i < a.raw_files.size(); ++i) {
        expect_same(a.raw_files[i], b.raw_files[i]);
    }
    ASSERT_EQ(a.parts.size(), b.parts.size());
    for (std::size_t i = 0; i < a.parts.size(); ++i) {
        expect_same(a.parts[i], b.parts[i]);
    }
}

TEST_F(CatalogTest, EveryFieldComesBack) {
    Delivery expected = full_delivery();
    {
        Catalog catalog = open();
        add(catalog, delivery(9, 1, {part("before")}));
        expected.id = add(catalog, expected);
        add(catalog, delivery(8, 1, {part("after")}));
    }
    Catalog catalog = open();
    const std::vector<Delivery> all = catalog.deliveries(Detail::kWhole).value();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[1].id, expected.id);
    expect_same(all[1], expected);
}

TEST_F(CatalogTest, MarksOfLaterDecisionsComeBack) {
    Catalog catalog = open();
    Delivery expected = full_delivery();
    const DeliveryId id = add(catalog, expected);
    EXPECT_EQ(catalog.release(id, "another scope", at(11, 5)).value(), 0);
    EXPECT_EQ(catalog.release(id, expected.parts[0].scope, at(11, 6)).value(), 1);
    EXPECT_EQ(catalog.release(id, std::nullopt, at(11, 7)).value(), 0) << "what is released stays as it is";
    ASSERT_TRUE(catalog.withdraw(id, "it's wrong", at(11, 8)).ok());
    ASSERT_TRUE(catalog.mark_pruned(id, at(11, 9)).ok());
    expected.parts[0].released_at = at(11, 6);
    expected.withdrawn_at = at(11, 8);
    expected.withdrawn_reason = "it's wrong";
    expected.pruned_at = at(11, 9);
    expect_same(catalog.deliveries(Detail::kWhole).value()[0], expected);
    ASSERT_TRUE(catalog.restore(id).ok());
    expected.withdrawn_at.reset();
    expected.withdrawn_reason.clear();
    expect_same(catalog.deliveries(Detail::kWhole).value()[0], expected);
}

TEST_F(CatalogTest, WithoutProfilesOnlyTheProfilesAreMissing) {
    Catalog catalog = open();
    Delivery expected = full_delivery();
    add(catalog, expected);
    expected.quality.clear();
    expected.raw_files.clear();
    for (Part& one : expected.parts) {
        one.charge_days.clear();
        one.sub_accounts.clear();
    }
    expect_same(catalog.deliveries(Detail::kWithoutProfiles).value()[0], expected);
}

TEST_F(CatalogTest, WhatTheProviderSaysOfCompletenessHasThreeStates) {
    Catalog catalog = open();
    for (const std::optional<bool> complete : {std::optional<bool>(), std::optional(true), std::optional(false)}) {
        Delivery draft =
            delivery(static_cast<std::int64_t>(catalog.deliveries(Detail::kWhole).value().size()) + 1, 1, {part("a")});
        draft.complete = complete;
        add(catalog, draft);
        EXPECT_EQ(catalog.deliveries(Detail::kWhole).value().back().complete, complete);
    }
}

TEST_F(CatalogTest, AnErrorOfTheDecisionUndoesEverything) {
    Catalog catalog = open();
    const Reservation reservation = catalog.reserve(at(11, 1), nobody).value();
    Delivery draft = full_delivery();
    const auto refused = catalog.add(reservation.id, draft, [](const auto&, Delivery&) -> base::Result<void> {
        return base::conflict_error("test.no", "no");
    });
    EXPECT_EQ(refused.error().code, "test.no");
    EXPECT_THAT(catalog.deliveries(Detail::kWhole).value(), IsEmpty());
    EXPECT_EQ(catalog.reservations().value().size(), 1U);
}

TEST_F(CatalogTest, AnIdentityIsThereOnce) {
    Catalog catalog = open();
    const DeliveryId id = add(catalog, full_delivery());
    EXPECT_EQ(catalog.find_by_identity(full_delivery().identity).value(), id);
    EXPECT_EQ(catalog.find_by_identity("another").value(), std::nullopt);
    const Reservation reservation = catalog.reserve(at(11, 1), nobody).value();
    Delivery again = full_delivery();
    EXPECT_FALSE(catalog.add(reservation.id, again, [](const auto&, Delivery&) { return base::Result<void>(); }).ok());
    EXPECT_EQ(catalog.deliveries(Detail::kWhole).value().size(), 1U);
}

TEST_F(CatalogTest, NumbersOfReservationsAreNeverUsedAgain) {
    Catalog catalog = open();
    const Reservation first = catalog.reserve(at(11, 1), nobody).value();
    ASSERT_TRUE(catalog.drop_reservation(first.id).ok());
    const Reservation second = catalog.reserve(at(11, 1), nobody).value();
    EXPECT_GT(second.id, first.id);
    EXPECT_EQ(catalog.reservations().value().size(), 1U);
    EXPECT_EQ(catalog.reservations().value()[0].folder, second.folder);
}

TEST_F(CatalogTest, ReferencesAreListedOnce) {
    Catalog catalog = open();
    const DeliveryId id = add(catalog, full_delivery());
    EXPECT_THAT(catalog.references_to(id).value(), IsEmpty());
    ASSERT_TRUE(catalog.add_reference(id, "period", "2026-10").ok());
    ASSERT_TRUE(catalog.add_reference(id, "period", "2026-10").ok());
    ASSERT_TRUE(catalog.add_reference(id, "certificate", "it's 7").ok());
    EXPECT_THAT(catalog.references_to(id).value(), ElementsAre("certificate it's 7", "period 2026-10"));
    EXPECT_FALSE(catalog.add_reference(DeliveryId(99), "period", "2026-10").ok());
}

TEST_F(CatalogTest, ACatalogOfAnotherVersionIsRefused) {
    {
        const Catalog catalog = open();
    }
    {
        Sqlite database = Sqlite::open(path()).value();
        ASSERT_TRUE(database.execute("PRAGMA user_version = 2").ok());
    }
    const auto refused = Catalog::open(path());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "catalog.version");
    EXPECT_THAT(refused.error().message, HasSubstr("version 2"));
}

TEST_F(CatalogTest, WhatIsNoCatalogIsSaidToBeDamaged) {
    ASSERT_TRUE(base::write_file_atomically(path(), std::string(5'000, 'x')).ok());
    const auto refused = Catalog::open(path());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "catalog.damaged");
}

TEST_F(CatalogTest, AFolderThatIsNotThere) {
    const auto refused = Catalog::open(path().parent_path() / "nowhere" / "catalog.sqlite");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "catalog.read_only");
}

TEST_F(CatalogTest, ConnectionsThatWriteAtOnceWaitForEachOther) {
    constexpr int kThreads = 4;
    constexpr int kEach = 25;
    std::vector<std::thread> threads;
    std::vector<int> failures(kThreads, 0);
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([this, t, &failures] {
            Catalog catalog = open(); // all of them make the schema at once, too
            for (int i = 0; i < kEach; ++i) {
                Delivery draft = delivery(t * kEach + i + 1, 1, {part("a")});
                const auto reservation = catalog.reserve(at(11, 1), nobody);
                const bool added =
                    reservation.ok() &&
                    catalog.add(reservation->id, draft, [](const auto&, Delivery&) { return base::Result<void>(); })
                        .ok();
                failures[static_cast<std::size_t>(t)] += added ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_THAT(failures, testing::Each(0));
    Catalog catalog = open();
    EXPECT_EQ(catalog.deliveries(Detail::kWhole).value().size(), static_cast<std::size_t>(kThreads * kEach));
    EXPECT_THAT(catalog.reservations().value(), IsEmpty());
    EXPECT_TRUE(catalog.check().ok());
}

TEST_F(CatalogTest, AReaderBesideAWriterSeesWholeDeliveries) {
    Catalog reader = open();
    std::atomic<bool> done = false;
    std::thread writer([this, &done] {
        Catalog catalog = open();
        for (std::int64_t id = 1; id <= 300; ++id) {
            add(catalog, delivery(id, 1, {part("a"), part("b")}));
        }
        done = true;
    });
    while (!done) {
        for (const Delivery& one : reader.deliveries(Detail::kWhole).value()) {
            ASSERT_EQ(one.parts.size(), 2U);
            ASSERT_EQ(one.parts[1].sums.size(), 1U);
        }
    }
    writer.join();
    EXPECT_EQ(reader.deliveries(Detail::kWhole).value().size(), 300U);
}

TEST_F(CatalogTest, ReadersSeeTheStateBeforeAnOpenTransaction) {
    Catalog reader = open();
    Catalog writer = open();
    const Reservation reservation = writer.reserve(at(11, 1), nobody).value();
    Delivery draft = full_delivery();
    const auto added = writer.add(reservation.id, draft, [&reader](const auto&, Delivery&) -> base::Result<void> {
        EXPECT_THAT(reader.deliveries(Detail::kWhole).value(), IsEmpty());
        return {};
    });
    ASSERT_TRUE(added.ok());
    EXPECT_EQ(reader.deliveries(Detail::kWhole).value().size(), 1U);
}

} // namespace
} // namespace florin::lake
