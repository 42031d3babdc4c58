// What was spent on each day as a series to forecast: by currency and group, up to where the bills are complete.
#pragma once

#include "app/ask_bills.hpp"
#include "money/decimal.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::app {

/// What is forecast: a question about cost.
struct SpendQuestion {
    query::Basis basis = query::Basis::kEffective; ///< effective: accrual; billed: cash, fees fall when they fall
    std::string filter;                            ///< see query/filter.hpp; empty: all charges
    std::vector<std::string> dimensions;           ///< of the parts; none: the whole alone
    std::string currency;                          ///< what amounts are converted to; empty: a block a currency
    fx::RateType rate_type = fx::RateType::kTransactionDay;
    friend bool operator==(const SpendQuestion&, const SpendQuestion&) = default;
};

/// How far one feed of bills is complete.
struct FeedCompleteness {
    std::string source;
    std::string billing_account;
    period::Day end;        ///< the first day that is not complete
    bool has_ended = false; ///< it delivers no more: what is missing of it is nothing
    friend bool operator==(const FeedCompleteness&, const FeedCompleteness&) = default;
};

/// What is known of the charges of one feed, to tell how far it is complete.
struct FeedDays {
    std::vector<period::Day> charge_days; ///< of its latest billing periods, ascending, each once
    period::Day period_end;               ///< of its latest billing period
    period::Instant ordered_at;           ///< when its latest delivery was exported, or received
    bool stated_complete = false;         ///< the provider calls that delivery complete
};

/// The first day of which a feed does not have all charges: the end of its billing period where the provider calls it
/// complete; else the least of that end, of a day before the delivery was exported (providers lag), and of the day by
/// which the next charges are to be expected: after the gap that nine in ten gaps between its days do not exceed.
period::Day complete_end(const FeedDays& days);

/// A feed that is this much behind the one that goes furthest, and behind its own gap, has ended.
inline constexpr int kFeedEndedDays = 45;
/// Feeds whose ends differ by no more than this are cut at the earliest of them.
inline constexpr int kFeedTogetherDays = 3;

/// One group's amounts, one a day from SpendHistory::start to the end of its cohort, exact. A day without charges is 0.
struct SpendLeaf {
    std::vector<std::optional<std::string>> key; ///< values of the dimensions; empty where there are none
    bool is_rest = false;                        ///< all groups beyond kSpendPartsMax
    std::size_t cohort = 0;                      ///< into SpendHistory::cohort_ends
    std::vector<money::Decimal> amounts;
};

struct SpendHistoryBlock {
    std::string currency;
    std::vector<SpendLeaf> leaves; ///< the largest first; one of a group and cohort
};

struct SpendHistory {
    period::Day start;                     ///< of the first billing period
    std::vector<period::Day> cohort_ends;  ///< feeds that are complete up to one day are a cohort; ascending
    std::vector<SpendHistoryBlock> blocks; ///< in order of the currency's code
    std::vector<FeedCompleteness> feeds;   ///< by source and account
    std::vector<std::string> notes;        ///< what a reader must know of the amounts

    /// Up to here every feed is complete.
    period::Day complete_end() const { return cohort_ends.front(); }
};

/// More groups than this are one, the rest.
inline constexpr std::uint64_t kSpendPartsMax = 200;

/// Errors: as Asker::ask; `forecast.no_charges` where nothing was delivered.
base::Result<SpendHistory> read_spend_history(Workspace& workspace, Asker& asker, const SpendQuestion& question);

} // namespace florin::app
