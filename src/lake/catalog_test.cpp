#include "lake/catalog.hpp"

#include "lake/test_deliveries.hpp"
#include "lake/test_lake.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace florin::lake {
namespace {

using test::at;
using test::decimal;
using test::delivery;
using test::nobody;
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
        return catalog.add(reservation.id, draft, {}, [](const auto&, Delivery&) { return base::Result<void>(); })
            .value();
    }

private:
    test::Folder folder_;
};

/// No field is left at its default.
Delivery full_delivery() {
    Part one = part("account \"1\" é");
    one.scope = "account \"1\" é 2026-10";
    one.role = "actual 'é'";
    one.yields_to = "amortized";
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
    made.raw_files = {
        {"bill 'é'.csv", "raw/00001-bill.csv", true, std::string(64, 'a'), 1'000, 10, std::string(64, 'c')},
        {"two.csv", "/elsewhere/two.csv", false, std::string(64, 'b'), 2'000, 1}};
    made.reconciliation = R"({"lines":["é"]})";
    made.datasets = {{"InvoiceDetail", "It's Cloud 2026-10", 5, "deliveries/7/invoice_details.parquet"},
                     {"BillingPeriod", "", 1, "deliveries/7/billing_periods.parquet"}};
    return made;
}

void expect_same(const Part& a, const Part& b) {
    EXPECT_EQ(a.scope, b.scope);
    EXPECT_EQ(a.role, b.role);
    EXPECT_EQ(a.yields_to, b.yields_to);
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
    EXPECT_EQ(a.content_sha256, b.content_sha256);
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
    EXPECT_TRUE(std::ranges::equal(a.datasets, b.datasets, [](const DatasetPart& one, const DatasetPart& other) {
        return one.dataset == other.dataset && one.scope == other.scope && one.rows == other.rows &&
               one.path == other.path;
    }));
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
    EXPECT_EQ(catalog.reconciliation(expected.id).value(), expected.reconciliation);
    EXPECT_EQ(catalog.reconciliation(DeliveryId(99)).value(), "");
}

TEST_F(CatalogTest, WhatTwoDeliveriesSayOfAPeriodIsSaidWhileOneStands) {
    Catalog catalog = open();
    const ProviderPeriod closed{"cur", "It's Cloud", at(10, 1), at(11, 1), at(11, 4), true, std::nullopt};
    Delivery one = full_delivery();
    one.period_states = {closed};
    Delivery two = delivery(2, 5, {});
    two.period_states = {closed};
    ProviderPeriod of_one = closed;
    of_one.delivery = add(catalog, one);
    ProviderPeriod of_two = closed;
    of_two.delivery = add(catalog, two);
    EXPECT_THAT(catalog.provider_periods().value(), ElementsAre(of_one, of_two));
    ASSERT_TRUE(catalog.withdraw(*of_two.delivery, "wrong", at(11, 8)).ok());
    EXPECT_THAT(catalog.provider_periods().value(), ElementsAre(of_one));
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
    const auto refused = catalog.add(reservation.id, draft, {}, [](const auto&, Delivery&) -> base::Result<void> {
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
    EXPECT_FALSE(
        catalog.add(reservation.id, again, {}, [](const auto&, Delivery&) { return base::Result<void>(); }).ok());
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
        ASSERT_TRUE(database.execute("PRAGMA user_version = 5").ok());
    }
    const auto refused = Catalog::open(path());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "catalog.version");
    EXPECT_THAT(refused.error().message, HasSubstr("version 5"));
}

/// As the first version of the program wrote it.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE reservations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, started_at INTEGER NOT NULL, folder TEXT NOT NULL);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, identity TEXT NOT NULL UNIQUE, source TEXT NOT NULL, mode TEXT NOT NULL,
    focus_version TEXT NOT NULL, mapping_version INTEGER NOT NULL, ordered_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL, committed_at INTEGER NOT NULL, withdrawn_at INTEGER, withdrawn_reason TEXT NOT NULL,
    pruned_at INTEGER, complete INTEGER, marks TEXT NOT NULL, quality TEXT NOT NULL);
CREATE TABLE raw_files (
    delivery_id INTEGER NOT NULL REFERENCES deliveries(id), position INTEGER NOT NULL, name TEXT NOT NULL,
    path TEXT NOT NULL, kept INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, row_count INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, position));
CREATE TABLE parts (
    delivery_id INTEGER NOT NULL REFERENCES deliveries(id), position INTEGER NOT NULL, scope TEXT NOT NULL,
    billing_account_id TEXT NOT NULL, billing_period_start INTEGER NOT NULL, billing_period_end INTEGER NOT NULL,
    stray INTEGER NOT NULL, pending_reason TEXT NOT NULL, released_at INTEGER, row_count INTEGER NOT NULL,
    cell_rows INTEGER NOT NULL, tuple_rows INTEGER NOT NULL, spread_charges INTEGER NOT NULL,
    first_day INTEGER NOT NULL,
    end_day INTEGER NOT NULL, folder TEXT NOT NULL, stem TEXT NOT NULL, has_cells INTEGER NOT NULL,
    has_spread INTEGER NOT NULL, charge_days TEXT NOT NULL, sub_accounts TEXT NOT NULL,
    PRIMARY KEY (delivery_id, position));
CREATE TABLE part_sums (
    delivery_id INTEGER NOT NULL, position INTEGER NOT NULL, currency TEXT NOT NULL, row_count INTEGER NOT NULL,
    costs TEXT NOT NULL, null_costs TEXT NOT NULL, positive_billed TEXT NOT NULL,
    PRIMARY KEY (delivery_id, position, currency),
    FOREIGN KEY (delivery_id, position) REFERENCES parts(delivery_id, position));
CREATE TABLE delivery_references (
    delivery_id INTEGER NOT NULL REFERENCES deliveries(id), kind TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (delivery_id, kind, name));
INSERT INTO deliveries VALUES (1, 'identity', 'focus', 'snapshot', '1.4', 1, 5, 6, 7, NULL, '', NULL, NULL, '[]', '{}');
INSERT INTO raw_files VALUES (1, 0, 'bill.csv', '/bill.csv', 0, 'hash', 7, 1);
INSERT INTO parts VALUES (1, 0, 'a 2026-10', 'a', 0, 1, 0, '', NULL, 1, 2, 3, 4, 5, 6, 'deliveries/1', '00001', 1, 0,
                          '["2026-10-01"]', '["sub"]');
INSERT INTO part_sums VALUES (1, 0, 'USD', 1, '1.5 2 3 4', '0 0 0 0', '1.5');
PRAGMA user_version = 1;
)sql";

