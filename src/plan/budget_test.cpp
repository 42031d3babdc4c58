#include "plan/budget.hpp"

#include "money/money.hpp"
#include "plan/budget_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace florin::plan {
namespace {

using money::Decimal;

Decimal amount(std::string_view text) {
    return Decimal::parse(text).value();
}

Budget budget_of(const std::string& rest) {
    auto read = read_budget("budget: a\ncurrency: USD\n" + rest, "a.yaml", {});
    EXPECT_TRUE(read.ok()) << (read.ok() ? "" : read.error().describe());
    return std::move(read).value();
}

std::vector<std::string> texts(const std::vector<Decimal>& values) {
    std::vector<std::string> out;
    for (const Decimal value : values) {
        out.push_back(value.to_string());
    }
    return out;
}

std::vector<std::string> steps_of(const Budget& budget, std::size_t version = 1,
                                  const std::vector<Decimal>& last_year = {}) {
    const auto allotment = allot(budget, version, last_year);
    EXPECT_TRUE(allotment.ok()) << (allotment.ok() ? "" : allotment.error().describe());
    return allotment.ok() ? texts(allotment->steps) : std::vector<std::string>{};
}

Decimal sum_of(const std::vector<Decimal>& values) {
    money::DecimalSum sum;
    for (const Decimal value : values) {
        sum.add(value);
    }
    return sum.total().value();
}

TEST(Budget, IsSpreadByDays) {
    // 900 over 31 + 28 + 31 = 90 days.
    const Budget budget = budget_of("period: 2026-Q1\namount: 900\n");
    EXPECT_EQ(steps_of(budget), (std::vector<std::string>{"310", "280", "310"}));
}

TEST(Budget, IsSpreadEvenlyInCentsWithTheRemainderFirst) {
    const Budget budget = budget_of("period: 2026-Q1\namount: 100\nspread: even\n");
    EXPECT_EQ(steps_of(budget), (std::vector<std::string>{"33.34", "33.33", "33.33"}));
}

TEST(Budget, IsSpreadByLastYearWhereMonthsOfRefundsCountAsNothing) {
    const Budget budget = budget_of("period: 2026-Q1\namount: 1,000\nspread: last-year\n");
    EXPECT_EQ(steps_of(budget, 1, {amount("30"), amount("-5"), amount("10")}),
              (std::vector<std::string>{"750", "0", "250"}));
    const auto none = allot(budget, 1, {});
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().code, "budget.no_shape");
}

TEST(Budget, HasFiscalSteps) {
    period::FiscalCalendar calendar{.start_month = std::chrono::October, .pattern = period::FiscalPattern::k445};
    const auto read =
        read_budget("budget: a\ncurrency: EUR\nperiod: FY2026\nby: fiscal-quarter\namount: 5200\n", "a.yaml", calendar);
    ASSERT_TRUE(read.ok()) << read.error().describe();
    EXPECT_EQ(read->steps.size(), 4U);
    EXPECT_EQ(read->steps[0], calendar.quarter(2026, 1));
    EXPECT_EQ(steps_of(*read), (std::vector<std::string>{"1300", "1300", "1300", "1300"})); // 13 weeks each
    const auto months = read_budget("budget: a\ncurrency: EUR\nperiod: FY2026-Q2\namount: 13\n", "a.yaml", calendar);
    ASSERT_TRUE(months.ok()) << months.error().describe();
    EXPECT_EQ(steps_of(*months), (std::vector<std::string>{"4", "4", "5"})); // weeks
}

TEST(Budget, AmendmentsLeaveWhatIsOverAndSpreadTheRest) {
    const Budget budget = budget_of("period: 2026-01..2026-04\n"
                                    "amounts: {2026-01: 100, 2026-02: 100, 2026-03: 300, 2026-04: 100}\n"
                                    "amendments:\n"
                                    "  - {date: 2026-02-10, amount: 1100, reason: launch, by: Finance}\n"
                                    "  - {date: 2026-03-01, add: -100, spread: even, reason: savings, by: Finance}\n"
                                    "  - {date: 2026-04-01, amounts: {2026-04: 5}, reason: stop, by: Finance}\n");
    EXPECT_EQ(steps_of(budget, 1), (std::vector<std::string>{"100", "100", "300", "100"}));
    // January is over: 1000 is left in the shape 1:3:1.
    EXPECT_EQ(steps_of(budget, 2), (std::vector<std::string>{"100", "200", "600", "200"}));
    // 1000 in all, 300 of them over: 700 evenly.
    EXPECT_EQ(steps_of(budget, 3), (std::vector<std::string>{"100", "200", "350", "350"}));
    EXPECT_EQ(steps_of(budget, 4), (std::vector<std::string>{"100", "200", "350", "5"}));
    EXPECT_EQ(budget.version_on(period::parse_day("2026-02-09").value()), 1U);
    EXPECT_EQ(budget.version_on(period::parse_day("2026-02-10").value()), 2U);
    EXPECT_EQ(budget.version_on(period::parse_day("2027-01-01").value()), 4U);
}

