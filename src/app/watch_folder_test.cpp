#include "app/watch_folder.hpp"

#include "app/ask_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::seconds kSettle{10};

std::string bill(const std::string& cost, const std::string& account = "acc", int day_count = 2) {
    std::string text = "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingAccountId,"
                       "BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,"
                       "ServiceProviderName,SubAccountId,ServiceName\n";
    for (int day = 1; day <= day_count; ++day) {
        text += fmt::format("{0},{0},{0},{0},USD,{1},2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-{2:02}T00:00:"
                            "00Z,2026-10-{3:02}T00:00:00Z,Usage,Provider,sub,Machines\n",
                            cost, account, day, day + 1);
    }
    return text;
}

class FolderWatchTest : public testing::Test {
protected:
    FolderWatchTest() {
        std::string pattern = (fs::temp_directory_path() / "florin-watch-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
        fs::create_directories(bills());
        std::ofstream(folder_ / "florin.yaml") << "threads: 2\n";
        workspace_ = std::make_unique<Workspace>(Workspace::open(folder_, clock_).value());
        start();
    }
    ~FolderWatchTest() override {
        workspace_.reset();
        std::error_code code;
        fs::remove_all(folder_, code);
    }
    base::Path bills() const { return folder_ / "bills"; }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((bills() / name).parent_path());
        std::ofstream(bills() / name, std::ios::binary) << text;
        // A file system may tell time by hundredths of a second; a test writes faster.
        static int writes = 0;
        fs::last_write_time(bills() / name, fs::file_time_type::clock::now() + std::chrono::seconds(++writes));
    }
    /// A new watch, as after a restart.
    void start() {
        watch_ = std::make_unique<FolderWatch>(WatchRequest{
            .folder = bills(), .settle = kSettle, .source = {}, .strict = false, .progress = {}, .running = {}});
    }
    WatchReport look(std::chrono::seconds later) {
        now_ += later;
        return watch_->look(*workspace_, now_).value();
    }
    /// The bills of the deliveries that two looks, between which all settles, took in; a name in front of a refusal.
    std::vector<std::string> settled() {
        std::vector<std::string> all = told(look(kSettle));
        for (std::string& one : told(look(kSettle))) {
            all.push_back(std::move(one));
        }
        return all;
    }
    static std::vector<std::string> told(const WatchReport& report) {
        std::vector<std::string> all;
        for (const IngestReport& taken : report.taken) {
            for (const IngestedDelivery& delivery : taken.deliveries) {
                std::string text = delivery.outcome == IngestOutcome::kCommitted ? "" : "there: ";
                for (const IngestedFile& file : delivery.files) {
                    text += (text.empty() || text.ends_with(' ') ? "" : "+") + file.path.filename().string();
                }
                all.push_back(text);
            }
        }
        for (const Obstacle& obstacle : report.obstacles) {
            all.push_back((obstacle.kind == Obstacle::Kind::kWaits     ? "waits: "
                           : obstacle.kind == Obstacle::Kind::kRefused ? "refused: "
                                                                       : "failed: ") +
                          obstacle.error.code);
        }
        return all;
    }
    std::string billed() {
        AskRequest request;
        request.question.measures = {"billed_cost"};
        const query::Answer answer = ask_bills(*workspace_, request).value();
        return answer.blocks.empty() ? "none" : std::get<money::Decimal>(answer.blocks[0].total.values[0]).to_string();
    }

    base::Path folder_;
    base::FixedClock clock_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};
    std::unique_ptr<Workspace> workspace_;
    std::unique_ptr<FolderWatch> watch_;
    Settling::Time now_{};
};

TEST_F(FolderWatchTest, TakesABillInWhenItHasSettled) {
    write("october.csv", bill("1.10"));
    EXPECT_THAT(told(look(kSettle)), IsEmpty());
    EXPECT_EQ(billed(), "none");
    EXPECT_THAT(told(look(kSettle)), ElementsAre("october.csv"));
    EXPECT_EQ(billed(), "2.2");
    EXPECT_THAT(settled(), IsEmpty());
}

TEST_F(FolderWatchTest, LeavesAFileAloneThatIsBeingWritten) {
    const std::string whole = bill("1", "acc", 20);
    for (std::size_t bytes = 400; bytes < whole.size(); bytes += 400) {
        write("october.csv", whole.substr(0, bytes));
        const WatchReport report = look(kSettle);
        EXPECT_THAT(told(report), IsEmpty());
        EXPECT_EQ(report.unsettled_folders, 1U);
    }
    write("october.csv", whole);
    EXPECT_THAT(settled(), ElementsAre("october.csv"));
    EXPECT_EQ(billed(), "20");
}

