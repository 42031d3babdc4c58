#include "forecast/season_adjustment.hpp"

#include <algorithm>

namespace florin::forecast {

SeasonAdjustment SeasonAdjustment::of(const Request& request, Kind kind) {
    SeasonAdjustment adjustment;
    adjustment.adjusted_.assign(request.values.begin(), request.values.end());
    if (!is_seasonal(request.values, request.season)) {
        return adjustment;
    }
    const bool positive = std::ranges::all_of(request.values, [](double value) { return value > 0; });
    std::optional<std::vector<double>> indices;
    if (positive) {
        indices = seasonal_indices(request.values, request.season, Seasonality::kMultiplicative);
    }
    if (!indices && kind == Kind::kEither) {
        adjustment.kind_ = Seasonality::kAdditive;
        indices = seasonal_indices(request.values, request.season, Seasonality::kAdditive);
    }
    if (indices) {
        adjustment.indices_ = std::move(*indices);
        adjustment.adjusted_ = without_season(request.values, adjustment.indices_, adjustment.kind_);
    }
    return adjustment;
}

Forecast SeasonAdjustment::put_back(Forecast forecast, std::span<const double> values) const {
    if (!seasonal()) {
        return forecast;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double fitted = adjusted_[i] - forecast.residuals[i];
        const double index = indices_[i % indices_.size()];
        forecast.residuals[i] = values[i] - (kind_ == Seasonality::kMultiplicative ? fitted * index : fitted + index);
    }
    add_season(forecast.mean, indices_, kind_, values.size());
    if (forecast.path) {
        forecast.path = [path = std::move(forecast.path), indices = indices_, kind = kind_,
                         phase = values.size()](std::span<const std::size_t> drawn) {
            std::vector<double> result = path(drawn);
            add_season(result, indices, kind, phase);
            return result;
        };
    }
    forecast.aicc.reset();
    forecast.parameter_count += static_cast<int>(indices_.size()) - 1;
    return forecast;
}

} // namespace florin::forecast
