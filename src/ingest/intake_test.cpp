#include "ingest/intake.hpp"

#include "ingest/inspection_test_bills.hpp"
#include "ingest/loader.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace florin::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> names(const std::vector<base::Path>& paths) {
    std::vector<std::string> found;
    for (const base::Path& path : paths) {
        found.push_back(path.filename().string());
    }
    return found;
}

class FindFiles : public testing::Test {
protected:
    FindFiles() {
        for (const char* name :
             {"b.csv", "a.csv.gz", "c.parquet", "d.jsonl.zst", "e.ndjson", "meta.json", "notes.txt", ".hidden.csv"}) {
            folder_.write(name, "x");
        }
        std::filesystem::create_directories(folder_.path() / "below");
        folder_.write("below/f.csv", "x");
    }
    std::string at(const std::string& name) const { return (folder_.path() / name).string(); }
    TestFolder folder_;
};

TEST_F(FindFiles, AFolderGivesItsBillsAndWhatIsBelow) {
    const Intake intake = find_files({folder_.path().string()}).value();
    EXPECT_THAT(names(intake.bills), ElementsAre("a.csv.gz", "b.csv", "f.csv", "c.parquet", "d.jsonl.zst", "e.ndjson"));
    EXPECT_THAT(names(intake.metadata), ElementsAre("meta.json"));
    EXPECT_THAT(intake.passed_over, ElementsAre(at("notes.txt") + ": not a bill by its name"));
}

TEST_F(FindFiles, AWorkspaceBelowAFolderIsPassedOver) {
    std::filesystem::create_directories(folder_.path() / "below" / "fx");
    folder_.write("below/florin.yaml", "");
    folder_.write("below/fx/rates.csv", "x");
    const Intake intake = find_files({folder_.path().string()}).value();
    EXPECT_THAT(names(intake.bills), ElementsAre("a.csv.gz", "b.csv", "c.parquet", "d.jsonl.zst", "e.ndjson"));
    EXPECT_THAT(intake.passed_over,
                ElementsAre(at("below") + ": a workspace, not bills", at("notes.txt") + ": not a bill by its name"));
    EXPECT_THAT(names(find_files({at("below")}).value().bills), ElementsAre("f.csv", "rates.csv"));
}

TEST_F(FindFiles, ANamedFileIsTakenWhateverItIsCalled) {
    EXPECT_THAT(names(find_files({at("notes.txt"), at(".hidden.csv")}).value().bills),
                ElementsAre(".hidden.csv", "notes.txt"));
}

TEST_F(FindFiles, PatternsMatchInTheLastPartOnlyAndLeaveHiddenFiles) {
    EXPECT_THAT(names(find_files({at("*.csv")}).value().bills), ElementsAre("b.csv"));
    EXPECT_THAT(names(find_files({at("?.csv*")}).value().bills), ElementsAre("a.csv.gz", "b.csv"));
    EXPECT_EQ(find_files({at("*.xlsx")}).error().code, "ingest.no_files");
    EXPECT_EQ(find_files({at("*/f.csv")}).error().code, "ingest.no_files");
}

TEST_F(FindFiles, WhatIsNamedTwiceIsTakenOnce) {
    EXPECT_THAT(names(find_files({at("b.csv"), at("*.csv"), at("b.csv")}).value().bills), ElementsAre("b.csv"));
}

TEST_F(FindFiles, NothingIsAnError) {
    const auto missing = find_files({at("b.csv"), at("nowhere.csv")});
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code, "ingest.no_files");
    EXPECT_EQ(missing.error().place.file, at("nowhere.csv"));
    EXPECT_EQ(find_files({at("below/../meta*")}).error().code, "ingest.no_files") << "metadata alone is no bill";
}

period::Instant month(unsigned number) {
    return period::Day(std::chrono::year(2026) / std::chrono::month(number) / 1);
}
ScopeKey scope(const std::string& account, unsigned number) {
    return {account, month(number), month(number + 1)};
}

Inspection file(const std::string& path, std::map<ScopeKey, std::uint64_t> scopes) {
    Inspection made;
    made.path = path;
    made.sha256 = path;
    made.scopes = std::move(scopes);
    return made;
}

