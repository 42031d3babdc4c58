#include "fx/table.hpp"

#include "money/oracle.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <tuple>
#include <utility>

namespace florin::fx {
namespace {

using money::oracle::Integer;
using testing::HasSubstr;

Currency currency(const char* code) {
    return Currency::parse(code).value();
}
Day day(const char* text) {
    return period::parse_day(text).value();
}
Decimal decimal(const char* text) {
    return Decimal::parse(text).value();
}

Table table_of(std::string_view text) {
    Table table;
    const auto read = table.read("rates.csv", text);
    EXPECT_TRUE(read.ok()) << read.error().describe();
    return table;
}

const Day kLater = day("2030-01-01");

base::Result<FoundRate> ask(const Table& table, const char* from, const char* to, const char* on,
                            RateType type = RateType::kTransactionDay, Day today = kLater) {
    return table.rate(currency(from), currency(to), day(on), type, today);
}

std::string value(const base::Result<FoundRate>& found) {
    return found.ok() ? found->rate.value().to_string() : found.error().code;
}

/// A Friday and a Monday, in figures that divide by hand. JPY is not published on the Monday.
constexpr std::string_view kWeekend = "Date,USD,JPY,GBP,CYP,\n"
                                      "2024-09-09,1.6,N/A,0.8,N/A,\n"
                                      "2024-09-06,1.25,160,0.8,0.5,\n";

TEST(Rate, FridayCountsOnSundayAndSaysItsAge) {
    const Table table = table_of(kWeekend);
    const auto sunday = ask(table, "EUR", "USD", "2024-09-08");
    ASSERT_TRUE(sunday.ok());
    EXPECT_EQ(sunday->rate.value(), decimal("1.25"));
    EXPECT_EQ(sunday->published, day("2024-09-06"));
    EXPECT_EQ(sunday->age_days, 2);
    ASSERT_EQ(sunday->legs.size(), 1U);
    EXPECT_FALSE(sunday->legs[0].inverted);
    EXPECT_EQ(sunday->legs[0].last.row, 2U);
    EXPECT_EQ(ask(table, "EUR", "USD", "2024-09-09")->age_days, 0);
    EXPECT_EQ(value(ask(table, "EUR", "USD", "2024-09-09")), "1.6");
}

TEST(Rate, SevenDaysOldCountsAndEightDoNot) {
    const Table table = table_of(kWeekend);
    const auto seven = ask(table, "EUR", "JPY", "2024-09-13");
    EXPECT_EQ(value(seven), "160");
    EXPECT_EQ(seven->age_days, 7);
    const auto eight = ask(table, "EUR", "JPY", "2024-09-14");
    ASSERT_FALSE(eight.ok());
    EXPECT_EQ(eight.error().code, "fx.too_old");
    EXPECT_EQ(eight.error().message, "the last rate from EUR to JPY on or before 2024-09-14 is of 2024-09-06, 8 days "
                                     "old; at most 7 count");
    EXPECT_THAT(eight.error().remedy, HasSubstr("fx/"));
}

TEST(Rate, NothingBeforeTheFirstDayAndNothingUnknown) {
    const Table table = table_of(kWeekend);
    EXPECT_EQ(value(ask(table, "EUR", "USD", "2024-09-05")), "fx.no_rate");
    EXPECT_EQ(value(ask(table, "EUR", "SEK", "2024-09-09")), "fx.no_rate");
    EXPECT_EQ(value(ask(table, "SEK", "NOK", "2024-09-09")), "fx.no_rate");
    EXPECT_EQ(value(ask(Table(), "USD", "EUR", "2024-09-09")), "fx.no_rate");
    EXPECT_THAT(ask(Table(), "USD", "EUR", "2024-09-09").error().message, HasSubstr("has no published rates"));
}

TEST(Rate, ACurrencyIsWorthItself) {
    const auto same = ask(Table(), "USD", "USD", "2024-09-09");
    EXPECT_EQ(value(same), "1");
    EXPECT_TRUE(same->legs.empty());
}

TEST(Rate, Inverts) {
    const Table table = table_of(kWeekend);
    const auto inverse = ask(table, "USD", "EUR", "2024-09-06");
    EXPECT_EQ(value(inverse), "0.8"); // 1 / 1.25
    EXPECT_TRUE(inverse->legs.at(0).inverted);
    const Table thirds = table_of("date,from,to,rate\n2024-09-06,EUR,USD,3\n2024-09-06,EUR,SEK,6\n"
                                  "2024-09-06,EUR,NOK,524288\n");
    EXPECT_EQ(value(ask(thirds, "USD", "EUR", "2024-09-06")), "0.333333333333333333");
    EXPECT_EQ(value(ask(thirds, "SEK", "EUR", "2024-09-06")), "0.166666666666666667");
    // 1 / 2^19 has 19 places and ends in 5: a tie, and the digit before it is even.
    EXPECT_EQ(value(ask(thirds, "NOK", "EUR", "2024-09-06")), "0.000001907348632812");
}

TEST(Rate, CrossesOverEuroWithBothLegsOfOneDay) {
    const Table table = table_of(kWeekend);
    const auto cross = ask(table, "USD", "GBP", "2024-09-09");
    EXPECT_EQ(value(cross), "0.5"); // 0.8 / 1.6
    ASSERT_EQ(cross->legs.size(), 2U);
    EXPECT_TRUE(cross->legs[0].inverted);
    EXPECT_FALSE(cross->legs[1].inverted);
    const auto older = ask(table, "USD", "JPY", "2024-09-09");
    EXPECT_EQ(value(older), "128"); // 160 / 1.25, of Friday, when both were published
    EXPECT_EQ(older->age_days, 3);
    EXPECT_EQ(value(ask(table, "JPY", "USD", "2024-09-06")), "0.0078125");
    EXPECT_EQ(value(ask(table, "USD", "JPY", "2024-09-14")), "fx.too_old");
    EXPECT_THAT(ask(table, "USD", "JPY", "2024-09-14").error().message, HasSubstr("is of 2024-09-06, 8 days old"));
}

TEST(Rate, TheNearestDayCountsAndOfOneDayThePairItself) {
    const Table table = table_of("date,from,to,rate\n"
                                 "2024-09-02,USD,EUR,0.9\n"
                                 "2024-09-03,EUR,USD,2\n"
                                 "2024-09-04,EUR,USD,4\n"
                                 "2024-09-04,USD,EUR,0.3\n"
                                 "2024-09-02,USD,GBP,0.7\n"
                                 "2024-09-03,EUR,GBP,1\n");
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2024-09-02")), "0.9");
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2024-09-03")), "0.5") << "the inverse is newer";
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2024-09-04")), "0.3") << "both are of the day";
    EXPECT_EQ(value(ask(table, "EUR", "USD", "2024-09-04")), "4");
    EXPECT_EQ(value(ask(table, "USD", "GBP", "2024-09-02")), "0.7");
    EXPECT_EQ(value(ask(table, "USD", "GBP", "2024-09-03")), "0.5") << "the cross is newer";
}

TEST(Rate, AveragesWhatWasPublishedInTheMonth) {
    const Table table = table_of("Date,USD,GBP,JPY\n"
                                 "2024-10-01,9,9,9\n"
                                 "2024-09-30,1,2,5\n"
                                 "2024-09-12,2,5,N/A\n"
                                 "2024-09-02,4,N/A,N/A\n"
                                 "2024-08-30,9,9,9\n");
    constexpr auto kAverage = RateType::kMonthAverage;
    const auto usd = ask(table, "EUR", "USD", "2024-09-01", kAverage);
    EXPECT_EQ(value(usd), "2.333333333333333333"); // 7 / 3, whatever day of the month
    EXPECT_EQ(value(ask(table, "EUR", "USD", "2024-09-30", kAverage)), "2.333333333333333333");
    EXPECT_EQ(usd->legs.at(0).count, 3U);
    EXPECT_FALSE(usd->provisional);
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2024-09-15", kAverage)), "0.428571428571428571"); // 3 / 7, not of 1/r
    EXPECT_EQ(value(ask(table, "USD", "GBP", "2024-09-15", kAverage)), "1.5");                  // (7/2) / (7/3)
    EXPECT_EQ(value(ask(table, "EUR", "USD", "2024-11-15", kAverage)), "fx.no_rate");
    EXPECT_THAT(ask(table, "EUR", "USD", "2024-11-15", kAverage).error().message,
                HasSubstr("in 2024-11; the last before is of 2024-10-01"));
}

TEST(Rate, AnAverageIsProvisionalWhileItsMonthLasts) {
    constexpr auto kAverage = RateType::kMonthAverage;
    const Table whole = table_of("Date,USD\n2024-09-02,1\n2024-09-23,2\n");
    EXPECT_TRUE(ask(whole, "EUR", "USD", "2024-09-01", kAverage, day("2024-09-30"))->provisional);
    EXPECT_FALSE(ask(whole, "EUR", "USD", "2024-09-01", kAverage, day("2024-10-01"))->provisional);
    const Table stale = table_of("Date,USD\n2024-09-02,1\n2024-09-22,2\n");
    EXPECT_TRUE(ask(stale, "EUR", "USD", "2024-09-01", kAverage, day("2024-10-01"))->provisional)
        << "nothing was published in the last 8 days";
}

TEST(Rate, ACrossOfAveragesIsAsOldAsItsOlderLeg) {
    constexpr auto kAverage = RateType::kMonthAverage;
    const Table table = table_of("Date,USD,GBP\n2024-09-30,N/A,2\n2024-09-12,4,1\n");
    for (const auto& [from, to, expected] :
         {std::tuple("USD", "GBP", "0.375"), {"GBP", "USD", "2.666666666666666667"}}) {
        const auto cross = ask(table, from, to, "2024-09-01", kAverage, day("2024-10-01"));
        EXPECT_EQ(value(cross), expected);
        EXPECT_EQ(cross->published, day("2024-09-12"));
        EXPECT_TRUE(cross->provisional);
    }
}

TEST(Rate, BudgetRatesHoldForTheirDaysOnly) {
    const Table table = table_of("date,from,to,rate,type,until\n"
                                 "2024-01-01,USD,EUR,0.9,budget,2024-12-31\n"
                                 "2025-01-01,USD,EUR,0.95,budget,2025-06-30\n"
                                 "2024-01-01,EUR,GBP,0.8,budget,2024-12-31\n"
                                 "2024-05-02,USD,EUR,0.5,spot,\n");
    constexpr auto kBudget = RateType::kBudget;
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2024-01-01", kBudget)), "0.9");
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2024-12-31", kBudget)), "0.9");
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2025-06-30", kBudget)), "0.95");
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2025-07-01", kBudget)), "fx.no_rate");
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2023-12-31", kBudget)), "fx.no_rate");
    EXPECT_EQ(value(ask(table, "USD", "GBP", "2024-05-02", kBudget)), "0.72");
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2024-05-02")), "0.5");
    EXPECT_EQ(ask(table, "USD", "EUR", "2024-05-02", kBudget)->age_days, 0);
}

TEST(Rate, WhatDoesNotFitIsNoRate) {
    const Table table = table_of("date,from,to,rate\n"
                                 "2024-09-06,EUR,USD,0.000000000000000001\n"
                                 "2024-09-06,EUR,SEK,999999999\n"
                                 "2024-09-06,NOK,EUR,0.000000000000000001\n"
                                 "2024-09-06,EUR,GBP,0.000000000000000001\n");
    EXPECT_EQ(value(ask(table, "USD", "EUR", "2024-09-06")), "1000000000000000000");
    EXPECT_EQ(value(ask(table, "USD", "SEK", "2024-09-06")), "fx.out_of_range") << "10^27";
    EXPECT_EQ(value(ask(table, "NOK", "GBP", "2024-09-06")), "fx.out_of_range") << "10^-36, which is not zero";
    EXPECT_FALSE(table.find(currency("USD"), currency("SEK"), day("2024-09-06"), RateType::kTransactionDay, kLater));
}

/// What is found without an explanation is what is explained.
TEST(Rate, IsFoundWithoutAnExplanation) {
    const Table table = table_of(kWeekend);
    const auto find = [&](const char* from, const char* to, const char* on, RateType type) {
        return table.find(currency(from), currency(to), day(on), type, kLater);
    };
    for (const RateType type : {RateType::kTransactionDay, RateType::kMonthAverage, RateType::kBudget}) {
        for (const char* on : {"2024-08-31", "2024-09-05", "2024-09-08", "2024-09-13", "2024-09-14", "2024-10-01"}) {
            for (const auto& [from, to] : {std::pair("USD", "EUR"), {"USD", "JPY"}, {"SEK", "EUR"}, {"SEK", "SEK"}}) {
                const auto explained = ask(table, from, to, on, type);
                const auto found = find(from, to, on, type);
                ASSERT_EQ(found.has_value(), explained.ok()) << fmt::format("{} {} {}", from, to, on);
                if (found) {
                    EXPECT_EQ(found->rate, explained->rate);
                    EXPECT_EQ(found->published, explained->published);
                    EXPECT_EQ(found->age_days, explained->age_days);
                    EXPECT_EQ(found->provisional, explained->provisional);
                }
            }
        }
    }
}

/// Random published rates of two currencies against EUR, in either direction, on random days of a
/// month: pair, inverse, cross and averages against fractions of any size.
TEST(Rate, AgreesWithFractionsOfAnySize) {
    const char* given = std::getenv("FLORIN_SEED");
    const std::uint64_t seed = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
    money::oracle::Numbers numbers(seed);
    struct Side {
        std::string text;
        Integer sum = 0, last = 0, count = 0;
        bool from_euro = false;
        Integer above(bool average) const { return from_euro ? (average ? sum : last) : denominator(average); }
        Integer below(bool average) const { return from_euro ? denominator(average) : (average ? sum : last); }
        Integer denominator(bool average) const {
            return money::oracle::power_of_ten(18) * (average ? count : Integer(1));
        }
    };
    const auto side = [&](const char* code) {
        Side out;
        out.from_euro = numbers.below(2) == 0;
        const std::uint64_t count = 1 + numbers.below(31);
        for (std::uint64_t i = 1; i <= count; ++i) {
            const base::uint128 limit = money::oracle::unsigned_of(money::oracle::power_of_ten(27)) - 1;
            const auto units = static_cast<base::int128>(1 + numbers.any() % limit);
            out.last = money::oracle::integer_of(units);
            out.sum += out.last;
            out.count += 1;
            // All on the last days up to the 31st, so that the last of both is of one day.
            out.text += fmt::format("2024-10-{:02},{},{},{}\n", 31 - count + i, out.from_euro ? "EUR" : code,
                                    out.from_euro ? code : "EUR", Decimal::from_units(units).to_string());
        }
        return out;
    };
    std::uint64_t found_count = 0;
    for (int round = 0; round < 3000; ++round) {
        const Side a = side("USD");
        const Side b = side("SEK");
        const Table table = table_of("date,from,to,rate\n" + a.text + b.text);
        for (const bool average : {false, true}) {
            const auto type = average ? RateType::kMonthAverage : RateType::kTransactionDay;
            const auto check = [&](const char* from, const char* to, const Integer& above, const Integer& below) {
                const auto found = ask(table, from, to, "2024-10-31", type);
                const Integer expected = money::oracle::rounded_quotient(above * money::oracle::power_of_ten(18), below,
                                                                         money::Rounding::kHalfEven);
                const bool fits = expected > 0 && expected < money::oracle::power_of_ten(38);
                ASSERT_EQ(found.ok(), fits) << fmt::format("seed {} round {} {} {}", seed, round, from, to);
                if (fits) {
                    ++found_count;
                    ASSERT_EQ(money::oracle::integer_of(found->rate.value().units()), expected)
                        << fmt::format("seed {} round {} {} {} average {}", seed, round, from, to, average);
                } else {
                    ASSERT_EQ(found.error().code, "fx.out_of_range");
                }
            };
            check("EUR", "USD", a.above(average), a.below(average));
            check("USD", "EUR", a.below(average), a.above(average));
            check("USD", "SEK", a.below(average) * b.above(average), a.above(average) * b.below(average));
            check("SEK", "USD", b.below(average) * a.above(average), b.above(average) * a.below(average));
        }
    }
    EXPECT_GT(found_count, 10'000U);
}

} // namespace
} // namespace florin::fx
