#include "forecast/pooled_regression.hpp"

#include "forecast/seasonal_naive.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

namespace florin::forecast {

namespace {

/// A series on the scale of the regression.
struct PooledSeries {
    std::vector<double> values; ///< logarithms where all are above zero
    double scale = 0;           ///< mean absolute change; 0 where there is none
    bool logarithmic = false;

    double back(double value) const { return logarithmic ? std::exp(value) : value; }
};

PooledSeries scaled(std::span<const double> values) {
    PooledSeries series;
    series.logarithmic = std::ranges::all_of(values, [](double value) { return value > 0; });
    for (const double value : values) {
        series.values.push_back(series.logarithmic ? std::log(value) : value);
    }
    for (std::size_t i = 1; i < values.size(); ++i) {
        series.scale += std::abs(series.values[i] - series.values[i - 1]) / static_cast<double>(values.size() - 1);
    }
    return series;
}

/// The window that ends at observation `at`: differences to it, the latest first, in units of the scale.
void fill_window(const PooledSeries& series, std::size_t at, Eigen::Ref<Eigen::VectorXd> window) {
    for (Eigen::Index j = 0; j < window.size(); ++j) {
        window[j] = (series.values[at - 1 - static_cast<std::size_t>(j)] - series.values[at]) / series.scale;
    }
}

/// Windows and what followed them: a column each.
struct Examples {
    Eigen::MatrixXd windows;
    Eigen::MatrixXd futures;

    Examples(Eigen::Index lag_count, Eigen::Index horizon, std::size_t count)
        : windows(lag_count, static_cast<Eigen::Index>(count)), futures(horizon, static_cast<Eigen::Index>(count)) {}

    void fill(Eigen::Index column, const PooledSeries& series, std::size_t at) {
        fill_window(series, at, windows.col(column));
        for (Eigen::Index k = 0; k < futures.rows(); ++k) {
            const double future = series.values[at + 1 + static_cast<std::size_t>(k)];
            futures(k, column) = (future - series.values[at]) / series.scale;
        }
    }

    /// What each example weighs for `weights`' absolute errors to be least, not the squares.
    Eigen::VectorXd importance(const Eigen::MatrixXd& weights) const {
        constexpr double kErrorLeast = 0.3; // below it errors count as squares: in units of the mean change
        const Eigen::MatrixXd errors = futures - weights.transpose() * windows;
        return errors.cwiseAbs().colwise().mean().cwiseMax(kErrorLeast).cwiseInverse().transpose();
    }
};

/// The regressions of one window length: a column of weights for each step ahead.
class PooledModel {
public:
    PooledModel(std::span<const PooledSeries> all, Eigen::Index lag_count, Eigen::Index horizon,
                const PooledOptions& options)
        : weights_(Eigen::MatrixXd::Zero(lag_count, horizon)), own_windows_(options.own_windows) {
        std::size_t window_count = 0;
        for (const PooledSeries& series : all) {
            window_count += count_windows(series);
        }
        const std::size_t stride = window_count / options.row_max + 1;
        const std::size_t example_count = (window_count + stride - 1) / stride;
        if (example_count <= 2 * static_cast<std::size_t>(lag_count)) {
            return;
        }
        Examples examples(lag_count, horizon, example_count);
        std::size_t at_window = 0;
        for (const PooledSeries& series : all) {
            for (std::size_t i = 0; i < count_windows(series); ++i, ++at_window) {
                if (at_window % stride == 0) {
                    examples.fill(static_cast<Eigen::Index>(at_window / stride), series,
                                  i + static_cast<std::size_t>(lag_count));
                }
            }
        }
        solve(examples, options);
        usable_ = true;
    }

    bool usable() const { return usable_; }
    std::size_t lag_count() const { return static_cast<std::size_t>(weights_.rows()); }

    /// The common weights, moved towards those of the series' own windows.
    Eigen::MatrixXd weights_for(const PooledSeries& series) const {
        const std::size_t count = count_windows(series);
        if (count == 0) {
            return weights_;
        }
        Examples own(weights_.rows(), weights_.cols(), count);
        for (std::size_t i = 0; i < count; ++i) {
            own.fill(static_cast<Eigen::Index>(i), series, i + lag_count());
        }
        const Eigen::MatrixXd weighted = own.windows * own.importance(weights_).asDiagonal();
        Eigen::MatrixXd products = own_windows_ * covariance_;
        products.noalias() += weighted * own.windows.transpose();
        const Eigen::MatrixXd errors = own.futures - weights_.transpose() * own.windows;
        return weights_ + products.ldlt().solve(weighted * errors.transpose());
    }

private:
    /// Windows with a whole future behind them.
    std::size_t count_windows(const PooledSeries& series) const {
        const std::size_t needed = lag_count() + static_cast<std::size_t>(weights_.cols());
        return series.scale > 0 && series.values.size() > needed ? series.values.size() - needed : 0;
    }