TEST(ScopeKeyText, AccountAndMonthOrDays) {
    EXPECT_EQ(scope_key(scope("a b", 9)), "a b 2026-09");
    ScopeKey half = scope("a", 9);
    half.billing_period_end = half.billing_period_start + std::chrono::days(15);
    EXPECT_EQ(scope_key(half), "a 2026-09-01..2026-09-15");
}

std::vector<std::string> strays(const std::map<ScopeKey, std::uint64_t>& scopes) {
    std::vector<std::string> found;
    for (const auto& [key, is_stray] : find_strays(scopes)) {
        if (is_stray) {
            found.push_back(scope_key(key));
        }
    }
    return found;
}

TEST(FindStrays, LessThanOnePercentBesideAnotherPeriodOfTheAccount) {
    EXPECT_THAT(strays({{scope("a", 9), 1}}), IsEmpty());
    EXPECT_THAT(strays({{scope("a", 9), 1}, {scope("a", 10), 100}}), ElementsAre("a 2026-09"));
    EXPECT_THAT(strays({{scope("a", 9), 1}, {scope("a", 10), 99}}), IsEmpty()) << "1 % is not less than 1 %";
    EXPECT_THAT(strays({{scope("a", 9), 1}, {scope("b", 10), 1'000}}), IsEmpty()) << "a small account is no stray";
    EXPECT_THAT(strays({{scope("a", 9), 5}, {scope("a", 10), 5}, {scope("b", 10), 10'000}}), IsEmpty())
        << "neither of two alike is the stray one";
    EXPECT_THAT(strays({{scope("a", 8), 2}, {scope("a", 9), 3}, {scope("a", 10), 10'000}}),
                ElementsAre("a 2026-08", "a 2026-09"));
}

std::vector<std::string> grouped(std::vector<Inspection> files) {
    std::vector<std::string> groups;
    for (const auto& group : group_into_deliveries(std::move(files))) {
        std::string text;
        for (const Inspection& one : group) {
            text += one.path.string();
        }
        groups.push_back(text);
    }
    return groups;
}

TEST(GroupIntoDeliveries, FilesThatShareAScopeBelongTogether) {
    EXPECT_THAT(grouped({}), IsEmpty());
    EXPECT_THAT(
        grouped({file("1", {{scope("a", 9), 5}}), file("2", {{scope("b", 9), 5}}), file("3", {{scope("a", 9), 5}})}),
        ElementsAre("13", "2"));
    EXPECT_THAT(grouped({file("1", {{scope("a", 9), 5}}), file("2", {{scope("b", 9), 5}}),
                         file("3", {{scope("a", 9), 5}, {scope("b", 9), 5}})}),
                ElementsAre("123"));
    EXPECT_THAT(grouped({file("1", {{scope("c", 9), 5}}), file("2", {{scope("a", 9), 5}, {scope("b", 9), 5}}),
                         file("3", {{scope("b", 9), 5}, {scope("c", 9), 5}}), file("4", {{scope("d", 9), 5}})}),
                ElementsAre("123", "4"));
}

TEST(GroupIntoDeliveries, StrayRowsDoNotJoinTwoMonths) {
    EXPECT_THAT(grouped({file("1", {{scope("a", 9), 500}}), file("2", {{scope("a", 9), 1}, {scope("a", 10), 500}})}),
                ElementsAre("1", "2"));
}

TEST(DeliveryIdentity, DependsOnFilesSourceAndMappingNotOnOrder) {
    const std::string identity = delivery_identity("focus", 1, {"a", "b"});
    EXPECT_EQ(identity.size(), 64U);
    EXPECT_EQ(delivery_identity("focus", 1, {"b", "a"}), identity);
    EXPECT_NE(delivery_identity("focus", 1, {"a"}), identity);
    EXPECT_NE(delivery_identity("focus", 1, {"a", "a"}), identity);
    EXPECT_NE(delivery_identity("cur", 1, {"a", "b"}), identity);
    EXPECT_NE(delivery_identity("focus", 2, {"a", "b"}), identity);
}

} // namespace
} // namespace florin::ingest