TEST_F(CatalogTest, ACatalogOfTheFirstVersionIsBroughtUpToDate) {
    {
        Sqlite database = Sqlite::open(path()).value();
        ASSERT_TRUE(database.execute(kVersion1).ok());
    }
    Catalog catalog = open();
    const Delivery old = catalog.deliveries(Detail::kWhole).value().at(0);
    EXPECT_EQ(old.identity, "identity");
    ASSERT_EQ(old.raw_files.size(), 1U);
    EXPECT_EQ(old.raw_files[0].content_sha256, "");
    const auto has = [&catalog](const std::string& file, const std::string& content) {
        return catalog.has_content_of(std::vector{RawFile{.sha256 = file, .content_sha256 = content}}).value();
    };
    EXPECT_TRUE(has("hash", "of what is in it"));
    EXPECT_TRUE(has("of its gzip", "hash")); // nothing was packed in it
    EXPECT_FALSE(has("of its gzip", "other"));
    ASSERT_EQ(old.parts.size(), 1U);
    EXPECT_EQ(old.parts[0].scope, "a 2026-10");
    EXPECT_EQ(old.parts[0].role, "");
    EXPECT_EQ(old.parts[0].yields_to, "");
    EXPECT_THAT(old.parts[0].charge_days, ElementsAre("2026-10-01"));
    EXPECT_EQ(old.parts[0].sums.at("USD").costs[0], decimal("1.5"));
    EXPECT_THAT(catalog.files().value(), IsEmpty());
    EXPECT_THAT(catalog.closes().value(), IsEmpty());
    EXPECT_THAT(catalog.provider_periods().value(), IsEmpty());
    Delivery expected = full_delivery();
    expected.id = add(catalog, expected);
    EXPECT_EQ(expected.id.value(), 2);
    expect_same(open().deliveries(Detail::kWhole).value().at(1), expected);
}

