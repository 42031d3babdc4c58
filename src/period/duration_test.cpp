#include "period/duration.hpp"

#include <gtest/gtest.h>

namespace florin::period {
namespace {

using std::chrono::seconds;

TEST(Duration, ReadsANumberAndAUnit) {
    EXPECT_EQ(*parse_duration("0s"), seconds(0));
    EXPECT_EQ(*parse_duration("30s"), seconds(30));
    EXPECT_EQ(*parse_duration("15m"), seconds(900));
    EXPECT_EQ(*parse_duration("6h"), seconds(21'600));
    EXPECT_EQ(*parse_duration("2d"), seconds(172'800));
    EXPECT_EQ(*parse_duration("1w"), seconds(604'800));
}

TEST(Duration, RefusesWhatIsNone) {
    for (const char* text : {"", "5", "h", "5 h", "-5m", "5min", "1.5h", "5M", "3654d", "99999999999999999999s"}) {
        const auto parsed = parse_duration(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().code, "period.duration");
    }
    EXPECT_TRUE(parse_duration("3653d").ok());
}

TEST(Duration, DescribesTheTwoLargestUnits) {
    EXPECT_EQ(describe_duration(seconds(0)), "0 seconds");
    EXPECT_EQ(describe_duration(seconds(1)), "1 second");
    EXPECT_EQ(describe_duration(seconds(3'600)), "1 hour");
    EXPECT_EQ(describe_duration(seconds(3'601)), "1 hour");
    EXPECT_EQ(describe_duration(seconds(86'400 * 8 + 3'600 * 4 + 59)), "8 days 4 hours");
    EXPECT_EQ(describe_duration(seconds(86'400 + 59 * 60)), "1 day");
    EXPECT_EQ(describe_duration(seconds(61)), "1 minute 1 second");
}

} // namespace
} // namespace florin::period
