#include "lake/periods.hpp"

#include "lake/test_deliveries.hpp"

#include <gmock/gmock.h>

namespace florin::lake {
namespace {

using test::at;
using test::part;

ProviderPeriod said(const std::string& issuer, unsigned month, unsigned november_day, bool closed) {
    return {"cur", issuer, at(month, 1), at(month + 1, 1), at(11, november_day), closed, std::nullopt};
}

PeriodState state_of(const std::vector<ProviderPeriod>& statements) {
    const auto states = provider_states(statements);
    EXPECT_EQ(states.size(), 1U);
    return states.at(0).state;
}

TEST(ProviderStates, TheLatestStatementCountsWhateverOrderTheyCameIn) {
    EXPECT_EQ(state_of({said("A", 10, 1, false)}), PeriodState::kOpen);
    EXPECT_EQ(state_of({said("A", 10, 1, false), said("A", 10, 2, true)}), PeriodState::kClosed);
    EXPECT_EQ(state_of({said("A", 10, 2, true), said("A", 10, 1, false)}), PeriodState::kClosed);
}

TEST(ProviderStates, OpenAfterClosedIsReopenedAndStaysSo) {
    EXPECT_EQ(state_of({said("A", 10, 2, true), said("A", 10, 3, false)}), PeriodState::kReopened);
    EXPECT_EQ(state_of({said("A", 10, 2, true), said("A", 10, 3, false), said("A", 10, 4, false)}),
              PeriodState::kReopened);
    EXPECT_EQ(state_of({said("A", 10, 2, true), said("A", 10, 3, false), said("A", 10, 4, true)}),
              PeriodState::kClosed);
}

TEST(ProviderStates, IssuersAndPeriodsAreApart) {
    const auto states =
        provider_states(std::vector{said("B", 10, 1, true), said("A", 10, 2, false), said("A", 9, 3, true)});
    ASSERT_EQ(states.size(), 3U);
    EXPECT_EQ(states[0].latest, said("A", 9, 3, true));
    EXPECT_EQ(states[0].state, PeriodState::kClosed);
    EXPECT_EQ(states[1].state, PeriodState::kOpen);
    EXPECT_EQ(states[2].latest.invoice_issuer, "B");
    EXPECT_EQ(name(states[2].state), "closed");
}

TEST(Months, APartIsOfTheMonthInWhichItsBillingPeriodStarts) {
    Part odd = part("a");
    odd.billing_period_start = at(9, 18);
    odd.billing_period_end = at(10, 18);
    EXPECT_EQ(month_name(month_of_part(odd)), "2026-09");
    EXPECT_EQ(month_name(month_of_part(part("a", 10))), "2026-10");
}

TEST(Months, OnlyACloseThatHoldsIsFound) {
    std::vector<PeriodClose> closes(2);
    closes[0].month = closes[1].month = period::day_of(at(10, 1));
    closes[0].reopened_at = at(11, 3);
    EXPECT_EQ(find_close(closes, period::day_of(at(10, 1))), &closes[1]);
    EXPECT_EQ(find_close(closes, period::day_of(at(9, 1))), nullptr);
    closes[1].reopened_at = at(11, 4);
    EXPECT_EQ(find_close(closes, period::day_of(at(10, 1))), nullptr);
}

} // namespace
} // namespace florin::lake
