#include "allocate/driver.hpp"

#include "allocate/reciprocal.hpp"
#include "money/rounding.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace florin::allocate {
namespace {

using base::uint128;
using money::Decimal;
using Followed = std::span<const FollowedCost>;

class Builder {
public:
    Builder(const Month& month, const Setting& setting, const CostDrivers& drivers, const Measure& measure,
            const Slots& slots, const Sight& sight, const DriverHistory& history)
        : month_(month), setting_(setting), stages_(*setting.stages), drivers_(drivers), measure_(measure),
          slots_(slots), sight_(sight), history_(history), touched_(measure.touched),
          receives_(setting.stages->pool_count()), ratios_(*setting.stages) {}

    base::Result<DrivenRatios> build();

private:
    bool is_touched(std::size_t pool) const { return std::ranges::find(touched_[pool], true) != touched_[pool].end(); }
    std::set<std::uint16_t> currencies_of(std::size_t pool) const;
    std::set<std::size_t> slots_touched(std::size_t pool, std::uint16_t currency) const;
    /// What goes through `from` in a currency and on a day can come to `sink`.
    void touch(std::size_t from, Sink sink, std::uint16_t currency, std::optional<period::Day> day);
    void add(RatioSet set);

    std::vector<Outlet> outlets_of(std::size_t pool) const;
    base::Result<void> build_pool(std::size_t pool);
    void touch_members(const std::vector<std::size_t>& members);
    base::Result<void> build_members_of(std::size_t pool);
    base::Result<void> build_reciprocal(const std::vector<std::size_t>& members);
    base::Result<void> build_followed(std::size_t pool, std::span<const FollowedCost> costs, NegativeDriver negative);
    base::Result<void> build_savings();
    base::Result<void> build_buyer_first(Followed group);

    base::Result<void> check_currencies(std::size_t pool);
    /// What a pool that follows no charge gives on; `slot` is read where its driver is by day.
    base::Result<std::vector<Share>> shares_of(std::size_t pool, std::uint16_t currency, std::size_t slot);
    base::Result<Decimal> cost_of(const Pool& pool, std::size_t number, std::uint16_t currency, std::uint32_t value,
                                  std::size_t slot) const;
    base::Result<std::map<std::uint32_t, base::int128>> usage_of(std::size_t pool, std::size_t slot);
    base::Result<std::vector<Share>> shares_of_followed(std::size_t pool, Followed group, NegativeDriver negative);
    /// The weight of what was measured: zero below zero, if the rule says so.
    base::Result<uint128> weight_of(base::int128 units, std::size_t pool, std::uint32_t value, NegativeDriver negative,
                                    const std::string& amount);
    void find(const Finding& finding);

