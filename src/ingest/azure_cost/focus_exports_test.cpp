// Azure's FOCUS exports, with the defects that Microsoft documents: FOCUS files, read as such.
#include "ingest/inspection_test_bills.hpp"
#include "ingest/loader.hpp"
#include "ingest/source.hpp"
#include "ingest/source_test_ledger.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest::azure_cost {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kCommitment = "/providers/Microsoft.Capacity/reservationOrders/o1";

/// A charge of Azure's export of FOCUS 1.0.
Cells focus_row(const Cells& changes = {}) {
    const Cells row = {{"BilledCost", "10"},
                       {"EffectiveCost", "10"},
                       {"ListCost", "12"},
                       {"ContractedCost", "10"},
                       {"BillingAccountId", "/providers/Microsoft.Billing/billingAccounts/9000001"},
                       {"BillingAccountName", "Example Ltd."},
                       {"BillingCurrency", "USD"},
                       {"BillingPeriodStart", "2024-06-01T00:00:00Z"},
                       {"BillingPeriodEnd", "2024-07-01T00:00:00Z"},
                       {"ChargePeriodStart", "2024-06-03T00:00Z"}, // 1.0 leaves the seconds out, 1.0r2 does not
                       {"ChargePeriodEnd", "2024-06-04T00:00Z"},
                       {"ChargeCategory", "Usage"},
                       {"ChargeClass", ""},
                       {"ChargeDescription", "D4 v3"},
                       {"ChargeFrequency", "Usage-Based"},
                       {"CommitmentDiscountId", ""},
                       {"CommitmentDiscountStatus", ""},
                       {"InvoiceIssuerName", "Microsoft"},
                       {"PricingCategory", "Standard"},
                       {"PricingQuantity", "10"},
                       {"PricingUnit", "Hours"},
                       {"ProviderName", "Microsoft"},
                       {"PublisherName", "Microsoft"},
                       {"ServiceCategory", "Compute"},
                       {"ServiceName", "Virtual Machines"},
                       {"x_SkuMeterId", "m1"}};
    return with(row, changes);
}

/// A bill read twice, and what the ledger has of it: the costs and the pricing category of each row.
struct Read {
    std::vector<std::string> findings; ///< `rule column rows`
    std::vector<std::string> rows;     ///< `billed effective list contracted pricing category`
    std::array<std::string, 4> sums;
};
Read read(const std::vector<Cells>& rows) {
    const TestFolder folder;
    InspectionOptions options;
    options.staging_folder = folder.path() / "staging";
    std::filesystem::create_directories(options.staging_folder);
    Read out;
    const Inspection inspection = inspect(folder.write("export.csv", csv_text(rows)), options).value();
    for (const Finding& finding : inspection.findings) {
        if (finding.rule.starts_with("azure-")) {
            out.findings.push_back(fmt::format("{} {} {}", finding.rule, finding.column, finding.rows));
        }
    }
    const auto engine = engine::open_duckdb({}).value();
    const base::Path place = folder.path() / "out";
    std::filesystem::create_directories(place);
    const Loaded loaded = load_focus(*engine, {inspection}, place, {}).value();
    for (std::size_t i = 0; i < out.sums.size(); ++i) {
        money::DecimalSum sum;
        for (const ReconciledGroup& group : loaded.reconciliation) {
            sum.add(group.lake[i]);
        }
        out.sums[i] = sum.total().value().to_string();
    }
    const std::string cost = "coalesce(rtrim(rtrim(CAST({0} AS VARCHAR), '0'), '.'), '-')";
    const std::string table = engine::sql_text((place / (loaded.parts.front().stem + ".charges.parquet")).string());
    const engine::Table charges =
        engine
            ->query(fmt::format(
                "SELECT concat_ws(' ', {}, {}, {}, {}, PricingCategory) FROM read_parquet({})",
                fmt::format(fmt::runtime(cost), "BilledCost"), fmt::format(fmt::runtime(cost), "EffectiveCost"),
                fmt::format(fmt::runtime(cost), "ListCost"), fmt::format(fmt::runtime(cost), "ContractedCost"), table))
            .value();
    for (const auto& row : charges.rows) {
        out.rows.push_back(std::get<std::string>(row[0]));
    }
    return out;
}

