// Converted answers in figures that multiply by hand. Random ones are in differential_test.cpp.
#include "query/answer.hpp"
#include "query/test_bill.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace florin::query {
namespace {

using test::Charge;
using test::day;
using test::decimal;
using testing::ElementsAre;
using testing::HasSubstr;
using Row = std::vector<engine::Value>;

Charge charge(const char* currency, const char* service, const char* cost, const char* on) {
    Charge out;
    out.text = {{"ServiceName", service}, {"BillingCurrency", currency}, {"ChargeCategory", "Usage"}};
    out.billed = out.effective = out.list = out.contracted = decimal(cost);
    out.start = day(on);
    return out;
}

/// A Friday and a Monday: one USD is 0.8 EUR, then 0.625; one JPY 0.00625.
constexpr std::string_view kRates = "Date,USD,JPY\n2024-09-09,1.6,N/A\n2024-09-06,1.25,160\n";

struct Asked {
    test::Folder folder;
    std::unique_ptr<engine::Engine> engine = test::make_engine();
    std::vector<lake::FileSet> files;
    fx::Table rates;

    explicit Asked(const std::vector<Charge>& charges, std::string_view table = kRates, bool with_cells = true) {
        files.push_back(write_bill(*engine, folder, "b", {"a", day("2024-09-01"), charges}, with_cells));
        const auto read = rates.read("fx/rates.csv", table);
        EXPECT_TRUE(read.ok()) << read.error().describe();
    }
    base::Result<Answer> ask(const Question& question) {
        return query::ask(question, files, *engine, {.rates = &rates, .today = day("2024-10-05")});
    }
};

Question in_euro() {
    Question question;
    question.currency = "EUR";
    return question;
}

TEST(Convert, EachDayAtItsOwnRateAndBothAmountsAreKept) {
    Asked asked({charge("USD", "Disk", "100", "2024-09-06"), charge("USD", "Disk", "10", "2024-09-08"),
                 charge("USD", "Mail", "16", "2024-09-09"), charge("EUR", "Mail", "5", "2024-09-30"),
                 charge("JPY", "Disk", "1600", "2024-09-13"), charge("CHF", "Disk", "0", "2024-09-20")});
    Question question = in_euro();
    question.dimensions = {"service"};
    const auto answer = asked.ask(question);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    ASSERT_EQ(answer->blocks.size(), 1U);
    EXPECT_EQ(answer->blocks[0].currency, "EUR");
    ASSERT_EQ(answer->blocks[0].rows.size(), 2U);
    EXPECT_EQ(answer->blocks[0].rows[0].values, (Row{"Disk", decimal("98")})); // 80 + 8 + 10 + 0
    EXPECT_EQ(answer->blocks[0].rows[1].values, (Row{"Mail", decimal("15")})); // 10 + 5
    EXPECT_EQ(answer->blocks[0].total.values, (Row{engine::Value{}, decimal("113")}));

    ASSERT_TRUE(answer->conversion.has_value());
    const std::vector<ConvertedCurrency>& from = answer->conversion->from;
    ASSERT_EQ(from.size(), 4U);
    EXPECT_EQ(from[0].currency, "CHF");
    EXPECT_EQ(from[0].amounts, (std::vector<ConvertedAmount>{{"cost", decimal("0"), decimal("0"), {}}}));
    EXPECT_EQ(from[0].days, 0U);
    EXPECT_EQ(from[1].amounts, (std::vector<ConvertedAmount>{{"cost", decimal("5"), decimal("5"), decimal("1")}}));
    EXPECT_EQ(from[2].currency, "JPY");
    EXPECT_EQ(from[2].oldest_age_days, 7);
    EXPECT_EQ(from[3].amounts, // 98 / 126
              (std::vector<ConvertedAmount>{{"cost", decimal("126"), decimal("98"), decimal("0.777777777777777778")}}));
    EXPECT_EQ(from[3].days, 3U);
    EXPECT_EQ(from[3].oldest_published, day("2024-09-06"));
    EXPECT_EQ(from[3].oldest_used_on, day("2024-09-08"));
    EXPECT_EQ(from[3].oldest_age_days, 2);
    EXPECT_THAT(answer->notes,
                ElementsAre("Basis: cost is effective.", "Period: everything there is, by charge period.",
                            "Read from the daily sums of 1 scope.",
                            "Converted to EUR by the rate of each charge's day (transaction-day).",
                            "CHF to EUR: cost 0.00 is 0.00.", "EUR: cost 5.00.",
                            "JPY to EUR: cost 1,600 is 10.00, at 0.00625 on average; the oldest rate is of 2024-09-06, "
                            "7 days before 2024-09-13.",
                            "USD to EUR: cost 126.00 is 98.00, at 0.777778 on average; the oldest rate is of "
                            "2024-09-06, 2 days before 2024-09-08."));
}

TEST(Convert, RoundsEachDaysSumHalfEvenAndThenAdds) {
    const char* table = "date,from,to,rate\n2024-09-06,USD,EUR,0.5\n";
    Asked asked({charge("USD", "Disk", "0.000000000000000001", "2024-09-06"),
                 charge("USD", "Disk", "0.000000000000000001", "2024-09-07"),
                 charge("USD", "Mail", "0.000000000000000002", "2024-09-06"),
                 charge("USD", "Mail", "0.000000000000000001", "2024-09-06")},
                table);
    Question question = in_euro();
    question.dimensions = {"service"};
    const auto answer = asked.ask(question);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    EXPECT_EQ(answer->blocks[0].rows[0].values, (Row{"Mail", decimal("0.000000000000000002")})); // 1.5 of the last
    EXPECT_EQ(answer->blocks[0].rows[1].values, (Row{"Disk", decimal("0")}));                    // 0.5 twice
}

TEST(Convert, WhatSpansDaysIsConvertedDayByDay) {
    Charge fee = charge("USD", "Support", "4", "2024-09-08");
    fee.days = 2;
    for (const bool with_cells : {true, false}) {
        Asked asked({fee}, kRates, with_cells);
        Question question = in_euro();
        question.measures = {"effective_cost", "billed_cost"};
        const auto answer = asked.ask(question);
        ASSERT_TRUE(answer.ok()) << answer.error().describe();
        // Two on Sunday at Friday's 0.8 and two on Monday at 0.625; billed on Sunday alone.
        EXPECT_EQ(answer->blocks[0].total.values, (Row{decimal("2.85"), decimal("3.2")}));
        EXPECT_THAT(answer->notes,
                    testing::Contains("1 charge in the bills read spans several days: effective, list and contracted "
                                      "cost are converted at the rate of each, billed cost at that of the first."));
        question.period_kind = PeriodKind::kBilling;
        const auto billing = asked.ask(question);
        ASSERT_TRUE(billing.ok()) << billing.error().describe();
        EXPECT_EQ(billing->blocks[0].total.values, (Row{decimal("3.2"), decimal("3.2")})) << "on its first day";
    }
}

TEST(Convert, DaysToComeHaveNoRateYet) {
    Charge fee = charge("USD", "Support", "60", "2024-09-06");
    fee.days = 60; // until 4 November; it is 5 October
    Asked asked({fee},
                "Date,USD\n2024-09-06,1.25\n2024-09-13,1.25\n2024-09-20,1.25\n2024-09-27,1.25\n2024-10-04,1.25\n");
    const auto everything = asked.ask(in_euro());
    ASSERT_FALSE(everything.ok());
    EXPECT_EQ(everything.error().code, "fx.too_old");
    EXPECT_THAT(everything.error().message, HasSubstr("on or before 2024-10-12 is of 2024-10-04"));
    EXPECT_THAT(everything.error().remedy, HasSubstr("end the period before"));
    Question september = in_euro();
    september.period = period::Period{day("2024-09-01"), day("2024-10-01")};
    const auto of_period = asked.ask(september);
    ASSERT_TRUE(of_period.ok()) << of_period.error().describe();
    EXPECT_EQ(of_period->blocks[0].total.values, (Row{decimal("20")})); // 25 days of 1 USD
    september.period_kind = PeriodKind::kBilling;
    const auto of_bill = asked.ask(september);
    ASSERT_TRUE(of_bill.ok()) << of_bill.error().describe();
    EXPECT_EQ(of_bill->blocks[0].total.values, (Row{decimal("48")}));
}

TEST(Convert, RatiosAreOfConvertedSumsAndCountsAreOfAllCurrencies) {
    Charge dear = charge("USD", "Disk", "100", "2024-09-06"); // 80 EUR
    dear.list = decimal("200");                               // 160 EUR
    Charge cheap = charge("EUR", "Disk", "40", "2024-09-06");
    Asked asked({dear, cheap});
    Question question = in_euro();
    question.measures = {"effective_savings_rate", "charge_count", "savings"};
    const auto answer = asked.ask(question);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    EXPECT_EQ(answer->blocks[0].total.values, (Row{decimal("0.4"), std::int64_t{2}, decimal("80")})); // 1 - 120 / 200
    ASSERT_EQ(answer->conversion->from.size(), 2U);
    EXPECT_EQ(answer->conversion->from[1].amounts.size(), 1U) << "of a ratio or a count there is no amount";
}

TEST(Convert, TheFirstMissingDayIsNamed) {
    Asked asked({charge("USD", "Disk", "1", "2024-09-17"), charge("USD", "Disk", "1", "2024-09-20"),
                 charge("USD", "Disk", "1", "2024-09-06"), charge("JPY", "Disk", "1", "2024-09-18")});
    const auto late = asked.ask(in_euro());
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().code, "fx.too_old");
    EXPECT_EQ(late.error().message,
              "the last rate from USD to EUR on or before 2024-09-17 is of 2024-09-09, 8 days old; at most 7 count; "
              "2024-09-17 is the first of 2 days with amounts in USD that lack one");
    Question counted = in_euro();
    counted.measures = {"charge_count"};
    EXPECT_TRUE(asked.ask(counted).ok()) << "nothing is converted";
    const auto none = query::ask(in_euro(), asked.files, *asked.engine);
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().code, "fx.no_rate");
    EXPECT_THAT(none.error().message, HasSubstr("the workspace has no published rates"));
}

