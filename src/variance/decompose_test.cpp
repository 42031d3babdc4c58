#include "variance/decompose.hpp"

#include "variance/oracle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace florin::variance {
namespace {

using money::Decimal;
using money::Quantity;

Decimal decimal(std::string_view text) {
    return Decimal::parse(text).value();
}

period::Period month(int year, unsigned number) {
    return period::month_of(std::chrono::year(year) / std::chrono::month(number) / 1);
}

/// September and October 2026: 30 and 31 days.
const period::Period kSeptember = month(2026, 9);
const period::Period kOctober = month(2026, 10);

struct Made {
    std::string_view item = "m5";
    std::string_view quantity;
    std::string_view cost;
    std::string_view unit = "Hours";
};

/// Usage on demand in one row and place.
Charges usage(const Made& made) {
    return {.row = {"Compute"},
            .place = {"aws"},
            .item = std::string(made.item),
            .label = "EC2",
            .pricing_unit = std::string(made.unit),
            .charge_category = "Usage",
            .charge_frequency = "Usage-Based",
            .quantity = Quantity::parse(made.quantity).value(),
            .cost = decimal(made.cost),
            .list_cost = decimal(made.cost),
            .contracted_cost = decimal(made.cost)};
}

Charges amount(std::string_view category, std::string_view cost) {
    return {.row = {"Compute"}, .place = {"aws"}, .charge_category = std::string(category), .cost = decimal(cost)};
}

Comparison compared(std::vector<Charges> base, std::vector<Charges> actual, Cost cost = Cost::kEffective) {
    return compare({kSeptember, std::move(base)}, {kOctober, std::move(actual)}, cost).value();
}

/// The effects that are not zero, as `usage 120`.
std::vector<std::string> effects(const Row& row) {
    std::vector<std::string> out;
    for (const Effect effect : all_effects()) {
        if (!row.effect(effect).is_zero()) {
            out.push_back(std::string(name(effect)) + " " + row.effect(effect).to_string());
        }
    }
    return out;
}

using testing::ElementsAre;

// 300 hours at 2 in 30 days are 10 a day; 31 days of them 620. 372 hours are 12 a day: 744 at 2, 1116 at 3.
TEST(Compare, DaysThenUsageThenRate) {
    const Comparison comparison =
        compared({usage({.quantity = "300", .cost = "600"})}, {usage({.quantity = "372", .cost = "1116"})});
    EXPECT_THAT(effects(comparison.total), ElementsAre("days 20", "usage 124", "rate 372"));
    EXPECT_EQ(comparison.total.variance, decimal("516"));
    EXPECT_EQ(comparison.rows.size(), 1U);
}

// Two sizes, 100 h at 1 and 100 h at 3: 2 on average. Of 300 h 200 are the dear ones: 100 + 600 at the base's prices,
// 600 at its average.
TEST(Compare, MixIsWhatTheAverageLeavesOut) {
    const Comparison comparison = compare({kOctober,
                                           {usage({.item = "small", .quantity = "100", .cost = "100"}),
                                            usage({.item = "large", .quantity = "100", .cost = "300"})}},
                                          {kOctober,
                                           {usage({.item = "small", .quantity = "100", .cost = "100"}),
                                            usage({.item = "large", .quantity = "200", .cost = "600"})}},
                                          Cost::kEffective)
                                      .value();
    EXPECT_THAT(effects(comparison.total), ElementsAre("usage 200", "mix 100"));
}

// 310 hours of m5 at 2 become 310 hours of m6 at 1.5: the same use, a cheaper mix; a price of m6 to compare with is not
// there.
TEST(Compare, AnotherSizeOfTheSamePlaceIsMixNotNewAndGone) {
    const Comparison comparison =
        compare({kOctober, {usage({.item = "m5", .quantity = "310", .cost = "620"})}},
                {kOctober, {usage({.item = "m6", .quantity = "310", .cost = "465"})}}, Cost::kEffective)
            .value();
    EXPECT_THAT(effects(comparison.total), ElementsAre("mix -155"));
}

TEST(Compare, AnotherPlaceOrUnitIsNewAndGone) {
    Charges elsewhere = usage({.quantity = "310", .cost = "700"});
    elsewhere.place = {"gcp"};
    elsewhere.label = "Compute Engine";
    const Comparison moved = compared({usage({.quantity = "300", .cost = "600"})}, {elsewhere});
    EXPECT_THAT(effects(moved.total), ElementsAre("new 700", "gone -600"));
    EXPECT_EQ(moved.total.largest_new, (Named{"Compute Engine", decimal("700")}));
    EXPECT_EQ(moved.total.largest_gone, (Named{"EC2", decimal("-600")}));
    EXPECT_THAT(effects(compared({usage({.quantity = "300", .cost = "600"})},
                                 {usage({.quantity = "5", .cost = "700", .unit = "Requests"})})
                            .total),
                ElementsAre("new 700", "gone -600"));
}

// A gigabyte kept all month is one GB-month in a month of 30 days as in one of 31.
TEST(Compare, WhatIsPricedByTheMonthDoesNotCostMoreInALongerOne) {
    EXPECT_THAT(effects(compared({usage({.quantity = "100", .cost = "10", .unit = "GB-Months"})},
                                 {usage({.quantity = "110", .cost = "11", .unit = "GB-Months"})})
                            .total),
                ElementsAre("usage 1"));
    // But two months are twice as long: 10 more for that, 1 for use.
    const Side quarter{{kSeptember.start, kOctober.end},
                       {usage({.quantity = "210", .cost = "21", .unit = "GB-Months"})}};
    EXPECT_THAT(effects(compare({kSeptember, {usage({.quantity = "100", .cost = "10", .unit = "GB-Months"})}}, quarter,
                                Cost::kEffective)
                            .value()
                            .total),
                ElementsAre("days 10", "usage 1"));
}

TEST(Compare, FeesHaveAPriceOnly) {
    Charges support = amount("Purchase", "1000");
    support.charge_frequency = "Recurring";
    Charges dearer = support;
    dearer.cost = decimal("1100");
    EXPECT_THAT(effects(compared({support}, {dearer}).total), ElementsAre("fees 100"));
    EXPECT_THAT(effects(compared({}, {dearer}).total), ElementsAre("new 1100"));
    EXPECT_THAT(effects(compared({support}, {}).total), ElementsAre("gone -1000"));
    // Usage without a quantity still comes by the day: 30 in 30 days are 31 in 31.
    EXPECT_THAT(effects(compared({amount("Usage", "30")}, {amount("Usage", "32")}).total),
                ElementsAre("days 1", "fees 1"));
    // A purchase made once does not.
    EXPECT_THAT(effects(compared({amount("Purchase", "30")}, {amount("Purchase", "32")}).total), ElementsAre("fees 2"));
}

TEST(Compare, CreditsTaxAndAdjustmentsStandByThemselves) {
    Charges correction = usage({.quantity = "-5", .cost = "-10"});
    correction.charge_class = "Correction";
    EXPECT_THAT(effects(compared({amount("Credit", "-50"), amount("Tax", "19")},
                                 {amount("Credit", "-80"), amount("Tax", "20"), amount("Adjustment", "3"), correction})
                            .total),
                ElementsAre("credits -30", "tax 1", "adjustments -7"));
}

/// The example of docs/reference/variance-method.md, by hand. 30 days in each period.
/// Base: 1000 h on demand at 0.10. Actual: 1000 h, of which a commitment covers 600 (contracted 60, effective 36), and
/// 4 of the commitment are not used.
class CommitmentExample : public testing::Test {
protected:
    CommitmentExample() {
        covered.commitment_discount_status = "Used";
        covered.commitment_discount_category = "Spend";
        covered.contracted_cost = decimal("60");
        unused.commitment_discount_status = "Unused";
        unused.commitment_discount_category = "Spend";
        unused.quantity = Quantity::parse("40").value(); // hours that nobody had
        purchase.commitment_discount_category = "Spend";
    }
    std::vector<std::string> told(Cost cost) {
        return effects(compare({kSeptember, {usage({.quantity = "1000", .cost = "100"})}},
                               {month(2026, 11), {usage({.quantity = "400", .cost = "40"}), covered, unused, purchase}},
                               cost)
                           .value()
                           .total);
    }
    Charges covered = usage({.quantity = "600", .cost = "36"});
    Charges unused = amount("Usage", "4");
    Charges purchase = amount("Purchase", "0");
};

TEST_F(CommitmentExample, EffectiveCostSavesSixtyLessFortyForIt) {
    EXPECT_THAT(told(Cost::kEffective), ElementsAre("commitment -20"));
}

TEST_F(CommitmentExample, BilledCostPaysThePurchaseInstead) {
    covered.cost = Decimal();
    unused.cost = Decimal();
    purchase.cost = decimal("40");
    EXPECT_THAT(told(Cost::kBilled), ElementsAre("commitment -20"));
}

TEST_F(CommitmentExample, ListCostKnowsNoCommitments) {
    covered.cost = decimal("66");
    covered.list_cost = decimal("66");
    unused.cost = Decimal();
    // 1060 hours' worth of list cost: 40 + 66 where 100 were.
    EXPECT_THAT(told(Cost::kList), ElementsAre("rate 6"));
}

TEST_F(CommitmentExample, WithoutContractedCostListCostStandsForIt) {
    covered.contracted_cost.reset();
    covered.list_cost = decimal("66");
    EXPECT_THAT(told(Cost::kEffective), ElementsAre("rate 6", "commitment -26"));
    covered.list_cost.reset();
    EXPECT_THAT(told(Cost::kEffective), ElementsAre("rate -24", "commitment 4"));
}

TEST(Compare, ThirdsAddUpToTheLastDigit) {
    const Comparison comparison = compared({usage({.item = "a", .quantity = "3", .cost = "1"}),
                                            usage({.item = "b", .quantity = "7", .cost = "0.000000000000000001"})},
                                           {usage({.item = "a", .quantity = "1", .cost = "1"}),
                                            usage({.item = "b", .quantity = "0.000000000001", .cost = "2"})});
    money::DecimalSum sum;
    for (const Decimal effect : comparison.total.effects) {
        sum.add(effect);
    }
    EXPECT_EQ(sum.total().value(), decimal("1.999999999999999999"));
    EXPECT_EQ(comparison.total.effect(Effect::kDays), decimal("0.033333333333333333"));
}

TEST(Compare, BeyondTheRangeIsAnError) {
    const std::string most = "99999999999999999999";
    const auto of = [&](const std::string& cost) { return std::vector{usage({.quantity = "1", .cost = cost})}; };
    EXPECT_EQ(compare({kSeptember, of("-" + most)}, {kOctober, of(most)}, Cost::kEffective).error().code,
              "money.overflow");
    EXPECT_EQ(compare({kSeptember, of(most)}, {kOctober, of("0")}, Cost::kEffective).error().code, "money.overflow");
}

TEST(Compare, NothingIsNothing) {
    const Comparison comparison = compared({}, {});
    EXPECT_TRUE(comparison.rows.empty());
    EXPECT_EQ(comparison.total, Row{});
}

TEST(MeasureAgain, PutsTheRestIntoOneEffect) {
    // At the budget rate 600 -> 620; at the rates asked for 660 -> 744. And a row that only the rates asked for have.
    Comparison comparison =
        compared({usage({.quantity = "300", .cost = "600"})}, {usage({.quantity = "310", .cost = "620"})});
    const std::vector<Measured> again = {{{"Compute"}, decimal("660"), decimal("744")},
                                         {{"Storage"}, decimal("0"), decimal("5")}};
    comparison = measure_again(std::move(comparison), Effect::kFx, again).value();
    ASSERT_EQ(comparison.rows.size(), 2U);
    EXPECT_THAT(effects(comparison.rows[0]), ElementsAre("days 20", "fx 64"));
    EXPECT_THAT(effects(comparison.rows[1]), ElementsAre("fx 5"));
    EXPECT_EQ(comparison.total.base, decimal("660"));
    EXPECT_EQ(comparison.total.variance, decimal("89"));
}

TEST(MeasureAgain, APlanOfMoneyDiffersFromItsBaseline) {
    // A plan of 650 made from a month of 600; 620 came.
    Comparison comparison =
        compared({usage({.quantity = "300", .cost = "600"})}, {usage({.quantity = "310", .cost = "620"})});
    const std::vector<Measured> plan = {{{"Compute"}, decimal("650"), decimal("620")}};
    comparison = measure_again(std::move(comparison), Effect::kPlanAssumption, plan).value();
    EXPECT_THAT(effects(comparison.total), ElementsAre("days 20", "plan_assumption -50"));
    EXPECT_EQ(comparison.total.variance, decimal("-30"));
}

TEST(KeepLargest, TheRestIsOneRowAndTheTotalStays) {
    std::vector<Charges> actual;
    for (int i = 1; i <= 5; ++i) {
        Charges one = usage({.quantity = "10", .cost = i % 2 == 0 ? "-7" : "9"});
        one.row = {std::string(static_cast<std::size_t>(i), 'x')};
        actual.push_back(one);
    }
    const Comparison all = compared({}, actual);
    const Comparison some = keep_largest(all, 2).value();
    ASSERT_EQ(some.rows.size(), 3U);
    EXPECT_EQ(some.rows[0].key, Key{"x"});
    EXPECT_EQ(some.rows[1].key, Key{"xxx"}) << "equal variances by name";
    EXPECT_EQ(some.rows[2].others, 3U);
    EXPECT_EQ(some.rows[2].variance, decimal("-5"));
    EXPECT_EQ(some.total, all.total);
    EXPECT_EQ(keep_largest(all, 0).value().rows.size(), 5U);
    EXPECT_EQ(keep_largest(all, 5).value().rows.size(), 5U);
}

// --- against the oracle -------------------------------------------------------------------------

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
    Text of(std::initializer_list<const char*> texts) {
        const char* chosen = *(texts.begin() + below(texts.size()));
        return chosen == nullptr ? Text() : Text(chosen);
    }
    /// Up to `digits_max` digits, either sign where asked for, now and then 0.
    base::int128 units(unsigned digits_max, bool has_negative) {
        base::int128 value = 0;
        for (std::uint64_t digits = below(digits_max + 1U); digits > 0; --digits) {
            value = value * 10 + static_cast<int>(below(10));
        }
        return has_negative && below(5) == 0 ? -value : value;
    }
    Charges charges() {
        Charges c;
        c.row = {of({"a", "b", nullptr})};
        c.place = {of({"aws", "gcp"}), of({"eu", nullptr})};
        c.item = of({"m5", "m6", "m7", nullptr});
        c.pricing_unit = of({"Hours", "GB-Months", nullptr});
        c.charge_category =
            of({"Usage", "Usage", "Usage", "Usage", "Usage", "Purchase", "Tax", "Credit", "Adjustment", nullptr});
        c.charge_class = below(12) == 0 ? Text("Correction") : Text();
        c.charge_frequency = of({"Usage-Based", "Recurring", "One-Time", nullptr});
        c.commitment_discount_status = of({"Used", "Unused", nullptr, nullptr});
        c.commitment_discount_category = of({"Spend", nullptr, nullptr});
        // Prices stay below what overflows: quantities of 6 digits before the point at the least.
        if (below(6) != 0) {
            c.quantity = Quantity::from_units(units(20, true));
        }
        for (auto* cost : {&c.cost, &c.list_cost, &c.contracted_cost}) {
            if (below(8) != 0) {
                *cost = Decimal::from_units(units(26, true));
            }
        }
        return c;
    }
    Side side() {
        const period::Day start = period::Day(std::chrono::days(20000 + below(400)));
        Side side{{start, start + std::chrono::days(1 + below(100))}, {}};
        if (below(2) == 0) {
            side.period = period::month_of(start);
        }
        for (std::uint64_t n = below(30); n > 0; --n) {
            side.charges.push_back(charges());
        }
        return side;
    }
    std::mt19937_64& engine() { return engine_; }

private:
    std::mt19937_64 engine_;
};

