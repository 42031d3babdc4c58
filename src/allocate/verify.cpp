#include "allocate/verify.hpp"

#include "money/rounding.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace florin::allocate {
namespace {

using money::Decimal;
using money::DecimalSum;

constexpr std::size_t kOwnPools = 2; ///< of the run, behind those of the rules: savings, and savings of others

base::Error refused(std::string message) {
    return base::data_error("allocation.certificate_refused", std::move(message))
        .with_remedy("do not rely on this run; run the allocation again");
}

base::Error differs(std::string message) {
    return base::data_error("allocation.certificate_differs", std::move(message))
        .with_remedy("give the inputs that the certificate names");
}

using FourSums = std::array<DecimalSum, kBasisCount>;
using DayOut = std::array<FourSums, 1 + kReasonCount>; ///< allocated, then unallocated by reason

base::Result<bool> is_zero(const FourSums& sums) {
    for (const DecimalSum& sum : sums) {
        FLORIN_TRY_ASSIGN(const Decimal amount, sum.total());
        if (!amount.is_zero()) {
            return false;
        }
    }
    return true;
}

/// Day, currency, pool or kDirect, end.
using Way = std::tuple<period::Day, std::uint16_t, std::size_t, Sink>;

struct WayHash {
    std::size_t operator()(const Way& way) const {
        std::size_t hash = static_cast<std::size_t>(std::get<0>(way).time_since_epoch().count());
        for (const std::size_t part :
             {std::size_t{std::get<1>(way)}, std::get<2>(way), std::size_t{std::get<3>(way)}}) {
            hash = (hash ^ part) * 0x9E3779B97F4A7C15U;
            hash ^= hash >> 29U;
        }
        return hash;
    }
};

/// One month's second computation.
class Recount {
public:
    Recount(const Tuples& tuples, const Assignments& assignments, const Sinks& sinks, std::size_t pool_count,
            Basis reference, std::span<const RatioSet> ratios)
        : tuples_(tuples), assignments_(assignments), sinks_(sinks), pool_count_(pool_count), reference_(reference),
          ratios_(ratios) {}

    base::Result<void> read_ratios();
    base::Result<void> count(std::uint32_t tuple, period::Day day, const Amounts& amounts);
    /// After the last count().
    void add_up();
    base::Result<void> compare_sums(std::span<const Sum> sums) const;
    base::Result<void> compare_days(const MonthCertificate& month);
    base::Result<void> compare_owners(const MonthCertificate& month, std::span<const std::string> values);

private:
    base::Result<bool> holds(const DayTotal& day, const FourSums& in, const DayOut& out) const;
    base::Result<void> read_set(std::size_t number);
    base::Result<void> order_pools();
    const RatioSet* set_of(std::size_t pool, const Tuple& tuple, period::Day day) const;
    base::Result<void> empty_pools(std::uint32_t tuple, period::Day day);
    void arrive(std::uint32_t tuple, period::Day day, std::size_t via, Sink sink, std::size_t basis, Decimal part);

