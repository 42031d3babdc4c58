// Forecast accuracy on published series, by method: see README.md beside this file.
#include "benchmark_data.hpp"
#include "forecast/accuracy.hpp"
#include "forecast/arima.hpp"
#include "forecast/complex_smoothing.hpp"
#include "forecast/ets.hpp"
#include "forecast/mstl.hpp"
#include "forecast/naive2.hpp"
#include "forecast/pooled_regression.hpp"
#include "forecast/season_adjustment.hpp"
#include "forecast/seasonal_naive.hpp"
#include "forecast/theta.hpp"

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <thread>

namespace florin::bench {

namespace {

using Method = base::Result<forecast::Forecast> (*)(const forecast::Request&);

template <forecast::ThetaModel model>
base::Result<forecast::Forecast> theta(const forecast::Request& request) {
    return forecast::forecast_theta(request, model);
}

template <Method method>
base::Result<forecast::Forecast> stl(const forecast::Request& request) {
    if (request.season < 2 || request.values.size() < 2 * static_cast<std::size_t>(request.season)) {
        return method({.values = request.values, .horizon = request.horizon});
    }
    return forecast::forecast_mstl(request, {.periods = {request.season}}, method);
}

base::Result<forecast::Forecast> adjusted_arima(const forecast::Request& request) {
    const auto adjustment =
        forecast::SeasonAdjustment::of(request, forecast::SeasonAdjustment::Kind::kEither);
    auto forecast = forecast::forecast_arima({.values = adjustment.adjusted(), .horizon = request.horizon});
    return adjustment.put_back(*forecast, request.values);
}

/// In the order in which they are shown.
const std::vector<std::pair<std::string, Method>>& methods() {
    static const std::vector<std::pair<std::string, Method>> all = {
        {"naive2", &forecast::forecast_naive2},
        {"seasonal-naive", &forecast::forecast_seasonal_naive},
        {"theta", &theta<forecast::ThetaModel::kStandard>},
        {"optimised-theta", &theta<forecast::ThetaModel::kOptimised>},
        {"dynamic-theta", &theta<forecast::ThetaModel::kDynamic>},
        {"ets", &forecast::forecast_ets},
        {"ets-adjusted", &forecast::forecast_ets_adjusted},
        {"complex", &forecast::forecast_complex},
        {"arima", [](const auto& request) { return forecast::forecast_arima(request); }},
        {"arima-adjusted", &adjusted_arima},
        {"stl-ets", &stl<&forecast::forecast_ets>},
        {"stl-dynamic-theta", &stl<&theta<forecast::ThetaModel::kDynamic>>},
        {"stl-complex", &stl<&forecast::forecast_complex>},
        {"stl-arima", &stl<static_cast<Method>(&forecast::forecast_arima)>},
    };
    return all;
}

/// The means of one method for all series.
std::vector<std::vector<double>> run(Method method, const std::vector<BenchmarkSeries>& set, bool as_scaled,
                                     unsigned thread_count) {
    std::vector<std::vector<double>> means(set.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < set.size(); i = next++) {
            const BenchmarkSeries& series = set[i];
            const auto forecast = method({.values = series.training,
                                          .season = as_scaled ? series.scale_season : series.season,
                                          .horizon = static_cast<int>(series.test.size())});
            if (!forecast.ok()) {
                throw std::runtime_error(series.name + ": " + forecast.error().describe());
            }
            means[i] = forecast->mean;
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < thread_count; ++i) {
            threads.emplace_back(work);
        }
    }
    return means;
}

struct Score {
    double smape = 0;
    double mase = 0;
    std::size_t count = 0;
};

/// Averages by group; the whole set under "". MASE leaves out series that never change.
std::map<std::string, Score> scores(const std::vector<BenchmarkSeries>& set,
                                    const std::vector<std::vector<double>>& means) {
    std::map<std::string, Score> sums;
    std::map<std::string, std::size_t> scaled;
    for (std::size_t i = 0; i < set.size(); ++i) {
        const auto scale = forecast::naive_scale(set[i].training, set[i].scale_season);
        for (const std::string& group : {std::string(), set[i].group}) {
            Score& sum = sums[group];
            sum.smape += forecast::smape(set[i].test, means[i]);
            sum.count += 1;
            if (scale) {
                sum.mase += forecast::mase(set[i].test, means[i], *scale);
                scaled[group] += 1;
            }
        }
    }
    for (auto& [group, sum] : sums) {
        sum.smape /= static_cast<double>(sum.count);
        sum.mase /= static_cast<double>(scaled[group]);
    }
    return sums;
}

void write_means(std::ofstream& file, const std::string& method, const std::vector<BenchmarkSeries>& set,
                 const std::vector<std::vector<double>>& means) {
    for (std::size_t i = 0; i < set.size(); ++i) {
        file << set[i].name << ',' << method;
        for (const double value : means[i]) {
            file << fmt::format(",{}", value);
        }
        file << '\n';
    }
}

struct Options {
    std::filesystem::path data;
    std::vector<std::string> sets = {"m3", "m4-weekly"};
    std::vector<std::string> only;
    std::string means_file;
    int inside = 0;
    unsigned thread_count = 2;
};

void measure(const std::string& name, const std::vector<BenchmarkSeries>& set, const Options& options) {
    const auto base = scores(set, run(&forecast::forecast_naive2, set, true, options.thread_count));
    std::ofstream file;
    if (!options.means_file.empty()) {
        file.open(options.means_file + "." + name + ".csv");
    }
    if (options.only.empty() || std::ranges::find(options.only, "pooled") != options.only.end()) {
        std::vector<forecast::Request> requests;
        for (const auto& series : set) {
            requests.push_back({.values = series.training, .season = series.season, .horizon = static_cast<int>(series.test.size())});
        }
        for (int lags : {65, 104}) {
        auto pooled = forecast::forecast_pooled(requests, {.lag_count = lags});
        std::vector<std::vector<double>> means;
        for (auto& one : *pooled) means.push_back(one.mean);
        if (file.is_open()) write_means(file, fmt::format("pooled{}", lags), set, means);
        const auto all = scores(set, means).at("");
        fmt::print("pooled {} {} sMAPE {:.3f} MASE {:.3f} OWA {:.3f}\n", name, lags, all.smape, all.mase, forecast::owa(all.smape, all.mase, base.at("").smape, base.at("").mase));
        }
    }
    for (const auto& [method_name, method] : methods()) {
        if (!options.only.empty() && std::ranges::find(options.only, method_name) == options.only.end()) {
            continue;
        }
        const auto start = std::chrono::steady_clock::now();
        const auto processor = std::clock();
        const auto means = run(method, set, method_name == "naive2", options.thread_count);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        const double processor_seconds = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
        if (file.is_open()) {
            write_means(file, method_name, set, means);
        }
        for (const auto& [group, score] : scores(set, means)) {
            const Score& naive2 = base.at(group);
            fmt::print("{:10} {:22} {:10} {:5} sMAPE {:7.3f}  MASE {:6.3f}  OWA {:5.3f}", name, method_name,
                       group.empty() ? "all" : group, score.count, score.smape, score.mase,
                       forecast::owa(score.smape, score.mase, naive2.smape, naive2.mase));
            fmt::print("{}\n", group.empty() ? fmt::format("  {:.1f} s, {:.1f} s of processors", seconds.count(),
                                                           processor_seconds)
                                             : "");
        }
        std::fflush(stdout);
    }
}

int run_all(const Options& options) {
    for (const std::string& name : options.sets) {
        auto set = name == "m3" ? read_m3(options.data) : read_m4_weekly(options.data);
        if (!set) {
            fmt::print("{}: skipped, its files are not in {}\n", name, options.data.string());
            continue;
        }
        for (int i = 0; i < options.inside; ++i) {
            *set = inside_training(std::move(*set));
        }
        measure(name, *set, options);
    }
    return 0;
}

} // namespace

} // namespace florin::bench

int main(int argc, char** argv) {
    florin::bench::Options options;
    const char* folder = std::getenv("FLORIN_SHARED_DATA");
    options.data = folder != nullptr ? folder : "../shared/data";
    CLI::App app("Measures forecasts on published series.");
    app.add_option("--data", options.data, "Folder of the series; default FLORIN_SHARED_DATA, else ../shared/data");
    app.add_option("--set", options.sets, "m3, m4-weekly")->delimiter(',');
    app.add_option("--method", options.only, "Only these methods")->delimiter(',');
    app.add_option("--means", options.means_file, "Write the forecasts to this path + .SET.csv");
    app.add_option("--threads", options.thread_count, "Default 2");
    app.add_option("--inside", options.inside,
                   "Leave the test part out, N times: the end of the training part is the next");
    CLI11_PARSE(app, argc, argv);
    try {
        return florin::bench::run_all(options);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
