#include "demo/estate.hpp"
#include <gtest/gtest.h>
TEST(Estate, Runs) {
    florin::demo::EstateOptions o; o.rows = 30000; o.folder = "/tmp/demo_try"; o.last_month_start = florin::period::Day(std::chrono::year(2026)/10/1);
    auto r = florin::demo::generate_estate(o);
    ASSERT_TRUE(r.ok()) << r.error().describe();
}