TEST_F(FolderWatchTest, NeverTakesATemporaryName) {
    write("october.csv.part", bill("1"));
    write(".october.csv", bill("1"));
    write("october.csv.crdownload", bill("1"));
    EXPECT_THAT(settled(), IsEmpty());
    fs::rename(bills() / "october.csv.part", bills() / "october.csv");
    EXPECT_THAT(settled(), ElementsAre("october.csv"));
}

TEST_F(FolderWatchTest, TakesAChangedBillAsANewDelivery) {
    write("october.csv", bill("1"));
    EXPECT_THAT(settled(), ElementsAre("october.csv"));
    write("october.csv", bill("1.5"));
    EXPECT_THAT(settled(), ElementsAre("october.csv"));
    EXPECT_EQ(billed(), "3");
}

TEST_F(FolderWatchTest, ReadsNothingAgainThatWasOnlyTouched) {
    write("october.csv", bill("1"));
    EXPECT_THAT(settled(), ElementsAre("october.csv"));
    write("october.csv", bill("1"));
    EXPECT_THAT(settled(), IsEmpty());
}

TEST_F(FolderWatchTest, KnowsAfterARestartWhatIsIn) {
    write("october.csv", bill("1"));
    write("copy/october.csv", bill("1"));
    EXPECT_THAT(settled(), ElementsAre("october.csv", "there: october.csv"));
    start();
    EXPECT_THAT(settled(), IsEmpty());
    // Also when the memory of the watch is gone, and of bills that came in by hand.
    fs::remove_all(folder_ / "lake/watched");
    start();
    EXPECT_THAT(settled(), IsEmpty());
}

// Two versions of a bill in one folder, the second by itself: it replaces the first, before and after a restart.
TEST_F(FolderWatchTest, ALaterVersionUnderAnotherNameReplacesTheFirst) {
    write("october.csv", bill("1"));
    EXPECT_THAT(settled(), ElementsAre("october.csv"));
    write("october-corrected.csv", bill("1.5"));
    EXPECT_THAT(settled(), ElementsAre("october-corrected.csv"));
    EXPECT_EQ(billed(), "3");
    start();
    EXPECT_THAT(settled(), IsEmpty());
    EXPECT_EQ(billed(), "3");
}

// A bill of two files of which one is written again: both together are the bill.
TEST_F(FolderWatchTest, AChangedPartComesWithTheOthers) {
    write("part-1.csv", bill("1"));
    write("part-2.csv", bill("10"));
    EXPECT_THAT(settled(), ElementsAre("part-1.csv+part-2.csv"));
    write("other.csv", bill("5", "another account"));
    EXPECT_THAT(settled(), ElementsAre("other.csv"));
    write("part-2.csv", bill("20"));
    EXPECT_THAT(settled(), ElementsAre("part-1.csv+part-2.csv"));
    EXPECT_EQ(billed(), "52");
}

TEST_F(FolderWatchTest, TellsABadFileOnceAndGoesOn) {
    write("october.csv", bill("1"));
    write("bad/october.csv", bill("oops"));
    EXPECT_THAT(settled(), ElementsAre("october.csv", "refused: bill.unreadable_amount"));
    EXPECT_THAT(settled(), IsEmpty());
    write("november.csv", bill("2", "another account"));
    EXPECT_THAT(settled(), ElementsAre("november.csv"));
    write("bad/october.csv", bill("3", "a third account"));
    EXPECT_THAT(settled(), ElementsAre("october.csv"));
    EXPECT_EQ(billed(), "12");
}

// What came with a bad file waits for it, as it may be the other half of its bill; what comes later does not.
TEST_F(FolderWatchTest, WhatCameWithABadFileWaitsForIt) {
    write("part-1.csv", bill("1"));
    write("part-2.csv", bill("oops"));
    EXPECT_THAT(settled(), ElementsAre("refused: bill.unreadable_amount"));
    write("later.csv", bill("5", "another account"));
    EXPECT_THAT(settled(), ElementsAre("later.csv"));
    EXPECT_EQ(billed(), "10");
    write("part-2.csv", bill("10"));
    EXPECT_THAT(settled(), ElementsAre("part-1.csv+part-2.csv"));
    EXPECT_EQ(billed(), "32");
}

