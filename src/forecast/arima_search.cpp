#include "forecast/arima.hpp"
#include "forecast/arima_process.hpp"
#include "forecast/seasonal_naive.hpp"
#include "forecast/stl.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

namespace florin::forecast {
namespace {

using Values = std::vector<double>;

constexpr double kNoCriterion = std::numeric_limits<double>::infinity(); ///< of an inadmissible fit
constexpr double kRootRadius = 1.01;
constexpr double kKpssCritical5 = 0.463; // table 1 of Kwiatkowski et al., level stationarity
constexpr double kSeasonStrength = 0.64;

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
double variance(std::span<const double> values) {
    const double centre = mean(values);
    double squares = 0.0;
    for (const double value : values) {
        squares += (value - centre) * (value - centre);
    }
    return squares / static_cast<double>(values.size() - 1);
}
/// All equal, up to the rounding of differences.
bool is_constant(std::span<const double> values) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return *most - *least <= 1e-12 * std::max(std::abs(*least), std::abs(*most));
}

Values differences(std::span<const double> values, std::size_t lag) {
    Values found;
    for (std::size_t i = lag; i < values.size(); ++i) {
        found.push_back(values[i] - values[i - lag]);
    }
    return found;
}

double kpss_statistic(std::span<const double> values) {
    const std::size_t count = values.size();
    const auto lags = static_cast<std::size_t>(3.0 * std::sqrt(static_cast<double>(count)) / 13.0);
    const double centre = mean(values);
    double sum = 0.0;
    double squared_sums = 0.0;
    for (const double value : values) {
        sum += value - centre;
        squared_sums += sum * sum;
    }
    double spread = 0.0; // long-run variance, times the number of observations
    for (std::size_t lag = 0; lag <= lags; ++lag) {
        double product = 0.0;
        for (std::size_t i = lag; i < count; ++i) {
            product += (values[i] - centre) * (values[i - lag] - centre);
        }
        const double weight = 1.0 - static_cast<double>(lag) / static_cast<double>(lags + 1);
        spread += (lag == 0 ? 1.0 : 2.0 * weight) * product;
    }
    return squared_sums / (static_cast<double>(count) * spread);
}

bool is_admissible(const ArimaFit& fit) {
    const auto negated = [](Values coefficients) {
        for (double& each : coefficients) {
            each = -each;
        }
        return coefficients;
    };
    const double seasonal_radius = std::pow(kRootRadius, fit.order.season);
    return roots_outside(fit.ar, kRootRadius) && roots_outside(negated(fit.ma), kRootRadius) &&
           roots_outside(fit.seasonal_ar, seasonal_radius) && roots_outside(negated(fit.seasonal_ma), seasonal_radius);
}

/// What changes from candidate to candidate: p, q, P, Q and the constant.
struct Candidate {
    int p = 0;
    int q = 0;
    int seasonal_p = 0;
    int seasonal_q = 0;
    bool constant = false;
    friend bool operator==(const Candidate&, const Candidate&) = default;
};

class Stepwise {
public:
    Stepwise(std::span<const double> values, const ArimaOrder& differenced, const ArimaSearch& search)
        : values_(values), order_(differenced), search_(search), //
          conditional_(values.size() >= search.conditional_from || differenced.season > 12) {}

    /// The first candidates, then steps to the best neighbour until there is no better one.
    void run() {
        const bool may_have_constant = order_.d + order_.seasonal_d < 2;
        const bool seasonal = order_.season > 1;
        const int start = values_.size() < 10 ? 1 : 2;
        const int seasonal_start = values_.size() < 10 ? 0 : 1;
        try_candidate({.p = std::min(start, search_.p_max),
                       .q = std::min(start, search_.q_max),
                       .seasonal_p = std::min(seasonal_start, search_.seasonal_p_max),
                       .seasonal_q = std::min(seasonal_start, search_.seasonal_q_max),
                       .constant = may_have_constant});
        try_candidate({.constant = may_have_constant});
        const int seasonal_p = seasonal && search_.seasonal_p_max > 0 ? 1 : 0;
        const int seasonal_q = seasonal && search_.seasonal_q_max > 0 ? 1 : 0;
        try_candidate({.p = std::min(1, search_.p_max), .seasonal_p = seasonal_p, .constant = may_have_constant});
        try_candidate({.q = std::min(1, search_.q_max), .seasonal_q = seasonal_q, .constant = may_have_constant});
        if (may_have_constant) {
            try_candidate({});
        }
        while (step(may_have_constant)) {
        }
    }

    /// The best model, fitted exactly; the next best where that one's roots turn out too near to the circle.
    std::optional<ArimaFit> best_exact() {
        std::stable_sort(tried_.begin(), tried_.end(), [](const Tried& a, const Tried& b) { return a.aicc < b.aicc; });
        for (const Tried& each : tried_) {
            if (!std::isfinite(each.aicc)) {
                break;
            }
            auto fit = fit_arima(values_, order_of(each.candidate));
            if (fit.ok() && std::isfinite(fit->aicc) && is_admissible(*fit)) {
                return std::move(fit).value();
            }
        }
        return std::nullopt;
    }

private:
    struct Tried {
        Candidate candidate;
        double aicc = 0.0;
    };

    ArimaOrder order_of(const Candidate& candidate) const {
        ArimaOrder order = order_;
        order.p = candidate.p;
        order.q = candidate.q;
        order.seasonal_p = candidate.seasonal_p;
        order.seasonal_q = candidate.seasonal_q;
        order.constant = candidate.constant;
        return order;
    }

