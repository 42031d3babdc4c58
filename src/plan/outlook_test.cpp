#include "plan/outlook.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

namespace florin::plan {
namespace {

using money::Decimal;

Decimal whole(std::int64_t value) {
    return Decimal::from_integer(value);
}

Decimal exact(std::string_view text) {
    return Decimal::parse(text).value();
}

period::Day day(std::string_view text) {
    return period::parse_day(text).value();
}

std::vector<Decimal> days(std::initializer_list<std::int64_t> values) {
    std::vector<Decimal> out;
    for (const std::int64_t value : values) {
        out.push_back(whole(value));
    }
    return out;
}

const period::Period kSpan{day("2026-03-01"), day("2026-03-06")};

Outlook ahead(std::int64_t amount, const Spend& spend, const period::Period& span = kSpan) {
    auto outlook = look_ahead(whole(amount), span, spend, "USD");
    EXPECT_TRUE(outlook.ok()) << (outlook.ok() ? "" : outlook.error().describe());
    return std::move(outlook).value();
}

/// Two days before the span, two of it, and four futures of the three that are left and one more.
Spend some() {
    return {
        .start = day("2026-02-27"),
        .known = days({99, 99, 10, 20}),
        .futures = {days({10, 10, 10, 500}), days({20, 20, 20, 500}), days({30, 30, 30, 500}), days({0, 0, 70, 500})},
        .expected = days({15, 15, 32, 500})};
}

TEST(Outlook, IsWhatTheFuturesSay) {
    // The ends: 60, 90, 120, 100.
    const Outlook outlook = ahead(95, some());
    EXPECT_EQ(outlook.spent, whole(30));
    EXPECT_EQ(outlook.known_until, day("2026-03-03"));
    EXPECT_EQ(outlook.expected, whole(92));
    EXPECT_EQ(outlook.probability, exact("0.5"));
    EXPECT_EQ(outlook.expected_overrun, exact("7.5")); // (0 + 0 + 25 + 5) / 4
    EXPECT_EQ(outlook.low, exact("69"));               // a tenth of three gaps from 60: 60 + 0.3 * 30
    EXPECT_EQ(outlook.high, exact("114"));             // 100 + 0.7 * 20
    EXPECT_EQ(outlook.left_per_day, exact("21.66"));   // 65 / 3, cut off: what may be spent
    EXPECT_EQ(outlook.expected_per_day, exact("20.67"));
    EXPECT_EQ(outlook.state, State::kLikelyOver);
    EXPECT_FALSE(outlook.breached_on.has_value());
    // Two of four are above 95 once: both on the last day.
    EXPECT_EQ(outlook.expected_breach, day("2026-03-05"));
}

TEST(Outlook, StatesFollowTheProbability) {
    EXPECT_EQ(ahead(120, some()).state, State::kOnTrack); // ends at it: kept
    EXPECT_EQ(ahead(119, some()).state, State::kAtRisk);  // 1 of 4
    EXPECT_EQ(ahead(99, some()).state, State::kLikelyOver);
    EXPECT_EQ(ahead(30, some()).state, State::kLikelyOver);
    EXPECT_EQ(ahead(29, some()).state, State::kOver);
    EXPECT_EQ(ahead(29, some()).breached_on, day("2026-03-02"));
    EXPECT_EQ(ahead(29, some()).left_per_day, whole(0));
    EXPECT_EQ(ahead(0, some()).breached_on, day("2026-03-01"));
}

TEST(Outlook, OfASpanThatIsOverOnlyCountsWhatWasSpent) {
    const period::Period span{day("2026-02-27"), day("2026-03-01")};
    const Outlook kept = ahead(198, some(), span);
    EXPECT_EQ(kept.state, State::kKept);
    EXPECT_EQ(kept.expected, whole(198));
    EXPECT_FALSE(kept.probability.has_value());
    EXPECT_FALSE(kept.left_per_day.has_value());
    EXPECT_EQ(ahead(197, some(), span).state, State::kExceeded);
    EXPECT_EQ(ahead(197, some(), span).breached_on, day("2026-02-28"));
}

TEST(Outlook, OfASpanToComeLeavesOutWhatComesBeforeIt) {
    const period::Period span{day("2026-03-05"), day("2026-03-07")};
    const Outlook outlook = ahead(525, some(), span); // 510, 520, 530, 570
    EXPECT_EQ(outlook.spent, whole(0));
    EXPECT_EQ(outlook.expected, whole(532));
    EXPECT_EQ(outlook.probability, exact("0.5"));
    EXPECT_EQ(outlook.expected_breach, day("2026-03-06"));
}

TEST(Outlook, WithoutAForecastThatReachesTheEndNothingIsInvented) {
    const period::Period span{day("2026-03-01"), day("2026-03-08")};
    const Outlook outlook = ahead(95, some(), span);
    EXPECT_EQ(outlook.state, State::kUnknown);
    EXPECT_FALSE(outlook.expected.has_value());
    EXPECT_FALSE(outlook.probability.has_value());
    EXPECT_EQ(outlook.left_per_day, whole(13)); // that needs none
}

TEST(Outlook, ARefundThatBringsItBackIsNoBreach) {
    const Spend spend{.start = kSpan.start, .known = days({50, 60, -40, 10, 10})};
    const Outlook outlook = ahead(100, spend);
    EXPECT_EQ(outlook.state, State::kKept);
    EXPECT_FALSE(outlook.breached_on.has_value());
}

TEST(Outlook, ThresholdsAreSharesOfTheAmount) {
    const Outlook outlook = ahead(100, some()); // spent 30, expected 92, 1 of 4 above
    const auto reached = [&](Threshold::Of of, std::string_view share) {
        return is_reached(outlook, {.of = of, .share = exact(share)});
    };
    EXPECT_TRUE(reached(Threshold::Of::kActual, "0.3"));
    EXPECT_FALSE(reached(Threshold::Of::kActual, "0.31"));
    EXPECT_TRUE(reached(Threshold::Of::kForecast, "0.92"));
    EXPECT_FALSE(reached(Threshold::Of::kForecast, "0.93"));
    EXPECT_TRUE(reached(Threshold::Of::kProbability, "0.25"));
    EXPECT_FALSE(reached(Threshold::Of::kProbability, "0.26"));
    const Outlook nothing = ahead(0, some());
    EXPECT_TRUE(is_reached(nothing, {.of = Threshold::Of::kActual, .share = exact("1")}));
    const Outlook unspent = ahead(0, {.start = kSpan.start, .known = days({0, 0, 0, 0, 0})});
    EXPECT_FALSE(is_reached(unspent, {.of = Threshold::Of::kActual, .share = exact("1")}));
}

TEST(Outlook, QuantilesAreThoseOfR) {
    // R: quantile(c(3, 1, 2, 10), c(0, .1, .5, .9, 1))
    const std::vector<Decimal> values = days({3, 1, 2, 10});
    EXPECT_EQ(quantile(values, exact("0")).value(), exact("1"));
    EXPECT_EQ(quantile(values, exact("0.1")).value(), exact("1.3"));
    EXPECT_EQ(quantile(values, exact("0.5")).value(), exact("2.5"));
    EXPECT_EQ(quantile(values, exact("0.9")).value(), exact("7.9"));
    EXPECT_EQ(quantile(values, exact("1")).value(), exact("10"));
}

/// Simulated budgets: what a day costs is drawn from a law that the futures know, too, with a level of the whole month
/// that neither does, so that days move together. Of those that are said to be exceeded with some probability as many
/// must be, within what chance allows.
TEST(Outlook, TheProbabilityOfABreachIsCalibrated) {
    constexpr int kBudgets = 1200;
    constexpr int kFutures = 300;
    constexpr int kDays = 30;
    constexpr int kKnown = 9;
    std::mt19937_64 random(20260308);
    std::normal_distribution<> shock(0.0, 0.3);
    std::normal_distribution<> level(0.0, 0.1);
    std::uniform_real_distribution<> share(0.85, 1.15);
    const auto month_from = [&](int first) {
        const double height = 1000.0 * std::exp(level(random));
        std::vector<Decimal> month;
        for (int i = first; i < kDays; ++i) {
            month.push_back(whole(std::llround(height * std::exp(shock(random)))));
        }
        return month;
    };
    std::array<double, 5> expected{};
    std::array<double, 5> variance{};
    std::array<int, 5> breached{};
    for (int i = 0; i < kBudgets; ++i) {
        Spend spend{.start = kSpan.start};
        for (const Decimal one : month_from(0)) {
            spend.known.push_back(one);
        }
        spend.known.resize(kKnown);
        for (int k = 0; k < kFutures; ++k) {
            spend.futures.push_back(month_from(kKnown));
        }
        spend.expected = spend.futures.front();
        const std::vector<Decimal> comes = month_from(kKnown);
        const period::Period span{kSpan.start, kSpan.start + std::chrono::days(kDays)};
        const Outlook outlook = ahead(std::llround(share(random) * 1052.0 * kDays), spend, span);
        Decimal end = outlook.spent;
        for (const Decimal one : comes) {
            end = end.plus(one).value();
        }
        const double told =
            static_cast<double>(outlook.probability.value().units() / (Decimal::from_integer(1).units() / 10000)) /
            10000.0;
        const auto bin = static_cast<std::size_t>(std::min(told * 5.0, 4.0));
        expected[bin] += told;
        // Of the outcome, and of the share that so few futures tell.
        variance[bin] += told * (1.0 - told) * (1.0 + 1.0 / kFutures);
        breached[bin] += end > outlook.amount ? 1 : 0;
    }
    for (std::size_t bin = 0; bin < expected.size(); ++bin) {
        EXPECT_GT(expected[bin], 2.0) << "too few budgets between " << 20 * bin << " % and 20 more";
        EXPECT_NEAR(breached[bin], expected[bin], 3.0 * std::sqrt(variance[bin]) + 1.0)
            << "said with " << 20 * bin << " to " << 20 * bin + 20 << " %";
    }
}

} // namespace
} // namespace florin::plan
