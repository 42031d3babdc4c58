#include "allocate/oracle.hpp"

#include <algorithm>
#include <set>

namespace florin::allocate::oracle {
namespace {

using Ratio = std::pair<End, Fraction>;
struct Refused {};

Integer integer_of(base::int128 value) {
    const bool negative = value < 0;
    base::uint128 magnitude =
        negative ? base::uint128{0} - static_cast<base::uint128>(value) : static_cast<base::uint128>(value);
    Integer out = static_cast<std::uint64_t>(magnitude >> 64U);
    out <<= 64U;
    out += static_cast<std::uint64_t>(magnitude);
    return negative ? Integer(-out) : out;
}

Integer floor_of(const Fraction& value) { // value >= 0
    return Integer(boost::multiprecision::numerator(value)) / Integer(boost::multiprecision::denominator(value));
}

End value_end(std::uint32_t value) {
    return value == 0 ? "reason no-owner" : "value " + std::to_string(value);
}
End pool_end(std::size_t pool) {
    return "pool " + std::to_string(pool);
}

bool is_pool(const End& end) {
    return end.starts_with("pool") || end.starts_with("savings");
}

std::vector<Integer> split(const Integer& amount, const std::vector<Ratio>& ratios) {
    const Integer magnitude = amount < 0 ? Integer(-amount) : amount;
    std::vector<Integer> parts;
    std::vector<Fraction> rests;
    Integer left = magnitude;
    for (const auto& [end, ratio] : ratios) {
        parts.push_back(floor_of(ratio * magnitude));
        rests.push_back(ratio * magnitude - parts.back());
        left -= parts.back();
    }
    for (; left > 0; --left) {
        const auto most = std::max_element(rests.begin(), rests.end()); // the first of equal ones
        parts[static_cast<std::size_t>(most - rests.begin())] += 1;
        *most = -1;
    }
    for (Integer& part : parts) {
        part = amount < 0 ? Integer(-part) : part;
    }
    return parts;
}

Fraction determinant(std::vector<std::vector<Fraction>> matrix) {
    Fraction out = 1;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        std::size_t row = i;
        while (row < matrix.size() && matrix[row][i] == 0) {
            ++row;
        }
        if (row == matrix.size()) {
            return 0;
        }
        if (row != i) {
            std::swap(matrix[row], matrix[i]);
            out = -out;
        }
        out *= matrix[i][i];
        for (std::size_t below = i + 1; below < matrix.size(); ++below) {
            const Fraction factor = matrix[below][i] / matrix[i][i];
            for (std::size_t column = i; column < matrix.size(); ++column) {
                matrix[below][column] -= factor * matrix[i][column];
            }
        }
    }
    return out;
}

class Allocator {
public:
    Allocator(const Owners& owners, const Tuples& tuples, const Rules& rules, const std::vector<Month>& months)
        : owners_(owners), tuples_(tuples), rules_(rules), months_(months) {
        for (const Month& month : months) {
            cells_.emplace_back();
            for (std::size_t i = 0; i < month.cells.size(); ++i) {
                Four& four = cells_.back()[{month.cells.tuples[i], month.cells.days[i]}];
                for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
                    four[basis] += integer_of(month.cells.costs[basis][i].units());
                }
            }
        }
    }

    std::map<Key, Four> all();

private:
    using Cell = std::pair<std::uint32_t, period::Day>;
    using CellMap = std::map<Cell, Four>;

    std::uint32_t owner_of(const Cell& cell) const;
    std::optional<std::size_t> taker_of(const Cell& cell) const;
    std::optional<std::size_t> drain_of(std::uint32_t value) const;
    End end_of_value(std::uint32_t value) const;
    End first_end(const Cell& cell) const;
    std::uint32_t measured(const Cell& cell) const;
    bool saves(const Cell& cell, const Four& four) const;
    bool later(const End& from, const End& to) const;
    std::vector<std::uint32_t> ranks() const;