    bool may_try(const Candidate& candidate) const {
        const bool inside = candidate.p >= 0 && candidate.p <= search_.p_max && candidate.q >= 0 &&
                            candidate.q <= search_.q_max && candidate.seasonal_p >= 0 &&
                            candidate.seasonal_p <= search_.seasonal_p_max && candidate.seasonal_q >= 0 &&
                            candidate.seasonal_q <= search_.seasonal_q_max;
        return inside && static_cast<int>(tried_.size()) < search_.model_count_max &&
               std::none_of(
                   tried_.begin(), tried_.end(), [&](const Tried& each) { return each.candidate == candidate; });
    }

    /// Whether it is the best so far.
    bool try_candidate(const Candidate& candidate) {
        if (!may_try(candidate)) {
            return false;
        }
        const auto fit =
            fit_arima(values_, order_of(candidate), conditional_ ? ArimaMethod::kConditional : ArimaMethod::kExact);
        const double aicc = fit.ok() && is_admissible(*fit) ? fit->aicc : kNoCriterion;
        tried_.push_back({.candidate = candidate, .aicc = aicc});
        if (aicc < best_aicc_) {
            best_aicc_ = aicc;
            best_ = candidate;
            return true;
        }
        return false;
    }

    /// Goes to the first neighbour that is better: seasonal orders first, one at a time, then both.
    bool step(bool may_have_constant) {
        static constexpr std::array<std::array<int, 2>, 8> kMoves = {
            {{-1, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}}};
        const Candidate from = best_;
        for (const auto& [p, q] : kMoves) {
            Candidate next = from;
            next.seasonal_p += p;
            next.seasonal_q += q;
            if (try_candidate(next)) {
                return true;
            }
        }
        for (const auto& [p, q] : kMoves) {
            Candidate next = from;
            next.p += p;
            next.q += q;
            if (try_candidate(next)) {
                return true;
            }
        }
        Candidate other = from;
        other.constant = !from.constant;
        return may_have_constant && try_candidate(other);
    }

    std::span<const double> values_;
    ArimaOrder order_;
    ArimaSearch search_;
    bool conditional_;
    std::vector<Tried> tried_;
    Candidate best_;
    double best_aicc_ = kNoCriterion;
};

struct Differenced {
    ArimaOrder order;
    bool is_constant = false; ///< nothing is left to model
};

/// The differences that the tests ask for.
Differenced differenced_order(std::span<const double> values, int season) {
    ArimaOrder order{.season = season};
    Values series(values.begin(), values.end());
    if (season > 1 && values.size() > 2 * static_cast<std::size_t>(season)) {
        order.seasonal_d = count_seasonal_differences(values, season);
        if (order.seasonal_d > 0) {
            series = differences(series, static_cast<std::size_t>(season));
        }
    }
    order.d = count_differences(series);
    for (int i = 0; i < order.d; ++i) {
        series = differences(series, 1);
    }
    return {.order = order, .is_constant = is_constant(series)};
}

} // namespace

int count_differences(std::span<const double> values) {
    Values series(values.begin(), values.end());
    int count = 0;
    while (count < 2 && series.size() > 3 && !is_constant(series) && kpss_statistic(series) > kKpssCritical5) {
        series = differences(series, 1);
        ++count;
    }
    return count;
}

int count_seasonal_differences(std::span<const double> values, int season) {
    if (is_constant(values)) {
        return 0;
    }
    const auto parts = stl(values, {.period = season, .seasonal_window = 11});
    if (!parts.ok()) {
        return 0; // too short to hold a season
    }
    Values seasonal = parts->remainder;
    for (std::size_t i = 0; i < seasonal.size(); ++i) {
        seasonal[i] += parts->seasonal[i];
    }
    const double whole = variance(seasonal);
    return whole > 0.0 && 1.0 - variance(parts->remainder) / whole > kSeasonStrength ? 1 : 0;
}

base::Result<ArimaFit> choose_arima(std::span<const double> values, int season, const ArimaSearch& search) {
    FLORIN_TRY(check_request({.values = values, .season = season, .horizon = 1}));
    const Differenced differenced = differenced_order(values, season);
    ArimaOrder order = differenced.order;
    ArimaSearch limits = search;
    const int third = static_cast<int>(values.size() / 3);
    limits.p_max = std::min({limits.p_max, third, season > 1 ? season - 1 : limits.p_max});
    limits.q_max = std::min({limits.q_max, third, season > 1 ? season - 1 : limits.q_max});
    limits.seasonal_p_max = season > 1 ? std::min(limits.seasonal_p_max, third / season) : 0;
    limits.seasonal_q_max = season > 1 ? std::min(limits.seasonal_q_max, third / season) : 0;
    Stepwise stepwise(values, order, limits);
    if (!differenced.is_constant) {
        stepwise.run();
        if (auto best = stepwise.best_exact()) {
            return std::move(*best);
        }
    }
    order.constant = order.d + order.seasonal_d < (differenced.is_constant ? 2 : 1);
    auto plain = fit_arima(values, order);
    if (!plain.ok()) { // one observation, or one after the differences
        plain = fit_arima(values, {.d = values.size() > 1 ? 1 : 0, .season = season});
    }
    return plain;
}

base::Result<Forecast> forecast_arima(const Request& request) {
    FLORIN_TRY(check_request(request));
    if (request.values.size() == 1) { // no model has fewer parameters than that
        return forecast_seasonal_naive({.values = request.values, .horizon = request.horizon});
    }
    FLORIN_TRY_ASSIGN(const ArimaFit fit, choose_arima(request.values, request.season));
    return forecast_arima(request, fit);
}

} // namespace florin::forecast
