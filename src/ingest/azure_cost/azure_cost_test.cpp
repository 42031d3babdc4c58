#include "ingest/azure_cost/azure_cost.hpp"

#include "focus/focus.hpp"
#include "ingest/azure_cost/columns.hpp"
#include "ingest/azure_cost/test_exports.hpp"
#include "ingest/source_test_ledger.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

namespace florin::embedded {
extern const std::string_view azure_cost_mapping;
extern const std::string_view azure_cost_services;
} // namespace florin::embedded

namespace florin::ingest::azure_cost {
namespace {

/// Rows and source amounts by rule.
std::map<std::string, std::pair<std::uint64_t, std::string>> by_rule(const SourceLoaded& loaded) {
    std::map<std::string, std::pair<std::uint64_t, money::Decimal>> sums;
    for (const ReconciledLine& line : loaded.lines) {
        auto& [rows, amount] = sums[line.rule];
        rows += line.source_rows;
        amount = amount.plus(line.source).value();
    }
    std::map<std::string, std::pair<std::uint64_t, std::string>> texts;
    for (const auto& [rule, pair] : sums) {
        texts[rule] = {pair.first, pair.second.to_string()};
    }
    return texts;
}

TEST(AzureRules, TheMappingNamesEachRuleAndNoOther) {
    expect_rules_named(source(), "azure", std::string(embedded::azure_cost_mapping));
}

TEST(AzureRules, ThePageHasThemAll) {
    expect_rules_on_page(source(), FLORIN_SOURCE_DIR "/docs/sources/azure.md");
}

TEST(AzureRules, WhatTheMappingReadsAsNumbersIsCheckedBefore) {
    expect_numbers_checked(source(), std::string(embedded::azure_cost_mapping));
}

TEST(AzureServices, EachSubcategoryIsOfItsCategory) {
    std::string_view rest = embedded::azure_cost_services;
    int lines = 0;
    while (!rest.empty()) {
        const std::string line(rest.substr(0, rest.find('\n')));
        rest.remove_prefix(line.size() + 1);
        if (line.starts_with('#') || line.starts_with("meter_category")) {
            continue;
        }
        const std::size_t first = line.find('\t');
        const std::size_t second = line.find('\t', first + 1);
        EXPECT_EQ(focus::parent_category(line.substr(second + 1)), line.substr(first + 1, second - first - 1)) << line;
        ++lines;
    }
    EXPECT_GT(lines, 100);
}

TEST(AzureColumns, HaveOneNameEach) {
    EXPECT_EQ(canonical_name("costInBillingCurrency"), "CostInBillingCurrency");
    EXPECT_EQ(canonical_name("Cost"), "CostInBillingCurrency");
    EXPECT_EQ(canonical_name("BillingCurrencyCode"), "BillingCurrency");
    EXPECT_EQ(canonical_name("benefitId"), "BenefitId");
    EXPECT_EQ(canonical_name("payGPrice"), "PayGPrice");
    EXPECT_EQ(canonical_name("costAllocationRuleName"), "CostAllocationRuleName");
}

/// Prices, quantities and costs of the first two rows and of the purchase are Microsoft's own example ("Ingest cost
/// details data", pricing scenarios, read 2026-11-24): 24 hours at 0.8 and at 0.3, 15 reservations at 120.
TEST(AzureEnterprise, ActualCostsAreBilledAndNotKnownAsEffective) {
    SourceLedger ledger(source());
    const auto loaded = ledger.load_rows("june-actual.csv", ea_actual());
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    const std::vector<Cells> rows = ledger.charges();
    ASSERT_EQ(rows.size(), 9U);

    EXPECT_EQ(ledger.sum("BilledCost"), "1760.2340564902");
    EXPECT_EQ(ledger.sum("EffectiveCost", "CommitmentDiscountCategory IS NULL OR ChargeCategory = 'Usage'"), "null");
    ASSERT_EQ(loaded->parts.size(), 2U);
    EXPECT_EQ(loaded->parts[0].role, "actual");
    EXPECT_EQ(loaded->parts[0].yields_to, "amortized");
    EXPECT_EQ(loaded->parts[0].rows, 6U);
    EXPECT_EQ(loaded->parts[1].role, "actual-purchases");
    EXPECT_EQ(loaded->parts[1].yields_to, "");
    EXPECT_EQ(loaded->parts[1].rows, 3U);
    EXPECT_EQ(loaded->parts[0].scope, loaded->parts[1].scope);

    const std::string reservation =
        "/providers/microsoft.capacity/reservationorders/o1/reservations/r1"; // BenefitId in lower case
    const std::vector<Cells> purchases = ledger.charges("CommitmentDiscountId IS NOT NULL AND ChargeCategory = "
                                                        "'Purchase' ORDER BY BilledCost DESC");
    ASSERT_EQ(purchases.size(), 3U);
    expect(purchases[0], {{"BilledCost", "1800"},
                          {"EffectiveCost", "0"}, // FOCUS 1.4: a covering purchase
                          {"ListCost", "1800"},
                          {"ContractedCost", "1800"},
                          {"ChargeClass", "(null)"},
                          {"ChargeFrequency", "One-Time"},
                          {"PricingCategory", "Standard"}, // Committed is what it covers
                          {"PricingQuantity", "15"},
                          {"ConsumedQuantity", "(null)"},
                          {"CommitmentDiscountId", reservation},
                          {"CommitmentDiscountName", "d4-reserved"},
                          {"CommitmentDiscountType", "Reservation"},
                          {"CommitmentDiscountCategory", "Usage"},
                          {"CommitmentDiscountStatus", "(null)"},
                          {"CommitmentDiscountQuantity", "(null)"},
                          {"ResourceId", reservation},
                          {"ResourceName", "d4-reserved"},
                          {"ResourceType", "Reservation"}});
    expect(purchases[1], {{"BilledCost", "11"},
                          {"EffectiveCost", "0"},
                          {"ChargeFrequency", "Recurring"},
                          {"CommitmentDiscountType", "Savings Plan"},
                          {"CommitmentDiscountCategory", "Spend"},
                          {"ServiceName", "Azure Savings Plan for Compute"}});
    expect(purchases[2], {{"BilledCost", "-120"},
                          {"EffectiveCost", "0"},
                          {"ChargeCategory", "Purchase"},
                          {"ChargeClass", "Correction"}});
    const std::vector<Cells> covered = ledger.charges("CommitmentDiscountStatus = 'Used' ORDER BY PricingQuantity");
    ASSERT_EQ(covered.size(), 2U);
    expect(covered[1], {{"BilledCost", "0"},
                        {"EffectiveCost", "(null)"},
                        {"ListCost", "24"},
                        {"ContractedCost", "19.2"},
                        {"PricingCategory", "Committed"},
                        {"CommitmentDiscountId", reservation},
                        {"CommitmentDiscountQuantity", "12"}, // 24 x RINormalizationRatio 0.5
                        {"CommitmentDiscountUnit", "Hours"}});
    EXPECT_EQ(by_rule(*loaded).at("azure.commitment-purchase"), std::pair(std::uint64_t{3}, std::string("1691")));
}

TEST(AzureEnterprise, AmortizedCostsAreEffectiveAndWhatIsCoveredIsNotBilled) {
    SourceLedger ledger(source());
    const auto loaded = ledger.load_rows("june-amortized.csv", ea_amortized());
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    ASSERT_EQ(loaded->parts.size(), 1U);
    EXPECT_EQ(loaded->parts[0].role, "amortized");
    EXPECT_EQ(loaded->parts[0].yields_to, "");
    // 19.2 + 7.2 + 5.5 + 49.99 + 0.044 + 0.0000564902 + unused 1.8 + unused 5.5; billed without 7.2, 5.5, 1.8, 5.5
    EXPECT_EQ(ledger.sum("EffectiveCost"), "89.2340564902");
    EXPECT_EQ(ledger.sum("BilledCost"), "69.2340564902");
    ASSERT_EQ(loaded->totals.size(), 1U);
    EXPECT_EQ(loaded->totals[0].source, "89.2340564902");

    const auto rules = by_rule(*loaded);
    EXPECT_EQ(rules.at("azure.unused"), std::pair(std::uint64_t{2}, std::string("7.3")));
    EXPECT_EQ(rules.at("azure.covered"), std::pair(std::uint64_t{2}, std::string("12.7")));
    EXPECT_EQ(rules.at("azure.tags-unreadable").first, 1U);
}

TEST(AzureEnterprise, UseIsAChargeOfADay) {
    SourceLedger ledger(source());
    ASSERT_TRUE(ledger.load_rows("june-amortized.csv", ea_amortized()).ok());
    const std::vector<Cells> rows = ledger.charges();
    ASSERT_EQ(rows.size(), 8U);
    expect(rows[0],
           {{"BilledCost", "19.2"},
            {"EffectiveCost", "19.2"},
            {"ListCost", "24"},
            {"ContractedCost", "19.2"},
            {"ListUnitPrice", "1"},
            {"ContractedUnitPrice", "0.8"},
            {"PricingQuantity", "24"},
            {"PricingUnit", "Hours"},
            {"ConsumedQuantity", "24"},
            {"ConsumedUnit", "Hours"},
            {"PricingCategory", "Standard"},
            {"PricingCurrency", "(null)"},
            {"BillingAccountId", "/providers/Microsoft.Billing/billingAccounts/9000001"},
            {"x_BillingAccountId", "9000001"},
            {"BillingAccountName", "Example Ltd."},
            {"BillingCurrency", "USD"},
            {"BillingPeriodStart", "2024-06-01 00:00:00"},
            {"BillingPeriodEnd", "2024-07-01 00:00:00"}, // 06/30/2024 is the last day
            {"ChargePeriodStart", "2024-06-03 00:00:00"},
            {"ChargePeriodEnd", "2024-06-04 00:00:00"},
            {"ChargeCategory", "Usage"},
            {"ChargeFrequency", "Usage-Based"},
            {"ChargeDescription", "Virtual Machines Dv3 Series - D4 v3 - US East"},
            {"SubAccountId", "11111111-aaaa"},
            {"SubAccountName", "shop-prod"},
            {"RegionId", "eastus"},
            {"RegionName", "EastUS"},
            {"ServiceName", "Virtual Machines"},
            {"ServiceCategory", "Compute"},
            {"ServiceSubcategory", "Virtual Machines"},
            {"SkuMeter", "D4 v3/D4s v3"},
            {"ResourceId",
             "/subscriptions/11111111-aaaa/resourcegroups/rg-shop/providers/microsoft.compute/virtualmachines/web1"},
            {"x_ResourceId",
             "/subscriptions/11111111-aaaa/resourceGroups/RG-Shop/providers/Microsoft.Compute/virtualMachines/Web1"},
            {"ResourceName", "web1"},
            {"ResourceType", "microsoft.compute/virtualmachines"},
            {"InvoiceIssuerName", "Microsoft"},
            {"ServiceProviderName", "Microsoft"},
            {"HostProviderName", "Microsoft"},
            {"Tags", R"({"env": "prod","team": "shop","spare":true})"},
            {"x_ResourceGroupName", "rg-shop"},
            {"x_PartNumber", "AAD-12345"},
            {"x_Tags", "(null)"},
            {"CommitmentDiscountId", "(null)"},
            {"InvoiceId", "(null)"}});
}

TEST(AzureEnterprise, WhatIsCoveredHasItsShareOfTheCommitment) {
    SourceLedger ledger(source());
    ASSERT_TRUE(ledger.load_rows("june-amortized.csv", ea_amortized()).ok());
    const std::vector<Cells> rows = ledger.charges();
    ASSERT_EQ(rows.size(), 8U);
    expect(rows[1], {{"BilledCost", "0"},
                     {"EffectiveCost", "7.2"},
                     {"ListCost", "24"},
                     {"ContractedCost", "19.2"},
                     {"CommitmentDiscountStatus", "Used"},
                     {"CommitmentDiscountQuantity", "12"}});
    // Savings plan: PayGPrice 0 is not stated; what was used of the commitment is money.
    expect(rows[2], {{"BilledCost", "0"},
                     {"EffectiveCost", "5.5"},
                     {"ListCost", "(null)"},
                     {"ListUnitPrice", "(null)"},
                     {"ContractedCost", "8"},
                     {"CommitmentDiscountCategory", "Spend"},
                     {"CommitmentDiscountQuantity", "5.5"},
                     {"CommitmentDiscountUnit", "USD"}});
}

TEST(AzureEnterprise, WhatHasNoPriceOrNoMeterIsKeptAsFarAsItIsKnown) {
    SourceLedger ledger(source());
    ASSERT_TRUE(ledger.load_rows("june-amortized.csv", ea_amortized()).ok());
    const std::vector<Cells> rows = ledger.charges();
    ASSERT_EQ(rows.size(), 8U);
    // Marketplace: no meter, no price, another publisher.
    expect(rows[3], {{"BilledCost", "49.99"},
                     {"EffectiveCost", "49.99"},
                     {"ListCost", "(null)"},
                     {"ContractedCost", "(null)"},
                     {"ChargeCategory", "Purchase"},
                     {"ServiceName", "Fabrikam"},
                     {"ServiceCategory", "Other"},
                     {"PublisherName", "Fabrikam"},
                     {"HostProviderName", "(null)"},
                     {"ServiceProviderName", "Microsoft"},
                     {"CommitmentDiscountId", "(null)"}});
    expect(rows[4], {{"ChargeCategory", "Adjustment"},
                     {"BilledCost", "0.044"},
                     {"EffectiveCost", "0.044"},
                     {"ListCost", "0.044"},
                     {"SubAccountId", "(null)"}});
    expect(rows[5], {{"PricingQuantity", "0.0129"},
                     {"PricingUnit", "10000 Units"},
                     {"ConsumedQuantity", "129"},
                     {"ConsumedUnit", "Units"},
                     {"ListCost", "0.00005676"}, // 0.0129 x 0.0044
                     {"Tags", "(null)"},
                     {"x_Tags", R"("env": "pro)"}});
}

TEST(AzureEnterprise, WhatNobodyUsedIsACharge) {
    SourceLedger ledger(source());
    ASSERT_TRUE(ledger.load_rows("june-amortized.csv", ea_amortized()).ok());
    const std::vector<Cells> rows = ledger.charges();
    ASSERT_EQ(rows.size(), 8U);
    expect(rows[6], {{"ChargeCategory", "Usage"},
                     {"CommitmentDiscountStatus", "Unused"},
                     {"BilledCost", "0"},
                     {"EffectiveCost", "1.8"},
                     {"ListCost", "0"},
                     {"ContractedCost", "0"},
                     {"PricingCategory", "Committed"},
                     {"ConsumedQuantity", "(null)"},
                     {"ConsumedUnit", "(null)"},
                     {"PricingQuantity", "(null)"},
                     {"CommitmentDiscountQuantity", "6"},
                     {"CommitmentDiscountUnit", "Hours"},
                     {"CommitmentDiscountId", "/providers/microsoft.capacity/reservationorders/o1/reservations/r1"},
                     {"ResourceId", "/providers/microsoft.capacity/reservationorders/o1/reservations/r1"}});
    expect(rows[7], {{"CommitmentDiscountStatus", "Unused"},
                     {"CommitmentDiscountType", "Savings Plan"},
                     {"EffectiveCost", "5.5"},
                     {"BilledCost", "0"},
                     {"CommitmentDiscountQuantity", "5.5"},
                     {"CommitmentDiscountUnit", "USD"},
                     {"ServiceName", "Azure Savings Plan for Compute"}});
}

/// The merge rule (convert.md): all amortized rows, and of the actual ones purchases and refunds of commitments. What
/// is billed is then the actual export's total, and what is effective the amortized one's.
TEST(AzureEnterprise, TheTwoExportsTogetherAreTheBill) {
    SourceLedger ledger(source());
    ASSERT_TRUE(ledger.load_rows("actual.csv", ea_actual()).ok());
    const auto amount = [&](std::string_view where) {
        return money::Decimal::parse(ledger.sum("BilledCost", where)).value();
    };
    const money::Decimal actual = amount("true");
    const money::Decimal purchases = amount("ChargeCategory = 'Purchase' AND CommitmentDiscountCategory IS NOT NULL");
    ASSERT_TRUE(ledger.load_rows("amortized.csv", ea_amortized()).ok());
    EXPECT_EQ(amount("true").plus(purchases).value(), actual);
}

/// Prices are in the pricing currency: 0.92 EUR a dollar (cost-usage-details-mca: paygCostInBillingCurrency is
/// PayGPrice x quantity x exchangeRatePricingToBilling).
TEST(AzureCustomerAgreement, PricesAreConvertedAndKept) {
    SourceLedger ledger(source());
    const auto loaded = ledger.load_rows("amortized.csv", mca_amortized());
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    const std::vector<Cells> rows = ledger.charges();
    ASSERT_EQ(rows.size(), 5U);
    expect(rows[0], {{"BillingAccountId",
                      "/providers/Microsoft.Billing/billingAccounts/aaaa:bbbb_2019-05-31/billingProfiles/P1"},
                     {"x_BillingAccountId", "aaaa:bbbb_2019-05-31"},
                     {"x_BillingProfileId", "P1"},
                     {"BillingAccountName", "Profile One"},
                     {"BillingAccountType", "Billing Profile"},
                     {"BillingCurrency", "EUR"},
                     {"PricingCurrency", "USD"},
                     {"InvoiceId", "G001"},
                     {"BilledCost", "8.28"}, // 10 x 0.9 x 0.92
                     {"EffectiveCost", "8.28"},
                     {"PricingCurrencyEffectiveCost", "9"},
                     {"ListCost", "9.2"},       // paygCostInBillingCurrency
                     {"ListUnitPrice", "0.92"}, // 1 x 0.92
                     {"ContractedUnitPrice", "0.828"},
                     {"ContractedCost", "8.28"},
                     {"PricingCurrencyListUnitPrice", "1"},
                     {"PricingCurrencyContractedUnitPrice", "0.9"},
                     {"PricingUnit", "GB/Month"},
                     {"SkuId", "DZH318Z0BQ4B"},
                     {"RegionName", "EU West"},
                     {"RegionId", "westeurope"},
                     {"ChargePeriodStart", "2024-06-03 00:00:00"},
                     {"ChargePeriodEnd", "2024-06-04 00:00:00"},
                     {"Tags", R"({"team":"data"})"}});
    // Reservation: neither price is stated (limitations of PayGPrice and UnitPrice).
    expect(rows[1], {{"BilledCost", "0"},
                     {"EffectiveCost", "2.76"},
                     {"ListCost", "(null)"},
                     {"ContractedCost", "(null)"},
                     {"PricingCurrencyEffectiveCost", "3"}});
    expect(rows[2], {{"ChargeCategory", "Tax"},
                     {"BilledCost", "1.9"},
                     {"EffectiveCost", "1.9"},
                     {"ListCost", "(null)"},
                     {"PricingCategory", "(null)"},
                     {"PricingQuantity", "(null)"},
                     {"SkuId", "(null)"}});
    expect(rows[3], {{"ChargeCategory", "Credit"},
                     {"BilledCost", "-5"},
                     {"EffectiveCost", "-5"},
                     {"ListCost", "-5"},
                     {"ContractedCost", "-5"},
                     {"ListUnitPrice", "(null)"}});
    // No exchange rate and another currency: never 1.
    expect(rows[4], {{"BilledCost", "4"},
                     {"ListUnitPrice", "(null)"},
                     {"ContractedCost", "(null)"},
                     {"PricingCurrencyListUnitPrice", "2"},
                     {"InvoiceIssuerName", "Tailwind Partners"}});
}

/// What was used of a plan is in the currency of the cost that states it.
TEST(AzureCustomerAgreement, ThePlansUnitIsTheCurrencyOfItsQuantity) {
    SourceLedger ledger(source());
    const Cells covered = mca_row({{"pricingModel", "SavingsPlan"}, {"benefitId", std::string(kSavingsPlan)}});
    const auto loaded = ledger.load_rows("amortized.csv", {covered, with(covered, {{"costInPricingCurrency", ""}})});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    const std::vector<Cells> rows = ledger.charges();
    ASSERT_EQ(rows.size(), 2U);
    expect(rows[0], {{"CommitmentDiscountQuantity", "9"}, {"CommitmentDiscountUnit", "USD"}});
    expect(rows[1], {{"CommitmentDiscountQuantity", "8.28"}, {"CommitmentDiscountUnit", "EUR"}});
}

/// What a refund undoes: Azure writes it as a purchase with a minus.
TEST(AzureCustomerAgreement, ActualRefundOfWhatIsNoCommitmentIsEffectiveOnlyInTheAmortizedExport) {
    SourceLedger ledger(source());
    const Cells refund = mca_row({{"chargeType", "Refund"}, {"costInBillingCurrency", "-8.28"}, {"quantity", "-10"}});
    const auto loaded = ledger.load_rows("actual.csv", {refund});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    expect(ledger.charges()[0], {{"ChargeCategory", "Purchase"},
                                 {"ChargeClass", "Correction"},
                                 {"BilledCost", "-8.28"},
                                 {"EffectiveCost", "(null)"}});
    EXPECT_EQ(by_rule(*loaded).at("azure.refund").first, 1U);
}

TEST(AzureCosts, LongDecimalsAreRoundedOnceAndAccountedFor) {
    SourceLedger ledger(source());
    const auto loaded = ledger.load_rows(
        "actual.csv", {ea_row({{"CostInBillingCurrency", "1.2345678901234567891234E-05"}})}); // 22 digits more
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_EQ(ledger.sum("BilledCost"), "0.000012345678901235");
    EXPECT_EQ(loaded->totals[0].source, "0.000012345678901234567891234");
    EXPECT_EQ(loaded->totals[0].rounded_away, "-0.000000000000000000432108766");
}

/// A commitment over its whole term, used between not at all and fully: what use and idleness cost is what was billed.
TEST(AzureCosts, OverATermEffectiveCostsAreWhatWasBilled) {
    std::mt19937_64 random(20261124);
    for (int round = 0; round < 20; ++round) {
        const int hours = 24 * (28 + static_cast<int>(random() % 4));
        const std::int64_t milli_price = 1 + static_cast<std::int64_t>(random() % 5000); // of an hour, 10^-3 USD
        int left = hours;
        std::vector<Cells> amortized;
        const Cells commitment = {{"PricingModel", "Reservation"}, {"benefitId", std::string(kReservation)}};
        const auto cost = [&](int of_hours) {
            return money::Decimal::from_units(base::int128(milli_price) * of_hours * 1'000'000'000'000'000).to_string();
        };
        for (int day = 1; day <= 28 && left > 0; ++day) {
            const int used = static_cast<int>(random() % 25);
            if (used > 0 && used <= left) {
                left -= used;
                amortized.push_back(with(ea_row(commitment), {{"Date", fmt::format("06/{:02}/2024", day)},
                                                              {"Quantity", std::to_string(used)},
                                                              {"CostInBillingCurrency", cost(used)}}));
            }
        }
        amortized.push_back(with(ea_row(commitment), {{"ChargeType", "UnusedReservation"},
                                                      {"Quantity", std::to_string(left)},
                                                      {"CostInBillingCurrency", cost(left)}}));
        const Cells purchase =
            with(ea_row(commitment),
                 {{"ChargeType", "Purchase"}, {"Quantity", "1"}, {"CostInBillingCurrency", cost(hours)}});
        SourceLedger ledger(source());
        ASSERT_TRUE(ledger.load_rows("actual.csv", {purchase}).ok());
        const std::string billed = ledger.sum("BilledCost");
        EXPECT_EQ(ledger.sum("EffectiveCost"), "0");
        ASSERT_TRUE(ledger.load_rows("amortized.csv", amortized).ok()) << "seed 20261124, round " << round;
        EXPECT_EQ(ledger.sum("EffectiveCost"), billed) << "seed 20261124, round " << round;
        EXPECT_EQ(ledger.sum("BilledCost"), "0");
        EXPECT_EQ(ledger.sum("CommitmentDiscountQuantity"), std::to_string(hours));
    }
}

TEST(AzureRealExport, KeepsItsTotal) {
    const char* shared = std::getenv("FLORIN_SHARED_DATA");
    const base::Path path =
        base::Path(shared == nullptr ? FLORIN_SOURCE_DIR "/../shared/data" : shared) / "azure-ea" / "ea_actual.csv";
    if (!std::filesystem::exists(path)) {
        GTEST_SKIP() << "no shared data";
    }
    SourceLedger ledger(source());
    const auto loaded = ledger.load({path});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_EQ(ledger.sum("BilledCost"), "1.26136926505726");
    EXPECT_EQ(ledger.sum("EffectiveCost"), "null");
    EXPECT_EQ(ledger.charges().size(), 27U);
    // Operations are counted whole: 0.0129 of 10K are 129.
    EXPECT_EQ(ledger.sum("ConsumedQuantity", "PricingUnit = '10000 Units'"), "8388");
}

} // namespace
} // namespace florin::ingest::azure_cost
