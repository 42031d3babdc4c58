#include "ingest/aws_cur/aws_cur.hpp"

#include "focus/focus.hpp"
#include "ingest/aws_cur/columns.hpp"
#include "ingest/aws_cur/test_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <regex>
#include <set>
#include <sstream>

namespace florin::embedded {
extern const std::string_view aws_cur_further_rows;
extern const std::string_view aws_cur_mapping;
extern const std::string_view aws_cur_services;
} // namespace florin::embedded

namespace florin::ingest::aws_cur {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

TEST(AwsColumns, NamesAreThoseOfAthenaAndCur2) {
    EXPECT_EQ(staged_name("lineItem/UnblendedCost"), "line_item_unblended_cost");
    EXPECT_EQ(staged_name("pricing/publicOnDemandCost"), "pricing_public_on_demand_cost");
    EXPECT_EQ(staged_name("savingsPlan/SavingsPlanARN"), "savings_plan_savings_plan_a_r_n");
    EXPECT_EQ(staged_name("reservation/ReservationARN"), "reservation_reservation_a_r_n");
    EXPECT_EQ(staged_name("product/servicecode"), "product_servicecode");
    EXPECT_EQ(staged_name("resourceTags/user:Cost Center"), "resource_tags/user:Cost Center");
    EXPECT_EQ(staged_name("costCategory/Unit"), "cost_category/Unit");
    EXPECT_EQ(staged_name("line_item_unblended_cost"), "line_item_unblended_cost");
}

TEST(AwsColumns, TagsAreCalledAsPeopleCalledThem) {
    const std::vector<std::string> staged = {"resource_tags/user:Team", "resource_tags/aws:createdBy",
                                             "resource_tags_user_team", "resource_tags_aws_created_by", "product"};
    EXPECT_THAT(tag_columns(staged), ElementsAre(Pair("Team", "resource_tags/user:Team"),
                                                 Pair("aws:createdBy", "resource_tags/aws:createdBy"),
                                                 Pair("team", "resource_tags_user_team"),
                                                 Pair("aws:created_by", "resource_tags_aws_created_by")));
    EXPECT_THAT(custom_columns(staged), ElementsAre(Pair("x_Product", "product")));
}

TEST(AwsRules, TheMappingNamesEachRuleAndNoOther) {
    expect_rules_named(source(), "aws",
                       std::string(embedded::aws_cur_mapping) + std::string(embedded::aws_cur_further_rows));
}

TEST(AwsRules, ThePageHasThemAll) {
    expect_rules_on_page(source(), FLORIN_SOURCE_DIR "/docs/sources/aws.md");
}

TEST(AwsRules, WhatTheMappingReadsAsNumbersIsCheckedBefore) {
    const std::string sql(embedded::aws_cur_mapping);
    const std::regex pattern(R"(florin_(?:decimal|quantity)\((\w+)\))");
    const auto numbers = number_columns();
    for (auto at = std::sregex_iterator(sql.begin(), sql.end(), pattern); at != std::sregex_iterator(); ++at) {
        EXPECT_THAT(numbers, Contains((*at)[1].str()));
    }
    // What further_rows.sql reads is named by its column in x_Custom.
    const std::string further(embedded::aws_cur_further_rows);
    std::set<std::string> known;
    for (const std::string_view column : numbers) {
        const std::vector<std::string> one = {std::string(column)};
        known.insert(custom_columns(one)[0].first);
    }
    const std::regex named(R"(florin_(?:decimal|quantity)\(x_Custom\['(\w+)'\]\))");
    int count = 0;
    for (auto at = std::sregex_iterator(further.begin(), further.end(), named); at != std::sregex_iterator(); ++at) {
        EXPECT_THAT(known, Contains((*at)[1].str()));
        ++count;
    }
    EXPECT_GT(count, 10);
}

TEST(AwsServices, EachHasOneNameAndASubcategoryOfItsCategory) {
    std::istringstream lines{std::string(embedded::aws_cur_services)};
    std::map<std::string, std::string> category_of;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#') || line.starts_with("code\t")) {
            continue;
        }
        std::istringstream cells(line);
        std::array<std::string, 4> cell;
        for (std::string& one : cell) {
            ASSERT_TRUE(std::getline(cells, one, '\t')) << line;
        }
        EXPECT_EQ(focus::parent_category(cell[3]), cell[2]) << line;
        EXPECT_EQ(category_of.try_emplace(cell[1], cell[2]).first->second, cell[2]) << line;
    }
    EXPECT_GT(category_of.size(), 100U);
}

