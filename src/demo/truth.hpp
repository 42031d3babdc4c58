// What the generator knows about its own estate: exact sums per dimension, kept while the charges
// are written and stored beside the bills for tests to compare with.
#pragma once

#include "demo/charge.hpp"
#include "money/decimal.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json_fwd.hpp>

namespace florin::demo {

/// Rows and the sums of their four costs, 10^-16 of a currency.
struct CostSums {
    std::uint64_t rows = 0;
    Cost billed = 0;
    Cost effective = 0;
    Cost list = 0;
    Cost contracted = 0;

    void add(const CostSums& other);
    void subtract(const CostSums& other);
};

/// What charges are summed by.
struct Dimensions {
    std::string currency;
    std::string provider;
    std::string service_category;
    std::string sub_account; ///< SubAccountId, empty where it is null
    std::string month;       ///< of ChargePeriodStart, YYYY-MM
    std::optional<std::string> team;
    std::string charge_category;
};

/// The sums of one charge.
CostSums sums_of(const Charge& charge);

class Truth {
public:
    void add(const Dimensions& dimensions, const CostSums& sums);
    void add(const Charge& charge);
    void add(const Truth& other);
    /// Sums per currency.
    const std::map<std::string, CostSums>& totals() const { return totals_; }
    /// Sums of one provider's charges; zeros when there are none.
    CostSums of_provider(const std::string& currency, const std::string& provider) const;
    /// `totals` and one `by_...` list per dimension; a null value is the charges without one.
    void write_to(nlohmann::ordered_json& json) const;

private:
    using Key = std::pair<std::string, std::optional<std::string>>; ///< currency, value
    std::map<std::string, CostSums> totals_;
    std::array<std::map<Key, CostSums>, 6> by_dimension_;
};

/// Sums as exact decimal texts under FOCUS's names, with `rows`.
void write_sums(nlohmann::ordered_json& json, const CostSums& sums);

} // namespace florin::demo
