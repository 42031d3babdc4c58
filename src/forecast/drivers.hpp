// What is known of the future beside the past: contracts, migrations, price changes, growth, and what-ifs made of them.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace florin::forecast {

/// `amount` more at every step (less, where negative): a contract, a fee that ends.
struct AddAmount {
    double amount = 0.0;
};
/// Times `factor`, at least 0: a price change (0.85 for 15 % off), a service that is switched off (0).
struct Multiply {
    double factor = 1.0;
};
/// Grows by `rate` a step from the first step on, compounding: 0.01 is 1 %; above -1.
struct Grow {
    double rate = 0.0;
};
/// Follows a metric of the business, such as orders: times (metric / base) ^ elasticity.
struct FollowMetric {
    std::vector<double> metric; ///< one value for each step of the adjustment, above 0
    double base = 1.0;          ///< the metric when the forecast's history was made, above 0
    double elasticity = 1.0;    ///< 1: costs grow as the metric does; 0.5: with its square root
};

/// One thing that will happen, to one series, in the steps [first, last).
struct Adjustment {
    std::string series;
    std::size_t first = 0; ///< 0 is the first step forecast
    std::size_t last = 0;  ///< the horizon, for what stays
    std::variant<AddAmount, Multiply, Grow, FollowMetric> change;
    std::string reason; ///< as people read it
};

/// Adjustments that belong together, made in their order.
struct Scenario {
    std::string name;
    std::vector<Adjustment> adjustments;
};

/// A scenario for the series it was checked against. Applying it is safe from several threads.
class Drivers {
public:
    /// Errors, each naming scenario and reason: `forecast.unknown_series` (with the nearest name), `forecast.steps` (an
    /// empty range or one beyond `horizon`), `forecast.driver` (a number that is not finite or outside its range, a
    /// metric with another number of steps).
    static base::Result<Drivers> of(Scenario scenario, std::span<const std::string> series_names, std::size_t horizon);

    /// `values` of the series with index `series`, adjusted in place: its mean, a quantile or a path of it. With
    /// `non_negative` no value is left below 0. Adjusting paths before they are summed gives the intervals of the
    /// adjusted sum; an added amount moves a band, a factor scales it.
    void apply(std::size_t series, std::span<double> values, bool non_negative) const;

    const std::string& name() const { return name_; }

private:
    struct Step {
        std::size_t series = 0;
        std::size_t first = 0;
        std::vector<double> factors; ///< one a step
        double amount = 0.0;
    };
    std::string name_;
    std::size_t horizon_ = 0;
    std::vector<Step> steps_;
};

} // namespace florin::forecast
