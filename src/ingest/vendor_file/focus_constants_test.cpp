#include "ingest/vendor_file/focus_constants.hpp"

#include "engine/engine.hpp"
#include "ingest/inspection_test_bills.hpp"
#include "ingest/loader.hpp"
#include "ingest/vendor_file/sources_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest::vendor_file {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

base::Result<FocusConstants> parse(std::string text) {
    FLORIN_TRY_ASSIGN(const MappingText read, MappingText::read(std::move(text), "gaps.yaml"));
    return parse_focus_constants("gaps", read);
}

constexpr std::string_view kGaps = "kind: focus\n"
                                   "files: \"*.csv\"\n"
                                   "constants: {BillingAccountId: acc, BillingCurrency: USD}\n"
                                   "corrections:\n"
                                   "  ChargePeriodEnd:\n"
                                   "    \"2024-09-02T30:00:00Z\": \"2024-09-03T06:00:00Z\"\n";

constexpr std::string_view kBill =
    "BilledCost,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd\r\n"
    "1.5,2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,2024-09-02T00:00:00Z,"
    "2024-09-03T00:00:00Z\r\n"
    "\"$2,000.25 \",2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,2024-09-02T00:00:00Z,"
    "2024-09-02T30:00:00Z\r\n";

TEST(FocusConstants, ABillIsReadAsIfItHadTheColumns) {
    const TestFolder folder;
    const base::Path bill = folder.write("bill.csv", kBill);
    const InspectionOptions options{.staging_folder = folder.path() / "staging"};
    const auto lacking = inspect(bill, options);
    ASSERT_FALSE(lacking.ok());
    EXPECT_EQ(lacking.error().code, "bill.missing_column");

    const FocusConstants gaps = parse(std::string(kGaps)).value();
    const Inspection inspection = inspect_with_constants(read_file_head(bill).value(), gaps, options).value();
    EXPECT_EQ(inspection.path, bill);
    EXPECT_EQ(inspection.file_bytes, kBill.size());
    EXPECT_EQ(inspection.constants, gaps.digest);
    EXPECT_THAT(inspection.row_offsets.offsets, ElementsAre(kBill.find("1.5")));
    ASSERT_EQ(inspection.groups.size(), 1U);
    EXPECT_EQ(inspection.groups.begin()->first.currency, "USD");
    EXPECT_EQ(inspection.groups.begin()->second.sum[0], "2001.75");
    std::vector<std::string> findings;
    for (const Finding& finding : inspection.findings) {
        if (finding.rule == "constant-column" || finding.rule == "corrected-cell") {
            findings.push_back(fmt::format("{} {} {} {} {} {}", finding.rule, finding.column, finding.rows,
                                           finding.billed_cost.at("USD"), finding.first_row, finding.example));
        }
    }
    EXPECT_THAT(findings, ElementsAre("constant-column BillingAccountId 2 2001.75 0 acc",
                                      "constant-column BillingCurrency 2 2001.75 0 USD",
                                      "corrected-cell ChargePeriodEnd 1 2000.25 2 2024-09-02T30:00:00Z"));
    const auto engine = engine::open_duckdb({}).value();
    std::filesystem::create_directories(folder.path() / "load");
    const Loaded loaded = load_focus(*engine, {inspection}, folder.path() / "load", {}).value();
    ASSERT_EQ(loaded.parts.size(), 1U);
    EXPECT_EQ(loaded.parts[0].scope, "acc 2024-09");
    EXPECT_EQ(loaded.reconciliation.at(0).lake[0].to_string(), "2001.75");
}

TEST(FocusConstants, WhatABillSaysItselfStands) {
    const TestFolder folder;
    const base::Path bill = folder.write("bill.csv", std::string(kHeader) + "\n" + std::string(kRow) + "\n");
    const FocusConstants gaps = parse("constants: {BillingAccountId: other, BillingCurrency: EUR}\n").value();
    const Inspection inspection =
        inspect_with_constants(read_file_head(bill).value(), gaps, {.staging_folder = folder.path() / "staging"})
            .value();
    EXPECT_EQ(inspection.groups.begin()->first.currency, "USD");
    EXPECT_EQ(inspection.scopes.begin()->first.billing_account_id, "acc");
    EXPECT_EQ(inspection.constants, ""); // the same delivery as without
}