TEST(AzureFocusExports, AreNoCostDetails) {
    const TestFolder folder;
    const FileHead head = read_file_head(folder.write("export.csv", csv_text({focus_row()}))).value();
    EXPECT_FALSE(find_source(head, built_in_sources()).has_value());
}

TEST(AzureFocusExports, ASoundOneIsLeftAlone) {
    const Read found = read({focus_row(),
                             focus_row({{"PricingCategory", "Committed"},
                                        {"CommitmentDiscountId", std::string(kCommitment)},
                                        {"CommitmentDiscountStatus", "Unused"},
                                        {"BilledCost", "0"},
                                        {"ListCost", "0"},
                                        {"ContractedCost", "0"}}),
                             focus_row({{"ChargeCategory", "Purchase"},
                                        {"ChargeFrequency", "One-Time"},
                                        {"CommitmentDiscountId", std::string(kCommitment)},
                                        {"EffectiveCost", "0"}})});
    EXPECT_THAT(found.findings, IsEmpty());
    EXPECT_THAT(found.rows, ElementsAre("10 10 12 10 Standard", "0 10 0 0 Committed", "10 0 12 10 Standard"));
}

/// Microsoft, FinOps toolkit: InvalidEffectiveCost, PricingCategoryShouldBeCommitted, MissingListCost,
/// MissingContractedCost (read 2026-11-24).
TEST(AzureFocusExports, KnownDefectsAreMendedByName) {
    const Read found = read({
        focus_row(),
        // a purchase that is spread and counted
        focus_row({{"ChargeCategory", "Purchase"},
                   {"ChargeFrequency", "Recurring"},
                   {"CommitmentDiscountId", std::string(kCommitment)},
                   {"BilledCost", "11"},
                   {"EffectiveCost", "11"},
                   {"ListCost", "0"},
                   {"ContractedCost", "0"}}),
        // use of a reservation: neither cost is known, and it is called Standard
        focus_row({{"CommitmentDiscountId", std::string(kCommitment)},
                   {"CommitmentDiscountStatus", "Used"},
                   {"BilledCost", "0"},
                   {"EffectiveCost", "7.2"},
                   {"ListCost", "0.00"},
                   {"ContractedCost", "0"}}),
        // the Marketplace
        focus_row({{"ChargeCategory", "Purchase"},
                   {"ChargeFrequency", "Recurring"},
                   {"BilledCost", "49.99"},
                   {"EffectiveCost", "49.99"},
                   {"ListCost", "0"},
                   {"ContractedCost", "49.99"}}),
        // what is free is free
        focus_row({{"BilledCost", "0"}, {"EffectiveCost", "0"}, {"ListCost", "0"}, {"ContractedCost", "0"}}),
    });
    EXPECT_THAT(found.findings,
                ElementsAre("azure-committed-pricing PricingCategory 1", "azure-purchase-effective EffectiveCost 1",
                            "azure-zero-cost ContractedCost 1", "azure-zero-cost ListCost 2"));
    EXPECT_THAT(found.rows, ElementsAre("10 10 12 10 Standard", "11 0 0 0 Standard", "0 7.2 - - Committed",
                                        "49.99 49.99 - 49.99 Standard", "0 0 0 0 Standard"));
    EXPECT_THAT(found.sums, ElementsAre("70.99", "67.19", "12", "59.99"));
}

TEST(AzureFocusExports, OtherProvidersAreNotMended) {
    const Read found = read({focus_row({{"ProviderName", "AWS"},
                                        {"ChargeCategory", "Purchase"},
                                        {"CommitmentDiscountId", "arn:aws:savingsplans::1:savingsplan/p"},
                                        {"EffectiveCost", "11"}})});
    EXPECT_THAT(found.findings, IsEmpty());
    EXPECT_THAT(found.rows, ElementsAre("10 11 12 10 Standard"));
}

} // namespace
} // namespace florin::ingest::azure_cost