TEST(Budget, RefusesAmendmentsThatCannotBe) {
    const std::string head = "period: 2026-Q1\namount: 900\namendments:\n- ";
    const auto code_of = [&](const std::string& amendment) {
        const auto allotment = allot(budget_of(head + amendment + "\n"), 2, {});
        return allotment.ok() ? "" : allotment.error().code;
    };
    EXPECT_EQ(code_of("{date: 2026-04-01, add: 1, reason: r, by: b}"), "budget.amended_late");
    EXPECT_EQ(code_of("{date: 2026-02-01, amount: 309.99, reason: r, by: b}"), "budget.amended_below");
    EXPECT_EQ(code_of("{date: 2026-02-01, amount: 310, reason: r, by: b}"), "");
}

TEST(Budget, AnyAmountInAnyShapeSumsToTheWhole) {
    std::mt19937_64 random(20260124);
    const std::vector<std::string> currencies = {"USD", "JPY", "KWD"};
    for (int i = 0; i < 2000; ++i) {
        const auto units = static_cast<base::int128>(random() >> 1U) * static_cast<base::int128>(random() >> 40U);
        const Decimal total = Decimal::from_units(units);
        std::vector<Decimal> weights;
        for (std::uint64_t step = 0; step < 1 + random() % 14; ++step) {
            weights.push_back(Decimal::from_units(static_cast<base::int128>(random() % 5 == 0 ? 0 : random() >> 2U)));
        }
        weights.push_back(Decimal::from_integer(1));
        const auto parts = spread_amount(total, weights, currencies[random() % 3]);
        ASSERT_TRUE(parts.ok()) << parts.error().describe();
        ASSERT_EQ(sum_of(*parts), total) << "round " << i;
        for (std::size_t part = 0; part < parts->size(); ++part) {
            ASSERT_FALSE((*parts)[part].is_negative());
        }
    }
}

TEST(Budget, AnyChainOfAmendmentsSumsToItsWhole) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 300; ++i) {
        std::string text = fmt::format("period: 2026\namount: {}.{:02}\nspread: {}\namendments:\n", random() % 1000000,
                                       random() % 100, random() % 2 == 0 ? "even" : "days");
        std::vector<std::string> wholes;
        const std::uint64_t count = 1 + random() % 4;
        for (std::uint64_t k = 0; k < count; ++k) {
            wholes.push_back(fmt::format("{}.{:02}", 1000000 * (k + 1) + random() % 1000, random() % 100));
            text += fmt::format("- {{date: 2026-{:02}-{:02}, amount: {}, reason: r, by: b{}}}\n", 1 + 3 * k,
                                1 + random() % 28, wholes.back(), random() % 2 == 0 ? ", spread: even" : "");
        }
        const Budget budget = budget_of(text);
        for (std::size_t version = 1; version <= count + 1; ++version) {
            const auto allotment = allot(budget, version, {});
            ASSERT_TRUE(allotment.ok()) << allotment.error().describe();
            const Decimal whole = version == 1 ? budget.amount : amount(wholes[version - 2]);
            ASSERT_EQ(allotment->total, whole) << text;
            ASSERT_EQ(sum_of(allotment->steps), whole) << text;
        }
    }
}

TEST(Budget, IsAQuestion) {
    const Budget budget =
        budget_of("period: 2026-Q1\namount: 1\nwhere: tag.team = 'storefront'\nbasis: billed\nrate_type: budget\n");
    const query::Question question = question_of(budget, fx::RateType::kTransactionDay);
    EXPECT_EQ(question.filter, "tag.team = 'storefront'");
    EXPECT_EQ(question.basis, query::Basis::kBilled);
    EXPECT_EQ(question.currency, "USD");
    EXPECT_EQ(question.rate_type, fx::RateType::kBudget);
    EXPECT_EQ(period::to_string(*question.period), "2026-01-01..2026-03-31");
}

} // namespace
} // namespace florin::plan
