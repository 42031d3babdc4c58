#include "report/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::report {
namespace {

using money::Decimal;
using money::Rounding;

std::string_view month_name(std::chrono::month month) {
    static constexpr std::array<std::string_view, 12> kNames = {"January",   "February", "March",    "April",
                                                                "May",       "June",     "July",     "August",
                                                                "September", "October",  "November", "December"};
    return kNames[static_cast<unsigned>(month) - 1];
}

Amount rounded(Decimal amount, money::Currency currency) {
    const auto result = amount.rounded(currency.minor_units(), Rounding::kHalfEven);
    return result ? Amount(*result) : std::nullopt;
}

Amount difference_of(const Amount& a, const Amount& b) {
    if (!a || !b) {
        return std::nullopt;
    }
    const auto result = a->minus(*b);
    return result ? Amount(*result) : std::nullopt;
}

/// A difference in percent of what was before.
std::string percent_of(Decimal difference, Decimal previous) {
    if (difference.is_zero()) {
        return "unchanged";
    }
    if (previous.is_zero()) {
        return "new";
    }
    if (previous.is_negative()) {
        return {};
    }
    const auto ratio = money::divide(difference, previous, Rounding::kHalfEven);
    if (!ratio || ratio->absolute() >= Decimal::from_integer(100)) {
        return difference.is_negative() ? "below -9,999\u00A0%" : "over +9,999\u00A0%";
    }
    return fmt::format("{}{}", ratio->is_negative() ? "" : "+", percent_text(*ratio));
}

} // namespace

std::string_view basis_name(Basis basis) {
    switch (basis) {
    case Basis::kEffective: return "Effective cost";
    case Basis::kBilled: return "Billed cost";
    case Basis::kList: return "List cost";
    case Basis::kContracted: return "Contracted cost";
    }
    FLORIN_CHECK(false, "unknown basis");
    return {};
}

std::string display_text(const Amount& amount, money::Currency currency) {
    return amount ? money::display_amount(*amount, currency.minor_units()) : std::string(kNotAvailable);
}

std::string signed_text(const Amount& amount, money::Currency currency) {
    return fmt::format("{}{}", amount && *amount > Decimal() ? "+" : "", display_text(amount, currency));
}

std::string exact_text(Decimal amount, money::Currency currency) {
    return amount.to_string(currency.minor_units()) + " " + currency.code();
}

std::string percent_text(Decimal ratio) {
    const auto percent = ratio.times_ratio(100, 1, Rounding::kHalfEven);
    return percent ? money::display_amount(*percent, 1) + "\u00A0%" : std::string(kNotAvailable);
}

std::string compact_text(Decimal amount) {
    using base::int128;
    static constexpr std::array<std::string_view, 5> kSuffixes = {"", "\u00A0k", "\u00A0M", "\u00A0B", "\u00A0T"};
    constexpr int128 kOne = 1'000'000'000'000'000'000; // units of one
    const int128 units = amount.absolute().units();
    if (units == 0) {
        return "0";
    }
    int128 unit = kOne;
    std::size_t suffix = 0;
    const auto step_up = [&] {
        unit *= 1000;
        ++suffix;
    };
    while (suffix + 1 < kSuffixes.size() && units >= unit * 1000) {
        step_up();
    }
    int128 digit = 1; // the place of the third significant digit
    while (units / digit >= 1000) {
        digit *= 10;
    }
    digit = std::min(digit, unit);
    const int128 kept = (units + digit / 2) / digit * digit;
    if (suffix + 1 < kSuffixes.size() && kept >= unit * 1000) {
        step_up();
    }
    const int128 whole = kept / unit;
    const int128 part = kept % unit / (unit / kOne);
    const std::string fraction = Decimal::from_units(part).to_string().substr(1); // without the 0
    return fmt::format("{}{}{}{}", amount.is_negative() ? "-" : "", count_text(static_cast<std::uint64_t>(whole)),
                       fraction, kSuffixes[suffix]);
}

std::string count_text(std::uint64_t count) {
    const std::string digits = std::to_string(count);
    std::string out;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        if (at > 0 && (digits.size() - at) % 3 == 0) {
            out += ',';
        }
        out += digits[at];
    }
    return out;
}

std::string count_text(std::uint64_t count, std::string_view one) {
    return fmt::format("{} {}{}", count_text(count), one, count == 1 ? "" : "s");
}

std::string period_text(const period::Period& period) {
    using std::chrono::year_month_day;
    if (period.days() <= 0) {
        return "no days";
    }
    const year_month_day first(period.start);
    const year_month_day last(period.end - std::chrono::days(1));
    const auto month_year = [](const year_month_day& day) {
        return fmt::format("{} {}", month_name(day.month()), static_cast<int>(day.year()));
    };
    const auto day_number = [](const year_month_day& day) { return static_cast<unsigned>(day.day()); };
    if (period == period::month_of(period.start)) {
        return month_year(first);
    }
    if (period.days() == 1) {
        return fmt::format("{} {}", day_number(first), month_year(first));
    }
    if (first.year() != last.year()) {
        return fmt::format("{} {} to {} {}", day_number(first), month_year(first), day_number(last), month_year(last));
    }
    if (first.month() != last.month()) {
        return fmt::format("{} {} to {} {}", day_number(first), month_name(first.month()), day_number(last),
                           month_year(last));
    }
    return fmt::format("{} to {} {}", day_number(first), day_number(last), month_year(last));
}

