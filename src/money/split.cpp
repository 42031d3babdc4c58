#include "money/decimal.hpp"
#include "money/rounding.hpp"
#include "money/wide.hpp"

#include <algorithm>
#include <numeric>

namespace florin::money {
namespace {

using base::uint128;

/// What is left of a part's exact share after cutting it to whole steps.
struct Remainder {
    Uint256 value;
    std::size_t index = 0;
};

/// The sum of the weights, or why they cannot be used.
base::Result<Uint256> sum_of(std::span<const Decimal> weights) {
    Uint256 sum;
    for (const Decimal weight : weights) {
        if (weight.is_negative()) {
            return base::user_error("money.negative_weight", "a weight of a split is negative: " + weight.to_string());
        }
        sum = add(sum, {0, magnitude_of(weight.units())});
    }
    if (sum == Uint256{}) {
        return base::user_error("money.no_weight", "nothing to split by: there is no weight above zero");
    }
    return sum;
}

} // namespace

base::Result<std::vector<Decimal>> split(Decimal total, std::span<const Decimal> weights, int places) {
    FLORIN_CHECK(places >= 0 && places <= Decimal::kScale, "places outside of the scale");
    FLORIN_TRY_ASSIGN(const Uint256 weight_sum, sum_of(weights));
    const uint128 step = power_of_ten(Decimal::kScale - places);
    const uint128 magnitude = magnitude_of(total.units());
    const uint128 steps = magnitude / step;

    std::vector<uint128> parts(weights.size());
    std::vector<Remainder> remainders(weights.size());
    uint128 left = steps;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Division share = divide_wide(multiply_wide(steps, magnitude_of(weights[i].units())), weight_sum);
        parts[i] = share.quotient * step;
        remainders[i] = {share.remainder, i};
        left -= share.quotient;
    }

    // Fewer steps are left than there are remainders above zero: a part without weight gets none.
    const auto last = remainders.begin() + static_cast<std::ptrdiff_t>(left);
    if (left != 0) {
        std::nth_element(remainders.begin(), last, remainders.end(), [](const Remainder& a, const Remainder& b) {
            return a.value != b.value ? a.value > b.value : a.index < b.index;
        });
    }
    std::for_each(remainders.begin(), last, [&](const Remainder& remainder) { parts[remainder.index] += step; });

    const auto first = std::find_if(weights.begin(), weights.end(), [](Decimal weight) { return !weight.is_zero(); });
    parts[static_cast<std::size_t>(first - weights.begin())] += magnitude % step;

    std::vector<Decimal> out;
    out.reserve(parts.size());
    for (const uint128 part : parts) {
        out.push_back(Decimal::from_units(with_sign(part, total.is_negative())));
    }
    return out;
}

} // namespace florin::money
