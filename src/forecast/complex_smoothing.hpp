// Complex exponential smoothing: level and a second, unseen component smoothed together as one complex number.
#pragma once

#include "forecast/model.hpp"

namespace florin::forecast {

enum class ComplexSeason : unsigned char {
    kNone,    ///< level and its companion
    kSimple,  ///< the same, a season back
    kPartial, ///< a level, and a season that adds
    kFull,    ///< a level, and a season with a companion of its own
};

/// One form fitted to a series.
struct ComplexFit {
    ComplexSeason season = ComplexSeason::kNone;
    double alpha_real = 0;
    double alpha_imaginary = 0;
    double beta_real = 0;      ///< of the season: kPartial, kFull
    double beta_imaginary = 0; ///< kFull
    double squares = 0;        ///< sum of squared one-step errors
    double aicc = 0;
    int parameter_count = 0; ///< smoothing and the variance; starting states come by backcasting
};

/// Svetunkov, Kourentzes & Ord, Complex exponential smoothing (2022). Least squares over the smoothing parameters, for
/// which the discounted errors die away; the starting states come from running
/// backwards through the series: least squares over them too fits better and forecasts worse, by half a point of sMAPE
/// on backtests inside the training parts of M3. None where there are fewer than six values or, with a season, fewer
/// than two seasons and four values more.
std::optional<ComplexFit> fit_complex(const Request& request, ComplexSeason season);

/// What a fitted form says.
Forecast forecast_with(const ComplexFit& fit, const Request& request);

/// Forecasts with the form of the least AICc: the one without a season and, where `request` has one, the three others.
/// Too few values for any form, or constant ones: the last value.
base::Result<Forecast> forecast_complex(const Request& request);

/// The form without a season, of the series with the season taken out first where one shows: some ten times faster.
base::Result<Forecast> forecast_complex_adjusted(const Request& request);

} // namespace florin::forecast
