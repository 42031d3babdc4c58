#include "app/feed.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

namespace florin::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal(const std::string& text) {
    const auto feed = parse_feed(text, "feeds/aws.yaml");
    return feed.ok() ? "accepted" : feed.error().code;
}

TEST(Feed, ReadsWhatItSays) {
    const Feed feed = parse_feed("fetch:\n  command: [aws, s3, sync, 's3://acme/cur', bills/aws]\n  into: bills/aws\n"
                                 "  every: 6h\n  timeout: 30m\nsource: aws-cur\n",
                                 "feeds/aws.yaml")
                          .value();
    EXPECT_EQ(feed.name, "aws");
    EXPECT_THAT(feed.command, ElementsAre("aws", "s3", "sync", "s3://acme/cur", "bills/aws"));
    EXPECT_EQ(feed.into, "bills/aws");
    EXPECT_EQ(feed.every, hours(6));
    EXPECT_EQ(feed.timeout, minutes(30));
    EXPECT_EQ(feed.source, "aws-cur");
}

TEST(Feed, NeedsOnlyACommandAndAFolder) {
    const Feed feed = parse_feed("fetch: {command: [sync-bills], into: bills}", "gcp.yaml").value();
    EXPECT_FALSE(feed.every.has_value());
    EXPECT_EQ(feed.timeout, hours(1));
    EXPECT_EQ(feed.source, "");
}

TEST(Feed, RefusesWhatItCannotMean) {
    EXPECT_EQ(refusal(""), "config.not_a_map");
    EXPECT_EQ(refusal("source: aws-cur"), "config.missing_key");
    EXPECT_EQ(refusal("fetch: {into: bills}"), "config.missing_key");
    EXPECT_EQ(refusal("fetch: {command: [], into: bills}"), "config.missing_key");
    EXPECT_EQ(refusal("fetch: {command: [''], into: bills}"), "config.missing_key");
    EXPECT_EQ(refusal("fetch: {command: [sync]}"), "config.missing_key");
    EXPECT_EQ(refusal("fetch: {command: [sync], into: bills, each: 6h}"), "config.unknown_key");
    EXPECT_EQ(refusal("fetch: {command: [sync], into: bills, every: often}"), "config.not_a_duration");
    EXPECT_EQ(refusal("fetch: {command: [sync], into: bills, timeout: 0s}"), "config.not_a_duration");
    EXPECT_EQ(refusal("fetch: {command: [sync"), "config.syntax");
}

TEST(Feed, TakesNoTextForAShell) {
    const auto feed = parse_feed("fetch:\n  command: aws s3 sync\n  into: bills\n", "feeds/aws.yaml");
    ASSERT_FALSE(feed.ok());
    EXPECT_EQ(feed.error().code, "config.wrong_type");
    EXPECT_EQ(feed.error().place.row, 2U);
    EXPECT_THAT(feed.error().message, HasSubstr("no shell"));
}

class Feeds : public testing::Test {
protected:
    Feeds() {
        std::string pattern = (std::filesystem::temp_directory_path() / "florin-feeds-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
    }
    ~Feeds() override {
        std::error_code code;
        std::filesystem::remove_all(folder_, code);
    }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << text;
    }
    std::vector<std::string> names(const std::vector<std::string>& wanted) const {
        std::vector<std::string> names;
        for (const Feed& feed : choose_feeds(folder_, wanted).value()) {
            names.push_back(feed.name);
        }
        return names;
    }
    base::Path folder_;
};

TEST_F(Feeds, AreTheFilesOfTheFolder) {
    EXPECT_THAT(read_feeds(folder_).value(), IsEmpty());
    EXPECT_EQ(choose_feeds(folder_, {}).error().code, "feed.none");
    write("feeds/oracle.yaml", "fetch: {command: [sync], into: bills/oracle/}");
    write("feeds/azure.yaml", "fetch: {command: [sync], into: /srv/azure}");
    write("feeds/notes.txt", "not a feed");
    write("feeds/old/azure.yaml", "not: a feed");
    EXPECT_THAT(names({}), ElementsAre("azure", "oracle"));
    EXPECT_THAT(names({"oracle"}), ElementsAre("oracle"));
    const std::vector<Feed> feeds = read_feeds(folder_).value();
    EXPECT_EQ(feeds[0].into, "/srv/azure");
    EXPECT_EQ(feeds[1].into, folder_ / "bills/oracle");
}

TEST_F(Feeds, SuggestsTheNearestName) {
    write("feeds/oracle.yaml", "fetch: {command: [sync], into: bills}");
    const auto chosen = choose_feeds(folder_, {"orcale"});
    ASSERT_FALSE(chosen.ok());
    EXPECT_EQ(chosen.error().code, "feed.unknown");
    EXPECT_THAT(chosen.error().message, HasSubstr("oracle"));
}

} // namespace
} // namespace florin::app
