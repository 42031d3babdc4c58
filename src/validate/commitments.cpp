#include "validate/commitments.hpp"

#include "validate/row_checks.hpp"
#include "validate/row_evaluation.hpp"

#include <fmt/format.h>

#include <array>

namespace florin::validate {
namespace {

using engine::sql_name;
using Row = std::vector<engine::Value>;

template <class T>
std::optional<T> at(const Row& row, std::size_t i) {
    const auto* value = std::get_if<T>(&row[i]);
    return value == nullptr ? std::nullopt : std::optional(*value);
}

constexpr std::string_view kCommitmentSql = R"(
WITH charges AS (
    SELECT {0} AS florin_row, CommitmentDiscountId AS id, coalesce(BillingCurrency, '') AS currency,
           ChargeCategory AS category, CommitmentDiscountStatus AS status, CommitmentDiscountUnit AS unit,
           ChargeClass AS class,
           florin_decimal_or_null(BilledCost) AS billed, florin_decimal_or_null(EffectiveCost) AS effective,
           florin_quantity_or_null(CommitmentDiscountQuantity) AS quantity,
           CASE WHEN contains(upper(EffectiveCost), 'E') THEN 18
                ELSE length(rtrim(split_part(EffectiveCost, '.', 2), '0')) END AS places,
           TRY_CAST(ChargePeriodStart AS TIMESTAMP) AS starts, TRY_CAST(ChargePeriodEnd AS TIMESTAMP) AS ends
    FROM {1}),
seen AS (SELECT min(starts) AS starts, max(ends) AS ends FROM charges WHERE category = 'Usage')
SELECT id, currency, count(*), min(florin_row),
       count(*) FILTER (WHERE category = 'Purchase'),
       count(*) FILTER (WHERE category = 'Usage' AND status = 'Unused'), count(DISTINCT unit),
       count(*) FILTER (WHERE category IN ('Purchase', 'Usage') AND quantity IS NULL AND class IS NULL),
       coalesce(max(places), 0),
       sum(billed) FILTER (WHERE category = 'Purchase'), sum(effective) FILTER (WHERE category = 'Usage'),
       sum(effective) FILTER (WHERE category = 'Usage' AND status IN ('Used', 'Unused')), sum(billed), sum(effective),
       sum(quantity) FILTER (WHERE category = 'Purchase'),
       sum(quantity) FILTER (WHERE category = 'Usage' AND status = 'Used'),
       sum(quantity) FILTER (WHERE category = 'Usage' AND status = 'Unused'),
       min(starts) FILTER (WHERE category = 'Purchase'), max(ends) FILTER (WHERE category = 'Purchase'),
       min(starts) FILTER (WHERE category = 'Usage'), max(ends) FILTER (WHERE category = 'Usage'),
       (SELECT starts FROM seen), (SELECT ends FROM seen)
FROM charges WHERE id IS NOT NULL GROUP BY id, currency ORDER BY id, currency)";

Group not_checkable(Group group, std::string why) {
    group.verdict = Group::Verdict::kNotCheckable;
    group.why = std::move(why);
    return group;
}

Group failing(Group group, std::string why) {
    group.verdict = Group::Verdict::kFails;
    group.why = std::move(why);
    return group;
}

/// Why a commitment's term is not wholly in the files; empty where it is.
std::string not_whole(const CommitmentSums& sums) {
    if (sums.purchases == 0) {
        return "no purchase of it is in the file";
    }
    if (!sums.term_start || !sums.term_end) {
        return "the charge periods of its purchases cannot be read";
    }
    if (!sums.seen_start || !sums.seen_end || *sums.term_start < *sums.seen_start || *sums.seen_end < *sums.term_end) {
        return "its term is only partly in the file";
    }
    if (sums.usage_start && (*sums.usage_start < *sums.term_start || *sums.term_end < *sums.usage_end)) {
        return "it was used outside of the purchases in the file";
    }
    return {};
}

Group judge_amounts(Group group, const CommitmentSums& sums, const std::string& what,
                    const std::optional<money::Decimal>& left, const std::string& against,
                    const std::optional<money::Decimal>& right) {
    const money::Decimal a = left.value_or(money::Decimal());
    const money::Decimal b = right.value_or(money::Decimal());
    const auto apart = a.minus(b);
    if (!apart.ok()) {
        return not_checkable(std::move(group), "its sums are beyond what can be added up");
    }
    if (apart->is_zero()) {
        return group;
    }
    if (is_rounding_of_sum(*apart, sums.rows, sums.effective_places)) {
        group.verdict = Group::Verdict::kRounding;
        return group;
    }
    return failing(std::move(group), fmt::format("{}: {} {}, {} {}, apart by {} {}", sums.id, what, a.to_string(),
                                                 against, b.to_string(), apart->to_string(), sums.currency));
}

Group judge_quantities(Group group, const CommitmentSums& sums, Check check) {
    if (sums.units > 1) {
        return not_checkable(std::move(group), "it has several units");
    }
    if (sums.missing_quantities > 0 || !sums.bought) {
        return not_checkable(std::move(group), "some of its quantities are null");
    }
    const money::Quantity used = sums.used.value_or(money::Quantity());
    const money::Quantity left = sums.left.value_or(money::Quantity());
    const auto all = used.plus(left);
    if (!all.ok()) {
        return not_checkable(std::move(group), "its sums are beyond what can be added up");
    }
    const std::string sentence = fmt::format("{}: {} was bought, {} used and {} unused", sums.id,
                                             sums.bought->to_string(), used.to_string(), left.to_string());
    if (check == Check::kCommitmentUnused) {
        return *all < *sums.bought && sums.unused == 0 ? failing(std::move(group), sentence) : group;
    }
    if (sums.unused == 0) {
        return *all == *sums.bought ? group : not_checkable(std::move(group), "nothing of it is charged as unused");
    }
    return *all == *sums.bought ? group : failing(std::move(group), sentence);
}

// --- split charges --------------------------------------------------------------------------------

constexpr std::array<std::string_view, 6> kSplitAmounts = {"BilledCost",     "EffectiveCost",    "ListCost",
                                                           "ContractedCost", "ConsumedQuantity", "PricingQuantity"};
/// What charges that were split from one have in common.
constexpr std::array<std::string_view, 12> kSplitKey = {"BillingAccountId",   "SubAccountId",      "BillingCurrency",
                                                        "BillingPeriodStart", "ChargeCategory",    "ChargePeriodStart",
                                                        "ChargePeriodEnd",    "ChargeDescription", "ServiceName",
                                                        "RegionId",           "ResourceId",        "SkuPriceId"};

std::string split_sql(const Bill& bill) {
    std::string key;
    for (const std::string_view column : kSplitKey) {
        key += fmt::format("{}{}", key.empty() ? "" : ", ", sql_name(column));
    }
    std::string sums;
    for (const std::string_view column : kSplitAmounts) {
        const std::string amount = fmt::format("florin_decimal_or_null({})", sql_name(column));
        sums += fmt::format(", sum({0}) FILTER (WHERE AllocatedMethodId IS NOT NULL), sum({0}) FILTER (WHERE "
                            "AllocatedMethodId IS NULL)",
                            amount);
    }
    return fmt::format(
        "SELECT coalesce(BillingCurrency, ''), coalesce(ResourceId, ChargeDescription, ''), "
        "count(*) FILTER (WHERE AllocatedMethodId IS NOT NULL) AS parts, count(*) FILTER (WHERE AllocatedMethodId IS "
        "NULL), "
        "min({0}) FILTER (WHERE AllocatedMethodId IS NOT NULL), "
        "count(TRY(json_extract_string(AllocatedMethodDetails, '$.Elements[0].AllocatedRatio'))), "
        "sum(florin_decimal_or_null(TRY(json_extract_string(AllocatedMethodDetails, '$.Elements[0].AllocatedRatio')))) "
        "FILTER (WHERE AllocatedMethodId IS NOT NULL), "
        "greatest(count(DISTINCT coalesce(ListUnitPrice, '')), count(DISTINCT coalesce(ContractedUnitPrice, '')), "
        "count(DISTINCT coalesce(PricingUnit, ''))){1} FROM {2} GROUP BY {3} HAVING parts > 0 ORDER BY 5",
        kRowColumn, sums, with_derived(bill, {}), key);
}

/// Of a group with the charge it was split from.
Group judge_against_origin(Group group, const Row& row, const std::string& name) {
    for (std::size_t i = 0; i < kSplitAmounts.size(); ++i) {
        const money::Decimal parts = at<money::Decimal>(row, 8 + 2 * i).value_or(money::Decimal());
        const money::Decimal origin = at<money::Decimal>(row, 9 + 2 * i).value_or(money::Decimal());
        if (parts != origin) {
            std::string why = fmt::format("{}: {} of its {} parts is {}, of the charge {}", name, kSplitAmounts[i],
                                          group.rows, parts.to_string(), origin.to_string());
            return failing(std::move(group), std::move(why));
        }
    }
    return group;
}

Group judge_split(Check check, const Row& row) {
    Group group{.currency = std::get<std::string>(row[0]),
                .rows = count_at(row, 2),
                .billed_cost = at<money::Decimal>(row, 8),
                .first_row = at<std::int64_t>(row, 4).value_or(0)};
    const std::string& name = std::get<std::string>(row[1]);
    if (check == Check::kSplitSame) {
        return count_at(row, 7) > 1
                   ? failing(std::move(group), fmt::format("{}: its parts have several unit prices or units", name))
                   : group;
    }
    if (count_at(row, 3) > 0) {
        return judge_against_origin(std::move(group), row, name);
    }
    const auto ratios = at<money::Decimal>(row, 6);
    if (!ratios || count_at(row, 5) != group.rows) {
        return not_checkable(std::move(group), "neither the charge nor all of its ratios are in the file");
    }
    const auto apart = ratios->minus(money::Decimal::from_integer(1));
    if (apart.ok() && apart->is_zero()) {
        return group;
    }
    if (apart.ok() && is_rounding_of_sum(*apart, group.rows, 6)) { // ratios of thirds are cut somewhere
        group.verdict = Group::Verdict::kRounding;
        return group;
    }
    std::string why =
        fmt::format("{}: the AllocatedRatio of its {} parts adds up to {}", name, group.rows, ratios->to_string());
    return failing(std::move(group), std::move(why));
}

} // namespace