TEST_F(FolderWatchTest, AFileThatCannotBeReadStopsNoOther) {
    write("deep/october.csv", bill("1"));
    write("november.csv", bill("2", "another account"));
    fs::permissions(bills() / "deep/october.csv", fs::perms::none);
    if (::geteuid() == 0) {
        GTEST_SKIP() << "root reads every file";
    }
    EXPECT_THAT(settled(), ElementsAre("november.csv", "failed: system.io"));
    EXPECT_THAT(settled(), IsEmpty());
}

TEST_F(FolderWatchTest, TwoWatchesOfAFolderTakeABillOnce) {
    FolderWatch other(
        {.folder = bills(), .settle = kSettle, .source = {}, .strict = false, .progress = {}, .running = {}});
    write("october.csv", bill("1"));
    ASSERT_THAT(told(look(kSettle)), IsEmpty());
    ASSERT_THAT(told(other.look(*workspace_, now_).value()), IsEmpty());
    EXPECT_THAT(told(look(kSettle)), ElementsAre("october.csv"));
    EXPECT_THAT(told(other.look(*workspace_, now_).value()), IsEmpty());
    EXPECT_EQ(workspace_->lake().deliveries().value().size(), 1U);
}

TEST_F(FolderWatchTest, DoesNotSeeTheLakeInItsFolder) {
    write("october.csv", bill("1"));
    FolderWatch all({.folder = folder_, .settle = {}, .source = {}, .strict = false, .progress = {}, .running = {}});
    EXPECT_THAT(told(all.look(*workspace_, now_).value()), ElementsAre("october.csv"));
    EXPECT_THAT(told(all.look(*workspace_, now_).value()), IsEmpty());
}

TEST_F(FolderWatchTest, SaysThatTheFolderIsGone) {
    fs::remove_all(bills());
    const auto report = watch_->look(*workspace_, now_);
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code, "watch.no_folder");
    EXPECT_EQ(report.error().blame, base::Blame::kSystem);
}

/// A report of AWS of one row; with a manifest it comes in parts.
class WatchedReport : public FolderWatchTest {
protected:
    static std::string part(const std::string& cost, const std::string& product = "AmazonEC2") {
        return fmt::format(
            "bill/PayerAccountId,bill/BillingPeriodStartDate,bill/BillingPeriodEndDate,lineItem/UsageAccountId,"
            "lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,"
            "lineItem/UsageType,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost\n"
            "111111111111,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,222222222222,Usage,2026-10-02T00:00:00Z,"
            "2026-10-02T01:00:00Z,{},BoxUsage,1,USD,{}\n",
            product, cost);
    }
    static std::string manifest(const std::string& id, const std::string& folder) {
        return fmt::format(R"({{"assemblyId":"{}","account":"111111111111",)"
                           R"("billingPeriod":{{"start":"20261001T000000.000Z","end":"20261101T000000.000Z"}},)"
                           R"("reportKeys":["cur/{}/r-1.csv","cur/{}/r-2.csv"]}})",
                           id, folder, folder);
    }
};

TEST_F(WatchedReport, WaitsForAllPartsOfItsManifest) {
    write("run1/r-Manifest.json", manifest("run1", "run1"));
    write("run1/r-1.csv", part("1"));
    EXPECT_THAT(settled(), ElementsAre("waits: manifest.missing_part"));
    EXPECT_THAT(settled(), IsEmpty());
    EXPECT_EQ(billed(), "none");
    write("run1/r-2.csv", part("2", "AmazonS3"));
    EXPECT_THAT(settled(), ElementsAre("r-1.csv+r-2.csv"));
    EXPECT_EQ(billed(), "3");
}

// The manifest of Data Exports lies in a folder of its own.
TEST_F(WatchedReport, FindsAManifestElsewhere) {
    write("metadata/PERIOD=2026-10/r-Manifest.json", manifest("run1", "PERIOD=2026-10"));
    write("data/PERIOD=2026-10/r-1.csv", part("1"));
    EXPECT_THAT(settled(), ElementsAre("waits: manifest.missing_part"));
    write("data/PERIOD=2026-10/r-2.csv", part("2", "AmazonS3"));
    EXPECT_THAT(settled(), ElementsAre("r-1.csv+r-2.csv"));
    // The next run overwrites one part; the other is the same to the byte.
    write("metadata/PERIOD=2026-10/r-Manifest.json", manifest("run2", "PERIOD=2026-10"));
    write("data/PERIOD=2026-10/r-2.csv", part("4", "AmazonS3"));
    EXPECT_THAT(settled(), ElementsAre("r-1.csv+r-2.csv"));
    EXPECT_EQ(billed(), "5");
}

} // namespace
} // namespace florin::app