    const Tuples& tuples_;
    const Assignments& assignments_;
    Sinks sinks_;
    std::size_t pool_count_;
    Basis reference_;
    std::span<const RatioSet> ratios_;
    /// By pool, group or day, and currency: the number of the set. Whether a pool's sets name groups, days, currencies.
    std::map<std::tuple<std::size_t, std::int64_t, std::uint16_t>, std::size_t> numbers_;
    std::vector<std::vector<Decimal>> weights_; ///< by set
    std::vector<bool> by_day_;
    std::vector<bool> by_currency_;
    std::vector<bool> by_group_;
    std::vector<std::size_t> order_;          ///< pools, each before those that it gives to
    std::map<std::size_t, FourSums> waiting_; ///< by place in order_
    std::vector<std::size_t> places_;         ///< by pool, in order_
    std::unordered_map<Way, FourSums, WayHash> ways_;
    std::map<std::pair<std::uint16_t, period::Day>, FourSums> in_;
    std::map<std::pair<std::uint16_t, period::Day>, DayOut> out_;
    std::map<std::pair<Sink, std::uint16_t>, std::array<FourSums, 2>> owners_; ///< own, shared
};

base::Result<void> Recount::read_set(std::size_t number) {
    const RatioSet& set = ratios_[number];
    if (set.pool >= pool_count_ || set.shares.empty()) {
        return refused("a ratio set belongs to no pool, or gives nothing");
    }
    std::set<Sink> sinks;
    DecimalSum total;
    for (const Share& share : set.shares) {
        const bool exists = share.sink < sinks_.first_pool() + pool_count_;
        if (!exists || !sinks.insert(share.sink).second || share.weight == 0 ||
            share.weight >= money::power_of_ten(38)) {
            return refused(fmt::format("a ratio set of pool {} gives to one end twice, or to none", set.pool));
        }
        weights_.back().push_back(Decimal::from_units(static_cast<base::int128>(share.weight)));
        total.add(weights_.back().back());
    }
    FLORIN_TRY(total.total());
    const std::int64_t low = set.day ? set.day->time_since_epoch().count() : std::int64_t{set.group};
    if (!numbers_.emplace(std::tuple(set.pool, low, set.currency), number).second) {
        return refused(fmt::format("two ratio sets of pool {} are for the same charges", set.pool));
    }
    by_day_[set.pool] = set.day.has_value();
    by_currency_[set.pool] = set.currency != kAnyCurrency;
    by_group_[set.pool] = by_group_[set.pool] || set.group != 0;
    return {};
}

base::Result<void> Recount::read_ratios() {
    by_day_.resize(pool_count_);
    by_currency_.resize(pool_count_);
    by_group_.resize(pool_count_);
    for (std::size_t number = 0; number < ratios_.size(); ++number) {
        weights_.emplace_back();
        FLORIN_TRY(read_set(number));
    }
    return order_pools();
}

/// Takes away the pools to which nobody left gives, until none is left.
base::Result<void> Recount::order_pools() {
    std::set<std::pair<std::size_t, std::size_t>> gives;
    for (const RatioSet& set : ratios_) {
        for (const Share& share : set.shares) {
            if (sinks_.is_pool(share.sink)) {
                gives.emplace(set.pool, sinks_.pool(share.sink));
            }
        }
    }
    std::set<std::size_t> left;
    for (std::size_t pool = 0; pool < pool_count_; ++pool) {
        left.insert(pool);
    }
    places_.resize(pool_count_);
    while (!left.empty()) {
        const auto free = std::ranges::find_if(left, [&](std::size_t pool) {
            return std::ranges::none_of(gives, [&](const auto& edge) { return edge.second == pool; });
        });
        if (free == left.end()) {
            return refused("pools give to each other in a circle");
        }
        const std::size_t pool = *free;
        std::erase_if(gives, [pool](const auto& edge) { return edge.first == pool; });
        places_[pool] = order_.size();
        order_.push_back(pool);
        left.erase(free);
    }
    return {};
}

const RatioSet* Recount::set_of(std::size_t pool, const Tuple& tuple, period::Day day) const {
    const bool is_own = pool + kOwnPools >= pool_count_;
    std::int64_t low = by_day_[pool] ? day.time_since_epoch().count() : 0;
    if (is_own) {
        low = tuple.programme;
    } else if (by_group_[pool]) {
        low = tuple.bill_line;
    }
    const auto found = numbers_.find({pool, low, by_currency_[pool] ? tuple.currency : kAnyCurrency});
    return found == numbers_.end() ? nullptr : &ratios_[found->second];
}

void Recount::arrive(std::uint32_t tuple, period::Day day, std::size_t via, Sink sink, std::size_t basis,
                     Decimal part) {
    if (sinks_.is_pool(sink)) {
        waiting_[places_[sinks_.pool(sink)]][basis].add(part);
    } else if (!part.is_zero()) {
        ways_[{day, tuples_.all[tuple].currency, via, sink}][basis].add(part);
    }
}

base::Result<void> Recount::empty_pools(std::uint32_t tuple, period::Day day) {
    while (!waiting_.empty()) {
        const std::size_t pool = order_[waiting_.begin()->first];
        const FourSums sums = waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        const RatioSet* set = set_of(pool, tuples_.all[tuple], day);
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            FLORIN_TRY_ASSIGN(const Decimal amount, sums[basis].total());
            if (amount.is_zero()) {
                continue;
            }
            if (set == nullptr) {
                arrive(tuple, day, pool, sinks_.of(Reason::kNoBase), basis, amount);
                continue;
            }
            FLORIN_TRY_ASSIGN(const std::vector<Decimal> parts,
                              money::split(amount, weights_[static_cast<std::size_t>(set - ratios_.data())], 18));
            DecimalSum whole;
            for (std::size_t share = 0; share < parts.size(); ++share) {
                whole.add(parts[share]);
                arrive(tuple, day, pool, set->shares[share].sink, basis, parts[share]);
            }
            FLORIN_TRY_ASSIGN(const Decimal total, whole.total());
            if (total != amount) {
                return refused(fmt::format("the parts of an amount do not sum to it: {} and {}", total.to_string(),
                                           amount.to_string()));
            }
        }
    }
    return {};
}

