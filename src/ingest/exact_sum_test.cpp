#include "ingest/exact_sum.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace florin::ingest {
namespace {

using Big = boost::multiprecision::cpp_int;

constexpr unsigned kPlaces = 900; // of the oracle: more than any cell has

Big power(unsigned exponent) {
    return boost::multiprecision::pow(Big(10), exponent);
}

/// The oracle: a number in 10^-kPlaces, read the slow way.
Big oracle(std::string text) {
    int exponent = 0;
    if (const auto e = text.find_first_of("eE"); e != std::string::npos) {
        exponent = std::stoi(text.substr(e + 1));
        text.resize(e);
    }
    const bool negative = text[0] == '-';
    text.erase(0, negative ? 1 : 0);
    Big value = 0;
    bool fraction = false;
    for (const char c : text) {
        if (c == '.') {
            fraction = true;
            continue;
        }
        value = value * 10 + (c - '0');
        exponent -= fraction ? 1 : 0;
    }
    value *= power(static_cast<unsigned>(static_cast<int>(kPlaces) + exponent));
    return negative ? Big(-value) : value;
}

/// The oracle's value rounded half even to `scale` places, in 10^-scale.
Big rounded(const Big& value, unsigned scale) {
    const Big unit = power(kPlaces - scale);
    const Big magnitude = abs(value);
    Big units = magnitude / unit;
    const Big twice = (magnitude % unit) * 2;
    if (twice > unit || (twice == unit && units % 2 == 1)) {
        ++units;
    }
    return value < 0 ? Big(-units) : units;
}

std::string random_number(std::mt19937_64& random) {
    const auto digits = [&](int most) {
        std::string text;
        const auto count = 1 + random() % static_cast<unsigned>(most);
        for (std::size_t i = 0; i < count; ++i) {
            text += static_cast<char>('0' + (random() % 3 == 0 ? 0 : random() % 10));
        }
        return text;
    };
    std::string text(random() % 3 == 0 ? 1U : 0U, '-');
    text += digits(random() % 4 == 0 ? 20 : 5);
    if (random() % 4 != 0) {
        text += '.';
        text += digits(random() % 8 == 0 ? 70 : random() % 2 == 0 ? 25 : 9);
    }
    if (random() % 6 == 0) {
        text += fmt::format("{}-{}", random() % 2 == 0 ? 'e' : 'E', random() % (random() % 5 == 0 ? 300 : 20));
    } else if (random() % 20 == 0) {
        text += fmt::format("E{}", random() % 6);
    }
    return text;
}

TEST(ReadAmount, AgreesWithBigIntegers) {
    std::mt19937_64 random(20240918);
    int exact = 0;
    int inexact = 0;
    int too_large = 0;
    for (int i = 0; i < 100'000; ++i) {
        const std::string text = random_number(random);
        const int scale = i % 2 == 0 ? 18 : 12;
        const Big value = oracle(text);
        const Big units = rounded(value, static_cast<unsigned>(scale));
        Amount amount;
        const AmountFault fault = read_amount(text, scale, amount);
        if (abs(units) >= power(38)) {
            ASSERT_EQ(fault, AmountFault::kTooLarge) << text;
            ++too_large;
            continue;
        }
        ASSERT_EQ(fault, AmountFault::kNone) << text;
        ASSERT_EQ(Big(amount.units), units) << text;
        const Big rest = value - units * power(kPlaces - static_cast<unsigned>(scale));
        ASSERT_EQ(amount.is_inexact(), rest != 0) << text;
        if (amount.rest_places > 0) {
            ASSERT_EQ(Big(amount.rest) * power(kPlaces - static_cast<unsigned>(amount.rest_places)), rest) << text;
        }
        ++(rest == 0 ? exact : inexact);
        ShortAmount brief;
        if (read_short_amount(text, brief) && brief.places <= 18) {
            ASSERT_EQ(Big(amount_of(brief).units) * power(kPlaces - 18), value) << text;
        }
    }
    EXPECT_GT(exact, 10'000);
    EXPECT_GT(inexact, 10'000);
    EXPECT_GT(too_large, 20);
}

TEST(ReadAmount, KnowsWhatIsNoNumber) {
    Amount amount;
    for (const char* text : {"", "-", ".", "1.", ".5", "+1", "1e", "1e+", "--1", "1.2.3", "0x10", "NaN", "inf", "1,5",
                             " 1", "1 ", "1e5.0", "١"}) {
        EXPECT_EQ(read_amount(text, 18, amount), AmountFault::kUnreadable) << text;
        ShortAmount brief;
        EXPECT_FALSE(read_short_amount(text, brief)) << text;
    }
    EXPECT_EQ(read_amount("1e401", 18, amount), AmountFault::kAbsurd);
    EXPECT_EQ(read_amount("1e-99999999999999999999", 18, amount), AmountFault::kAbsurd);
    EXPECT_EQ(read_amount(fmt::format("0.{}", std::string(500, '1')), 18, amount), AmountFault::kAbsurd);
    EXPECT_EQ(read_amount("100000000000000000000", 18, amount), AmountFault::kTooLarge);
    EXPECT_EQ(read_amount("99999999999999999999.9999999999999999995", 18, amount), AmountFault::kTooLarge);
    EXPECT_EQ(read_amount("99999999999999999999.9999999999999999994", 18, amount), AmountFault::kNone);
    EXPECT_EQ(read_amount("35.2E-7", 18, amount), AmountFault::kNone);
    EXPECT_EQ(amount.units, base::int128{3'520'000'000'000});
}

TEST(ReadDisplayedAmount, TellsCommasApart) {
    const auto plain = [](std::string_view text) {
        std::string out;
        return read_displayed_amount(text, out) ? out : "no";
    };
    EXPECT_EQ(plain("$50,000.00 "), "50000.00");
    EXPECT_EQ(plain("$100"), "100");
    EXPECT_EQ(plain("0.00 "), "0.00");
    EXPECT_EQ(plain("-$1,234,567.8"), "-1234567.8");
    EXPECT_EQ(plain("$-5.00"), "-5.00");
    EXPECT_EQ(plain("€ 1,234"), "1234");
    EXPECT_EQ(plain("EUR 12.5"), "12.5");
    EXPECT_EQ(plain("£12,345"), "12345");
    EXPECT_EQ(plain("1,234.5"), "1234.5");
    for (const char* text : {"1,234", "1,23", "1,2345.0", "$1,23.0", "$,123.0", "1234,567.0", "$", "", " ", "--1.0",
                             "$$1", "1.0,00", "12.5 EUR", "(5.00)"}) {
        EXPECT_EQ(plain(text), "no") << text;
    }
}

TEST(IsProduct, IsExact) {
    std::mt19937_64 random(7);
    int equal = 0;
    for (int i = 0; i < 50'000; ++i) {
        ShortAmount parts[3];
        std::string texts[3];
        for (int k = 0; k < 2; ++k) {
            texts[k] = fmt::format("{}{}.{}", random() % 4 == 0 ? "-" : "", random() % 1000,
                                   random() % (random() % 2 == 0 ? 1'000'000'000 : 100));
        }
        const Big product = oracle(texts[0]) * oracle(texts[1]);
        // Mostly the true product, written plainly.
        Big digits = abs(product) / power(2 * kPlaces - 18);
        std::string text = digits.str();
        text.insert(0, text.size() < 19 ? 19 - text.size() : 0, '0');
        text.insert(text.size() - 18, 1, '.');
        while (random() % 8 != 0 && text.back() == '0' && text[text.size() - 2] != '.') {
            text.pop_back();
        }
        texts[2] = fmt::format("{}{}", product < 0 ? "-" : "", text);
        if (random() % 5 == 0) {
            texts[2].back() = texts[2].back() == '3' ? '4' : '3';
        }
        const bool holds = product == oracle(texts[2]) * power(kPlaces);
        equal += holds ? 1 : 0;
        ASSERT_EQ(is_product(texts[0], texts[1], texts[2]), holds) << texts[0] << " " << texts[1] << " " << texts[2];
        bool brief = true;
        for (int k = 0; k < 3; ++k) {
            brief = read_short_amount(texts[k], parts[k]) && brief;
        }
        if (brief) {
            ASSERT_EQ(is_product(parts[0], parts[1], parts[2]), holds)
                << texts[0] << " " << texts[1] << " " << texts[2];
        }
    }
    EXPECT_GT(equal, 10'000);
}

TEST(ExactSum, AgreesWithBigIntegers) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 200; ++round) {
        ExactSum sum;
        ExactSum other;
        Big expected = 0;
        Big expected_away = 0;
        for (std::size_t i = 0; i < 1 + random() % 300; ++i) {
            const std::string text =
                round % 4 == 0 ? fmt::format("9999999999999999999{}.5", random() % 10) : random_number(random);
            Amount amount;
            if (read_amount(text, 18, amount) != AmountFault::kNone) {
                continue;
            }
            (random() % 2 == 0 ? sum : other).add(amount, text);
            const Big value = oracle(text);
            expected += value;
            expected_away += value - rounded(value, 18) * power(kPlaces - 18);
        }
        sum.add(other);
        EXPECT_EQ(oracle(sum.to_string()), expected);
        EXPECT_EQ(oracle(sum.rounded_away()), expected_away);
    }
    EXPECT_EQ(ExactSum().to_string(), "0");
    EXPECT_EQ(ExactSum().rounded_away(), "0");
}

TEST(ExactSum, WritesPlainText) {
    const auto sum_of = [](std::initializer_list<std::string_view> texts) {
        ExactSum sum;
        for (const std::string_view text : texts) {
            Amount amount;
            EXPECT_EQ(read_amount(text, 18, amount), AmountFault::kNone);
            sum.add(amount, text);
        }
        return fmt::format("{} {}", sum.to_string(), sum.rounded_away());
    };
    EXPECT_EQ(sum_of({"1.50", "-1.5"}), "0 0");
    EXPECT_EQ(sum_of({"-0.25"}), "-0.25 0");
    EXPECT_EQ(sum_of({"1e-20"}), "0.00000000000000000001 0.00000000000000000001");
    EXPECT_EQ(sum_of({"0.0000000000000000015"}), "0.0000000000000000015 -0.0000000000000000005");
    EXPECT_EQ(sum_of({"0.0000000000000000025"}), "0.0000000000000000025 0.0000000000000000005");
}

} // namespace
} // namespace florin::ingest
