// The Theta method and its optimised and dynamic forms.
#pragma once

#include "forecast/model.hpp"

namespace florin::forecast {

enum class ThetaModel : unsigned char {
    kStandard,  ///< lines 0 and 2 with equal weights: half the trend's drift (STM)
    kOptimised, ///< the second line's theta, at least 1, is estimated (OTM)
    kDynamic,   ///< the same, and the trend line is that of the values so far (DOTM)
};

/// A model fitted to values without a season. One-step forecasts are level + weight x (what is left of the line).
struct ThetaFit {
    double alpha = 0;
    double level = 0;   ///< before the first value
    double weight = 0;  ///< of the trend line: 1 - 1/theta
    double squares = 0; ///< of the one-step errors from the third value on
};

/// Fits `values`, at least four.
ThetaFit fit_theta(std::span<const double> values, ThetaModel model);

/// Assimakopoulos & Nikolopoulos (2000) as the state space model of Fiorucci, Pellegrini, Louzada, Petropoulos &
/// Koehler, Models for optimising the theta method and their relationship to state space models (2016). The season is
/// taken out first where one shows (SeasonAdjustment). alpha is in [0.1, 0.99]; given alpha, the start and the weight
/// 1 - 1/theta are solved for exactly, as the one-step errors are linear in both. With fewer than four observations
/// the forecast is the last one.
base::Result<Forecast> forecast_theta(const Request& request, ThetaModel model);

} // namespace florin::forecast