base::Result<void> Recount::count(std::uint32_t tuple, period::Day day, const Amounts& amounts) {
    const Assignment* assignment = nullptr;
    for (const Assignment& one : assignments_.of(tuple)) {
        if (assignment == nullptr || one.from <= day) {
            assignment = &one;
        }
    }
    auto& in = in_[{tuples_.all[tuple].currency, day}];
    const Decimal reference = amounts[static_cast<std::size_t>(reference_)];
    const bool saves = assignments_.saves[tuple] && !reference.is_zero();
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        in[basis].add(amounts[basis]);
        Decimal own = amounts[basis];
        if (saves && static_cast<Basis>(basis) == Basis::kEffective) {
            FLORIN_TRY_ASSIGN(const Decimal saving, own.minus(reference));
            own = reference;
            arrive(tuple, day, kDirect, sinks_.of_pool(pool_count_ - kOwnPools), basis, saving);
        }
        arrive(tuple, day, kDirect, assignment->sink, basis, own);
    }
    return empty_pools(tuple, day);
}

base::Result<void> Recount::compare_sums(std::span<const Sum> sums) const {
    std::set<Way> seen;
    for (const Sum& sum : sums) {
        const Way way{sum.day, sum.currency, sum.via, sum.sink};
        const auto found = ways_.find(way);
        if (found == ways_.end() || !seen.insert(way).second) {
            return refused("a sum stands twice, or nothing leads to it: " + period::to_string(sum.day));
        }
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            FLORIN_TRY_ASSIGN(const Decimal amount, found->second[basis].total());
            if (amount != sum.amounts[basis]) {
                return refused(fmt::format("a sum of {} is {}, and by its ratios {}", period::to_string(sum.day),
                                           sum.amounts[basis].to_string(), amount.to_string()));
            }
        }
    }
    for (const auto& [way, amounts] : ways_) {
        FLORIN_TRY_ASSIGN(const bool nothing, is_zero(amounts));
        if (!nothing && !seen.contains(way)) {
            return refused("a sum is missing: " + period::to_string(std::get<0>(way)));
        }
    }
    return {};
}

void Recount::add_up() {
    for (const auto& [way, amounts] : ways_) {
        const auto& [day, currency, via, sink] = way;
        DayOut& out = out_[{currency, day}];
        const bool lost = sinks_.is_unallocated(sink);
        const std::size_t column = lost ? 1 + static_cast<std::size_t>(sinks_.reason(sink)) : 0;
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            out[column][basis].add(amounts[basis]);
            if (!lost) {
                owners_[{sink, currency}][via == kDirect ? 0 : 1][basis].add(amounts[basis]);
            }
        }
    }
}

