#include "money/wide.hpp"

#include "base/check.hpp"
#include "money/oracle.hpp"

#include <gtest/gtest.h>

namespace florin::money {
namespace {

using base::uint128;
using oracle::Integer;
using oracle::integer_of;

constexpr std::uint64_t kWideSeed = 20240918;
constexpr int kRounds = 200'000;

Integer integer_of_wide(Uint256 value) {
    return (integer_of(value.high) << 128U) + integer_of(value.low);
}

TEST(MultiplyWide, EqualsTheOracle) {
    SCOPED_TRACE(kWideSeed);
    oracle::Numbers numbers(kWideSeed);
    for (int i = 0; i < kRounds; ++i) {
        const uint128 a = numbers.any();
        const uint128 b = numbers.any();
        ASSERT_EQ(integer_of_wide(multiply_wide(a, b)), integer_of(a) * integer_of(b)) << "round " << i;
    }
}

TEST(MultiplyWide, TakesTheExtremes) {
    const uint128 most = ~uint128{0};
    EXPECT_EQ(multiply_wide(most, most), (Uint256{most - 1, 1})); // (2^128 - 1)^2 = 2^256 - 2^129 + 1
    EXPECT_EQ(multiply_wide(most, 0), Uint256{});
}

TEST(MultiplyWide, Of256BitsEqualsTheOracleOrDoesNotFit) {
    SCOPED_TRACE(kWideSeed);
    const Integer limit = Integer(1) << 256U;
    oracle::Numbers numbers(kWideSeed);
    int fit = 0;
    int beyond = 0;
    for (int i = 0; i < kRounds; ++i) {
        const Uint256 a{numbers.below(2) == 0 ? 0 : numbers.any(), numbers.any()};
        const uint128 b = numbers.any();
        const Integer expected = integer_of_wide(a) * integer_of(b);
        const auto product = multiply_wide(a, b);
        ASSERT_EQ(product.has_value(), expected < limit) << "round " << i;
        if (product) {
            ASSERT_EQ(integer_of_wide(*product), expected) << "round " << i;
        }
        (product ? fit : beyond) += 1;
    }
    EXPECT_GT(fit, kRounds / 4);
    EXPECT_GT(beyond, kRounds / 100);
}

TEST(MultiplyWide, Of256BitsEndsAtTheLimit) {
    const uint128 most = ~uint128{0};
    const uint128 half = uint128{1} << 127U;
    EXPECT_EQ(multiply_wide(Uint256{most, most}, 1), (Uint256{most, most}));
    EXPECT_EQ(multiply_wide(Uint256{half, 0}, 2), std::nullopt) << "2^256";
    EXPECT_EQ(multiply_wide(Uint256{half - 1, most}, 2), (Uint256{most, most - 1})) << "2^256 - 2";
    // 3 x (2^128 - 1) / 3 fits 128 bits, and does not with the carry of the lower half.
    EXPECT_EQ(multiply_wide(Uint256{most / 3, 0}, 3), (Uint256{most, 0}));
    EXPECT_EQ(multiply_wide(Uint256{most / 3, most}, 3), std::nullopt);
}

TEST(AddAndSubtract, EqualTheOracleModulo2To256) {
    SCOPED_TRACE(kWideSeed);
    const Integer modulus = Integer(1) << 256U;
    oracle::Numbers numbers(kWideSeed);
    for (int i = 0; i < kRounds; ++i) {
        const Uint256 a{numbers.any(), numbers.any()};
        const Uint256 b{numbers.any(), numbers.any()};
        ASSERT_EQ(integer_of_wide(add(a, b)), (integer_of_wide(a) + integer_of_wide(b)) % modulus) << "round " << i;
        ASSERT_EQ(integer_of_wide(subtract(a, b)), (integer_of_wide(a) + modulus - integer_of_wide(b)) % modulus)
            << "round " << i;
    }
}

TEST(DivideWide, EqualsTheOracle) {
    SCOPED_TRACE(kWideSeed);
    oracle::Numbers numbers(kWideSeed);
    int checked = 0;
    for (int i = 0; i < 2 * kRounds; ++i) {
        const Uint256 value{numbers.below(3) == 0 ? 0 : numbers.any(), numbers.any()};
        const Uint256 divisor{numbers.below(2) == 0 ? 0 : numbers.any(), numbers.any()};
        const Integer value_integer = integer_of_wide(value);
        const Integer divisor_integer = integer_of_wide(divisor);
        if (divisor_integer == 0 || value_integer / divisor_integer >= (Integer(1) << 128U)) {
            continue;
        }
        ++checked;
        const Division division = divide_wide(value, divisor);
        ASSERT_EQ(integer_of(division.quotient), value_integer / divisor_integer) << "round " << i;
        ASSERT_EQ(integer_of_wide(division.remainder), value_integer % divisor_integer) << "round " << i;
    }
    EXPECT_GT(checked, kRounds / 2);
}

/// Divisors whose halves are all ones or a lone bit bring the estimate of a digit to its corrections.
TEST(DivideWide, CorrectsItsEstimates) {
    const uint128 top = uint128{1} << 127U;
    const uint128 low = ~std::uint64_t{0};
    for (const uint128 divisor : {top, top + 1, top + low, ~uint128{0}, ~uint128{0} - low, uint128{1} << 64U, low}) {
        for (const uint128 high : {divisor - 1, divisor / 2, uint128{1}, uint128{0}}) {
            for (const uint128 tail : {uint128{0}, low, ~uint128{0}, ~uint128{0} - low}) {
                const Uint256 value{high, tail};
                const Division division = divide_wide(value, {0, divisor});
                EXPECT_EQ(integer_of(division.quotient), integer_of_wide(value) / integer_of(divisor));
                EXPECT_EQ(integer_of_wide(division.remainder), integer_of_wide(value) % integer_of(divisor));
            }
        }
    }
}

TEST(DivideWide, StopsWhereThereIsNoQuotient) {
    EXPECT_THROW((void)divide_wide({0, 1}, {0, 0}), base::BugError);
    EXPECT_THROW((void)divide_wide({5, 0}, {0, 5}), base::BugError);
}

} // namespace
} // namespace florin::money
