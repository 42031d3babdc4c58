#include "forecast/cleaning.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace florin::forecast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Values = std::vector<double>;

std::string code_of(std::vector<Observation> observations, const CleaningPolicy& policy = {}) {
    return clean(std::move(observations), policy).error().code;
}

/// `value` where there is one; the kinds and steps of the notes as text.
std::string notes_of(const CleanSeries& series) {
    std::string text;
    for (const CleaningNote& note : series.notes) {
        constexpr const char* kNames[] = {"summed", "zero", "interpolated", "outlier", "dropped"};
        text += std::string(text.empty() ? "" : " ") + kNames[static_cast<std::size_t>(note.kind)] + "@" +
                std::to_string(note.step);
    }
    return text;
}

TEST(Cleaning, OrderDoesNotMatterAndMissingStepsAreZero) {
    const auto found = clean({{.step = 7, .value = 3.0}, {.step = 4, .value = 1.0}, {.step = 5, .value = -2.0}}, {});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->first_step, 4);
    EXPECT_THAT(found->values, ElementsAre(1.0, -2.0, 0.0, 3.0));
    EXPECT_EQ(notes_of(*found), "zero@6");
}

TEST(Cleaning, UnknownValuesAreALineBetweenTheirNeighbours) {
    const auto found = clean({{.step = 0, .value = std::nullopt},
                              {.step = 1, .value = 10.0},
                              {.step = 2, .value = std::nan("")},
                              {.step = 3, .value = std::nullopt},
                              {.step = 4, .value = 40.0},
                              {.step = 5, .value = std::nullopt}},
                             {});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->first_step, 1);
    EXPECT_THAT(found->values, ElementsAre(10.0, 20.0, 30.0, 40.0));
    EXPECT_EQ(notes_of(*found), "interpolated@2 interpolated@3");
}

TEST(Cleaning, AnUnknownValueHasItsSeason) {
    std::vector<Observation> observations;
    for (int t = 0; t < 56; ++t) {
        observations.push_back({.step = t, .value = 100.0 + t + (t % 7 == 6 ? -50.0 : 0.0)});
    }
    observations[27].value.reset(); // a cheap day
    const auto found = clean(observations, {.season = 7});
    ASSERT_TRUE(found.ok());
    EXPECT_NEAR(found->values[27], 77.0, 1.0);
}

TEST(Cleaning, DaysThatAreNotOverAreLeftOut) {
    const auto found = clean({{.step = 1, .value = 5.0},
                              {.step = 2, .value = 6.0, .complete = false},
                              {.step = 3, .value = 7.0},
                              {.step = 4, .value = 1.0, .complete = false},
                              {.step = 5, .value = 0.5, .complete = false}},
                             {});
    ASSERT_TRUE(found.ok());
    EXPECT_THAT(found->values, ElementsAre(5.0, 6.0, 7.0));
    EXPECT_EQ(notes_of(*found), "dropped@4 dropped@5");
    EXPECT_EQ(code_of({{.step = 1, .value = 5.0, .complete = false}}), "forecast.empty");
}

TEST(Cleaning, DuplicatesAreRefusedOrSummed) {
    const std::vector<Observation> twice{{.step = 1, .value = 5.0},
                                         {.step = 1, .value = std::nan("")},
                                         {.step = 1, .value = 2.5},
                                         {.step = 2, .value = 1.0}};
    EXPECT_EQ(code_of(twice), "forecast.duplicate");
    const auto found = clean(twice, {.duplicates = DuplicatePolicy::kSum});
    ASSERT_TRUE(found.ok());
    EXPECT_THAT(found->values, ElementsAre(7.5, 1.0));
    EXPECT_EQ(notes_of(*found), "summed@1");
    EXPECT_EQ(found->notes[0].before, 5.0);
    EXPECT_EQ(found->notes[0].after, 7.5);
    // A step of which one part is still to come is not over.
    const auto partly =
        clean({{.step = 1, .value = 5.0}, {.step = 2, .value = 1.0}, {.step = 2, .value = 1.0, .complete = false}},
              {.duplicates = DuplicatePolicy::kSum});
    ASSERT_TRUE(partly.ok());
    EXPECT_THAT(partly->values, ElementsAre(5.0));
}