std::string lower_first(std::string text) {
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return text;
}

std::string lower_basis_name(Basis basis) {
    return lower_first(std::string(basis_name(basis)));
}

std::string instant_text(period::Instant instant) {
    const period::Day day = period::day_of(instant);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(instant - day).count();
    return fmt::format("{} {:02}:{:02} UTC", period::to_string(day), minutes / 60, minutes % 60);
}

std::optional<Decimal> share_of(const Amount& part, const Amount& total) {
    if (!part || !total || *total <= Decimal()) {
        return std::nullopt;
    }
    const auto share = money::divide(*part, *total, Rounding::kHalfEven);
    return share ? std::optional(*share) : std::nullopt;
}

std::optional<Decimal> tag_share(const TagCoverage& tag) {
    if (!tag.tagged || !tag.untagged || tag.tagged->is_negative() || tag.untagged->is_negative()) {
        return std::nullopt;
    }
    const std::array<Amount, 2> parts = {tag.tagged, tag.untagged};
    return share_of(tag.tagged, sum_of(parts));
}

Change change_between(const Amount& amount, const Amount& previous) {
    const Amount difference = difference_of(amount, previous);
    return {difference, difference ? percent_of(*difference, *previous) : std::string()};
}

Amount sum_of(std::span<const Amount> amounts) {
    money::DecimalSum sum;
    for (const Amount& amount : amounts) {
        if (!amount) {
            return std::nullopt;
        }
        sum.add(*amount);
    }
    const auto total = sum.total();
    return total ? Amount(*total) : std::nullopt;
}

Footing footing_of(std::span<const Amount> rows, const Amount& total, money::Currency currency) {
    Footing footing;
    footing.missing = difference_of(total, sum_of(rows));
    if (!footing.missing) {
        return footing;
    }
    std::vector<Amount> shown;
    for (const Amount& row : rows) {
        shown.push_back(rounded(*row, currency));
    }
    shown.push_back(rounded(*footing.missing, currency));
    footing.rounding = difference_of(rounded(*total, currency), sum_of(shown));
    return footing;
}

std::string freshness_sentence(const Summary& summary) {
    if (summary.freshness.empty()) {
        return "No data has been received.";
    }
    std::optional<period::Day> oldest;
    std::optional<period::Day> newest;
    std::uint64_t pending_count = 0;
    std::uint64_t gap_count = 0;
    for (const Freshness& line : summary.freshness) {
        if (line.last_charge_day) {
            oldest = oldest ? std::min(*oldest, *line.last_charge_day) : *line.last_charge_day;
            newest = newest ? std::max(*newest, *line.last_charge_day) : *line.last_charge_day;
        }
        pending_count += line.pending_delivery_count;
        gap_count += line.state == Freshness::State::kGaps ? 1 : 0;
    }
    std::string text = "Last charges: ";
    if (!oldest) {
        text += "none";
    } else if (*oldest == *newest) {
        text += period::to_string(*newest);
    } else {
        text +=
            fmt::format("{}, in the least recent account {}", period::to_string(*newest), period::to_string(*oldest));
    }
    text += ".";
    if (pending_count > 0) {
        text += fmt::format(" {} {} to be released.", count_text(pending_count),
                            pending_count == 1 ? "delivery waits" : "deliveries wait");
    }
    if (gap_count > 0) {
        text += fmt::format(" {} {} gaps.", count_text(gap_count), gap_count == 1 ? "account has" : "accounts have");
    }
    return text;
}

std::string row_name(const BreakdownRow& row, const Breakdown& breakdown) {
    switch (row.kind) {
    case BreakdownRow::Kind::kNamed: return row.name.empty() ? "(empty)" : row.name;
    case BreakdownRow::Kind::kMissing:
        return row.name.empty() ? fmt::format("no {}", lower_first(breakdown.dimension)) : row.name;
    case BreakdownRow::Kind::kRest:
        return fmt::format("{} other {}", count_text(row.member_count), breakdown.dimension_plural);
    }
    FLORIN_CHECK(false, "unknown kind of row");
    return {};
}

std::vector<Mark> marks_for(const Summary& summary, const CurrencyBlock& block, Part part) {
    std::vector<Mark> marks;
    for (const auto* list : {&block.marks, &summary.marks}) {
        std::copy_if(list->begin(), list->end(), std::back_inserter(marks), [part](const Mark& mark) {
            return std::find(mark.parts.begin(), mark.parts.end(), part) != mark.parts.end();
        });
    }
    return marks;
}

} // namespace florin::report
