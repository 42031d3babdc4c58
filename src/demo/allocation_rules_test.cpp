#include "demo/allocation_rules.hpp"

#include <gtest/gtest.h>

namespace florin::demo {
namespace {

TEST(AllocationRules, AreTheSameForTheSameSeed) {
    const period::Day last = period::parse_day("2026-10-01").value();
    const auto files = [&](std::uint64_t seed) {
        std::string all;
        for (const AllocationFile& file : allocation_rules(make_company(seed, 2, last), seed, 2, last)) {
            all += file.path.generic_string() + "\n" + file.text;
        }
        return all;
    };
    EXPECT_EQ(files(1), files(1));
    EXPECT_NE(files(1), files(2));
}

} // namespace
} // namespace florin::demo
