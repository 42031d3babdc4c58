#include "demo/charge.hpp"

#include "demo/naive_reader_test.hpp"

#include <gtest/gtest.h>

#include <random>

namespace florin::demo {
namespace {

TEST(WriteFixed, GivesTheShortestExactText) {
    EXPECT_EQ(fixed_text(0, 16), "0");
    EXPECT_EQ(fixed_text(5, 0), "5");
    EXPECT_EQ(fixed_text(-125, 1), "-12.5");
    EXPECT_EQ(fixed_text(1, 16), "0.0000000000000001");
    EXPECT_EQ(fixed_text(10'000'000'000'000'000, 16), "1");
    std::mt19937_64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        base::int128 units = static_cast<std::int64_t>(random());
        units = i % 2 == 0 ? units : units * static_cast<std::int64_t>(random() % 1'000'000'000);
        const int places = static_cast<int>(random() % 19);
        const std::string text = fixed_text(units, places);
        const auto high = static_cast<std::int64_t>(units >> 64);
        const Big expected = (Big(high) * (Big(1) << 64)) + Big(static_cast<std::uint64_t>(units));
        EXPECT_EQ(naive_decimal(text),
                  expected * boost::multiprecision::pow(Big(10), static_cast<unsigned>(18 - places)))
            << text;
        EXPECT_TRUE(text.find('.') == std::string::npos || text.back() != '0') << text;
    }
}

TEST(BillWriter, AFullDiskIsAnErrorAtTheEnd) {
    for (const bool gzip : {false, true}) {
        BillWriter out = BillWriter::open("/dev/full", gzip).value();
        out.write(std::string(5'000'000, 'x'));
        const auto bytes = out.finish();
        ASSERT_FALSE(bytes.ok());
        EXPECT_EQ(bytes.error().code, "demo.write");
        EXPECT_EQ(bytes.error().blame, base::Blame::kSystem);
    }
}

TEST(DivideRounded, GoesToTheNearestAndAwayFromZero) {
    EXPECT_EQ(static_cast<int>(divide_rounded(5, 10)), 1);
    EXPECT_EQ(static_cast<int>(divide_rounded(4, 10)), 0);
    EXPECT_EQ(static_cast<int>(divide_rounded(-5, 10)), -1);
    EXPECT_EQ(static_cast<int>(divide_rounded(-14, 10)), -1);
}

} // namespace
} // namespace florin::demo
