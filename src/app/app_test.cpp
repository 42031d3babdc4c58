#include "app/ask_bills.hpp"
#include "app/check_lake.hpp"
#include "app/compare_deliveries.hpp"
#include "app/export_focus.hpp"
#include "app/ingest_bills.hpp"
#include "app/sql_session.hpp"
#include "ingest/focus_files/mapping.hpp"
#include "ingest/intake.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kHeader =
    "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingAccountId,BillingPeriodStart,"
    "BillingPeriodEnd,"
    "ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceProviderName,SubAccountId,ServiceName";

/// A charge of `account` on a day of October 2026 whose four costs are `cost`.
std::string charge(const std::string& cost, int day, const std::string& account = "acc",
                   const std::string& currency = "USD", const std::string& service = "Machines") {
    return fmt::format("{0},{0},{0},{0},{1},{2},2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-{3:02}T00:00:00Z,"
                       "2026-10-{4:02}T00:00:00Z,Usage,Provider,sub,{5}\n",
                       cost, currency, account, day, day + 1, service);
}

std::string bill(const std::vector<std::string>& charges) {
    std::string text = std::string(kHeader) + "\n";
    for (const std::string& one : charges) {
        text += one;
    }
    return text;
}

period::Instant instant(std::string_view text) {
    return period::parse_instant(text).value().instant;
}

class AppTest : public testing::Test {
protected:
    AppTest() {
        std::string pattern = (fs::temp_directory_path() / "florin-app-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
        make("workspace", "");
        workspace_ = std::make_unique<Workspace>(Workspace::open(folder_ / "workspace", clock_).value());
    }
    ~AppTest() override {
        workspace_.reset();
        std::error_code code;
        fs::remove_all(folder_, code);
    }
    void make(const std::string& name, const std::string& settings) {
        fs::create_directories(folder_ / name);
        std::ofstream(folder_ / name / "florin.yaml") << "threads: 2\n" << settings;
    }
    Workspace& workspace() { return *workspace_; }

    std::string write(const std::string& name, const std::string& text) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return (folder_ / name).string();
    }
    base::Result<IngestReport> ingest(const std::vector<std::string>& paths, const std::string& received = "") {
        IngestRequest request{.paths = paths};
        if (!received.empty()) {
            request.received_at = instant(received);
        }
        return ingest_bills(workspace(), request);
    }
    /// The gzip of a file, beside it.
    static std::string packed(const std::string& path) {
        FLORIN_CHECK(std::system(fmt::format("gzip -kn '{}'", path).c_str()) == 0, "a gzip of the file");
        return path + ".gz";
    }
    /// One delivery of one file with that text.
    IngestedDelivery taken(const std::string& name, const std::string& text, const std::string& received = "") {
        IngestReport report = ingest({write(name, text)}, received).value();
        EXPECT_THAT(report.deliveries, SizeIs(1));
        return std::move(report.deliveries.at(0));
    }
    /// "USD billed effective list contracted rows" for each currency.
    static std::vector<std::string> totals(Workspace& workspace, std::optional<period::Instant> as_of = {}) {
        AskRequest request{.as_of = as_of};
        request.question.measures = {"billed_cost", "effective_cost", "list_cost", "contracted_cost", "charge_count"};
        const query::Answer answer = ask_bills(workspace, request).value();
        std::vector<std::string> texts;
        for (const query::CurrencyBlock& block : answer.blocks) {
            std::string text = block.currency;
            for (std::size_t i = 0; i < 4; ++i) {
                const auto* total = std::get_if<money::Decimal>(&block.total.values[i]);
                text += " " + (total == nullptr ? std::string("-") : total->to_string());
            }
            texts.push_back(text + fmt::format(" {}", std::get<std::int64_t>(block.total.values[4])));
        }
        return texts;
    }
    std::vector<std::string> totals(std::optional<period::Instant> as_of = {}) { return totals(workspace(), as_of); }

    std::vector<std::string> problems(bool repair = false) {
        std::vector<std::string> codes;
        for (const lake::Problem& problem : check_lake(workspace(), repair, {}).value()) {
            codes.push_back(problem.code);
        }
        return codes;
    }
    /// The only file below the lake's deliveries whose name ends so.
    base::Path lake_file(const std::string& ending) const {
        for (const base::Path& path : base::list_files(folder_ / "workspace" / "lake" / "deliveries").value()) {
            if (path.string().ends_with(ending)) {
                return path;
            }
        }
        return {};
    }