TEST(AwsCur, RecognisesItsVersions) {
    const auto version = [](std::vector<std::string> columns, FileFormat format = FileFormat::kCsv) {
        FileHead head{.format = format, .columns = std::move(columns)};
        const auto recognised = source().recognise(head);
        return recognised ? recognised->version : "none";
    };
    EXPECT_EQ(version({"lineItem/LineItemType", "lineItem/UnblendedCost"}), "legacy");
    EXPECT_EQ(version({"line_item_line_item_type", "bill_payer_account_id"}), "2.0");
    EXPECT_EQ(version({"line_item_line_item_type", "bill_payer_account_id"}, FileFormat::kParquet),
              "legacy, as for Athena");
    EXPECT_EQ(version({"line_item_line_item_type", "bill_payer_account_id", "resource_tags"}, FileFormat::kParquet),
              "2.0");
    EXPECT_EQ(version({"lineItem/tenantId", "cost/myCost"}), "none");
    EXPECT_EQ(version({"BilledCost", "BillingAccountId"}), "none");
}

TEST(AwsCur, UsageIsACharge) {
    Ledger ledger;
    const SourceLoaded loaded = ledger
                                    .load_rows({usage_row({{"resourceTags/user:Team", "web"},
                                                           {"resourceTags/aws:createdBy", "Root:1"},
                                                           {"costCategory/Unit", "Shop \"A\""}})})
                                    .value();
    ASSERT_THAT(ledger.charges(), SizeIs(1));
    EXPECT_THAT(ledger.charges()[0], IsSupersetOf(Cells{{"BillingAccountId", "111111111111"},
                                                        {"SubAccountId", "222222222222"},
                                                        {"BillingPeriodStart", "2026-01-01 00:00:00"},
                                                        {"BillingPeriodEnd", "2026-02-01 00:00:00"},
                                                        {"ChargePeriodStart", "2026-01-02 00:00:00"},
                                                        {"ChargePeriodEnd", "2026-01-02 01:00:00"},
                                                        {"BillingCurrency", "USD"},
                                                        {"InvoiceIssuerName", "Amazon Web Services, Inc."},
                                                        {"ServiceProviderName", "AWS"},
                                                        {"HostProviderName", "AWS"},
                                                        {"ChargeCategory", "Usage"},
                                                        {"ChargeFrequency", "Usage-Based"},
                                                        {"PricingCategory", "Standard"},
                                                        {"BilledCost", "0.5"},
                                                        {"EffectiveCost", "0.5"},
                                                        {"ListCost", "0.6"},
                                                        {"ListUnitPrice", "0.6"},
                                                        {"ContractedCost", "0.5"},
                                                        {"ContractedUnitPrice", "0.5"},
                                                        {"ConsumedQuantity", "1"},
                                                        {"ConsumedUnit", "Hours"},
                                                        {"PricingQuantity", "1"},
                                                        {"PricingUnit", "Hours"},
                                                        {"ServiceName", "Amazon Elastic Compute Cloud"},
                                                        {"ServiceCategory", "Compute"},
                                                        {"ServiceSubcategory", "Virtual Machines"},
                                                        {"SkuId", "SKU1"},
                                                        {"SkuPriceId", "SKU1.TERM.RATE"},
                                                        {"SkuPriceDetails", R"({"InstanceType":"m5.large"})"},
                                                        {"RegionId", "eu-central-1"},
                                                        {"AvailabilityZone", "eu-central-1a"},
                                                        {"ResourceId", "i-0123456789abcdef0"},
                                                        {"Tags", R"({"aws:createdBy":"Root:1","Team":"web"})"}}));
    EXPECT_THAT(ledger.charges()[0].at("x_Custom"),
                AllOf(HasSubstr(R"("x_LineItemUsageType":"EUC1-BoxUsage:m5.large")"), HasSubstr("x_CostCategories"),
                      HasSubstr("Shop"), HasSubstr(R"("x_IdentityLineItemId":"line1")"),
                      Not(HasSubstr("PayerAccountId"))));
    EXPECT_THAT(ledger.charges()[0], Not(Contains(Key("ChargeClass"))));
    ASSERT_THAT(loaded.totals, SizeIs(1));
    EXPECT_EQ(loaded.totals[0].source, "0.5");
    EXPECT_THAT(by_rule(loaded), ElementsAre(Pair("", Pair("0.5", "0.5"))));
}

