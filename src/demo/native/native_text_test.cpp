#include "demo/native/native_text.hpp"

#include "demo/native/usage_schedule.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace florin::demo {
namespace {

struct Case {
    std::int64_t units;
    int places;
    const char* java;
    const char* dot_net;
    const char* big_decimal;
};

// What Double.toString, C#'s double.ToString("R") and BigDecimal(…).setScale(18).toString() print.
TEST(NativeText, NumbersAreWrittenAsTheProvidersProgramsDo) {
    const Case cases[] = {
        {0, 6, "0.0", "0", "0E-18"},
        {1, 0, "1.0", "1", "1.000000000000000000"},
        {125, 1, "12.5", "12.5", "12.500000000000000000"},
        {-125, 1, "-12.5", "-12.5", "-12.500000000000000000"},
        {1, 3, "0.001", "0.001", "0.001000000000000000"},
        {999, 6, "9.99E-4", "0.000999", "0.000999000000000000"},
        {1, 4, "1.0E-4", "0.0001", "0.000100000000000000"},
        {52, 10, "5.2E-9", "5.2E-09", "5.200000000E-9"},
        {564'902, 10, "5.64902E-5", "5.64902E-05", "0.000056490200000000"},
        {1, 6, "1.0E-6", "1E-06", "0.000001000000000000"},
        {232'376, 14, "2.32376E-9", "2.32376E-09", "2.323760000E-9"},
        {9'999'999, 0, "9999999.0", "9999999", "9999999.000000000000000000"},
        {15'000'000, 0, "1.5E7", "15000000", "15000000.000000000000000000"},
        {14'717'133, 8, "0.14717133", "0.14717133", "0.147171330000000000"},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(number_text(one.units, one.places, NumberStyle::kJava), one.java);
        EXPECT_EQ(number_text(one.units, one.places, NumberStyle::kDotNet), one.dot_net);
        EXPECT_EQ(number_text(one.units, one.places, NumberStyle::kBigDecimal), one.big_decimal);
    }
    EXPECT_EQ(number_text(-1'500, 3, NumberStyle::kJson), "-1.5");
    EXPECT_EQ(number_text(1, 16, NumberStyle::kJson), "0.0000000000000001");
}

TEST(UsageSchedule, EveryRowHasItsOwnPlaceInTheMonth) {
    for (const std::uint64_t rows : {1U, 7U, 30U, 31U, 100U, 5'000U}) {
        std::uint64_t sum = 0;
        const UsageSchedule schedule(rows, 30, true);
        for (int day = 0; day < 30; ++day) {
            sum += schedule.rows_on(day);
        }
        EXPECT_EQ(sum, rows);
    }
    const UsageSchedule hourly(1, 1, true);
    EXPECT_EQ(hourly.slot(25).hour, 1);
    EXPECT_EQ(hourly.slot(25).resource, 1U);
    EXPECT_EQ(hourly.slot(25).hours, 1);
    const UsageSchedule daily(1, 1, false);
    EXPECT_EQ(daily.slot(25).hours, 24);
    EXPECT_EQ(daily.slot(25).resource, 25U);
}

TEST(UsageSchedule, RowsAreSharedToTheLastOne) {
    const std::vector<std::uint64_t> shares = share_rows(1'000, {1, 1, 5, 93, 3});
    EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), std::uint64_t{0}), 1'000U);
    EXPECT_GE(shares[0], 1U);
    EXPECT_GT(shares[3], 850U);
    EXPECT_EQ(share_rows(3, {9, 1, 1}), (std::vector<std::uint64_t>{1, 1, 1}));
}

TEST(QuantitySteps, AQuantityTimesAPriceHasTenPlaces) {
    for (const std::int64_t price : {std::int64_t{1}, std::int64_t{133'300}, std::int64_t{2'016'000'000}}) {
        const QuantitySteps steps(1'000, {price});
        const std::int64_t quantity = steps.rounded(123'456'789);
        EXPECT_LE(quantity, 123'456'789);
        EXPECT_EQ(static_cast<std::int64_t>(Cost{quantity} * price % 1'000'000), 0);
        EXPECT_GT(steps.rounded(0), 0);
    }
}

} // namespace
} // namespace florin::demo
