#include "forecast/complex_smoothing.hpp"

#include "forecast/made_series_test.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace florin::forecast {

TEST(ComplexSmoothing, AConstantSeriesWithNoiseIsForecastAtItsLevel) {
    made::Noise noise(21);
    std::vector<double> values;
    for (int t = 0; t < 300; ++t) {
        values.push_back(80 + made::normal(noise));
    }
    const auto forecast = forecast_complex({.values = values, .horizon = 20});
    ASSERT_TRUE(forecast.ok());
    EXPECT_EQ(forecast->method, "CES(none)");
    for (const double mean : forecast->mean) {
        EXPECT_NEAR(mean, 80, 1.5);
    }
}

TEST(ComplexSmoothing, ParametersAreRecoveredFromTheirOwnData) {
    constexpr double kReal = 1.4;
    constexpr double kImaginary = 1.02;
    made::Noise noise(22);
    double level = 1000;
    double companion = 900;
    double squares = 0;
    std::vector<double> values;
    for (int t = 0; t < 1500; ++t) { // the equations of the paper, written out
        const double error = 5 * made::normal(noise);
        squares += error * error;
        values.push_back(level + error);
        const double next = level - (1 - kImaginary) * companion + (kReal - kImaginary) * error;
        companion = level + (1 - kReal) * companion + (kReal + kImaginary) * error;
        level = next;
    }
    const auto fit = fit_complex({.values = values}, ComplexSeason::kNone);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->alpha_real, kReal, 0.2); // a flat valley: what counts is the sum of squares
    EXPECT_LT(fit->squares, 1.1 * squares);   // starting states by backcasting are not the best ones
    EXPECT_NEAR(fit->alpha_imaginary, kImaginary, 0.01);
    EXPECT_NEAR(std::sqrt(fit->squares / 1500), 5, 0.3);
}

TEST(ComplexSmoothing, ASeasonIsFoundAndGoesOn) {
    made::Noise noise(23);
    std::vector<double> values;
    const std::vector<double> season = {0, 5, 9, 4, -2, -9, -7};
    for (std::size_t t = 0; t < 210; ++t) {
        values.push_back(100 + season[t % 7] + noise());
    }
    for (const auto form : {ComplexSeason::kSimple, ComplexSeason::kPartial, ComplexSeason::kFull}) {
        const auto fit = fit_complex({.values = values, .season = 7}, form);
        ASSERT_TRUE(fit);
        const Forecast forecast = forecast_with(*fit, {.values = values, .season = 7, .horizon = 14});
        for (std::size_t k = 0; k < 14; ++k) {
            EXPECT_NEAR(forecast.mean[k], 100 + season[k % 7], 1) << forecast.method << " step " << k;
        }
    }
    const auto adjusted = forecast_complex_adjusted({.values = values, .season = 7, .horizon = 14});
    ASSERT_TRUE(adjusted.ok());
    EXPECT_EQ(adjusted->method, "CES(none)");
    for (std::size_t k = 0; k < 14; ++k) {
        EXPECT_NEAR(adjusted->mean[k], 100 + season[k % 7], 1) << k;
    }
    const auto chosen = forecast_complex({.values = values, .season = 7, .horizon = 7});
    ASSERT_TRUE(chosen.ok());
    EXPECT_NE(chosen->method, "CES(none)");
}

TEST(ComplexSmoothing, EveryFitIsStable) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        made::Noise noise(seed);
        std::vector<double> values;
        for (int t = 0; t < 40; ++t) {
            values.push_back(10 + 0.5 * t * noise());
        }
        const auto fit = fit_complex({.values = values}, ComplexSeason::kNone);
        ASSERT_TRUE(fit) << seed;
        // By simulation: an error long ago has not grown.
        double level = 1;
        double companion = 1;
        for (int t = 0; t < 100000; ++t) {
            const double error = -level;
            const double next =
                level - (1 - fit->alpha_imaginary) * companion + (fit->alpha_real - fit->alpha_imaginary) * error;
            companion = level + (1 - fit->alpha_real) * companion + (fit->alpha_real + fit->alpha_imaginary) * error;
            level = next;
        }
        EXPECT_LT(std::abs(level) + std::abs(companion), 10) << seed;
    }
}

TEST(ComplexSmoothing, TooFewOrConstantValuesStayAtTheLast) {
    for (const std::vector<double>& values : {std::vector<double>{4}, {4, 6, 5, 4, 5}, std::vector<double>(30, 2.0)}) {
        const auto forecast = forecast_complex({.values = values, .season = 7, .horizon = 3});
        ASSERT_TRUE(forecast.ok());
        EXPECT_EQ(forecast->mean, std::vector<double>(3, values.back()));
    }
}

TEST(ComplexSmoothing, AnExactSeasonIsFollowed) {
    std::vector<double> weeks;
    for (int i = 0; i < 56; ++i) {
        weeks.push_back(i % 7 == 0 ? 16.0 : 8.0);
    }
    const auto forecast = forecast_complex({.values = weeks, .season = 7, .horizon = 7});
    ASSERT_TRUE(forecast.ok());
    EXPECT_NEAR(forecast->mean[0], 16.0, 0.05) << forecast->method;
    EXPECT_NEAR(forecast->mean[1], 8.0, 0.05);
    ASSERT_TRUE(forecast->aicc);
    EXPECT_TRUE(std::isfinite(*forecast->aicc));
}

} // namespace florin::forecast