// FOCUS: a zero is no list price of what costs something (ListCost, when ListUnitPrice is null).
TEST(AwsCur, WithoutAListPriceListIsBilled) {
    Ledger ledger;
    ASSERT_TRUE(ledger
                    .load_rows({usage_row({{"pricing/publicOnDemandCost", "0"}, {"pricing/publicOnDemandRate", "0"}}),
                                usage_row({{"pricing/publicOnDemandCost", ""}, {"pricing/publicOnDemandRate", ""}}),
                                usage_row({{"lineItem/UnblendedCost", "0"}, {"pricing/publicOnDemandCost", "0"}})})
                    .ok());
    const auto charges = ledger.charges();
    for (const std::size_t i : {0U, 1U}) {
        EXPECT_EQ(charges[i].at("ListCost"), "0.5");
        EXPECT_THAT(charges[i], Not(Contains(Key("ListUnitPrice"))));
    }
    EXPECT_EQ(charges[2].at("ListCost"), "0");
    EXPECT_EQ(charges[2].at("ListUnitPrice"), "0.6");
}

TEST(AwsCur, CellsThatRepeatAnotherAreLeftOut) {
    Ledger ledger;
    ASSERT_TRUE(ledger
                    .load_rows({usage_row({{"lineItem/BlendedCost", "0.5"},
                                           {"lineItem/BlendedRate", "0.4"},
                                           {"product/region", "eu-central-1"},
                                           {"product/usagetype", "EUC1-BoxUsage:m5.large"},
                                           {"product/servicecode", "AmazonOther"}}),
                                usage_row({{"lineItem/LineItemType", "Tax"}})})
                    .ok());
    const auto charges = ledger.charges();
    const std::string& usage = charges[0].at("x_Custom");
    EXPECT_THAT(usage, AllOf(HasSubstr(R"("x_LineItemBlendedRate":"0.4")"),
                             HasSubstr(R"("x_ProductServicecode":"AmazonOther")"),
                             HasSubstr(R"("x_LineItemUnblendedCost":"0.5")")));
    for (const char* name : {"x_LineItemBlendedCost", "x_ProductRegion\"", "x_ProductUsagetype", "x_ProductSku",
                             "x_PricingRateCode", "x_LineItemResourceId", "x_LineItemLegalEntity"}) {
        EXPECT_THAT(usage, Not(HasSubstr(name)));
    }
    // Tax has no SKU in FOCUS: what AWS states is kept.
    EXPECT_THAT(charges[1].at("x_Custom"),
                AllOf(HasSubstr(R"("x_ProductSku":"SKU1")"), HasSubstr(R"("x_PricingRateCode":"SKU1.TERM.RATE")")));
}

TEST(AwsCur, SpotIsDynamic) {
    Ledger ledger;
    ASSERT_TRUE(ledger.load_rows({usage_row({{"lineItem/UsageType", "EUC1-SpotUsage:m5.large"}})}).ok());
    EXPECT_EQ(ledger.charges()[0].at("PricingCategory"), "Dynamic");
}

