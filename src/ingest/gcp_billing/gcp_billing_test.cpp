#include "ingest/gcp_billing/gcp_billing.hpp"

#include "ingest/gcp_billing/test_rows.hpp"

#include <gmock/gmock.h>

namespace florin::embedded {
extern const std::string_view gcp_billing_mapping;
} // namespace florin::embedded

namespace florin::ingest::gcp_billing {
namespace {

TEST(GcpRules, TheMappingNamesEachRuleAndNoOther) {
    expect_rules_named(source(), "gcp", std::string(embedded::gcp_billing_mapping));
}

TEST(GcpRules, ThePageHasThemAll) {
    expect_rules_on_page(source(), FLORIN_SOURCE_DIR "/docs/sources/google-cloud.md");
}

TEST(GcpRules, WhatTheMappingReadsAsNumbersIsCheckedBefore) {
    expect_numbers_checked(source(), std::string(embedded::gcp_billing_mapping));
}

/// cost is before credits; those that are a lower price belong to the row (Detailed usage cost data, credits.type).
TEST(GcpBilling, UseIsBilledWithTheCreditsThatLowerItsPrice) {
    SourceLedger ledger(source());
    const auto loaded = ledger.load_rows(
        "day.csv", {with(usage(), {{"credits", R"([{"type":"SUSTAINED_USAGE_DISCOUNT","amount":-0.05,"name":"SUD"},)"
                                               R"({"type":"RESELLER_MARGIN","amount":-0.01,"name":"margin"}])"},
                                   {"tags", R"([{"key":"team","value":"other"},{"key":"env","value":""}])"},
                                   {"project.labels", R"([{"key":"cc","value":"1"}])"},
                                   {"transaction_type", "GOOGLE"}})});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_EQ(loaded->totals[0].source, "0.44");
    const std::vector<Cells> rows = ledger.charges();
    ASSERT_EQ(rows.size(), 1U);
    expect(rows[0], {{"BillingAccountId", "0A-1B"},
                     {"SubAccountId", "shop"},
                     {"SubAccountName", "Shop"},
                     {"BillingPeriodStart", "2025-03-01 00:00:00"},
                     {"BillingPeriodEnd", "2025-04-01 00:00:00"},
                     {"ChargePeriodStart", "2025-03-04 10:00:00"},
                     {"ChargePeriodEnd", "2025-03-04 11:00:00"},
                     {"ChargeCategory", "Usage"},
                     {"ChargeFrequency", "Usage-Based"},
                     {"BilledCost", "0.44"},
                     {"EffectiveCost", "0.44"},
                     {"ContractedCost", "0.5"},
                     {"ListCost", "0.6"},
                     {"ListUnitPrice", "0.06"},
                     {"ContractedUnitPrice", "0.05"},
                     {"PricingQuantity", "10"},
                     {"PricingUnit", "hour"},
                     {"ConsumedQuantity", "36000"},
                     {"ConsumedUnit", "seconds"},
                     {"PricingCategory", "Standard"},
                     {"CommitmentDiscountId", "(null)"},
                     {"ServiceName", "Compute Engine"},
                     {"ServiceCategory", "Compute"},
                     {"SkuId", "2D1F"},
                     {"RegionId", "europe-west4"},
                     {"AvailabilityZone", "europe-west4-a"},
                     {"ResourceId", "//compute/vm-1"},
                     {"ResourceName", "vm-1"},
                     {"Tags", R"({"team":"web","env":true})"},
                     {"x_ProjectLabels", R"([{"key":"cc","value":"1"}])"},
                     {"x_ExportTime", "2025-03-04 14:00:00.5 UTC"},
                     {"x_Labels", "(null)"}});
}

TEST(GcpBilling, PromotionsFreeTierAndUnknownCreditsAreChargesOfTheirOwn) {
    for (const std::string type : {"PROMOTION", "FREE_TIER", "SOMETHING_NEW"}) {
        SourceLedger ledger(source());
        const auto loaded =
            ledger.load_rows("day.csv", {with(usage(), {{"credits", credit(type, "-0.125", "Trial")}})});
        ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
        const std::vector<Cells> rows = ledger.charges();
        ASSERT_EQ(rows.size(), 2U);
        expect(ledger.charges("ChargeCategory = 'Usage'").at(0), {{"BilledCost", "0.5"}, {"EffectiveCost", "0.5"}});
        expect(ledger.charges("ChargeCategory = 'Credit'").at(0), {{"BilledCost", "-0.125"},
                                                                   {"EffectiveCost", "-0.125"},
                                                                   {"ChargeDescription", "Trial"},
                                                                   {"ChargeFrequency", "One-Time"},
                                                                   {"PricingQuantity", "(null)"},
                                                                   {"PricingCategory", "(null)"},
                                                                   {"SubAccountId", "shop"},
                                                                   {"Tags", R"({"team":"web"})"},
                                                                   {"x_CreditType", type}});
    }
}

TEST(GcpBilling, TaxAdjustmentAndRoundingAreWhatTheirTypeSays) {
    SourceLedger ledger(source());
    const auto loaded = ledger.load_rows(
        "day.csv", {with(usage(), {{"cost_type", "tax"}, {"cost", "7"}}),
                    with(usage(), {{"cost_type", "adjustment"},
                                   {"cost", "-3"},
                                   {"usage_start_time", "2025-02-01 00:00:00 UTC"},
                                   {"usage_end_time", "2025-03-01 00:00:00 UTC"},
                                   {"adjustment_info.mode", "PARTIAL_CORRECTION"}}),
                    with(usage(), {{"cost_type", "rounding_error"}, {"cost", "-0.002"}, {"project.id", ""}}),
                    with(usage(), {{"transaction_type", "THIRD_PARTY_RESELLER"}, {"seller_name", "Kestrel GmbH"}})});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_EQ(loaded->totals[0].source, "4.498");
    expect(ledger.charges("BilledCost = 7").at(0), {{"ChargeCategory", "Tax"}, {"ChargeClass", "(null)"}});
    expect(ledger.charges("BilledCost = -3").at(0), {{"ChargeCategory", "Adjustment"},
                                                     {"ChargeClass", "Correction"},
                                                     {"BillingPeriodStart", "2025-03-01 00:00:00"},
                                                     {"x_AdjustmentInfoMode", "PARTIAL_CORRECTION"}});
    expect(ledger.charges("BilledCost = -0.002").at(0),
           {{"ChargeCategory", "Adjustment"}, {"SubAccountId", "(null)"}, {"PricingQuantity", "(null)"}});
    expect(
        ledger.charges("BilledCost = 0.5").at(0),
        {{"ServiceProviderName", "Kestrel GmbH"}, {"InvoiceIssuerName", "Google Cloud"}, {"ChargeCategory", "Usage"}});
}

/// The invoice month is that of the Pacific time zone: the first seven hours of April in UTC are still March's.
TEST(GcpBilling, TheInvoiceMonthIsTheBillingPeriod) {
    SourceLedger ledger(source());
    const Cells late =
        with(usage(), {{"usage_start_time", "2025-04-01 06:00:00 UTC"}, {"usage_end_time", "2025-04-01 07:00:00 UTC"}});
    ASSERT_TRUE(ledger.load_rows("day.csv", {late, with(late, {{"invoice.month", ""}, {"cost", "2"}})}).ok());
    EXPECT_EQ(ledger.sum("BilledCost", "BillingPeriodStart = TIMESTAMP '2025-03-01'"), "0.5");
    EXPECT_EQ(ledger.sum("BilledCost", "BillingPeriodStart = TIMESTAMP '2025-04-01'"), "2");
}

TEST(GcpBilling, AnInvoiceMonthThatIsNoneIsNamed) {
    SourceLedger ledger(source());
    for (const char* cell : {"202513", "2025-3", "march"}) {
        const auto loaded = ledger.load_rows("day.csv", {usage(), with(usage(), {{"invoice.month", cell}})});
        ASSERT_FALSE(loaded.ok()) << cell;
        EXPECT_EQ(loaded.error().code, "bill.unreadable_instant");
        EXPECT_EQ(loaded.error().place.column, "invoice.month");
        EXPECT_EQ(loaded.error().place.cell, cell);
        EXPECT_TRUE(loaded.error().place.file.ends_with("day.csv"));
    }
}

TEST(GcpBilling, APriceThatCannotBeReadIsNamed) {
    SourceLedger ledger(source());
    for (const char* column : {"price.list_price", "price.effective_price", "price.effective_price_default"}) {
        const auto loaded = ledger.load_rows("day.csv", {with(usage(), {{column, "oops"}})});
        ASSERT_FALSE(loaded.ok()) << column;
        EXPECT_EQ(loaded.error().code, "bill.unreadable_amount");
        EXPECT_EQ(loaded.error().place.column, column);
    }
}

constexpr std::string_view kLine =
    R"({"billing_account_id":"0A-1B","service":{"description":"Cloud Run"},"sku":{"id":"S","description":"CPU"},)"
    R"("usage_start_time":"2025-03-04 10:00:00 UTC","usage_end_time":"2025-03-04 11:00:00 UTC",)"
    R"("project":{"id":"shop","ancestors":[{"resource_name":"folders/1","display_name":"x"}]},)"
    R"("labels":[{"key":"team","value":"we\"b"}],"location":{"location":"europe-west4","region":"europe-west4"},)"
    R"("export_time":"2025-03-04 14:00:00 UTC","cost":0.1234567890123456789,"currency":"EUR",)"
    R"("credits":[{"name":"a \"amount\":5","amount":-0.1034567890123456789,"type":"FREE_TIER"}],)"
    R"("invoice":{"month":"202503"},"cost_type":"regular"})";

