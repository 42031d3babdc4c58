#include "variance/length.hpp"

#include <gtest/gtest.h>

namespace florin::variance {
namespace {

period::Period days(const char* first, const char* end) {
    return {period::parse_day(first).value(), period::parse_day(end).value()};
}

TEST(FlowOfUnit, MonthsAreNamedByAWord) {
    for (const char* unit : {"GB-Months", "GB-Mo", "Months", "gibibyte month", "Seat-Months", "GiBy.mo", "1/Month",
                             "100 GB/MONTH", "User-Mon"}) {
        EXPECT_EQ(flow_of_unit(unit), Flow::kMonths) << unit;
    }
    for (const char* unit : {"Hours", "GB", "Requests", "Monitors", "Mobiles", "TB-Days", "Years", "", "-", "Model"}) {
        EXPECT_EQ(flow_of_unit(unit), Flow::kDays) << unit;
    }
    EXPECT_EQ(flow_of_unit(std::nullopt), Flow::kDays);
}

TEST(StepsIn, MonthsAreCountedByTheirDays) {
    EXPECT_EQ(steps_in(days("2026-09-01", "2026-10-01"), Flow::kDays), 30);
    const auto month = steps_in(days("2026-09-01", "2026-10-01"), Flow::kMonths);
    EXPECT_EQ(month, 377'580);
    EXPECT_EQ(steps_in(days("2024-02-01", "2024-03-01"), Flow::kMonths), month);
    EXPECT_EQ(steps_in(days("2026-01-01", "2027-01-01"), Flow::kMonths), 12 * month);
    EXPECT_EQ(steps_in(days("2026-02-15", "2026-03-01"), Flow::kMonths), month / 2);
    EXPECT_EQ(steps_in(days("2026-09-30", "2026-10-02"), Flow::kMonths), month / 30 + month / 31);
    EXPECT_EQ(steps_in(days("2026-01-01", "2027-01-01"), Flow::kNone), 1);
}

} // namespace
} // namespace florin::variance
