#include "demo/budgets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::demo {
namespace {

constexpr std::size_t kBudgetMonthsMax = 6;
constexpr std::int64_t kMovedMoney = 20'000;
constexpr Cost kThousand = Cost{1'000} * 10'000'000'000'000'000; ///< in 10^-16

/// Whole thousands, up.
std::int64_t thousands_above(Cost cost) {
    return static_cast<std::int64_t>((cost + kThousand - 1) / kThousand) * 1'000;
}

/// What was planned: some more than what comes, or so much less that six tenths of the last month are not in it.
std::int64_t planned_amount(const FeedSpend& feed, std::size_t first) {
    Cost all = 0;
    for (std::size_t i = first; i < feed.effective.size(); ++i) {
        all += feed.effective[i];
    }
    return feed.feed == "ai" ? thousands_above(all - feed.effective.back() * 6 / 10) : thousands_above(all * 112 / 100);
}

std::string budget_text(const FeedSpend& feed, const std::string& period, std::int64_t amount, std::int64_t moved,
                        period::Day moved_on) {
    const bool is_cloud = feed.feed == "aws" || feed.feed == "azure" || feed.feed == "gcp";
    std::string text = fmt::format("budget: {}\n"
                                   "description: {}, at what its use costs\n"
                                   "owner: {}\n",
                                   feed.feed, feed.provider, is_cloud ? "Cloud platform" : "Group IT");
    text += is_cloud ? "parent: cloud\n" : "";
    text += fmt::format("where: billing_account_id = '{}'\n"
                        "currency: {}\n"
                        "period: {}\n"
                        "amount: {}\n"
                        "approvals:\n"
                        "  - {{by: Budget committee, on: {}}}\n",
                        feed.account_id, feed.currency, period, amount - moved,
                        period::to_string(period::add_months(moved_on, -2)));
    if (moved != 0) {
        text += fmt::format("amendments:\n"
                            "  - date: {}\n"
                            "    add: {}\n"
                            "    reason: web-shop moves from AWS to Google Cloud\n"
                            "    by: Cloud platform\n"
                            "    approvals:\n"
                            "      - {{by: Budget committee, on: {}}}\n",
                            period::to_string(moved_on), moved, period::to_string(moved_on));
    }
    return text;
}

} // namespace

base::Result<void> write_budgets(const base::Path& folder, std::span<const FeedSpend> feeds,
                                 std::span<const period::Period> months, bool has_migration) {
    const std::size_t first = months.size() - std::min(months.size(), kBudgetMonthsMax);
    const std::string from = period::to_string(months[first]);
    const std::string last = period::to_string(months.back());
    const std::string period = from == last ? from : from + ".." + last;
    const bool has_moved = has_migration && months.size() - first > 2;
    const period::Day second = period::add_months(months[first].start, 1);
    FLORIN_TRY(base::make_folders(folder / "workspace" / "budgets"));
    const auto write = [&](const std::string& name, const std::string& text) {
        return base::write_file_atomically(folder / "workspace" / "budgets" / (name + ".yaml"), text);
    };
    FLORIN_TRY(write("cloud", fmt::format("# What the three clouds may cost together: the sum of their budgets.\n"
                                          "budget: cloud\n"
                                          "owner: Cloud platform\n"
                                          "currency: USD\n"
                                          "period: {}\n"
                                          "roll_up: true\n",
                                          period)));
    for (const FeedSpend& feed : feeds) {
        const std::int64_t sign = feed.feed == "aws" ? -1 : feed.feed == "gcp" ? 1 : 0;
        FLORIN_TRY(write(feed.feed, budget_text(feed, period, planned_amount(feed, first),
                                                has_moved ? sign * kMovedMoney : 0, second)));
    }
    return {};
}

} // namespace florin::demo
