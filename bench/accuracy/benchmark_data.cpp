#include "benchmark_data.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <random>
#include <stdexcept>
#include <string_view>
#include <zlib.h>

namespace florin::bench {

namespace {

/// Lines of a file, gzipped or plain, without quotes.
std::vector<std::string> read_lines(const std::filesystem::path& file) {
    gzFile handle = gzopen(file.c_str(), "rb");
    if (handle == nullptr) {
        throw std::runtime_error("cannot open " + file.string());
    }
    std::string text;
    std::array<char, 1 << 16> buffer{};
    int got = 0;
    while ((got = gzread(handle, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (got < 0 || gzclose(handle) != Z_OK) {
        throw std::runtime_error("cannot read " + file.string());
    }
    std::vector<std::string> lines(1);
    for (const char byte : text) {
        if (byte == '\n') {
            lines.emplace_back();
        } else if (byte != '"' && byte != '\r') {
            lines.back() += byte;
        }
    }
    if (lines.back().empty()) {
        lines.pop_back();
    }
    return lines;
}

std::vector<std::string_view> cells(std::string_view line) {
    std::vector<std::string_view> result;
    while (true) {
        const auto comma = line.find(',');
        result.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) {
            return result;
        }
        line.remove_prefix(comma + 1);
    }
}

double number(std::string_view cell) {
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size()) {
        throw std::runtime_error("not a number: " + std::string(cell));
    }
    return value;
}

/// The numbers after the name, up to the first empty or absent one.
std::vector<double> numbers(const std::vector<std::string_view>& row) {
    std::vector<double> result;
    for (std::size_t i = 1; i < row.size() && !row[i].empty() && row[i] != "NA"; ++i) {
        result.push_back(number(row[i]));
    }
    return result;
}

/// Days since 1970 of a text that begins as 2022-05-01.
int day_number(std::string_view text) {
    using namespace std::chrono;
    const year_month_day day{year(static_cast<int>(number(text.substr(0, 4)))),
                             month(static_cast<unsigned>(number(text.substr(5, 2)))),
                             std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2))))};
    return static_cast<int>(sys_days(day).time_since_epoch().count());
}

void add(std::vector<double>& sum, const std::vector<double>& values) {
    for (std::size_t i = 0; i < std::min(sum.size(), values.size()); ++i) {
        sum[i] += values[i];
    }
}

/// One first day of forecasts of the cloud demand.
class CloudOrigin {
public:
    CloudOrigin(std::string name, std::size_t day) : name_(std::move(name)), day_(day) {}

    std::size_t end() const { return day_ + kHorizon; }

    /// Whether the series stands on its own.
    bool counts(const std::vector<double>& values) const {
        const auto start = first(values);
        const bool live =
            std::any_of(values.begin() + offset(std::min(day_ - 28, values.size())),
                        values.begin() + offset(std::min(day_, values.size())), [](double value) { return value > 0; });
        return start + 180 <= day_ && live;
    }

    /// The series from its first demand on, unless there is none before this day.
    void append(std::vector<BenchmarkSeries>& all, const std::string& name, const char* level,
                std::vector<double> values) const {
        values.resize(end());
        const auto start = first(values);
        if (start < day_) {
            all.push_back({.name = name_ + " " + name,
                           .group = level,
                           .training = {values.begin() + offset(start), values.begin() + offset(day_)},
                           .test = {values.begin() + offset(day_), values.end()},
                           .season = 7,
                           .scale_season = 7});
        }
    }

private:
    static constexpr std::size_t kHorizon = 90;

    static std::ptrdiff_t offset(std::size_t at) { return static_cast<std::ptrdiff_t>(at); }
    static std::size_t first(const std::vector<double>& values) {
        const auto found = std::ranges::find_if(values, [](double value) { return value > 0; });
        return static_cast<std::size_t>(found - values.begin());
    }

    std::string name_;
    std::size_t day_;
};

} // namespace

std::optional<std::vector<BenchmarkSeries>> read_m3(const std::filesystem::path& folder) {
    const auto file = folder / "m3" / "m3.csv.gz";
    if (!std::filesystem::exists(file)) {
        return std::nullopt;
    }
    std::vector<BenchmarkSeries> result;
    const std::vector<std::string> lines = read_lines(file);
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto row = cells(lines[i]); // series,period,type,split,t,value
        if (result.empty() || result.back().name != row.at(0)) {
            const int season = row[1] == "MONTHLY" ? 12 : row[1] == "QUARTERLY" ? 4 : 1;
            result.push_back(
                {.name = std::string(row[0]), .group = std::string(row[1]), .season = season, .scale_season = season});
        }
        (row.at(3) == "train" ? result.back().training : result.back().test).push_back(number(row.at(5)));
    }
    return result;
}

