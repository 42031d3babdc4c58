// ARIMA: autoregression and moving average of a differenced series, with a season, and the choice of its orders.
#pragma once

#include "forecast/model.hpp"

#include <span>
#include <string>
#include <vector>

namespace florin::forecast {

/// (p,d,q)(P,D,Q)[season]. The constant is a mean where nothing is differenced and a drift where one difference is
/// taken; with two differences there is none.
struct ArimaOrder {
    int p = 0;
    int d = 0;
    int q = 0;
    int seasonal_p = 0;
    int seasonal_d = 0;
    int seasonal_q = 0;
    int season = 1;
    bool constant = false;
    friend bool operator==(const ArimaOrder&, const ArimaOrder&) = default;
};
/// "ARIMA(2,1,1)(0,1,0)[12] with drift".
std::string to_string(const ArimaOrder& order);

/// Signs as in (1 - ar B - …)(1 - seasonal_ar B^season - …) w = (1 + ma B + …)(1 + seasonal_ma B^season + …) e,
/// w the differenced series less its constant.
struct ArimaFit {
    ArimaOrder order;
    std::vector<double> ar;
    std::vector<double> ma;
    std::vector<double> seasonal_ar;
    std::vector<double> seasonal_ma;
    double constant = 0.0;       ///< the mean, or the drift a step
    double sigma2 = 0.0;         ///< maximum likelihood variance of e
    double log_likelihood = 0.0; ///< of the differenced series; infinite where sigma2 is 0
    double aicc = 0.0;           ///< infinite where there are too few observations for it
    int parameter_count = 0;     ///< with the constant and the variance
};

/// How the parameters are found.
enum class ArimaMethod : std::uint8_t {
    kExact,       ///< maximum of the exact Gaussian likelihood, from the conditional estimate
    kConditional, ///< least conditional sum of squares: faster, and less exact with long seasons
};

/// Fits one model. Errors: those of check_request; `forecast.order` (a negative order, a constant with two differences,
/// seasonal orders without a season); `forecast.too_short` (no observation more than the model has parameters).
/// What R's stats::arima gives (methods CSS-ML and CSS), except that the differenced series' likelihood is exact
/// where R's is that of a very wide prior. aicc of the conditional method is not comparable with the exact one.
base::Result<ArimaFit> fit_arima(std::span<const double> values, const ArimaOrder& order,
                                 ArimaMethod method = ArimaMethod::kExact);

/// The forecast of a fitted model for the values that it was fitted to. `path` works by the model's weights on past
/// shocks.
base::Result<Forecast> forecast_arima(const Request& request, const ArimaFit& fit);

/// The number of differences after which the KPSS test of level-stationarity no longer rejects at 5 %, at most 2.
/// Source: Kwiatkowski, Phillips, Schmidt and Shin, Journal of Econometrics 54 (1992); lags trunc(3 sqrt(n) / 13).
int count_differences(std::span<const double> values);
/// 1 where the season explains more than 64 % of what trend leaves (strength by STL), else 0.
/// Source: Wang, Smith and Hyndman, Data Mining and Knowledge Discovery 13 (2006).
int count_seasonal_differences(std::span<const double> values, int season);

struct ArimaSearch {
    int p_max = 5;
    int q_max = 5;
    int seasonal_p_max = 2;
    int seasonal_q_max = 2;
    int model_count_max = 94;
    /// Candidates are compared by the conditional fit, and the best refitted exactly, from this many observations or
    /// with a season above 12.
    std::size_t conditional_from = 151;
};

/// The fitted model with the least AICc that a stepwise search meets, whose roots are at least 1 % outside the unit
/// circle. Never fails on a request that is valid: without an admissible model it is the differencing alone.
/// Source: Hyndman and Khandakar, "Automatic time series forecasting", Journal of Statistical Software 27 (2008).
base::Result<ArimaFit> choose_arima(std::span<const double> values, int season, const ArimaSearch& search = {});

/// The forecast of the model that choose_arima finds.
base::Result<Forecast> forecast_arima(const Request& request);

} // namespace florin::forecast
