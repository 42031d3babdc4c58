#include "app/cost_variance.hpp"

#include "app/ingest_bills.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using variance::Effect;

constexpr const char* kHeader =
    "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingAccountId,BillingPeriodStart,"
    "BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,SkuId,PricingQuantity,PricingUnit\n";

std::string charge(const char* month, const char* next, const char* cost, const char* service, const char* quantity,
                   const char* unit, const char* category = "Usage") {
    const auto day = [](const char* text) { return std::string(text) + "-01T00:00:00Z"; };
    const std::string end = std::string(month) + "-02T00:00:00Z";
    return std::string(cost) + "," + cost + "," + cost + "," + cost + ",USD,a-1," + day(month) + "," + day(next) + "," +
           day(month) + "," + end + "," + category + "," + service + "," + service + "," + quantity + "," + unit + "\n";
}

/// November (30 days): 300 hours at 2, and 40 of requests. December (31): 372 hours at 3, 50 of requests, 10 of tax.
class VarianceAgainstPlan : public testing::Test {
protected:
    VarianceAgainstPlan() {
        std::string pattern = (fs::temp_directory_path() / "florin-variance-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
        std::ofstream(folder_ / "florin.yaml") << "threads: 2\n";
        std::ofstream(folder_ / "bill.csv", std::ios::binary)
            << kHeader << charge("2025-11", "2025-12", "600", "EC2", "300", "Hours")
            << charge("2025-11", "2025-12", "40", "S3", "4", "Requests")
            << charge("2025-12", "2026-01", "1116", "EC2", "372", "Hours")
            << charge("2025-12", "2026-01", "50", "S3", "5", "Requests")
            << charge("2025-12", "2026-01", "10", "Tax", "", "", "Tax");
        workspace_ = std::make_unique<Workspace>(Workspace::open(folder_, clock_).value());
        const auto report = ingest_bills(*workspace_, {.paths = {(folder_ / "bill.csv").string()}});
        FLORIN_CHECK(report.ok(), report.ok() ? "" : report.error().describe());
        request_.base =
            period::Period{period::parse_day("2025-11-01").value(), period::parse_day("2025-12-01").value()};
        request_.actual = period::month_of(request_.base->end);
        request_.currency = "USD";
        request_.plan = VariancePlan{.name = "the plan", .amount = decimal("800")};
    }
    ~VarianceAgainstPlan() override {
        workspace_.reset();
        std::error_code code;
        fs::remove_all(folder_, code);
    }

    static money::Decimal decimal(const char* text) { return money::Decimal::parse(text).value(); }

    /// `NAME BASE ACTUAL: EFFECT AMOUNT …` of each row, the total last.
    std::vector<std::string> told() {
        const CostVariance found = explain_variance(*workspace_, request_).value();
        EXPECT_EQ(found.base_name, "the plan");
        const variance::Comparison& comparison = found.blocks.at(0).comparison;
        std::vector<std::string> lines;
        const auto add = [&](const std::string& name, const variance::Row& row) {
            std::string line = name + " " + row.base.to_string() + " " + row.actual.to_string() + ":";
            for (const Effect effect : variance::all_effects()) {
                if (!row.effect(effect).is_zero()) {
                    line += " " + std::string(variance::name(effect)) + " " + row.effect(effect).to_string();
                }
            }
            lines.push_back(line);
        };
        for (const variance::Row& row : comparison.rows) {
            add(row.key.empty() ? "all" : row.key.front().value_or("-"), row);
        }
        add("total", comparison.total);
        return lines;
    }

    VarianceRequest request_;
    std::unique_ptr<Workspace> workspace_;

private:
    base::FixedClock clock_{std::chrono::sys_days(std::chrono::year(2026) / 2 / 1)};
    fs::path folder_;
};

// The baseline is 640; the plan has 160 more, which is the plan's own assumption.
TEST_F(VarianceAgainstPlan, OfMoneyIsTakenApartByItsBaseline) {
    request_.rate_type = fx::RateType::kBudget;
    EXPECT_THAT(told(),
                ElementsAre("all 800 1176: days 21.333333333333333333 usage 132.666666666666666667 rate 372 tax 10 "
                            "plan_assumption -160",
                            "total 800 1176: days 21.333333333333333333 usage 132.666666666666666667 rate 372 tax 10 "
                            "plan_assumption -160"));
    request_.dimensions = {"service"};
    EXPECT_THAT(told(),
                ElementsAre("EC2 600 1116: days 20 usage 124 rate 372", "plan assumption 160 0: plan_assumption -160",
                            "S3 40 50: days 1.333333333333333333 usage 8.666666666666666667", "Tax 0 10: tax 10",
                            "total 800 1176: days 21.333333333333333333 usage 132.666666666666666667 rate 372 tax 10 "
                            "plan_assumption -160"));
}

// 310 hours planned at 2.10 (651), of the plan's 800; what no rate is for is not planned. The plan is for the same
// month.
TEST_F(VarianceAgainstPlan, OfQuantitiesAndRatesIsTakenApartByThem) {
    request_.base = request_.actual;
    request_.plan->rates = {{.where = "service = 'EC2'",
                             .quantity = money::Quantity::parse("310").value(),
                             .unit = "Hours",
                             .price = decimal("2.1")}};
    const std::vector<std::string> expected = {
        "Hours: service = 'EC2' 651 1116: usage 130.2 rate 334.8", "plan assumption 149 0: plan_assumption -149",
        "not planned 0 60: new 50 tax 10", "total 800 1176: usage 130.2 rate 334.8 new 50 tax 10 plan_assumption -149"};
    for (const fx::RateType rate_type : {fx::RateType::kBudget, fx::RateType::kTransactionDay}) {
        request_.rate_type = rate_type;
        EXPECT_EQ(told(), expected);
    }
}

/// A budget of two months of which the second is compared.
TEST_F(VarianceAgainstPlan, OfABudgetsWholeSteps) {
    plan::Budget budget{.name = "shop", .currency = "USD", .rate_type = fx::RateType::kBudget};
    budget.period = {request_.base->start, request_.actual->end}; // 61 days
    budget.steps = {*request_.base, *request_.actual};
    budget.filter = "charge_category = 'Usage'";
    const plan::Allotment allotment{.steps = {decimal("700"), decimal("800")}, .total = decimal("1500")};
    const auto code = [&](const period::Period& actual) {
        return compare_with_budget(budget, allotment, actual, fx::RateType::kBudget).error().code;
    };
    EXPECT_EQ(code(*request_.actual), "variance.no_baseline");
    budget.baseline = plan::Baseline{.rates = {{.where = "service = 'EC2'",
                                                .quantity = money::Quantity::parse("610").value(),
                                                .unit = "Hours",
                                                .price = decimal("2.1")}}};
    EXPECT_EQ(code({request_.actual->start, request_.actual->end - std::chrono::days(1)}), "variance.steps");
    EXPECT_EQ(code({request_.actual->end, request_.actual->end + std::chrono::days(1)}), "variance.steps");
    request_ = compare_with_budget(budget, allotment, *request_.actual, fx::RateType::kTransactionDay).value();
    EXPECT_EQ(request_.plan->name, "the budget shop");
    request_.plan->name = "the plan";
    EXPECT_THAT(told(), ElementsAre("Hours: service = 'EC2' 651 1116: usage 130.2 rate 334.8",
                                    "plan assumption 149 0: plan_assumption -149", "not planned 0 50: new 50",
                                    "total 800 1166: usage 130.2 rate 334.8 new 50 plan_assumption -149"));
    EXPECT_EQ(compare_with_budget(budget, allotment, budget.period, fx::RateType::kBudget)->plan->amount,
              decimal("1500"));
}

} // namespace
} // namespace florin::app