TEST(FocusConstants, JsonLinesAndParquetToo) {
    const TestFolder folder;
    const InspectionOptions options{.staging_folder = folder.path() / "staging"};
    const FocusConstants gaps = parse(std::string(kGaps)).value();
    const base::Path lines = folder.write(
        "bill.jsonl", R"({"BilledCost": 1.25, "BillingPeriodStart": "2024-09-01T00:00:00Z", "BillingPeriodEnd": )"
                      R"("2024-10-01T00:00:00Z", "ChargePeriodStart": "2024-09-02T00:00:00Z", "ChargePeriodEnd": )"
                      R"("2024-09-02T30:00:00Z"})"
                      "\n");
    const Inspection of_lines = inspect_with_constants(read_file_head(lines).value(), gaps, options).value();
    EXPECT_EQ(of_lines.format, FileFormat::kJsonLines);
    EXPECT_EQ(of_lines.groups.begin()->second.sum[0], "1.25");
    EXPECT_EQ(of_lines.scopes.begin()->first.billing_account_id, "acc");

    const base::Path parquet = folder.path() / "bill.parquet";
    engine::open_duckdb({})
        .value()
        ->execute(
            fmt::format("COPY (SELECT 1.5 AS BilledCost, '2024-09-01T00:00:00Z' AS BillingPeriodStart, "
                        "'2024-10-01T00:00:00Z' AS BillingPeriodEnd, '2024-09-02T00:00:00Z' AS ChargePeriodStart) "
                        "TO {} (FORMAT parquet)",
                        engine::sql_text(parquet.string())))
        .value();
    const Inspection of_parquet = inspect_with_constants(read_file_head(parquet).value(), gaps, options).value();
    EXPECT_EQ(of_parquet.format, FileFormat::kParquet);
    EXPECT_EQ(of_parquet.groups.begin()->second.sum[0], "1.5");
    EXPECT_EQ(of_parquet.groups.begin()->first.currency, "USD");
}

TEST(FocusConstants, FaultsAreTheFiles) {
    const TestFolder folder;
    const base::Path bill =
        folder.write("bill.csv", "BilledCost,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart\n"
                                 "x,2024-09-01,2024-10-01,2024-09-02\n");
    const auto refused = inspect_with_constants(read_file_head(bill).value(), parse(std::string(kGaps)).value(),
                                                {.staging_folder = folder.path() / "staging"});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().place.file, bill.string());
    EXPECT_EQ(refused.error().place.row, 1U);
}

constexpr std::string_view kSomeBad = "BilledCost,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart\r\n"
                                      "1,2024-09-01,2024-10-01,2024-09-02\r\n"
                                      "too few\r\n"
                                      "2,2024-09-01,2024-10-01,2024-09-03\r\n"
                                      "\"not, a number\",2024-09-01,2024-10-01,2024-09-04\r\n"
                                      "4,2024-09-01,2024-10-01,2024-09-05\r\n";

TEST(FocusConstants, BadRowsAreSetAsideAsTheyAreInTheFile) {
    const TestFolder folder;
    const base::Path bill = folder.write("bill.csv", kSomeBad);
    const InspectionOptions options{.staging_folder = folder.path() / "staging",
                                    .quarantine = folder.path() / "bad.csv"};
    const FocusConstants gaps = parse(std::string(kGaps)).value();
    const Inspection inspection = inspect_with_constants(read_file_head(bill).value(), gaps, options).value();
    EXPECT_EQ(inspection.rows, 3U);
    EXPECT_EQ(inspection.groups.begin()->second.sum[0], "7");
    EXPECT_THAT(inspection.quarantined.row_numbers, ElementsAre(2U, 4U));
    EXPECT_EQ(inspection.quarantined.unreadable_cost_rows, 2U);
    EXPECT_EQ(inspection.quarantined.first->place.file, bill.string());
    EXPECT_EQ(inspection.quarantined.first->code, "csv.ragged_row");
    EXPECT_EQ(base::read_file(folder.path() / "bad.csv").value(),
              "BilledCost,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart\r\n"
              "too few\r\n"
              "\"not, a number\",2024-09-01,2024-10-01,2024-09-04\r\n");
}

