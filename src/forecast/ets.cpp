#include "forecast/ets.hpp"

#include "forecast/nelder_mead.hpp"
#include "forecast/season_adjustment.hpp"
#include "forecast/seasonal_naive.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace florin::forecast {

namespace {

constexpr int kStatesMax = 24;

bool admissible(EtsForm form) {
    const bool error_adds = form.error == EtsComponent::kAdditive;
    const bool trend_multiplies = form.trend == EtsComponent::kMultiplicative;
    if (error_adds) {
        return !trend_multiplies && form.season != EtsComponent::kMultiplicative;
    }
    return !(trend_multiplies && form.season == EtsComponent::kAdditive);
}

bool needs_positive(EtsForm form) {
    return form.error == EtsComponent::kMultiplicative || form.trend == EtsComponent::kMultiplicative ||
           form.season == EtsComponent::kMultiplicative;
}

double deviation(std::span<const double> values) {
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return std::sqrt(squares / count);
}

/// Starting states as R's `ets` guesses them: seasonal indices by decomposition, level and trend by a line through the
/// first values without their season.
std::optional<EtsState> guess_start(const Request& request, EtsForm form) {
    EtsState state;
    std::vector<double> values(request.values.begin(), request.values.end());
    std::size_t span = 10;
    if (form.season != EtsComponent::kNone) {
        const auto kind =
            form.season == EtsComponent::kAdditive ? Seasonality::kAdditive : Seasonality::kMultiplicative;
        auto indices = seasonal_indices(request.values, request.season, kind);
        if (!indices) {
            return std::nullopt;
        }
        values = without_season(request.values, *indices, kind);
        state.season = std::move(*indices);
        span = std::max<std::size_t>(span, 2 * state.season.size());
    }
    const auto first = std::span<const double>(values).first(std::min(span, values.size()));
    const auto count = static_cast<double>(first.size());
    const double mean = std::accumulate(first.begin(), first.end(), 0.0) / count;
    if (form.trend == EtsComponent::kNone) {
        state.level = mean;
        return state;
    }
    double slope = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        slope += (static_cast<double>(i + 1) - (count + 1) / 2) * first[i] * 12 / (count * (count * count - 1));
    }
    state.level = mean - slope * (count + 1) / 2;
    state.trend = slope;
    if (form.trend == EtsComponent::kMultiplicative) {
        state.level = mean - slope * ((count + 1) / 2 - 1);
        if (!(state.level > 0)) {
            state.level = first.front();
        }
        state.trend = std::clamp(1 + slope / state.level, 0.5, 2.0);
    }
    return state;
}

/// The variables of the search and what they mean: smoothing parameters as shares of their range, then states.
class EtsSearch {
public:
    EtsSearch(const Request& request, EtsForm form, EtsState start)
        : values_(request.values), form_(form), start_(std::move(start)) {
        constexpr double kEdge = 1e-4;
        add({.start = 0.3, .lower = kEdge, .upper = 1 - kEdge});
        if (form.trend != EtsComponent::kNone) {
            add({.start = 0.1, .lower = kEdge, .upper = 1 - kEdge, .step = 0.15});
        }
        if (form.season != EtsComponent::kNone) {
            add({.start = 0.1, .lower = kEdge, .upper = 1 - kEdge, .step = 0.15});
        }
        if (form.damped) {
            add({.start = 0.95, .lower = 0.8, .upper = 0.98, .step = 0.02});
        }
        constexpr double kFar = 1e300;
        const double spread = std::max(deviation(values_), 1e-8 * std::abs(start_.level) + 1e-12);
        add({.start = start_.level, .lower = -kFar, .upper = kFar, .step = 0.3 * spread});
        if (form.trend == EtsComponent::kAdditive) {
            add({.start = start_.trend, .lower = -kFar, .upper = kFar, .step = 0.03 * spread});
        } else if (form.trend == EtsComponent::kMultiplicative) {
            add({.start = start_.trend, .lower = 0.1, .upper = 10, .step = 0.02});
        }
        if (!start_.season.empty() && start_.season.size() <= static_cast<std::size_t>(kStatesMax)) {
            const double step = std::max(0.2 * deviation(start_.season), 1e-6);
            for (std::size_t i = 0; i + 1 < start_.season.size(); ++i) { // the last one is what is left
                add({.start = start_.season[i], .lower = -kFar, .upper = kFar, .step = step});
                ++season_count_;
            }
        }
    }