TEST(GcpBilling, JsonLinesAreReadToTheLastDigit) {
    SourceLedger ledger(source());
    const base::Path path = ledger.folder().write("day.jsonl", std::string(kLine) + "\n");
    const auto loaded = ledger.load({path});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_EQ(loaded->totals[0].source, "0.02");
    // 19 decimals, rounded half even to 18 each.
    EXPECT_EQ(ledger.sum("BilledCost", "ChargeCategory = 'Usage'"), "0.123456789012345679");
    EXPECT_EQ(ledger.sum("BilledCost", "ChargeCategory = 'Credit'"), "-0.103456789012345679");
    expect(ledger.charges("ChargeCategory = 'Usage'").at(0),
           {{"Tags", R"({"team":"we\"b"})"},
            {"BillingCurrency", "EUR"},
            {"x_ProjectAncestors", R"([{"resource_name":"folders/1","display_name":"x"}])"},
            {"x_LocationLocation", "europe-west4"}});
}

TEST(GcpBilling, ParquetIsReadLikeJsonLines) {
    SourceLedger ledger(source());
    const base::Path path = ledger.folder().path() / "day.parquet";
    const auto engine = engine::open_duckdb({}).value();
    const auto written = engine->execute(
        "COPY (SELECT '0A-1B' AS billing_account_id, {'id': 'a', 'description': 'Cloud Run'} AS service, {'id': 'S', "
        "'description': 'CPU'} AS sku, TIMESTAMPTZ '2025-03-04 10:00:00+00' AS usage_start_time, TIMESTAMPTZ "
        "'2025-03-04 11:00:00+00' AS usage_end_time, {'id': 'shop'} AS project, [{'key': 'team', 'value': 'web'}] AS "
        "labels, TIMESTAMPTZ '2025-03-04 14:00:00+00' AS export_time, CAST(1.1 AS DOUBLE) AS cost, 'EUR' AS currency, "
        "[{'name': 'promo', 'amount': CAST(-0.3 AS DOUBLE), 'type': 'PROMOTION'}] AS credits, {'month': '202503'} AS "
        "invoice, 'regular' AS cost_type) TO " +
        engine::sql_text(path.string()) + " (FORMAT parquet)");
    ASSERT_TRUE(written.ok()) << written.error().describe();
    const auto loaded = ledger.load({path});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_EQ(loaded->totals[0].source, "0.8");
    EXPECT_EQ(ledger.sum("BilledCost", "ChargeCategory = 'Credit'"), "-0.3");
    expect(ledger.charges("ChargeCategory = 'Usage'").at(0),
           {{"Tags", R"({"team":"web"})"}, {"ServiceName", "Cloud Run"}, {"ChargePeriodStart", "2025-03-04 10:00:00"}});
}

