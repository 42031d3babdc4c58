// AWS's FOCUS exports, with what AWS documents that they lack: FOCUS files, read as such.
#include "ingest/focus_files/mapping.hpp"
#include "ingest/inspection_test_bills.hpp"
#include "ingest/loader.hpp"
#include "ingest/source.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest {
namespace {

using testing::SizeIs;

/// The columns of AWS's export of FOCUS 1.0 (AWS, FOCUS 1.0 with AWS columns, table dictionary), with a row
/// each of usage, tax and a marketplace charge whose unit prices, SKU and publisher are not known.
constexpr std::string_view kVersion10 = R"sql(
SELECT * FROM (VALUES
  ('us-east-1a', 0.1::DOUBLE, 'Usage', 0.1::DOUBLE, 0.2::DOUBLE, 0.02::DOUBLE, 'Hours', 'SKU1', 'SKU1.T.R',
   'Amazon Web Services, Inc.', 'Amazon Web Services, Inc.', MAP {'user_team': 'web'}, MAP {'unit': 'Shop'}),
  (NULL, 0.019::DOUBLE, 'Tax', 0.019::DOUBLE, 0.019::DOUBLE, NULL, NULL, NULL, NULL,
   'Amazon Web Services, Inc.', 'Amazon Web Services, Inc.', MAP {}, MAP {}),
  (NULL, 12.3456789::DOUBLE, 'Usage', 12.3456789::DOUBLE, 12.3456789::DOUBLE, NULL, NULL, NULL, NULL,
   NULL, NULL, MAP {}, MAP {}))
AS t(AvailabilityZone, BilledCost, ChargeCategory, EffectiveCost, ListCost, ListUnitPrice, PricingUnit, SkuId,
     SkuPriceId, InvoiceIssuerName, PublisherName, Tags, x_CostCategories)
)sql";

std::string export_sql(std::string_view more) {
    return fmt::format(
        "SELECT *, BilledCost AS ContractedCost, CAST(NULL AS DOUBLE) AS ContractedUnitPrice, "
        "'111111111111' AS BillingAccountId, 'Acme' AS BillingAccountName, 'USD' AS BillingCurrency, "
        "CAST(TIMESTAMP '2024-09-01 00:00:00' AS TIMESTAMP_MS) AS BillingPeriodStart, "
        "CAST(TIMESTAMP '2024-10-01 00:00:00' AS TIMESTAMP_MS) AS BillingPeriodEnd, "
        "CAST(TIMESTAMP '2024-09-02 00:00:00' AS TIMESTAMP_MS) AS ChargePeriodStart, "
        "CAST(TIMESTAMP '2024-09-02 01:00:00' AS TIMESTAMP_MS) AS ChargePeriodEnd, "
        "CAST(NULL AS VARCHAR) AS ChargeClass, 'a charge' AS ChargeDescription, 'Usage-Based' AS ChargeFrequency, "
        "CAST(NULL AS VARCHAR) AS CommitmentDiscountCategory, CAST(NULL AS VARCHAR) AS CommitmentDiscountId, "
        "CAST(NULL AS VARCHAR) AS CommitmentDiscountName, CAST(NULL AS VARCHAR) AS CommitmentDiscountStatus, "
        "CAST(NULL AS VARCHAR) AS CommitmentDiscountType, 1.0::DOUBLE AS ConsumedQuantity, 'Hours' AS ConsumedUnit, "
        "'Standard' AS PricingCategory, 1.0::DOUBLE AS PricingQuantity, 'AWS' AS ProviderName, "
        "'us-east-1' AS RegionId, 'US East (N. Virginia)' AS RegionName, 'i-1' AS ResourceId, "
        "CAST(NULL AS VARCHAR) AS ResourceName, 'instance' AS ResourceType, 'Compute' AS ServiceCategory, "
        "'Amazon Elastic Compute Cloud' AS ServiceName, '222222222222' AS SubAccountId, 'shop' AS SubAccountName, "
        "MAP {{'edp_discount': 0.5::DOUBLE}} AS x_Discounts, 'RunInstances' AS x_Operation, "
        "'AmazonEC2' AS x_ServiceCode, 'BoxUsage' AS x_UsageType{} FROM ({})",
        more, kVersion10);
}

/// What 1.2 adds (AWS, FOCUS 1.2 with AWS columns, table dictionary).
constexpr std::string_view kMore12 =
    ", 'Payer' AS BillingAccountType, CAST(NULL AS VARCHAR) AS CapacityReservationId, "
    "CAST(NULL AS VARCHAR) AS CapacityReservationStatus, CAST(NULL AS DOUBLE) AS CommitmentDiscountQuantity, "
    "CAST(NULL AS VARCHAR) AS CommitmentDiscountUnit, 'INV1' AS InvoiceId, 'USD' AS PricingCurrency, "
    "CAST(NULL AS DOUBLE) AS PricingCurrencyContractedUnitPrice, 0.1::DOUBLE AS PricingCurrencyEffectiveCost, "
    "CAST(NULL AS DOUBLE) AS PricingCurrencyListUnitPrice, 'Virtual Machines' AS ServiceSubcategory, "
    "'Box Usage' AS SkuMeter, MAP {'InstanceType': 'm5.large'} AS SkuPriceDetails, 'Account' AS SubAccountType";

class AwsFocusExports : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(AwsFocusExports, AreReadToTheLastDigit) {
    const auto& [version, format] = GetParam();
    const TestFolder folder;
    const auto engine = engine::open_duckdb({}).value();
    const std::string sql = export_sql(version == "1.2" ? kMore12 : "");
    const base::Path path = folder.path() / ("export." + format);
    ASSERT_TRUE(engine
                    ->execute(fmt::format("COPY ({}) TO {} ({})", sql, engine::sql_text(path.string()),
                                          format == "parquet" ? "FORMAT parquet"
                                                              : "FORMAT csv, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%gZ'"))
                    .ok());
    EXPECT_FALSE(find_source(read_file_head(path).value(), built_in_sources()).has_value());

    InspectionOptions options;
    options.staging_folder = folder.path() / "staging";
    std::filesystem::create_directories(options.staging_folder);
    const auto inspection = inspect(path, options);
    ASSERT_TRUE(inspection.ok()) << inspection.error().describe();
    EXPECT_EQ(name(inspection->version), version);
    const base::Path out = folder.path() / "out";
    std::filesystem::create_directories(out);
    const auto loaded = load_focus(*engine, {*inspection}, out, {});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    ASSERT_THAT(loaded->parts, SizeIs(1));
    const auto table =
        engine
            ->query(fmt::format(
                "SELECT CAST(sum(BilledCost) AS VARCHAR), CAST(count(ListUnitPrice) AS VARCHAR), "
                "CAST(count(SkuId) AS VARCHAR), CAST(count(InvoiceIssuerName) AS VARCHAR), "
                "CAST(min(ChargePeriodEnd) AS VARCHAR), CAST(count(DISTINCT ServiceProviderName) AS VARCHAR) "
                "FROM read_parquet({})",
                engine::sql_text((out / (loaded->parts[0].stem + ".charges.parquet")).string())))
            .value();
    const std::vector<std::string> expected = {"12.464678900000000000", "1", "1", "2", "2024-09-02 01:00:00", "1"};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(std::get<std::string>(table.rows[0][i]), expected[i]);
    }
}

INSTANTIATE_TEST_SUITE_P(VersionsAndFormats, AwsFocusExports,
                         testing::Combine(testing::Values("1.0", "1.2"), testing::Values("parquet", "csv")));

} // namespace
} // namespace florin::ingest