    std::size_t dimension() const { return variables_.size(); }

    EtsFit run() {
        const auto objective = [&](std::span<const double> at) {
            const EtsFit fit = read(at);
            if (form_.season == EtsComponent::kMultiplicative &&
                std::ranges::any_of(fit.start.season, [](double index) { return index <= 0; })) {
                return std::numeric_limits<double>::infinity();
            }
            return ets_likelihood(form_, fit.parameters, fit.start, values_);
        };
        start_from_grid(objective);
        const int evaluations_max = 100 + 120 * static_cast<int>(dimension());
        const Minimum minimum = minimise(objective, variables_, evaluations_max, 1e-8);
        EtsFit fit = read(minimum.at);
        fit.likelihood = minimum.value;
        return fit;
    }

private:
    void add(Variable variable) { variables_.push_back(variable); }

    /// Starts where a coarse grid of smoothing parameters is best: the likelihood may have several maxima.
    template <class Objective>
    void start_from_grid(const Objective& objective) {
        const bool trended = form_.trend != EtsComponent::kNone;
        std::vector<double> at;
        for (const Variable& variable : variables_) {
            at.push_back(variable.start);
        }
        double best = objective(at);
        for (const double alpha : {0.05, 0.3, 0.6, 0.9}) {
            for (const double beta : trended ? std::vector{0.02, 0.2, 0.9} : std::vector{0.0}) {
                at[0] = alpha;
                if (trended) {
                    at[1] = beta;
                }
                const double value = objective(at);
                if (value < best) {
                    best = value;
                    variables_[0].start = alpha;
                    variables_[1].start = at[1];
                }
            }
        }
        variables_[0].step = variables_[0].start > 0.5 ? -0.2 : 0.2;
    }

    EtsFit read(std::span<const double> at) const {
        EtsFit fit{.form = form_, .start = start_};
        std::size_t next = 0;
        fit.parameters.alpha = at[next++];
        if (form_.trend != EtsComponent::kNone) {
            fit.parameters.beta = at[next++] * fit.parameters.alpha;
        }
        if (form_.season != EtsComponent::kNone) {
            fit.parameters.gamma = at[next++] * (1 - fit.parameters.alpha);
        }
        if (form_.damped) {
            fit.parameters.phi = at[next++];
        }
        fit.start.level = at[next++];
        if (form_.trend != EtsComponent::kNone) {
            fit.start.trend = at[next++];
        }
        if (season_count_ > 0) {
            double rest = form_.season == EtsComponent::kAdditive ? 0 : static_cast<double>(fit.start.season.size());
            for (std::size_t i = 0; i < season_count_; ++i) {
                fit.start.season[i] = at[next++];
                rest -= fit.start.season[i];
            }
            fit.start.season.back() = rest;
        }
        return fit;
    }

    std::span<const double> values_;
    EtsForm form_;
    EtsState start_;
    std::vector<Variable> variables_;
    std::size_t season_count_ = 0;
};

base::Result<Forecast> forecast_best(const Request& request, std::span<const std::string_view> names) {
    std::optional<EtsFit> best;
    for (const std::string_view name : names) {
        auto fit = fit_ets(request, *parse_ets_form(name));
        if (fit && (!best || fit->aicc < best->aicc)) {
            best = std::move(fit);
        }
    }
    if (!best) {
        return forecast_seasonal_naive({.values = request.values, .season = 1, .horizon = request.horizon});
    }
    return forecast_with(*best, request);
}