    base::FixedClock clock_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 10)};
    base::Path folder_;
    std::unique_ptr<Workspace> workspace_;
};

TEST_F(AppTest, TotalsAreThoseOfTheBillToTheLastDigit) {
    const IngestedDelivery delivery =
        taken("bill.csv", bill({charge("20000000000000000.000000000000000001", 1), charge("-0.000000000000000003", 2),
                                charge("1.10", 3, "acc", "EUR")}));
    EXPECT_EQ(delivery.outcome, IngestOutcome::kCommitted);
    EXPECT_THAT(totals(), ElementsAre("EUR 1.1 1.1 1.1 1.1 1",
                                      "USD 19999999999999999.999999999999999998 19999999999999999.999999999999999998 "
                                      "19999999999999999.999999999999999998 19999999999999999.999999999999999998 2"));
    EXPECT_EQ(delivery.reconciliation.size(), 2U);
    EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(AppTest, WhatWasWithdrawnDoesNotComeBack) {
    const std::string path = packed(write("bill.csv", bill({charge("1", 1)})));
    const IngestedDelivery delivery = ingest({path}).value().deliveries.at(0);
    {
        // As it is in a lake of before bills were known by what is packed in them.
        lake::Sqlite catalog = lake::Sqlite::open(folder_ / "workspace" / "lake" / "catalog.sqlite").value();
        const std::string identity =
            ingest::delivery_identity("focus", ingest::focus_files::kMappingVersion, {delivery.files.at(0).sha256});
        ASSERT_TRUE(catalog
                        .execute(fmt::format("UPDATE deliveries SET identity = '{}'; UPDATE raw_files SET "
                                             "content_sha256 = ''",
                                             identity))
                        .ok());
    }
    EXPECT_EQ(ingest({path}).value().deliveries.at(0).outcome, IngestOutcome::kAlreadyThere);
    ASSERT_TRUE(workspace().lake().withdraw(delivery.delivery.id, "wrong", workspace().now(), {}).ok());
    const auto again = ingest({path});
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, "lake.withdrawn");
    EXPECT_THAT(totals(), IsEmpty());
}

TEST_F(AppTest, OneFileIsNoSecondBillOfAnotherAccountHoweverItIsPacked) {
    const std::string path = write("bill.csv", bill({charge("1", 1)}));
    write("workspace/sources/moved.yaml",
          "kind: focus\nfiles: '*.csv'\ncorrections: {BillingAccountId: {acc: other}}\n");
    ASSERT_TRUE(ingest({path}).ok());
    fs::remove(folder_ / "workspace" / "sources" / "moved.yaml");
    const auto again = ingest({packed(path)});
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, "ingest.counted_twice");
    EXPECT_THAT(totals(), ElementsAre("USD 1 1 1 1 1"));
}

TEST_F(AppTest, AnEmptyLakeHasNoTotals) {
    EXPECT_THAT(totals(), IsEmpty());
}

