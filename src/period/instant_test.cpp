#include "period/period.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace florin::period {
namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::sys_days;

struct Accepted {
    std::string_view text;
    std::string_view shown;
    InstantForm form;
};

TEST(ParseInstant, AcceptsTheFormsOfBills) {
    for (const Accepted& one : std::array{
             Accepted{"2024-09-18T22:00:00Z", "2024-09-18T22:00:00Z", InstantForm::kIsoUtc},
             Accepted{"2024-09-18T22:00Z", "2024-09-18T22:00:00Z", InstantForm::kIsoUtc},
             Accepted{"2024-09-18T22:00:00+00:00", "2024-09-18T22:00:00Z", InstantForm::kIsoUtc},
             Accepted{"2024-09-18T22:00:00.5Z", "2024-09-18T22:00:00.500000Z", InstantForm::kIsoUtc},
             Accepted{"2024-09-18T22:00:00.000Z", "2024-09-18T22:00:00Z", InstantForm::kIsoUtc},
             Accepted{"2024-09-18T23:59:59.999999999Z", "2024-09-18T23:59:59.999999Z", InstantForm::kIsoUtc},
             Accepted{"2024-09-18T22:00:00+02:00", "2024-09-18T20:00:00Z", InstantForm::kIsoOffset},
             Accepted{"2024-09-18T22:00-05:30", "2024-09-19T03:30:00Z", InstantForm::kIsoOffset},
             Accepted{"2024-09-18T22:00:00-00:00", "2024-09-18T22:00:00Z", InstantForm::kIsoOffset},
             Accepted{"2024-03-01T00:30:00.25+14:00", "2024-02-29T10:30:00.250000Z", InstantForm::kIsoOffset},
             Accepted{"2024-09-18T22:00:00", "2024-09-18T22:00:00Z", InstantForm::kIsoNoZone},
             Accepted{"2024-09-18T22:00", "2024-09-18T22:00:00Z", InstantForm::kIsoNoZone},
             Accepted{"2024-09-18 22:00:00", "2024-09-18T22:00:00Z", InstantForm::kSpaceSeparated},
             Accepted{"2024-09-18 22:00:00 UTC", "2024-09-18T22:00:00Z", InstantForm::kSpaceSeparated},
             Accepted{"2024-09-18 22:00:00.123 UTC", "2024-09-18T22:00:00.123000Z", InstantForm::kSpaceSeparated},
             Accepted{"2024-09-18", "2024-09-18T00:00:00Z", InstantForm::kDateOnly},
             Accepted{"2024-02-29", "2024-02-29T00:00:00Z", InstantForm::kDateOnly},
             Accepted{"2000-02-29", "2000-02-29T00:00:00Z", InstantForm::kDateOnly},
             Accepted{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", InstantForm::kIsoUtc},
             Accepted{"2199-12-31T23:59:59.999999Z", "2199-12-31T23:59:59.999999Z", InstantForm::kIsoUtc},
             Accepted{"9/18/24", "2024-09-18T00:00:00Z", InstantForm::kUsShortDate},
             Accepted{"09/08/2024", "2024-09-08T00:00:00Z", InstantForm::kUsShortDate},
             Accepted{"2/29/2024", "2024-02-29T00:00:00Z", InstantForm::kUsShortDate},
             Accepted{"12/1/99", "2099-12-01T00:00:00Z", InstantForm::kUsShortDate}}) {
        const base::Result<ParsedInstant> parsed = parse_instant(one.text);
        ASSERT_TRUE(parsed.ok()) << one.text;
        EXPECT_EQ(to_string(parsed->instant), one.shown) << one.text;
        EXPECT_EQ(parsed->form, one.form) << one.text;
    }
}

struct Refused {
    std::string_view text;
    std::string_view message;
};

constexpr std::string_view kNoForm = "not a date and time";
constexpr std::string_view kNoDay = "there is no such day in the calendar";
constexpr std::string_view kNoTime = "there is no such time of day or offset";
constexpr std::string_view kNoYear = "outside of the years 1970 to 2199";

TEST(ParseInstant, RefusesAndSaysWhy) {
    using namespace std::string_view_literals;
    for (const Refused& one : std::array{Refused{"", kNoForm},
                                         Refused{"yesterday", kNoForm},
                                         Refused{"2024-09", kNoForm},
                                         Refused{"2024-9-18", kNoForm},
                                         Refused{"2024/09/18", kNoForm},
                                         Refused{"20240918", kNoForm},
                                         Refused{"2024-09-18T", kNoForm},
                                         Refused{"2024-09-18 ", kNoForm},
                                         Refused{"2024-09-18t22:00:00Z", kNoForm},
                                         Refused{"2024-09-18T22:00:00z", kNoForm},
                                         Refused{"2024-09-18T22:00:00ZZ", kNoForm},
                                         Refused{"2024-09-18T2:00:00Z", kNoForm},
                                         Refused{"2024-09-18T22:0:00Z", kNoForm},
                                         Refused{"2024-09-18T22:00:0Z", kNoForm},
                                         Refused{"2024-09-18T22:00:00.Z", kNoForm},
                                         Refused{"2024-09-18T22:00.5Z", kNoForm},
                                         Refused{"2024-09-18T22:00:00+0200", kNoForm},
                                         Refused{"2024-09-18T22:00:00+02:00Z", kNoForm},
                                         Refused{"2024-09-18 22:00", kNoForm},
                                         Refused{"2024-09-18 22:00:00Z", kNoForm},
                                         Refused{"2024-09-18 22:00:00  UTC", kNoForm},
                                         Refused{" 2024-09-18", kNoForm},
                                         Refused{"-024-09-18", kNoForm},
                                         Refused{"2024-09-18T22:00:00\0"sv, kNoForm},
                                         Refused{"9/18", kNoForm},
                                         Refused{"9/18/", kNoForm},
                                         Refused{"9/18/024", kNoForm},
                                         Refused{"/18/24", kNoForm},
                                         Refused{"9//24", kNoForm},
                                         Refused{"009/18/24", kNoForm},
                                         Refused{"9/18/24 10:00", kNoForm},
                                         Refused{"18.9.2024", kNoForm},
                                         Refused{"18/9/24", kNoDay},
                                         Refused{"2/30/2024", kNoDay},
                                         Refused{"0/1/24", kNoDay},
                                         Refused{"2023-02-29", kNoDay},
                                         Refused{"2100-02-29", kNoDay},
                                         Refused{"2024-04-31T00:00:00Z", kNoDay},
                                         Refused{"2024-00-01", kNoDay},
                                         Refused{"2024-13-01", kNoDay},
                                         Refused{"2024-01-00", kNoDay},
                                         Refused{"2024-01-32", kNoDay},
                                         Refused{"2024-09-18T24:00:00Z", kNoTime},
                                         Refused{"2024-09-18T23:60:00Z", kNoTime},
                                         Refused{"2024-12-31T23:59:60Z", kNoTime},
                                         Refused{"2024-09-18 24:00:00", kNoTime},
                                         Refused{"2024-09-18T22:00:00+14:01", kNoTime},
                                         Refused{"2024-09-18T22:00:00+02:60", kNoTime},
                                         Refused{"1969-12-31", kNoYear},
                                         Refused{"2200-01-01", kNoYear},
                                         Refused{"0000-00-00", kNoYear},
                                         Refused{"1/1/1969", kNoYear},
                                         Refused{"1970-01-01T00:00:00+00:01", kNoYear},
                                         Refused{"2199-12-31T23:59:59-00:01", kNoYear}}) {
        const base::Result<ParsedInstant> parsed = parse_instant(one.text);
        ASSERT_FALSE(parsed.ok()) << one.text;
        EXPECT_EQ(parsed.error().code, "period.unreadable");
        EXPECT_EQ(parsed.error().blame, base::Blame::kData);
        EXPECT_EQ(parsed.error().message, one.message) << one.text;
        EXPECT_EQ(parsed.error().place.cell, one.text);
    }
}

TEST(ParseInstant, RoundTripsRandomInstants) {
    constexpr std::uint64_t kSeed = 20240918;
    SCOPED_TRACE(kSeed);
    std::mt19937_64 engine(kSeed);
    const Instant first = sys_days{std::chrono::year{1970} / 1 / 1};
    const Instant end = sys_days{std::chrono::year{2200} / 1 / 1};
    const auto span = static_cast<std::uint64_t>((end - first).count());
    for (int i = 0; i < 200'000; ++i) {
        microseconds since{static_cast<std::int64_t>(engine() % span)};
        since -= i % 2 == 0 ? since % 1'000'000 : microseconds{0};
        const Instant instant = first + since;
        ASSERT_EQ(parse_instant(to_string(instant)).value(), (ParsedInstant{instant, InstantForm::kIsoUtc}));
    }
}

/// Every text of the shape of a date against the calendar of the standard library.
TEST(ParseDay, AgreesWithTheCalendarOnEveryDate) {
    for (int year = 1968; year <= 2201; ++year) {
        for (int month = 0; month <= 13; ++month) {
            for (int day = 0; day <= 32; ++day) {
                const std::string text = std::to_string(year) + (month < 10 ? "-0" : "-") + std::to_string(month) +
                                         (day < 10 ? "-0" : "-") + std::to_string(day);
                const std::chrono::year_month_day date{std::chrono::year{year},
                                                       std::chrono::month{static_cast<unsigned>(month)},
                                                       std::chrono::day{static_cast<unsigned>(day)}};
                const base::Result<Day> parsed = parse_day(text);
                ASSERT_EQ(parsed.ok(), date.ok() && year >= 1970 && year <= 2199) << text;
                if (parsed.ok()) {
                    ASSERT_EQ(*parsed, sys_days{date});
                    ASSERT_EQ(to_string(*parsed), text);
                    ASSERT_EQ(parse_instant(text)->instant, Instant{*parsed});
                }
            }
        }
    }
}

TEST(ParseDay, TakesNothingElse) {
    for (const std::string_view text : {"", "2024-09-18T00:00:00Z", "2024-09-1", "2024-09-18 ", "9/18/2024"}) {
        EXPECT_EQ(parse_day(text).error().code, "period.unreadable") << text;
    }
}

TEST(DayOf, IsTheDayInUtc) {
    EXPECT_EQ(to_string(day_of(parse_instant("2024-09-18T23:59:59.999999Z")->instant)), "2024-09-18");
    EXPECT_EQ(to_string(day_of(parse_instant("2024-09-18T00:00:00+02:00")->instant)), "2024-09-17");
    EXPECT_EQ(day_of(Instant{microseconds{-1}}), sys_days{days{-1}});
}

TEST(NameOfForm, IsKebabCase) {
    EXPECT_EQ(name(InstantForm::kIsoUtc), "iso-utc");
    EXPECT_EQ(name(InstantForm::kIsoOffset), "iso-offset");
    EXPECT_EQ(name(InstantForm::kIsoNoZone), "iso-no-zone");
    EXPECT_EQ(name(InstantForm::kSpaceSeparated), "space-separated");
    EXPECT_EQ(name(InstantForm::kDateOnly), "date-only");
    EXPECT_EQ(name(InstantForm::kUsShortDate), "us-short-date");
}

} // namespace
} // namespace florin::period
