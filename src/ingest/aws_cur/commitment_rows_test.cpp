// Commitments and discounts, row by row.
#include "ingest/aws_cur/test_report.hpp"

#include <gmock/gmock.h>

namespace florin::ingest::aws_cur {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

/// A partial upfront reservation: its fees, and an hour of what it covers.
std::vector<Cells> reservation_rows() {
    return {usage_row({{"lineItem/LineItemType", "Fee"},
                       {"bill/BillType", "Purchase"},
                       {"lineItem/UnblendedCost", "68"},
                       {"lineItem/UsageAmount", "1"},
                       {"pricing/publicOnDemandCost", ""},
                       {"reservation/ReservationARN", kReservation},
                       {"reservation/TotalReservedUnits", "8760"}}),
            usage_row({{"lineItem/LineItemType", "RIFee"},
                       {"lineItem/UsageStartDate", "2026-01-01T00:00:00Z"},
                       {"lineItem/UsageEndDate", "2026-02-01T00:00:00Z"},
                       {"lineItem/UnblendedCost", "23"},
                       {"lineItem/UsageAmount", "744"},
                       {"pricing/publicOnDemandCost", "0"},
                       {"reservation/ReservationARN", kReservation},
                       {"reservation/TotalReservedUnits", "744"},
                       {"reservation/UnusedQuantity", "186"},
                       {"reservation/UnusedRecurringFee", "5.75"},
                       {"reservation/UnusedAmortizedUpfrontFeeForBillingPeriod", "1.44"}}),
            usage_row({{"lineItem/LineItemType", "DiscountedUsage"},
                       {"lineItem/UnblendedCost", "0"},
                       {"lineItem/UnblendedRate", "0"},
                       {"reservation/ReservationARN", kReservation},
                       {"reservation/EffectiveCost", "0.0386"}})};
}

// AWS, Understanding your reservation line items: DiscountedUsage has an unblended cost of 0. FOCUS: a covered
// charge is billed 0, and its effective cost is its share; a covering purchase has an effective cost of 0; what is
// unused is a charge of its own whose resource is the commitment, without consumed quantity.
TEST(AwsCur, AReservationIsPurchaseUsedAndUnused) {
    Ledger ledger;
    const SourceLoaded loaded = ledger.load_rows(reservation_rows()).value();
    const auto charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(4));
    EXPECT_THAT(charges[0], IsSupersetOf(Cells{{"ChargeCategory", "Purchase"},
                                               {"ChargeFrequency", "One-Time"},
                                               {"BilledCost", "68"},
                                               {"EffectiveCost", "0"},
                                               {"CommitmentDiscountId", kReservation},
                                               {"CommitmentDiscountType", "Reserved Instance"},
                                               {"CommitmentDiscountCategory", "Usage"},
                                               {"CommitmentDiscountQuantity", "8760"},
                                               {"CommitmentDiscountUnit", "Hours"},
                                               {"ResourceId", kReservation},
                                               {"PricingCategory", "Standard"}}));
    EXPECT_THAT(charges[0], Not(Contains(Key("CommitmentDiscountStatus"))));
    EXPECT_THAT(charges[1], IsSupersetOf(Cells{{"ChargeCategory", "Purchase"},
                                               {"ChargeFrequency", "Recurring"},
                                               {"BilledCost", "23"},
                                               {"EffectiveCost", "0"},
                                               {"CommitmentDiscountQuantity", "744"}}));
    EXPECT_THAT(charges[2], IsSupersetOf(Cells{{"ChargeCategory", "Usage"},
                                               {"BilledCost", "0"},
                                               {"EffectiveCost", "0.0386"},
                                               {"ListCost", "0.6"},
                                               {"ContractedCost", "0.6"},
                                               {"PricingCategory", "Committed"},
                                               {"CommitmentDiscountStatus", "Used"},
                                               {"CommitmentDiscountQuantity", "1"},
                                               {"CommitmentDiscountUnit", "Hours"},
                                               {"ResourceId", "i-0123456789abcdef0"}}));
    EXPECT_THAT(charges[3], IsSupersetOf(Cells{{"ChargeCategory", "Usage"},
                                               {"BilledCost", "0"},
                                               {"EffectiveCost", "7.19"},
                                               {"ListCost", "0"},
                                               {"ContractedCost", "0"},
                                               {"PricingCategory", "Committed"},
                                               {"CommitmentDiscountStatus", "Unused"},
                                               {"CommitmentDiscountId", kReservation},
                                               {"CommitmentDiscountQuantity", "186"},
                                               {"CommitmentDiscountUnit", "Hours"},
                                               {"ChargePeriodEnd", "2026-02-01 00:00:00"},
                                               {"ResourceId", kReservation}}));
    EXPECT_THAT(charges[3], Not(Contains(Key("ConsumedQuantity"))));
    EXPECT_THAT(charges[3].at("x_Custom"), Not(HasSubstr("Cost")));
    EXPECT_THAT(by_rule(loaded), ElementsAre(Pair("aws.reservation-fee", Pair("91", "91")),
                                             Pair("aws.reservation-unused", Pair("0", "0")),
                                             Pair("aws.reserved-usage", Pair("0", "0"))));
}

