#include "ingest/exact_text.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace florin::ingest {
namespace {

using boost::multiprecision::cpp_int;

TEST(ExactPlus, WrittenShort) {
    EXPECT_EQ(exact_plus("0", "0"), "0");
    EXPECT_EQ(exact_plus("-0", "0.000"), "0");
    EXPECT_EQ(exact_plus("1.50", "0.5"), "2");
    EXPECT_EQ(exact_plus("0.1", "-0.1"), "0");
    EXPECT_EQ(exact_plus("-0.1", "0.05"), "-0.05");
    EXPECT_EQ(exact_plus("999.999", "0.001"), "1000");
    EXPECT_EQ(exact_plus("-1", "-0.0000000000000000000000001"), "-1.0000000000000000000000001");
    EXPECT_EQ(exact_plus("0100", "000"), "100");
    EXPECT_EQ(exact_plus("100", "-99.5"), "0.5");
    EXPECT_EQ(exact_plus("10", "200"), "210") << "zeros before the point stay";
}

/// A decimal text as a whole number of 10^-places.
cpp_int units(std::string text, std::size_t places) {
    const bool negative = text.starts_with('-');
    text.erase(0, negative ? 1 : 0);
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string digits = text.substr(0, point);
    std::string rest = point < text.size() ? text.substr(point + 1) : "";
    rest.resize(places, '0');
    digits += rest;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const cpp_int value(digits);
    return negative ? cpp_int(-value) : value;
}

std::string random_decimal(std::mt19937& random) {
    const auto digits = [&random](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            text += static_cast<char>('0' + (random() % 3 == 0 ? random() % 10 : random() % 2 * 9));
        }
        return text;
    };
    std::string text = digits(1 + random() % 40);
    if (random() % 3 != 0) {
        text += "." + digits(1 + random() % 40);
    }
    return (random() % 2 == 0 ? "-" : "") + text;
}

TEST(ExactPlus, AgreesWithBigIntegersAndIsWrittenShort) {
    std::mt19937 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const std::string a = random_decimal(random);
        const std::string b = random_decimal(random);
        const std::string sum = exact_plus(a, b);
        ASSERT_EQ(units(sum, 40), units(a, 40) + units(b, 40)) << a << " + " << b << " = " << sum;
        ASSERT_TRUE(sum.find('.') == std::string::npos || (sum.back() != '0' && sum.back() != '.')) << sum;
        ASSERT_NE(sum, "-0");
        const std::string size = sum.starts_with('-') ? sum.substr(1) : sum;
        ASSERT_TRUE(size == "0" || size[0] != '0' || size.starts_with("0.")) << sum;
    }
}

} // namespace
} // namespace florin::ingest