TEST(GcpBilling, EachFileIsADeliveryAsOfItsLastExport) {
    SourceLedger ledger(source());
    const std::vector<base::Path> paths = {
        ledger.folder().write("a.csv",
                              csv_text({usage(), with(usage(), {{"export_time", "2025-03-05 01:00:00 UTC"}})})),
        ledger.folder().write("b.csv", csv_text({usage()}))};
    std::vector<SourceFile> files;
    for (const base::Path& path : paths) {
        FileHead head = read_file_head(path).value();
        Survey read = survey(head, source().survey_rules(head), {.staging_folder = ledger.folder().path()}).value();
        files.push_back({std::move(head), {.version = "detailed"}, std::move(read), {}});
    }
    const std::vector<FileGroup> groups = source().group(files, {}).value();
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(period::to_string(groups[0].ordered_at.value()), "2025-03-05T01:00:00Z");
    EXPECT_EQ(period::to_string(groups[1].ordered_at.value()), "2025-03-04T14:00:00.500000Z");
}

TEST(GcpBilling, StandardAndDetailedExportsAreRecognised) {
    FileHead head;
    head.columns = {"billing_account_id", "usage_start_time", "sku.id", "cost"};
    EXPECT_EQ(source().recognise(head).value().version, "standard");
    head.columns.emplace_back("resource.name");
    EXPECT_EQ(source().recognise(head).value().version, "detailed");
    head.columns = {"BillingAccountId", "usage_start_time", "cost"};
    EXPECT_FALSE(source().recognise(head).has_value());
}

