#include "demo/broken.hpp"
#include "demo/naive_reader_test.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace florin::demo {
namespace {

class Broken : public ::testing::Test {
protected:
    Broken() : folder_(std::filesystem::path(::testing::TempDir()) / "florin-broken") {
        std::filesystem::remove_all(folder_);
    }
    ~Broken() override { std::filesystem::remove_all(folder_); }

    BrokenFile write(Defect defect) { return write_broken_file(defect, folder_, 1'000'000).value(); }
    std::string sound() { return file_text(write_sound_file(folder_).value()); }

    std::filesystem::path folder_;
};

/// Reads a gzip file to its end; whether zlib was content.
bool gzip_is_sound(const std::filesystem::path& path) {
    gzFile file = gzopen(path.c_str(), "rb");
    std::string buffer(1U << 16U, '\0');
    int got = 0;
    while ((got = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    }
    return gzclose(file) == Z_OK && got == 0;
}

TEST_F(Broken, EveryDefectHasAFileOfItsName) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < defects().size(); ++i) {
        const DefectInfo& info = defects()[i];
        EXPECT_EQ(static_cast<std::size_t>(info.defect), i) << info.name;
        EXPECT_TRUE(names.insert(info.name).second) << info.name;
        const BrokenFile file = write(info.defect);
        EXPECT_TRUE(std::filesystem::exists(file.path)) << info.name;
        EXPECT_EQ(file.path.filename().string().rfind(info.name, 0), 0U) << file.path;
    }
    EXPECT_EQ(names.size(), 19U);
}

TEST_F(Broken, TheReferencePageNamesEveryDefect) {
    const std::string page = file_text(std::filesystem::path(FLORIN_SOURCE_DIR) / "docs/reference/demo-estate.md");
    for (const DefectInfo& info : defects()) {
        EXPECT_NE(page.find("| `" + std::string(info.name) + "` | " + std::string(info.sentence) + " |"),
                  std::string::npos)
            << info.name;
    }
}

TEST_F(Broken, TheSoundFileHasTwentyCharges) {
    const auto records = naive_records(sound());
    ASSERT_EQ(records.size(), 20U);
    for (const Record& record : records) {
        EXPECT_EQ(record.size(), 44U);
        EXPECT_EQ(naive_decimal(record.at("ListUnitPrice")) * naive_decimal(record.at("PricingQuantity")),
                  naive_decimal(record.at("ListCost")) * boost::multiprecision::pow(Big(10), 18));
    }
}

TEST_F(Broken, OnlyTheNamedCellIsWrong) {
    const auto right = naive_records(sound());
    for (const Defect defect : {Defect::kLatin1Encoding, Defect::kNulByte, Defect::kImpossibleDate,
                                Defect::kUnparsableMoney, Defect::kOverflowingMoney, Defect::kEmptyCurrency,
                                Defect::kEmptyAccount, Defect::kEmptyPeriod, Defect::kHugeCell}) {
        const BrokenFile file = write(defect);
        const auto wrong = naive_records(file_text(file.path));
        ASSERT_EQ(wrong.size(), right.size()) << file.path;
        for (std::size_t i = 0; i < right.size(); ++i) {
            for (const auto& [column, cell] : right[i]) {
                const std::string& found = wrong[i].at(column);
                if (i + 1 != file.row || column != file.column) {
                    EXPECT_EQ(found, cell) << file.path << " row " << i + 1 << " " << column;
                } else if (defect == Defect::kHugeCell) {
                    EXPECT_EQ(found.size(), 1'000'000U);
                } else {
                    EXPECT_NE(found, cell);
                    EXPECT_EQ(found, file.cell);
                }
            }
        }
    }
}

TEST_F(Broken, StructureIsWrongWhereItSays) {
    const auto right = naive_csv(sound());
    const auto ragged = naive_csv(file_text(write(Defect::kRaggedRow).path));
    ASSERT_EQ(ragged.size(), right.size());
    for (std::size_t i = 0; i < right.size(); ++i) {
        EXPECT_EQ(ragged[i].size(), i == 11 ? 43U : 44U) << i;
    }
    const auto header_of = [&](Defect defect) { return naive_csv(file_text(write(defect).path)).front(); };
    const auto count = [](const std::vector<std::string>& header, const std::string& name) {
        return std::count(header.begin(), header.end(), name);
    };
    EXPECT_EQ(count(header_of(Defect::kDuplicateColumn), "ServiceName"), 2);
    EXPECT_EQ(count(header_of(Defect::kMissingBilledCostColumn), "BilledCost"), 0);
    EXPECT_EQ(count(header_of(Defect::kMissingCurrencyColumn), "BillingCurrency"), 0);
    for (const auto& row : naive_csv(file_text(write(Defect::kMissingCurrencyColumn).path))) {
        EXPECT_EQ(row.size(), 43U);
    }
    EXPECT_EQ(file_text(write(Defect::kEmptyFile).path), "");
    EXPECT_EQ(naive_csv(file_text(write(Defect::kHeaderOnly).path)).size(), 1U);
    const std::string open = file_text(write(Defect::kUnterminatedQuote).path);
    EXPECT_EQ(std::count(open.begin(), open.end(), '"') % 2, 1);
    EXPECT_NE(file_text(write(Defect::kStrayQuote).path).find(",\"web\"shop,"), std::string::npos);
}

TEST_F(Broken, CompressedFilesAreDamaged) {
    EXPECT_FALSE(gzip_is_sound(write(Defect::kTruncatedGzip).path));
    EXPECT_FALSE(gzip_is_sound(write(Defect::kGzipChecksum).path));
}

TEST_F(Broken, AFolderThatCannotBeWrittenIsAnError) {
    const auto result = write_broken_file(Defect::kNulByte, "/proc/no-such-folder");
    EXPECT_FALSE(result.ok());
}

} // namespace
} // namespace florin::demo
