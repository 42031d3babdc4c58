#include "money/decimal.hpp"

#include "base/check.hpp"
#include "money/oracle.hpp"

#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <string>

namespace florin::money {
namespace {

using oracle::Integer;
using oracle::integer_of;

constexpr std::uint64_t kSeed = 20240918;

Decimal decimal(std::string_view text) {
    return Decimal::parse(text).value();
}
Quantity quantity(std::string_view text) {
    return Quantity::parse(text).value();
}
std::string zeros(std::size_t count) {
    return std::string(count, '0');
}

struct Accepted {
    std::string text;
    std::string shown;
};

TEST(DecimalParse, Accepts) {
    const std::array cases{
        Accepted{"0", "0"},
        Accepted{"-0", "0"},
        Accepted{"-0.000", "0"},
        Accepted{"00012", "12"},
        Accepted{"-12.5", "-12.5"},
        Accepted{"12.50", "12.5"},
        Accepted{"0.000000000000000001", "0.000000000000000001"},
        Accepted{"0.000000000000000001000", "0.000000000000000001"},
        Accepted{"-0.1000000000000000000000000", "-0.1"},
        Accepted{"99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"},
        Accepted{"-99999999999999999999.999999999999999999", "-99999999999999999999.999999999999999999"},
        Accepted{"18446744073709551615", "18446744073709551615"},
        Accepted{"18446744073709551616", "18446744073709551616"},
        Accepted{"9999999999999999999", "9999999999999999999"},
        Accepted{"9.999999999999999999", "9.999999999999999999"},
        Accepted{"1e3", "1000"},
        Accepted{"1E+3", "1000"},
        Accepted{"1e-18", "0.000000000000000001"},
        Accepted{"-2.5e-3", "-0.0025"},
        Accepted{"1.5e0", "1.5"},
        Accepted{"1e19", "10000000000000000000"},
        Accepted{"0.00001e24", "10000000000000000000"},
        Accepted{"1000000000000000000000e-21", "1"},
        Accepted{"0e999999999", "0"},
        Accepted{"0.00e-99999999999999999999999999", "0"},
        Accepted{"1e00000000000000000000000000001", "10"},
        Accepted{zeros(500) + "7", "7"},
        Accepted{"7." + zeros(500), "7"},
        Accepted{"7" + zeros(500) + "e-500", "7"},
        Accepted{"0." + zeros(499) + "7e500", "7"},
        Accepted{"4.35186E-06", "0.00000435186"},
    };
    for (const Accepted& one : cases) {
        const base::Result<Decimal> value = Decimal::parse(one.text);
        ASSERT_TRUE(value.ok()) << one.text;
        EXPECT_EQ(value->to_string(), one.shown) << one.text;
        const base::Result<Decimal::Rounded> rounded = Decimal::parse_rounded(one.text, Rounding::kHalfEven);
        ASSERT_TRUE(rounded.ok()) << one.text;
        EXPECT_EQ(rounded->value, *value) << one.text;
        EXPECT_FALSE(rounded->inexact) << one.text;
    }
}

struct Refused {
    std::string text;
    std::string code;
};

TEST(DecimalParse, Refuses) {
    const std::array cases{
        Refused{"", "money.unreadable"},
        Refused{"-", "money.unreadable"},
        Refused{"+1", "money.unreadable"},
        Refused{"--1", "money.unreadable"},
        Refused{".", "money.unreadable"},
        Refused{".5", "money.unreadable"},
        Refused{"5.", "money.unreadable"},
        Refused{"-.5", "money.unreadable"},
        Refused{"1.2.3", "money.unreadable"},
        Refused{"1,234.5", "money.unreadable"},
        Refused{"1.5 ", "money.unreadable"},
        Refused{" 1.5", "money.unreadable"},
        Refused{"1e", "money.unreadable"},
        Refused{"1e+", "money.unreadable"},
        Refused{"1e--2", "money.unreadable"},
        Refused{"1e2.5", "money.unreadable"},
        Refused{"e5", "money.unreadable"},
        Refused{"0x10", "money.unreadable"},
        Refused{"NaN", "money.unreadable"},
        Refused{"inf", "money.unreadable"},
        Refused{"$5", "money.unreadable"},
        Refused{std::string("1\0", 2), "money.unreadable"},
        Refused{"\xD9\xA1", "money.unreadable"},
        Refused{"1e999999999x", "money.unreadable"},
        Refused{"1:", "money.unreadable"},
        Refused{"1/", "money.unreadable"},
        Refused{"1e-19", "money.too_precise"},
        Refused{"0.0000000000000000001", "money.too_precise"},
        Refused{"12.1234567890123456789", "money.too_precise"},
        Refused{"1e-999999999", "money.too_precise"},
        Refused{"1e-99999999999999999999999999999999", "money.too_precise"},
        Refused{"100000000000000000000", "money.overflow"},
        Refused{"-100000000000000000000", "money.overflow"},
        Refused{"1e20", "money.overflow"},
        Refused{"1e999999999", "money.overflow"},
        Refused{"1e99999999999999999999999999999999", "money.overflow"},
        Refused{"340282366920938463463374607431768211457", "money.overflow"}, // 2^128 + 1
        Refused{std::string(1000, '9'), "money.overflow"},
    };
    for (const Refused& one : cases) {
        const base::Result<Decimal> value = Decimal::parse(one.text);
        ASSERT_FALSE(value.ok()) << one.text;
        EXPECT_EQ(value.error().code, one.code) << one.text;
        EXPECT_EQ(value.error().blame, base::Blame::kData);
        EXPECT_EQ(value.error().place.cell, one.text.substr(0, 256));
    }
}

TEST(QuantityParse, HasTwelvePlacesAndAWiderRange) {
    EXPECT_EQ(quantity("99999999999999999999999999.999999999999").to_string(),
              "99999999999999999999999999.999999999999");
    EXPECT_EQ(quantity("9999999999999999999.000000000001").to_string(), "9999999999999999999.000000000001");
    EXPECT_EQ(Quantity::parse("1e26").error().code, "money.overflow");
    EXPECT_EQ(Quantity::parse("1e-13").error().code, "money.too_precise");
}

struct RoundedText {
    std::string_view text;
    std::array<std::string_view, 5> shown; ///< in the order of oracle::kRoundings
};

TEST(DecimalParseRounded, RoundsOnceFromTheExactText) {
    // Units of the last place: half even, half away from zero, toward zero, floor, ceiling.
    const std::array cases{
        RoundedText{"0.0000000000000000005", {"0", "1", "0", "0", "1"}},
        RoundedText{"-0.0000000000000000005", {"0", "-1", "0", "-1", "0"}},
        RoundedText{"0.0000000000000000015", {"2", "2", "1", "1", "2"}},
        RoundedText{"0.00000000000000000050000000000000000000000000000000000000000001", {"1", "1", "0", "0", "1"}},
        RoundedText{"0.0000000000000000004999999999999999999999999999999999999999", {"0", "0", "0", "0", "1"}},
        RoundedText{"-0.0000000000000000025", {"-2", "-3", "-2", "-3", "-2"}},
        RoundedText{"1e-999999999", {"0", "0", "0", "0", "1"}},
        RoundedText{"-1e-999999999", {"0", "0", "0", "-1", "0"}},
        RoundedText{"9e-20", {"0", "0", "0", "0", "1"}},
        RoundedText{"5e-19", {"0", "1", "0", "0", "1"}},
    };
    for (const RoundedText& one : cases) {
        for (std::size_t i = 0; i < one.shown.size(); ++i) {
            const base::Result<Decimal::Rounded> rounded = Decimal::parse_rounded(one.text, oracle::kRoundings[i]);
            ASSERT_TRUE(rounded.ok()) << one.text;
            EXPECT_EQ(integer_of(rounded->value.units()).str(), one.shown[i]) << one.text << " rounding " << i;
            EXPECT_TRUE(rounded->inexact);
        }
    }
}

TEST(DecimalParseRounded, MayRoundUpBeyondTheRange) {
    constexpr std::string_view kText = "99999999999999999999.9999999999999999995";
    EXPECT_EQ(Decimal::parse_rounded(kText, Rounding::kHalfEven).error().code, "money.overflow");
    EXPECT_EQ(Decimal::parse_rounded(kText, Rounding::kTowardZero)->value.to_string(),
              "99999999999999999999.999999999999999999");
}

/// A text that is mostly a number: digits of any length, sometimes a point, an exponent or a stray byte.
std::string random_text(oracle::Numbers& numbers) {
    const auto digits = [&numbers](std::uint64_t count_max) {
        std::string out;
        for (std::uint64_t i = numbers.below(count_max) + 1; i > 0; --i) {
            out += numbers.below(3) == 0 ? '0' : static_cast<char>('0' + numbers.below(10));
        }
        return out;
    };
    std::string text = numbers.below(2) == 0 ? "" : "-";
    text += digits(numbers.below(8) == 0 ? 45 : 12);
    if (numbers.below(4) != 0) {
        text += "." + digits(numbers.below(4) == 0 ? 45 : 14);
    }
    if (numbers.below(3) == 0) {
        constexpr std::array<std::string_view, 6> kMarks{"e", "E", "e+", "e-", "E+", "E-"};
        text += std::string(kMarks.at(numbers.below(kMarks.size()))) + std::to_string(numbers.below(60));
    }
    if (numbers.below(8) == 0) {
        constexpr std::string_view kStray = "0123456789+-.eE ,x";
        const std::size_t at = numbers.below(text.size() + 1);
        text.insert(at, 1, kStray.at(numbers.below(kStray.size())));
    }
    return text;
}

/// The exponent, cut to where it decides alone: the texts have less than a hundred digits.
int exponent_of(const std::string& text) {
    constexpr int kFar = 500;
    if (text.empty()) {
        return 0;
    }
    const Integer magnitude(text.substr(
        text.find_first_of("123456789") == std::string::npos ? text.size() - 1 : text.find_first_of("123456789")));
    const int bounded = magnitude > kFar ? kFar : static_cast<int>(magnitude);
    return text.front() == '-' ? -bounded : bounded;
}

/// What parsing must come to, by the grammar as a regular expression and integers of any size.
template <class Number>
void expect_as_oracle(const std::string& text) {
    static const std::regex kGrammar("(-?)([0-9]+)(?:\\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?");
    const base::Result<Number> parsed = Number::parse(text);
    std::smatch match;
    if (!std::regex_match(text, match, kGrammar)) {
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().code, "money.unreadable") << text;
        return;
    }
    std::string digits = match[2].str() + match[3].str();
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1)); // else Boost reads octal
    const int exponent = exponent_of(match[4]) - static_cast<int>(match[3].length()) + Number::kScale;
    const Integer sign = match[1].length() != 0 ? -1 : 1;
    const Integer numerator =
        sign * Integer(digits) * oracle::power_of_ten(static_cast<unsigned>(std::max(exponent, 0)));
    const Integer denominator = oracle::power_of_ten(static_cast<unsigned>(std::max(-exponent, 0)));
    const Integer limit = oracle::power_of_ten(38);
    for (const Rounding rounding : oracle::kRoundings) {
        const Integer expected = oracle::rounded_quotient(numerator, denominator, rounding);
        const base::Result<typename Number::Rounded> rounded = Number::parse_rounded(text, rounding);
        const bool beyond = boost::multiprecision::abs(numerator) >= limit * denominator;
        if (beyond || boost::multiprecision::abs(expected) >= limit) {
            ASSERT_FALSE(rounded.ok()) << text;
            EXPECT_EQ(rounded.error().code, "money.overflow") << text;
            continue;
        }
        ASSERT_TRUE(rounded.ok()) << text;
        EXPECT_EQ(integer_of(rounded->value.units()), expected) << text << " rounding " << static_cast<int>(rounding);
        EXPECT_EQ(rounded->inexact, numerator % denominator != 0) << text;
    }
    if (boost::multiprecision::abs(numerator) >= limit * denominator) {
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().code, "money.overflow") << text;
    } else if (numerator % denominator != 0) {
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().code, "money.too_precise") << text;
    } else {
        ASSERT_TRUE(parsed.ok()) << text;
        EXPECT_EQ(integer_of(parsed->units()), numerator / denominator) << text;
        EXPECT_EQ(*Number::parse(parsed->to_string()), *parsed) << text;
    }
}

