#include "forecast/complex_smoothing.hpp"

#include "forecast/decomposition.hpp"
#include "forecast/nelder_mead.hpp"
#include "forecast/season_adjustment.hpp"
#include "forecast/seasonal_naive.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace florin::forecast {

namespace {

/// A smoothed complex number: what is seen, and its companion.
struct Pair {
    double level = 0;
    double companion = 0;

    void move(double real, double imaginary, double error) {
        const double before = level;
        level += -(1 - imaginary) * companion + (real - imaginary) * error;
        companion = before + (1 - real) * companion + (real + imaginary) * error;
    }
};

/// The states of all forms: `pair` without a lag (kNone, kPartial, kFull), `ring` a season back, by phase.
class ComplexFilter {
public:
    /// `indices` as complex_indices of the values.
    ComplexFilter(const ComplexFit& fit, std::span<const double> values, int season,
                  const std::optional<std::vector<double>>& indices)
        : fit_(fit) {
        constexpr double kCompanion = 1.0 / 1.1; // where the search of Svetunkov's `smooth` starts, too
        const bool seasonal = fit.season != ComplexSeason::kNone;
        const auto length = static_cast<std::size_t>(season);
        const auto first = values.first(std::min(values.size(), seasonal ? length : std::size_t{10}));
        const double mean = std::accumulate(first.begin(), first.end(), 0.0) / static_cast<double>(first.size());
        pair_ = {.level = mean, .companion = mean * kCompanion};
        if (!seasonal) {
            return;
        }
        for (std::size_t i = 0; i < length; ++i) {
            const double index = indices ? (*indices)[i] : values[i] - mean;
            const double level = fit.season == ComplexSeason::kSimple ? mean + index : index;
            ring_.push_back({.level = level, .companion = level * kCompanion});
        }
    }

    double forecast(std::size_t at) const {
        switch (fit_.season) {
        case ComplexSeason::kNone: return pair_.level;
        case ComplexSeason::kSimple: return ring_[at % ring_.size()].level;
        case ComplexSeason::kPartial:
        case ComplexSeason::kFull: return pair_.level + ring_[at % ring_.size()].level;
        }
        return pair_.level;
    }

    void see(std::size_t at, double error) {
        if (fit_.season != ComplexSeason::kSimple) {
            pair_.move(fit_.alpha_real, fit_.alpha_imaginary, error);
        }
        if (fit_.season == ComplexSeason::kNone) {
            return;
        }
        Pair& seasonal = ring_[at % ring_.size()];
        if (fit_.season == ComplexSeason::kSimple) {
            seasonal.move(fit_.alpha_real, fit_.alpha_imaginary, error);
        } else if (fit_.season == ComplexSeason::kPartial) {
            seasonal.level += fit_.beta_real * error;
        } else {
            seasonal.move(fit_.beta_real, fit_.beta_imaginary, error);
        }
    }

    /// Forwards and backwards, so that the states are those before the first value.
    void backcast(std::span<const double> values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            see(i, values[i] - forecast(i));
        }
        for (std::size_t i = values.size(); i-- > 0;) {
            see(i, values[i] - forecast(i));
        }
    }

private:
    ComplexFit fit_;
    Pair pair_;
    std::vector<Pair> ring_;
};

/// Whether errors die away: both eigenvalues of the pair's discount matrix are inside of the unit circle.
bool is_stable(double real, double imaginary) {
    const double trace = 2 - 2 * real + imaginary;
    const double determinant = (1 - real + imaginary) * (1 - real) + (1 - imaginary) * (1 - real - imaginary);
    return determinant < 1 && std::abs(trace) < 1 + determinant;
}

/// Where the season of a form starts from; the same for all its parameters.
std::optional<std::vector<double>> complex_indices(const Request& request, ComplexSeason season) {
    return season == ComplexSeason::kNone ? std::nullopt
                                          : seasonal_indices(request.values, request.season, Seasonality::kAdditive);
}

double sum_of_squares(const ComplexFit& fit, const Request& request,
                      const std::optional<std::vector<double>>& indices) {
    ComplexFilter filter(fit, request.values, request.season, indices);
    filter.backcast(request.values);
    double squares = 0;
    for (std::size_t i = 0; i < request.values.size(); ++i) {
        const double error = request.values[i] - filter.forecast(i);
        squares += error * error;
        filter.see(i, error);
    }
    return squares;
}

std::size_t smoothing_count(ComplexSeason season) {
    switch (season) {
    case ComplexSeason::kNone:
    case ComplexSeason::kSimple: return 2;
    case ComplexSeason::kPartial: return 3;
    case ComplexSeason::kFull: return 4;
    }
    return 0;
}

} // namespace

