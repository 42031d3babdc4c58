// Days and instants from text and back.
#include "period/period.hpp"

#include "period/years.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace florin::period {
namespace {

constexpr Instant kInstantMin{std::chrono::sys_days{std::chrono::January / 1 / kYearMin}};
constexpr Instant kInstantEnd{std::chrono::sys_days{std::chrono::January / 1 / (kYearMax + 1)}};
constexpr int kOffsetMinutesMax = 14 * 60; ///< no place on earth is further from UTC

/// What became of a text. No error object yet: a good cell must not pay for one.
enum class Outcome : std::uint8_t { kRead, kNoForm, kNoSuchDay, kNoSuchTime, kOutOfYears };

/// The `count` digits at `at`, or a number below zero where one is not a digit.
constexpr int digits(const char* at, int count) {
    int value = 0;
    bool bad = false;
    for (int i = 0; i < count; ++i) {
        const int digit = at[i] - '0';
        bad |= digit < 0 || digit > 9;
        value = value * 10 + digit;
    }
    return bad ? -1 : value;
}

constexpr int month_length(int year, int month) {
    constexpr std::array<int, 13> kLengths{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return kLengths[static_cast<std::size_t>(month)] + (month == 2 && leap ? 1 : 0);
}

Outcome make_day(int year, int month, int day, Day& out) {
    if (year < kYearMin || year > kYearMax) {
        return Outcome::kOutOfYears;
    }
    if (month < 1 || month > 12 || day < 1 || day > month_length(year, month)) {
        return Outcome::kNoSuchDay;
    }
    out = Day{std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)} /
              std::chrono::day{static_cast<unsigned>(day)}};
    return Outcome::kRead;
}

/// The first ten bytes as YYYY-MM-DD.
Outcome read_day(std::string_view text, Day& out) {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') {
        return Outcome::kNoForm;
    }
    const int year = digits(text.data(), 4);
    const int month = digits(text.data() + 5, 2);
    const int day = digits(text.data() + 8, 2);
    if ((year | month | day) < 0) {
        return Outcome::kNoForm;
    }
    return make_day(year, month, day, out);
}

/// One or two digits at the front of `text`, taken off; below zero where there is none.
int take_one_or_two_digits(std::string_view& text) {
    const std::size_t count = text.size() > 1 && digits(text.data() + 1, 1) >= 0 ? 2 : 1;
    const int value = text.empty() ? -1 : digits(text.data(), static_cast<int>(count));
    text.remove_prefix(std::min(count, text.size()));
    return value;
}

/// M/D/YY (this century) or M/D/YYYY.
Outcome read_us_date(std::string_view text, Day& out) {
    const int month = take_one_or_two_digits(text);
    if (month < 0 || !text.starts_with('/')) {
        return Outcome::kNoForm;
    }
    text.remove_prefix(1);
    const int day = take_one_or_two_digits(text);
    if (day < 0 || !text.starts_with('/')) {
        return Outcome::kNoForm;
    }
    text.remove_prefix(1);
    const int year = text.size() == 2 || text.size() == 4 ? digits(text.data(), static_cast<int>(text.size())) : -1;
    if (year < 0) {
        return Outcome::kNoForm;
    }
    return make_day(text.size() == 2 ? 2000 + year : year, month, day, out);
}

/// HH:MM[:SS[.fraction]] at the front of `text`, taken off. Digits beyond microseconds are cut off.
Outcome take_time(std::string_view& text, bool seconds_required, std::chrono::microseconds& out) {
    if (text.size() < 5 || text[2] != ':') {
        return Outcome::kNoForm;
    }
    const int hour = digits(text.data(), 2);
    const int minute = digits(text.data() + 3, 2);
    int second = 0;
    int microsecond = 0;
    text.remove_prefix(5);
    if (text.size() >= 3 && text[0] == ':') {
        second = digits(text.data() + 1, 2);
        text.remove_prefix(3);
        if (text.starts_with('.')) {
            std::size_t end = 1;
            for (int scale = 100'000; end < text.size() && text[end] >= '0' && text[end] <= '9'; ++end, scale /= 10) {
                microsecond += (text[end] - '0') * scale;
            }
            if (end == 1) {
                return Outcome::kNoForm;
            }
            text.remove_prefix(end);
        }
    } else if (seconds_required) {
        return Outcome::kNoForm;
    }
    if ((hour | minute | second) < 0) {
        return Outcome::kNoForm;
    }
    if (hour > 23 || minute > 59 || second > 59) {
        return Outcome::kNoSuchTime;
    }
    out = std::chrono::microseconds{(std::int64_t{hour} * 3600 + minute * 60 + second) * 1'000'000 + microsecond};
    return Outcome::kRead;
}