// AWS, Reservation details: size-flexible reservations are counted in normalised units.
TEST(AwsCur, ASizeFlexibleReservationIsCountedInNormalisedUnits) {
    Ledger ledger;
    ASSERT_TRUE(ledger
                    .load_rows({usage_row({{"lineItem/LineItemType", "RIFee"},
                                           {"lineItem/UnblendedCost", "0"},
                                           {"reservation/ReservationARN", kReservation},
                                           {"reservation/TotalReservedUnits", "744"},
                                           {"reservation/TotalReservedNormalizedUnits", "2976"},
                                           {"reservation/UnusedQuantity", "1"},
                                           {"reservation/UnusedNormalizedUnitQuantity", "4"},
                                           {"reservation/UnusedRecurringFee", "0.1"}}),
                                usage_row({{"lineItem/LineItemType", "DiscountedUsage"},
                                           {"lineItem/UnblendedCost", "0"},
                                           {"lineItem/NormalizedUsageAmount", "4"},
                                           {"reservation/ReservationARN", kReservation},
                                           {"reservation/EffectiveCost", "0.1"}})})
                    .ok());
    const auto charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(3));
    EXPECT_EQ(charges[0].at("CommitmentDiscountQuantity"), "2976");
    EXPECT_EQ(charges[1].at("CommitmentDiscountQuantity"), "4");
    EXPECT_EQ(charges[2].at("CommitmentDiscountQuantity"), "4");
    for (const Cells& charge : charges) {
        EXPECT_EQ(charge.at("CommitmentDiscountUnit"), "Normalized Units");
    }
}

