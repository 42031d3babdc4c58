// Forecast accuracy on published series, by method: see README.md beside this file.
#include "benchmark_data.hpp"
#include "forecast/accuracy.hpp"
#include "forecast/arima.hpp"
#include "forecast/complex_smoothing.hpp"
#include "forecast/ets.hpp"
#include "forecast/naive2.hpp"
#include "forecast/profile.hpp"
#include "forecast/seasonal_naive.hpp"
#include "forecast/theta.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <map>
#include <thread>

namespace florin::bench {

namespace {

using Means = std::vector<std::vector<double>>;

forecast::Request request_of(const BenchmarkSeries& series) {
    return {.values = series.training, .season = series.season, .horizon = static_cast<int>(series.test.size())};
}

/// The means of one method for all series, on several threads.
Means run_each(const std::function<base::Result<forecast::Forecast>(const forecast::Request&)>& method,
               const std::vector<BenchmarkSeries>& set, unsigned thread_count) {
    Means means(set.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < set.size(); i = next++) {
            means[i] = method(request_of(set[i])).value().mean;
        }
    };
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < thread_count; ++i) {
        threads.emplace_back(work);
    }
    threads.clear(); // joins them
    return means;
}

/// What never was below zero is not forecast below it.
void clip(const std::vector<BenchmarkSeries>& set, Means& means) {
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (*std::ranges::min_element(set[i].training) >= 0) {
            for (double& mean : means[i]) {
                mean = std::max(mean, 0.0);
            }
        }
    }
}

Means run_together(const std::vector<BenchmarkSeries>& set, unsigned /*thread_count*/) {
    std::vector<forecast::Request> requests;
    for (const BenchmarkSeries& series : set) {
        requests.push_back(request_of(series));
    }
    Means means;
    for (forecast::Forecast& forecast : forecast::forecast_accurate_together(requests).value()) {
        means.push_back(std::move(forecast.mean));
    }
    return means;
}

/// Naive2 as the competitions have it: of the season that MASE divides by.
base::Result<forecast::Forecast> naive2_of(const BenchmarkSeries& series) {
    forecast::Request request = request_of(series);
    request.season = series.scale_season;
    return forecast::forecast_naive2(request);
}

struct Method {
    std::string name;
    std::function<Means(const std::vector<BenchmarkSeries>&, unsigned)> run;
};

template <class Function>
Method each(std::string name, Function function) {
    return {std::move(name), [function](const std::vector<BenchmarkSeries>& set, unsigned thread_count) {
                return run_each(function, set, thread_count);
            }};
}

Method theta(std::string name, forecast::ThetaModel model) {
    return each(std::move(name),
                [model](const forecast::Request& request) { return forecast::forecast_theta(request, model); });
}

/// In the order in which they are shown.
std::vector<Method> methods() {
    using Plain = base::Result<forecast::Forecast> (*)(const forecast::Request&);
    return {
        each("seasonal-naive", &forecast::forecast_seasonal_naive),
        theta("theta", forecast::ThetaModel::kStandard),
        theta("optimised-theta", forecast::ThetaModel::kOptimised),
        theta("dynamic-theta", forecast::ThetaModel::kDynamic),
        each("ets", &forecast::forecast_ets),
        each("ets-adjusted", &forecast::forecast_ets_adjusted),
        each("complex", &forecast::forecast_complex),
        each("complex-adjusted", &forecast::forecast_complex_adjusted),
        each("arima", static_cast<Plain>(&forecast::forecast_arima)),
        each("fast", &forecast::forecast_fast),
        each("accurate", &forecast::forecast_accurate),
        {"accurate-together", &run_together},
    };
}

struct Score {
    double smape = 0;
    double mase = 0;
    double wape = 0; ///< pooled: all absolute errors over all absolute values
    std::size_t count = 0;
};

