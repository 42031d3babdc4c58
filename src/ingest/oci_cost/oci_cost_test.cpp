#include "ingest/oci_cost/oci_cost.hpp"

#include "ingest/source_test_ledger.hpp"

#include <gmock/gmock.h>

namespace florin::embedded {
extern const std::string_view oci_cost_mapping;
} // namespace florin::embedded

namespace florin::ingest::oci_cost {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Pair;
using testing::SizeIs;

Cells usage() {
    return {{"lineItem/referenceNo", "r1"},
            {"lineItem/tenantId", "ocid1.tenancy.oc1..t"},
            {"lineItem/intervalUsageStart", "2023-11-30T23:00Z"},
            {"lineItem/intervalUsageEnd", "2023-12-01T00:00:00Z"},
            {"product/service", "COMPUTE"},
            {"product/compartmentId", "ocid1.compartment.oc1..c"},
            {"product/compartmentName", "shop"},
            {"product/region", "eu-frankfurt-1"},
            {"product/availabilityDomain", "ad-1"},
            {"product/resourceId", "ocid1.instance.oc1.eu-frankfurt-1.i"},
            {"usage/billedQuantity", "0.166666666666000000"},
            {"cost/subscriptionId", "sub-1"},
            {"cost/productSku", "B91628"},
            {"product/Description", "Block Volume"},
            {"cost/unitPrice", "0.0255"},
            {"cost/myCost", "4.81298076439E-7"},
            {"cost/currencyCode", "USD"},
            {"cost/billingUnitReadable", "1 GiB MONTHS STORAGE_SIZE"},
            {"cost/skuUnitDescription", "GB Months"},
            {"cost/overageFlag", "false"},
            {"lineItem/isCorrection", "false"},
            {"lineItem/backreferenceNo", "17053"},
            {"tags/Oracle-Tags.CreatedBy", "me"},
            {"tags/Ops.Empty", ""}};
}

TEST(OciCost, RecognisesTheReport) {
    FileHead head;
    head.columns = {"lineItem/tenantId", "lineItem/intervalUsageStart"};
    EXPECT_TRUE(source().recognise(head).has_value());
    head.columns = {"lineItem/UsageAccountId", "lineItem/UsageStartDate"}; // Amazon's
    EXPECT_FALSE(source().recognise(head).has_value());
}

TEST(OciCost, ARowIsACharge) {
    SourceLedger ledger(source());
    const SourceLoaded loaded = ledger.load_rows("report.csv", {usage()}).value();
    EXPECT_EQ(loaded.totals.at(0).source, "0.000000481298076439");
    EXPECT_EQ(loaded.parts.at(0).scope, "sub-1 2023-11");
    const std::vector<Cells> charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(1));
    EXPECT_THAT(charges[0],
                IsSupersetOf({Pair("BilledCost", "0.000000481298076439"), Pair("EffectiveCost", "0.000000481298076439"),
                              Pair("ContractedCost", "0.000000481298076439"), Pair("ContractedUnitPrice", "0.0255"),
                              Pair("BillingAccountId", "sub-1"), Pair("SubAccountId", "ocid1.tenancy.oc1..t"),
                              Pair("ChargeCategory", "Usage"), Pair("ServiceCategory", "Compute"),
                              Pair("ConsumedQuantity", "0.166666666666"), Pair("PricingUnit", "GB Months"),
                              Pair("ResourceType", "instance"), Pair("RegionId", "eu-frankfurt-1"),
                              Pair("x_LineItemReferenceNo", "r1"), Pair("x_LineItemBackreferenceNo", "17053"),
                              Pair("x_ProductCompartmentName", "shop")}));
    EXPECT_FALSE(charges[0].contains("ListCost"));    // not stated
    EXPECT_FALSE(charges[0].contains("ChargeClass")); // the back-reference alone says nothing
    EXPECT_THAT(charges[0].at("Tags"), R"({"Oracle-Tags.CreatedBy":"me"})");
    EXPECT_THAT(charges[0].at("ChargePeriodStart"), HasSubstr("2023-11-30"));
}

TEST(OciCost, CorrectionsAddAndOverageIsNotAddedTwice) {
    SourceLedger ledger(source());
    const SourceLoaded loaded =
        ledger
            .load_rows("report.csv", {with(usage(), {{"cost/myCost", "10"}}),
                                      with(usage(), {{"cost/myCost", "-4"}, {"lineItem/isCorrection", "true"}}),
                                      with(usage(), {{"cost/myCost", "7"},
                                                     {"cost/myCostOverage", "3"},
                                                     {"cost/overageFlag", "true"},
                                                     {"product/service", "NEW_ONE"}})})
            .value();
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "13");
    EXPECT_EQ(ledger.sum("BilledCost", "ChargeClass = 'Correction'"), "-4");
    EXPECT_EQ(ledger.sum("BilledCost", "ServiceCategory = 'Other'"), "7");
    std::vector<std::string> rules;
    for (const ReconciledLine& line : loaded.lines) {
        rules.push_back(line.rule);
    }
    EXPECT_THAT(rules, ElementsAre("", "oci.correction", "oci.overage"));
}

TEST(OciRules, TheMappingNamesEachRuleAndNoOther) {
    expect_rules_named(source(), "oci", std::string(embedded::oci_cost_mapping));
}

TEST(OciRules, ThePageHasThemAll) {
    expect_rules_on_page(source(), FLORIN_SOURCE_DIR "/docs/sources/oracle.md");
}

TEST(OciRules, WhatTheMappingReadsAsNumbersIsCheckedBefore) {
    expect_numbers_checked(source(), std::string(embedded::oci_cost_mapping));
}

} // namespace
} // namespace florin::ingest::oci_cost
