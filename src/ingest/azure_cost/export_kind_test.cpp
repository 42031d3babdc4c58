#include "ingest/azure_cost/export_kind.hpp"

#include "ingest/azure_cost/azure_cost.hpp"
#include "ingest/azure_cost/test_exports.hpp"
#include "ingest/source_test_ledger.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest::azure_cost {
namespace {

using testing::HasSubstr;

class AzureFiles : public testing::Test {
protected:
    base::Path write(const std::string& name, const std::vector<Cells>& rows) {
        std::filesystem::create_directories((ledger_.folder().path() / name).parent_path());
        return ledger_.folder().write(name, csv_text(rows));
    }
    std::string variant(const base::Path& path, const std::vector<Manifest>& manifests = {}) {
        const auto deliveries = ledger_.deliveries({path}, manifests);
        return deliveries.ok() ? deliveries->front().front().variant : deliveries.error().code;
    }
    /// Manifest of an export run, as Microsoft's page "Tutorial: create and manage exports" shows it.
    Manifest manifest(const base::Path& folder, const std::string& type, const std::string& blobs) {
        return {folder / "manifest.json",
                fmt::format(R"({{"manifestVersion": "2024-04-01", "exportConfig": {{"exportName": "e", "type": "{}"}},
                    "runInfo": {{"submittedTime": "2024-07-01T05:04:06.5234447Z"}}, "blobs": [{}]}})",
                            type, blobs)};
    }

    SourceLedger ledger_{source()};
};

TEST_F(AzureFiles, TheRowsOfCommitmentsTellWhichExportItIs) {
    EXPECT_EQ(variant(write("a/part.csv", ea_actual())), "actual");
    EXPECT_EQ(variant(write("b/part.csv", ea_amortized())), "amortized");
}

TEST_F(AzureFiles, WithoutCommitmentsNamesTellAndElseItIsActual) {
    const std::vector<Cells> rows = {ea_row()};
    EXPECT_EQ(variant(write("plain/part.csv", rows)), "actual");
    EXPECT_EQ(variant(write("plain/June-Amortized.csv", rows)), "amortized");
    EXPECT_EQ(variant(write("Amortised costs/20240601-20240630/run/part.csv", rows)), "amortized");
    EXPECT_EQ(variant(write("amortized/20240601-20240630/run/june-actual.csv", rows)), "actual");
    EXPECT_EQ(variant(write("actual-or-amortized/part.csv", rows)), "actual");
    const base::Path path = write("run/part_0_0001.csv", rows);
    EXPECT_EQ(variant(path, {manifest(path.parent_path(), "AmortizedCost", R"({"blobName": "x/part_0_0001.csv"})")}),
              "amortized");
}

TEST_F(AzureFiles, RowsThatContradictTheNameOrEachOtherAreRefused) {
    const auto named = ledger_.deliveries({write("june-actual.csv", ea_amortized())});
    ASSERT_FALSE(named.ok());
    EXPECT_EQ(named.error().code, "ingest.mixed_exports");
    EXPECT_THAT(named.error().message, HasSubstr("called actual"));
    std::vector<Cells> both = ea_actual();
    both.push_back(ea_amortized().back());
    const auto mixed = ledger_.deliveries({write("june.csv", both)});
    ASSERT_FALSE(mixed.ok());
    EXPECT_EQ(mixed.error().code, "ingest.mixed_exports");
    EXPECT_THAT(mixed.error().message, HasSubstr("UnusedSavingsPlan"));
}

/// Azure cuts an export into parts; one part alone may say nothing of commitments.
TEST_F(AzureFiles, PartsOfOneFolderAreOneDelivery) {
    std::vector<Cells> rows = ea_amortized();
    const base::Path first = write("run/part_0_0001.csv", {rows.begin(), rows.begin() + 1});
    const base::Path second = write("run/part_1_0001.csv", {rows.begin() + 1, rows.end()});
    const auto deliveries = ledger_.deliveries({first, second});
    ASSERT_TRUE(deliveries.ok());
    ASSERT_EQ(deliveries->size(), 1U);
    EXPECT_EQ(deliveries->front()[0].variant, "amortized");
    ASSERT_TRUE(ledger_.load({first, second}).ok());
    EXPECT_EQ(ledger_.sum("EffectiveCost"), "89.2340564902");
}

TEST_F(AzureFiles, ActualAndAmortizedOfOneFolderAreTwoDeliveries) {
    const auto deliveries =
        ledger_.deliveries({write("june/actual.csv", ea_actual()), write("june/amortized.csv", ea_amortized())});
    ASSERT_TRUE(deliveries.ok());
    EXPECT_EQ(deliveries->size(), 2U);
}

TEST_F(AzureFiles, AManifestMustMatchWhatIsThere) {
    const base::Path path = write("run/part_0_0001.csv", ea_amortized());
    const auto bytes = std::filesystem::file_size(path);
    const std::string blob = R"({{"blobName": "e/run/part_0_0001.csv", "byteCount": {}, "dataRowCount": {}}})";
    const auto code = [&](const std::string& blobs) {
        const auto read = ledger_.deliveries({path}, {manifest(path.parent_path(), "AmortizedCost", blobs)});
        return read.ok() ? std::string() : read.error().code;
    };
    EXPECT_EQ(code(fmt::format(fmt::runtime(blob), bytes, 8)), "");
    EXPECT_EQ(code(fmt::format(fmt::runtime(blob), bytes + 1, 8)), "manifest.wrong_size");
    EXPECT_EQ(code(fmt::format(fmt::runtime(blob), bytes, 9)), "manifest.wrong_rows");
    EXPECT_EQ(code(fmt::format(fmt::runtime(blob), bytes, 8) + R"(, {"blobName": "e/run/part_1_0001.csv"})"),
              "manifest.missing_part");
}

TEST_F(AzureFiles, OneManifestMayBeThatOfSeveralDeliveries) {
    const base::Path first = write("run/part_0_0001.csv", {mca_row()});
    const base::Path second = write("run/part_1_0001.csv", {mca_row({{"billingProfileId", "P2"}})});
    const auto read = [&](const std::string& more) {
        const std::string blobs = R"({"blobName": "e/run/part_0_0001.csv", "dataRowCount": 1},)"
                                  R"({"blobName": "e/run/part_1_0001.csv", "dataRowCount": 1})";
        return ledger_.deliveries({first, second}, {manifest(first.parent_path(), "AmortizedCost", blobs + more)});
    };
    const auto deliveries = read("");
    ASSERT_TRUE(deliveries.ok()) << deliveries.error().describe();
    EXPECT_EQ(deliveries->size(), 2U);
    const auto missing = read(R"(, {"blobName": "e/run/part_2_0001.csv"})");
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code, "manifest.missing_part");
    EXPECT_THAT(missing.error().message, HasSubstr("part_2_0001.csv"));
}

TEST_F(AzureFiles, TheRunOrdersTheDelivery) {
    const base::Path path = write("run/part_0_0001.csv", ea_amortized());
    FileHead head = read_file_head(path).value();
    const Recognised recognised = source().recognise(head).value();
    Survey read = survey(head, source().survey_rules(head), {}).value();
    const std::vector<SourceFile> files = {{std::move(head), recognised, std::move(read), {}}};
    const auto groups =
        source().group(files, {manifest(path.parent_path(), "AmortizedCost", R"({"blobName": "part_0_0001.csv"})")});
    ASSERT_TRUE(groups.ok()) << groups.error().describe();
    EXPECT_EQ(period::to_string(groups->front().ordered_at.value()), "2024-07-01T05:04:06.523444Z");
}

} // namespace
} // namespace florin::ingest::azure_cost