TEST(Parse, EqualsTheOracleOnRandomTexts) {
    SCOPED_TRACE(kSeed);
    oracle::Numbers numbers(kSeed);
    for (int i = 0; i < 30'000 && !::testing::Test::HasFatalFailure(); ++i) {
        const std::string text = random_text(numbers);
        expect_as_oracle<Decimal>(text);
        expect_as_oracle<Quantity>(text);
    }
}

TEST(ToString, IsTheShortestExactText) {
    EXPECT_EQ(Decimal().to_string(), "0");
    EXPECT_EQ(decimal("100").to_string(), "100");
    EXPECT_EQ(decimal("-0.10").to_string(), "-0.1");
    EXPECT_EQ(decimal("12.5").to_string(2), "12.50");
    EXPECT_EQ(decimal("0").to_string(2), "0.00");
    EXPECT_EQ(decimal("-7").to_string(18), "-7.000000000000000000");
    EXPECT_EQ(decimal("0.125").to_string(2), "0.125");
    EXPECT_THROW((void)decimal("1").to_string(19), base::BugError);
    EXPECT_THROW((void)decimal("1").to_string(-1), base::BugError);
}

TEST(ToString, IsReadBack) {
    SCOPED_TRACE(kSeed);
    oracle::Numbers numbers(kSeed);
    for (int i = 0; i < 100'000; ++i) {
        const Decimal value = Decimal::from_units(numbers.units());
        ASSERT_EQ(*Decimal::parse(value.to_string()), value);
        ASSERT_EQ(*Decimal::parse(value.to_string(18)), value);
    }
}

