#include "variance/sentence.hpp"

#include <gtest/gtest.h>

#include <map>

namespace florin::variance {
namespace {

using money::Decimal;
using money::Quantity;

Decimal written(std::string_view text) {
    return Decimal::parse(text).value();
}

period::Period whole_month(int year, unsigned number) {
    return period::month_of(std::chrono::year(year) / std::chrono::month(number) / 1);
}

const Comparison kMonths{.base_period = whole_month(2026, 2), .actual_period = whole_month(2026, 4)}; // 28 and 30 days
const Wording kDollars{.currency = "USD", .places = 2, .base = "2026-02"};

struct Case {
    const char* expected;
    const char* base;
    std::map<Effect, const char*> effects;
    std::vector<UnitUse> units;
    std::optional<Named> largest_new;
    std::optional<Named> largest_gone;
    Cost cost = Cost::kEffective;
};

UnitUse use(const char* unit, const char* base, const char* actual, const char* usage, const char* at_base_prices,
            const char* mix = "0") {
    return {.unit = unit,
            .base = Quantity::parse(base).value(),
            .actual = Quantity::parse(actual).value(),
            .usage = written(usage),
            .mix = written(mix),
            .at_base_prices = written(at_base_prices)};
}

std::string said(const Case& one) {
    Row row{.base = written(one.base)};
    for (const auto& [effect, amount] : one.effects) {
        row.effects[static_cast<std::size_t>(effect)] = written(amount);
        row.variance = row.variance.plus(written(amount)).value();
    }
    row.actual = row.base.plus(row.variance).value();
    row.units = one.units;
    row.largest_new = one.largest_new;
    row.largest_gone = one.largest_gone;
    Comparison comparison = kMonths;
    comparison.cost = one.cost;
    return sentence(row, "Compute in prod-eu", comparison, kDollars);
}

TEST(Sentence, SaysWhatAManagerWouldSay) {
    const std::vector<Case> cases = {
        // 100 a day were 161 a day at the end: 2800 hours in 28 days, 4830 in 30.
        {"Compute in prod-eu is 18,400 USD over 2026-02: 61 % more hours at the same price, 2 days longer month.",
         "25000",
         {{Effect::kDays, "1800"}, {Effect::kUsage, "16600"}},
         {use("Hours", "2800", "4830", "16600", "43400")}},
        // What is below a tenth of the largest is not said; a price within 5 in 1000 is the same.
        {"Compute in prod-eu is 1,004 USD over 2026-02: 10 % more hours at the same price.",
         "10000",
         {{Effect::kDays, "50"}, {Effect::kUsage, "904"}, {Effect::kRate, "50"}},
         {use("Hours", "28", "33", "904", "10954")}},
        {"Compute in prod-eu is 400 USD under 2026-02: prices 5 % lower; against that 2.5 % more hours.",
         "10000",
         {{Effect::kUsage, "100"}, {Effect::kRate, "-500"}},
         {use("Hours", "28", "30.75", "100", "10000")}},
        {"Compute in prod-eu is 12.50 USD under 2026-02: 20 % fewer requests.",
         "100",
         {{Effect::kUsage, "-25"}, {Effect::kRate, "0.5"}, {Effect::kFees, "12"}},
         {use("1000000 Requests", "28", "24", "-25", "75")}}, // see below
    };
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(said(cases[i]), cases[i].expected);
    }
    EXPECT_EQ(said(cases[3]),
              "Compute in prod-eu is 12.50 USD under 2026-02: 20 % fewer requests; against that fees 12.00 higher.");
}

TEST(Sentence, SaysEachEffect) {
    const std::vector<Case> cases = {
        {"Compute in prod-eu is 300 USD over 2026-02: a dearer mix of hours.",
         "1000",
         {{Effect::kMix, "300"}},
         {use("Hours", "28", "30", "0", "1000", "310"), use("GB", "28", "30", "0", "10", "-10")}},
        {"Compute in prod-eu is 300 USD under 2026-02: a cheaper mix.", "1000", {{Effect::kMix, "-300"}}},
        {"Compute in prod-eu is 300 USD over 2026-02: higher prices.", "1000", {{Effect::kRate, "300"}}},
        {"Compute in prod-eu is 300 USD over 2026-02: fees 300 higher.", "1000", {{Effect::kFees, "300"}}},
        {"Compute in prod-eu is 300 USD over 2026-02: 300 of new Cloud Run.",
         "1000",
         {{Effect::kNew, "300"}},
         {},
         Named{"Cloud Run", written("200")}},
        {"Compute in prod-eu is 300 USD over 2026-02: 300 of new services, above all Cloud Run.",
         "1000",
         {{Effect::kNew, "300"}},
         {},
         Named{"Cloud Run", written("100")}},
        {"Compute in prod-eu is 300 USD under 2026-02: 300 less without EC2.",
         "1000",
         {{Effect::kGone, "-300"}},
         {},
         {},
         Named{"EC2", written("-300")}},
        {"Compute in prod-eu is 300 USD under 2026-02: 300 less without services that are gone.",
         "1000",
         {{Effect::kGone, "-300"}}},
        {"Compute in prod-eu is 300 USD under 2026-02: commitments save 300 more.",
         "1000",
         {{Effect::kCommitment, "-300"}}},
        {"Compute in prod-eu is 300 USD over 2026-02: commitments save 300 less.",
         "1000",
         {{Effect::kCommitment, "300"}}},
        {"Compute in prod-eu is 300 USD over 2026-02: 300 more billed for commitments.",
         "1000",
         {{Effect::kCommitment, "300"}},
         {},
         {},
         {},
         Cost::kBilled},
        {"Compute in prod-eu is 300 USD under 2026-02: 300 more in credits.", "1000", {{Effect::kCredits, "-300"}}},
        {"Compute in prod-eu is 300 USD over 2026-02: 300 more tax.", "1000", {{Effect::kTax, "300"}}},
        {"Compute in prod-eu is 300 USD under 2026-02: adjustments 300 lower.",
         "1000",
         {{Effect::kAdjustments, "-300"}}},
        {"Compute in prod-eu is 300 USD over 2026-02: exchange rates add 300.", "1000", {{Effect::kFx, "300"}}},
        {"Compute in prod-eu is 300 USD under 2026-02: exchange rates take off 300.", "1000", {{Effect::kFx, "-300"}}},
        {"Compute in prod-eu is 300 USD under 2026-02: the plan assumed 300 more than its baseline.",
         "1000",
         {{Effect::kPlanAssumption, "-300"}}},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(said(one), one.expected);
    }
}

TEST(Sentence, SaysUseWithoutOneUnitHonestly) {
    const std::vector<Case> cases = {
        // No unit is most of it.
        {"Compute in prod-eu is 1,000 USD over 2026-02: more usage, above all 10 % more hours at the same price.",
         "5000",
         {{Effect::kUsage, "1000"}},
         {use("Hours", "28", "33", "400", "3000"), use("GB", "28", "40", "300", "1500"),
          use("Requests", "28", "40", "300", "1500")}},
        // Fewer hours by count, but dearer ones: no percentage says it.
        {"Compute in prod-eu is 1,000 USD over 2026-02: more usage at the same price.",
         "5000",
         {{Effect::kUsage, "1000"}},
         {use("Hours", "28", "20", "1000", "6000")}},
        {"Compute in prod-eu is 1,000 USD over 2026-02: more than ten times the hours at the same price.",
         "50",
         {{Effect::kUsage, "1000"}},
         {use("Hours", "28", "900", "1000", "1050")}},
        {"Compute in prod-eu is 1,000 USD over 2026-02: more usage.", "50", {{Effect::kUsage, "1000"}}},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(said(one), one.expected);
    }
}

TEST(Sentence, SaysNewGoneAndUnchanged) {
    EXPECT_EQ(said({"", "0", {{Effect::kNew, "4000"}}}), "Compute in prod-eu is new: 4,000 USD.");
    EXPECT_EQ(said({"", "4000", {{Effect::kGone, "-4000"}}}),
              "Compute in prod-eu is gone: 4,000 USD less than 2026-02.");
    EXPECT_EQ(said({"", "4000", {}}), "Compute in prod-eu is as much as 2026-02.");
    EXPECT_EQ(said({"", "4000", {{Effect::kFees, "0.004"}}}), "Compute in prod-eu is as much as 2026-02.");
    EXPECT_EQ(said({"", "4000", {{Effect::kFees, "500"}, {Effect::kCredits, "-500"}}}),
              "Compute in prod-eu is as much as 2026-02: fees 500 higher; against that 500 more in credits.");
}

TEST(Sentence, NamesThreeCausesAndTwoAgainst) {
    EXPECT_EQ(said({"",
                    "4000",
                    {{Effect::kFees, "500"},
                     {Effect::kTax, "510"},
                     {Effect::kCommitment, "520"},
                     {Effect::kFx, "530"},
                     {Effect::kCredits, "-100"},
                     {Effect::kAdjustments, "-110"},
                     {Effect::kRate, "-120"}}}),
              "Compute in prod-eu is 1,730 USD over 2026-02: exchange rates add 530, commitments save 520 less, "
              "510 more tax; against that lower prices, adjustments 110 lower.");
}

TEST(Sentence, LengthOfThePeriod) {
    const auto said_of = [](const period::Period& base, const period::Period& actual, const char* effect) {
        Row row{.base = written("1000"), .actual = written("1000")};
        row.variance = written(effect);
        row.effects[0] = written(effect);
        return sentence(row, "Compute", {.base_period = base, .actual_period = actual}, {"USD", 2, "before"});
    };
    EXPECT_EQ(said_of(whole_month(2026, 10), whole_month(2026, 11), "-30"),
              "Compute is 30.00 USD under before: 1 day shorter month.");
    const period::Period quarter{whole_month(2026, 7).start, whole_month(2026, 9).end};
    EXPECT_EQ(said_of(whole_month(2026, 6), quarter, "2000"),
              "Compute is 2,000 USD over before: 62 days longer period.");
}

TEST(Subject, JoinsTheParts) {
    const std::vector<std::string> labels = {"Service category", "Account", "Region"};
    EXPECT_EQ(subject({}, {}), "Spend");
    EXPECT_EQ(subject({"Compute", "prod-eu", "eu-west-1"}, labels), "Compute in prod-eu, eu-west-1");
    EXPECT_EQ(subject({"Compute", std::nullopt, "eu-west-1"}, labels), "Compute without account in eu-west-1");
    EXPECT_EQ(subject({std::nullopt, "prod-eu", std::nullopt}, labels),
              "Charges without service category in prod-eu without region");
}

TEST(SpokenUnit, IsLowerCaseWhereItIsAWord) {
    const std::map<std::string, std::string> units = {
        {"Hours", "hours"}, {"GB-Months", "GB-months"},      {"1000000 Requests", "requests"},
        {"kWh", "kWh"},     {"100 RU-Hours", "RU-hours"},    {"GB", "GB"},
        {"1000", "units"},  {"1,000 API Calls", "API calls"}};
    for (const auto& [unit, spoken] : units) {
        EXPECT_EQ(spoken_unit(unit), spoken);
    }
    EXPECT_EQ(spoken_unit(std::nullopt), "units");
}

} // namespace
} // namespace florin::variance
