// The published series that forecasts are measured on, read from the files that others gave out.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace florin::bench {

struct BenchmarkSeries {
    std::string name;
    std::string group; ///< YEARLY, MONTHLY, …
    std::vector<double> training;
    std::vector<double> test;
    int season = 1;       ///< what the methods are told
    int scale_season = 1; ///< what the benchmark's MASE divides by
};

/// `m3/m3.csv.gz` below `folder`: 3,003 series. None where the file is not there; a malformed one stops the program.
std::optional<std::vector<BenchmarkSeries>> read_m3(const std::filesystem::path& folder);

/// `m4/Weekly-train.csv.gz` and `m4/Weekly-test.csv` below `folder`: 359 series, 13 weeks ahead; MASE over lag 1, as
/// the competition has it, while the methods are told of the year's 52 weeks.
std::optional<std::vector<BenchmarkSeries>> read_m4_weekly(const std::filesystem::path& folder);

/// `cloud-demand/hourly_demand_2021-02_2023-04.csv.gz` below `folder`: daily sums of a fleet's demand, 90 days ahead
/// from 2022-05-01, 2022-08-01, 2022-11-01 and 2023-01-31. At each of them a series of region and type counts on its
/// own (SERIES) with at least 180 days of history and demand in the last 28; all others of its region are one series
/// more. REGION and TOTAL hold everything. An absent hour is no demand.
std::optional<std::vector<BenchmarkSeries>> read_cloud_demand(const std::filesystem::path& folder);

/// 1,000 made series of 730 days and 28 more, with a week, a trend and noise: for measuring time, not accuracy.
std::vector<BenchmarkSeries> made_daily_series();

/// The same series with the test part left out, and the last steps of the training part, as many, in its place: what
/// choices are made on. Series that are left with less than a horizon are left out.
std::vector<BenchmarkSeries> inside_training(std::vector<BenchmarkSeries> series);

} // namespace florin::bench