base::Result<bool> Recount::holds(const DayTotal& day, const FourSums& in, const DayOut& out) const {
    bool holds = true;
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        FLORIN_TRY_ASSIGN(const Decimal came_in, in[basis].total());
        DecimalSum sum;
        for (std::size_t column = 0; column < out.size(); ++column) {
            FLORIN_TRY_ASSIGN(const Decimal amount, out[column][basis].total());
            const Amounts& certified = column == 0 ? day.allocated : day.unallocated[column - 1];
            holds = holds && amount == certified[basis];
            sum.add(amount);
        }
        FLORIN_TRY_ASSIGN(const Decimal came_out, sum.total());
        holds = holds && came_in == day.in[basis] && came_out == came_in;
    }
    return holds;
}

base::Result<void> Recount::compare_days(const MonthCertificate& month) {
    std::set<std::pair<std::uint16_t, period::Day>> seen;
    for (const DayTotal& day : month.days) {
        const auto code = std::ranges::find(tuples_.currencies, day.currency) - tuples_.currencies.begin();
        const std::pair key(static_cast<std::uint16_t>(code), day.day);
        const auto in = in_.find(key);
        if (in == in_.end() || !seen.insert(key).second) {
            return refused("a day of the certificate stands twice, or nothing came in: " + period::to_string(day.day));
        }
        FLORIN_TRY_ASSIGN(const bool all_holds, holds(day, in->second, out_[key]));
        if (!all_holds) {
            return refused(fmt::format("what came in on {} is not what came out, or not what is certified",
                                       period::to_string(day.day)));
        }
    }
    for (const auto& [key, sums] : in_) {
        FLORIN_TRY_ASSIGN(const bool nothing, is_zero(sums));
        if (!nothing && !seen.contains(key)) {
            return refused("a day is missing from the certificate: " + period::to_string(key.second));
        }
    }
    return {};
}

base::Result<void> Recount::compare_owners(const MonthCertificate& month, std::span<const std::string> values) {
    for (const OwnerTotal& owner : month.owners) {
        const auto value = std::ranges::find(values, owner.value) - values.begin();
        const auto code = std::ranges::find(tuples_.currencies, owner.currency) - tuples_.currencies.begin();
        const auto found = owners_.find({static_cast<Sink>(value), static_cast<std::uint16_t>(code)});
        if (found == owners_.end()) {
            return refused("an owner stands twice, or got nothing: " + owner.value);
        }
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            FLORIN_TRY_ASSIGN(const Decimal own, found->second[0][basis].total());
            FLORIN_TRY_ASSIGN(const Decimal shared, found->second[1][basis].total());
            if (own != owner.own[basis] || shared != owner.shared[basis]) {
                return refused("what an owner got is not what is certified: " + owner.value);
            }
        }
        owners_.erase(found);
    }
    for (const auto& [key, sums] : owners_) {
        FLORIN_TRY_ASSIGN(const bool no_own, is_zero(sums[0]));
        FLORIN_TRY_ASSIGN(const bool no_shared, is_zero(sums[1]));
        if (!no_own || !no_shared) {
            return refused("an owner is missing from the certificate: " + values[key.first]);
        }
    }
    return {};
}

base::Result<void> check_assignments(const Assignments& assignments, std::size_t tuple_count, Sink sink_end) {
    if (assignments.tuple_count() != tuple_count || assignments.saves.size() != tuple_count) {
        return differs("the assignments are those of other tuples");
    }
    for (std::size_t tuple = 0; tuple < tuple_count; ++tuple) {
        if (assignments.starts[tuple] >= assignments.starts[tuple + 1] ||
            assignments.starts[tuple + 1] > assignments.all.size()) {
            return refused(fmt::format("tuple {} goes nowhere", tuple));
        }
        const std::span<const Assignment> all = assignments.of(tuple);
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].sink >= sink_end || (i > 0 && all[i - 1].from >= all[i].from)) {
                return refused(fmt::format("tuple {} goes to two ends on one day, or to none", tuple));
            }
        }
    }
    return {};
}

