#include "demo/native/usage_schedule.hpp"

#include "base/check.hpp"
#include "base/int128.hpp"

#include <numeric>

namespace florin::demo {

QuantitySteps::QuantitySteps(std::int64_t quantum, std::initializer_list<std::int64_t> prices) : step_(quantum) {
    for (const std::int64_t price : prices) {
        step_ = std::lcm(step_, std::int64_t{1'000'000} / std::gcd(std::int64_t{1'000'000}, price));
    }
}

std::int64_t QuantitySteps::rounded(std::int64_t quantity) const {
    return quantity < step_ ? step_ : quantity - quantity % step_;
}

std::vector<std::uint64_t> share_rows(std::uint64_t rows, const std::vector<std::uint64_t>& weights) {
    FLORIN_CHECK(rows >= weights.size(), "every line has a row");
    const std::uint64_t weight_sum = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
    const std::uint64_t rest = rows - weights.size();
    std::vector<std::uint64_t> shares;
    base::uint128 weight = 0;
    std::uint64_t given = 0;
    for (const std::uint64_t part : weights) {
        weight += part;
        const auto upto = static_cast<std::uint64_t>(base::uint128{rest} * weight / weight_sum);
        shares.push_back(1 + upto - given);
        given = upto;
    }
    return shares;
}

std::uint64_t row_weight(const Company& company, const Line& line) {
    const Sku& sku = company.skus[line.sku];
    const bool big = sku.share >= 60 && company.sub_accounts[line.sub_account].env == "prod";
    return sku.hourly && big ? 20 : 5;
}

} // namespace florin::demo
