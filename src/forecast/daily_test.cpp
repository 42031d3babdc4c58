#include "forecast/daily.hpp"

#include "forecast/daily_methods.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

namespace florin::forecast {

namespace {

const period::Day kFirst = period::parse_day("2026-01-01").value();

/// Normal noise by sums of twelve uniform draws, the same on every machine.
class DailyNoise {
public:
    explicit DailyNoise(std::uint64_t seed) : random_(seed) {}
    double operator()() {
        double sum = -6.0;
        for (int i = 0; i < 12; ++i) {
            sum += static_cast<double>(random_() >> 11U) * 0x1.0p-53;
        }
        return sum;
    }

private:
    std::mt19937_64 random_;
};

DailyForecast forecast_of(const std::vector<double>& values, int horizon, Profile profile = Profile::kFast) {
    return forecast_daily({.values = values, .first = kFirst, .horizon = horizon, .holidays = {}, .profile = profile})
        .value();
}

} // namespace

TEST(Daily, MonthEndsAreForecastWhereTheyFall) {
    DailyNoise noise(11);
    std::vector<double> values;
    const auto is_last = [](period::Day day) { return day + std::chrono::days(1) == period::month_of(day).end; };
    for (int i = 0; i < 220; ++i) {
        values.push_back(100.0 + noise() + (is_last(kFirst + std::chrono::days(i)) ? 60.0 : 0.0));
    }
    const std::vector<double> mean = forecast_of(values, 45).banded.forecast.mean;
    for (int i = 0; i < 45; ++i) {
        const double expected = is_last(kFirst + std::chrono::days(220 + i)) ? 160.0 : 100.0;
        EXPECT_NEAR(mean[static_cast<std::size_t>(i)], expected, 12.0) << i;
    }
}

TEST(Daily, FeesOfTheFirstDayComeAgainAndNothingElse) {
    std::vector<double> values;
    for (int i = 0; i < 200; ++i) {
        const period::Day day = kFirst + std::chrono::days(i);
        values.push_back(day == period::month_start(day) ? 3000.0 : 0.0);
    }
    const std::vector<double> mean = forecast_of(values, 62).banded.forecast.mean;
    double sum = 0.0;
    for (int i = 0; i < 62; ++i) {
        const period::Day day = kFirst + std::chrono::days(200 + i);
        sum += mean[static_cast<std::size_t>(i)];
        EXPECT_NEAR(mean[static_cast<std::size_t>(i)], day == period::month_start(day) ? 3000.0 : 0.0, 30.0) << i;
    }
    EXPECT_NEAR(sum, 6000.0, 300.0);
}

TEST(Daily, SaysWhatItRestsOn) {
    EXPECT_EQ(forecast_of(std::vector<double>(50, 0.0), 5).basis, DailyBasis::kNothing);
    std::vector<double> ended(100, 5.0);
    ended.resize(140, 0.0);
    EXPECT_EQ(forecast_of(ended, 5).basis, DailyBasis::kEnded);
    EXPECT_EQ(forecast_of(ended, 5).banded.forecast.mean, std::vector<double>(5, 0.0));
    std::vector<double> young(100, 0.0);
    young.resize(105, 7.0);
    const DailyForecast few = forecast_of(young, 5);
    EXPECT_EQ(few.basis, DailyBasis::kFewDays);
    EXPECT_EQ(few.day_count, 5U);
    EXPECT_EQ(few.banded.forecast.mean, std::vector<double>(5, 7.0));
    young.resize(110, 7.0);
    EXPECT_EQ(forecast_of(young, 5).basis, DailyBasis::kShort);
    EXPECT_EQ(forecast_of(std::vector<double>(40, -3.0), 5).banded.forecast.mean, std::vector<double>(5, -3.0));
}

TEST(Daily, OneAbsurdDayMovesNothing) {
    DailyNoise noise(5);
    std::vector<double> values;
    for (int i = 0; i < 120; ++i) {
        values.push_back(100.0 + noise());
    }
    values[110] = 1e7;
    for (const double mean : forecast_of(values, 10).banded.forecast.mean) {
        EXPECT_NEAR(mean, 100.0, 3.0);
    }
}

TEST(Daily, FuturesHaveTheMarginsOfTheBacktestAndSumsAsWideAsPastSums) {
    // Errors that last: a random walk. Independent days would make the sum far too narrow.
    DailyNoise noise(3);
    std::vector<double> values;
    double level = 1000.0;
    for (int i = 0; i < 300; ++i) {
        level += 2.0 * noise();
        values.push_back(level);
    }
    const DailyForecast found = forecast_of(values, 30);
    const std::vector<double>& means = found.banded.forecast.mean;
    const Paths raw = joint_paths(std::vector<Forecast>{found.banded.forecast}, 1000, 1).front();
    const Paths paths = calibrate_daily(found, means, raw, 1);
    EXPECT_EQ(paths, calibrate_daily(found, means, raw, 1));
    const double middle = std::accumulate(means.begin(), means.end(), 0.0);
    double squares = 0.0;
    for (const double sum : sum_steps(paths, 0, 30)) {
        squares += (sum - middle) * (sum - middle);
    }
    const double width = std::sqrt(squares / 1000.0);
    const double past = found.sum_size * found.banded.scale;
    EXPECT_GE(width, 0.8 * past);
    EXPECT_LE(width, 1.3 * past);
    std::vector<double> last;
    for (const std::vector<double>& path : paths) {
        last.push_back(path.back());
    }
    const Interval band = intervals(means, found.banded.errors, found.banded.scale, 0.8, true).back();
    EXPECT_NEAR(sample_quantile(last, 0.9), band.upper, 0.2 * (band.upper - means.back()));
}

TEST(DailyMethods, WeekdaysAreMeansOfFourWeeks) {
    std::vector<double> values;
    for (int i = 0; i < 35; ++i) {
        values.push_back(i % 7 == 0 ? static_cast<double>(i) : 1.0);
    }
    const std::vector<double> mean = forecast_weekday_means({.values = values, .horizon = 8}).value().mean;
    EXPECT_EQ(mean[0], (7.0 + 14.0 + 21.0 + 28.0) / 4.0);
    EXPECT_EQ(mean[1], 1.0);
    EXPECT_EQ(mean[7], mean[0]);
}

TEST(DailyMethods, FarValuesAreCutUnlessTheyAreWhatTheSeriesIsLike) {
    DailyNoise noise(9);
    std::vector<double> values;
    for (int i = 0; i < 100; ++i) {
        values.push_back(10.0 + 0.1 * noise());
    }
    std::vector<double> often = values;
    values[50] = 1000.0;
    EXPECT_LT(without_far_values(values)[50], 12.0);
    EXPECT_EQ(without_far_values(values)[51], values[51]);
    for (std::size_t i = 5; i < 100; i += 10) {
        often[i] = 1000.0;
    }
    EXPECT_EQ(without_far_values(often), often);
}

} // namespace florin::forecast