/// +HH:MM or -HH:MM, the whole of `text`, in minutes east of Greenwich.
Outcome read_offset(std::string_view text, int& minutes) {
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return Outcome::kNoForm;
    }
    const int hour = digits(text.data() + 1, 2);
    const int minute = digits(text.data() + 4, 2);
    if ((hour | minute) < 0) {
        return Outcome::kNoForm;
    }
    minutes = hour * 60 + minute;
    if (minute > 59 || minutes > kOffsetMinutesMax) {
        return Outcome::kNoSuchTime;
    }
    minutes = text[0] == '-' ? -minutes : minutes;
    return Outcome::kRead;
}

/// What follows the `T` of an ISO instant on `day`.
Outcome read_iso_time(std::string_view text, Day day, ParsedInstant& out) {
    std::chrono::microseconds time{};
    if (const Outcome outcome = take_time(text, false, time); outcome != Outcome::kRead) {
        return outcome;
    }
    out = {day + time, InstantForm::kIsoUtc};
    if (text == "Z" || text == "+00:00") {
        return Outcome::kRead;
    }
    if (text.empty()) {
        out.form = InstantForm::kIsoNoZone;
        return Outcome::kRead;
    }
    int offset_minutes = 0;
    if (const Outcome outcome = read_offset(text, offset_minutes); outcome != Outcome::kRead) {
        return outcome;
    }
    out = {out.instant - std::chrono::minutes{offset_minutes}, InstantForm::kIsoOffset};
    const bool in_years = kInstantMin <= out.instant && out.instant < kInstantEnd;
    return in_years ? Outcome::kRead : Outcome::kOutOfYears;
}

Outcome read_instant(std::string_view text, ParsedInstant& out) {
    Day day;
    const Outcome outcome = read_day(text, day);
    if (outcome == Outcome::kNoForm) {
        out.form = InstantForm::kUsShortDate;
        const Outcome us_outcome = read_us_date(text, day);
        out.instant = day;
        return us_outcome;
    }
    if (outcome != Outcome::kRead) {
        return outcome;
    }
    if (text.size() == 10) {
        out = {day, InstantForm::kDateOnly};
        return Outcome::kRead;
    }
    const char separator = text[10];
    text.remove_prefix(11);
    if (separator == 'T') {
        return read_iso_time(text, day, out);
    }
    if (separator != ' ') {
        return Outcome::kNoForm;
    }
    std::chrono::microseconds time{};
    if (const Outcome time_outcome = take_time(text, true, time); time_outcome != Outcome::kRead) {
        return time_outcome;
    }
    out = {day + time, InstantForm::kSpaceSeparated};
    return text.empty() || text == " UTC" ? Outcome::kRead : Outcome::kNoForm;
}

[[gnu::cold]] base::Error unreadable(Outcome outcome, std::string_view text, std::string_view wanted) {
    std::string message;
    switch (outcome) {
    case Outcome::kNoSuchDay: message = "there is no such day in the calendar"; break;
    case Outcome::kNoSuchTime: message = "there is no such time of day or offset"; break;
    case Outcome::kOutOfYears: message = fmt::format("outside of the years {} to {}", kYearMin, kYearMax); break;
    default: message = fmt::format("not {}", wanted); break;
    }
    // A cell may have megabytes; a message shows 200 bytes of it.
    return base::data_error("period.unreadable", std::move(message)).at({.cell = std::string(text.substr(0, 256))});
}

} // namespace

std::string_view name(InstantForm form) {
    switch (form) {
    case InstantForm::kIsoUtc: return "iso-utc";
    case InstantForm::kIsoOffset: return "iso-offset";
    case InstantForm::kIsoNoZone: return "iso-no-zone";
    case InstantForm::kSpaceSeparated: return "space-separated";
    case InstantForm::kDateOnly: return "date-only";
    case InstantForm::kUsShortDate: return "us-short-date";
    }
    base::stop_for_bug("form", "an unknown form of an instant");
}

base::Result<ParsedInstant> parse_instant(std::string_view text) {
    ParsedInstant parsed;
    if (const Outcome outcome = read_instant(text, parsed); outcome != Outcome::kRead) [[unlikely]] {
        return unreadable(outcome, text, "a date and time").with_remedy("write it as 2024-09-18T22:00:00Z");
    }
    return parsed;
}

base::Result<Day> parse_day(std::string_view text) {
    Day day;
    const Outcome outcome = text.size() == 10 ? read_day(text, day) : Outcome::kNoForm;
    if (outcome != Outcome::kRead) {
        return unreadable(outcome, text, "a day").with_remedy("write it as 2024-09-18");
    }
    return day;
}

std::string to_string(Day day) {
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()});
}

std::string to_string(Instant instant) {
    const Day day = day_of(instant);
    const std::int64_t microseconds = (instant - Instant{day}).count();
    const std::int64_t seconds = microseconds / 1'000'000;
    std::string text =
        fmt::format("{}T{:02}:{:02}:{:02}", to_string(day), seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (microseconds % 1'000'000 != 0) {
        text += fmt::format(".{:06}", microseconds % 1'000'000);
    }
    return text + "Z";
}

Day day_of(Instant instant) {
    return std::chrono::floor<std::chrono::days>(instant);
}

} // namespace florin::period
