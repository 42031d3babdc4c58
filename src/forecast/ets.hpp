// Exponential smoothing with the form chosen by AICc.
#pragma once

#include "forecast/ets_recursion.hpp"
#include "forecast/model.hpp"

namespace florin::forecast {

/// One form fitted to a series.
struct EtsFit {
    EtsForm form;
    EtsParameters parameters;
    EtsState start;
    double likelihood = 0; ///< as ets_likelihood
    double aicc = 0;
    int parameter_count = 0; ///< smoothing, starting states and the variance
};

/// Fits one form by maximum likelihood over parameters and starting states (of a season longer than 24 steps the
/// starting states stay those of the decomposition). None where the form cannot be used: too few values, values not
/// above zero where something multiplies, no season in `request` where the form has one, a form whose variance is
/// infinite (an additive error with a component that multiplies), a seasonal component that adds to a trend or error
/// that multiplies. The request is checked already.
std::optional<EtsFit> fit_ets(const Request& request, EtsForm form);

/// What a fitted form says. The mean is that of the recursion without shocks.
Forecast forecast_with(const EtsFit& fit, const Request& request);

/// Forecasts with the form of the least AICc among the 15 with no or an additive, perhaps damped, trend; forms with a
/// trend that multiplies are not candidates, as they forecast worse (Hyndman et al. 2008, 2.8.1). Seasonal forms are
/// tried for seasons up to 24 steps; a longer season that shows is taken out first. Too few values for any form, or
/// constant ones: the last value.
base::Result<Forecast> forecast_ets(const Request& request);

/// The same with the season taken out first where one shows, and only the six forms without a season: some fifty times
/// faster.
base::Result<Forecast> forecast_ets_adjusted(const Request& request);

} // namespace florin::forecast