TEST(AwsCur, TaxCreditAndRefund) {
    Ledger ledger;
    ASSERT_TRUE(ledger
                    .load_rows({usage_row({{"lineItem/LineItemType", "Tax"},
                                           {"lineItem/TaxType", "VAT"},
                                           {"lineItem/UnblendedCost", "1.9"},
                                           {"pricing/publicOnDemandCost", "0"}}),
                                usage_row({{"lineItem/LineItemType", "Credit"}, {"lineItem/UnblendedCost", "-3"}}),
                                usage_row({{"lineItem/LineItemType", "Refund"}, {"lineItem/UnblendedCost", "-1"}}),
                                usage_row({{"lineItem/LineItemType", "Refund"},
                                           {"lineItem/UnblendedCost", "-2"},
                                           {"lineItem/UsageStartDate", "2025-12-02T00:00:00Z"},
                                           {"lineItem/UsageEndDate", "2025-12-03T00:00:00Z"},
                                           {"lineItem/UsageType", ""}}),
                                plan_row("Refund", "-43.8",
                                         {{"lineItem/UsageStartDate", "2026-01-02T00:00:00Z"},
                                          {"lineItem/UsageEndDate", "2026-01-05T00:00:00Z"}}),
                                usage_row({{"lineItem/LineItemType", "Fee"},
                                           {"lineItem/UnblendedCost", "12"},
                                           {"pricing/publicOnDemandCost", ""}}),
                                usage_row({{"lineItem/LineItemType", "SomethingNew"}})})
                    .ok());
    const auto charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(7));
    EXPECT_THAT(charges[0], IsSupersetOf(Cells{{"ChargeCategory", "Tax"},
                                               {"BilledCost", "1.9"},
                                               {"EffectiveCost", "1.9"},
                                               {"ListCost", "1.9"},
                                               {"ContractedCost", "1.9"}}));
    for (const char* column : {"SkuId", "SkuPriceId", "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity",
                               "PricingUnit", "PricingCategory", "ConsumedQuantity"}) {
        EXPECT_THAT(charges[0], Not(Contains(Key(column))));
    }
    EXPECT_THAT(charges[1], IsSupersetOf(Cells{{"ChargeCategory", "Credit"}, {"EffectiveCost", "-3"}}));
    EXPECT_THAT(charges[2], IsSupersetOf(Cells{{"ChargeCategory", "Adjustment"}, {"EffectiveCost", "-1"}}));
    EXPECT_THAT(charges[2], Not(Contains(Key("ChargeClass"))));
    EXPECT_THAT(charges[3], IsSupersetOf(Cells{{"ChargeCategory", "Adjustment"},
                                               {"ChargeClass", "Correction"},
                                               {"ChargePeriodStart", "2025-12-02 00:00:00"},
                                               {"BillingPeriodStart", "2026-01-01 00:00:00"}}));
    EXPECT_THAT(charges[4], IsSupersetOf(Cells{{"ChargeCategory", "Purchase"},
                                               {"BilledCost", "-43.8"},
                                               {"EffectiveCost", "0"},
                                               {"CommitmentDiscountId", kPlan}}));
    EXPECT_THAT(charges[5], IsSupersetOf(Cells{{"ChargeCategory", "Purchase"}, {"EffectiveCost", "12"}}));
    EXPECT_THAT(charges[6], IsSupersetOf(Cells{{"ChargeCategory", "Adjustment"}, {"BilledCost", "0.5"}}));
}

// FOCUS, Entity identification 3.1 and 3.4.
TEST(AwsCur, TheSellerOfTheMarketplaceIsTheProvider) {
    Ledger ledger;
    ASSERT_TRUE(ledger
                    .load_rows({usage_row({{"bill/BillingEntity", "AWS Marketplace"},
                                           {"lineItem/LegalEntity", "Acme Software"},
                                           {"lineItem/ProductCode", "abc123"},
                                           {"product/ProductName", "Acme Monitor"}}),
                                usage_row({{"bill/BillingEntity", "AWS Marketplace"},
                                           {"lineItem/LegalEntity", "Acme Software"},
                                           {"lineItem/ProductCode", "abc123"},
                                           {"product/regionCode", ""}})})
                    .ok());
    const auto charges = ledger.charges();
    EXPECT_THAT(charges[0], IsSupersetOf(Cells{{"ServiceProviderName", "Acme Software"},
                                               {"PublisherName", "Acme Software"},
                                               {"HostProviderName", "AWS"},
                                               {"InvoiceIssuerName", "Amazon Web Services, Inc."},
                                               {"ServiceName", "Acme Monitor"},
                                               {"ServiceCategory", "Other"},
                                               {"BilledCost", "0.5"}}));
    EXPECT_THAT(charges[1], Not(Contains(Key("HostProviderName"))));
}

