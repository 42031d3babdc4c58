#include "fx/table.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace florin::fx {
namespace {

struct Case {
    const char* code;
    std::uint64_t row;
    const char* column;
    const char* cell;
    std::string text;
};

TEST(Read, EveryErrorNamesItsPlace) {
    const std::string head = "date,from,to,rate\n";
    const std::string all = "date,from,to,rate,type,until\n";
    const std::vector<Case> cases = {
        {"fx.header", 0, "", "", ""},
        {"fx.header", 0, "", "2024-09-06", "2024-09-06,USD,EUR,0.9\n"},
        {"fx.header", 0, "", "date;from;to;rate", "date;from;to;rate\n"},
        {"fx.header", 0, "", "PK\x03\x04", "PK\x03\x04"},
        {"fx.header", 0, "", "", "date,from,to\n"},
        {"fx.header", 0, "", "usd", "Date,usd,JPY\n"},
        {"fx.header", 0, "USD", "", "Date,USD,USD\n"},
        {"fx.header", 0, "EUR", "", "Date,USD,EUR\n"},
        {"fx.ragged_row", 1, "", "", head + "2024-09-06,USD,EUR,0,9\n"},
        {"fx.ragged_row", 2, "", "", "Date,USD,\n2024-09-06,1,\n2024-09-07,1\n"},
        {"fx.ragged_row", 1, "", "1035", "date,from,to,rate,\n2024-09-06,USD,EUR,1,1035\n"},
        {"fx.ragged_row", 2, "", "160", "Date,USD,JPY,\n2024-09-09,1.1, 2, \n2024-09-06,1,1035,160\n"},
        {"fx.bad_date", 1, "date", "06.09.2024", head + "06.09.2024,USD,EUR,0.9\n"},
        {"fx.bad_date", 1, "Date", "6 September 2024", "Date, USD, \n6 September 2024, 1.1, \n"},
        {"fx.bad_date", 1, "date", "2024-02-30", head + "2024-02-30,USD,EUR,0.9\n"},
        {"fx.unknown_currency", 1, "from", "usd", head + "2024-09-06,usd,EUR,0.9\n"},
        {"fx.unknown_currency", 3, "to", "Credits", head + "\n\n2024-09-06,USD,Credits,0.9\n"},
        {"fx.bad_rate", 1, "rate", "", head + "2024-09-06,USD,EUR,\n"},
        {"fx.bad_rate", 1, "rate", "0", head + "2024-09-06,USD,EUR,0\n"},
        {"fx.bad_rate", 1, "rate", "-0.9", head + "2024-09-06,USD,EUR,-0.9\n"},
        {"fx.bad_rate", 1, "rate", "1000000000", head + "2024-09-06,USD,EUR,1000000000\n"},
        {"fx.bad_rate", 1, "rate", "nan", head + "2024-09-06,USD,EUR,nan\n"},
        {"fx.bad_rate", 1, "rate", "1e99999999999", head + "2024-09-06,USD,EUR,1e99999999999\n"},
        {"fx.bad_rate", 1, "rate", "0.1234567890123456789", head + "2024-09-06,USD,EUR,0.1234567890123456789\n"},
        {"fx.bad_rate", 2, "JPY", "n/a", "Date,USD,JPY,\n2024-09-09,1,2,\n2024-09-06,1,n/a,\n"},
        {"fx.same_currency", 1, "to", "USD", head + "2024-09-06,USD,USD,1\n"},
        {"fx.bad_type", 1, "type", "plan", all + "2024-09-06,USD,EUR,0.9,plan,\n"},
        {"fx.bad_until", 1, "until", "2024-09-30", all + "2024-09-06,USD,EUR,0.9,spot,2024-09-30\n"},
        {"fx.bad_until", 1, "until", "2024-09-05", all + "2024-09-06,USD,EUR,0.9,budget,2024-09-05\n"},
        {"fx.bad_date", 1, "until", "", all + "2024-09-06,USD,EUR,0.9,budget,\n"},
        {"fx.unreadable", 1, "", "", head + std::string(100'000, 'x')},
    };
    for (const Case& each : cases) {
        Table table;
        const auto read = table.read("fx/rates.csv", each.text);
        ASSERT_FALSE(read.ok()) << each.text;
        const base::Error& error = read.error();
        EXPECT_EQ(error.code, each.code) << each.text;
        EXPECT_EQ(error.blame, base::Blame::kData);
        EXPECT_EQ(error.place.file, "fx/rates.csv");
        EXPECT_EQ(error.place.row, each.row) << each.text;
        EXPECT_EQ(error.place.column, each.column) << each.text;
        EXPECT_EQ(error.place.cell, each.cell) << each.text;
        EXPECT_FALSE(error.remedy.empty()) << each.text;
    }
}

TEST(Read, TakesColumnsInAnyOrderQuotesAndCarriageReturns) {
    Table table;
    const auto read = table.read("a.csv", "\xEF\xBB\xBFto,\"rate\",from,date\r\n\"EUR\", 0.9 ,USD,2024-09-06\r\n\r\n");
    ASSERT_TRUE(read.ok()) << read.error().describe();
    ASSERT_EQ(table.published().size(), 1U);
    const auto& [pair, entries] = *table.published().begin();
    EXPECT_EQ(pair.from.code() + pair.to.code(), "USDEUR");
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].rate.to_string(), "0.9");
    EXPECT_EQ(entries[0].row, 1U);
}

TEST(Read, LeavesHolesAndBygoneCurrenciesOut) {
    Table table;
    ASSERT_TRUE(
        table.read("ecb.csv", "Date,USD,JPY,CYP,EEK,\n2009-12-30,1.4,N/A,0.58,15.6,\n2009-12-29,1.5,,,N/A,\n").ok());
    ASSERT_EQ(table.files().size(), 1U);
    EXPECT_EQ(table.files()[0].rates, 3U);
    EXPECT_EQ(table.files()[0].left_out, std::vector<std::string>{"CYP"});
    EXPECT_EQ(table.published().size(), 2U);
}

TEST(Read, TheSameRateTwiceIsOneAndAnotherIsAnError) {
    Table table;
    ASSERT_TRUE(table.read("a.csv", "date,from,to,rate\n2024-09-06,EUR,USD,1.1\n2024-09-09,EUR,USD,1.2\n").ok());
    ASSERT_TRUE(table.read("b.csv", "Date,USD\n2024-09-10,1.3\n2024-09-09,1.20\n").ok());
    EXPECT_EQ(table.published().begin()->second.size(), 3U);
    const auto again = table.read("c.csv", "date,from,to,rate\n2024-09-02,EUR,USD,1.1\n2024-09-06,EUR,USD,1.11\n");
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().describe(),
              "c.csv, row 2: EUR to USD on 2024-09-06 is given twice: 1.11 here, 1.1 in a.csv, row 1 "
              "[fx.contradiction]\n  Remove the one that does not hold.");
}

