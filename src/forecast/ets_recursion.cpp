#include "forecast/ets_recursion.hpp"

#include <cmath>
#include <limits>

namespace florin::forecast {

namespace {

std::optional<EtsComponent> parse_component(char letter) {
    switch (letter) {
    case 'N': return EtsComponent::kNone;
    case 'A': return EtsComponent::kAdditive;
    case 'M': return EtsComponent::kMultiplicative;
    default: return std::nullopt;
    }
}

char letter_of(EtsComponent component) {
    return component == EtsComponent::kNone ? 'N' : component == EtsComponent::kAdditive ? 'A' : 'M';
}

} // namespace

std::string EtsForm::name() const {
    std::string text = "ETS(";
    text += letter_of(error);
    text += ',';
    text += letter_of(trend);
    text += damped ? "d," : ",";
    text += letter_of(season);
    return text + ')';
}

std::optional<EtsForm> parse_ets_form(std::string_view name) {
    EtsForm form;
    form.damped = name.size() == 4 && name[2] == 'd';
    if (name.size() != 3 && !form.damped) {
        return std::nullopt;
    }
    const auto error = parse_component(name[0]);
    const auto trend = parse_component(name[1]);
    const auto season = parse_component(name.back());
    if (!error || !trend || !season || *error == EtsComponent::kNone ||
        (form.damped && *trend == EtsComponent::kNone)) {
        return std::nullopt;
    }
    form.error = *error;
    form.trend = *trend;
    form.season = *season;
    return form;
}

double EtsFilter::grown_trend() const {
    if (form_.trend == EtsComponent::kMultiplicative) {
        return form_.damped ? std::pow(state_.trend, parameters_.phi) : state_.trend;
    }
    return parameters_.phi * state_.trend;
}

double EtsFilter::grown_level() const {
    switch (form_.trend) {
    case EtsComponent::kNone: return state_.level;
    case EtsComponent::kAdditive: return state_.level + grown_trend();
    case EtsComponent::kMultiplicative: return state_.level * grown_trend();
    }
    return state_.level;
}

double EtsFilter::forecast() const {
    const double level = grown_level();
    switch (form_.season) {
    case EtsComponent::kNone: return level;
    case EtsComponent::kAdditive: return level + state_.season[state_.phase];
    case EtsComponent::kMultiplicative: return level * state_.season[state_.phase];
    }
    return level;
}

void EtsFilter::see(double value) {
    constexpr double kLeastDivisor = 1e-10; // a season or level at zero would make infinities of finite values
    const double grown = grown_level();
    double adjusted = value;
    if (form_.season != EtsComponent::kNone) {
        double& season = state_.season[state_.phase];
        const bool multiplicative = form_.season == EtsComponent::kMultiplicative;
        const double now =
            multiplicative ? value / (std::abs(grown) < kLeastDivisor ? kLeastDivisor : grown) : value - grown;
        adjusted =
            multiplicative ? value / (std::abs(season) < kLeastDivisor ? kLeastDivisor : season) : value - season;
        season += parameters_.gamma * (now - season);
        state_.phase = state_.phase + 1 == state_.season.size() ? 0 : state_.phase + 1;
    }
    const double before = state_.level;
    state_.level = grown + parameters_.alpha * (adjusted - grown);
    if (form_.trend != EtsComponent::kNone) {
        const double trend = grown_trend();
        const double now = form_.trend == EtsComponent::kAdditive
                               ? state_.level - before
                               : state_.level / (std::abs(before) < kLeastDivisor ? kLeastDivisor : before);
        state_.trend = trend + parameters_.beta / parameters_.alpha * (now - trend);
    }
}

double EtsFilter::shock(double value, double forecast) const {
    return form_.error == EtsComponent::kAdditive ? value - forecast : (value - forecast) / forecast;
}

double EtsFilter::value(double shock, double forecast) const {
    return form_.error == EtsComponent::kAdditive ? forecast + shock : forecast * (1 + shock);
}

double ets_likelihood(EtsForm form, const EtsParameters& parameters, const EtsState& start,
                      std::span<const double> values) {
    EtsFilter filter(form, parameters, start);
    double squares = 0;
    double logarithms = 0;
    for (const double value : values) {
        const double forecast = filter.forecast();
        if (form.error == EtsComponent::kMultiplicative) {
            if (!(forecast > 0)) {
                return std::numeric_limits<double>::infinity();
            }
            logarithms += std::log(forecast);
        }
        const double shock = filter.shock(value, forecast);
        squares += shock * shock;
        filter.see(value);
    }
    const auto count = static_cast<double>(values.size());
    constexpr double kTiniest = 1e-300; // a form that fits without error is the best there is, not infinitely good
    return count * std::log(std::max(squares, kTiniest)) + 2 * logarithms;
}

} // namespace florin::forecast