    std::vector<Ratio> ratios(const End& pool, const Cell& cell);
    std::vector<Ratio> pool_ratios(std::size_t pool, const Cell& cell);
    std::vector<Ratio> solved(std::size_t pool, const Cell& cell);
    std::vector<Ratio> follow(const End& pool, const std::map<End, Integer>& costs, NegativeDriver negative) const;
    std::map<End, Integer> eligible(const Cell& cell) const;
    Integer covered(const Cell& cell) const;
    Integer driver(const Pool& pool, std::uint32_t value, const Cell& cell) const;
    Integer usage(const Pool& pool, std::uint32_t value, const Cell& cell) const;
    void refuse_currencies(std::size_t pool) const;
    void give(const End& from, const Cell& cell, const Four& four);

    const Tuple& facts(const Cell& cell) const { return tuples_.all[cell.first]; }
    std::size_t reference() const { return static_cast<std::size_t>(rules_.benefit.reference); }

    const Owners& owners_;
    const Tuples& tuples_;
    const Rules& rules_;
    const std::vector<Month>& months_;
    std::vector<CellMap> cells_;
    std::map<Key, Four> sums_;
    std::set<std::pair<std::size_t, std::uint16_t>> seen_; ///< pools by cost through which money of a currency went
};

std::uint32_t Allocator::owner_of(const Cell& cell) const {
    if (rules_.benefit.unused == UnusedRule::kToBuyer && facts(cell).commitment == CommitmentUse::kUnused &&
        facts(cell).programme < rules_.benefit.buyers.size() && rules_.benefit.buyers[facts(cell).programme] != 0) {
        return rules_.benefit.buyers[facts(cell).programme];
    }
    std::uint32_t value = 0;
    for (std::uint64_t i = owners_.starts[cell.first]; i < owners_.starts[cell.first + 1]; ++i) {
        if (owners_.intervals[i].from <= cell.second || i == owners_.starts[cell.first]) {
            value = owners_.intervals[i].value;
        }
    }
    return value;
}

