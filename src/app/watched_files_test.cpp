#include "app/watched_files.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

namespace florin::app {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr Settling::Time kStart{};

TEST(TemporaryNames, AreThoseThatProgramsGive) {
    for (const char* name :
         {".bill.csv", ".bill.csv.gz.x1y2z3", "bill.csv.part", "bill.csv.PARTIAL", "bill.tmp", "bill.csv.temp",
          "bill.csv.crdownload", "bill.csv.filepart", "bill.csv.download", "~bill.csv", "bill.csv~",
          "bill.csv.gz.1A2b3C4d", "part-00001.parquet.0123ABCD", "bill.csv_.gstmp", "bill.csv.inprogress"}) {
        EXPECT_TRUE(is_temporary_name(name)) << name;
        EXPECT_TRUE(is_temporary_name(base::Path("folder") / name)) << name;
    }
}

TEST(TemporaryNames, AreNotThoseOfBills) {
    for (const char* name :
         {"bill.csv", "bill.csv.gz", "part_0_0001.csv", "temp.csv", "partial.csv.gz", "bill.20241001",
          "bill.1234abcd.csv", "bill.12345678", ".hidden/bill.csv", "export-00001.snappy.parquet"}) {
        EXPECT_FALSE(is_temporary_name(name)) << name;
    }
}

TEST(SettlingFiles, SettleWhenTwoLooksFindThemTheSame) {
    Settling settling(seconds(10));
    const Look look = {{"a/bill.csv", {100, 1}}};
    settling.take(look, kStart);
    EXPECT_THAT(settling.unsettled_folders(), ElementsAre("a"));
    settling.take(look, kStart + seconds(9));
    EXPECT_THAT(settling.unsettled_folders(), ElementsAre("a"));
    settling.take(look, kStart + seconds(10));
    EXPECT_THAT(settling.unsettled_folders(), IsEmpty());
}

TEST(SettlingFiles, AreNotSettledByTimeAlone) {
    Settling settling(seconds(10));
    settling.take({{"a/bill.csv", {100, 1}}}, kStart);
    settling.take({{"a/bill.csv", {200, 1}}}, kStart + seconds(60)); // grew, with the old time
    EXPECT_THAT(settling.unsettled_folders(), ElementsAre("a"));
    settling.take({{"a/bill.csv", {200, 2}}}, kStart + seconds(120)); // written again, of the old size
    EXPECT_THAT(settling.unsettled_folders(), ElementsAre("a"));
    settling.take({{"a/bill.csv", {200, 2}}}, kStart + seconds(130));
    EXPECT_THAT(settling.unsettled_folders(), IsEmpty());
}

TEST(SettlingFiles, HoldUpTheirFolderOnly) {
    Settling settling(seconds(10));
    settling.take({{"a/1.csv", {1, 1}}, {"b/1.csv", {1, 1}}}, kStart);
    settling.take({{"a/1.csv", {1, 1}}, {"b/1.csv", {1, 1}}, {"b/2.csv.part", {1, 1}}}, kStart + seconds(20));
    EXPECT_THAT(settling.unsettled_folders(), ElementsAre("b"));
    // The download is done: it has its name now, and is as new as before.
    settling.take({{"a/1.csv", {1, 1}}, {"b/1.csv", {1, 1}}, {"b/2.csv", {9, 2}}}, kStart + seconds(30));
    EXPECT_THAT(settling.unsettled_folders(), ElementsAre("b"));
    settling.take({{"a/1.csv", {1, 1}}, {"b/1.csv", {1, 1}}, {"b/2.csv", {9, 2}}}, kStart + seconds(40));
    EXPECT_THAT(settling.unsettled_folders(), IsEmpty());
}

TEST(SettlingFiles, AreForgottenWhenTheyGo) {
    Settling settling(seconds(10));
    settling.take({{"a/bill.csv", {1, 1}}}, kStart);
    settling.take({}, kStart + seconds(20));
    settling.take({{"a/bill.csv", {1, 1}}}, kStart + seconds(40));
    EXPECT_THAT(settling.unsettled_folders(), ElementsAre("a"));
}

TEST(SettlingFiles, SettleAtOnceWithoutATime) {
    Settling settling(seconds(0));
    settling.take({{"a/bill.csv", {1, 1}}}, kStart);
    EXPECT_THAT(settling.unsettled_folders(), IsEmpty());
}

TEST(Looks, SeeRegularFilesBelow) {
    std::string pattern = (std::filesystem::temp_directory_path() / "florin-look-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    const base::Path folder = pattern;
    std::filesystem::create_directories(folder / "deep/er");
    std::filesystem::create_directories(folder / "lake");
    std::filesystem::create_directories(folder / ".partial");
    std::ofstream(folder / ".partial/bill.csv") << "abcd";
    std::ofstream(folder / "deep/er/.hidden") << "abc";
    std::ofstream(folder / "bill.csv") << "abcd";
    std::ofstream(folder / "lake/kept.csv") << "x";
    std::vector<std::pair<std::string, std::uint64_t>> seen;
    for (const auto& [path, state] : look_at(folder, folder / "lake").value()) {
        seen.emplace_back(path.lexically_relative(folder), state.bytes);
        EXPECT_GT(state.written_ns, std::int64_t{1'600'000'000} * 1'000'000'000);
    }
    EXPECT_THAT(seen, ElementsAre(Pair("bill.csv", 4U), Pair("deep/er/.hidden", 3U)));
    std::filesystem::remove_all(folder);
    EXPECT_EQ(look_at(folder, {}).error().code, "watch.no_folder");
}

} // namespace
} // namespace florin::app