TEST(Read, BudgetRatesOfOneDayContradict) {
    Table table;
    const auto read = table.read("a.csv", "date,from,to,rate,type,until\n"
                                          "2024-07-01,USD,EUR,0.8,budget,2024-12-31\n"
                                          "2024-01-01,USD,EUR,0.9,budget,2024-07-01\n");
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, "fx.contradiction");
    EXPECT_EQ(read.error().place.row, 2U);
    Table apart;
    EXPECT_TRUE(apart
                    .read("a.csv", "date,from,to,rate,type,until\n"
                                   "2024-07-01,USD,EUR,0.8,budget,2024-12-31\n"
                                   "2024-01-01,USD,EUR,0.9,budget,2024-06-30\n"
                                   "2024-08-01,USD,EUR,0.7,spot,\n")
                    .ok());
}

TEST(Read, ManyRatesOfManyYears) {
    std::string text = "Date,USD,JPY,\n";
    Day day = period::parse_day("1999-01-04").value();
    for (int i = 0; i < 7000; ++i, day += std::chrono::days(1)) {
        text += fmt::format("{},1.{},N/A,\n", period::to_string(day), 1000 + i);
    }
    Table table;
    ASSERT_TRUE(table.read("ecb.csv", text).ok());
    EXPECT_EQ(table.published().begin()->second.size(), 7000U);
}

} // namespace
} // namespace florin::fx