/// Counts the cells, those of one tuple and day as one. Gives what was counted.
base::Result<Cells> count_all(Recount& recount, const Cells& cells, std::size_t tuple_count) {
    std::vector<std::size_t> order(cells.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto place = [&](std::size_t cell) { return std::pair(cells.tuples[cell], cells.days[cell]); };
    std::ranges::sort(order, {}, place);
    Cells counted;
    for (std::size_t i = 0; i < order.size();) {
        const auto [tuple, day] = place(order[i]);
        if (tuple >= tuple_count) {
            return differs("a cell belongs to no tuple");
        }
        FourSums sums;
        for (; i < order.size() && place(order[i]) == std::pair(tuple, day); ++i) {
            for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
                sums[basis].add(cells.costs[basis][order[i]]);
            }
        }
        Amounts amounts;
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            FLORIN_TRY_ASSIGN(amounts[basis], sums[basis].total());
        }
        counted.add(tuple, day, amounts);
    }
    // Day by day, so that the sums they go to stay at hand.
    order.resize(counted.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t cell) { return std::pair(counted.days[cell], counted.tuples[cell]); });
    for (const std::size_t cell : order) {
        FLORIN_TRY(recount.count(counted.tuples[cell], counted.days[cell], counted.amounts(cell)));
    }
    return counted;
}

} // namespace

base::Result<Verifier> Verifier::start(const Certificate& certificate, const Tuples& tuples,
                                       const Assignments& assignments, std::span<const std::string> values) {
    Verifier verifier;
    verifier.certificate_ = &certificate;
    verifier.tuples_ = &tuples;
    verifier.assignments_ = &assignments;
    verifier.values_ = values;
    verifier.sinks_ = {.value_count = static_cast<std::uint32_t>(values.size())};
    const Sink sink_end = verifier.sinks_.of_pool(certificate.pools.size());
    FLORIN_TRY(check_assignments(assignments, tuples.all.size(), sink_end));
    if (hash_of(assignments) != certificate.assignments_hash) {
        return differs("the assignments are not those of the certificate");
    }
    return verifier;
}

base::Result<void> Verifier::check(const Cells& cells, std::span<const RatioSet> ratios, std::span<const Sum> sums) {
    if (next_ == certificate_->months.size()) {
        return differs("the certificate has no such month");
    }
    const MonthCertificate& month = certificate_->months[next_];
    if (hash_of(ratios) != month.ratios_hash || hash_of(sums) != month.sums_hash) {
        return differs("ratios or sums are not those of the certificate: " + period::to_string(month.period));
    }
    Recount recount(*tuples_, *assignments_, sinks_, certificate_->pools.size() + kOwnPools, certificate_->reference,
                    ratios);
    FLORIN_TRY(recount.read_ratios());
    FLORIN_TRY_ASSIGN(const Cells counted, count_all(recount, cells, tuples_->all.size()));
    if (counted.size() != month.cell_count || hash_of(counted) != month.cells_hash) {
        return differs("the cells are not those of the certificate: " + period::to_string(month.period));
    }
    recount.add_up();
    FLORIN_TRY(recount.compare_sums(sums));
    FLORIN_TRY(recount.compare_days(month));
    FLORIN_TRY(recount.compare_owners(month, values_));
    ++next_;
    return {};
}

base::Result<void> Verifier::finish() const {
    if (next_ != certificate_->months.size()) {
        return differs("the certificate has more months than were checked");
    }
    return {};
}

} // namespace florin::allocate
