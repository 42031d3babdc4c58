// The use case "how much of our spend is tagged": by key, over time, and who leaves most of it untagged.
#pragma once

#include "app/ask_bills.hpp"
#include "app/workspace.hpp"
#include "period/period.hpp"
#include "query/question.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::app {

/// Charges that no tag can be put on, as a filter: those that are no usage (Tax, Credit, Adjustment, Purchase: fees,
/// subscriptions, support and the commitments themselves), and what of a commitment nothing used.
inline constexpr std::string_view kUntaggable =
    "charge_category in ('Tax', 'Credit', 'Adjustment', 'Purchase') or commitment_discount_status = 'Unused'";

/// What of a cost carries a tag key, whatever its value. The three add up to the cost. Amounts that are not known count
/// as nothing.
struct TaggedCost {
    money::Decimal tagged;
    money::Decimal untagged;   ///< could carry it
    money::Decimal untaggable; ///< see kUntaggable; what of such charges carries the tag all the same is `tagged`
    /// tagged over tagged and untagged; null unless none is negative and one is not zero.
    std::optional<money::Decimal> share_of_taggable() const;
    /// The same over all three: what the measure `tag_coverage` is.
    std::optional<money::Decimal> share_of_all() const;
    friend bool operator==(const TaggedCost&, const TaggedCost&) = default;
};

/// A key in one currency and step.
struct TagCoverageAt {
    std::string currency;
    std::string key;
    period::Day step; ///< the epoch where the question has no grain
    TaggedCost cost;
};

/// The coverage of each key over the charges of a question that asks for one cost, by its period and grain; in order of
/// the keys, currency and step. The one place that knows what coverage is: reports of all kinds ask here.
base::Result<std::vector<TagCoverageAt>> tag_coverage(Asker& asker, const query::Question& question,
                                                      std::span<const std::string> keys);

/// The keys that reports are about: the team's, then those on most tuples; at most `count`.
base::Result<std::vector<std::string>> reported_tag_keys(Asker& asker, const Workspace& workspace, std::uint64_t count);

/// What an account spends on a service without the tag, though it could carry it.
struct UntaggedSpend {
    std::string account;
    std::string service;
    money::Decimal untagged;
};

/// How the rules of the workspace found the owners in a dimension: what of the cost each way gave.
struct AllocatedCost {
    std::string dimension;
    money::Decimal by_tag;     ///< a rule whose values come from tags alone
    money::Decimal by_rule;    ///< any other rule: its own value, a column's, a part of a name, a table's
    money::Decimal by_default; ///< the dimension's default
    money::Decimal unowned;    ///< no rule
};

struct TagReportBlock {
    std::string currency;
    std::vector<TagCoverageAt> keys;  ///< of the period
    std::vector<TagCoverageAt> trend; ///< of the first key, by month
    std::vector<UntaggedSpend> worst; ///< without the first key, the largest first
    std::uint64_t other_count = 0;    ///< accounts and services that are not shown
    money::Decimal others;
    money::Decimal cost;                  ///< all of it
    std::vector<AllocatedCost> allocated; ///< where the workspace has rules; first owners, before shared cost is split
};

struct TagReport {
    period::Period period;
    query::Basis basis = query::Basis::kEffective;
    std::vector<std::string> keys;
    std::vector<TagReportBlock> blocks; ///< by currency
    std::vector<std::string> notes;
};

struct TagReportRequest {
    std::vector<std::string> keys;        ///< the first is the main one; none: reported_tag_keys()
    std::optional<period::Period> period; ///< none: the month of the latest charge
    std::optional<period::Instant> as_of;
    query::Basis basis = query::Basis::kEffective;
    std::uint64_t worst_max = 10;
    std::function<void(engine::Engine*)> running;
};

/// Errors: `report.no_tags` where no charge has any and none is named; `report.no_cost` where the bills state no cost
/// of that basis; those of ask_bills.
base::Result<TagReport> report_tags(Workspace& workspace, const TagReportRequest& request);

} // namespace florin::app
