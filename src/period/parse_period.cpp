// Periods as people write them.
#include "period/period.hpp"

#include "base/nearest.hpp"
#include "period/years.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace florin::period {
namespace {

using std::chrono::days;

constexpr int kCountMax = 9999;

constexpr std::array<std::string_view, 10> kWords = {"today",        "yesterday",    "this-month", "last-month",
                                                     "this-quarter", "last-quarter", "this-year",  "last-year",
                                                     "last-30-days", "last-6-months"};

char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}
bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/// Reads along one text and remembers where it stands, for the caret of an error.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }
    std::size_t place() const { return at_; }

    /// Takes `wanted` (lower case) whatever the case of its letters.
    bool take(std::string_view wanted) { return take_as(wanted, '-'); }

    /// The same for words, whose hyphens may be blanks.
    bool take_words(std::string_view wanted) { return take_as(wanted, ' '); }

    /// Takes a number of at least `count_min` and at most `count_max` digits, with none after it.
    std::optional<int> take_number(std::size_t count_min, std::size_t count_max) {
        std::size_t end = at_;
        int value = 0;
        for (; end < text_.size() && is_digit(text_[end]) && end - at_ < count_max; ++end) {
            value = value * 10 + (text_[end] - '0');
        }
        if (end - at_ < count_min || (end < text_.size() && is_digit(text_[end]))) {
            return std::nullopt;
        }
        at_ = end;
        return value;
    }

    /// Of a text that is no period at all: the word that was probably meant.
    base::Error error_of_word() const {
        const auto meant = base::nearest(text_, kWords);
        return meant ? error_at(0, "not a period").with_remedy("Did you mean `" + std::string(*meant) + "`?")
                     : error_at(0, "expected a period");
    }

    base::Error error(std::string message) const { return error_at(at_, std::move(message)); }

    base::Error error_at(std::size_t place, std::string message) const {
        return base::user_error("period.unreadable", std::move(message))
            .at({.source_line = std::string(text_), .caret = place + 1})
            .with_remedy("write a period such as 2024-09, 2024-Q3, 2024, FY2024-P09, 2024-09-01..2024-09-15, "
                         "2024-09-01.., this-month, last-month, last-30-days or last-6-months");
    }

private:
    bool take_as(std::string_view wanted, char hyphen) {
        const std::string_view found = text_.substr(at_, wanted.size());
        const auto alike = [hyphen](char want, char byte) {
            return lower(byte) == want || (want == '-' && byte == hyphen);
        };
        const bool same = std::equal(wanted.begin(), wanted.end(), found.begin(), found.end(), alike);
        at_ += same ? wanted.size() : 0;
        return same;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

Day first_of_month(int year, int month) {
    return std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)} / 1;
}

base::Result<int> read_year(Reader& reader) {
    const std::size_t place = reader.place();
    const std::optional<int> year = reader.take_number(4, 4);
    if (!year) {
        return reader.error("expected a year of four digits");
    }
    if (*year < kYearMin || *year > kYearMax) {
        return reader.error_at(place, "a year is 1970 to 2199");
    }
    return *year;
}

/// A number of `what` from 1 to `value_max`.
base::Result<int> read_number(Reader& reader, std::size_t count_min, std::size_t count_max, int value_max,
                              const std::string& what) {
    const std::size_t place = reader.place();
    const std::optional<int> value = reader.take_number(count_min, count_max);
    if (!value || *value < 1 || *value > value_max) {
        return reader.error_at(place, "expected a " + what);
    }
    return *value;
}

/// What follows `FY`: 2024, 2024-Q3, 2024-P09.
base::Result<Period> read_fiscal(Reader& reader, const FiscalCalendar& calendar) {
    FLORIN_TRY_ASSIGN(const int year, read_year(reader));
    if (reader.take("-q")) {
        FLORIN_TRY_ASSIGN(const int quarter, read_number(reader, 1, 1, 4, "quarter, Q1 to Q4"));
        return calendar.quarter(year, quarter);
    }
    if (reader.take("-p")) {
        FLORIN_TRY_ASSIGN(const int number, read_number(reader, 1, 2, 12, "fiscal month, P01 to P12"));
        return calendar.month(year, number);
    }
    return calendar.year(year);
}