base::Result<std::vector<CommitmentSums>> read_commitment_sums(engine::Engine& engine, const std::string& rows) {
    FLORIN_TRY_ASSIGN(const engine::Table table,
                      engine.query(fmt::format(fmt::runtime(kCommitmentSql), kRowColumn, rows)));
    std::vector<CommitmentSums> all;
    for (const Row& row : table.rows) {
        CommitmentSums one;
        one.id = std::get<std::string>(row[0]);
        one.currency = std::get<std::string>(row[1]);
        one.rows = count_at(row, 2);
        one.first_row = at<std::int64_t>(row, 3).value_or(0);
        one.purchases = count_at(row, 4);
        one.unused = count_at(row, 5);
        one.units = count_at(row, 6);
        one.missing_quantities = count_at(row, 7);
        one.effective_places = static_cast<int>(count_at(row, 8));
        one.purchase_billed = at<money::Decimal>(row, 9);
        one.usage_effective = at<money::Decimal>(row, 10);
        one.status_effective = at<money::Decimal>(row, 11);
        one.all_billed = at<money::Decimal>(row, 12);
        one.all_effective = at<money::Decimal>(row, 13);
        one.bought = at<money::Quantity>(row, 14);
        one.used = at<money::Quantity>(row, 15);
        one.left = at<money::Quantity>(row, 16);
        one.term_start = at<period::Instant>(row, 17);
        one.term_end = at<period::Instant>(row, 18);
        one.usage_start = at<period::Instant>(row, 19);
        one.usage_end = at<period::Instant>(row, 20);
        one.seen_start = at<period::Instant>(row, 21);
        one.seen_end = at<period::Instant>(row, 22);
        all.push_back(std::move(one));
    }
    return all;
}

