#include "forecast/ets.hpp"

#include "forecast/made_series_test.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

namespace florin::forecast {

namespace {

struct RFit {
    const char* form;
    EtsParameters parameters;
    double level;
    double trend;
    std::vector<double> season;
    double likelihood; ///< -2 logLik
    double aicc;
    std::vector<double> mean;
};

/// R 4.2.2 with forecast 8.20, y the series of made::trend_and_season as ts(y, frequency = 12):
///   f <- ets(y, model = "MAM", damped = FALSE, allow.multiplicative.trend = TRUE)
///   f$par, rev of the seasonal columns of f$initstate, -2 * f$loglik, f$aicc, forecast(f, h = 3)$mean
const std::vector<RFit> kRFits = {
    {"ANN",
     {0.9998999514, 0, 0, 1},
     110.2739703,
     0,
     {},
     957.3423031,
     963.6031726,
     {247.4702064, 247.4702064, 247.4702064}},
    {"AAN",
     {0.8575013108, 0.8575005816, 0, 1},
     92.19974342,
     16.59235479,
     {},
     930.2005896,
     940.8672562,
     {278.1966868, 311.3347907, 344.4728947}},
    {"AAdN",
     {0.8498674304, 0.8498668859, 0, 0.8009158182},
     131.7038971,
     -6.262882991,
     {},
     927.387942,
     940.3317622,
     {270.4001878, 291.3408947, 308.1126382}},
    {"MNN",
     {0.9998983718, 0, 0, 1},
     106.3637932,
     0,
     {},
     950.7550624,
     957.0159319,
     {247.4701533, 247.4701533, 247.4701533}},
    {"MAdN",
     {0.9998999064, 0.0001030487352, 0, 0.8000601647},
     125.9032469,
     0.9191092073,
     {},
     953.9589372,
     966.9027574,
     {247.4727903, 247.4748588, 247.4765137}},
    {"ANA",
     {0.8471023128, 0, 0.000117637864, 1},
     126.5140336,
     0,
     {18.33845096, 32.13228384, 37.28552739, 29.48070429, 15.99055898, -1.854459092, -16.79494332, -31.78622098,
      -33.26244812, -29.69403532, -18.1760417, -1.65937691},
     843.1915556,
     879.1915556,
     {264.6992052, 278.4942312, 283.6498476}},
    {"AAdA",
     {0.7485778691, 0.0001063027549, 0.000104186779, 0.9799974031},
     93.41802365,
     2.854108053,
     {19.05171371, 30.57057484, 36.43797508, 27.72150899, 15.1853844, -2.050365303, -14.66302096, -31.77944998,
      -33.41062437, -29.74760337, -17.27877578, -0.03731724788},
     811.2438106,
     856.1269275,
     {262.6316986, 274.5478294, 280.8042283}},
    {"MAM",
     {0.02369511667, 0.000100469751, 0.0001017459664, 1},
     100.0982229,
     1.494904527,
     {1.112291245, 1.188490633, 1.221356594, 1.160829552, 1.085045594, 0.9774578779, 0.9042494745, 0.8118031284,
      0.8037843091, 0.8291142091, 0.9062452019, 0.9993321817},
     729.023043,
     770.8691969,
     {272.6308828, 293.0848586, 303.0142335}},
    {"MAdM",
     {0.1836929965, 0.03586687485, 0.0001137355942, 0.9790159846},
     99.64081783,
     2.31917793,
     {1.113261396, 1.191544419, 1.217547678, 1.156540787, 1.082231312, 0.9801629799, 0.9073123826, 0.8118170291,
      0.8092585801, 0.8286217276, 0.9038400451, 0.9978616633},
     745.0942783,
     789.9773952,
     {271.2395522, 291.4776406, 299.0045615}},
    {"MMdM",
     {0.1483736353, 0.02039254609, 0.000219267091, 0.9799999666},
     99.63118648,
     1.01697787,
     {1.115802661, 1.188588401, 1.216030646, 1.158520316, 1.08239751, 0.9796658895, 0.907394309, 0.8119540147,
      0.8104111924, 0.8286081353, 0.9003541374, 1.000272789},
     740.5166591,
     785.399776,
     {273.3611089, 292.6587875, 300.8902353}},
    {"MMN",
     {0.7617702186, 0.7617699464, 0, 1},
     123.5478382,
     1.081351243,
     {},
     940.0267959,
     950.6934626,
     {282.3467285, 327.6466734, 380.2145794}},
    {"MAA",
     {0.8884436069, 0.0001086087348, 0.0001079193026, 1},
     98.79685219,
     1.983980138,
     {17.08390702, 31.80885687, 37.22486858, 28.55090888, 15.92150899, -2.30588653, -15.35537235, -31.13127533,
      -32.53721373, -28.8429401, -17.70596872, -2.711393571},
     819.5930821,
     861.4392359,
     {267.331622, 284.0329397, 291.4302435}},
};

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

TEST(Ets, RecursionsAreThoseOfR) {
    const std::vector<double> values = made::trend_and_season();
    for (const RFit& r : kRFits) {
        const EtsForm form = *parse_ets_form(r.form);
        const EtsState start{.level = r.level, .trend = r.trend, .season = r.season};
        EXPECT_NEAR(ets_likelihood(form, r.parameters, start, values), r.likelihood, 1e-4) << r.form;
        const EtsFit fit{.form = form, .parameters = r.parameters, .start = start};
        const Forecast forecast = forecast_with(fit, {.values = values, .season = 12, .horizon = 3});
        for (std::size_t k = 0; k < 3; ++k) {
            // R's means of these are expectations, where a trend times a season is a little more than its recursion.
            const bool product = form.damped && form.season == EtsComponent::kMultiplicative;
            EXPECT_NEAR(forecast.mean[k], r.mean[k], product ? 0.1 : 1e-4) << r.form << " step " << k;
        }
    }
}

TEST(Ets, FitsAtLeastAsWellAsR) {
    const std::vector<double> values = made::trend_and_season();
    for (const RFit& r : kRFits) {
        const auto fit = fit_ets({.values = values, .season = 12, .horizon = 3}, *parse_ets_form(r.form));
        ASSERT_TRUE(fit) << r.form;
        EXPECT_LT(fit->likelihood, r.likelihood + 1.5) << r.form;
        // The same penalty, whatever the likelihood.
        EXPECT_NEAR(fit->aicc - fit->likelihood, r.aicc - r.likelihood, 1e-6) << r.form;
    }
}

TEST(Ets, ChoosesTheFormThatRChooses) {
    const std::vector<double> values = made::trend_and_season();
    const auto forecast = forecast_ets({.values = values, .season = 12, .horizon = 3});
    ASSERT_TRUE(forecast.ok());
    EXPECT_EQ(forecast->method, "ETS(M,A,M)");
    EXPECT_NEAR(forecast->mean[0], 272.63, 1.5);
    EXPECT_NEAR(forecast->mean[2], 303.01, 1.5);
    EXPECT_TRUE(forecast->aicc);
}

TEST(Ets, LocalLevelIsRecoveredFromItsOwnData) {
    made::Noise noise(7);
    std::vector<double> values;
    double level = 500;
    for (int t = 0; t < 2000; ++t) { // ETS(A,N,N) with alpha 0.4 and deviation 10
        const double shock = 10 * made::normal(noise);
        values.push_back(level + shock);
        level += 0.4 * shock;
    }
    const auto fit = fit_ets({.values = values}, *parse_ets_form("ANN"));
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->parameters.alpha, 0.4, 0.06); // three standard errors, about
    const Forecast forecast = forecast_with(*fit, {.values = values, .horizon = 1});
    double squares = 0;
    for (const double residual : forecast.residuals) {
        squares += residual * residual / 2000;
    }
    EXPECT_NEAR(std::sqrt(squares), 10, 0.5);
}

TEST(Ets, DampedSeasonIsRecoveredFromItsOwnData) {
    made::Noise noise(11);
    EtsState start{.level = 200, .trend = 2, .season = {-30, -10, 0, 25, 15, 10, -10}};
    const EtsParameters truth{.alpha = 0.3, .beta = 0.1, .gamma = 0.2, .phi = 0.9};
    EtsFilter filter(*parse_ets_form("AAdA"), truth, start);
    std::vector<double> values;
    for (int t = 0; t < 1500; ++t) {
        values.push_back(filter.forecast() + 4 * made::normal(noise));
        filter.see(values.back());
    }
    const auto fit = fit_ets({.values = values, .season = 7}, *parse_ets_form("AAdA"));
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->parameters.alpha, truth.alpha, 0.09);
    EXPECT_NEAR(fit->parameters.gamma, truth.gamma, 0.07);
    EXPECT_LE(fit->likelihood, ets_likelihood(fit->form, truth, start, values));
}

