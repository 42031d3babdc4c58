#include "forecast/backtest.hpp"

#include "forecast/accuracy.hpp"

#include <algorithm>

namespace florin::forecast {

base::Result<std::vector<BacktestOrigin>> backtest(const Request& request, const Method& method,
                                                   const BacktestPlan& plan) {
    FLORIN_TRY(check_request(request));
    FLORIN_CHECK(plan.origin_count >= 1 && plan.step >= 0 && plan.training_least >= 1, "a plan of no backtest");
    const auto count = static_cast<std::ptrdiff_t>(request.values.size());
    const std::ptrdiff_t step = plan.step == 0 ? request.horizon : plan.step;
    std::vector<BacktestOrigin> origins;
    for (std::ptrdiff_t i = plan.origin_count; i-- > 0;) {
        const std::ptrdiff_t start = count - request.horizon - i * step;
        if (start < plan.training_least) {
            continue;
        }
        const auto training = request.values.first(static_cast<std::size_t>(start));
        auto made = method({.values = training, .season = request.season, .horizon = request.horizon});
        if (!made.ok() && made.error().code == "forecast.too_short") {
            continue;
        }
        FLORIN_TRY_ASSIGN(Forecast forecast, std::move(made));
        const auto actual =
            request.values.subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(request.horizon));
        origins.push_back({.training_count = training.size(),
                           .method = std::move(forecast.method),
                           .mean = std::move(forecast.mean),
                           .actual = {actual.begin(), actual.end()}});
    }
    return origins;
}

std::optional<BacktestScore> score(const Request& request, std::span<const BacktestOrigin> origins) {
    if (origins.empty()) {
        return std::nullopt;
    }
    BacktestScore result{.origin_count = origins.size()};
    std::vector<double> actual;
    std::vector<double> mean;
    double mase_sum = 0;
    int mase_count = 0;
    for (const BacktestOrigin& origin : origins) {
        actual.insert(actual.end(), origin.actual.begin(), origin.actual.end());
        mean.insert(mean.end(), origin.mean.begin(), origin.mean.end());
        const auto training = request.values.first(origin.training_count);
        if (const auto scale = naive_scale(training, request.season)) {
            mase_sum += mase(origin.actual, origin.mean, *scale);
            ++mase_count;
        }
    }
    result.smape = smape(actual, mean);
    result.wape = wape(actual, mean);
    result.bias = bias(actual, mean);
    if (mase_count > 0) {
        result.mase = mase_sum / mase_count;
    }
    return result;
}

} // namespace florin::forecast
