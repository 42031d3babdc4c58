// What the demo company planned to spend: budgets beside its bills, one of which it will not keep.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "demo/charge.hpp"
#include "period/period.hpp"

#include <span>
#include <string>
#include <vector>

namespace florin::demo {

/// What the use of one feed cost, and where a filter finds it.
struct FeedSpend {
    std::string feed;
    std::string provider;
    std::string currency;
    std::string account_id;
    std::vector<Cost> effective; ///< by month of the estate
};

/// Writes `budgets/NAME.yaml` for the estate's last months, six of them at most: one for each feed, one that rolls the
/// clouds up. The one for AI is exceeded in the second half of the last month; the others are kept. With a migration
/// money was moved from AWS to Google Cloud in the second month. Error `system.*`.
base::Result<void> write_budgets(const base::Path& folder, std::span<const FeedSpend> feeds,
                                 std::span<const period::Period> months, bool has_migration);

} // namespace florin::demo