TEST(FromUnits, StopsBeyondTheRange) {
    const auto limit = static_cast<base::int128>(oracle::unsigned_of(oracle::power_of_ten(38)));
    EXPECT_EQ(Decimal::from_units(limit - 1).to_string(), "99999999999999999999.999999999999999999");
    EXPECT_THROW((void)Decimal::from_units(limit), base::BugError);
    EXPECT_THROW((void)Decimal::from_units(-limit), base::BugError);
    EXPECT_EQ(Decimal::from_integer(INT64_MIN).to_string(), "-9223372036854775808");
}

TEST(Order, IsByValue) {
    EXPECT_LT(decimal("-2"), decimal("-1.5"));
    EXPECT_LT(decimal("9.9"), decimal("10"));
    EXPECT_EQ(decimal("1.0"), decimal("1"));
    EXPECT_EQ(decimal("-3").absolute(), decimal("3"));
    EXPECT_EQ(decimal("-3").negated(), decimal("3"));
}

TEST(PlusAndMinus, EqualTheOracleAndKeepTheRange) {
    SCOPED_TRACE(kSeed);
    const Integer limit = oracle::power_of_ten(38);
    oracle::Numbers numbers(kSeed);
    int overflows = 0;
    for (int i = 0; i < 100'000; ++i) {
        const Decimal a = Decimal::from_units(numbers.units());
        const Decimal b = Decimal::from_units(numbers.units());
        const std::array outcomes{std::pair(a.plus(b), Integer(integer_of(a.units()) + integer_of(b.units()))),
                                  std::pair(a.minus(b), Integer(integer_of(a.units()) - integer_of(b.units())))};
        for (const auto& [result, expected] : outcomes) {
            if (boost::multiprecision::abs(expected) >= limit) {
                ASSERT_FALSE(result.ok());
                ASSERT_EQ(result.error().code, "money.overflow");
                ++overflows;
            } else {
                ASSERT_EQ(integer_of(result->units()), expected);
            }
        }
    }
    EXPECT_GT(overflows, 100);
}

