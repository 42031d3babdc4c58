#include "forecast/drivers.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace florin::forecast {
namespace {

/// What an adjustment does at each of its steps; or what is wrong with it.
struct Effect {
    std::vector<double> factors;
    double amount = 0.0;
    std::string fault;
};

Effect effect_of(const AddAmount& change, std::size_t count) {
    return {.factors = std::vector<double>(count, 1.0),
            .amount = change.amount,
            .fault = std::isfinite(change.amount) ? "" : "an amount is a finite number"};
}
Effect effect_of(const Multiply& change, std::size_t count) {
    const bool fits = std::isfinite(change.factor) && change.factor >= 0.0;
    return {.factors = std::vector<double>(count, change.factor),
            .fault = fits ? "" : fmt::format("a factor is 0 or more, not {}", change.factor)};
}
Effect effect_of(const Grow& change, std::size_t count) {
    Effect effect;
    double factor = 1.0;
    for (std::size_t i = 0; i < count; ++i) {
        factor *= 1.0 + change.rate;
        effect.factors.push_back(factor);
    }
    if (!(change.rate > -1.0) || !std::isfinite(factor)) {
        effect.fault = fmt::format("growth is above -1 and of finite effect, not {}", change.rate);
    }
    return effect;
}
Effect effect_of(const FollowMetric& change, std::size_t count) {
    Effect effect;
    if (change.metric.size() != count) {
        effect.fault = fmt::format("a metric of {} steps for {}", change.metric.size(), count);
        return effect;
    }
    for (const double value : change.metric) {
        const double factor = std::pow(value / change.base, change.elasticity);
        if (!(value > 0.0 && change.base > 0.0) || !std::isfinite(factor)) {
            effect.fault = fmt::format("a metric is above 0, not {} against {}", value, change.base);
        }
        effect.factors.push_back(factor);
    }
    return effect;
}

} // namespace

base::Result<Drivers> Drivers::of(Scenario scenario, std::span<const std::string> series_names, std::size_t horizon) {
    Drivers found;
    found.name_ = std::move(scenario.name);
    found.horizon_ = horizon;
    for (const Adjustment& each : scenario.adjustments) {
        const auto refuse = [&](const char* code, std::string_view what) {
            return base::user_error(code, fmt::format("scenario {}, {}: {}", found.name_, each.reason, what));
        };
        const auto at = std::find(series_names.begin(), series_names.end(), each.series);
        if (at == series_names.end()) {
            auto error = refuse("forecast.unknown_series", fmt::format("there is no series {}", each.series));
            const std::vector<std::string_view> names(series_names.begin(), series_names.end());
            const auto near = base::nearest(each.series, names);
            return near ? std::move(error).with_remedy(fmt::format("Did you mean {}?", *near)) : std::move(error);
        }
        if (each.first >= each.last || each.last > horizon) {
            return refuse("forecast.steps", fmt::format("steps {} to {} of {}", each.first, each.last, horizon));
        }
        const std::size_t count = each.last - each.first;
        Effect effect = std::visit([count](const auto& change) { return effect_of(change, count); }, each.change);
        if (!effect.fault.empty()) {
            return refuse("forecast.driver", effect.fault);
        }
        found.steps_.push_back({.series = static_cast<std::size_t>(at - series_names.begin()),
                                .first = each.first,
                                .factors = std::move(effect.factors),
                                .amount = effect.amount});
    }
    return found;
}

void Drivers::apply(std::size_t series, std::span<double> values, bool non_negative) const {
    FLORIN_CHECK(values.size() == horizon_, "one value for each step of the horizon");
    for (const Step& step : steps_) {
        for (std::size_t i = 0; step.series == series && i < step.factors.size(); ++i) {
            values[step.first + i] = values[step.first + i] * step.factors[i] + step.amount;
        }
    }
    if (non_negative) {
        for (double& value : values) {
            value = std::max(value, 0.0);
        }
    }
}

} // namespace florin::forecast
