#include "app/horizon.hpp"

#include "base/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

namespace florin::app {
namespace {

using period::Grain;

base::Error unreadable(std::string_view text) {
    return base::user_error("forecast.horizon",
                            fmt::format("`{}` does not say how far ahead", base::terminal_text(text)))
        .with_remedy("write 90d, 12 weeks, 3 months, end of quarter, end of year, end of fiscal year, or a day or "
                     "month such as 2027-03");
}

/// Lower case, blanks and hyphens between words as one blank.
std::string words_of(std::string_view text) {
    std::string words;
    for (const char letter : text) {
        const bool is_blank = letter == ' ' || letter == '-' || letter == '_' || letter == '\t';
        if (!is_blank) {
            words += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        } else if (!words.empty() && words.back() != ' ') {
            words += ' ';
        }
    }
    while (!words.empty() && words.back() == ' ') {
        words.pop_back();
    }
    return words;
}

Grain end_grain(std::string words) {
    for (const std::string_view before : {"to ", "until ", "end of ", "this ", "the "}) {
        if (words.starts_with(before)) {
            words.erase(0, before.size());
        }
    }
    if (words == "fiscal year" || words == "fiscal quarter" || words == "fiscal month") {
        std::ranges::replace(words, ' ', '-');
    }
    for (const Grain grain : {Grain::kWeek, Grain::kMonth, Grain::kQuarter, Grain::kYear, Grain::kFiscalMonth,
                              Grain::kFiscalQuarter, Grain::kFiscalYear}) {
        if (words == period::name(grain)) {
            return grain;
        }
    }
    return Grain::kNone;
}

std::optional<Horizon> count_of(std::string_view words) {
    int count = 0;
    const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), count);
    if (error != std::errc() || count < 1 || count > kHorizonDaysMax) {
        return std::nullopt;
    }
    std::string_view unit(end, static_cast<std::size_t>(words.data() + words.size() - end));
    unit.remove_prefix(unit.starts_with(' ') ? 1 : 0);
    if (unit.size() > 1 && unit.ends_with('s')) {
        unit.remove_suffix(1);
    }
    if (unit == "d" || unit == "day") {
        return Horizon{.days = count};
    }
    if (unit == "w" || unit == "week") {
        return Horizon{.days = 7 * count};
    }
    if (unit == "m" || unit == "month") {
        return Horizon{.months = count};
    }
    if (unit == "q" || unit == "quarter") {
        return Horizon{.months = 3 * count};
    }
    if (unit == "y" || unit == "year") {
        return Horizon{.months = 12 * count};
    }
    return std::nullopt;
}

} // namespace

base::Result<Horizon> parse_horizon(std::string_view text, const period::FiscalCalendar& calendar) {
    const std::string words = text.starts_with('-') ? std::string() : words_of(text);
    if (const Grain grain = end_grain(words); grain != Grain::kNone) {
        return Horizon{.end_of = grain};
    }
    if (const auto count = count_of(words)) {
        return *count;
    }
    // A dated form; those that depend on today are words, which were read above.
    const bool is_dated =
        !words.empty() && (std::isdigit(static_cast<unsigned char>(words.front())) != 0 || words.starts_with("fy"));
    const auto named = period::parse_period(text, period::Day{}, calendar);
    if (!is_dated || !named.ok() || text.find("..") != std::string_view::npos) {
        return unreadable(text);
    }
    return Horizon{.end = named->end};
}

base::Result<period::Day> end_of(const Horizon& horizon, period::Day first, const period::FiscalCalendar& calendar) {
    period::Day end = first + std::chrono::days(horizon.days);
    if (horizon.end) {
        end = *horizon.end;
    } else if (horizon.end_of != Grain::kNone) {
        end = period::step_of(first, horizon.end_of, calendar).end;
    } else if (horizon.months > 0) {
        const auto day_of_month = first - period::month_start(first);
        const period::Period month = period::month_of(period::add_months(first, horizon.months));
        end = std::min(month.start + day_of_month, month.end);
    }
    if (end <= first) {
        return base::user_error("forecast.horizon",
                                fmt::format("{} lies before the first day to forecast, {}",
                                            period::to_string(end - std::chrono::days(1)), period::to_string(first)))
            .with_remedy("bills are complete up to the day before; ask `florin query` for what was spent");
    }
    if (end - first > std::chrono::days(kHorizonDaysMax)) {
        return base::user_error("forecast.horizon", fmt::format("a forecast reaches {} days at most, not {}",
                                                                kHorizonDaysMax, (end - first).count()));
    }
    return end;
}

} // namespace florin::app