TEST(FocusConstants, BadLinesOfJsonAreSetAsideAsTheyAre) {
    const TestFolder folder;
    const std::string day = R"("BillingPeriodStart": "2024-09-01", "BillingPeriodEnd": "2024-10-01", )"
                            R"("ChargePeriodStart": "2024-09-02"})"
                            "\n";
    const std::string bad = R"({"BilledCost": "x", )" + day;
    const base::Path lines =
        folder.write("bill.jsonl", R"({"BilledCost": 1, )" + day + "[\n" + bad + R"({"BilledCost": 2, )" + day);
    const InspectionOptions options{.staging_folder = folder.path() / "staging",
                                    .quarantine = folder.path() / "bad.jsonl"};
    const FocusConstants gaps = parse(std::string(kGaps)).value();
    const Inspection inspection = inspect_with_constants(read_file_head(lines).value(), gaps, options).value();
    EXPECT_EQ(inspection.groups.begin()->second.sum[0], "3");
    EXPECT_THAT(inspection.quarantined.row_numbers, ElementsAre(2U, 3U));
    EXPECT_EQ(inspection.quarantined.first->place.file, lines.string());
    EXPECT_EQ(base::read_file(folder.path() / "bad.jsonl").value(), "[\n" + bad);
    for (const base::Path& left : base::list_files(folder.path() / "staging").value()) {
        EXPECT_THAT(left.string(), testing::Not(HasSubstr(".lines.csv")));
    }
}

TEST(FocusConstants, AFileOfBadRowsAloneIsRefused) {
    const TestFolder folder;
    const base::Path bill = folder.write("bill.csv", "BilledCost,BillingPeriodStart,BillingPeriodEnd\r\nx\r\ny\r\n");
    const auto refused =
        inspect_with_constants(read_file_head(bill).value(), parse(std::string(kGaps)).value(),
                               {.staging_folder = folder.path() / "staging", .quarantine = folder.path() / "bad.csv"});
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().describe(), HasSubstr("all 2 were set aside"));
    EXPECT_EQ(refused.error().place.file, bill.string());
}

TEST(FocusConstants, MoneyIsNeverReplaced) {
    EXPECT_THAT(parse("constants: {BilledCost: 1}\n").error().describe(), HasSubstr("never replaced"));
    EXPECT_THAT(parse("corrections: {ListCost: {x: 1}}\n").error().describe(), HasSubstr("never replaced"));
    EXPECT_THAT(parse("constants: {BilingCurrency: USD}\n").error().describe(),
                HasSubstr("is `BillingCurrency` meant?"));
    EXPECT_THAT(parse("constants: {BillingCurrency: Dollar}\n").error().describe(), HasSubstr("ISO 4217"));
    EXPECT_THAT(parse("corrections: {ChargePeriodEnd: {x: tomorrow}}\n").error().describe(),
                HasSubstr("a time such as"));
    EXPECT_THAT(parse("kind: focus\n").error().describe(), HasSubstr("a side-car has `constants`"));
    EXPECT_THAT(parse("constants: {[BillingCurrency]: USD}\n").error().describe(),
                HasSubstr("before the colon must be a text"));
    EXPECT_THAT(parse("corrections: {BillingAccountId: {[a]: b}}\n").error().describe(),
                HasSubstr("before the colon must be a text"));
}

TEST(SourcesFolder, ReadsWhatIsThere) {
    const TestFolder folder;
    EXPECT_TRUE(read_sources_folder(folder.path() / "none").value().vendors.empty());
    folder.write("gaps.yaml", kGaps);
    folder.write("acme.yaml", "columns: [day, cost]\namount: cost\nconstants: {BillingAccountId: a, BillingCurrency: "
                              "USD}\nmap: {ChargePeriodStart: day}\n");
    folder.write("notes.txt", "not a mapping");
    const SourcesFolder found = read_sources_folder(folder.path()).value();
    ASSERT_EQ(found.vendors.size(), 1U);
    EXPECT_EQ(found.vendors[0]->name(), "acme");
    EXPECT_EQ(found.all().size(), built_in_sources().size() + 1);
    EXPECT_EQ(found.constants_for("x/bill.csv", "")->name, "gaps");
    EXPECT_EQ(found.constants_for("x/bill.parquet", ""), nullptr);
    EXPECT_EQ(found.constants_for("x/bill.parquet", "gaps")->name, "gaps");
    folder.write("focus.yaml", kGaps);
    EXPECT_EQ(read_sources_folder(folder.path()).error().code, "mapping.name_taken");
}

} // namespace
} // namespace florin::ingest::vendor_file
