#include "allocate/pool.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace florin::allocate {
namespace {

constexpr std::array<std::string_view, 5> kMethodNames = {"even", "fixed", "cost", "metric", "bill"};

base::Result<void> check_ratios(const Pool& pool) {
    money::DecimalSum sum;
    for (const Target& target : pool.targets) {
        if (target.ratio.is_negative()) {
            return base::user_error("allocation.negative_ratio", fmt::format("pool `{}` has a ratio below zero: {}",
                                                                             pool.name, target.ratio.to_string()))
                .at(target.place)
                .with_remedy("ratios are zero or more and sum to 1");
        }
        sum.add(target.ratio);
    }
    FLORIN_TRY_ASSIGN(const money::Decimal total, sum.total());
    if (total != money::Decimal::from_integer(1)) {
        return base::user_error("allocation.ratio_sum", fmt::format("the ratios of pool `{}` sum to {}, not to 1",
                                                                    pool.name, total.to_string()))
            .at(pool.place)
            .with_remedy("change the ratios so that they sum to exactly 1; for thirds take `even`");
    }
    return {};
}

base::Result<void> check_targets(const Pool& pool) {
    if (pool.method == Method::kBill || pool.to_all) {
        FLORIN_CHECK(pool.targets.empty(), "a pool that names its targets has them in another way, too");
        FLORIN_CHECK(pool.method != Method::kFixed, "fixed ratios belong to targets that are named");
        return {};
    }
    if (pool.targets.empty()) {
        return base::user_error("allocation.no_target", fmt::format("pool `{}` has no target", pool.name))
            .at(pool.place)
            .with_remedy("name who gets its cost");
    }
    std::set<std::pair<bool, std::size_t>> seen;
    for (const Target& target : pool.targets) {
        FLORIN_CHECK(target.value.has_value() != target.pool.has_value(), "a target is a value or a pool");
        if (target.pool && (pool.method == Method::kCost || pool.method == Method::kMetric)) {
            return base::user_error(
                       "allocation.pool_target",
                       fmt::format("pool `{}` splits by what its targets used, and one is a pool", pool.name))
                .at(target.place)
                .with_remedy("split evenly or by fixed ratios, or name the owner whose cost the other pool takes");
        }
        if (!seen.insert({target.pool.has_value(), target.pool ? *target.pool : *target.value}).second) {
            return base::user_error("allocation.duplicate_target",
                                    fmt::format("pool `{}` has a target twice", pool.name))
                .at(target.place)
                .with_remedy("name each target once");
        }
    }
    return pool.method == Method::kFixed ? check_ratios(pool) : base::Result<void>();
}

base::Result<void> check_one(const Pool& pool) {
    const Selection& takes = pool.takes;
    if (takes.tuples.empty() && takes.kinds.empty() && takes.owners.empty() && !takes.unused_commitments) {
        return base::user_error(
                   "allocation.no_source",
                   fmt::format("pool `{}` does not say what it takes, so it would take everything", pool.name))
            .at(pool.place)
            .with_remedy("name the charges, kinds or owners whose cost is shared");
    }
    const Window& window = pool.window;
    const bool months = window.months_first != 0 || window.months_last != 0;
    if (window.months_last < 0 || window.months_first < window.months_last || (window.by_day && months)) {
        return base::user_error("allocation.window", fmt::format("the window of pool `{}` is no window", pool.name))
            .at(pool.place)
            .with_remedy("count whole months back, the earlier one first");
    }
    return check_targets(pool);
}

} // namespace

std::string_view name(Method method) {
    return kMethodNames[static_cast<std::size_t>(method)];
}

bool Selection::drains() const {
    return !owners.empty() && tuples.empty() && kinds.empty() && !unused_commitments;
}

bool is_driven_by_money(const Pool& pool) {
    return pool.method == Method::kCost || pool.method == Method::kBill;
}

base::Result<void> check(std::span<const Pool> pools) {
    std::set<std::string_view> names;
    for (const Pool& pool : pools) {
        if (!names.insert(pool.name).second) {
            return base::user_error("allocation.duplicate_pool", fmt::format("there are two pools `{}`", pool.name))
                .at(pool.place)
                .with_remedy("give one of them another name");
        }
        FLORIN_TRY(check_one(pool));
    }
    return {};
}

} // namespace florin::allocate