/// `result` against numerator / denominator in units.
template <class Number>
void expect_quotient(const base::Result<Number>& result, const Integer& numerator, const Integer& denominator,
                     Rounding rounding) {
    if (denominator == 0) {
        ASSERT_FALSE(result.ok());
        ASSERT_EQ(result.error().code, "money.division_by_zero");
        ASSERT_EQ(result.error().blame, base::Blame::kUser);
        return;
    }
    const Integer expected = oracle::rounded_quotient(numerator, denominator, rounding);
    if (boost::multiprecision::abs(expected) >= oracle::power_of_ten(38)) {
        ASSERT_FALSE(result.ok());
        ASSERT_EQ(result.error().code, "money.overflow");
        return;
    }
    ASSERT_TRUE(result.ok());
    ASSERT_EQ(integer_of(result->units()), expected) << numerator << " / " << denominator;
}

TEST(ProductsAndQuotients, EqualTheOracle) {
    SCOPED_TRACE(kSeed);
    oracle::Numbers numbers(kSeed);
    const Integer e18 = oracle::power_of_ten(18);
    const Integer e12 = oracle::power_of_ten(12);
    for (int i = 0; i < 50'000 && !::testing::Test::HasFatalFailure(); ++i) {
        const Rounding rounding = oracle::kRoundings[numbers.below(5)];
        const Decimal a = Decimal::from_units(numbers.units());
        const Decimal b = Decimal::from_units(numbers.below(20) == 0 ? 0 : numbers.units());
        const Quantity p = Quantity::from_units(numbers.units());
        const Quantity q = Quantity::from_units(numbers.below(20) == 0 ? 0 : numbers.units());
        const Integer ia = integer_of(a.units());
        const Integer ib = integer_of(b.units());
        const Integer ip = integer_of(p.units());
        const Integer iq = integer_of(q.units());
        expect_quotient(multiply(a, b, rounding), ia * ib, e18, rounding);
        expect_quotient(multiply(a, q, rounding), ia * iq, e12, rounding);
        expect_quotient(divide(a, b, rounding), ia * e18, ib, rounding);
        expect_quotient(divide(a, q, rounding), ia * e12, iq, rounding);
        expect_quotient(divide(p, q, rounding), ip * e18, iq, rounding);
        const auto numerator = static_cast<base::int128>(numbers.any());
        const auto denominator = static_cast<base::int128>(numbers.any() - (numbers.below(2) == 0 ? 0 : numbers.any()));
        expect_quotient(a.times_ratio(numerator, denominator, rounding), ia * integer_of(numerator),
                        integer_of(denominator), rounding);
        expect_quotient(q.times_ratio(numerator, denominator, rounding), iq * integer_of(numerator),
                        integer_of(denominator), rounding);
    }
}