// AWS, Understanding split cost allocation data: rows of pods repeat what the instance costs.
TEST(AwsCur, SplitCostsAreNotCountedTwice) {
    Ledger ledger;
    const SourceLoaded loaded =
        ledger
            .load_rows({usage_row(), usage_row({{"lineItem/Operation", "EKSPod-EC2"},
                                                {"lineItem/UsageType", "EUC1-EKS-EC2-vCPU-Hours"},
                                                {"lineItem/ResourceId", "arn:aws:eks:pod/c/n/p"},
                                                {"lineItem/UnblendedCost", "0"},
                                                {"pricing/publicOnDemandCost", "0.3"},
                                                {"splitLineItem/ParentResourceId", "i-0123456789abcdef0"},
                                                {"splitLineItem/SplitCost", "0.2"}})})
            .value();
    const auto charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(2));
    EXPECT_THAT(charges[1], IsSupersetOf(Cells{{"BilledCost", "0"},
                                               {"EffectiveCost", "0"},
                                               {"ListCost", "0"},
                                               {"ContractedCost", "0"},
                                               {"ResourceId", "arn:aws:eks:pod/c/n/p"}}));
    EXPECT_THAT(charges[1], Not(Contains(Key("ConsumedQuantity"))));
    EXPECT_THAT(charges[1].at("x_Custom"),
                AllOf(HasSubstr(R"("x_SplitLineItemSplitCost":"0.2")"),
                      HasSubstr(R"("x_SplitLineItemParentResourceId":"i-0123456789abcdef0")")));
    EXPECT_EQ(loaded.totals[0].source, "0.5");
    EXPECT_EQ(ledger.sum("ListCost"), "0.6");
}

TEST(AwsCur, AmountsWithExponentsAndManyDigitsAreExact) {
    Ledger ledger;
    const SourceLoaded loaded =
        ledger
            .load_rows({usage_row({{"lineItem/UnblendedCost", "1.8E-9"}}),
                        usage_row({{"lineItem/UnblendedCost", "1.2345678901234567895E-3"}}),
                        usage_row({{"lineItem/UnblendedCost", "-0.1"}, {"lineItem/UsageAmount", "-1"}})})
            .value();
    EXPECT_EQ(loaded.totals[0].source, "-0.0987654303098765432105");
    EXPECT_EQ(ledger.sum("BilledCost"), "-0.098765430309876543");
    EXPECT_EQ(loaded.totals[0].rounded_away, "-0.0000000000000000002105");
}

TEST(AwsCur, ANumberThatCannotBeReadIsNamed) {
    const Ledger ledger;
    for (const char* column : {"lineItem/UnblendedCost", "pricing/publicOnDemandCost", "reservation/EffectiveCost",
                               "savingsPlan/UsedCommitment"}) {
        const auto read =
            ledger.read({ledger.folder().write("bad.csv", csv_text({usage_row(), usage_row({{column, "oops"}})}))});
        ASSERT_FALSE(read.ok()) << column;
        EXPECT_EQ(read.error().code, "bill.unreadable_amount");
        EXPECT_EQ(read.error().place.column, column);
        EXPECT_EQ(read.error().place.row, 2U);
        EXPECT_EQ(read.error().place.cell, "oops");
    }
}

