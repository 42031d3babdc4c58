// The state space forms of exponential smoothing, and their recursions.
// Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing: The State Space Approach (2008), chapter 2.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::forecast {

enum class EtsComponent : unsigned char { kNone, kAdditive, kMultiplicative };

/// ETS(error, trend, season), such as ETS(M,Ad,N).
struct EtsForm {
    EtsComponent error = EtsComponent::kAdditive; ///< never kNone
    EtsComponent trend = EtsComponent::kNone;
    bool damped = false; ///< the trend, where there is one
    EtsComponent season = EtsComponent::kNone;

    std::string name() const;
    friend bool operator==(const EtsForm&, const EtsForm&) = default;
};

/// The form of a name such as "MAdN" or "ANA"; none where it is none.
std::optional<EtsForm> parse_ets_form(std::string_view name);

/// In R's parametrisation: 0 < alpha < 1, 0 < beta < alpha, 0 < gamma < 1 - alpha, phi at most 1.
struct EtsParameters {
    double alpha = 0;
    double beta = 0;
    double gamma = 0;
    double phi = 1;
};

struct EtsState {
    double level = 0;
    double trend = 0;           ///< 1 where it multiplies and does not move
    std::vector<double> season; ///< by phase; `season[phase]` is that of the next step
    std::size_t phase = 0;
};

/// Runs one form through a series, step by step.
class EtsFilter {
public:
    EtsFilter(EtsForm form, EtsParameters parameters, EtsState state)
        : form_(form), parameters_(parameters), state_(std::move(state)) {}

    /// The forecast of the next value.
    double forecast() const;

    /// Takes the next value and moves on.
    void see(double value);

    /// The shock that makes `value` of `forecast`: its difference, or that over the forecast.
    double shock(double value, double forecast) const;

    /// The value that `shock` makes of `forecast`.
    double value(double shock, double forecast) const;

    const EtsState& state() const { return state_; }

private:
    double grown_trend() const; ///< phi b, or b^phi
    double grown_level() const; ///< the level and the trend of the next step

    EtsForm form_;
    EtsParameters parameters_;
    EtsState state_;
};

/// -2 log-likelihood without its constants, as R's `ets` has it: n log(sum e^2), and 2 sum log|forecast| where errors
/// multiply. Infinite where a forecast that errors multiply is not above zero.
double ets_likelihood(EtsForm form, const EtsParameters& parameters, const EtsState& start,
                      std::span<const double> values);

} // namespace florin::forecast
