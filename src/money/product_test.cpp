#include "money/product.hpp"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include <random>
#include <string>

namespace florin::money {
namespace {

using Wide = boost::multiprecision::cpp_int;

TEST(MatchProduct, ComparesToTheLastDigit) {
    EXPECT_EQ(match_product("0.0000004", "2.00000000000", "0.00000080000", 2), ProductMatch::kEqual);
    EXPECT_EQ(match_product("0.1", "0.2", "0.02", 2), ProductMatch::kEqual);
    EXPECT_EQ(match_product("1.5E-7", "2e2", "0.00003", 2), ProductMatch::kEqual);
    EXPECT_EQ(match_product("-2", "3", "-6.00", 2), ProductMatch::kEqual);
    EXPECT_EQ(match_product("-2", "3", "6", 2), ProductMatch::kDiffers);
    EXPECT_EQ(match_product("0", "17", "0", 2), ProductMatch::kEqual);
    EXPECT_EQ(match_product("-0", "17", "0.000", 2), ProductMatch::kEqual);
    EXPECT_EQ(
        match_product("99999999999999999999", "99999999999999999999", "9999999999999999999800000000000000000001", 2),
        std::nullopt)
        << "40 digits";
    EXPECT_EQ(match_product("9999999999999999999", "9999999999999999999", "99999999999999999980000000000000000001", 2),
              ProductMatch::kEqual);
}

TEST(MatchProduct, RoundingIsLessThanOneUnitOfTheLastPlaceThatIsWritten) {
    // 0.00001605992, written with ten places.
    EXPECT_EQ(match_product("0.008", "0.00200749000", "0.00001605990", 2), ProductMatch::kRounding);
    EXPECT_EQ(match_product("0.008", "0.00200749000", "0.00001606000", 2), ProductMatch::kRounding);
    EXPECT_EQ(match_product("0.008", "0.00200749000", "0.00001605993", 2), ProductMatch::kDiffers)
        << "the product has eleven places itself";
    EXPECT_EQ(match_product("0.333333", "3", "1.00", 2), ProductMatch::kRounding);
    EXPECT_EQ(match_product("0.33", "3", "1.00", 2), ProductMatch::kDiffers) << "a whole cent apart";
    EXPECT_EQ(match_product("4.6", "1", "5", 2), ProductMatch::kDiffers) << "dollars are written with cents";
    EXPECT_EQ(match_product("4.6", "1", "5", 0), ProductMatch::kRounding) << "yen are not";
    EXPECT_EQ(match_product("0.0004", "1", "0", 2), ProductMatch::kRounding);
    EXPECT_EQ(match_product("0.0004", "1", "0.00000000000", 2), ProductMatch::kDiffers) << "written with 11 places";
}

TEST(MatchProduct, WhatIsNoNumberMatchesNothing) {
    for (const char* text : {"", "-", ".5", "5.", "1e", "1e+", "NULL", "1,5", " 1", "+1", "1e99999", "0x1"}) {
        EXPECT_EQ(match_product(text, "1", "1", 2), std::nullopt) << text;
        EXPECT_EQ(match_product("1", text, "1", 2), std::nullopt) << text;
        EXPECT_EQ(match_product("1", "1", text, 2), std::nullopt) << text;
    }
}

/// `digits` with a point so that `places` digits are behind it.
std::string written(const Wide& digits, unsigned places) {
    std::string text = Wide(abs(digits)).str();
    if (text.size() <= places) {
        text.insert(0, places + 1 - text.size(), '0');
    }
    if (places > 0) {
        text.insert(text.size() - places, ".");
    }
    return (digits < 0 ? "-" : "") + text;
}

TEST(MatchProduct, AgreesWithWholeNumbersOfAnySize) {
    std::mt19937_64 random(20261124);
    int equal = 0;
    int rounding = 0;
    for (int i = 0; i < 100'000; ++i) {
        const unsigned price_places = static_cast<unsigned>(random() % 13);
        const unsigned quantity_places = static_cast<unsigned>(random() % 13);
        const Wide price = static_cast<std::int64_t>(random() % 2'000'000'000'000U) - 1'000'000'000'000;
        const Wide quantity = static_cast<std::int64_t>(random() % 1'000'000'000'000U);
        const unsigned scale = price_places + quantity_places;
        const unsigned places = std::min<unsigned>(static_cast<unsigned>(random() % 26), scale);
        const Wide unit = pow(Wide(10), scale - places);
        Wide cost = price * quantity / unit + static_cast<std::int64_t>(random() % 3) - 1;
        const auto match =
            match_product(written(price, price_places), written(quantity, quantity_places), written(cost, places), 0);
        // The last place that is no zero.
        unsigned used = places;
        while (used > 0 && cost != 0 && cost % 10 == 0) {
            cost /= 10;
            --used;
        }
        const Wide difference = abs(Wide(price * quantity - cost * pow(Wide(10), scale - used)));
        const ProductMatch expected = difference == 0                            ? ProductMatch::kEqual
                                      : difference < pow(Wide(10), scale - used) ? ProductMatch::kRounding
                                                                                 : ProductMatch::kDiffers;
        ASSERT_EQ(match, expected) << price << "e-" << price_places << " x " << quantity << "e-" << quantity_places
                                   << " = " << cost << "e-" << used;
        equal += expected == ProductMatch::kEqual ? 1 : 0;
        rounding += expected == ProductMatch::kRounding ? 1 : 0;
    }
    EXPECT_GT(equal, 100);
    EXPECT_GT(rounding, 10'000);
}

} // namespace
} // namespace florin::money