std::optional<std::vector<BenchmarkSeries>> read_m4_weekly(const std::filesystem::path& folder) {
    const auto training = folder / "m4" / "Weekly-train.csv.gz";
    const auto test = folder / "m4" / "Weekly-test.csv";
    if (!std::filesystem::exists(training) || !std::filesystem::exists(test)) {
        return std::nullopt;
    }
    std::map<std::string, std::vector<double>, std::less<>> futures;
    for (const std::string& line : read_lines(test)) {
        const auto row = cells(line);
        if (row[0].starts_with('W')) {
            futures.emplace(row[0], numbers(row));
        }
    }
    std::vector<BenchmarkSeries> result;
    for (const std::string& line : read_lines(training)) {
        const auto row = cells(line);
        if (row[0].starts_with('W')) {
            result.push_back({.name = std::string(row[0]),
                              .group = "WEEKLY",
                              .training = numbers(row),
                              .test = futures.find(row[0])->second,
                              .season = 52});
        }
    }
    return result;
}

std::optional<std::vector<BenchmarkSeries>> read_cloud_demand(const std::filesystem::path& folder) {
    const auto file = folder / "cloud-demand" / "hourly_demand_2021-02_2023-04.csv.gz";
    if (!std::filesystem::exists(file)) {
        return std::nullopt;
    }
    std::map<std::string, std::map<std::string, std::vector<double>>> regions; // region, type, day
    const std::vector<std::string> lines = read_lines(file);
    const int first_day = day_number(cells(lines.at(1))[0]);
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto row = cells(lines[i]); // USAGE_HOUR,REGION_NUM,INSTANCE_TYPE,NORM_USAGE
        const auto day = static_cast<std::size_t>(day_number(row.at(0)) - first_day);
        std::vector<double>& values = regions[std::string(row.at(1))][std::string(row.at(2))];
        values.resize(std::max(values.size(), day + 1));
        values[day] += number(row.at(3));
    }
    std::vector<BenchmarkSeries> result;
    for (const char* origin : {"2022-05-01", "2022-08-01", "2022-11-01", "2023-01-31"}) {
        const CloudOrigin at(origin, static_cast<std::size_t>(day_number(origin) - first_day));
        std::vector<double> total(at.end());
        for (const auto& [region, types] : regions) {
            std::vector<double> whole(at.end());
            std::vector<double> rest(at.end());
            for (const auto& [type, values] : types) {
                add(whole, values);
                if (at.counts(values)) {
                    at.append(result, region + type, "SERIES", values);
                } else {
                    add(rest, values);
                }
            }
            at.append(result, region + "rest", "SERIES", rest);
            at.append(result, region, "REGION", whole);
            add(total, whole);
        }
        at.append(result, "all", "TOTAL", total);
    }
    return result;
}

std::vector<BenchmarkSeries> made_daily_series() {
    constexpr std::array<double, 7> kWeek = {1.1, 1.15, 1.12, 1.1, 1.05, 0.75, 0.73};
    std::minstd_rand0 random(20240101);
    const auto noise = [&random] { return static_cast<double>(random()) / 2147483647.0 - 0.5; };
    std::vector<BenchmarkSeries> result;
    for (int i = 0; i < 1000; ++i) {
        BenchmarkSeries series{.name = "D" + std::to_string(i + 1), .group = "DAILY", .season = 7, .scale_season = 7};
        const double growth = 0.001 * noise();
        double level = 1000 * (1 + noise());
        for (int day = 0; day < 758; ++day) {
            level *= 1 + growth + 0.01 * noise();
            const double value = level * kWeek[static_cast<std::size_t>(day % 7)] * (1 + 0.1 * noise());
            (day < 730 ? series.training : series.test).push_back(value);
        }
        result.push_back(std::move(series));
    }
    return result;
}

std::vector<BenchmarkSeries> inside_training(std::vector<BenchmarkSeries> series) {
    std::erase_if(series, [](const BenchmarkSeries& one) { return one.training.size() < 2 * one.test.size(); });
    for (BenchmarkSeries& one : series) {
        const auto cut = one.training.end() - static_cast<std::ptrdiff_t>(one.test.size());
        one.test.assign(cut, one.training.end());
        one.training.erase(cut, one.training.end());
    }
    return series;
}

} // namespace florin::bench