std::optional<ComplexFit> fit_complex(const Request& request, ComplexSeason season) {
    const auto count = request.values.size();
    const bool seasonal = season != ComplexSeason::kNone;
    const auto needed = seasonal ? 2 * static_cast<std::size_t>(request.season) + 4 : std::size_t{6};
    if (count < needed || (seasonal && request.season < 2)) {
        return std::nullopt;
    }
    std::vector<Variable> variables = {{.start = 1.3, .lower = 0.01, .upper = 1.8, .step = -0.1},
                                       {.start = 1.0, .lower = 0.01, .upper = 1.9, .step = -0.05}};
    if (season == ComplexSeason::kPartial) {
        variables.push_back({.start = 0.1, .lower = 0.01, .upper = 0.99, .step = 0.1});
    } else if (season == ComplexSeason::kFull) {
        variables.push_back({.start = 1.3, .lower = 0.01, .upper = 1.5, .step = -0.1});
        variables.push_back({.start = 1.0, .lower = 0.01, .upper = 1.5, .step = -0.05});
    }
    const auto read = [&](std::span<const double> at) {
        return ComplexFit{.season = season,
                          .alpha_real = at[0],
                          .alpha_imaginary = at[1],
                          .beta_real = at.size() > 2 ? at[2] : 0,
                          .beta_imaginary = at.size() > 3 ? at[3] : 0};
    };
    constexpr double kTiniest = 1e-300; // no form is infinitely good
    const auto indices = complex_indices(request, season);
    const auto objective = [&](std::span<const double> at) {
        if (!is_stable(at[0], at[1])) {
            return std::numeric_limits<double>::infinity();
        }
        return std::log(std::max(sum_of_squares(read(at), request, indices), kTiniest));
    };
    const Minimum minimum = minimise(objective, variables, 100 * static_cast<int>(variables.size()), 1e-6);
    if (minimum.value >= std::numeric_limits<double>::max()) {
        return std::nullopt;
    }
    ComplexFit fit = read(minimum.at);
    fit.squares = std::exp(minimum.value);
    fit.parameter_count = static_cast<int>(smoothing_count(season)) + 1;
    const auto size = static_cast<double>(count);
    const double parameters = fit.parameter_count;
    fit.aicc = size * std::log(fit.squares / size) + 2 * parameters +
               2 * parameters * (parameters + 1) / std::max(1.0, size - parameters - 1);
    return fit;
}

Forecast forecast_with(const ComplexFit& fit, const Request& request) {
    ComplexFilter filter(fit, request.values, request.season, complex_indices(request, fit.season));
    filter.backcast(request.values);
    static constexpr const char* kNames[] = {"CES(none)", "CES(simple)", "CES(partial)", "CES(full)"};
    Forecast forecast{.method = kNames[static_cast<std::size_t>(fit.season)],
                      .parameter_count = fit.parameter_count,
                      .aicc = fit.aicc};
    const std::size_t count = request.values.size();
    for (std::size_t i = 0; i < count; ++i) {
        forecast.residuals.push_back(request.values[i] - filter.forecast(i));
        filter.see(i, forecast.residuals.back());
    }
    const auto walk = [count](ComplexFilter at, std::size_t horizon, const auto& error) {
        std::vector<double> path;
        for (std::size_t k = 0; k < horizon; ++k) {
            path.push_back(at.forecast(count + k) + error(k));
            at.see(count + k, error(k));
        }
        return path;
    };
    forecast.mean = walk(filter, static_cast<std::size_t>(request.horizon), [](std::size_t) { return 0.0; });
    forecast.path = [filter, walk, residuals = forecast.residuals](std::span<const std::size_t> drawn) {
        return walk(filter, drawn.size(), [&](std::size_t k) { return residuals[drawn[k]]; });
    };
    return forecast;
}

base::Result<Forecast> forecast_complex(const Request& request) {
    FLORIN_TRY(check_request(request));
    std::optional<ComplexFit> best;
    if (std::ranges::any_of(request.values, [&](double value) { return value != request.values.front(); })) {
        best = fit_complex(request, ComplexSeason::kNone);
        for (const auto season : {ComplexSeason::kSimple, ComplexSeason::kPartial, ComplexSeason::kFull}) {
            auto fit = fit_complex(request, season);
            if (fit && (!best || fit->aicc < best->aicc)) {
                best = fit;
            }
        }
    }
    if (!best) {
        return forecast_seasonal_naive({.values = request.values, .season = 1, .horizon = request.horizon});
    }
    return forecast_with(*best, request);
}

base::Result<Forecast> forecast_complex_adjusted(const Request& request) {
    FLORIN_TRY(check_request(request));
    const auto adjustment = SeasonAdjustment::of(request, SeasonAdjustment::Kind::kEither);
    FLORIN_TRY_ASSIGN(Forecast forecast,
                      forecast_complex({.values = adjustment.adjusted(), .horizon = request.horizon}));
    return adjustment.put_back(std::move(forecast), request.values);
}

} // namespace florin::forecast
