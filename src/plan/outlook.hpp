// How a budget will end: what was spent, what may still come, and how likely that is too much.
#pragma once

#include "base/result.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"
#include "plan/budget.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace florin::plan {

/// What is known of the spend of one question, and what may come. Days are those of one run from `start`.
struct Spend {
    period::Day start;                 ///< the first day of `known`
    std::vector<money::Decimal> known; ///< what was spent by day, as far as the bills are complete
    /// What may come on the days after: possible futures, [future][day], all as long. None: there is no forecast.
    std::vector<std::vector<money::Decimal>> futures;
    std::vector<money::Decimal> expected; ///< the mean of what comes by day, as long as each future
};

enum class State : std::uint8_t {
    kOnTrack,    ///< likely kept
    kAtRisk,     ///< more likely kept than not
    kLikelyOver, ///< more likely exceeded than kept
    kOver,       ///< exceeded already, and under way
    kKept,       ///< over, and kept
    kExceeded,   ///< over, and exceeded
    kUnknown,    ///< under way, and there is no forecast
};
std::string_view name(State state);     ///< `on-track`, for machines
std::string_view sentence(State state); ///< `on track`, for people

/// From this probability of a breach a budget is at risk, and from the other one likely over.
inline const money::Decimal kAtRiskFrom = money::Decimal::from_units(money::Decimal::from_integer(1).units() / 5);
inline const money::Decimal kLikelyOverFrom = money::Decimal::from_units(money::Decimal::from_integer(1).units() / 2);

/// How one amount for one span of days stands. Nothing where it is not known.
struct Outlook {
    period::Period span;
    money::Decimal amount;
    money::Decimal spent;                           ///< on the days that are complete
    period::Day known_until;                        ///< the first day that is not, within [start, end] of the span
    std::optional<money::Decimal> expected;         ///< spent and what is expected until the end
    std::optional<money::Decimal> low, high;        ///< between them the end is in 8 of 10 futures
    std::optional<money::Decimal> probability;      ///< the share of futures that end above the amount, 0 to 1
    std::optional<money::Decimal> expected_overrun; ///< the mean of what is above the amount; 0 in futures that keep it
    std::optional<money::Decimal> left_per_day;     ///< may be spent on each day that is left; 0 where nothing may
    std::optional<money::Decimal> expected_per_day; ///< is expected on each day that is left
    std::optional<period::Day> breached_on;         ///< the day on which what was spent exceeded the amount
    std::optional<period::Day> expected_breach;     ///< the first day by which half of the futures were above it once
    State state = State::kUnknown;
    friend bool operator==(const Outlook&, const Outlook&) = default;
};

/// The outlook of `amount` for `span`, rounded half even to minor units of `currency` where it is a mean or a share of
/// one; probabilities to 4 places. Futures that end before the span does are no forecast of it. Error `money.overflow`.
base::Result<Outlook> look_ahead(money::Decimal amount, const period::Period& span, const Spend& spend,
                                 std::string_view currency);

/// What a share `probability` (0 to 1) of `values` does not exceed, interpolated between neighbours and rounded half
/// even to 18 places. Not for none. Error `money.overflow`.
base::Result<money::Decimal> quantile(std::vector<money::Decimal> values, money::Decimal probability);

/// The value that a threshold looks at, as a share; nothing where it is not known or there is no amount to be a share
/// of.
std::optional<money::Decimal> share_at(const Outlook& outlook, Threshold::Of of);
/// Whether a threshold is reached. An amount of 0 is reached by any spend.
bool is_reached(const Outlook& outlook, const Threshold& threshold);

} // namespace florin::plan
