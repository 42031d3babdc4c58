#include "ingest/focus_datasets/dataset_file.hpp"

#include "ingest/inspection_test_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest::focus_datasets {
namespace {

using focus::Dataset;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr std::string_view kInvoices =
    "BilledCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,InvoiceDetailId,InvoiceId,"
    "InvoiceIssueStatus,InvoiceIssuerName,x_Team\n";
constexpr std::string_view kPeriods = "BillingPeriodCreated,BillingPeriodEnd,BillingPeriodLastUpdated,"
                                      "BillingPeriodStart,BillingPeriodStatus,InvoiceIssuerName\n";

std::string invoice_row(const std::string& cost, const std::string& line, const std::string& rest = "Issued,AWS,") {
    return fmt::format("{},USD,2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,Usage,{},INV,{}\n", cost, line, rest);
}

class DatasetFileTest : public testing::Test {
protected:
    base::Result<DatasetFile> read(std::string_view name, const std::string& text) {
        return read_at(folder_.write(name, text));
    }
    base::Result<DatasetFile> read_at(const base::Path& path) {
        const FileHead head = read_file_head(path, engine_.get()).value();
        const auto dataset = recognise(head.columns);
        EXPECT_TRUE(dataset.has_value()) << path;
        return focus_datasets::read(*engine_, head, dataset.value_or(Dataset::kBillingPeriod),
                                    {.staging_folder = folder_.path() / "staged"});
    }
    base::Error refused(const std::string& text) {
        const auto file = read("bad.csv", text);
        EXPECT_FALSE(file.ok());
        return file.ok() ? base::Error() : file.error();
    }
    /// The rows as they are in the lake, as text.
    std::vector<std::string> written(const DatasetFile& file, const std::string& select) {
        const base::Path target = folder_.path() / "out.parquet";
        const auto done = write(*engine_, {&file}, target);
        EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().describe());
        std::vector<std::string> rows;
        for (const auto& row :
             engine_->query(fmt::format("SELECT {} FROM read_parquet({})", select, engine::sql_text(target.string())))
                 .value()
                 .rows) {
            std::string text;
            for (const engine::Value& value : row) {
                text += (text.empty() ? "" : "|") + engine::exact_text(value);
            }
            rows.push_back(text);
        }
        return rows;
    }

    TestFolder folder_;
    std::unique_ptr<engine::Engine> engine_ = engine::open_duckdb({}).value();
};

TEST(RecogniseDataset, ByTheColumnThatNoOtherHas) {
    using Columns = std::vector<std::string>;
    EXPECT_EQ(recognise(Columns{"x", "billingperiodstatus"}), Dataset::kBillingPeriod);
    EXPECT_EQ(recognise(Columns{"InvoiceId", "InvoiceDetailId", "InvoiceIssueStatus"}), Dataset::kInvoiceDetail);
    EXPECT_EQ(recognise(Columns{"ContractCommitmentId"}), Dataset::kContractCommitment);
    EXPECT_EQ(recognise(Columns{"InvoiceId", "InvoiceDetailId", "BilledCost"}), std::nullopt);
    EXPECT_EQ(recognise(Columns{"ContractCommitmentId", "ChargePeriodStart"}), std::nullopt) << "charges";
}