TEST_F(CatalogTest, FilesAreKnownByTheirPathAndDelivery) {
    Catalog catalog = open();
    Delivery draft = full_delivery();
    const Reservation reservation = catalog.reserve(at(11, 1), nobody).value();
    const LakeFile charges{"deliveries/1/b'é.charges.parquet", {}, std::string(64, 'a'), 1U << 31U};
    const DeliveryId id =
        catalog.add(reservation.id, draft, {charges}, [](const auto&, Delivery&) { return base::Result<void>(); })
            .value();
    LakeFile owned = charges;
    owned.delivery = id;
    LakeFile compacted{"compacted/a.cells.parquet", {}, std::string(64, 'b'), 5};
    ASSERT_TRUE(catalog.record_files({compacted}).ok());
    EXPECT_THAT(catalog.files().value(), ElementsAre(compacted, owned));
    compacted.bytes = 6;
    ASSERT_TRUE(catalog.record_files({compacted}).ok());
    EXPECT_THAT(open().files().value(), ElementsAre(compacted, owned));
    ASSERT_TRUE(catalog.forget_file(compacted.path).ok());
    EXPECT_THAT(catalog.files().value(), ElementsAre(owned));
}

TEST_F(CatalogTest, WhatProvidersSayOfPeriodsComesBackUnlessItsDeliveryIsWithdrawn) {
    Catalog catalog = open();
    const DeliveryId id = add(catalog, full_delivery());
    const ProviderPeriod closed{"cur", "It's Cloud", at(10, 1), at(11, 1), at(11, 4), true, id};
    ProviderPeriod open_still = closed;
    open_still.stated_at = at(11, 3);
    open_still.closed = false;
    open_still.delivery.reset();
    ASSERT_TRUE(catalog.add_provider_period(closed).ok());
    ASSERT_TRUE(catalog.add_provider_period(open_still).ok());
    EXPECT_THAT(catalog.provider_periods().value(), ElementsAre(open_still, closed));
    open_still.closed = true;
    ASSERT_TRUE(catalog.add_provider_period(open_still).ok()) << "said again of the same time";
    ASSERT_TRUE(catalog.withdraw(id, "wrong", at(11, 5)).ok());
    EXPECT_THAT(catalog.provider_periods().value(), ElementsAre(open_still));
    ASSERT_TRUE(catalog.restore(id).ok());
    EXPECT_THAT(catalog.provider_periods().value(), ElementsAre(open_still, closed));
}

TEST_F(CatalogTest, ClosesComeBackWithTheirPartsAndHowTheyEnded) {
    Catalog catalog = open();
    const DeliveryId id = add(catalog, full_delivery());
    PeriodClose first;
    first.month = period::day_of(at(10, 1));
    first.closed_at = at(11, 5);
    first.closed_by = "Controller d'Or";
    first.reason = "it's done";
    first.parts = {{id, 0}, {id, 1}};
    ASSERT_TRUE(catalog.add_close(first).ok());
    PeriodClose second = first;
    second.parts.clear();
    ASSERT_TRUE(catalog.add_close(second).ok());
    EXPECT_NE(first.id, second.id);
    ASSERT_TRUE(catalog.reopen(first.id, at(11, 6), "auditor", "a bill was missing").ok());
    const std::vector<PeriodClose> closes = open().closes().value();
    ASSERT_EQ(closes.size(), 2U);
    EXPECT_EQ(closes[0].id, first.id);
    EXPECT_EQ(closes[0].month, first.month);
    EXPECT_EQ(closes[0].closed_at, first.closed_at);
    EXPECT_EQ(closes[0].closed_by, first.closed_by);
    EXPECT_EQ(closes[0].reason, first.reason);
    EXPECT_EQ(closes[0].reopened_at, at(11, 6));
    EXPECT_EQ(closes[0].reopened_by, "auditor");
    EXPECT_EQ(closes[0].reopen_reason, "a bill was missing");
    EXPECT_EQ(closes[0].parts, first.parts);
    EXPECT_TRUE(closes[1].holds());
    EXPECT_THAT(closes[1].parts, IsEmpty());
    PeriodClose of_nothing = first;
    of_nothing.parts = {{DeliveryId(99), 0}};
    EXPECT_FALSE(catalog.add_close(of_nothing).ok());
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
                    catalog.add(reservation->id, draft, {}, [](const auto&, Delivery&) { return base::Result<void>(); })
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
    const auto added = writer.add(reservation.id, draft, {}, [&reader](const auto&, Delivery&) -> base::Result<void> {
        EXPECT_THAT(reader.deliveries(Detail::kWhole).value(), IsEmpty());
        return {};
    });
    ASSERT_TRUE(added.ok());
    EXPECT_EQ(reader.deliveries(Detail::kWhole).value().size(), 1U);
}

} // namespace
} // namespace florin::lake