TEST(Ets, PathsSpreadAsTheVarianceOfTheFormSays) {
    made::Noise noise(3);
    std::vector<double> values;
    double level = 100;
    for (int t = 0; t < 400; ++t) {
        const double shock = made::normal(noise);
        values.push_back(level + shock);
        level += 0.5 * shock;
    }
    const auto fit = fit_ets({.values = values}, *parse_ets_form("ANN"));
    ASSERT_TRUE(fit);
    const Forecast forecast = forecast_with(*fit, {.values = values, .horizon = 10});
    double squares = 0;
    for (const double residual : forecast.residuals) {
        squares += residual * residual / 400;
    }
    std::vector<double> ends;
    for (const auto& path : simulate_paths(forecast, 4000, 5)) {
        ends.push_back(path.back());
    }
    const double mean = mean_of(ends);
    double spread = 0;
    for (const double end : ends) {
        spread += (end - mean) * (end - mean) / 4000;
    }
    const double alpha = fit->parameters.alpha; // Hyndman et al. (2008), table 6.1
    EXPECT_NEAR(spread / (squares * (1 + 9 * alpha * alpha)), 1, 0.1);
}

TEST(Ets, FormsThatCannotBeUsedAreNone) {
    const std::vector<double> with_zero = {3, 0, 4, 5, 3, 6, 2, 4, 3, 5, 4, 6};
    EXPECT_FALSE(fit_ets({.values = with_zero}, *parse_ets_form("MNN")));
    EXPECT_TRUE(fit_ets({.values = with_zero}, *parse_ets_form("ANN")));
    EXPECT_FALSE(fit_ets({.values = with_zero}, *parse_ets_form("ANA"))) << "no season in the request";
    EXPECT_FALSE(fit_ets({.values = made::trend_and_season(), .season = 12}, *parse_ets_form("ANM")));
    EXPECT_FALSE(fit_ets({.values = std::vector<double>(20, 5.0)}, *parse_ets_form("ANN"))) << "constant";
    for (const char* name : {"", "AN", "NNN", "ANdN", "AAdNN", "XAN", "AAXN"}) {
        EXPECT_FALSE(parse_ets_form(name)) << name;
    }
}

TEST(Ets, WhatAFormDescribesWithoutErrorIsFollowed) {
    std::vector<double> line; // halves: every value and sum is exact in binary
    for (int i = 0; i < 40; ++i) {
        line.push_back(3.0 + 0.5 * i);
    }
    const auto forecast = forecast_ets({.values = line, .horizon = 4});
    ASSERT_TRUE(forecast.ok());
    for (std::size_t h = 0; h < 4; ++h) {
        EXPECT_NEAR(forecast->mean[h], 3.0 + 0.5 * static_cast<double>(40 + h), 0.05);
    }
    std::vector<double> weeks;
    for (int i = 0; i < 56; ++i) {
        weeks.push_back(i % 7 == 0 ? 16.0 : 8.0);
    }
    const auto season = forecast_ets({.values = weeks, .season = 7, .horizon = 7});
    ASSERT_TRUE(season.ok());
    EXPECT_NEAR(season->mean[0], 16.0, 0.05);
    EXPECT_NEAR(season->mean[1], 8.0, 0.05);
}

} // namespace florin::forecast