TEST_F(AppTest, TheSameFileTwiceChangesNothing) {
    const IngestedDelivery first = taken("bill.csv", bill({charge("1.5", 1)}));
    clock_.set(clock_.now() + std::chrono::days(1));
    const IngestedDelivery again = taken("renamed.csv", bill({charge("1.5", 1)}));
    EXPECT_EQ(again.outcome, IngestOutcome::kAlreadyThere);
    EXPECT_EQ(again.delivery.id, first.delivery.id);
    EXPECT_THAT(totals(), ElementsAre("USD 1.5 1.5 1.5 1.5 1"));
    EXPECT_THAT(workspace().lake().deliveries().value(), SizeIs(1));
    EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(AppTest, PartsInOneFolderAreOneDelivery) {
    write("bills/1.csv", bill({charge("1", 1), charge("2", 2)}));
    write("bills/2.csv", bill({charge("4", 3)}));
    write("bills/other.csv", bill({charge("8", 1, "other")}));
    const IngestReport report = ingest({(folder_ / "bills").string()}).value();
    ASSERT_THAT(report.deliveries, SizeIs(2));
    EXPECT_THAT(report.deliveries[0].files, SizeIs(2));
    EXPECT_EQ(report.deliveries[0].delivery.rows(), 3U);
    EXPECT_THAT(totals(), ElementsAre("USD 15 15 15 15 4"));
    const IngestReport again = ingest({(folder_ / "bills/2.csv").string(), (folder_ / "bills/1.csv").string()}).value();
    ASSERT_THAT(again.deliveries, SizeIs(1));
    EXPECT_EQ(again.deliveries[0].outcome, IngestOutcome::kAlreadyThere);
}

TEST_F(AppTest, ACopyBesideTheBillIsNotCountedTwice) {
    write("bills/1.csv", bill({charge("1", 1), charge("2", 2)}));
    write("bills/copy of 1.csv", bill({charge("1", 1), charge("2", 2)}));
    write("bills/2.csv", bill({charge("4", 3)}));
    const IngestReport report = ingest({(folder_ / "bills").string()}).value();
    EXPECT_THAT(report.deliveries, SizeIs(1));
    EXPECT_THAT(report.passed_over, ElementsAre(HasSubstr("copy of 1.csv")));
    EXPECT_THAT(totals(), ElementsAre("USD 7 7 7 7 3"));
    EXPECT_EQ(taken("bills/1.csv", bill({charge("1", 1), charge("2", 2)})).delivery.parts[0].pending(), true)
        << "one part of two alone loses a day";
}

TEST_F(AppTest, ARestatementReplacesAndHistoryStaysKnown) {
    taken("first.csv", bill({charge("1", 1), charge("2", 2)}), "2026-11-02");
    const IngestedDelivery second = taken("second.csv", bill({charge("1", 1), charge("5", 2)}), "2026-11-05");
    EXPECT_THAT(second.superseded, ElementsAre("delivery 1: acc 2026-10"));
    EXPECT_THAT(totals(), ElementsAre("USD 6 6 6 6 2"));
    EXPECT_THAT(totals(instant("2026-11-04T23:59:59Z")), ElementsAre("USD 3 3 3 3 2"));
    EXPECT_THAT(totals(instant("2026-11-01")), IsEmpty());
    const IngestedDelivery older = taken("older.csv", bill({charge("100", 1)}), "2026-11-03");
    EXPECT_THAT(older.older, ElementsAre("acc 2026-10: delivery 2 is newer"));
    EXPECT_THAT(totals(), ElementsAre("USD 6 6 6 6 2"));
    EXPECT_THAT(totals(instant("2026-11-04T00:00:00Z")), ElementsAre("USD 100 100 100 100 1"));
}

TEST_F(AppTest, ALosingRestatementWaitsAndIsReleased) {
    taken("first.csv", bill({charge("1", 1), charge("2", 2)}));
    clock_.set(clock_.now() + std::chrono::days(1));
    const IngestedDelivery second = taken("second.csv", bill({charge("9", 1)}));
    EXPECT_THAT(second.delivery.parts[0].pending_reason, HasSubstr("no charges on 2026-10-02"));
    EXPECT_THAT(totals(), ElementsAre("USD 3 3 3 3 2"));
    EXPECT_THAT(ask_bills(workspace(), {}).value().notes,
                testing::Contains(HasSubstr("Delivery 2 waits with 1 scope")));
    clock_.set(clock_.now() + std::chrono::days(1));
    EXPECT_EQ(workspace().lake().release(second.delivery.id, std::nullopt, workspace().now(), {}).value(), 1);
    EXPECT_THAT(totals(), ElementsAre("USD 9 9 9 9 1"));
    EXPECT_THAT(totals(workspace().now() - std::chrono::hours(1)), ElementsAre("USD 3 3 3 3 2"));
}

TEST_F(AppTest, AStrayRowDoesNotReplaceTheBillOfItsMonth) {
    taken("october.csv", bill({charge("7", 1)}));
    std::string rows = std::string(kHeader) + "\n" + charge("0.5", 2);
    for (int i = 0; i < 120; ++i) {
        std::string november = charge("1", 5);
        november.replace(november.find("2026-11-01"), 10, "2026-12-01");
        november.replace(november.find("2026-10-01"), 10, "2026-11-01");
        rows += november;
    }
    const IngestedDelivery next = taken("november.csv", rows);
    ASSERT_THAT(next.delivery.parts, SizeIs(2));
    EXPECT_TRUE(next.delivery.parts[0].stray);
    EXPECT_THAT(next.delivery.parts[0].pending_reason, HasSubstr("1 stray row"));
    EXPECT_THAT(totals(), ElementsAre("USD 127 127 127 127 121"));
}

TEST_F(AppTest, ARefusedFileRefusesTheCommandAndLeavesNothing) {
    const std::string good = write("good.csv", bill({charge("1", 1)}));
    const std::string bad = write("bad.csv", bill({charge("1", 1, "b"), charge("much", 2, "b")}));
    const auto refused = ingest({good, bad});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().blame, base::Blame::kData);
    EXPECT_EQ(refused.error().place.file, bad);
    EXPECT_EQ(refused.error().place.row, 2U);
    EXPECT_EQ(refused.error().place.column, "BilledCost");
    EXPECT_EQ(refused.error().place.cell, "much");
    EXPECT_THAT(workspace().lake().deliveries().value(), IsEmpty());
    EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(AppTest, QuarantineSetsBadRowsAsideAndTakesTheOthers) {
    const std::string text = bill({charge("1", 1), charge("much", 2), charge("4", 3)});
    IngestRequest request{.paths = {write("bad.csv", text)}};
    request.quarantine = folder_ / "aside.csv";
    const IngestReport report = ingest_bills(workspace(), request).value();
    EXPECT_EQ(report.deliveries.at(0).inspections.at(0).quarantined.rows, 1U);
    EXPECT_THAT(base::read_file(folder_ / "aside.csv").value(), HasSubstr("much"));
    EXPECT_THAT(totals(), ElementsAre("USD 5 5 5 5 2"));
    EXPECT_EQ(base::read_file(lake_file("00001-bad.csv")).value(), text) << "the raw file is kept as it came";
}

TEST_F(AppTest, StrictRefusesWhatIsOdd) {
    IngestRequest request{.paths = {write("odd.csv", bill({charge("1", 1)}))}};
    request.strict = true;
    const auto refused = ingest_bills(workspace(), request);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "ingest.strict");
    EXPECT_THAT(workspace().lake().deliveries().value(), IsEmpty());
}