/// Averages by group; the whole set under "". MASE leaves out series that never change.
std::map<std::string, Score> scores(const std::vector<BenchmarkSeries>& set, const Means& means) {
    std::map<std::string, Score> sums;
    std::map<std::string, std::size_t> scaled;
    std::map<std::string, double> sizes;
    for (std::size_t i = 0; i < set.size(); ++i) {
        const auto scale = forecast::naive_scale(set[i].training, set[i].scale_season);
        for (const std::string& group : {std::string(), set[i].group}) {
            Score& sum = sums[group];
            sum.smape += forecast::smape(set[i].test, means[i]);
            sum.count += 1;
            for (std::size_t k = 0; k < set[i].test.size(); ++k) {
                sum.wape += std::abs(set[i].test[k] - means[i][k]);
                sizes[group] += std::abs(set[i].test[k]);
            }
            if (scale) {
                sum.mase += forecast::mase(set[i].test, means[i], *scale);
                scaled[group] += 1;
            }
        }
    }
    for (auto& [group, sum] : sums) {
        sum.smape /= static_cast<double>(sum.count);
        sum.wape *= 100 / sizes[group];
        sum.mase /= static_cast<double>(scaled[group]);
    }
    return sums;
}

void write_means(std::ofstream& file, const std::string& method, const std::vector<BenchmarkSeries>& set,
                 const Means& means) {
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
    std::vector<std::string> sets = {"m3", "m4-weekly", "cloud"};
    std::vector<std::string> only;
    std::string means_file;
    int inside = 0;
    unsigned thread_count = 2;
};

void print(const std::string& set, const std::string& method, const std::map<std::string, Score>& scored,
           const std::map<std::string, Score>& base, const std::string& time) {
    for (const auto& [group, score] : scored) {
        const Score& naive2 = base.at(group);
        fmt::print("{:9} {:17} {:9} {:5}  sMAPE {:7.3f}  MASE {:6.3f}  OWA {:5.3f}  WAPE {:6.3f}  {}\n", set, method,
                   group.empty() ? "all" : group, score.count, score.smape, score.mase,
                   forecast::owa(score.smape, score.mase, naive2.smape, naive2.mase), score.wape,
                   group.empty() ? time : "");
    }
    std::fflush(stdout);
}

void measure(const std::string& name, const std::vector<BenchmarkSeries>& set, const Options& options) {
    Means naive2;
    for (const BenchmarkSeries& series : set) {
        naive2.push_back(naive2_of(series).value().mean);
    }
    const auto base = scores(set, naive2);
    print(name, "naive2", base, base, "");
    std::ofstream file;
    if (!options.means_file.empty()) {
        file.open(options.means_file + "." + name + ".csv");
        write_means(file, "naive2", set, naive2);
    }
    for (const Method& method : methods()) {
        if (!options.only.empty() && std::ranges::find(options.only, method.name) == options.only.end()) {
            continue;
        }
        const auto start = std::chrono::steady_clock::now();
        const auto processor = std::clock();
        Means means = method.run(set, options.thread_count);
        clip(set, means);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        const double processor_seconds = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
        if (file.is_open()) {
            write_means(file, method.name, set, means);
        }
        print(name, method.name, scores(set, means), base,
              fmt::format("{:.1f} s, {:.1f} s of processor", seconds.count(), processor_seconds));
    }
}

int run_all(const Options& options) {
    for (const std::string& name : options.sets) {
        auto set = name == "m3"          ? read_m3(options.data)
                   : name == "m4-weekly" ? read_m4_weekly(options.data)
                   : name == "cloud"     ? read_cloud_demand(options.data)
                                         : std::optional(made_daily_series());
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
    app.add_option("--set", options.sets, "m3, m4-weekly, cloud; made-daily for time alone")
        ->delimiter(',')
        ->check(CLI::IsMember({"m3", "m4-weekly", "cloud", "made-daily"}));
    app.add_option("--method", options.only, "Only these methods")->delimiter(',');
    app.add_option("--means", options.means_file, "Write the forecasts to this path + .SET.csv");
    app.add_option("--threads", options.thread_count, "Default 2");
    app.add_option("--inside", options.inside,
                   "Leave the test part out, N times: each time the end of the training part takes its place");
    CLI11_PARSE(app, argc, argv);
    try {
        return florin::bench::run_all(options);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
