#include "forecast/theta.hpp"

#include "forecast/season_adjustment.hpp"
#include "forecast/seasonal_naive.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <fmt/format.h>

namespace florin::forecast {

namespace {

/// The least-squares line through values at 1, 2, …: `intercept + slope t`.
struct Line {
    double intercept = 0;
    double slope = 0;
};

Line fit_line(std::span<const double> values) {
    const auto count = static_cast<double>(values.size());
    const double centre = (count + 1) / 2;
    double mean = 0;
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        mean += values[i] / count;
        sum += (static_cast<double>(i + 1) - centre) * values[i];
    }
    const double slope = sum * 12 / (count * (count * count - 1));
    return {.intercept = mean - slope * centre, .slope = slope};
}

/// Runs through values, one at a time. The forecast of the next one is `level + weight * trend()`.
class ThetaFilter {
public:
    ThetaFilter(double alpha, double level, std::optional<Line> fixed)
        : alpha_(alpha), level_(level), dynamic_(!fixed), line_(fixed.value_or(Line{})) {}

    double level() const { return level_; }

    /// (1 - alpha)^(t-1) A + (1 - (1 - alpha)^t) / alpha B, of the value t that comes next.
    double trend() const { return decay_ * line_.intercept + (1 - decay_ * (1 - alpha_)) / alpha_ * line_.slope; }

    void see(double value) {
        count_ += 1;
        level_ += alpha_ * (value - level_);
        decay_ *= 1 - alpha_;
        if (dynamic_) { // the least-squares line of the values so far, brought up to date
            const double mean = ((count_ - 1) * mean_ + value) / count_;
            line_.slope = count_ < 2 ? 0 : ((count_ - 2) * line_.slope + 6 * (value - mean_) / count_) / (count_ + 1);
            line_.intercept = mean - line_.slope * (count_ + 1) / 2;
            mean_ = mean;
        }
    }

private:
    double alpha_;
    double level_;
    bool dynamic_;
    Line line_;
    double decay_ = 1; ///< (1 - alpha)^count
    double count_ = 0;
    double mean_ = 0;
};

constexpr std::size_t kLeastCount = 4;
constexpr std::size_t kFirstError = 2; ///< the line of the values so far means nothing before

/// The best start and weight for one alpha: errors are `a - decay * level - trend * weight`.
ThetaFit solve(std::span<const double> values, double alpha, std::optional<Line> fixed, std::optional<double> weight) {
    ThetaFilter filter(alpha, 0, fixed);
    double start = 1; // what is left of the start: (1 - alpha)^t
    double ss = 0, st = 0, tt = 0, sa = 0, ta = 0, aa = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i >= kFirstError) {
            const double rest = values[i] - filter.level();
            const double trend = filter.trend();
            ss += start * start;
            st += start * trend;
            tt += trend * trend;
            sa += start * rest;
            ta += trend * rest;
            aa += rest * rest;
        }
        start *= 1 - alpha;
        filter.see(values[i]);
    }
    ThetaFit best{.alpha = alpha};
    const double determinant = ss * tt - st * st;
    if (weight) {
        best.weight = *weight;
    } else if (determinant > 1e-12 * ss * tt) {
        best.weight = std::clamp((ss * ta - st * sa) / determinant, 0.0, 1.0);
    }
    best.level = (sa - st * best.weight) / ss;
    best.squares = aa + best.level * best.level * ss + best.weight * best.weight * tt - 2 * best.level * sa -
                   2 * best.weight * ta + 2 * best.level * best.weight * st;
    return best;
}

/// The best alpha: the least of a coarse grid, refined by Brent's method between its neighbours.
ThetaFit fit(std::span<const double> values, std::optional<Line> fixed, std::optional<double> weight) {
    constexpr double kLower = 0.1;
    constexpr double kUpper = 0.99;
    constexpr int kSteps = 12;
    constexpr double kStep = (kUpper - kLower) / kSteps;
    ThetaFit best = solve(values, kLower, fixed, weight);
    for (int i = 1; i <= kSteps; ++i) {
        const ThetaFit next = solve(values, kLower + i * kStep, fixed, weight);
        if (next.squares < best.squares) {
            best = next;
        }
    }
    std::uintmax_t iterations_max = 30;
    const auto [alpha, squares] = boost::math::tools::brent_find_minima(
        [&](double at) { return solve(values, at, fixed, weight).squares; }, std::max(kLower, best.alpha - kStep),
        std::min(kUpper, best.alpha + kStep), 16, iterations_max);
    return squares < best.squares ? solve(values, alpha, fixed, weight) : best;
}

const char* name_of(ThetaModel model) {
    switch (model) {
    case ThetaModel::kStandard: return "Theta";
    case ThetaModel::kOptimised: return "optimised Theta";
    case ThetaModel::kDynamic: return "dynamic optimised Theta";
    }
    return "";
}

/// `horizon` steps on from `filter`, each off its forecast by what `error(k)` says.
template <class Error>
std::vector<double> walk(ThetaFilter filter, double weight, std::size_t horizon, Error error) {
    std::vector<double> path;
    for (std::size_t k = 0; k < horizon; ++k) {
        path.push_back(filter.level() + weight * filter.trend() + error(k));
        filter.see(path.back());
    }
    return path;
}

std::optional<Line> fixed_line(std::span<const double> values, ThetaModel model) {
    return model == ThetaModel::kDynamic ? std::nullopt : std::optional(fit_line(values));
}

} // namespace

ThetaFit fit_theta(std::span<const double> values, ThetaModel model) {
    FLORIN_CHECK(values.size() >= kLeastCount, "too few values for Theta");
    return fit(values, fixed_line(values, model), model == ThetaModel::kStandard ? std::optional(0.5) : std::nullopt);
}

base::Result<Forecast> forecast_theta(const Request& request, ThetaModel model) {
    FLORIN_TRY(check_request(request));
    if (request.values.size() < kLeastCount) {
        return forecast_seasonal_naive({.values = request.values, .season = 1, .horizon = request.horizon});
    }
    const auto adjustment = SeasonAdjustment::of(request, SeasonAdjustment::Kind::kEither);
    const auto values = adjustment.adjusted();
    const auto fixed = fixed_line(values, model);
    const ThetaFit found = fit_theta(values, model);
    ThetaFilter filter(found.alpha, found.level, fixed);
    Forecast forecast{.method = name_of(model),
                      // alpha, start and variance; theta; the fixed line
                      .parameter_count = 3 + (model == ThetaModel::kStandard ? 0 : 1) + (fixed ? 2 : 0),
                      .first_shock = kFirstError};
    for (const double value : values) {
        forecast.residuals.push_back(value - filter.level() - found.weight * filter.trend());
        filter.see(value);
    }
    forecast.mean = walk(filter, found.weight, static_cast<std::size_t>(request.horizon), [](auto) { return 0.0; });
    forecast.path = [filter, weight = found.weight,
                     residuals = forecast.residuals](std::span<const std::size_t> drawn) {
        return walk(filter, weight, drawn.size(), [&](std::size_t k) { return residuals[drawn[k]]; });
    };
    return adjustment.put_back(std::move(forecast), request.values);
}

} // namespace florin::forecast