std::optional<std::size_t> Allocator::taker_of(const Cell& cell) const {
    for (std::size_t pool = 0; pool < rules_.pools.size(); ++pool) {
        const Selection& takes = rules_.pools[pool].takes;
        const auto among = [](const auto& list, const auto& one) {
            return list.empty() || std::find(list.begin(), list.end(), one) != list.end();
        };
        if ((takes.tuples.empty() || takes.tuples[cell.first]) && among(takes.kinds, facts(cell).kind) &&
            among(takes.owners, owner_of(cell)) &&
            (!takes.unused_commitments || facts(cell).commitment == CommitmentUse::kUnused)) {
            return pool;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> Allocator::drain_of(std::uint32_t value) const {
    for (std::size_t pool = 0; pool < rules_.pools.size(); ++pool) {
        const Selection& takes = rules_.pools[pool].takes;
        if (takes.tuples.empty() && takes.kinds.empty() && !takes.unused_commitments &&
            std::ranges::find(takes.owners, value) != takes.owners.end()) {
            return pool;
        }
    }
    return std::nullopt;
}

End Allocator::end_of_value(std::uint32_t value) const {
    const auto pool = drain_of(value);
    return pool ? pool_end(*pool) : value_end(value);
}

End Allocator::first_end(const Cell& cell) const {
    const auto pool = taker_of(cell);
    return pool ? pool_end(*pool) : value_end(owner_of(cell));
}

std::uint32_t Allocator::measured(const Cell& cell) const {
    const auto pool = taker_of(cell);
    return !pool || pool == drain_of(owner_of(cell)) ? owner_of(cell) : 0;
}

bool Allocator::saves(const Cell& cell, const Four& four) const {
    const Tuple& tuple = facts(cell);
    return rules_.benefit.rule != BenefitRule::kWhereItLanded && tuple.commitment == CommitmentUse::kUsed &&
           tuple.kind == ChargeKind::kUsage && four[reference()] != 0 &&
           (rules_.benefit.rule == BenefitRule::kCentral || (tuple.programme != 0 && tuple.sku != 0));
}

bool Allocator::later(const End& from, const End& to) const {
    if (!is_pool(to)) {
        return true;
    }
    if (from.starts_with("savings")) {
        return from == "savings" || to.starts_with("pool");
    }
    if (!to.starts_with("pool")) {
        return false;
    }
    const Pool& a = rules_.pools[std::stoul(from.substr(5))];
    const Pool& b = rules_.pools[std::stoul(to.substr(5))];
    return b.stage > a.stage || (b.stage == a.stage && a.reciprocal && b.reciprocal);
}

/// Values in the order of their first cell in the month, then the others.
std::vector<std::uint32_t> Allocator::ranks() const {
    std::vector<std::uint32_t> order;
    for (const auto& [cell, four] : cells_.back()) {
        if (std::ranges::find(order, measured(cell)) == order.end()) {
            order.push_back(measured(cell));
        }
    }
    for (std::uint32_t value = 0; value < owners_.values.size(); ++value) {
        if (std::ranges::find(order, value) == order.end()) {
            order.push_back(value);
        }
    }
    return order;
}

Integer Allocator::driver(const Pool& pool, std::uint32_t value, const Cell& cell) const {
    Integer sum = 0;
    const auto month_start = [&](std::size_t month) { return period::month_start(months_[month].period.start); };
    for (std::size_t month = 0; month < months_.size(); ++month) {
        bool counts = pool.window.by_day && month + 1 == months_.size();
        for (int back = pool.window.months_last; !pool.window.by_day && back <= pool.window.months_first; ++back) {
            counts = counts || month_start(month) == period::add_months(month_start(months_.size() - 1), -back);
        }
        for (const auto& [other, four] : cells_[month]) {
            if (counts && measured(other) == value && facts(other).currency == facts(cell).currency &&
                (pool.driver_tuples.empty() || pool.driver_tuples[other.first]) &&
                (!pool.window.by_day || other.second == cell.second)) {
                sum += four[static_cast<std::size_t>(pool.driver_basis)];
            }
        }
    }
    return sum;
}

Integer Allocator::usage(const Pool& pool, std::uint32_t value, const Cell& cell) const {
    const Metric& metric = rules_.metrics[pool.metric];
    const period::Day start = period::month_start(months_.back().period.start);
    Integer sum = 0;
    for (period::Day day = period::add_months(start, -pool.window.months_first - 1);
         day < period::add_months(start, 15); day += std::chrono::days(1)) {
        const bool in_months = day >= period::add_months(start, -pool.window.months_first) &&
                               day < period::add_months(start, 1 - pool.window.months_last) &&
                               (pool.window.months_last > 0 || day < months_.back().complete_until);
        if (pool.window.by_day ? day != cell.second : !in_months) {
            continue;
        }
        period::Day known = day;
        while (!metric.days.contains(known)) {
            if (pool.missing == MissingDay::kRefuse || known < metric.days.begin()->first) {
                throw Refused();
            }
            known -= std::chrono::days(1);
        }
        for (const auto& [one, quantity] : metric.days.at(known)) {
            sum += one == value ? integer_of(quantity.units()) : Integer(0);
        }
    }
    return sum;
}

void Allocator::refuse_currencies(std::size_t number) const {
    const Pool& pool = rules_.pools[number];
    std::set<std::uint16_t> currencies;
    for (const auto& [one, currency] : seen_) {
        if (one == number) {
            currencies.insert(currency);
        }
    }
    for (const CellMap& cells : cells_) {
        for (const auto& [cell, four] : cells) {
            for (std::uint32_t value = 1; value < owners_.values.size(); ++value) {
                const bool is_target =
                    pool.to_all ? !drain_of(value) ||
                                      (*drain_of(value) != number && later(pool_end(number), end_of_value(value)))
                                : std::ranges::any_of(pool.targets, [&](const Target& t) { return t.value == value; });
                if (is_target && driver(pool, value, cell) != 0) {
                    currencies.insert(facts(cell).currency);
                }
            }
        }
    }
    if (currencies.size() > 1) {
        throw Refused();
    }
}

std::vector<Ratio> Allocator::pool_ratios(std::size_t number, const Cell& cell) {
    const Pool& pool = rules_.pools[number];
    std::vector<Target> targets = pool.targets;
    if (pool.to_all) {
        for (const std::uint32_t value : ranks()) {
            const auto drain = drain_of(value);
            const bool is_seen =
                std::ranges::any_of(cells_.back(), [&](const auto& one) { return measured(one.first) == value; });
            if (value != 0 && (is_seen || pool.method != Method::kEven) &&
                (!drain || (*drain != number && later(pool_end(number), pool_end(*drain))))) {
                targets.push_back({.value = value});
            }
        }
    }
    std::vector<std::pair<End, Integer>> weights;
    Integer total = 0;
    for (const Target& target : targets) {
        Integer weight = pool.method == Method::kEven    ? Integer(1)
                         : pool.method == Method::kFixed ? integer_of(target.ratio.units())
                         : pool.method == Method::kCost  ? driver(pool, *target.value, cell)
                                                         : usage(pool, *target.value, cell);
        if (weight < 0 && pool.negative == NegativeDriver::kRefuse) {
            throw Refused();
        }
        weight = weight < 0 ? Integer(0) : weight;
        total += weight;
        const End end = target.pool ? pool_end(*target.pool) : end_of_value(*target.value);
        const auto same = std::ranges::find(weights, end, &std::pair<End, Integer>::first);
        if (weight != 0 && same != weights.end()) {
            same->second += weight;
        } else if (weight != 0) {
            weights.emplace_back(end, weight);
        }
    }
    std::vector<Ratio> out;
    for (const auto& [end, weight] : weights) {
        out.emplace_back(end, Fraction(weight, total));
    }
    return out.empty() ? std::vector<Ratio>{{"reason zero-driver", 1}} : out;
}

/// By Cramer's rule.
std::vector<Ratio> Allocator::solved(std::size_t number, const Cell& cell) {
    std::vector<std::size_t> members;
    for (std::size_t pool = 0; pool < rules_.pools.size(); ++pool) {
        if (rules_.pools[pool].reciprocal && rules_.pools[pool].stage == rules_.pools[number].stage) {
            members.push_back(pool);
        }
    }
    std::vector<std::vector<Ratio>> given;
    std::vector<End> ends;
    for (const std::size_t member : members) {
        given.push_back(pool_ratios(member, cell));
        for (const auto& [end, ratio] : given.back()) {
            const bool inside = std::ranges::any_of(members, [&](std::size_t m) { return pool_end(m) == end; });
            if (!inside && std::ranges::find(ends, end) == ends.end()) {
                ends.push_back(end);
            }
        }
    }
    const auto part = [&](std::size_t member, const End& end) {
        const auto found = std::ranges::find(given[member], end, &Ratio::first);
        return found == given[member].end() ? Fraction(0) : found->second;
    };
    std::vector<std::vector<Fraction>> matrix(members.size(), std::vector<Fraction>(members.size()));
    for (std::size_t i = 0; i < members.size(); ++i) {
        for (std::size_t j = 0; j < members.size(); ++j) {
            matrix[i][j] = (i == j ? 1 : 0) - part(i, pool_end(members[j]));
        }
    }
    const Fraction divisor = determinant(matrix);
    if (divisor == 0) {
        throw Refused();
    }
    const auto self = static_cast<std::size_t>(std::ranges::find(members, number) - members.begin());
    std::vector<Ratio> out;
    Integer common = 1;
    for (const End& end : ends) {
        auto replaced = matrix;
        for (std::size_t i = 0; i < members.size(); ++i) {
            replaced[i][self] = part(i, end);
        }
        out.emplace_back(end, determinant(replaced) / divisor);
        common = boost::multiprecision::lcm(common, Integer(boost::multiprecision::denominator(out.back().second)));
    }
    if (common >= boost::multiprecision::pow(Integer(10), 38)) {
        const Integer grain = boost::multiprecision::pow(Integer(10), 36);
        const std::vector<Integer> weights = split(grain, out);
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i].second = Fraction(weights[i], grain);
        }
    }
    std::erase_if(out, [](const Ratio& ratio) { return ratio.second == 0; });
    return out;
}

std::vector<Ratio> Allocator::follow(const End& pool, const std::map<End, Integer>& costs,
                                     NegativeDriver negative) const {
    Integer total = 0;
    std::vector<std::pair<End, Integer>> weights;
    const auto add = [&](const End& end) {
        const auto found = costs.find(end);
        if (found == costs.end() || !later(pool, end)) {
            return;
        }
        if (found->second < 0 && negative == NegativeDriver::kRefuse) {
            throw Refused();
        }
        if (found->second > 0) {
            weights.emplace_back(end, found->second);
            total += found->second;
        }
    };
    for (const std::uint32_t value : ranks()) {
        add(value_end(value));
    }
    for (std::size_t other = 0; other < rules_.pools.size(); ++other) {
        add(pool_end(other));
    }
    std::vector<Ratio> out;
    for (const auto& [end, weight] : weights) {
        out.emplace_back(end, Fraction(weight, total));
    }
    return out.empty() ? std::vector<Ratio>{{"reason no-base", 1}} : out;
}

std::map<End, Integer> Allocator::eligible(const Cell& cell) const {
    std::set<std::uint32_t> skus;
    for (const auto& [other, four] : cells_.back()) {
        if (facts(other).commitment == CommitmentUse::kUsed && facts(other).programme == facts(cell).programme) {
            skus.insert(facts(other).sku);
        }
    }
    std::map<End, Integer> costs;
    for (const auto& [other, four] : cells_.back()) {
        const Tuple& tuple = facts(other);
        if (tuple.kind == ChargeKind::kUsage && tuple.commitment != CommitmentUse::kUnused && tuple.sku != 0 &&
            skus.contains(tuple.sku) && tuple.currency == facts(cell).currency) {
            costs[first_end(other)] += four[reference()];
        }
    }
    return costs;
}

Integer Allocator::covered(const Cell& cell) const {
    Integer sum = 0;
    for (const auto& [other, four] : cells_.back()) {
        const Tuple& tuple = facts(other);
        if (tuple.kind == ChargeKind::kUsage && tuple.commitment == CommitmentUse::kUsed &&
            tuple.programme == facts(cell).programme && tuple.currency == facts(cell).currency) {
            sum += four[reference()];
        }
    }
    return sum;
}

std::vector<Ratio> Allocator::ratios(const End& pool, const Cell& cell) {
    const Benefit& benefit = rules_.benefit;
    if (pool.starts_with("savings")) {
        if (benefit.rule == BenefitRule::kCentral) {
            return {{end_of_value(benefit.central), 1}};
        }
        std::map<End, Integer> costs = eligible(cell);
        const std::uint32_t buyer = benefit.buyer_of(facts(cell).programme);
        const End own = end_of_value(buyer);
        const Integer all = covered(cell);
        if (benefit.rule == BenefitRule::kProRata || buyer == 0 || costs[own] <= 0 || all <= 0) {
            return follow("savings", costs, NegativeDriver::kAsZero);
        }
        const Integer first = costs[own] < all ? costs[own] : all;
        costs.erase(own);
        const std::vector<Ratio> others = follow(pool, costs, NegativeDriver::kAsZero);
        if (pool != "savings") {
            return others;
        }
        if (others.front().first == "reason no-base" || first == all) {
            return {{own, 1}};
        }
        return {{own, Fraction(first, all)}, {"savings of others", Fraction(all - first, all)}};
    }
    const std::size_t number = std::stoul(pool.substr(5));
    const Pool& rule = rules_.pools[number];
    if (rule.method == Method::kBill) {
        std::map<End, Integer> costs;
        for (const auto& [other, four] : cells_.back()) {
            const Tuple& tuple = facts(other);
            const std::uint32_t line = facts(cell).bill_line;
            if (line != 0 && (tuple.bill_line == line || tuple.bill_whole == line) &&
                tuple.currency == facts(cell).currency &&
                (tuple.kind == ChargeKind::kUsage || tuple.kind == ChargeKind::kPurchase)) {
                costs[first_end(other)] += four[0];
            }
        }
        return follow(pool, costs, rule.negative);
    }
    return rule.reciprocal ? solved(number, cell) : pool_ratios(number, cell);
}

/// Splits what waits at each pool, pools by stage, and writes down what leaves them.
void Allocator::give(const End& from, const Cell& cell, const Four& four) {
    std::map<End, Four> waiting;
    const auto arrive = [&](const End& via, const End& end, const Four& amounts) {
        Four& sum = is_pool(end) ? waiting[end] : sums_[{cell.second, facts(cell).currency, via, end}];
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            sum[basis] += amounts[basis];
        }
    };
    if (saves(cell, four)) {
        Four owners = four;
        owners[1] = four[reference()];
        arrive("", from, owners);
        arrive("", "savings", {0, four[1] - four[reference()], 0, 0});
    } else {
        arrive("", from, four);
    }
    while (!waiting.empty()) {
        const auto stage = [&](const auto& entry) {
            return entry.first == "savings"             ? -2
                   : entry.first == "savings of others" ? -1
                                                        : rules_.pools[std::stoul(entry.first.substr(5))].stage;
        };
        const auto next = std::ranges::min_element(waiting, {}, stage);
        const auto [pool, amounts] = *next;
        waiting.erase(next);
        if (pool.starts_with("pool")) {
            const std::size_t number = std::stoul(pool.substr(5));
            for (std::size_t other = 0; other < rules_.pools.size(); ++other) { // a circle is seen as a whole
                const Pool& a = rules_.pools[number];
                const Pool& b = rules_.pools[other];
                if (other == number || (a.reciprocal && b.reciprocal && a.stage == b.stage)) {
                    seen_.insert({other, facts(cell).currency});
                }
            }
        }
        const std::vector<Ratio> shares = ratios(pool, cell);
        std::array<std::vector<Integer>, kBasisCount> parts;
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            parts[basis] = split(amounts[basis], shares);
        }
        for (std::size_t i = 0; i < shares.size(); ++i) {
            arrive(pool, shares[i].first, {parts[0][i], parts[1][i], parts[2][i], parts[3][i]});
        }
    }
}

