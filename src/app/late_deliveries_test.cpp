#include "app/late_deliveries.hpp"

#include <gmock/gmock.h>

namespace florin::app {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Hours after 2026-01-05T00:00:00Z, a Monday.
period::Instant after(int count) {
    return period::parse_instant("2026-01-05T00:00:00Z").value().instant + hours(count);
}

lake::Delivery delivery(period::Instant at, const std::vector<std::string>& accounts = {"acc"},
                        const std::string& source = "focus") {
    lake::Delivery delivery;
    delivery.source = source;
    delivery.ordered_at = at;
    delivery.received_at = at + hours(1);
    for (const std::string& account : accounts) {
        lake::Part part;
        part.billing_account_id = account;
        delivery.parts.push_back(part);
    }
    return delivery;
}

DeliveryRhythm rhythm_of(const std::vector<int>& hours_after) {
    std::vector<lake::Delivery> deliveries;
    for (const int count : hours_after) {
        deliveries.push_back(delivery(after(count)));
    }
    const auto rhythms = delivery_rhythms(deliveries);
    EXPECT_THAT(rhythms, SizeIs(1));
    return rhythms.at(0);
}

// Gaps of 24 hours: due 24 hours after the last, plus 6 (a quarter of 24).
TEST(LateDeliveries, DailyIsDueADayAndSixHoursAfterTheLast) {
    const DeliveryRhythm rhythm = rhythm_of({6, 30, 54, 78, 102});
    EXPECT_EQ(rhythm.gaps, 4U);
    EXPECT_EQ(rhythm.usual_gap, seconds(hours(24)));
    EXPECT_EQ(rhythm.last_delivery, after(102));
    EXPECT_EQ(rhythm.due_by, after(102 + 24 + 6));
    EXPECT_FALSE(rhythm.is_late(after(132)));
    EXPECT_TRUE(rhythm.is_late(after(132) + seconds(1)));
}

// Of 3 gaps nothing is taken.
TEST(LateDeliveries, IsNotToldFromFewerThanFourGaps) {
    const DeliveryRhythm rhythm = rhythm_of({6, 30, 54, 78});
    EXPECT_EQ(rhythm.gaps, 3U);
    EXPECT_FALSE(rhythm.due_by.has_value());
    EXPECT_FALSE(rhythm.is_late(after(100'000)));
}

// Monday to Friday at 06:00 over three weeks: 14 gaps, 12 of 24 hours and 2 of 72. The 13th of 14 is 72 (0.9 of 14 is
// 12.6), and a quarter of the median is 6.
TEST(LateDeliveries, AWeekendIsNotLate) {
    std::vector<int> times;
    for (int week = 0; week < 3; ++week) {
        for (int day = 0; day < 5; ++day) {
            times.push_back(week * 168 + day * 24 + 6);
        }
    }
    const DeliveryRhythm rhythm = rhythm_of(times);
    EXPECT_EQ(rhythm.gaps, 14U);
    EXPECT_EQ(rhythm.usual_gap, seconds(hours(24)));
    EXPECT_EQ(rhythm.due_by, after(2 * 168 + 4 * 24 + 6 + 72 + 6));
}

// First of each month of 2026, January to July: gaps of 31, 28, 31, 30, 31, 30 days. The median by nearest rank is the
// 3rd of 28 30 30 31 31 31, the 6th is 31; a quarter of 30 days is more than the 3 that are let off at most.
TEST(LateDeliveries, AMonthIsLetOffThreeDays) {
    std::vector<lake::Delivery> deliveries;
    for (unsigned month = 1; month <= 7; ++month) {
        deliveries.push_back(delivery(std::chrono::sys_days(std::chrono::year(2026) / std::chrono::month(month) / 1)));
    }
    const DeliveryRhythm rhythm = delivery_rhythms(deliveries).at(0);
    EXPECT_EQ(rhythm.usual_gap, seconds(days(30)));
    EXPECT_EQ(period::to_string(*rhythm.due_by), "2026-08-04T00:00:00Z");
}

// Four a day: the first of each day counts, and the last of all is what the time runs from.
TEST(LateDeliveries, SeveralADayAreOne) {
    std::vector<int> times;
    for (int day = 0; day < 5; ++day) {
        for (const int hour : {0, 6, 12, 18}) {
            times.push_back(day * 24 + hour);
        }
    }
    const DeliveryRhythm rhythm = rhythm_of(times);
    EXPECT_EQ(rhythm.gaps, 4U);
    EXPECT_EQ(rhythm.due_by, after(4 * 24 + 18 + 24 + 6));
}

// 24 months loaded on one day are one day of deliveries.
TEST(LateDeliveries, HistoryLoadedAtOnceHasNoRhythm) {
    const DeliveryRhythm rhythm = rhythm_of(std::vector<int>(24, 5));
    EXPECT_EQ(rhythm.gaps, 0U);
    EXPECT_FALSE(rhythm.due_by.has_value());
}

// One gap of 30 days among 20 is an outage, not the rhythm: the 18th of 20 counts.
TEST(LateDeliveries, OneOutageDoesNotMakeLongerGapsUsual) {
    std::vector<int> times;
    for (int day = 0; day <= 20; ++day) {
        times.push_back((day < 10 ? day : day + 29) * 24);
    }
    const DeliveryRhythm rhythm = rhythm_of(times);
    EXPECT_EQ(rhythm.gaps, 20U);
    EXPECT_EQ(rhythm.due_by, after(times.back() + 24 + 6));
}

// 40 weekly deliveries, then 21 daily ones: the 20 latest gaps are of a day.
TEST(LateDeliveries, AFeedThatChangedItsRhythmIsJudgedByTheNewOne) {
    std::vector<int> times;
    for (int week = 0; week < 40; ++week) {
        times.push_back(week * 168);
    }
    for (int day = 1; day <= 20; ++day) {
        times.push_back(39 * 168 + day * 24);
    }
    EXPECT_EQ(rhythm_of(times).usual_gap, seconds(hours(24)));
}

TEST(LateDeliveries, DoNotDependOnTheOrderOfTheList) {
    EXPECT_EQ(rhythm_of({102, 6, 78, 30, 54}).due_by, after(132));
}

// Accounts that ever came together are one feed, also over a third; others are feeds of their own.
TEST(LateDeliveries, AccountsThatComeTogetherAreOneFeed) {
    const auto rhythms = delivery_rhythms(std::vector<lake::Delivery>{
        delivery(after(0), {"b", "a"}), delivery(after(24), {"b"}), delivery(after(48), {"c", "b"}),
        delivery(after(72), {"d"}), delivery(after(96), {"a"}, "aws-cur")});
    ASSERT_THAT(rhythms, SizeIs(3));
    EXPECT_EQ(rhythms[0].source, "aws-cur");
    EXPECT_THAT(rhythms[1].billing_accounts, ElementsAre("a", "b", "c"));
    EXPECT_EQ(rhythms[1].last_delivery, after(48));
    EXPECT_THAT(rhythms[2].billing_accounts, ElementsAre("d"));
}

TEST(LateDeliveries, AreDescribed) {
    const DeliveryRhythm rhythm = rhythm_of({6, 30, 54, 78, 102});
    EXPECT_EQ(describe_late(rhythm, after(102 + 24 * 12 + 5)),
              "nothing for 12 days 5 hours, usually there is something after 1 day; it was due by "
              "2026-01-10 12:00 UTC");
}

} // namespace
} // namespace florin::app
