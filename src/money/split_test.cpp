#include "money/decimal.hpp"

#include "base/check.hpp"
#include "money/oracle.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace florin::money {
namespace {

using oracle::Integer;
using oracle::integer_of;

constexpr std::uint64_t kSplitSeed = 20240918;

std::vector<Decimal> decimals(const std::vector<std::string_view>& texts) {
    std::vector<Decimal> out;
    for (const std::string_view text : texts) {
        out.push_back(Decimal::parse(text).value());
    }
    return out;
}

std::vector<std::string> shown(const base::Result<std::vector<Decimal>>& parts) {
    std::vector<std::string> out;
    for (const Decimal part : parts.value()) {
        out.push_back(part.to_string());
    }
    return out;
}

using Texts = std::vector<std::string>;

TEST(Split, ByHand) {
    const Decimal hundred = Decimal::from_integer(100);
    EXPECT_EQ(shown(split(hundred, decimals({"1", "1", "1"}), 2)), (Texts{"33.34", "33.33", "33.33"}));
    EXPECT_EQ(shown(split(hundred.negated(), decimals({"1", "1", "1"}), 2)), (Texts{"-33.34", "-33.33", "-33.33"}));
    EXPECT_EQ(shown(split(hundred, decimals({"1", "2"}), 0)), (Texts{"33", "67"}));
    EXPECT_EQ(shown(split(hundred, decimals({"0", "1", "0"}), 0)), (Texts{"0", "100", "0"}));
    EXPECT_EQ(shown(split(Decimal(), decimals({"1", "2"}), 2)), (Texts{"0", "0"}));
    EXPECT_EQ(shown(split(Decimal::from_integer(2), decimals({"1", "1", "1"}), 0)), (Texts{"1", "1", "0"}));
    // Digits beyond the places go to the first part with a weight.
    EXPECT_EQ(shown(split(decimals({"0.0175"})[0], decimals({"0", "1", "3"}), 2)), (Texts{"0", "0.0075", "0.01"}));
    // Hamilton's own example of seats: quotas 1.5, 2.5 and 5.0 of 9; the tie goes to the lower index.
    EXPECT_EQ(shown(split(Decimal::from_integer(9), decimals({"1.5", "2.5", "5"}), 0)), (Texts{"2", "2", "5"}));
}

TEST(Split, NeedsWeightsAboveZero) {
    const Decimal one = Decimal::from_integer(1);
    EXPECT_EQ(split(one, {}, 2).error().code, "money.no_weight");
    EXPECT_EQ(split(one, decimals({"0", "0"}), 2).error().code, "money.no_weight");
    EXPECT_EQ(split(one, decimals({"1", "-1"}), 2).error().code, "money.negative_weight");
    EXPECT_THROW((void)split(one, decimals({"1"}), 19), base::BugError);
}

TEST(Split, TakesWeightsThatTogetherAreBeyond128Bits) {
    const std::vector<Decimal> weights(7, decimals({"99999999999999999999.999999999999999999"})[0]);
    const Decimal most = weights[0];
    const std::vector<Decimal> parts = split(most, weights, 18).value();
    Integer sum = 0;
    for (const Decimal part : parts) {
        sum += integer_of(part.units());
    }
    EXPECT_EQ(sum, integer_of(most.units()));
    // 10^38 - 1 = 7 x 14285714285714285714285714285714285714 + 1
    EXPECT_EQ(parts[0].to_string(), "14285714285714285714.285714285714285715");
    EXPECT_EQ(parts[6].to_string(), "14285714285714285714.285714285714285714");
}

/// Hamilton's method from its definition: whole quotas, then one more for the largest remainder, again and again.
std::vector<Integer> largest_remainders(const Integer& total, const std::vector<Integer>& weights,
                                        const Integer& step) {
    Integer weight_sum = 0;
    for (const Integer& weight : weights) {
        weight_sum += weight;
    }
    const Integer magnitude = boost::multiprecision::abs(total);
    const Integer steps = magnitude / step;
    std::vector<Integer> parts;
    std::vector<Integer> remainders;
    Integer left = steps;
    for (const Integer& weight : weights) {
        const Integer quota = steps * weight / weight_sum;
        parts.push_back(quota * step);
        remainders.push_back(steps * weight % weight_sum);
        left -= quota;
    }
    for (; left > 0; left -= 1) {
        std::size_t best = 0;
        for (std::size_t i = 1; i < remainders.size(); ++i) {
            best = remainders[i] > remainders[best] ? i : best;
        }
        parts[best] += step;
        remainders[best] = -1;
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] != 0) {
            parts[i] += magnitude % step;
            break;
        }
    }
    for (Integer& part : parts) {
        part = total < 0 ? Integer(-part) : part;
    }
    return parts;
}

TEST(Split, EqualsTheOracleAndAddsUp) {
    SCOPED_TRACE(kSplitSeed);
    oracle::Numbers numbers(kSplitSeed);
    for (int round = 0; round < 20'000; ++round) {
        const Decimal total = Decimal::from_units(numbers.units());
        const int places = static_cast<int>(numbers.below(19));
        const bool alike = numbers.below(2) == 0; // small weights, so that remainders tie
        std::vector<Decimal> weights;
        std::vector<Integer> weight_integers;
        Integer weight_sum = 0;
        for (std::uint64_t i = numbers.below(12) + 1; i > 0; --i) {
            const base::int128 units = alike ? static_cast<base::int128>(numbers.below(4)) : numbers.units();
            weights.push_back(Decimal::from_units(units).absolute());
            weight_integers.push_back(integer_of(weights.back().units()));
            weight_sum += weight_integers.back();
        }
        const base::Result<std::vector<Decimal>> parts = split(total, weights, places);
        if (weight_sum == 0) {
            ASSERT_EQ(parts.error().code, "money.no_weight");
            continue;
        }
        const Integer step = oracle::power_of_ten(static_cast<unsigned>(18 - places));
        const Integer total_integer = integer_of(total.units());
        const std::vector<Integer> expected = largest_remainders(total_integer, weight_integers, step);
        Integer sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const Integer part = integer_of(parts.value()[i].units());
            sum += part;
            ASSERT_EQ(part, expected[i]) << "round " << round << ", part " << i;
            // Within one step of the exact share; digits beyond the places may add less than another.
            const Integer distance = part * weight_sum - total_integer * weight_integers[i];
            ASSERT_LT(boost::multiprecision::abs(distance), step * weight_sum * (places == 18 ? 1 : 2));
            ASSERT_FALSE(weight_integers[i] == 0 && part != 0) << "a part without a weight";
            ASSERT_FALSE(part != 0 && (part < 0) != (total_integer < 0)) << "a part of the other sign";
        }
        ASSERT_EQ(sum, total_integer) << "round " << round;
        const std::vector<Decimal> mirrored = split(total.negated(), weights, places).value();
        for (std::size_t i = 0; i < weights.size(); ++i) {
            ASSERT_EQ(mirrored[i], parts.value()[i].negated());
        }
    }
}

} // namespace
} // namespace florin::money