std::map<Key, Four> Allocator::all() {
    for (const auto& [cell, four] : cells_.back()) {
        give(first_end(cell), cell, four);
    }
    for (std::size_t pool = 0; pool < rules_.pools.size(); ++pool) {
        const bool used = std::ranges::any_of(seen_, [&](const auto& one) { return one.first == pool; });
        if (used && rules_.pools[pool].method == Method::kCost &&
            rules_.pools[pool].currencies == MixedCurrencies::kRefuse) {
            refuse_currencies(pool);
        }
    }
    std::erase_if(sums_, [](const auto& entry) {
        return std::ranges::all_of(entry.second, [](const Integer& units) { return units == 0; });
    });
    return sums_;
}

} // namespace

std::map<Key, Four> sums_of(const Run& run, const MonthResult& result) {
    const Stages& stages = run.stages();
    std::map<Key, Four> out;
    for (const Sum& sum : result.sums) {
        const End via = sum.via == kDirect                      ? ""
                        : sum.via == stages.savings()           ? "savings"
                        : sum.via == stages.savings_of_others() ? "savings of others"
                                                                : pool_end(sum.via);
        const End end = stages.sinks().is_unallocated(sum.sink)
                            ? "reason " + std::string(name(stages.sinks().reason(sum.sink)))
                            : value_end(sum.sink);
        Four& four = out[{sum.day, sum.currency, via, end}];
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            four[basis] += integer_of(sum.amounts[basis].units());
        }
    }
    return out;
}

std::optional<std::map<Key, Four>> allocate(const Owners& owners, const Tuples& tuples, const Rules& rules,
                                            const std::vector<Month>& months) {
    try {
        return Allocator(owners, tuples, rules, months).all();
    } catch (const Refused&) {
        return std::nullopt;
    }
}

} // namespace florin::allocate::oracle
