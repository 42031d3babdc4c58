#include "app/restatements.hpp"

#include "app/close_period.hpp"
#include "app/ingest_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kRestatedHeader =
    "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingAccountId,BillingPeriodStart,"
    "BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeClass,ServiceName,Tags\n";

/// A charge of a month of 2026, used on the 2nd of `used`; its four costs are one, two, three and four times `cost`.
std::string charge(int cost, unsigned month, unsigned used, const std::string& account = "acc",
                   const std::string& team = "web", const std::string& charge_class = "") {
    return fmt::format("{0},{1},{2},{3},USD,{4},2026-{5:02}-01T00:00:00Z,2026-{6:02}-01T00:00:00Z,2026-{7:02}-02T00:"
                       "00:00Z,2026-{7:02}-03T00:00:00Z,Usage,{8},Machines,\"{{\"\"team\"\": \"\"{9}\"\"}}\"\n",
                       cost, 2 * cost, 3 * cost, 4 * cost, account, month, month + 1, used, charge_class, team);
}

period::Day day(unsigned month, unsigned number) {
    return std::chrono::year(2026) / std::chrono::month(month) / std::chrono::day(number);
}

class RestatementsTest : public testing::Test {
protected:
    RestatementsTest() {
        std::string pattern = (fs::temp_directory_path() / "florin-app-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
        std::ofstream(folder_ / "florin.yaml") << "threads: 2\n";
        workspace_ = std::make_unique<Workspace>(Workspace::open(folder_, clock_).value());
    }
    ~RestatementsTest() override {
        workspace_.reset();
        std::error_code code;
        fs::remove_all(folder_, code);
    }
    Workspace& workspace() { return *workspace_; }

    IngestedDelivery taken(const std::vector<std::string>& charges, period::Day received) {
        const base::Path bill = folder_ / fmt::format("{}.csv", ++bills_);
        {
            std::ofstream file(bill, std::ios::binary);
            file << kRestatedHeader;
            for (const std::string& one : charges) {
                file << one;
            }
        }
        IngestRequest request{.paths = {bill.string()}};
        request.received_at = received;
        IngestReport report = ingest_bills(workspace(), request).value();
        EXPECT_THAT(report.deliveries, SizeIs(1));
        return std::move(report.deliveries.at(0));
    }
    void provider_says(bool closed, period::Day stated) {
        ASSERT_TRUE(workspace()
                        .lake()
                        .state_provider_period({"focus", "Cloud Inc", day(9, 1), day(10, 1), stated, closed, {}})
                        .ok());
    }
    /// "KIND DIMENSION=VALUE CURRENCY BEFORE->AFTER" of the billed cost, and "/EFFECTIVE/LIST/CONTRACTED" changes.
    std::vector<std::string> restatements(std::optional<period::Day> month = {}) {
        std::vector<std::string> texts;
        for (const Restatement& one : find_restatements(workspace(), month, {}).value()) {
            for (const ChargeChange& change : one.changes) {
                texts.push_back(fmt::format(
                    "{} {}={} {} {}->{}/{}/{}/{}", name(one.kind), change.dimension, change.value, change.currency,
                    change.before[0].to_string(), change.after[0].to_string(), change_of(change, 1).value().to_string(),
                    change_of(change, 2).value().to_string(), change_of(change, 3).value().to_string()));
            }
        }
        return texts;
    }

private:
    base::FixedClock clock_{day(11, 20)};
    base::Path folder_;
    std::unique_ptr<Workspace> workspace_;
    int bills_ = 0;
};

TEST_F(RestatementsTest, NothingIsClosed) {
    taken({charge(1, 9, 9)}, day(10, 1));
    EXPECT_THAT(restatements(), IsEmpty());
    EXPECT_EQ(find_restatements(workspace(), day(9, 1), {}).error().code, "period.not_closed");
}

TEST_F(RestatementsTest, WhatMovedSinceTheProviderClosed) {
    taken({charge(10, 9, 9), charge(5, 9, 9, "acc", "data")}, day(10, 1));
    provider_says(false, day(10, 2));
    provider_says(true, day(10, 5));
    const IngestedDelivery again = taken({charge(12, 9, 9), charge(5, 9, 9, "acc", "data")}, day(10, 8));
    EXPECT_THAT(again.restated, ElementsAre("acc 2026-09: Cloud Inc closed 2026-09 on 2026-10-05"));
    taken({charge(7, 9, 9, "other")}, day(10, 9)); // the first that is heard of that account
    EXPECT_THAT(restatements(),
                ElementsAre("moved = USD 15->17/4/6/8", "moved BillingAccountId=acc USD 15->17/4/6/8",
                            "moved ServiceName=Machines USD 15->17/4/6/8",
                            "moved ChargeCategory=Usage USD 15->17/4/6/8", "moved tag.team=web USD 10->12/4/6/8"));
    EXPECT_EQ(find_restatements(workspace(), {}, {}).value().at(0).closed, "closed on 2026-10-05 by Cloud Inc");
    provider_says(false, day(10, 12));
    EXPECT_THAT(restatements(), IsEmpty()) << "reopened";
}

TEST_F(RestatementsTest, TheCompanysCloseComesBeforeTheProviders) {
    taken({charge(10, 9, 9)}, day(10, 1));
    provider_says(true, day(10, 5));
    ASSERT_TRUE(close_period(workspace(), day(9, 1), "controller", "books").ok());
    EXPECT_TRUE(taken({charge(12, 9, 9)}, day(10, 8)).delivery.parts[0].pending());
    EXPECT_THAT(restatements(day(9, 1)), testing::Contains("waiting BillingAccountId=acc USD 10->12/4/6/8"));
    ASSERT_TRUE(workspace().lake().release(lake::DeliveryId(2), {}, workspace().now(), {}).ok());
    EXPECT_THAT(restatements(day(9, 1)), testing::Contains("moved BillingAccountId=acc USD 10->12/4/6/8"));
    const MonthState month = list_periods(workspace()).value().at(0);
    EXPECT_TRUE(month.has_moved);
    EXPECT_EQ(month.at_close.at("USD").costs[0].to_string(), "10");
    EXPECT_EQ(month.now.at("USD").costs[3].to_string(), "48");
    EXPECT_EQ(month.providers.at(0).state, lake::PeriodState::kClosed);
}

TEST_F(RestatementsTest, CorrectionsBilledLaterAreALineOfTheirOwn) {
    taken({charge(10, 9, 9)}, day(10, 1));
    ASSERT_TRUE(close_period(workspace(), day(9, 1), "controller", "books").ok());
    // Delta, then ledger: in October's bill, for a day of September; the last two are no corrections of September.
    taken({charge(2, 10, 9, "acc", "web", "Correction"), charge(-10, 10, 9, "acc", "web", "Correction"),
           charge(11, 10, 9, "acc", "data", "Correction"), charge(100, 10, 10, "acc", "web", "Correction"),
           charge(200, 10, 9)},
          day(11, 1));
    EXPECT_THAT(restatements(),
                ElementsAre("correction = USD 0->3/6/9/12", "correction BillingAccountId=acc USD 0->3/6/9/12",
                            "correction ServiceName=Machines USD 0->3/6/9/12",
                            "correction ChargeCategory=Usage USD 0->3/6/9/12",
                            "correction tag.team=data USD 0->11/22/33/44",
                            "correction tag.team=web USD 0->-8/-16/-24/-32"));
}

TEST_F(RestatementsTest, AMonthIsClosedBySomebodyForAReason) {
    taken({charge(10, 9, 9)}, day(10, 1));
    EXPECT_EQ(close_period(workspace(), day(9, 1), " ", "books").error().code, "period.unnamed");
    EXPECT_EQ(close_period(workspace(), day(9, 1), "controller", "").error().code, "period.unnamed");
    EXPECT_EQ(close_period(workspace(), day(8, 1), "controller", "books").error().code, "period.empty");
    EXPECT_EQ(reopen_period(workspace(), day(9, 1), "controller", "books").error().code, "period.not_closed");
    EXPECT_EQ(parse_month(workspace(), "2026-Q3").error().code, "period.not_a_month");
    EXPECT_EQ(parse_month(workspace(), "last-month").value(), day(10, 1));
}

} // namespace
} // namespace florin::app