TEST_F(DatasetFileTest, SaysTheSameOfCsvJsonLinesAndParquet) {
    const std::string csv = std::string(kInvoices) + invoice_row("1.0000000000000000015", "1", "Issued,AWS,web") +
                            invoice_row("\"$1,000.25\"", "2", "issued,\"A \"\"B\"\", C\",") +
                            invoice_row("-3E-1", "3", "Open,AWS,NULL");
    const std::string select = "BilledCost, InvoiceDetailId, InvoiceIssueStatus, InvoiceIssuerName, BillingPeriodEnd, "
                               "x_Custom['x_Team'], Scope";
    const std::vector<std::string> expected = {"1.000000000000000002|1|Issued|AWS|2024-10-01T00:00:00Z|web|AWS 2024-09",
                                               "1000.25|2|Issued|A \"B\", C|2024-10-01T00:00:00Z||A \"B\", C 2024-09",
                                               "-0.3|3|Open|AWS|2024-10-01T00:00:00Z||AWS 2024-09"};
    const DatasetFile file = read("i.csv", csv).value();
    EXPECT_EQ(written(file, select), expected);
    EXPECT_EQ(file.rows, 3U);
    EXPECT_EQ(file.version, focus::Version::k1_4);
    EXPECT_THAT(file.scopes, ElementsAre(Pair("A \"B\", C 2024-09", 1U), Pair("AWS 2024-09", 2U)));
    EXPECT_THAT(file.billed_cost, ElementsAre(Pair("USD", "1000.9500000000000000015")));
    EXPECT_THAT(file.rounded_away, ElementsAre(Pair("USD", "-0.0000000000000000005")));
    std::vector<std::string> findings;
    for (const Finding& finding : file.findings) {
        if (finding.rule != "missing-column") {
            findings.push_back(
                fmt::format("{} {} {} from {}", finding.rule, finding.column, finding.rows, finding.first_row));
        }
    }
    EXPECT_THAT(findings, ElementsAre("allowed-value-casing InvoiceIssueStatus 1 from 2",
                                      "amount-as-displayed BilledCost 1 from 2", "amount-rounded BilledCost 1 from 1",
                                      "null-literal x_Team 1 from 3"));

    std::string lines;
    for (const auto& [cost, line, more] :
         {std::tuple("1.0000000000000000015", "1", R"("Issued", "InvoiceIssuerName": "AWS", "x_Team": "web")"),
          std::tuple("1000.25", "2", R"("Issued", "InvoiceIssuerName": "A \"B\", C")"),
          std::tuple("-3E-1", "3", R"("Open", "InvoiceIssuerName": "AWS", "x_Team": null)")}) {
        lines += fmt::format(R"({{"BilledCost": {}, "BillingCurrency": "USD", "BillingPeriodStart": )"
                             R"("2024-09-01T00:00:00Z", "BillingPeriodEnd": "2024-10-01T00:00:00Z", "ChargeCategory": )"
                             R"("Usage", "InvoiceDetailId": "{}", "InvoiceId": "INV", "InvoiceIssueStatus": {}}})"
                             "\n",
                             cost, line, more);
    }
    EXPECT_EQ(written(read("i.jsonl", lines).value(), select), expected);

    const std::string parquet = (folder_.path() / "i.parquet").string();
    ASSERT_TRUE(engine_
                    ->execute(fmt::format("COPY (SELECT BilledCost::VARCHAR AS BilledCost, * EXCLUDE (BilledCost, "
                                          "x_Custom, Scope), x_Custom['x_Team'] AS x_Team FROM read_parquet({})) TO {} "
                                          "(FORMAT parquet)",
                                          engine::sql_text((folder_.path() / "out.parquet").string()),
                                          engine::sql_text(parquet)))
                    .ok());
    const FileHead head = read_file_head(parquet, engine_.get()).value();
    const DatasetFile packed =
        focus_datasets::read(*engine_, head, *recognise(head.columns), {.staging_folder = folder_.path() / "staged"})
            .value();
    EXPECT_EQ(written(packed, select), expected);
}

TEST_F(DatasetFileTest, SaysWhatProvidersSayOfTheirPeriods) {
    const std::string text = std::string(kPeriods) +
                             "2024-09-01,2024-10-01T00:00:00Z,2024-10-03T04:05:06Z,2024-09-01T00:00:00Z,Closed,AWS\n"
                             "2024-10-01,2024-11-01T00:00:00Z,2024-10-01T00:00:00Z,2024-10-01T00:00:00Z,open,AWS\n";
    const DatasetFile file = read("p.csv", text).value();
    ASSERT_EQ(file.period_states.size(), 2U);
    EXPECT_EQ(file.period_states[0].invoice_issuer, "AWS");
    EXPECT_EQ(period::to_string(file.period_states[0].stated_at), "2024-10-03T04:05:06Z");
    EXPECT_TRUE(file.period_states[0].closed);
    EXPECT_FALSE(file.period_states[1].closed);
    EXPECT_EQ(period::to_string(file.period_states[1].end), "2024-11-01T00:00:00Z");
    EXPECT_EQ(written(file, "Scope").size(), 2U);
}

TEST_F(DatasetFileTest, AContractOfTheOlderVersionHasNoIssuer) {
    const DatasetFile old = read("c.csv", "ContractCommitmentId,ContractCommitmentPeriodStart,"
                                          "ContractCommitmentPeriodEnd,ContractCommitmentQuantity\n"
                                          "c-1,2024-10-01T00:00:00Z,2025-10-01T00:00:00Z,8784.1234567890125\n")
                                .value();
    EXPECT_EQ(old.version, focus::Version::k1_3);
    EXPECT_THAT(old.scopes, ElementsAre(Pair("", 1U)));
    EXPECT_THAT(written(old, "ContractCommitmentQuantity, Scope"), ElementsAre("8784.123456789012|"));
    const DatasetFile today = read("d.csv", "ContractCommitmentId,ContractCommitmentPeriodStart,"
                                            "ContractCommitmentPeriodEnd,ServiceProviderName\n"
                                            "c-1,2024-10-01T00:00:00Z,2025-10-01T00:00:00Z,Cloud Inc\n")
                                  .value();
    EXPECT_EQ(today.version, focus::Version::k1_4);
    EXPECT_THAT(today.scopes, ElementsAre(Pair("Cloud Inc", 1U)));
}