Group judge_commitment(Check check, const CommitmentSums& sums) {
    Group group{
        .currency = sums.currency, .rows = sums.rows, .billed_cost = sums.all_billed, .first_row = sums.first_row};
    if (check == Check::kCommitmentStatus) {
        return judge_amounts(std::move(group), sums, "EffectiveCost of its usage is", sums.usage_effective,
                             "of what is Used or Unused", sums.status_effective);
    }
    if (std::string why = not_whole(sums); !why.empty()) {
        return not_checkable(std::move(group), std::move(why));
    }
    if (check == Check::kCommitmentEffective) {
        return judge_amounts(std::move(group), sums, "EffectiveCost of its usage is", sums.usage_effective,
                             "BilledCost of its purchases", sums.purchase_billed);
    }
    if (check == Check::kCommitmentCovering) {
        return judge_amounts(std::move(group), sums, "EffectiveCost of its charges is", sums.all_effective,
                             "BilledCost", sums.all_billed);
    }
    return judge_quantities(std::move(group), sums, check);
}

base::Result<engine::Table> read_splits(engine::Engine& engine, const Bill& bill) {
    return engine.query(split_sql(bill));
}

std::vector<Group> judge_splits(Check check, const engine::Table& splits) {
    std::vector<Group> groups;
    for (const Row& row : splits.rows) {
        groups.push_back(judge_split(check, row));
    }
    return groups;
}

} // namespace florin::validate
