#include "app/commitment_coverage.hpp"

#include <gtest/gtest.h>

namespace florin::app {
namespace {

Amount amount(const char* text) {
    return money::Decimal::parse(text).value();
}

const CommitmentKey kPlan{"AWS", "plan"};
const CommitmentKey kReservation{"AWS", "reservation"};
const CommitmentKey kDiscount{"Google", "discount"};
using Typed = std::vector<std::pair<CommitmentKey, std::string>>;

/// "covered eligible ratio eligibility"
std::string coverage(const CoverageData& data, const Typed& commitments) {
    const auto found = data.coverage_of(commitments).value();
    const auto text = [](const Amount& value) { return value ? value->to_string() : std::string("-"); };
    return text(found.covered) + " " + text(found.eligible) + " " + text(found.ratio) + " " +
           std::string(name(found.eligibility));
}

/// Machines m1 and m2 at AWS, with a plan over both and a reservation over m1; n1 at Google.
CoverageData observed() {
    CoverageData data;
    data.add_covered(kPlan, sku_key("m1", {}, {}, {}), amount("60"));
    data.add_covered(kPlan, sku_key("m2", {}, {}, {}), amount("20"));
    data.add_covered(kReservation, sku_key("m1", {}, {}, {}), amount("40"));
    data.add_uncovered("AWS", sku_key("m1", {}, {}, {}), amount("50"));
    data.add_uncovered("AWS", sku_key("m2", {}, {}, {}), amount("30"));
    data.add_uncovered("AWS", sku_key("disk", {}, {}, {}), amount("1000"));
    data.add_covered(kDiscount, sku_key({}, "Machines", "eu", "Core hours"), amount("25"));
    data.add_uncovered("Google", sku_key({}, "Machines", "eu", "Core hours"), amount("75"));
    data.add_uncovered("Google", sku_key({}, "Machines", "us", "Core hours"), amount("500"));
    return data;
}

TEST(CommitmentCoverage, OfUsageOfSkusThatWereCovered) {
    const CoverageData data = observed();
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}}), "80 160 0.5 observed");
    // What the plan covers is not there for the reservation to cover.
    EXPECT_EQ(coverage(data, {{kReservation, "Reservation"}}), "40 90 0.444444444444444444 observed");
    // Uncovered usage that both could cover is there once.
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}, {kReservation, "Reservation"}}), "120 200 0.6 observed");
    // Without a SKU a meter of a service in a region is one.
    EXPECT_EQ(coverage(data, {{kDiscount, "Discount"}}), "25 100 0.25 observed");
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}, {kReservation, "Reservation"}, {kDiscount, "Discount"}}),
              "145 300 0.483333333333333333 observed");
}

TEST(CommitmentCoverage, IsNotGuessed) {
    CoverageData data = observed();
    EXPECT_EQ(coverage(data, {{{"AWS", "covers nothing"}, "Plan"}}), "0 - - unknown");
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}, {{"AWS", "covers nothing"}, "Plan"}}), "80 160 0.5 observed");
    data.add_covered(kDiscount, sku_key({}, "Machines", "eu", {}), amount("1"));
    EXPECT_EQ(coverage(data, {{kDiscount, "Discount"}}), "26 - - unknown");
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}, {kDiscount, "Discount"}}), "106 - - unknown");
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}}), "80 160 0.5 observed");
    data.add_covered(kReservation, sku_key("m1", {}, {}, {}), std::nullopt);
    EXPECT_EQ(coverage(data, {{kReservation, "Reservation"}}), "- - - unknown");
    data.add_uncovered("AWS", sku_key("m2", {}, {}, {}), std::nullopt);
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}}), "80 - - unknown");
}

TEST(CommitmentCoverage, StatementsOfTheProviderComeFirst) {
    CoverageData data = observed();
    data.add_covered_stated("AWS", amount("120"));
    data.add_uncovered_stated("AWS", {"Plan", "Reservation"}, amount("10"));
    data.add_uncovered_stated("AWS", {"Plan", "Capacity"}, amount("30"));
    data.add_uncovered_stated("AWS", {"Capacity"}, amount("1000"));
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}}), "80 120 0.666666666666666667 stated");
    EXPECT_EQ(coverage(data, {{kReservation, "Reservation"}}), "40 50 0.8 stated");
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}, {kReservation, "Reservation"}}), "120 160 0.75 stated");
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}, {kDiscount, "Discount"}}), "105 220 0.477272727272727273 observed");
}

TEST(CommitmentCoverage, AStatementOnSomeCoveredUsageOnlyIsNone) {
    CoverageData data = observed();
    data.add_covered_stated("AWS", amount("119.99"));
    data.add_uncovered_stated("AWS", {"Plan"}, amount("10"));
    EXPECT_EQ(coverage(data, {{kPlan, "Plan"}}), "80 160 0.5 observed");
}

} // namespace
} // namespace florin::app