TEST(Cleaning, BadInputIsAnError) {
    EXPECT_EQ(code_of({}), "forecast.empty");
    EXPECT_EQ(code_of({{.step = 1, .value = std::nullopt}}), "forecast.empty");
    EXPECT_EQ(code_of({{.step = 1, .value = HUGE_VAL}}), "forecast.magnitude");
    EXPECT_EQ(code_of({{.step = 1, .value = -1e31}}), "forecast.magnitude");
    const std::vector<Observation> gap{{.step = 1, .value = 1.0}, {.step = 3, .value = 1.0}};
    EXPECT_EQ(code_of(gap, {.missing_steps = GapPolicy::kRefuse}), "forecast.gap");
    const std::vector<Observation> unknown{
        {.step = 1, .value = 1.0}, {.step = 2, .value = std::nullopt}, {.step = 3, .value = 1.0}};
    EXPECT_EQ(code_of(unknown, {.unknown_values = GapPolicy::kRefuse}), "forecast.gap");
    EXPECT_EQ(code_of({{.step = 0, .value = 1.0}, {.step = kStepsMax, .value = 1.0}}), "forecast.span");
    EXPECT_EQ(code_of({{.step = std::numeric_limits<std::int64_t>::min(), .value = 1.0},
                       {.step = std::numeric_limits<std::int64_t>::max(), .value = 1.0}}),
              "forecast.span");
}

/// Weeks with a cheap Sunday and noise.
std::vector<Observation> noisy_weeks(std::size_t count) {
    std::mt19937_64 random(3);
    std::normal_distribution<double> normal;
    std::vector<Observation> found;
    for (std::size_t t = 0; t < count; ++t) {
        found.push_back({.step = static_cast<std::int64_t>(t),
                         .value = 100.0 + 0.1 * static_cast<double>(t) - (t % 7 == 6 ? 30.0 : 0.0) + normal(random)});
    }
    return found;
}

TEST(Cleaning, AnOutlierIsReplacedAndNoted) {
    auto observations = noisy_weeks(140);
    observations[70].value = 1e6;
    observations[90].value = -500.0;
    const auto found = clean(observations, {.replace_outliers = true, .season = 7});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(notes_of(*found), "outlier@70 outlier@90");
    EXPECT_EQ(found->notes[0].before, 1e6);
    EXPECT_NEAR(found->values[70], 107.0, 4.0);
    EXPECT_NEAR(found->values[90], 79.0, 4.0); // a Sunday
    const auto kept = clean(observations, {.season = 7});
    EXPECT_EQ(kept->values[70], 1e6);
}

TEST(Cleaning, AMonthlyFeeIsNoOutlier) {
    auto observations = noisy_weeks(180);
    for (std::size_t t = 0; t < 180; t += 30) {
        observations[t].value = *observations[t].value + 400.0;
    }
    const auto found = clean(observations, {.replace_outliers = true, .season = 7});
    ASSERT_TRUE(found.ok());
    EXPECT_THAT(found->notes, IsEmpty());
}

TEST(Cleaning, OutliersOfSmallOrFlatSeries) {
    EXPECT_THAT(find_outliers(Values{1.0, 99.0, 1.0}, 1), IsEmpty());
    EXPECT_THAT(find_outliers(Values(40, 2.0), 7), IsEmpty());
    Values flat(40, 2.0);
    flat[20] = 3.0;
    EXPECT_THAT(find_outliers(flat, 1), ElementsAre(20));
    flat[0] = 50.0;
    EXPECT_THAT(find_outliers(flat, 1), IsEmpty()); // two of forty: what this series does
    Values ends(60, 2.0);
    ends[0] = 90.0;
    std::vector<Observation> observations;
    for (std::size_t t = 0; t < ends.size(); ++t) {
        observations.push_back({.step = static_cast<std::int64_t>(t), .value = ends[t]});
    }
    EXPECT_EQ(clean(observations, {.replace_outliers = true})->values[0], 2.0); // the nearest value
}

} // namespace
} // namespace florin::forecast