    const Month& month_;
    const Setting& setting_;
    const Stages& stages_;
    const CostDrivers& drivers_;
    const Measure& measure_;
    const Slots& slots_;
    const Sight& sight_;
    const DriverHistory& history_;
    std::vector<std::vector<bool>> touched_;
    std::vector<bool> receives_; ///< by pool: other pools give to it
    Ratios ratios_;
    std::vector<Finding> findings_;
    std::map<std::size_t, std::set<period::Day>> carried_; ///< by pool
};

/// Cuts off the costs of the first group and currency.
Followed next_group(Followed& costs) {
    const FollowedCost& first = costs.front();
    const auto end = std::ranges::find_if(
        costs, [&](const FollowedCost& cost) { return cost.group != first.group || cost.currency != first.currency; });
    const Followed group = costs.first(static_cast<std::size_t>(end - costs.begin()));
    costs = costs.subspan(group.size());
    return group;
}

/// Adds a weight to those of a pool; both are below 10^38, so that nothing wraps.
base::Result<void> add_weight(uint128& total, uint128 weight, const Pool* pool) {
    total += weight;
    if (total >= money::power_of_ten(38)) {
        base::Error error = base::user_error("money.overflow", "the drivers of a pool sum to 10^20 or more");
        return pool == nullptr ? error : std::move(error).at(pool->place);
    }
    return {};
}

std::set<std::uint16_t> Builder::currencies_of(std::size_t pool) const {
    std::set<std::uint16_t> out;
    for (std::size_t place = 0; place < touched_[pool].size(); ++place) {
        if (touched_[pool][place]) {
            out.insert(static_cast<std::uint16_t>(place / slots_.count()));
        }
    }
    return out;
}

std::set<std::size_t> Builder::slots_touched(std::size_t pool, std::uint16_t currency) const {
    std::set<std::size_t> out;
    for (std::size_t slot = 0; slot < slots_.count(); ++slot) {
        if (touched_[pool][measure_.at(currency, slot)]) {
            out.insert(slot);
        }
    }
    return out;
}

void Builder::touch(std::size_t from, Sink sink, std::uint16_t currency, std::optional<period::Day> day) {
    if (!stages_.sinks().is_pool(sink)) {
        return;
    }
    std::vector<bool>& after = touched_[stages_.sinks().pool(sink)];
    for (std::size_t place = 0; place < after.size(); ++place) {
        const bool in_set = (currency == kAnyCurrency || place / slots_.count() == currency) &&
                            (!day || slots_.day(place % slots_.count()) == *day);
        after[place] = after[place] || (in_set && touched_[from][place]);
    }
}

void Builder::add(RatioSet set) {
    for (const Share& share : set.shares) {
        touch(set.pool, share.sink, set.currency, set.day);
        if (stages_.sinks().is_pool(share.sink)) {
            receives_[stages_.sinks().pool(share.sink)] = true;
        }
    }
    ratios_.add(std::move(set));
}

void Builder::find(const Finding& finding) {
    if (std::ranges::find(findings_, finding) == findings_.end()) {
        findings_.push_back(finding);
    }
}

std::vector<Outlet> Builder::outlets_of(std::size_t pool) const {
    const std::span<const Outlet> all = stages_.outlets(pool);
    std::vector<Outlet> outlets(all.begin(), all.end());
    if (stages_.pools()[pool].to_all) {
        if (stages_.pools()[pool].method == Method::kEven) { // nothing measures them: those that the month knows
            std::erase_if(outlets, [&](const Outlet& outlet) { return !sight_.is_seen(outlet.value); });
        }
        std::ranges::sort(outlets, {}, [&](const Outlet& outlet) { return sight_.value_ranks[outlet.value]; });
    }
    return outlets;
}

base::Result<uint128> Builder::weight_of(base::int128 units, std::size_t pool, std::uint32_t value,
                                         NegativeDriver negative, const std::string& amount) {
    if (units >= 0) {
        return static_cast<uint128>(units);
    }
    if (negative == NegativeDriver::kRefuse) {
        return base::user_error("allocation.negative_driver",
                                fmt::format("the driver of a target of pool `{}` is below zero in {}: {}",
                                            stages_.pools()[pool].name, period::to_string(month_.period), amount))
            .at(stages_.pools()[pool].place)
            .with_remedy("take another driver or window, or let negative drivers count as zero");
    }
    find({.kind = FindingKind::kNegativeAsZero, .pool = pool, .value = value});
    return uint128{0};
}

base::Result<Decimal> Builder::cost_of(const Pool& pool, std::size_t number, std::uint16_t currency,
                                       std::uint32_t value, std::size_t slot) const {
    const std::size_t driver = drivers_.of_pool[number];
    const std::size_t at = std::size_t{currency} * stages_.sinks().value_count + value;
    money::DecimalSum sum;
    const auto add = [&](const std::vector<money::DecimalSum>& values) {
        if (!values.empty()) {
            sum.add(values[at]);
        }
    };
    if (pool.window.by_day) {
        add(measure_.costs[driver][slot]);
    } else {
        for (int back = pool.window.months_last; back <= pool.window.months_first; ++back) {
            const auto found = history_.find(period::add_months(month_.period.start, -back));
            if (found != history_.end()) {
                add(found->second[driver]);
            }
        }
    }
    return sum.total();
}

base::Result<std::map<std::uint32_t, base::int128>> Builder::usage_of(std::size_t number, std::size_t slot) {
    const Pool& pool = stages_.pools()[number];
    const Metric& metric = setting_.metrics[pool.metric];
    period::Period days = {slots_.day(slot), slots_.day(slot) + std::chrono::days(1)};
    if (!pool.window.by_day) {
        const period::Day end = period::add_months(month_.period.start, 1 - pool.window.months_last);
        days = {period::add_months(month_.period.start, -pool.window.months_first),
                pool.window.months_last == 0 ? std::min(end, month_.complete_until) : end};
    }
    std::map<std::uint32_t, base::int128> usage;
    for (period::Day day = days.start; day < days.end; day += std::chrono::days(1)) {
        auto known = metric.days.upper_bound(day);
        const bool there = known != metric.days.begin() && std::prev(known)->first == day;
        if (!there && (pool.missing == MissingDay::kRefuse || known == metric.days.begin())) {
            return base::user_error("allocation.metric_missing_day",
                                    fmt::format("metric `{}` of pool `{}` has no values for {}", metric.name, pool.name,
                                                period::to_string(day)))
                .at(pool.place)
                .with_remedy("add the day, or let missing days carry the values of the day before");
        }
        if (!there) {
            carried_[number].insert(day);
        }
        for (const auto& [value, quantity] : std::prev(known)->second) {
            base::int128& sum = usage[value];
            if (__builtin_add_overflow(sum, quantity.units(), &sum)) {
                return base::user_error("money.overflow", fmt::format("metric `{}` sums to 10^26 or more", metric.name))
                    .at(pool.place);
            }
        }
    }
    return usage;
}

base::Result<std::vector<Share>> Builder::shares_of(std::size_t number, std::uint16_t currency, std::size_t slot) {
    const Pool& pool = stages_.pools()[number];
    std::map<std::uint32_t, base::int128> usage;
    if (pool.method == Method::kMetric) {
        FLORIN_TRY_ASSIGN(usage, usage_of(number, slot));
    }
    std::vector<Share> shares;
    uint128 total = 0;
    for (const Outlet& outlet : outlets_of(number)) {
        uint128 weight = 1;
        if (pool.method == Method::kFixed) {
            weight = static_cast<uint128>(outlet.ratio.units());
        } else if (pool.method == Method::kCost) {
            FLORIN_TRY_ASSIGN(const Decimal cost, cost_of(pool, number, currency, outlet.value, slot));
            FLORIN_TRY_ASSIGN(weight, weight_of(cost.units(), number, outlet.value, pool.negative, cost.to_string()));
        } else if (pool.method == Method::kMetric) {
            const auto found = usage.find(outlet.value);
            const base::int128 units = found == usage.end() ? 0 : found->second;
            FLORIN_TRY_ASSIGN(weight, weight_of(units, number, outlet.value, pool.negative, "a usage"));
        }
        if (weight == 0) {
            continue;
        }
        FLORIN_TRY(add_weight(total, weight, &pool));
        const auto same = stages_.sinks().is_pool(outlet.sink) ? std::ranges::find(shares, outlet.sink, &Share::sink)
                                                               : shares.end(); // a value is a target once
        if (same != shares.end()) {
            same->weight += weight;
        } else {
            shares.push_back({outlet.sink, weight});
        }
    }
    if (shares.empty()) {
        shares.push_back({stages_.sinks().of(Reason::kZeroDriver), 1});
    }
    return shares;
}

base::Result<void> Builder::check_currencies(std::size_t number) {
    const Pool& pool = stages_.pools()[number];
    if (pool.method != Method::kCost) {
        return {};
    }
    std::set<std::uint16_t> currencies = currencies_of(number);
    for (std::size_t currency = 0; currency < setting_.tuples->currencies.size(); ++currency) {
        const auto code = static_cast<std::uint16_t>(currency);
        for (const Outlet& outlet : stages_.outlets(number)) {
            for (std::size_t slot = 0; slot < (pool.window.by_day ? slots_.count() : 1); ++slot) {
                FLORIN_TRY_ASSIGN(const Decimal cost, cost_of(pool, number, code, outlet.value, slot));
                if (!cost.is_zero()) {
                    currencies.insert(code);
                }
            }
        }
    }
    if (currencies.size() <= 1) {
        return {};
    }
    if (pool.currencies == MixedCurrencies::kRefuse) {
        std::string codes;
        for (const std::uint16_t currency : currencies) {
            codes += (codes.empty() ? "" : ", ") + setting_.tuples->currencies[currency];
        }
        return base::user_error("allocation.currencies_differ",
                                fmt::format("pool `{}` and its driver are in different currencies in {}: {}", pool.name,
                                            period::to_string(month_.period), codes))
            .at(pool.place)
            .with_remedy("choose charges of one currency, or split each currency by itself");
    }
    find({.kind = FindingKind::kCurrenciesApart, .pool = number});
    return {};
}

base::Result<void> Builder::build_pool(std::size_t number) {
    const Pool& pool = stages_.pools()[number];
    if (pool.method == Method::kBill) {
        return build_followed(number, measure_.billed, pool.negative);
    }
    FLORIN_TRY(check_currencies(number));
    const bool by_currency = pool.method == Method::kCost;
    std::set<std::pair<std::uint16_t, std::size_t>> keys;
    for (const std::uint16_t currency : currencies_of(number)) {
        for (const std::size_t slot : slots_touched(number, currency)) {
            keys.insert({by_currency ? currency : kAnyCurrency, pool.window.by_day ? slot : 0});
        }
    }
    for (const auto& [currency, slot] : keys) {
        FLORIN_TRY_ASSIGN(auto shares, shares_of(number, currency, slot));
        add({.pool = number,
             .currency = currency,
             .day = pool.window.by_day ? std::optional(slots_.day(slot)) : std::nullopt,
             .shares = std::move(shares)});
    }
    return {};
}

base::Result<void> Builder::build_reciprocal(const std::vector<std::size_t>& members) {
    for (const std::size_t member : members) {
        FLORIN_TRY(check_currencies(member));
    }
    for (const std::uint16_t currency : currencies_of(members.front())) {
        std::vector<std::vector<Share>> first;
        for (const std::size_t member : members) {
            FLORIN_TRY_ASSIGN(first.emplace_back(), shares_of(member, currency, 0));
        }
        std::optional<Solved> solved = solve(members, first, stages_.sinks());
        if (!solved) {
            const Pool& pool = stages_.pools()[members.front()];
            return base::user_error("allocation.no_exit",
                                    fmt::format("reciprocal pools, `{}` among them, give to each other alone in {}",
                                                pool.name, period::to_string(month_.period)))
                .at(pool.place)
                .with_remedy("give at least one of them a target outside of the circle");
        }
        for (std::size_t i = 0; i < members.size(); ++i) {
            add({.pool = members[i],
                 .currency = currency,
                 .shares = std::move(solved->shares[i]),
                 .rounded = solved->rounded[i]});
        }
    }
    return {};
}

base::Result<std::vector<Share>> Builder::shares_of_followed(std::size_t pool, Followed group,
                                                             NegativeDriver negative) {
    std::vector<Share> shares;
    uint128 total = 0;
    const Sinks& sinks = stages_.sinks();
    for (const FollowedCost& cost : group) {
        if (sinks.is_pool(cost.sink) && !stages_.may_flow(pool, sinks.pool(cost.sink))) {
            continue;
        }
        FLORIN_TRY_ASSIGN(const Decimal sum, cost.sum.total());
        const std::uint32_t value = cost.sink < sinks.value_count ? cost.sink : 0;
        FLORIN_TRY_ASSIGN(const uint128 weight, weight_of(sum.units(), pool, value, negative, sum.to_string()));
        if (weight != 0) {
            FLORIN_TRY(add_weight(total, weight, nullptr));
            shares.push_back({cost.sink, weight});
        }
    }
    std::ranges::sort(shares, {}, [&](const Share& share) {
        return share.sink < sinks.value_count ? sight_.value_ranks[share.sink] : sinks.value_count + share.sink;
    });
    return shares;
}

base::Result<void> Builder::build_followed(std::size_t pool, Followed costs, NegativeDriver negative) {
    const std::vector<std::pair<std::uint32_t, std::uint16_t>>& own = measure_.following[pool];
    while (!costs.empty()) {
        const Followed group = next_group(costs);
        const bool asked =
            receives_[pool] || std::ranges::binary_search(own, std::pair(group.front().group, group.front().currency));
        if (!asked) {
            continue;
        }
        FLORIN_TRY_ASSIGN(auto shares, shares_of_followed(pool, group, negative));
        if (!shares.empty()) {
            add({.pool = pool,
                 .group = group.front().group,
                 .currency = group.front().currency,
                 .shares = std::move(shares)});
        }
    }
    return {};
}

base::Result<void> Builder::build_buyer_first(Followed group) {
    const std::uint32_t programme = group.front().group;
    const std::uint16_t currency = group.front().currency;
    const std::uint32_t buyer = setting_.benefit->buyer_of(programme);
    const Sink sink = stages_.drain_of(buyer);
    FLORIN_TRY_ASSIGN(std::vector<Share> others, shares_of_followed(stages_.savings(), group, NegativeDriver::kAsZero));
    money::DecimalSum covered_sum;
    if (const auto found = measure_.covered.find({programme, currency}); found != measure_.covered.end()) {
        covered_sum = found->second;
    }
    FLORIN_TRY_ASSIGN(const Decimal covered, covered_sum.total());
    const auto own = std::ranges::find(others, sink, &Share::sink);
    std::vector<Share> shares;
    if (buyer == 0 || own == others.end() || covered.units() <= 0) {
        std::swap(shares, others);
    } else {
        const auto all = static_cast<uint128>(covered.units());
        const uint128 first = std::min(own->weight, all);
        others.erase(own);
        shares.push_back({sink, others.empty() ? all : first});
        if (!others.empty() && first < all) {
            shares.push_back({stages_.sinks().of_pool(stages_.savings_of_others()), all - first});
        } else {
            others.clear();
        }
    }
    if (!shares.empty()) {
        add({.pool = stages_.savings(), .group = programme, .currency = currency, .shares = std::move(shares)});
    }
    if (!others.empty()) {
        add({.pool = stages_.savings_of_others(),
             .group = programme,
             .currency = currency,
             .shares = std::move(others)});
    }
    return {};
}

base::Result<void> Builder::build_savings() {
    switch (setting_.benefit->rule) {
    case BenefitRule::kWhereItLanded: break;
    case BenefitRule::kProRata: return build_followed(stages_.savings(), measure_.eligible, NegativeDriver::kAsZero);
    case BenefitRule::kBuyerFirst:
        for (Followed costs = measure_.eligible; !costs.empty();) {
            FLORIN_TRY(build_buyer_first(next_group(costs)));
        }
        break;
    case BenefitRule::kCentral:
        for (const auto& [key, sum] : measure_.covered) {
            add({.pool = stages_.savings(),
                 .group = key.first,
                 .currency = key.second,
                 .shares = {{stages_.drain_of(setting_.benefit->central), 1}}});
        }
        break;
    }
    return {};
}

/// What goes into one of the members can come to each of them.
void Builder::touch_members(const std::vector<std::size_t>& members) {
    for (const std::size_t from : members) {
        for (const std::size_t to : members) {
            touch(from, stages_.sinks().of_pool(to), kAnyCurrency, std::nullopt);
        }
    }
}

base::Result<void> Builder::build_members_of(std::size_t pool) {
    const auto members = std::ranges::find_if(stages_.reciprocal(), [&](const std::vector<std::size_t>& group) {
        return std::ranges::find(group, pool) != group.end();
    });
    if (members->front() == pool) { // the first of them in order
        touch_members(*members);
        if (is_touched(pool)) {
            return build_reciprocal(*members);
        }
    }
    return {};
}

base::Result<DrivenRatios> Builder::build() {
    for (const std::size_t pool : stages_.order()) {
        if (pool >= stages_.savings()) {
            if (pool == stages_.savings() && is_touched(pool)) {
                FLORIN_TRY(build_savings());
            }
            continue;
        }
        if (stages_.pools()[pool].reciprocal) {
            FLORIN_TRY(build_members_of(pool));
        } else if (is_touched(pool)) {
            FLORIN_TRY(build_pool(pool));
        }
        if (!is_touched(pool)) {
            find({.kind = FindingKind::kTakesNothing, .pool = pool});
        }
    }
    for (const auto& [pool, days] : carried_) {
        find({.kind = FindingKind::kCarriedDays, .pool = pool, .day_count = days.size()});
    }
    return DrivenRatios{std::move(ratios_), std::move(findings_)};
}

} // namespace

std::string_view name(FindingKind kind) {
    constexpr std::array<std::string_view, 5> kNames = {"takes-nothing", "negative-as-zero", "carried-days",
                                                        "currencies-apart", "without-reference"};
    return kNames[static_cast<std::size_t>(kind)];
}

base::Result<DrivenRatios> ratios_of(const Month& month, const Setting& setting, const CostDrivers& drivers,
                                     const Measure& measure, const Slots& slots, const Sight& sight,
                                     const DriverHistory& history) {
    return Builder(month, setting, drivers, measure, slots, sight, history).build();
}

} // namespace florin::allocate
