#include "allocate/reciprocal.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <numeric>
#include <optional>

namespace florin::allocate {
namespace {

using Integer = boost::multiprecision::cpp_int;
using Fraction = boost::multiprecision::cpp_rational;

constexpr unsigned kDigitsMax = 38;     ///< of the sum of whole weights
constexpr unsigned kRoundedDigits = 36; ///< of ratios that are too long

Integer integer_of(base::uint128 value) {
    return (Integer(static_cast<std::uint64_t>(value >> 64U)) << 64U) + static_cast<std::uint64_t>(value);
}

base::uint128 narrow(const Integer& value) {
    const Integer high = value >> 64U;
    return (base::uint128{static_cast<std::uint64_t>(high)} << 64U) |
           static_cast<std::uint64_t>(Integer(value - (high << 64U)));
}

/// Rows (I - R | T): what members give to each other, and to each sink that is no member.
struct Equations {
    std::vector<std::vector<Fraction>> rows;
    std::vector<Sink> ends;
};

Equations equations_of(std::span<const std::size_t> members, std::span<const std::vector<Share>> shares,
                       const Sinks& sinks) {
    const auto member_of = [&](Sink sink) -> std::optional<std::size_t> {
        const auto found = sinks.is_pool(sink) ? std::ranges::find(members, sinks.pool(sink)) : members.end();
        return found == members.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - members.begin()));
    };
    Equations out;
    for (const std::vector<Share>& row : shares) {
        for (const Share& share : row) {
            if (!member_of(share.sink) && std::ranges::find(out.ends, share.sink) == out.ends.end()) {
                out.ends.push_back(share.sink);
            }
        }
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
        std::vector<Fraction> row(members.size() + out.ends.size());
        row[i] = 1;
        Integer total = 0;
        for (const Share& share : shares[i]) {
            total += integer_of(share.weight);
        }
        for (const Share& share : shares[i]) {
            const Fraction ratio(integer_of(share.weight), total);
            if (const std::optional<std::size_t> member = member_of(share.sink)) {
                row[*member] -= ratio;
            } else {
                const auto end = std::ranges::find(out.ends, share.sink) - out.ends.begin();
                row[members.size() + static_cast<std::size_t>(end)] += ratio;
            }
        }
        out.rows.push_back(std::move(row));
    }
    return out;
}

/// Gauss and Jordan. Whether there is one solution.
bool reduce(std::vector<std::vector<Fraction>>& rows) {
    for (std::size_t column = 0; column < rows.size(); ++column) {
        std::size_t pivot = column;
        while (pivot < rows.size() && rows[pivot][column] == 0) {
            ++pivot;
        }
        if (pivot == rows.size()) {
            return false;
        }
        std::swap(rows[pivot], rows[column]);
        const Fraction lead = rows[column][column];
        for (Fraction& cell : rows[column]) {
            cell /= lead;
        }
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const Fraction factor = rows[row][column];
            if (row == column || factor == 0) {
                continue;
            }
            for (std::size_t i = column; i < rows[row].size(); ++i) {
                rows[row][i] -= factor * rows[column][i];
            }
        }
    }
    return true;
}

/// Whole weights in proportion to `ratios`, which sum to one; whether they had to be rounded.
bool whole_weights(const std::vector<Fraction>& ratios, std::vector<Integer>& weights) {
    Integer denominator = 1;
    for (const Fraction& ratio : ratios) {
        denominator = boost::multiprecision::lcm(denominator, Integer(boost::multiprecision::denominator(ratio)));
    }
    const bool rounded = denominator >= boost::multiprecision::pow(Integer(10), kDigitsMax);
    const Integer total = rounded ? Integer(boost::multiprecision::pow(Integer(10), kRoundedDigits)) : denominator;
    Integer left = total;
    std::vector<Fraction> remainders;
    for (const Fraction& ratio : ratios) {
        const Fraction exact = ratio * total;
        weights.emplace_back(boost::multiprecision::numerator(exact) / boost::multiprecision::denominator(exact));
        remainders.push_back(exact - weights.back());
        left -= weights.back();
    }
    std::vector<std::size_t> order(ratios.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    for (std::size_t i = 0; left > 0; ++i, left -= 1) {
        weights[order[i]] += 1;
    }
    return rounded;
}

} // namespace

std::optional<Solved> solve(std::span<const std::size_t> members, std::span<const std::vector<Share>> shares,
                            const Sinks& sinks) {
    Equations equations = equations_of(members, shares, sinks);
    if (!reduce(equations.rows)) {
        return std::nullopt;
    }
    Solved solved;
    for (const std::vector<Fraction>& row : equations.rows) {
        std::vector<Integer> weights;
        const std::vector<Fraction> ratios(row.begin() + static_cast<std::ptrdiff_t>(members.size()), row.end());
        solved.rounded.push_back(whole_weights(ratios, weights));
        std::vector<Share>& out = solved.shares.emplace_back();
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] > 0) {
                out.push_back({equations.ends[i], narrow(weights[i])});
            }
        }
    }
    return solved;
}

} // namespace florin::allocate