TEST_F(DatasetFileTest, RefusesWithRowColumnAndCell) {
    const std::string head(kInvoices);
    const base::Error cost = refused(head + invoice_row("1", "1") + invoice_row("1.2.3", "2"));
    EXPECT_EQ(cost.code, "bill.unreadable_amount");
    EXPECT_EQ(cost.place.row, 2U);
    EXPECT_EQ(cost.place.column, "BilledCost");
    EXPECT_EQ(cost.place.cell, "1.2.3");
    EXPECT_THAT(cost.place.file, HasSubstr("bad.csv"));
    EXPECT_EQ(refused(head + invoice_row("1e30", "1")).code, "bill.amount_too_large");
    EXPECT_EQ(refused(head + invoice_row("", "1")).code, "bill.missing_value");
    EXPECT_EQ(refused(head + invoice_row("1", "1", "Paid,AWS,")).code, "dataset.unknown_status");
    const base::Error twice = refused(head + invoice_row("1", "1") + invoice_row("2", "1"));
    EXPECT_EQ(twice.code, "dataset.duplicate_row");
    EXPECT_THAT(twice.message, HasSubstr("row 1"));
    EXPECT_EQ(twice.place.row, 2U);
    EXPECT_EQ(refused(head).code, "csv.no_rows");
    EXPECT_EQ(refused(head + "1,Dollars,2024-09-01,2024-10-01,Usage,1,INV,Issued,AWS,\n").code,
              "bill.unknown_currency");
    EXPECT_EQ(refused(head + "1,USD,September,2024-10-01,Usage,1,INV,Issued,AWS,\n").code, "bill.unreadable_instant");
    EXPECT_EQ(refused(head + "1,USD,2024-10-01,2024-09-01,Usage,1,INV,Issued,AWS,\n").code, "bill.period_backwards");
    const base::Error missing = refused("BillingPeriodStatus\nOpen\n");
    EXPECT_EQ(missing.code, "bill.missing_column");
    EXPECT_THAT(missing.message, HasSubstr("BillingPeriodLastUpdated, InvoiceIssuerName"));
    EXPECT_EQ(refused(head + invoice_row("1", "1") + "ragged\n").code, "csv.ragged_row");
}

TEST_F(DatasetFileTest, FilesOfOneScopeAreOneDeliveryAndOfOneFolder) {
    const std::string head(kInvoices);
    std::vector<DatasetFile> files;
    files.push_back(read("a.csv", head + invoice_row("1", "1")).value());
    files.push_back(read("b.csv", head + invoice_row("2", "2", "Issued,Other,")).value());
    files.push_back(read("c.csv", head + invoice_row("3", "3")).value());
    const auto grouped = group(files).value();
    ASSERT_EQ(grouped.size(), 2U);
    EXPECT_EQ(grouped[0].size(), 2U);
    const base::Path target = folder_.path() / "two.parquet";
    ASSERT_TRUE(write(*engine_, {grouped[0].data(), &grouped[0][1]}, target).ok());
    const auto sum =
        engine_->query(fmt::format("SELECT sum(BilledCost) FROM read_parquet({})", engine::sql_text(target.string())));
    EXPECT_EQ(engine::exact_text(sum.value().rows[0][0]), "4");
    std::vector<DatasetFile> twice = {files[0],
                                      read("d.csv", head + invoice_row("4", "4") + invoice_row("5", "1")).value()};
    const base::Error said = group(twice).error();
    EXPECT_EQ(said.code, "dataset.duplicate_row");
    EXPECT_THAT(said.message, HasSubstr("row 1 of " + files[0].path.string()));
    EXPECT_EQ(said.place.file, twice[1].path.string());
    EXPECT_EQ(said.place.row, 2U);
    files[2].path = folder_.path() / "elsewhere" / "c.csv";
    EXPECT_EQ(group(files).error().code, "ingest.two_versions");
}

TEST_F(DatasetFileTest, FoldersOfPartitionsAreNoColumns) {
    const DatasetFile written_first = read("i.csv", std::string(kInvoices) + invoice_row("1", "1")).value();
    written(written_first, "Scope");
    const base::Path folder = folder_.path() / "InvoiceIssuerName=Other" / "day=1";
    std::filesystem::create_directories(folder);
    ASSERT_TRUE(engine_
                    ->execute(fmt::format("COPY (SELECT BilledCost::VARCHAR AS BilledCost, * EXCLUDE (BilledCost, "
                                          "x_Custom, Scope) FROM read_parquet({})) TO {} (FORMAT parquet)",
                                          engine::sql_text((folder_.path() / "out.parquet").string()),
                                          engine::sql_text((folder / "i.parquet").string())))
                    .ok());
    const DatasetFile file = read_at(folder / "i.parquet").value();
    EXPECT_THAT(file.custom_columns, ElementsAre());
    EXPECT_THAT(file.scopes, ElementsAre(Pair("AWS 2024-09", 1U)));
}

TEST_F(DatasetFileTest, WhatWasNotWrittenAsReadIsABug) {
    DatasetFile file = read("a.csv", std::string(kInvoices) + invoice_row("1", "1")).value();
    file.billed_cost["USD"] = "1.000000000000000001";
    EXPECT_EQ(write(*engine_, {&file}, folder_.path() / "x.parquet").error().code, "ingest.reconciliation");
    file.billed_cost["USD"] = "1";
    file.scopes["AWS 2024-09"] = 2;
    EXPECT_EQ(write(*engine_, {&file}, folder_.path() / "x.parquet").error().code, "ingest.reconciliation");
}

} // namespace
} // namespace florin::ingest::focus_datasets