TEST(GcpBilling, WhatIsNotExportedIsNotKnown) {
    SourceLedger ledger(source());
    const Cells bare = {{"billing_account_id", "0A-1B"},
                        {"sku.id", "S"},
                        {"cost", "1.5"},
                        {"currency", "USD"},
                        {"usage.amount", "3"},
                        {"usage.unit", "count"},
                        {"usage_start_time", "2025-03-04 10:00:00 UTC"}};
    const auto loaded = ledger.load_rows("day.csv", {bare});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    expect(ledger.charges("BilledCost = 1.5").at(0), {{"EffectiveCost", "1.5"},
                                                      {"ListCost", "(null)"},
                                                      {"ServiceName", "Other"},
                                                      {"ConsumedQuantity", "3"},
                                                      {"Tags", "(null)"},
                                                      {"BillingPeriodStart", "2025-03-01 00:00:00"},
                                                      {"ChargePeriodEnd", "2025-03-04 10:00:00"}});
    const auto without = ledger.load_rows("day.csv", {with(bare, {{"cost", ""}})});
    EXPECT_EQ(without.error().code, "bill.missing_value");
    EXPECT_EQ(without.error().place.column, "cost");
}

/// Names of the file's columns are none of the mapping's own: usage_end is one that it works with.
TEST(GcpBilling, ColumnsThatNobodyKnowsAreKept) {
    SourceLedger ledger(source());
    const auto loaded =
        ledger.load_rows("day.csv", {with(usage(), {{"usage_end", "x"}, {"kind", "y"}, {"new.part", "z"}})});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    expect(ledger.charges().at(0), {{"x_UsageEnd", "x"}, {"x_Kind", "y"}, {"x_NewPart", "z"}});
}

/// A month of 40 TiB is more byte-seconds than money has digits, and a quantity holds them.
TEST(GcpBilling, UsageMayBeOfManyDigits) {
    SourceLedger ledger(source());
    const auto loaded = ledger.load_rows(
        "day.csv", {with(usage(), {{"usage.amount", "121364478715301462016"}}),
                    with(usage(), {{"usage.amount", "1e30"}, {"cost", "1"}, {"usage.unit", "byte-seconds"}})});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_EQ(ledger.charges("BilledCost = 0.5").at(0).at("ConsumedQuantity"), "121364478715301462016");
    expect(ledger.charges("BilledCost = 1").at(0), {{"ConsumedQuantity", "(null)"},
                                                    {"ConsumedUnit", "(null)"},
                                                    {"x_UsageAmount", "1e30"},
                                                    {"x_UsageUnit", "byte-seconds"}});
}

TEST(GcpServices, CategoriesAreThoseOfFocus) {
    SourceLedger ledger(source());
    ASSERT_TRUE(ledger
                    .load_rows("day.csv", {with(usage(), {{"service.description", "Not Listed"}}),
                                           with(usage(), {{"service.description", "BigQuery"}})})
                    .ok());
    EXPECT_EQ(ledger.charges("ServiceName = 'Not Listed'").at(0).at("ServiceCategory"), "Other");
    EXPECT_EQ(ledger.charges("ServiceName = 'BigQuery'").at(0).at("ServiceCategory"), "Analytics");
}

} // namespace
} // namespace florin::ingest::gcp_billing