TEST(Compare, AgreesWithExactFractions) {
    std::size_t told = 0;
    std::array<std::size_t, kEffectCount> seen{};
    for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
        Random random(seed);
        const Side base = random.side();
        const Side actual = random.side();
        const auto cost = static_cast<Cost>(random.below(4));
        const auto result = compare(base, actual, cost);
        if (!result.ok()) { // a price times a quantity beyond 10^20
            ASSERT_EQ(result.error().code, "money.overflow") << "seed " << seed;
            continue;
        }
        ++told;
        const auto expected = oracle::compare(base, actual, cost);
        ASSERT_EQ(result->rows.size(), expected.size()) << "seed " << seed;
        for (const Row& row : result->rows) {
            const oracle::Expected& want = expected.at(row.key);
            ASSERT_EQ(oracle::fraction_of(row.base), want.base) << "seed " << seed;
            ASSERT_EQ(oracle::fraction_of(row.actual), want.actual) << "seed " << seed;
            oracle::Fraction sum = 0;
            const oracle::Fraction last_place(1, boost::multiprecision::pow(boost::multiprecision::cpp_int(10), 18U));
            for (const Effect effect : all_effects()) {
                const oracle::Fraction got = oracle::fraction_of(row.effect(effect));
                const oracle::Fraction difference = got - want.effects[static_cast<std::size_t>(effect)];
                sum += got;
                // Each level is at most half a unit off, and an effect has two of them.
                ASSERT_LE(abs(difference), last_place * static_cast<long>(want.roundings))
                    << "seed " << seed << " " << name(effect);
                seen[static_cast<std::size_t>(effect)] += row.effect(effect).is_zero() ? 0U : 1U;
            }
            ASSERT_EQ(sum, want.actual - want.base) << "seed " << seed;
        }
        Side shuffled = actual;
        std::ranges::shuffle(shuffled.charges, random.engine());
        const auto again = compare(base, shuffled, cost);
        ASSERT_EQ(again->rows, result->rows) << "seed " << seed;
        const Comparison some = keep_largest(*result, 1).value();
        ASSERT_EQ(some.total, result->total) << "seed " << seed;
    }
    EXPECT_GT(told, 4'000U);
    for (std::size_t i = 0; i + 2 < kEffectCount; ++i) {
        EXPECT_GT(seen[i], 300U) << name(static_cast<Effect>(i));
    }
}

} // namespace
} // namespace florin::variance
