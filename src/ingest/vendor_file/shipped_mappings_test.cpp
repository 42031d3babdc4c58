// The mappings of docs/sources/mappings, on rows as the vendors' documents show them, and the page's table of
// functions.
#include "ingest/source_test_ledger.hpp"
#include "ingest/vendor_file/expression_sql.hpp"
#include "ingest/vendor_file/sources_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

namespace florin::ingest::vendor_file {
namespace {

using testing::SizeIs;

/// One of the mappings, beside the tables it wants.
class Shipped {
public:
    Shipped(const std::string& name, std::string_view table_name = {}, std::string_view table = {}) {
        folder_.write(name + ".yaml",
                      read_all(base::Path(FLORIN_SOURCE_DIR) / "docs/sources/mappings" / (name + ".yaml")));
        if (!table_name.empty()) {
            folder_.write(table_name, table);
        }
        found_ = read_sources_folder(folder_.path()).value();
    }
    const Source& source() const { return *found_.vendors.at(0); }

private:
    TestFolder folder_;
    SourcesFolder found_;
};

/// From platform.claude.com, "Get Messages Usage Report": a bucket's times and one of its results.
TEST(ShippedMappings, AnthropicUsage) {
    const Shipped shipped("anthropic-usage", "anthropic-prices.csv",
                          "model,kind,usd\nmodel-a,input,3\nmodel-a,cache write 5m,3.75\nmodel-a,cache write 1h,6\n"
                          "model-a,cache read,0.3\nmodel-a,output,15\n");
    SourceLedger ledger(shipped.source());
    const base::Path file = ledger.folder().write(
        "anthropic-usage-2025-08.jsonl",
        R"({"starting_at":"2025-08-01T00:00:00Z","ending_at":"2025-08-02T00:00:00Z","uncached_input_tokens":1500,)"
        R"("cache_creation":{"ephemeral_1h_input_tokens":1000,"ephemeral_5m_input_tokens":500},)"
        R"("cache_read_input_tokens":200,"output_tokens":500,"server_tool_use":{"web_search_requests":10},)"
        R"("api_key_id":null,"workspace_id":null,"model":"model-a","service_tier":"standard",)"
        R"("context_window":"0-200k"})"
        "\n");
    const SourceLoaded loaded = ledger.load({file}).value();
    // 1500 x 3 + 500 x 3.75 + 1000 x 6 + 200 x 0.3 + 500 x 15 = 19935 millionths of a dollar
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "0.019935");
    const std::vector<Cells> charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(5));
    expect(charges[2], {{"ChargeDescription", "model-a cache write 1h tokens"},
                        {"BilledCost", "0.006"},
                        {"ConsumedQuantity", "1000"},
                        {"PricingQuantity", "0.001"},
                        {"ContractedUnitPrice", "6"},
                        {"SubAccountId", "default"},
                        {"ServiceCategory", "AI and Machine Learning"},
                        {"ChargePeriodEnd", "2025-08-02 00:00:00"},
                        {"x_ServerToolUseWebSearchRequests", "10"}});
}

/// From the example of OpenAI's OpenAPI description: a bucket's times and one of its results.
TEST(ShippedMappings, OpenAiCosts) {
    const Shipped shipped("openai-costs");
    SourceLedger ledger(shipped.source());
    const base::Path file =
        ledger.folder().write("openai-costs-2024-11.jsonl",
                              R"({"start_time":1730419200,"end_time":1730505600,"object":"organization.costs.result",)"
                              R"("amount":{"value":0.06,"currency":"usd"},"line_item":null,"project_id":null})"
                              "\n");
    const SourceLoaded loaded = ledger.load({file}).value();
    EXPECT_EQ(loaded.totals.at(0).currency, "USD");
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "0.06");
    expect(ledger.charges().at(0), {{"ChargePeriodStart", "2024-11-01 00:00:00"},
                                    {"ChargePeriodEnd", "2024-11-02 00:00:00"},
                                    {"SkuId", "(null)"}});
}