TEST(Convert, ComparesConvertedPeriods) {
    Asked asked({charge("USD", "Disk", "8", "2024-09-06"), charge("USD", "Disk", "8", "2024-09-09"),
                 charge("JPY", "Disk", "1600", "2024-09-06")});
    Question question = in_euro();
    question.period = period::Period{day("2024-09-09"), day("2024-09-12")};
    question.comparison = Comparison::kPrevious;
    const auto answer = asked.ask(question);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    EXPECT_EQ(answer->blocks[0].total.values,
              (Row{decimal("5"), decimal("16.4"), decimal("-11.4"), decimal("-69.512195")}));
    const std::vector<ConvertedCurrency>& from = answer->conversion->from;
    ASSERT_EQ(from.size(), 2U);
    EXPECT_TRUE(from[0].amounts.empty());
    EXPECT_EQ(from[0].amounts_before,
              (std::vector<ConvertedAmount>{{"cost", decimal("1600"), decimal("10"), decimal("0.00625")}}));
    EXPECT_EQ(from[1].amounts_before,
              (std::vector<ConvertedAmount>{{"cost", decimal("8"), decimal("6.4"), decimal("0.8")}}));
}

TEST(Convert, AnAverageThatIsProvisionalSaysSo) {
    Asked asked({charge("USD", "Disk", "20", "2024-09-01"), charge("USD", "Disk", "20", "2024-09-30")});
    Question question = in_euro();
    question.rate_type = fx::RateType::kMonthAverage;
    const auto answer = asked.ask(question);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    // The mean of 1.25 and 1.6 is 1.425; 20 / 1.425 by the rate 0.701754385964912281, twice.
    EXPECT_EQ(answer->blocks[0].total.values, (Row{decimal("28.07017543859649124")}));
    EXPECT_EQ(answer->notes.back(), "USD to EUR: cost 40.00 is 28.07, at 0.701754 on average; provisional, because a "
                                    "month is not over or not published to its end (up to 2024-09-09).");
}