constexpr std::array<std::string_view, 6> kWithoutSeason = {"ANN", "AAN", "AAdN", "MNN", "MAN", "MAdN"};
constexpr std::array<std::string_view, 15> kAll = {"ANN",  "AAN", "AAdN", "MNN",  "MAN", "MAdN", "ANA", "AAA",
                                                   "AAdA", "MNA", "MAA",  "MAdA", "MNM", "MAM",  "MAdM"};

} // namespace

std::optional<EtsFit> fit_ets(const Request& request, EtsForm form) {
    if (!admissible(form) || (form.season != EtsComponent::kNone && request.season < 2)) {
        return std::nullopt;
    }
    if (needs_positive(form) && std::ranges::any_of(request.values, [](double value) { return value <= 0; })) {
        return std::nullopt;
    }
    if (std::ranges::all_of(request.values, [&](double value) { return value == request.values.front(); })) {
        return std::nullopt; // no error, no likelihood
    }
    const auto count = static_cast<int>(request.values.size());
    const int states = form.season == EtsComponent::kNone ? 0 : request.season - 1;
    const int parameters = 3 + (form.trend == EtsComponent::kNone ? 0 : 2) + (form.damped ? 1 : 0) +
                           (form.season == EtsComponent::kNone ? 0 : 1) + states;
    if (count <= parameters + 1) {
        return std::nullopt;
    }
    auto start = guess_start(request, form);
    if (!start) {
        return std::nullopt;
    }
    EtsFit fit = EtsSearch(request, form, std::move(*start)).run();
    if (fit.likelihood >= std::numeric_limits<double>::max()) {
        return std::nullopt;
    }
    fit.parameter_count = parameters;
    fit.aicc = fit.likelihood + 2.0 * parameters + 2.0 * parameters * (parameters + 1) / (count - parameters - 1);
    return fit;
}

Forecast forecast_with(const EtsFit& fit, const Request& request) {
    EtsFilter filter(fit.form, fit.parameters, fit.start);
    Forecast forecast{.method = fit.form.name(), .parameter_count = fit.parameter_count, .aicc = fit.aicc};
    std::vector<double> shocks;
    for (const double value : request.values) {
        const double expected = filter.forecast();
        forecast.residuals.push_back(value - expected);
        shocks.push_back(filter.shock(value, expected));
        filter.see(value);
    }
    const auto walk = [](EtsFilter at, std::size_t horizon, const auto& shock) {
        std::vector<double> path;
        for (std::size_t k = 0; k < horizon; ++k) {
            path.push_back(at.value(shock(k), at.forecast()));
            at.see(path.back());
        }
        return path;
    };
    forecast.mean = walk(filter, static_cast<std::size_t>(request.horizon), [](std::size_t) { return 0.0; });
    forecast.path = [filter, walk, shocks = std::move(shocks)](std::span<const std::size_t> drawn) {
        return walk(filter, drawn.size(), [&](std::size_t k) { return shocks[drawn[k]]; });
    };
    return forecast;
}

base::Result<Forecast> forecast_ets(const Request& request) {
    FLORIN_TRY(check_request(request));
    if (request.season > kStatesMax) {
        return forecast_ets_adjusted(request);
    }
    return forecast_best(request, request.season > 1 ? std::span<const std::string_view>(kAll) : kWithoutSeason);
}

base::Result<Forecast> forecast_ets_adjusted(const Request& request) {
    FLORIN_TRY(check_request(request));
    const auto adjustment = SeasonAdjustment::of(request, SeasonAdjustment::Kind::kEither);
    FLORIN_TRY_ASSIGN(Forecast forecast,
                      forecast_best({.values = adjustment.adjusted(), .horizon = request.horizon}, kWithoutSeason));
    return adjustment.put_back(std::move(forecast), request.values);
}

} // namespace florin::forecast
