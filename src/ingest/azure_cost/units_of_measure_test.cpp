#include "ingest/azure_cost/units_of_measure.hpp"

#include <gtest/gtest.h>

namespace florin::ingest::azure_cost {
namespace {

struct Case {
    std::string_view text;
    std::int64_t block;
    std::string_view unit;
    std::string_view priced;
};

/// Texts from Microsoft's PricingUnits.csv (finops-toolkit, src/open-data, read 2026-11-24); units by hand, by FOCUS
/// UnitFormat: plural, time joined by a hyphen, what is per time behind a slash.
TEST(UnitsOfMeasure, AreReadByTheGrammar) {
    const std::vector<Case> cases = {
        {"1 Hour", 1, "Hours", "Hours"},
        {"100 Hours", 100, "Hours", "100 Hours"},
        {"1 hour", 1, "Hours", "Hours"},
        {"10K", 10'000, "Units", "10000 Units"},
        {"1K", 1'000, "Units", "1000 Units"},
        {"1M", 1'000'000, "Units", "1000000 Units"},
        {"1B", 1'000'000'000, "Units", "1000000000 Units"},
        {"10K/Month", 10'000, "Units/Month", "10000 Units/Month"},
        {"10K Transactions", 10'000, "Transactions", "10000 Transactions"},
        {"1", 1, "Units", "Units"},
        {"10 ", 10, "Units", "10 Units"},
        {"1/Day", 1, "Units/Day", "Units/Day"},
        {"100 /Hour", 100, "Units/Hour", "100 Units/Hour"},
        {"1/3 Months", 1, "Units/3 Months", "Units/3 Months"},
        {"1/10 Days", 1, "Units/10 Days", "Units/10 Days"},
        {"1 GB", 1, "GB", "GB"},
        {"1 GiB Hour", 1, "GiB-Hours", "GiB-Hours"},
        {"100000 GB Seconds", 100'000, "GB-Seconds", "100000 GB-Seconds"},
        {"1 GB/Month", 1, "GB/Month", "GB/Month"},
        {"MB/month", 1, "MB/Month", "MB/Month"},
        {"Hours", 1, "Hours", "Hours"},
        {"Units", 1, "Units", "Units"},
        {"128 MB", 128, "MB", "128 MB"},
        {"1 IOPS/Month", 1, "IOPS/Month", "IOPS/Month"},
        {"1 Daily Unit", 1, "Units/Day", "Units/Day"},
        {"1 Annual Domain", 1, "Domains/Year", "Domains/Year"},
        {"1 Cubic Meter/Month", 1, "Cubic Meters/Month", "Cubic Meters/Month"},
        {"100 Core Hrs", 100, "Core-Hours", "100 Core-Hours"},
        {"1 user", 1, "Users", "Users"},
        {"744 Connections", 744, "Connections", "744 Connections"},
    };
    for (const Case& expected : cases) {
        const UnitOfMeasure unit = read_unit_of_measure(expected.text, "Storage");
        EXPECT_TRUE(unit.is_read) << expected.text;
        EXPECT_EQ(unit.block, expected.block) << expected.text;
        EXPECT_EQ(unit.unit, expected.unit) << expected.text;
        EXPECT_EQ(unit.priced(), expected.priced) << expected.text;
    }
}

TEST(UnitsOfMeasure, WhatTheGrammarMisreadsStandsInTheTable) {
    EXPECT_EQ(read_unit_of_measure("1000 MAUs", "").unit, "Users/Month");
    EXPECT_EQ(read_unit_of_measure("1 GB/月", "").unit, "GB/Month");
    EXPECT_EQ(read_unit_of_measure("1 Million", "").block, 1'000'000);
    // A virtual machine runs at most 24 hours a day: Quantity cannot count hundreds of them.
    EXPECT_EQ(read_unit_of_measure("100 Hours", "Virtual Machines").block, 1);
    EXPECT_EQ(read_unit_of_measure("100 Hours", "Azure App Service").block, 100);
}

TEST(UnitsOfMeasure, WhatNeitherKnowsIsKeptAsItIs) {
    for (const std::string_view text : {"", "Unassigned", "10000 1,000s", "10000s", "0 Hours", "-1 GB", "GB per Hour",
                                        "1/Fortnight", "99999999999999999999 GB", "9000000000000000000B"}) {
        const UnitOfMeasure unit = read_unit_of_measure(text, "Storage");
        EXPECT_FALSE(unit.is_read) << text;
        EXPECT_EQ(unit.block, 1) << text;
        EXPECT_EQ(unit.unit, text);
    }
}

} // namespace
} // namespace florin::ingest::azure_cost