TEST(ProductsAndQuotients, ByHand) {
    EXPECT_EQ(*multiply(decimal("1.5"), decimal("-2.5"), Rounding::kHalfEven), decimal("-3.75"));
    EXPECT_EQ(*divide(decimal("2"), decimal("3"), Rounding::kHalfEven), decimal("0.666666666666666667"));
    EXPECT_EQ(*divide(decimal("2"), decimal("3"), Rounding::kTowardZero), decimal("0.666666666666666666"));
    EXPECT_EQ(*multiply(decimal("0.000004"), quantity("1000000000000000"), Rounding::kHalfEven), decimal("4000000000"));
    EXPECT_EQ(*divide(decimal("10"), quantity("4"), Rounding::kHalfEven), decimal("2.5"));
    EXPECT_EQ(*divide(quantity("1"), quantity("8"), Rounding::kHalfEven), decimal("0.125"));
    EXPECT_EQ(*decimal("100").times_ratio(1, 3, Rounding::kHalfEven), decimal("33.333333333333333333"));
    EXPECT_EQ(*decimal("10").times_ratio(-7, -2, Rounding::kHalfEven), decimal("35"));
    EXPECT_EQ(decimal("1").times_ratio(1, 0, Rounding::kHalfEven).error().code, "money.division_by_zero");
}

TEST(Rounded, EqualsTheOracle) {
    SCOPED_TRACE(kSeed);
    oracle::Numbers numbers(kSeed);
    for (int i = 0; i < 50'000 && !::testing::Test::HasFatalFailure(); ++i) {
        const Decimal value = Decimal::from_units(numbers.units());
        const int places = static_cast<int>(numbers.below(19));
        const Rounding rounding = oracle::kRoundings[numbers.below(5)];
        const Integer step = oracle::power_of_ten(static_cast<unsigned>(18 - places));
        const Integer steps = oracle::rounded_quotient(integer_of(value.units()), step, rounding);
        expect_quotient(value.rounded(places, rounding), steps * step, 1, rounding);
    }
}

TEST(Rounded, OfTheLargestIsAnOverflow) {
    const Decimal most = decimal("99999999999999999999.999999999999999999");
    EXPECT_EQ(most.rounded(2, Rounding::kHalfEven).error().code, "money.overflow");
    EXPECT_EQ(most.rounded(2, Rounding::kTowardZero)->to_string(), "99999999999999999999.99");
    EXPECT_EQ(*most.rounded(18, Rounding::kCeiling), most);
    EXPECT_THROW((void)most.rounded(19, Rounding::kFloor), base::BugError);
}

TEST(DecimalSum, EqualsTheOracleBeyondTheRangeAndBack) {
    SCOPED_TRACE(kSeed);
    oracle::Numbers numbers(kSeed);
    DecimalSum sum;
    Integer expected = 0;
    for (int i = 0; i < 20'000; ++i) {
        const Decimal value = Decimal::from_units(numbers.units());
        DecimalSum one;
        one.add(value);
        i % 2 == 0 ? sum.add(value) : sum.add(one);
        expected += integer_of(value.units());
        if (boost::multiprecision::abs(expected) < oracle::power_of_ten(38)) {
            ASSERT_EQ(integer_of(sum.total()->units()), expected) << "value " << i;
        } else {
            ASSERT_EQ(sum.total().error().code, "money.overflow") << "value " << i;
        }
    }
}

TEST(DecimalSum, MayPassTheRangeInBetween) {
    const Decimal most = decimal("99999999999999999999.999999999999999999");
    DecimalSum sum;
    EXPECT_EQ(*sum.total(), Decimal());
    for (int i = 0; i < 10; ++i) {
        sum.add(most);
    }
    EXPECT_EQ(sum.total().error().code, "money.overflow");
    for (int i = 0; i < 11; ++i) {
        sum.add(most.negated());
    }
    EXPECT_EQ(*sum.total(), most.negated());
}

} // namespace
} // namespace florin::money
