#include "benchmark_data.hpp"

#include <array>
#include <charconv>
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
