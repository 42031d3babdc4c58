#include "allocate/stage.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <numeric>

namespace florin::allocate {
namespace {

/// The pools that `pool` can name as its targets, whether allowed or not.
std::vector<std::size_t> pools_after(const Pool& pool, const std::vector<Sink>& drains, const Sinks& sinks) {
    std::vector<std::size_t> out;
    for (const Target& target : pool.targets) {
        if (target.pool) {
            out.push_back(*target.pool);
        } else if (sinks.is_pool(drains[*target.value])) {
            out.push_back(sinks.pool(drains[*target.value]));
        }
    }
    return out;
}

} // namespace

std::string_view name(Reason reason) {
    constexpr std::array<std::string_view, kReasonCount> kNames = {"no-owner", "zero-driver", "no-base"};
    return kNames[static_cast<std::size_t>(reason)];
}

bool Stages::may_flow(std::size_t from, std::size_t to) const {
    if (from >= pools_.size()) {
        return to < pools_.size() || (from == savings() && to == savings_of_others());
    }
    if (to >= pools_.size()) {
        return false;
    }
    const Pool& source = pools_[from];
    const Pool& sink = pools_[to];
    return sink.stage > source.stage || (sink.stage == source.stage && sink.reciprocal && source.reciprocal);
}

base::Error Stages::backward(std::size_t from, std::size_t to, const base::Place& place) const {
    // A way from `to` back to `from`, breadth first, so that the shortest cycle is shown.
    std::vector<std::size_t> before(pools_.size(), pools_.size());
    std::vector<std::size_t> open = {to};
    before[to] = to;
    for (std::size_t next = 0; next < open.size() && before[from] == pools_.size(); ++next) {
        for (const std::size_t after : pools_after(pools_[open[next]], drains_, sinks_)) {
            if (before[after] == pools_.size()) {
                before[after] = open[next];
                open.push_back(after);
            }
        }
    }
    if (before[from] == pools_.size()) {
        return base::user_error("allocation.stage",
                                fmt::format("pool `{}` of stage {} gives to pool `{}` of stage {}", pools_[from].name,
                                            pools_[from].stage, pools_[to].name, pools_[to].stage))
            .at(place)
            .with_remedy("money flows to later stages only: give the receiving pool a higher stage");
    }
    std::string way = fmt::format("`{}`", pools_[from].name);
    for (std::size_t pool = from; pool != to; pool = before[pool]) {
        way = fmt::format("`{}` -> {}", pools_[before[pool]].name, way);
    }
    return base::user_error("allocation.cycle",
                            fmt::format("pools give to each other in a circle: `{}` -> {}", pools_[from].name, way))
        .at(place)
        .with_remedy("take one of these targets out, or put the pools into one stage and mark them reciprocal");
}

base::Result<void> Stages::connect(std::size_t index) {
    const Pool& pool = pools_[index];
    std::vector<Outlet>& outlets = outlets_[index];
    if (pool.to_all) {
        for (std::uint32_t value = 1; value < sinks_.value_count; ++value) {
            const Sink sink = drains_[value];
            const bool goes_on = sinks_.is_pool(sink);
            if (!goes_on || (sinks_.pool(sink) != index && may_flow(index, sinks_.pool(sink)))) {
                outlets.push_back({.value = value, .sink = sink});
            }
        }
        return {};
    }
    for (const Target& target : pool.targets) {
        FLORIN_CHECK(!target.pool || *target.pool < pools_.size(), "a target is a pool that does not exist");
        FLORIN_CHECK(!target.value || (*target.value != kUnallocated && *target.value < sinks_.value_count),
                     "a target is a value that does not exist");
        const Sink sink = target.pool ? sinks_.of_pool(*target.pool) : drains_[*target.value];
        if (sinks_.is_pool(sink) && !may_flow(index, sinks_.pool(sink))) {
            return backward(index, sinks_.pool(sink), target.place);
        }
        outlets.push_back({.value = target.value.value_or(0), .sink = sink, .ratio = target.ratio});
    }
    return {};
}

base::Result<Stages> Stages::of(std::span<const Pool> pools, std::uint32_t value_count) {
    FLORIN_TRY(check(pools));
    Stages stages;
    stages.pools_ = pools;
    stages.sinks_ = {.value_count = value_count};
    stages.drains_.resize(value_count);
    std::iota(stages.drains_.begin(), stages.drains_.end(), Sink{0});
    std::map<int, std::vector<std::size_t>> reciprocal;
    for (std::size_t index = 0; index < pools.size(); ++index) {
        const Pool& pool = pools[index];
        if (pool.takes.drains()) {
            for (const std::uint32_t value : pool.takes.owners) {
                FLORIN_CHECK(value < value_count, "a pool takes a value that does not exist");
                if (!stages.sinks_.is_pool(stages.drains_[value])) {
                    stages.drains_[value] = stages.sinks_.of_pool(index);
                }
            }
        }
        if (pool.reciprocal) {
            if (pool.method == Method::kBill || pool.window.by_day) {
                return base::user_error(
                           "allocation.reciprocal",
                           fmt::format("reciprocal pool `{}` has ratios that differ from charge to charge", pool.name))
                    .at(pool.place)
                    .with_remedy("give it a driver of whole billing months");
            }
            reciprocal[pool.stage].push_back(index);
        }
    }
    for (auto& [stage, members] : reciprocal) {
        stages.reciprocal_.push_back(std::move(members));
    }
    stages.order_ = {stages.savings(), stages.savings_of_others()};
    for (std::size_t index = 0; index < pools.size(); ++index) {
        stages.order_.push_back(index);
    }
    std::stable_sort(stages.order_.begin() + 2, stages.order_.end(),
                     [&](std::size_t a, std::size_t b) { return pools[a].stage < pools[b].stage; });
    stages.outlets_.resize(pools.size());
    for (std::size_t index = 0; index < pools.size(); ++index) {
        FLORIN_TRY(stages.connect(index));
    }
    return stages;
}

} // namespace florin::allocate