TEST_F(AppTest, ADryRunTakesNothing) {
    IngestRequest request{.paths = {write("bill.csv", bill({charge("1", 1)}))}};
    request.dry_run = true;
    const IngestReport report = ingest_bills(workspace(), request).value();
    EXPECT_EQ(report.deliveries.at(0).outcome, IngestOutcome::kDryRun);
    EXPECT_EQ(report.deliveries.at(0).files.at(0).rows, 1U);
    EXPECT_THAT(workspace().lake().deliveries().value(), IsEmpty());
    EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(AppTest, RawFilesAreKeptOrReferredTo) {
    const std::string text = bill({charge("1", 1)});
    const IngestedDelivery kept = taken("bill.csv", text);
    ASSERT_THAT(kept.delivery.raw_files, SizeIs(1));
    EXPECT_TRUE(kept.delivery.raw_files[0].kept);
    EXPECT_EQ(base::read_file(folder_ / "workspace/lake" / kept.delivery.raw_files[0].path).value(), text);

    make("lean", "keep_raw_files: false\n");
    Workspace lean = Workspace::open(folder_ / "lean", clock_).value();
    const IngestReport report = ingest_bills(lean, {.paths = {(folder_ / "bill.csv").string()}}).value();
    const lake::RawFile& raw = report.deliveries.at(0).delivery.raw_files.at(0);
    EXPECT_FALSE(raw.kept);
    EXPECT_EQ(raw.path, (folder_ / "bill.csv").string());
    EXPECT_EQ(raw.sha256, kept.delivery.raw_files[0].sha256);
    EXPECT_EQ(totals(lean), totals());
}

TEST_F(AppTest, TheSideCarSaysWhenTheProviderRanIt) {
    write("bills/bill.csv", bill({charge("1", 1)}));
    write("bills/unrelated.json", R"({"hello": 1})");
    const IngestReport report = ingest({(folder_ / "bills").string()}, "2026-11-05").value();
    EXPECT_EQ(report.deliveries.at(0).delivery.ordered_at, instant("2026-11-05"));
    EXPECT_EQ(report.deliveries.at(0).delivery.complete, std::nullopt);
}

TEST_F(AppTest, ADeliveryComparedWithAnother) {
    taken("first.csv", bill({charge("1", 1), charge("2", 2, "acc", "USD", "Disks"), charge("3", 2, "acc", "EUR")}));
    taken("second.csv", bill({charge("1", 1), charge("2.25", 2, "acc", "USD", "Disks"), charge("3", 2, "acc", "EUR"),
                              charge("0.5", 3, "acc", "USD", "Nets")}));
    const auto changes = compare_deliveries(workspace(), lake::DeliveryId(1), lake::DeliveryId(2)).value();
    std::vector<std::string> texts;
    for (const ChargeChange& change : changes) {
        texts.push_back(fmt::format("{}={} {} {}->{} {}->{}", change.dimension, change.value, change.currency,
                                    change.rows_before, change.rows_after, change.before[0].to_string(),
                                    change.after[0].to_string()));
    }
    EXPECT_THAT(texts,
                ElementsAre("= USD 2->3 3->3.75", "= EUR 1->1 3->3", "ServiceProviderName=Provider USD 2->3 3->3.75",
                            "BillingAccountId=acc USD 2->3 3->3.75", "SubAccountId=sub USD 2->3 3->3.75",
                            "ServiceName=Nets USD 0->1 0->0.5", "ServiceName=Disks USD 1->1 2->2.25",
                            "RegionId= USD 2->3 3->3.75", "ChargeCategory=Usage USD 2->3 3->3.75",
                            "InvoiceId= USD 2->3 3->3.75", "ChargeDay=2026-10-03 USD 0->1 0->0.5",
                            "ChargeDay=2026-10-02 USD 1->1 2->2.25"));
    EXPECT_EQ(compare_deliveries(workspace(), lake::DeliveryId(1), lake::DeliveryId(9)).error().code,
              "lake.no_such_delivery");
}

/// A bill with everything that can go wrong on its way out and in again.
std::string rich_bill() {
    return "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingAccountId,BillingPeriodStart,"
           "BillingPeriodEnd,"
           "ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ProviderName,SubAccountId,ServiceName,Tags,x_Note,"
           "ConsumedQuantity,ConsumedUnit\n"
           "1.000000000000000001,2,3.5,,USD,acc,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-01T00:00:00Z,2026-10-"
           "02T00:00:00Z,"
           "Usage,\"Cloud, Inc.\",sub,\"NULL\",\"{\"\"team\"\":\"\"a b\"\"}\",\"line\nbreak "
           "\"\"q\"\"\",0.000000000001,Hours\n"
           "-100,-100,0,-0.1,EUR,acc,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-05T12:30:00Z,2027-10-05T12:30:"
           "00Z,"
           "Purchase,\"Cloud, Inc.\",,,,null,200,\n";
}

/// What of each charge must survive, in order.
std::vector<std::string> essence(Workspace& workspace) {
    const SqlAnswer answer =
        run_sql(workspace,
                {.statement = "SELECT concat_ws('|', BilledCost, EffectiveCost, coalesce(ListCost::VARCHAR, 'NULL'), "
                              "coalesce(ContractedCost::VARCHAR, 'NULL'), BillingCurrency, "
                              "ChargePeriodStart, ChargePeriodEnd, ServiceProviderName, coalesce(ServiceName, '-'), "
                              "coalesce(SubAccountId, '-'), coalesce(Tags::VARCHAR, '-'), "
                              "coalesce(x_Custom['x_Note'], '-'), ConsumedQuantity) FROM charges ORDER BY ALL"})
            .value();
    std::vector<std::string> rows;
    for (const auto& row : answer.table.rows) {
        rows.push_back(std::get<std::string>(row[0]));
    }
    return rows;
}

TEST_F(AppTest, WhatIsHandedOutComesInAgainTheSame) {
    taken("bill.csv", rich_bill());
    const std::vector<std::string> expected = essence(workspace());
    ASSERT_THAT(expected, SizeIs(2));
    for (const auto& [version, name] :
         {std::pair(focus::Version::k1_4, "1.4"), std::pair(focus::Version::k1_2, "1.2")}) {
        for (const auto& [format, ending] :
             {std::pair(ExportFormat::kCsv, "csv"), std::pair(ExportFormat::kParquet, "parquet")}) {
            const std::string label = fmt::format("{}-{}", name, ending);
            const base::Path target = folder_ / fmt::format("{}.{}", label, ending);
            const auto report = export_focus(workspace(), {.version = version, .format = format, .target = target});
            ASSERT_TRUE(report.ok()) << label << report.error().describe();
            EXPECT_EQ(report->rows, 2);
            if (format == ExportFormat::kCsv) {
                EXPECT_THAT(base::read_file(target).value(), Not(HasSubstr(",\"\",")))
                    << "nothing is an empty cell, not an empty text";
            }
            make(label, "");
            Workspace second = Workspace::open(folder_ / label, clock_).value();
            const auto again = ingest_bills(second, {.paths = {target.string()}});
            ASSERT_TRUE(again.ok()) << label << again.error().describe();
            EXPECT_EQ(totals(second), totals()) << label;
            EXPECT_EQ(essence(second), expected) << label;
            EXPECT_EQ(export_focus(workspace(), {.version = version, .format = format, .target = target}).error().code,
                      "export.exists");
        }
    }
}

TEST_F(AppTest, AnExportOfAPeriodAndOfAnEarlierState) {
    taken("first.csv", bill({charge("1", 1), charge("2", 2)}), "2026-11-02");
    taken("second.csv", bill({charge("1", 1), charge("5", 2)}), "2026-11-05");
    const period::Day second_day = period::parse_day("2026-10-02").value();
    ExportRequest request{.target = folder_ / "out.csv",
                          .period = period::Period{second_day, second_day + std::chrono::days(1)},
                          .as_of = instant("2026-11-03")};
    EXPECT_EQ(export_focus(workspace(), request).value().rows, 1);
    make("again", "");
    Workspace again = Workspace::open(folder_ / "again", clock_).value();
    ASSERT_TRUE(ingest_bills(again, {.paths = {request.target.string()}}).ok());
    EXPECT_THAT(totals(again), ElementsAre("USD 2 2 2 2 1"));
    request.as_of = instant("2026-11-01");
    request.target = folder_ / "none.csv";
    EXPECT_EQ(export_focus(workspace(), request).error().code, "export.nothing");
}

TEST_F(AppTest, SqlReadsTheViewsAndNothingElse) {
    taken("bill.csv", bill({charge("1", 1), charge("2.5", 2)}));
    const SqlAnswer answer = run_sql(workspace(), {.statement = "SELECT sum(BilledCost) FROM charges"}).value();
    EXPECT_EQ(std::get<money::Decimal>(answer.table.rows.at(0).at(0)).to_string(), "3.5");
    EXPECT_EQ(run_sql(workspace(), {.statement = "SELECT count(*) FROM daily"}).value().table.rows.size(), 1U);
    const std::string charges = lake_file(".charges.parquet").string();
    const std::string before = base::read_file(charges).value();
    const std::string yaml = (folder_ / "workspace/florin.yaml").string();
    for (const std::string& statement :
         {"COPY (SELECT 1) TO '" + charges + "'", std::string("INSERT INTO charges SELECT * FROM charges"),
          std::string("DROP VIEW charges"), std::string("CREATE TABLE t AS SELECT 1"),
          std::string("SET memory_limit = '10GB'"), std::string("PRAGMA threads = 9"),
          std::string("SELECT 1; SELECT 2"), "SELECT * FROM read_text('" + yaml + "')",
          "SELECT * FROM read_csv('" + yaml + "')", "SELECT * FROM '" + yaml + "'", std::string("ATTACH 'x.db'"),
          std::string("INSTALL httpfs"), std::string("LOAD httpfs"), std::string("EXPORT DATABASE 'x'"),
          std::string("SELECT * FROM glob('/etc/*')"), std::string("SELECT getenv('HOME')")}) {
        const auto refused = run_sql(workspace(), {.statement = statement});
        EXPECT_FALSE(refused.ok()) << statement;
        if (!refused.ok()) {
            EXPECT_NE(refused.error().blame, base::Blame::kBug) << statement << ": " << refused.error().describe();
        }
    }
    EXPECT_EQ(base::read_file(charges).value(), before);
    EXPECT_THAT(totals(), ElementsAre("USD 3.5 3.5 3.5 3.5 2"));
}

TEST_F(AppTest, SqlIsBoundInRowsAndTime) {
    taken("bill.csv", bill({charge("1", 1)}));
    const SqlAnswer cut =
        run_sql(workspace(), {.statement = "SELECT range AS n FROM range(10)", .rows_max = 3}).value();
    EXPECT_TRUE(cut.cut);
    EXPECT_THAT(cut.table.rows, SizeIs(3));
    EXPECT_THAT(cut.table.columns, SizeIs(1));
    EXPECT_FALSE(run_sql(workspace(), {.statement = "SELECT range FROM range(3)", .rows_max = 3}).value().cut);
    const auto late =
        run_sql(workspace(),
                {.statement = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = 7",
                 .seconds_max = 1});
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().code, "sql.timeout");
}

