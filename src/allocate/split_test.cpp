#include "allocate/split.hpp"

#include "base/check.hpp"
#include "money/decimal.hpp"
#include "money/oracle.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace florin::allocate {
namespace {

using base::int128;
using base::uint128;
using money::oracle::Integer;
using money::oracle::integer_of;

constexpr std::uint64_t kSplitSeed = 20260924;

std::vector<int128> parts_of(int128 amount, const std::vector<uint128>& weights) {
    const Splitter splitter(weights);
    std::vector<int128> parts(weights.size());
    Splitter::Scratch scratch;
    splitter.split(amount, parts, scratch);
    return parts;
}

TEST(Splitter, ByHand) {
    EXPECT_EQ(parts_of(100, {1, 1, 1}), (std::vector<int128>{34, 33, 33}));
    EXPECT_EQ(parts_of(-100, {1, 1, 1}), (std::vector<int128>{-34, -33, -33}));
    EXPECT_EQ(parts_of(2, {1, 1, 1}), (std::vector<int128>{1, 1, 0}));
    EXPECT_EQ(parts_of(9, {3, 5, 10}), (std::vector<int128>{2, 2, 5})); // quotas 1.5, 2.5 and 5
    EXPECT_EQ(parts_of(0, {7, 9}), (std::vector<int128>{0, 0}));
    EXPECT_EQ(parts_of(-7, {5}), (std::vector<int128>{-7}));
}

TEST(Splitter, WeightsAreAboveZeroAndFit) {
    EXPECT_THROW(Splitter(std::vector<uint128>{}), base::BugError);
    EXPECT_THROW(Splitter(std::vector<uint128>{1, 0}), base::BugError);
    EXPECT_THROW(Splitter(std::vector<uint128>{uint128{1} << 126U, uint128{1} << 126U}), base::BugError);
    EXPECT_EQ(parts_of(1, {(uint128{1} << 127U) - 1}), (std::vector<int128>{1}));
}

/// The definition, with integers of any size.
std::vector<Integer> by_definition(const Integer& amount, const std::vector<Integer>& weights) {
    Integer total = 0;
    for (const Integer& weight : weights) {
        total += weight;
    }
    const Integer magnitude = boost::multiprecision::abs(amount);
    std::vector<Integer> parts;
    std::vector<Integer> remainders;
    Integer left = magnitude;
    for (const Integer& weight : weights) {
        parts.push_back(magnitude * weight / total);
        remainders.push_back(magnitude * weight % total);
        left -= parts.back();
    }
    for (; left > 0; left -= 1) {
        std::size_t best = 0;
        for (std::size_t i = 1; i < weights.size(); ++i) {
            best = remainders[i] > remainders[best] ? i : best;
        }
        parts[best] += 1;
        remainders[best] = -1;
    }
    for (Integer& part : parts) {
        part = amount < 0 ? Integer(-part) : part;
    }
    return parts;
}

TEST(Splitter, EqualsTheDefinitionAndMoneysSplit) {
    SCOPED_TRACE(kSplitSeed);
    money::oracle::Numbers numbers(kSplitSeed);
    for (int round = 0; round < 30'000; ++round) {
        const int128 amount = numbers.units() >> (numbers.below(2) * 50); // large ones, and those of bills
        const std::uint64_t kind = numbers.below(3); // small weights that tie; any; as large as may be
        std::vector<uint128> weights;
        std::vector<Integer> integers;
        std::vector<money::Decimal> decimals;
        uint128 total = 0;
        const std::uint64_t count = numbers.below(30) + 1;
        for (std::uint64_t i = 0; i < count; ++i) {
            uint128 weight = kind == 0 ? numbers.below(3) + 1 : numbers.any();
            weight = kind == 2 ? ((uint128{1} << 126U) - 1) / count : weight % (((uint128{1} << 126U) - 1) / count);
            weight = weight == 0 ? 1 : weight;
            total += weight;
            weights.push_back(weight);
            integers.push_back(integer_of(weight));
            decimals.push_back(money::Decimal::from_units(static_cast<int128>(weight)));
        }
        const std::vector<int128> parts = parts_of(amount, weights);
        const std::vector<Integer> expected = by_definition(integer_of(amount), integers);
        const auto slow = money::split(money::Decimal::from_units(amount), decimals, 18).value();
        for (std::size_t i = 0; i < parts.size(); ++i) {
            ASSERT_EQ(integer_of(parts[i]), expected[i]) << "round " << round << ", part " << i;
            ASSERT_TRUE(parts[i] == slow[i].units()) << "round " << round << ", part " << i;
        }
    }
}

} // namespace
} // namespace florin::allocate