// AWS, Understanding Savings Plans: covered usage shows the on-demand cost, which the negation offsets.
TEST(AwsCur, ASavingsPlanIsPurchaseUsedAndUnused) {
    Ledger ledger;
    const SourceLoaded loaded =
        ledger
            .load_rows({plan_row("SavingsPlanUpfrontFee", "43.8",
                                 {{"lineItem/ProductCode", "ComputeSavingsPlans"},
                                  {"product/ProductName", ""},
                                  {"pricing/publicOnDemandCost", ""}}),
                        plan_row("SavingsPlanRecurringFee", "0.1",
                                 {{"lineItem/ProductCode", "ComputeSavingsPlans"},
                                  {"pricing/publicOnDemandCost", ""},
                                  {"savingsPlan/TotalCommitmentToDate", "0.4"},
                                  {"savingsPlan/UsedCommitment", "0.3"}}),
                        plan_row("SavingsPlanCoveredUsage", "0.5", {{"savingsPlan/SavingsPlanEffectiveCost", "0.3"}}),
                        plan_row("SavingsPlanNegation", "-0.5", {{"pricing/publicOnDemandCost", "0"}})})
            .value();
    const auto charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(4));
    EXPECT_THAT(charges[0], IsSupersetOf(Cells{{"ChargeCategory", "Purchase"},
                                               {"ChargeFrequency", "One-Time"},
                                               {"BilledCost", "43.8"},
                                               {"EffectiveCost", "0"},
                                               {"CommitmentDiscountId", kPlan},
                                               {"CommitmentDiscountType", "Savings Plan"},
                                               {"CommitmentDiscountCategory", "Spend"},
                                               {"ServiceName", "Savings Plans for AWS Compute usage"}}));
    EXPECT_THAT(charges[1], IsSupersetOf(Cells{{"ChargeCategory", "Purchase"},
                                               {"ChargeFrequency", "Recurring"},
                                               {"BilledCost", "0.1"},
                                               {"EffectiveCost", "0"},
                                               {"CommitmentDiscountQuantity", "0.4"},
                                               {"CommitmentDiscountUnit", "USD"}}));
    EXPECT_THAT(charges[2], IsSupersetOf(Cells{{"ChargeCategory", "Usage"},
                                               {"BilledCost", "0"},
                                               {"EffectiveCost", "0.3"},
                                               {"ListCost", "0.6"},
                                               {"ContractedCost", "0.5"},
                                               {"PricingCategory", "Committed"},
                                               {"CommitmentDiscountStatus", "Used"},
                                               {"CommitmentDiscountQuantity", "0.3"},
                                               {"ConsumedQuantity", "1"}}));
    EXPECT_THAT(charges[3], IsSupersetOf(Cells{{"ChargeCategory", "Usage"},
                                               {"BilledCost", "0"},
                                               {"EffectiveCost", "0.1"},
                                               {"ListCost", "0"},
                                               {"CommitmentDiscountStatus", "Unused"},
                                               {"CommitmentDiscountQuantity", "0.1"},
                                               {"CommitmentDiscountUnit", "USD"},
                                               {"ResourceId", kPlan}}));
    EXPECT_THAT(by_rule(loaded), ElementsAre(Pair("aws.savings-plan-covered", Pair("0.5", "0")),
                                             Pair("aws.savings-plan-fee", Pair("43.9", "43.9")),
                                             Pair("aws.savings-plan-negation", Pair("-0.5", "0")),
                                             Pair("aws.savings-plan-unused", Pair("0", "0"))));
    EXPECT_EQ(loaded.totals[0].source, "43.9");
}

TEST(AwsCur, WhatNegationsLeaveIsAnAdjustment) {
    Ledger ledger;
    const SourceLoaded loaded = ledger
                                    .load_rows({plan_row("SavingsPlanCoveredUsage", "0.5000000001",
                                                         {{"savingsPlan/SavingsPlanEffectiveCost", "0.3"}}),
                                                plan_row("SavingsPlanNegation", "-0.5")})
                                    .value();
    const auto charges = ledger.charges("ChargeCategory = 'Adjustment'");
    ASSERT_THAT(charges, SizeIs(1));
    EXPECT_THAT(charges[0], IsSupersetOf(Cells{{"BilledCost", "0.0000000001"},
                                               {"EffectiveCost", "0.0000000001"},
                                               {"SubAccountId", "222222222222"},
                                               {"ServiceName", "Amazon Elastic Compute Cloud"},
                                               {"ResourceId", kPlan}}));
    EXPECT_THAT(by_rule(loaded), Contains(Pair("aws.savings-plan-residue", Pair("0", "0.0000000001"))));
    EXPECT_EQ(ledger.sum("BilledCost"), "0.0000000001");
}

// AWS, Line item details: the net cost is what is paid after discounts.
TEST(AwsCur, NetCostsTakeDiscountsIn) {
    Ledger ledger;
    const SourceLoaded loaded =
        ledger
            .load_rows({usage_row({{"lineItem/NetUnblendedCost", "0.45"}, {"lineItem/NetUnblendedRate", "0.45"}}),
                        usage_row({{"lineItem/LineItemType", "EdpDiscount"},
                                   {"lineItem/UnblendedCost", "-0.05"},
                                   {"lineItem/NetUnblendedCost", "0"}}),
                        usage_row({{"lineItem/LineItemType", "PrivateRateDiscount"},
                                   {"lineItem/UnblendedCost", "-0.07"},
                                   {"lineItem/NetUnblendedCost", ""}}),
                        usage_row({{"lineItem/LineItemType", "Tax"}, {"lineItem/UnblendedCost", "0.09"}})})
            .value();
    const auto charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(2));
    EXPECT_THAT(charges[0], IsSupersetOf(Cells{{"BilledCost", "0.45"},
                                               {"EffectiveCost", "0.45"},
                                               {"ContractedCost", "0.45"},
                                               {"ContractedUnitPrice", "0.45"},
                                               {"ListCost", "0.6"}}));
    EXPECT_EQ(charges[1].at("BilledCost"), "0.09");
    EXPECT_EQ(loaded.totals[0].source, "0.54");
    EXPECT_THAT(by_rule(loaded), Contains(Pair("aws.discount-folded", Pair("0", "0"))));
}

