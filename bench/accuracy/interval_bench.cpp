// Measures the bands of forecasts on the weekly series of the M4 competition: mean scaled interval score and coverage.
#include "benchmark_data.hpp"

#include "forecast/accuracy.hpp"
#include "forecast/bands.hpp"
#include "forecast/profile.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <thread>

namespace florin::bench {
namespace {

constexpr double kLevel = 0.95;

struct Measured {
    double msis = 0.0;
    double held = 0.0; ///< share of steps, 0 to 1
    double held_80 = 0.0;
};

Measured measure(const BenchmarkSeries& series, const forecast::Method& method) {
    const forecast::Request request{
        .values = series.training, .season = series.season, .horizon = static_cast<int>(series.test.size())};
    const auto found = forecast::forecast_with_bands(request, method).value();
    const auto ends_of = [&](double level) {
        std::pair<std::vector<double>, std::vector<double>> ends;
        for (const auto& each : forecast::intervals(found.forecast.mean, found.errors, found.scale, level, true)) {
            ends.first.push_back(each.lower);
            ends.second.push_back(each.upper);
        }
        return ends;
    };
    const auto [lower, upper] = ends_of(kLevel);
    const auto [lower_80, upper_80] = ends_of(0.8);
    const double scale = forecast::naive_scale(series.training, series.scale_season).value();
    return {.msis = forecast::msis(series.test, lower, upper, scale, 1.0 - kLevel),
            .held = forecast::coverage(series.test, lower, upper),
            .held_80 = forecast::coverage(series.test, lower_80, upper_80)};
}

int run(const std::filesystem::path& data, bool accurate, int inside, unsigned thread_count) {
    auto set = read_m4_weekly(data);
    if (!set) {
        fmt::print("m4-weekly: skipped, its files are not in {}\n", data.string());
        return 0;
    }
    for (int i = 0; i < inside; ++i) {
        *set = inside_training(std::move(*set));
    }
    const auto start = std::chrono::steady_clock::now();
    std::vector<Measured> measured(set->size());
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < thread_count; ++i) {
        threads.emplace_back([&] {
            for (std::size_t at = next++; at < set->size(); at = next++) {
                measured[at] = measure((*set)[at], accurate ? &forecast::forecast_accurate : &forecast::forecast_fast);
            }
        });
    }
    threads.clear();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    Measured mean;
    const double count = static_cast<double>(measured.size());
    for (const Measured& each : measured) {
        mean.msis += each.msis / count;
        mean.held += each.held / count;
        mean.held_80 += each.held_80 / count;
    }
    fmt::print("m4-weekly {} {} series  MSIS {:.2f}  coverage at 95 %: {:.1f} %, at 80 %: {:.1f} %  {:.1f} s\n",
               accurate ? "accurate" : "fast", measured.size(), mean.msis, 100.0 * mean.held, 100.0 * mean.held_80,
               seconds.count());
    return 0;
}

} // namespace
} // namespace florin::bench

int main(int argc, char** argv) {
    const char* folder = std::getenv("FLORIN_SHARED_DATA");
    std::filesystem::path data = folder != nullptr ? folder : "../shared/data";
    bool accurate = false;
    int inside = 0;
    unsigned thread_count = 2;
    CLI::App app("Measures the bands of forecasts on published series.");
    app.add_option("--data", data, "Folder of the series; default FLORIN_SHARED_DATA, else ../shared/data");
    app.add_flag("--accurate", accurate, "The profile `accurate` instead of `fast`");
    app.add_option("--threads", thread_count, "Default 2");
    app.add_option("--inside", inside, "Leave the test part out, N times: the end of the training part is the next");
    CLI11_PARSE(app, argc, argv);
    try {
        return florin::bench::run(data, accurate, inside, thread_count);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
