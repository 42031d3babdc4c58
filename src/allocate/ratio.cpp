#include "allocate/ratio.hpp"

#include "base/check.hpp"
#include "base/sha256.hpp"

#include <utility>

namespace florin::allocate {
namespace {

/// Group or day in the low half, currency above: no pool's ratios depend on both a group and the day.
std::uint64_t number_of(std::uint32_t group_or_day, std::uint16_t currency) {
    return (std::uint64_t{currency} << 32U) | group_or_day;
}

std::uint32_t number_of(period::Day day) {
    return static_cast<std::uint32_t>(day.time_since_epoch().count());
}

} // namespace

Ratios::Ratios(const Stages& stages) {
    for (const Pool& pool : stages.pools()) {
        keys_.push_back({.bill_line = pool.method == Method::kBill,
                         .currency = is_driven_by_money(pool) || pool.reciprocal,
                         .day = pool.window.by_day});
    }
    keys_.resize(stages.pool_count(), {.programme = true, .currency = true});
    numbers_.resize(stages.pool_count());
}

void Ratios::add(RatioSet set) {
    std::vector<base::uint128> weights;
    for (const Share& share : set.shares) {
        weights.push_back(share.weight);
    }
    const std::uint32_t low = set.day ? number_of(*set.day) : set.group;
    const bool is_new = numbers_[set.pool].emplace(number_of(low, set.currency), sets_.size()).second;
    FLORIN_CHECK(is_new, "a pool has two ratio sets for one charge");
    splitters_.emplace_back(weights);
    sets_.push_back(std::move(set));
}

std::optional<std::size_t> Ratios::find(std::size_t pool, const Tuple& tuple, period::Day day) const {
    const Key& key = keys_[pool];
    const std::uint32_t low = key.day         ? number_of(day)
                              : key.bill_line ? tuple.bill_line
                              : key.programme ? tuple.programme
                                              : 0;
    const auto& numbers = numbers_[pool];
    const auto found = numbers.find(number_of(low, key.currency ? tuple.currency : kAnyCurrency));
    return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

std::string hash_of(std::span<const RatioSet> sets) {
    base::Sha256 hash;
    std::string block;
    const auto put = [&block](base::uint128 value) {
        for (unsigned byte = 0; byte < 16; ++byte) {
            block.push_back(static_cast<char>(static_cast<unsigned>(value >> (8 * byte)) & 0xFFU));
        }
    };
    for (const RatioSet& set : sets) {
        put(set.pool);
        put((base::uint128{set.group} << 64U) | set.currency);
        put(set.day ? 1 + base::uint128{number_of(*set.day)} : 0);
        put(set.shares.size() * 2 + (set.rounded ? 1 : 0));
        for (const Share& share : set.shares) {
            put(share.sink);
            put(share.weight);
        }
        hash.add(block);
        block.clear();
    }
    return hash.finish();
}

} // namespace florin::allocate