// CUR 2.0 has the columns of net costs always; with manual discount compatibility discounts are rows all the same.
TEST(AwsCur, AColumnOfNetCostsWithoutCellsSaysNothing) {
    Ledger ledger;
    const SourceLoaded loaded =
        ledger
            .load_rows({usage_row({{"lineItem/NetUnblendedCost", ""}}),
                        usage_row({{"lineItem/LineItemType", "EdpDiscount"}, {"lineItem/UnblendedCost", "-0.05"}}),
                        usage_row({{"lineItem/LineItemType", "DiscountedUsage"},
                                   {"lineItem/UnblendedCost", "0"},
                                   {"reservation/ReservationARN", kReservation},
                                   {"reservation/EffectiveCost", "0.2"}})})
            .value();
    EXPECT_EQ(loaded.totals[0].source, "0.45");
    EXPECT_EQ(ledger.sum("BilledCost"), "0.45");
    EXPECT_EQ(ledger.charges()[2].at("ContractedCost"), "0.6");
    EXPECT_THAT(by_rule(loaded), Contains(Pair("aws.discount", Pair("-0.05", "-0.05"))));
}

// AWS cuts a report into parts; the discounts may all be in one that has no net cost, or no column of them.
TEST(AwsCur, NetCostsOfOnePartAreThoseOfAll) {
    const Cells usage = usage_row({{"lineItem/UnblendedCost", "10"}, {"lineItem/NetUnblendedCost", "8"}});
    Cells discount = usage_row({{"lineItem/LineItemType", "EdpDiscount"}, {"lineItem/UnblendedCost", "-2"}});
    for (const bool has_column : {true, false}) {
        if (has_column) {
            discount["lineItem/NetUnblendedCost"] = "";
        } else {
            discount.erase("lineItem/NetUnblendedCost");
        }
        Ledger ledger;
        const auto loaded = ledger.load({ledger.folder().write("part-1.csv", csv_text({usage})),
                                         ledger.folder().write("part-2.csv", csv_text({discount}))});
        ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
        EXPECT_EQ(loaded->totals[0].source, "8");
        EXPECT_EQ(ledger.sum("BilledCost"), "8");
        EXPECT_THAT(by_rule(*loaded), Contains(Pair("aws.discount-folded", Pair("0", "0"))));
    }
}

// FOCUS: a zero is no list price of what costs something, here its share of the reservation's fees.
TEST(AwsCur, ReservedUsageWithoutAListPriceHasNoListCost) {
    const auto reserved = [](const std::string& effective) {
        return usage_row({{"lineItem/LineItemType", "DiscountedUsage"},
                          {"lineItem/UnblendedCost", "0"},
                          {"pricing/publicOnDemandCost", "0"},
                          {"reservation/ReservationARN", kReservation},
                          {"reservation/EffectiveCost", effective}});
    };
    Ledger ledger;
    ASSERT_TRUE(ledger.load_rows({reserved("0.2"), reserved("0")}).ok());
    const auto charges = ledger.charges();
    for (const char* column : {"ListCost", "ListUnitPrice", "ContractedCost"}) {
        EXPECT_THAT(charges[0], Not(Contains(Key(column))));
    }
    EXPECT_EQ(charges[1].at("ListCost"), "0");
}