    void solve(const Examples& examples, const PooledOptions& options) {
        const auto count = static_cast<double>(examples.windows.cols());
        Eigen::VectorXd importance = Eigen::VectorXd::Ones(examples.windows.cols());
        for (int round = 0; round < options.round_count; ++round) {
            if (round > 0) {
                importance = examples.importance(weights_);
            }
            const Eigen::MatrixXd weighted = examples.windows * importance.asDiagonal();
            Eigen::MatrixXd products = weighted * examples.windows.transpose();
            products.diagonal().array() += options.ridge * count;
            weights_ = products.ldlt().solve(weighted * examples.futures.transpose());
            covariance_ = products / count;
        }
    }

    Eigen::MatrixXd weights_;
    Eigen::MatrixXd covariance_; ///< of the lags, for one window
    double own_windows_;
    bool usable_ = false;
};

/// Steps on by the one-step regression, each off by `shock(k)`, in units of the scale.
template <class Shock>
std::vector<double> walk(const PooledSeries& series, const Eigen::VectorXd& one_step, std::size_t horizon,
                         const Shock& shock) {
    PooledSeries longer = series;
    Eigen::VectorXd window(one_step.size());
    std::vector<double> path;
    for (std::size_t k = 0; k < horizon; ++k) {
        fill_window(longer, longer.values.size() - 1, window);
        path.push_back(longer.values.back() + series.scale * (one_step.dot(window) + shock(k)));
        longer.values.push_back(path.back());
    }
    return path;
}

Forecast forecast_with(const PooledModel& model, const PooledSeries& series, std::span<const double> values,
                       std::size_t horizon) {
    const Eigen::MatrixXd weights = model.weights_for(series);
    const auto lags = static_cast<std::size_t>(weights.rows());
    Forecast forecast{.method = "pooled regression", .parameter_count = 1, .first_shock = lags + 1};
    Eigen::VectorXd window(weights.rows());
    forecast.residuals.assign(values.size(), std::numeric_limits<double>::quiet_NaN());
    std::vector<double> shocks(values.size(), 0.0);
    for (std::size_t at = lags; at + 1 < values.size(); ++at) {
        fill_window(series, at, window);
        const double expected = series.values[at] + series.scale * weights.col(0).dot(window);
        shocks[at + 1] = (series.values[at + 1] - expected) / series.scale;
        forecast.residuals[at + 1] = values[at + 1] - series.back(expected);
    }
    fill_window(series, values.size() - 1, window);
    const Eigen::VectorXd changes = weights.transpose() * window;
    std::vector<double> direct;
    for (std::size_t k = 0; k < horizon; ++k) {
        direct.push_back(series.values.back() + series.scale * changes[static_cast<Eigen::Index>(k)]);
        forecast.mean.push_back(series.back(direct.back()));
    }
    const Eigen::VectorXd one_step = weights.col(0);
    const std::vector<double> still = walk(series, one_step, horizon, [](std::size_t) { return 0.0; });
    forecast.path = [series, one_step, shocks = std::move(shocks), still,
                     direct](std::span<const std::size_t> drawn) { // spread round the direct forecasts
        auto path = walk(series, one_step, drawn.size(), [&](std::size_t k) { return shocks[drawn[k]]; });
        for (std::size_t k = 0; k < path.size(); ++k) {
            path[k] = series.back(path[k] - still[k] + direct[k]);
        }
        return path;
    };
    return forecast;
}

} // namespace

base::Result<std::vector<Forecast>> forecast_pooled(std::span<const Request> requests, const PooledOptions& options) {
    constexpr int kLagLeast = 6;
    FLORIN_CHECK(options.lag_count >= kLagLeast && options.round_count >= 1 && options.row_max >= 1 &&
                     options.own_windows > 0,
                 "no regression of so little");
    std::vector<PooledSeries> all;
    for (const Request& request : requests) {
        FLORIN_TRY(check_request(request));
        FLORIN_CHECK(request.horizon == requests.front().horizon, "one horizon for all series");
        all.push_back(scaled(request.values));
    }
    std::vector<PooledModel> models; // the longest window first
    for (int lags = options.lag_count; !requests.empty() && lags >= kLagLeast; lags /= 2) {
        PooledModel model(all, lags, requests.front().horizon, options);
        if (!model.usable()) {
            continue;
        }
        models.push_back(std::move(model));
        const std::size_t needed = models.back().lag_count() + 1;
        if (std::ranges::all_of(all, [needed](const PooledSeries& series) { return series.values.size() > needed; })) {
            break; // a shorter window is for series that are too short for this one
        }
    }
    std::vector<Forecast> forecasts;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto fitting = std::ranges::find_if(
            models, [&](const PooledModel& model) { return all[i].values.size() > model.lag_count() + 1; });
        if (fitting == models.end() || !(all[i].scale > 0)) {
            FLORIN_TRY_ASSIGN(Forecast naive,
                              forecast_seasonal_naive({.values = requests[i].values, .horizon = requests[i].horizon}));
            forecasts.push_back(std::move(naive));
            continue;
        }
        forecasts.push_back(
            forecast_with(*fitting, all[i], requests[i].values, static_cast<std::size_t>(requests[i].horizon)));
    }
    return forecasts;
}

} // namespace florin::forecast
