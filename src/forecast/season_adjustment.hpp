// Takes the season out of a series before a method sees it, and puts it back into what the method says.
#pragma once

#include "forecast/decomposition.hpp"
#include "forecast/model.hpp"

namespace florin::forecast {

class SeasonAdjustment {
public:
    /// Multiplicative alone, or additive where multiplicative is not possible.
    enum class Kind : unsigned char { kMultiplicative, kEither };

    /// The season of `request` where `is_seasonal` finds one, else none; multiplicative where all values are above
    /// zero. The request is checked already.
    static SeasonAdjustment of(const Request& request, Kind kind);

    std::span<const double> adjusted() const { return adjusted_; }
    bool seasonal() const { return !indices_.empty(); }

    /// What was said of the adjusted series, as of the series itself: mean, residuals and paths. An AICc is dropped, as
    /// it is not that of `values`; the indices count as parameters.
    Forecast put_back(Forecast forecast, std::span<const double> values) const;

private:
    std::vector<double> adjusted_;
    std::vector<double> indices_;
    Seasonality kind_ = Seasonality::kMultiplicative;
};

} // namespace florin::forecast