TEST(Convert, PricingCurrenciesStayApartAndAreNeverConverted) {
    const auto priced = [](const char* cost, const char* currency, const char* in_pricing_currency) {
        Charge out = charge("USD", "Tokens", cost, "2024-09-06");
        out.text["PricingCurrency"] = currency;
        out.effective_in_pricing_currency = decimal(in_pricing_currency);
        return out;
    };
    Charge other = charge("USD", "Disk", "30", "2024-09-06");
    Charge long_one = priced("10", "TOKENS", "500");
    long_one.days = 2;
    Asked asked({priced("10", "TOKENS", "1000"), long_one, priced("20", "EUR", "16"), other});
    Question question = in_euro();
    question.measures = {"effective_cost", "pricing_currency_effective_cost"};
    for (const char* currency : {"EUR", ""}) {
        question.currency = currency;
        const bool converts = *currency != '\0';
        const auto cost = [&](const char* usd, const char* eur) { return decimal(converts ? eur : usd); };
        const auto answer = asked.ask(question);
        ASSERT_TRUE(answer.ok()) << answer.error().describe();
        ASSERT_EQ(answer->columns.size(), 3U);
        EXPECT_EQ(answer->columns[0].name, "pricing_currency");
        ASSERT_EQ(answer->blocks.size(), 1U);
        ASSERT_EQ(answer->blocks[0].rows.size(), 3U);
        EXPECT_EQ(answer->blocks[0].rows[0].values, (Row{engine::Value{}, cost("30", "24"), engine::Value{}}));
        EXPECT_EQ(answer->blocks[0].total.values, (Row{engine::Value{}, cost("70", "56"), engine::Value{}}));
        question.filter = "pricing_currency = 'TOKENS'";
        const auto tokens = asked.ask(question);
        ASSERT_TRUE(tokens.ok()) << tokens.error().describe();
        EXPECT_EQ(tokens->blocks[0].total.values, (Row{"TOKENS", cost("20", "16"), decimal("1500")}));
        EXPECT_EQ(tokens->scopes_from_charges, 1U);
        question.filter.clear();
    }
}

TEST(Convert, UnknownCurrenciesAreRefused) {
    Asked asked({charge("USD", "Disk", "1", "2024-09-06")});
    Question question = in_euro();
    for (const char* currency : {"eur", "Credits", "EURO", "ZZZ"}) {
        question.currency = currency;
        const auto answer = asked.ask(question);
        ASSERT_FALSE(answer.ok());
        EXPECT_EQ(answer.error().code, "question.unknown_currency");
    }
}

} // namespace
} // namespace florin::query
