#include "money/money.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace florin::money {
namespace {

Decimal amount_of(std::string_view text) {
    return Decimal::parse(text).value();
}
Money money(std::string_view amount, std::string_view currency) {
    return {amount_of(amount), Currency::parse(currency).value()};
}

TEST(Currency, KnowsActiveCodesAndTheirMinorUnits) {
    // Values of ISO 4217, list one; each number of minor units that there is.
    struct Case {
        std::string_view code;
        int minor_units;
    };
    for (const Case& one : std::array{Case{"USD", 2}, Case{"EUR", 2}, Case{"JPY", 0}, Case{"KRW", 0}, Case{"ISK", 0},
                                      Case{"UGX", 0}, Case{"XOF", 0}, Case{"KWD", 3}, Case{"TND", 3}, Case{"CLF", 4},
                                      Case{"UYW", 4}, Case{"CHF", 2}, Case{"ZWG", 2}, Case{"AED", 2}, Case{"HUF", 2}}) {
        const base::Result<Currency> currency = Currency::parse(one.code);
        ASSERT_TRUE(currency.ok()) << one.code;
        EXPECT_EQ(currency->minor_units(), one.minor_units) << one.code;
        EXPECT_EQ(currency->code(), one.code);
    }
}

TEST(Currency, RefusesEverythingElse) {
    using namespace std::string_view_literals;
    for (const std::string_view code : {""sv, "US"sv, "USDX"sv, "usd"sv, "Usd"sv, "US1"sv, " USD"sv, "U\0D"sv, "DEM"sv,
                                        "XXX"sv, "XTS"sv, "XAU"sv, "AAA"sv, "ZZZ"sv, "\xC3\x84X"sv}) {
        const base::Result<Currency> currency = Currency::parse(code);
        ASSERT_FALSE(currency.ok()) << code;
        EXPECT_EQ(currency.error().code, "money.unknown_currency");
        EXPECT_EQ(currency.error().place.cell, code);
    }
}

TEST(Currency, CountsWhatTheListHas) {
    int count = 0;
    std::string code = "AAA";
    for (code[0] = 'A'; code[0] <= 'Z'; ++code[0]) {
        for (code[1] = 'A'; code[1] <= 'Z'; ++code[1]) {
            for (code[2] = 'A'; code[2] <= 'Z'; ++code[2]) {
                count += Currency::parse(code).ok() ? 1 : 0;
            }
        }
    }
    EXPECT_EQ(count, 179); // 165 active ones and 14 of older bills
}

TEST(Currency, MinorUnitsOfAnyText) {
    EXPECT_EQ(minor_units_of("JPY"), 0);
    EXPECT_EQ(minor_units_of("USD"), 2);
    EXPECT_EQ(minor_units_of("KWD"), 3);
    for (const char* code : {"", "jpy", "JPYX", "JP", "J\xC3\xA9", "AAA"}) {
        EXPECT_EQ(minor_units_of(code), kPlacesOfUnknownCurrency) << code;
    }
}

TEST(Money, AddsOneCurrencyOnly) {
    EXPECT_EQ(*money("1.10", "USD").plus(money("2.2", "USD")), money("3.3", "USD"));
    EXPECT_EQ(*money("1.10", "USD").minus(money("2.2", "USD")), money("-1.1", "USD"));
    EXPECT_EQ(money("1", "USD").plus(money("1", "EUR")).error().code, "money.currency_mismatch");
    EXPECT_EQ(money("1", "USD").minus(money("1", "EUR")).error().message,
              "amounts of different currencies do not add: USD and EUR");
    EXPECT_EQ(money("99999999999999999999", "USD").plus(money("1", "USD")).error().code, "money.overflow");
    EXPECT_NE(money("1", "USD"), money("1", "EUR"));
}

TEST(Money, ScalesByARate) {
    EXPECT_EQ(*money("10.01", "USD").scaled_by(Rate(amount_of("0.5")), Rounding::kHalfEven), money("5.005", "USD"));
    EXPECT_EQ(money("99999999999999999999", "USD").scaled_by(Rate(amount_of("2")), Rounding::kFloor).error().code,
              "money.overflow");
}

TEST(Money, SplitsToTheLastPlace) {
    const std::vector<Decimal> weights(3, Decimal::from_integer(1));
    const base::Result<std::vector<Money>> parts = money("1", "USD").split(weights);
    ASSERT_TRUE(parts.ok());
    ASSERT_EQ(parts->size(), 3U);
    EXPECT_EQ((*parts)[0], money("0.333333333333333334", "USD"));
    EXPECT_EQ((*parts)[1], money("0.333333333333333333", "USD"));
    EXPECT_EQ((*parts)[2], money("0.333333333333333333", "USD"));
    EXPECT_EQ(money("1", "USD").split({}).error().code, "money.no_weight");
}

TEST(Money, IsShownExactlyOrForReading) {
    EXPECT_EQ(money("12.5", "USD").to_string(), "12.50 USD");
    EXPECT_EQ(money("12.505", "USD").to_string(), "12.505 USD");
    EXPECT_EQ(money("12", "JPY").to_string(), "12 JPY");
    EXPECT_EQ(money("1234.5", "USD").to_display(), "1,234.50 USD");
    EXPECT_EQ(money("1234567.5", "JPY").to_display(), "1,234,568 JPY");
    EXPECT_EQ(money("1234.5678", "KWD").to_display(), "1,234.568 KWD");
}

TEST(DisplayAmount, RoundsHalfEvenAndGroupsThousands) {
    struct Case {
        std::string_view amount;
        int places;
        std::string_view shown;
    };
    for (const Case& one :
         std::array{Case{"0", 2, "0.00"}, Case{"0", 0, "0"}, Case{"999", 0, "999"}, Case{"1000", 0, "1,000"},
                    Case{"-999.99", 2, "-999.99"}, Case{"-1000", 2, "-1,000.00"}, Case{"-123456", 0, "-123,456"},
                    Case{"1234567.891", 2, "1,234,567.89"}, Case{"0.005", 2, "0.00"}, Case{"0.015", 2, "0.02"},
                    Case{"0.025", 2, "0.02"}, Case{"0.0250000000001", 2, "0.03"}, Case{"-0.004", 2, "0.00"},
                    Case{"-0.015", 2, "-0.02"}, Case{"999.995", 2, "1,000.00"}, Case{"0.5", 0, "0"},
                    Case{"1.5", 0, "2"}, Case{"1234.123456789", 6, "1,234.123457"},
                    // Beyond the range when rounded up: cut off instead.
                    Case{"99999999999999999999.999999999999999999", 2, "99,999,999,999,999,999,999.99"}}) {
        EXPECT_EQ(display_amount(amount_of(one.amount), one.places), one.shown) << one.amount;
    }
}

} // namespace
} // namespace florin::money