/// 2024-09-18, 2024-09, 2024-Q3, 2024, FY2024, FY2024-Q3, FY2024-P09.
base::Result<Period> read_absolute(Reader& reader, const FiscalCalendar& calendar) {
    if (reader.take("fy")) {
        return read_fiscal(reader, calendar);
    }
    FLORIN_TRY_ASSIGN(const int year, read_year(reader));
    if (reader.take("-q")) {
        FLORIN_TRY_ASSIGN(const int quarter, read_number(reader, 1, 1, 4, "quarter, Q1 to Q4"));
        const Day start = first_of_month(year, quarter * 3 - 2);
        return Period{start, add_months(start, 3)};
    }
    if (!reader.take("-")) {
        return Period{first_of_month(year, 1), first_of_month(year + 1, 1)};
    }
    FLORIN_TRY_ASSIGN(const int month, read_number(reader, 2, 2, 12, "month, 01 to 12"));
    const Period whole = month_of(first_of_month(year, month));
    if (!reader.take("-")) {
        return whole;
    }
    FLORIN_TRY_ASSIGN(const int day, read_number(reader, 2, 2, whole.days(),
                                                 "day of that month, 01 to " + std::to_string(whole.days())));
    const Day start = whole.start + days{day - 1};
    return Period{start, start + days{1}};
}

base::Result<Period> read_range(Reader& reader, Day today, const FiscalCalendar& calendar) {
    FLORIN_TRY_ASSIGN(const Period first, read_absolute(reader, calendar));
    if (!reader.take("..")) {
        return first;
    }
    const std::size_t place = reader.place();
    if (reader.at_end()) {
        if (first.start > today) {
            return reader.error_at(0, "a period until today cannot start after today, " + to_string(today));
        }
        return Period{first.start, today + days{1}};
    }
    FLORIN_TRY_ASSIGN(const Period last, read_absolute(reader, calendar));
    if (last.end <= first.start) {
        return reader.error_at(place, "a period cannot end before it starts");
    }
    return Period{first.start, last.end};
}

/// last-30-days or last-6-months, from after `last-`.
base::Result<Period> read_last_count(Reader& reader, Day today) {
    const std::size_t place = reader.place();
    FLORIN_TRY_ASSIGN(const int count, read_number(reader, 1, 4, kCountMax, "number from 1 to 9999"));
    Period period;
    if (reader.take_words("-days")) {
        period = {today - days{count}, today};
    } else if (reader.take_words("-months")) {
        period = {add_months(today, -count), month_start(today)};
    } else {
        return reader.error("expected \"days\" or \"months\"");
    }
    if (period.start < first_of_month(kYearMin, 1)) {
        return reader.error_at(place, "a period cannot start before 1970");
    }
    return period;
}

/// The word that the text starts with, or nothing.
std::optional<Period> read_word(Reader& reader, Day today) {
    constexpr FiscalCalendar kNoFiscal;
    constexpr std::array<std::pair<std::string_view, Grain>, 3> kUnits{
        {{"month", Grain::kMonth}, {"quarter", Grain::kQuarter}, {"year", Grain::kYear}}};
    if (reader.take_words("today")) {
        return Period{today, today + days{1}};
    }
    if (reader.take_words("yesterday")) {
        return Period{today - days{1}, today};
    }
    for (const auto& [unit, grain] : kUnits) {
        const Period current = step_of(today, grain, kNoFiscal);
        if (reader.take_words("this-" + std::string(unit))) {
            return current;
        }
        if (reader.take_words("last-" + std::string(unit))) {
            return previous(current);
        }
    }
    return std::nullopt;
}

base::Result<Period> read_any(Reader& reader, std::string_view text, Day today, const FiscalCalendar& calendar) {
    if (const std::optional<Period> word = read_word(reader, today)) {
        return *word;
    }
    if (reader.take_words("last-") && !reader.at_end() && is_digit(text[reader.place()])) {
        return read_last_count(reader, today);
    }
    const bool absolute = !text.empty() && (is_digit(text.front()) || lower(text.front()) == 'f');
    if (!absolute) {
        return reader.error_of_word();
    }
    return read_range(reader, today, calendar);
}

} // namespace

base::Result<Period> parse_period(std::string_view text, Day today, const FiscalCalendar& calendar) {
    Reader reader(text);
    FLORIN_TRY_ASSIGN(const Period period, read_any(reader, text, today, calendar));
    if (!reader.at_end()) {
        return reader.error("expected the end of the period");
    }
    return period;
}

} // namespace florin::period
