// Any observations as a series, and any series through the methods: nothing crashes, what is cleaned is finite, and a
// forecast has its horizon.
#include "forecast/arima.hpp"
#include "forecast/change_points.hpp"
#include "forecast/cleaning.hpp"
#include "forecast/conformal.hpp"
#include "forecast/intermittent.hpp"
#include "forecast/mstl.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace {

using namespace florin::forecast;

constexpr std::size_t kObservationsMax = 60;
constexpr std::size_t kArimaMax = 12; // its search takes a hundred times as long as all else

/// Four bytes an observation: how far after the last step, what kind of value, and two for the value.
std::vector<Observation> observations_of(std::span<const std::uint8_t> bytes) {
    std::vector<Observation> found;
    std::int64_t step = 0;
    for (std::size_t i = 0; i + 4 <= bytes.size() && found.size() < kObservationsMax; i += 4) {
        step += bytes[i] % 4 - (bytes[i] == 255 ? 100 : 0);
        double value = bytes[i + 2] + 256.0 * bytes[i + 3];
        switch (bytes[i + 1] % 16) {
        case 0: value = 0.0; break;
        case 1: value = std::nan(""); break;
        case 2: value = -value; break;
        case 3: // any double at all
            if (i + 12 <= bytes.size()) {
                std::memcpy(&value, bytes.data() + i + 4, sizeof value);
            }
            break;
        case 4: value *= 1e25; break;
        default: break;
        }
        found.push_back({.step = step, .value = value, .complete = bytes[i + 1] < 250});
    }
    return found;
}

void expect_forecast(const florin::base::Result<Forecast>& forecast) {
    FLORIN_CHECK(!forecast.ok() || forecast->mean.size() == 9, "a mean for each step");
    for (std::size_t i = 0; forecast.ok() && i < 9; ++i) {
        FLORIN_CHECK(std::isfinite(forecast->mean[i]), "finite means: " + forecast->method);
    }
    if (forecast.ok()) {
        FLORIN_CHECK(simulate_paths(*forecast, 2, 1)[1].size() == 9, "a path for each step");
    }
}

void run_methods(const std::vector<double>& values, int season) {
    const Request request{.values = values, .season = season, .horizon = 9};
    const LevelShifts shifts = find_level_shifts(values, season);
    FLORIN_CHECK(shifts.levels.size() == shifts.starts.size() + 1, "a level for each segment");
    FLORIN_CHECK(rebase(values, shifts).size() == values.size(), "as many values");
    for (const auto method : {IntermittentMethod::kCroston, IntermittentMethod::kSba, IntermittentMethod::kTsb}) {
        expect_forecast(forecast_intermittent(request, method));
    }
    expect_forecast(forecast_mstl(request, {.periods = {season, 11}, .robust = true}, [](const Request& adjusted) {
        return forecast_intermittent(adjusted, IntermittentMethod::kSba);
    }));
    if (values.size() <= kArimaMax) {
        const auto arima = forecast_arima(request);
        FLORIN_CHECK(arima.ok(), "an ARIMA model for any series");
        expect_forecast(arima);
    }
    const auto errors = ConformalErrors::from({.errors = {values}, .scales = {1.0}});
    FLORIN_CHECK(errors.ok(), "finite errors");
    const Interval interval = errors->interval(3, 0.9);
    FLORIN_CHECK(interval.lower <= interval.upper, "an interval");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) {
        return 0;
    }
    constexpr std::array<int, 4> kSeasons = {1, 2, 7, 12};
    const std::uint8_t choice = data[0];
    const CleaningPolicy policy{.duplicates = (choice & 1U) != 0 ? DuplicatePolicy::kSum : DuplicatePolicy::kRefuse,
                                .missing_steps = (choice & 2U) != 0 ? GapPolicy::kZero : GapPolicy::kInterpolate,
                                .unknown_values = (choice & 4U) != 0 ? GapPolicy::kInterpolate : GapPolicy::kZero,
                                .replace_outliers = (choice & 8U) != 0,
                                .season = kSeasons[choice >> 4U & 3U]};
    const auto series = clean(observations_of({data + 1, size - 1}), policy);
    if (!series.ok()) {
        FLORIN_CHECK(!series.error().describe().empty(), "an error says something");
        return 0;
    }
    for (const double value : series->values) {
        FLORIN_CHECK(std::isfinite(value), "a cleaned value is finite");
    }
    if (series->values.size() <= kObservationsMax) {
        run_methods(series->values, policy.season);
    }
    return 0;
}
