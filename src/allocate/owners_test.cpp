#include "allocate/owners.hpp"

#include <gtest/gtest.h>

namespace florin::allocate {
namespace {

period::Day day(const char* text) {
    return period::parse_day(text).value();
}

TEST(Owners, AnOwnerHoldsUntilTheNext) {
    Owners owners;
    owners.days = {day("2024-01-01"), day("2024-03-01")};
    owners.values = {"", "platform", "search"};
    owners.starts = {0, 1, 3};
    owners.intervals = {
        {day("2024-01-01"), kUnallocated, kNoRule}, {day("2024-01-01"), 1, 0}, {day("2024-02-15"), 2, 1}};
    EXPECT_EQ(owners.at(0, day("2024-02-29")).value, kUnallocated);
    EXPECT_EQ(owners.at(1, day("2024-01-01")).value, 1U);
    EXPECT_EQ(owners.at(1, day("2024-02-14")).value, 1U);
    EXPECT_EQ(owners.at(1, day("2024-02-15")).value, 2U);
    EXPECT_EQ(owners.of(1).size(), 2U);
}

} // namespace
} // namespace florin::allocate