TEST(AwsCur, ParquetOfCur2HasMaps) {
    Ledger ledger;
    const base::Path path = ledger.folder().path() / "cur2.parquet";
    ASSERT_TRUE(
        ledger.engine()
            .execute(fmt::format(
                "COPY (SELECT '111111111111' AS bill_payer_account_id, 'Acme' AS bill_payer_account_name, "
                "TIMESTAMP '2026-01-01 00:00:00' AS bill_billing_period_start_date, "
                "TIMESTAMP '2026-02-01 00:00:00' AS bill_billing_period_end_date, 'AWS' AS bill_billing_entity, "
                "'Amazon Web Services, Inc.' AS bill_invoicing_entity, '222222222222' AS line_item_usage_account_id, "
                "'shop' AS line_item_usage_account_name, 'Usage' AS line_item_line_item_type, "
                "TIMESTAMP '2026-01-02 00:00:00' AS line_item_usage_start_date, "
                "TIMESTAMP '2026-01-02 01:00:00' AS line_item_usage_end_date, 'AmazonXyz' AS line_item_product_code, "
                "'USD' AS line_item_currency_code, 0.1::DOUBLE AS line_item_unblended_cost, "
                "2.0::DOUBLE AS line_item_usage_amount, 'Hrs' AS pricing_unit, 'SKU1.T.R' AS pricing_rate_code, "
                "MAP {{'product_name': 'Amazon Xyz', 'group': 'g'}} AS product, "
                "MAP {{'user_team': 'web', 'aws_created_by': 'Root', 'user_empty': ''}} AS resource_tags, "
                "MAP {{'unit': 'Shop'}} AS cost_category, MAP {{'edp_discount': 0.5::DOUBLE}} AS discount) "
                "TO {} (FORMAT parquet)",
                engine::sql_text(path.string())))
            .ok());
    ASSERT_TRUE(ledger.load({path}).ok());
    const auto charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(1));
    EXPECT_THAT(charges[0], IsSupersetOf(Cells{{"BilledCost", "0.1"},
                                               {"BillingAccountName", "Acme"},
                                               {"SubAccountName", "shop"},
                                               {"ConsumedQuantity", "2"},
                                               {"ServiceName", "Amazon Xyz"},
                                               {"SkuId", "SKU1"},
                                               {"ChargePeriodStart", "2026-01-02 00:00:00"}}));
    EXPECT_THAT(charges[0].at("Tags"), AllOf(HasSubstr(R"("team":"web")"), HasSubstr(R"("aws:created_by":"Root")"),
                                             HasSubstr(R"("empty":true)")));
    EXPECT_THAT(charges[0].at("x_Custom"), AllOf(HasSubstr("x_CostCategories"), HasSubstr("x_Discount"),
                                                 HasSubstr("x_Product"), HasSubstr("edp_discount")));
}

TEST(AwsCur, CsvOfCur2HasMapsAsJson) {
    Ledger ledger;
    Cells row;
    for (const auto& [column, cell] : usage_row()) {
        if (!column.starts_with("resourceTags/") && !column.starts_with("product/ProductName")) {
            row[staged_name(column)] = cell;
        }
    }
    row["resource_tags"] = R"({"user_team":"web"})";
    row["product"] = R"({"product_name":"Amazon EC2"})";
    row["cost_category"] = "{}";
    Cells untagged = row;
    untagged["resource_tags"] = "{}";
    ASSERT_TRUE(ledger.load({ledger.folder().write("cur2.csv", csv_text({row, untagged}))}).ok());
    EXPECT_EQ(ledger.charges()[0].at("Tags"), R"({"team":"web"})");
    EXPECT_THAT(ledger.charges()[1], Not(Contains(Key("Tags"))));
    EXPECT_THAT(ledger.charges()[0].at("x_Custom"), Not(HasSubstr("x_CostCategories")));
    EXPECT_THAT(ledger.charges()[0].at("x_Custom"), Not(HasSubstr("x_ResourceTags")));
    // Cells that are no objects are kept as they are.
    for (const char* cell : {"team=web", "[1]"}) {
        Cells unread = row;
        unread["resource_tags"] = cell;
        unread["product"] = "none";
        const auto loaded = ledger.load({ledger.folder().write("cur2.csv", csv_text({unread}))});
        ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
        EXPECT_THAT(ledger.charges()[0], Not(Contains(Key("Tags"))));
        EXPECT_THAT(ledger.charges()[0].at("x_Custom"), HasSubstr(fmt::format(R"("x_ResourceTags":"{}")", cell)));
    }
}

} // namespace
} // namespace florin::ingest::aws_cur
