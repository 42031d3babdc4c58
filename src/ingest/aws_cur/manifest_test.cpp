#include "ingest/aws_cur/manifest.hpp"

#include "ingest/aws_cur/aws_cur.hpp"
#include "ingest/aws_cur/test_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest::aws_cur {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class AwsManifests : public testing::Test {
protected:
    base::Path write(const std::string& name, const Cells& changes = {}) {
        const base::Path path = ledger_.folder().path() / name;
        std::filesystem::create_directories(path.parent_path());
        return ledger_.folder().write(name, csv_text({usage_row(changes)}));
    }
    Manifest manifest(const std::string& name, const std::string& json) {
        return {ledger_.folder().path() / name, json};
    }
    base::Result<std::vector<FileGroup>> group(const std::vector<base::Path>& paths,
                                               const std::vector<Manifest>& manifests) {
        return source().group(ledger_.read(paths).value(), manifests);
    }
    static std::string legacy(const std::string& id, const std::vector<std::string>& keys) {
        std::string list;
        for (const std::string& key : keys) {
            list += fmt::format("{}\"{}\"", list.empty() ? "" : ",", key);
        }
        return fmt::format(R"({{"assemblyId":"{}","account":"111111111111","compression":"GZIP",)"
                           R"("billingPeriod":{{"start":"20260101T000000.000Z","end":"20260201T000000.000Z"}},)"
                           R"("bucket":"b","reportKeys":[{}],"additionalArtifactKeys":[]}})",
                           id, list);
    }

    Ledger ledger_;
};

TEST_F(AwsManifests, AllPartsAreOneDelivery) {
    const auto groups =
        group({write("r/20260101-20260201/a1/r-1.csv"),
               write("r/20260101-20260201/a1/r-2.csv", {{"lineItem/UnblendedCost", "2"}})},
              {manifest("r/20260101-20260201/a1/r-Manifest.json",
                        legacy("a1", {"p/r/20260101-20260201/a1/r-1.csv", "p/r/20260101-20260201/a1/r-2.csv"}))})
            .value();
    ASSERT_THAT(groups, SizeIs(1));
    EXPECT_THAT(groups[0].files, ElementsAre(0, 1));
    EXPECT_FALSE(groups[0].ordered_at.has_value());
}

TEST_F(AwsManifests, AMissingPartIsNamed) {
    const auto groups =
        group({write("r-1.csv")}, {manifest("r-Manifest.json", legacy("a1", {"p/r-1.csv", "p/r-2.csv"}))});
    ASSERT_FALSE(groups.ok());
    EXPECT_EQ(groups.error().code, "manifest.missing_part");
    EXPECT_THAT(groups.error().message, HasSubstr("r-2.csv"));
    EXPECT_THAT(groups.error().place.file, HasSubstr("r-Manifest.json"));
}

TEST_F(AwsManifests, PartsOfAnotherRunDoNotFillIn) {
    const auto groups = group({write("d/a1/r-1.csv"), write("d/a1/r-2.csv"), write("d/a2/r-1.csv")},
                              {manifest("d/a2/r-Manifest.json", legacy("a2", {"p/d/a2/r-1.csv", "p/d/a2/r-2.csv"}))});
    ASSERT_FALSE(groups.ok());
    EXPECT_EQ(groups.error().code, "manifest.missing_part");
    EXPECT_THAT(groups.error().message, HasSubstr("r-2.csv is not in"));
}

TEST_F(AwsManifests, TheRunWithACopyOfItsManifestAboveComesLast) {
    const std::string a1 = legacy("a1", {"p/d/a1/r-1.csv"});
    const std::string a2 = legacy("a2", {"p/d/a2/r-1.csv"});
    const auto groups = group({write("d/a1/r-1.csv"), write("d/a2/r-1.csv", {{"lineItem/UnblendedCost", "2"}})},
                              {manifest("d/a1/r-Manifest.json", a1), manifest("d/a2/r-Manifest.json", a2),
                               manifest("d/r-Manifest.json", a1)})
                            .value();
    ASSERT_THAT(groups, SizeIs(2));
    EXPECT_THAT(groups[0].files, ElementsAre(1));
    EXPECT_THAT(groups[1].files, ElementsAre(0));
}

TEST_F(AwsManifests, MonthsWithFilesOfOneNameAreKeptApart) {
    const auto groups =
        group({write("nov/r-1.csv"), write("dec/r-1.csv", {{"bill/BillingPeriodStartDate", "2025-12-01T00:00:00Z"}})},
              {manifest("nov/r-Manifest.json", legacy("a1", {"p/20260101-20260201/r-1.csv"}))})
            .value();
    ASSERT_THAT(groups, SizeIs(2));
    EXPECT_THAT(groups[0].files, ElementsAre(1));
    EXPECT_THAT(groups[1].files, ElementsAre(0));
}

TEST_F(AwsManifests, DataExportsStateTheirRunAndItsTime) {
    const auto groups =
        group({write("data/BILLING_PERIOD=2026-01/e-00001.csv")},
              {manifest("metadata/BILLING_PERIOD=2026-01/e-Manifest.json",
                        R"({"executionId":"e1","dataFiles":["s3://b/p/e/data/BILLING_PERIOD=2026-01/e-00001.csv"],)"
                        R"("createdAt":"2026-01-05T01:02:03Z"})")})
            .value();
    ASSERT_THAT(groups, SizeIs(1));
    ASSERT_TRUE(groups[0].ordered_at.has_value());
    EXPECT_EQ(period::to_string(*groups[0].ordered_at), "2026-01-05T01:02:03Z");
}

TEST_F(AwsManifests, SizesAndRowsMustBeThoseStated) {
    const base::Path path = write("e-1.csv");
    const auto with = [&](const std::string& entry, const std::string& more = "") {
        return group({path}, {manifest("e-Manifest.json",
                                       fmt::format(R"({{"executionId":"e1","dataFiles":[{}]{}}})", entry, more))});
    };
    const std::uint64_t bytes = std::filesystem::file_size(path);
    EXPECT_TRUE(with(fmt::format(R"({{"key":"e-1.csv","size":{},"rowCount":1}})", bytes)).ok());
    EXPECT_EQ(with(R"({"key":"e-1.csv","size":7})").error().code, "manifest.wrong_size");
    EXPECT_EQ(with(R"({"key":"e-1.csv","rowCount":2})").error().code, "manifest.wrong_rows");
    EXPECT_EQ(with(R"("e-1.csv")", R"(,"totalRows":3)").error().code, "manifest.wrong_rows");
}

TEST_F(AwsManifests, DeliveriesWithoutAManifestComeInTheOrderOfTheirFiles) {
    const auto groups = group({write("a/r-1.csv"), write("b/r-1.csv"), write("c/r-1.csv")}, {}).value();
    ASSERT_THAT(groups, SizeIs(3));
    for (std::size_t i = 0; i < groups.size(); ++i) {
        EXPECT_THAT(groups[i].files, ElementsAre(i));
    }
}

TEST_F(AwsManifests, OtherJsonIsPassedOver) {
    const auto groups =
        group({write("a.csv")}, {manifest("x.json", "[1]"), manifest("y.json", "{"),
                                 manifest("z.json", R"({"assemblyId":"a","reportKeys":["other.csv"]})")})
            .value();
    ASSERT_THAT(groups, SizeIs(1));
    EXPECT_THAT(groups[0].files, ElementsAre(0));
}

} // namespace
} // namespace florin::ingest::aws_cur