TEST_F(AppTest, CheckFindsFlippedBytes) {
    std::vector<std::string> charges;
    for (int i = 0; i < 400; ++i) {
        charges.push_back(charge(fmt::format("{}.{}", i * 7919 % 1'000, i), 1 + i % 28));
    }
    taken("bill.csv", bill(charges));
    ASSERT_THAT(problems(), IsEmpty());
    for (const char* kind : {".charges.parquet", ".cells.parquet"}) {
        const base::Path file = lake_file(kind);
        const std::string sound = base::read_file(file).value();
        std::string broken = sound;
        for (std::size_t i = 4; i + 8 < broken.size(); i += 5) {
            broken[i] = static_cast<char>(broken[i] ^ 0x10);
        }
        std::ofstream(file, std::ios::binary | std::ios::trunc) << broken;
        EXPECT_THAT(problems(), Not(IsEmpty())) << kind;
        std::ofstream(file, std::ios::binary | std::ios::trunc) << sound;
        ASSERT_THAT(problems(), IsEmpty());
    }
}

TEST_F(AppTest, CheckFindsAChangedAmount) {
    taken("bill.csv", bill({charge("1", 1), charge("2", 2)}));
    const std::string file = lake_file(".charges.parquet").string();
    const auto engine = workspace().open_engine({}).value();
    ASSERT_TRUE(engine
                    ->execute(fmt::format(
                        "COPY (SELECT * REPLACE (BilledCost + 0.000000000000000001::DECIMAL(38,18) AS BilledCost) FROM "
                        "read_parquet('{0}')) TO '{0}.new' (FORMAT parquet)",
                        file))
                    .ok());
    fs::rename(file + ".new", file);
    EXPECT_THAT(problems(true), ElementsAre("lake.sums"));
}

TEST_F(AppTest, CheckFindsDailySumsThatDiffer) {
    taken("bill.csv", bill({charge("1", 1), charge("2", 2)}));
    const std::string file = lake_file(".cells.parquet").string();
    const auto engine = workspace().open_engine({}).value();
    ASSERT_TRUE(engine
                    ->execute(fmt::format(
                        "COPY (SELECT * FROM read_parquet('{0}') LIMIT 1) TO '{0}.new' (FORMAT parquet)", file))
                    .ok());
    fs::rename(file + ".new", file);
    EXPECT_THAT(problems(), ElementsAre("lake.daily_sums"));
}

TEST_F(AppTest, CheckFindsAFileThatIsGoneAndOrphans) {
    taken("bill.csv", bill({charge("1", 1)}));
    fs::create_directories(folder_ / "workspace/lake/deliveries/99999999-orphan");
    EXPECT_THAT(problems(), ElementsAre("lake.orphan"));
    EXPECT_THAT(problems(true), ElementsAre("lake.orphan"));
    EXPECT_THAT(problems(), IsEmpty());
    fs::remove(lake_file(".charges.parquet"));
    EXPECT_THAT(problems(), ElementsAre("lake.missing_file"));
}

TEST_F(AppTest, ARawFileThatWasChangedIsFound) {
    taken("bill.csv", bill({charge("1", 1)}));
    std::ofstream(lake_file("00001-bill.csv"), std::ios::app) << charge("2", 2);
    EXPECT_THAT(problems(), ElementsAre("lake.raw_file"));
}

TEST_F(AppTest, ThePrunedBillAgainIsNotSaidToBeThere) {
    const std::string first = bill({charge("1", 1)});
    taken("first.csv", first);
    taken("second.csv", bill({charge("2", 1)}));
    clock_.set(clock_.now() + std::chrono::days(500));
    ASSERT_THAT(workspace().lake().prune({}, workspace().now(), false).value().pruned, SizeIs(1));
    const auto again = ingest({write("first.csv", first)});
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, "lake.pruned");
    EXPECT_THAT(problems(), IsEmpty());
    EXPECT_THAT(totals(), ElementsAre("USD 2 2 2 2 1"));
}

} // namespace
} // namespace florin::app