TEST(AwsCur, NetCostsOfCommitmentsAreTaken) {
    Ledger ledger;
    ASSERT_TRUE(ledger
                    .load_rows({plan_row("SavingsPlanCoveredUsage", "0.5",
                                         {{"lineItem/NetUnblendedCost", "0.5"},
                                          {"savingsPlan/SavingsPlanEffectiveCost", "0.3"},
                                          {"savingsPlan/NetSavingsPlanEffectiveCost", "0.27"}}),
                                plan_row("SavingsPlanNegation", "-0.5", {{"lineItem/NetUnblendedCost", "-0.5"}}),
                                usage_row({{"lineItem/LineItemType", "DiscountedUsage"},
                                           {"lineItem/UnblendedCost", "0"},
                                           {"lineItem/NetUnblendedCost", "0"},
                                           {"reservation/ReservationARN", kReservation},
                                           {"reservation/EffectiveCost", "0.2"},
                                           {"reservation/NetEffectiveCost", "0.18"}})})
                    .ok());
    const auto charges = ledger.charges();
    EXPECT_EQ(charges[0].at("EffectiveCost"), "0.27");
    EXPECT_EQ(charges[0].at("CommitmentDiscountQuantity"), "0.3");
    EXPECT_EQ(charges[1].at("EffectiveCost"), "0.18");
    EXPECT_THAT(charges[1], Not(Contains(Key("ContractedCost"))));
}

// 10 % off the fee: billed is 0.36, of which covered usage carries 0.27, so 0.09 is unused.
TEST(AwsCur, DiscountsOnAPlanLowerItsUnusedPart) {
    Ledger ledger;
    const SourceLoaded loaded =
        ledger
            .load_rows({plan_row("SavingsPlanRecurringFee", "0.4",
                                 {{"lineItem/NetUnblendedCost", "0.36"},
                                  {"savingsPlan/TotalCommitmentToDate", "0.4"},
                                  {"savingsPlan/UsedCommitment", "0.3"},
                                  {"savingsPlan/AmortizedUpfrontCommitmentForBillingPeriod", "0"},
                                  {"savingsPlan/NetAmortizedUpfrontCommitmentForBillingPeriod", "0"}}),
                        plan_row("SavingsPlanCoveredUsage", "0.5",
                                 {{"lineItem/NetUnblendedCost", "0.5"},
                                  {"savingsPlan/SavingsPlanEffectiveCost", "0.3"},
                                  {"savingsPlan/NetSavingsPlanEffectiveCost", "0.27"}}),
                        plan_row("SavingsPlanNegation", "-0.5", {{"lineItem/NetUnblendedCost", "-0.5"}})})
            .value();
    EXPECT_EQ(ledger.sum("EffectiveCost", "CommitmentDiscountStatus = 'Unused'"), "0.09");
    EXPECT_EQ(ledger.sum("EffectiveCost"), "0.36");
    EXPECT_EQ(ledger.sum("BilledCost"), "0.36");
    EXPECT_THAT(by_rule(loaded), Contains(Pair("aws.savings-plan-net-unused", Pair("0", "0"))));
    // The owner's own report, without the accounts whose usage the plan covers: nothing is made up.
    ASSERT_TRUE(ledger
                    .load_rows({plan_row("SavingsPlanRecurringFee", "0.4",
                                         {{"lineItem/NetUnblendedCost", "0.36"},
                                          {"savingsPlan/TotalCommitmentToDate", "0.4"},
                                          {"savingsPlan/UsedCommitment", "0.3"}})})
                    .ok());
    EXPECT_EQ(ledger.sum("EffectiveCost"), "0.1");
}

TEST(AwsCur, WithoutNetCostsDiscountsStay) {
    Ledger ledger;
    const SourceLoaded loaded = ledger
                                    .load_rows({usage_row(), usage_row({{"lineItem/LineItemType", "EdpDiscount"},
                                                                        {"lineItem/UnblendedCost", "-0.05"},
                                                                        {"pricing/publicOnDemandCost", ""}})})
                                    .value();
    const auto charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(2));
    EXPECT_THAT(charges[1], IsSupersetOf(Cells{{"ChargeCategory", "Adjustment"},
                                               {"BilledCost", "-0.05"},
                                               {"EffectiveCost", "-0.05"},
                                               {"ContractedCost", "-0.05"},
                                               {"ListCost", "0"}}));
    EXPECT_THAT(charges[1], Not(Contains(Key("ConsumedQuantity"))));
    EXPECT_THAT(by_rule(loaded), Contains(Pair("aws.discount", Pair("-0.05", "-0.05"))));
}

} // namespace
} // namespace florin::ingest::aws_cur