/// Fields as docs.github.com, "Billing reports reference", lists them.
TEST(ShippedMappings, GitHubUsage) {
    const Shipped shipped("github-usage");
    SourceLedger ledger(shipped.source());
    const SourceLoaded loaded = ledger
                                    .load_rows("report.csv", {{{"date", "2026-11-03"},
                                                               {"product", "copilot"},
                                                               {"sku", "copilot_for_business"},
                                                               {"quantity", "0.0333333333"},
                                                               {"unit_type", "user-months"},
                                                               {"applied_cost_per_quantity", "19"},
                                                               {"gross_amount", "0.6333333327"},
                                                               {"discount_amount", "0.1"},
                                                               {"net_amount", "0.5333333327"},
                                                               {"organization", "shop"},
                                                               {"cost_center_name", "research"}}})
                                    .value();
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "0.5333333327");
    expect(ledger.charges().at(0), {{"ListCost", "0.6333333327"},
                                    {"EffectiveCost", "0.5333333327"},
                                    {"ChargePeriodEnd", "2026-11-04 00:00:00"},
                                    {"SubAccountId", "shop"},
                                    {"ConsumedUnit", "user-months"},
                                    {"Tags", R"({"cost_center":"research"})"},
                                    {"x_DiscountAmount", "0.1"}});
}

/// Columns as docs.snowflake.com, "USAGE_IN_CURRENCY_DAILY view", lists them.
TEST(ShippedMappings, SnowflakeUsage) {
    const Shipped shipped("snowflake-usage");
    SourceLedger ledger(shipped.source());
    const Cells row = {{"ORGANIZATION_NAME", "ORG"},
                       {"CONTRACT_NUMBER", "1"},
                       {"ACCOUNT_NAME", "PROD"},
                       {"ACCOUNT_LOCATOR", "AB123"},
                       {"REGION", "AWS_EU_CENTRAL_1"},
                       {"SERVICE_LEVEL", "Enterprise"},
                       {"USAGE_DATE", "2026-11-03"},
                       {"USAGE_TYPE", "compute"},
                       {"USAGE", "12.345"},
                       {"CURRENCY", "EUR"},
                       {"USAGE_IN_CURRENCY", "37.04"},
                       {"BALANCE_SOURCE", "capacity"},
                       {"BILLING_TYPE", "consumption"},
                       {"RATING_TYPE", "compute"},
                       {"SERVICE_TYPE", "WAREHOUSE_METERING"},
                       {"IS_ADJUSTMENT", "false"}};
    const SourceLoaded loaded =
        ledger
            .load_rows("usage.csv", {row, with(row, {{"IS_ADJUSTMENT", "TRUE"}, {"USAGE_IN_CURRENCY", "-1.04"}}),
                                     with(row, {{"BILLING_TYPE", "rebate"}, {"USAGE_IN_CURRENCY", "-2"}})})
            .value();
    EXPECT_EQ(loaded.totals.at(0).currency, "EUR");
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "34");
    expect(ledger.charges().at(0), {{"ConsumedQuantity", "12.345"},
                                    {"ConsumedUnit", "Credits"},
                                    {"SubAccountName", "PROD"},
                                    {"x_BALANCESOURCE", "capacity"}});
    EXPECT_EQ(ledger.sum("BilledCost", "ChargeCategory = 'Adjustment'"), "-1.04");
    EXPECT_EQ(ledger.sum("BilledCost", "ChargeCategory = 'Credit'"), "-2");
}

TEST(VendorPage, HasTheFunctions) {
    constexpr std::string_view kBegin = "<!-- functions -->\n";
    constexpr std::string_view kEnd = "<!-- end of functions -->";
    const base::Path page = FLORIN_SOURCE_DIR "/docs/sources/vendors.md";
    std::string table = "| function | gives |\n|---|---|\n";
    for (const ExpressionFunction& function : expression_functions()) {
        table += fmt::format("| `{}` | {} |\n", function.call, function.what);
    }
    std::string text = read_all(page);
    const std::size_t begin = text.find(kBegin) + kBegin.size();
    const std::size_t end = text.find(kEnd);
    ASSERT_LT(begin - 1, end);
    if (std::getenv("FLORIN_UPDATE") != nullptr) {
        text.replace(begin, end - begin, table);
        std::ofstream(page, std::ios::binary) << text;
        return;
    }
    EXPECT_EQ(text.substr(begin, end - begin), table) << "FLORIN_UPDATE=1 writes it";
}

} // namespace
} // namespace florin::ingest::vendor_file
