#include "fx/table.hpp"

#include "base/terminal_text.hpp"
#include "fx/exact_rate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace florin::fx {
namespace {

using base::Result;

constexpr std::array kTypes = {RateType::kTransactionDay, RateType::kMonthAverage, RateType::kBudget};

Currency euro() {
    return Currency::parse("EUR").value();
}

/// Entries of one pair, as a fraction that may be inverted.
struct Found {
    Leg leg;
    Fraction value;
};
using Entries = std::pair<std::vector<Entry>::const_iterator, std::vector<Entry>::const_iterator>;
/// Which entries of a pair count.
using Choose = std::function<Entries(const std::vector<Entry>&)>;

/// Those of the series that give exactly this direction.
std::optional<Found> find_given(const Table::Series& series, const Pair& pair, const Choose& choose) {
    const auto entries = series.find(pair);
    if (entries == series.end()) {
        return std::nullopt;
    }
    const auto [first, last] = choose(entries->second);
    if (first == last) {
        return std::nullopt;
    }
    Found found{{pair, false, static_cast<std::uint64_t>(last - first), *(last - 1)}, {}};
    found.value = mean(first, last);
    return found;
}

/// As given, else the other way round.
std::optional<Found> find_pair(const Table::Series& series, const Pair& pair, const Choose& choose) {
    if (auto found = find_given(series, pair, choose)) {
        return found;
    }
    auto found = find_given(series, {pair.to, pair.from}, choose);
    if (found) {
        found->leg.inverted = true;
        found->value = inverse(found->value);
    }
    return found;
}

/// The pair, else its inverse, else the cross over EUR; empty where there is none of them.
std::vector<Found> find_legs(const Table::Series& series, const Pair& pair, const Choose& choose) {
    if (auto found = find_pair(series, pair, choose)) {
        return {std::move(*found)};
    }
    if (pair.from == euro() || pair.to == euro()) {
        return {};
    }
    auto to_euro = find_pair(series, {pair.from, euro()}, choose);
    auto from_euro = to_euro ? find_pair(series, {euro(), pair.to}, choose) : std::nullopt;
    if (!from_euro) {
        return {};
    }
    return {std::move(*to_euro), std::move(*from_euro)};
}

/// Those that hold the day: of published rates the one of it, of budget rates the one valid on it.
Choose holding(Day day) {
    return [day](const std::vector<Entry>& entries) -> Entries {
        const auto after = std::ranges::upper_bound(entries, day, {}, &Entry::first);
        if (after == entries.begin() || (after - 1)->last < day) {
            return {after, after};
        }
        return {after - 1, after};
    };
}

Choose within(const period::Period& month) {
    return [month](const std::vector<Entry>& entries) -> Entries {
        return {std::ranges::lower_bound(entries, month.start, {}, &Entry::first),
                std::ranges::lower_bound(entries, month.end, {}, &Entry::first)};
    };
}

/// The last day on or before `on` for which there are legs, however long ago.
std::optional<Day> last_day(const Table::Series& series, const Pair& pair, Day on) {
    std::vector<Day> days;
    for (const Pair& given : {pair, Pair{pair.to, pair.from}, Pair{pair.from, euro()}, Pair{euro(), pair.from}}) {
        if (const auto found = series.find(given); found != series.end()) {
            for (const Entry& entry : found->second) {
                if (entry.last <= on) {
                    days.push_back(entry.last);
                }
            }
        }
    }
    std::ranges::sort(days, std::greater());
    const auto known =
        std::ranges::find_if(days, [&](Day day) { return !find_legs(series, pair, holding(day)).empty(); });
    return known == days.end() ? std::nullopt : std::optional(*known);
}

/// What counts for a charge of that day; empty where nothing does.
std::vector<Found> legs_on(const Table& table, const Pair& pair, Day on, RateType type) {
    std::vector<Found> found;
    switch (type) {
    case RateType::kTransactionDay:
        for (int age = 0; age <= kAgeDaysMax && found.empty(); ++age) {
            found = find_legs(table.published(), pair, holding(on - std::chrono::days(age)));
        }
        break;
    case RateType::kMonthAverage: found = find_legs(table.published(), pair, within(period::month_of(on))); break;
    case RateType::kBudget: found = find_legs(table.budget(), pair, holding(on)); break;
    }
    return found;
}

std::string names(const Pair& pair) {
    return fmt::format("{} to {}", pair.from.code(), pair.to.code());
}

} // namespace

std::string_view name(RateType type) {
    switch (type) {
    case RateType::kTransactionDay: return "transaction-day";
    case RateType::kMonthAverage: return "month-average";
    case RateType::kBudget: return "budget";
    }
    return "";
}

Result<RateType> parse_rate_type(std::string_view text) {
    const auto found = std::ranges::find(kTypes, text, [](RateType type) { return name(type); });
    if (found == kTypes.end()) {
        return base::user_error("fx.unknown_rate_type",
                                fmt::format("there is no rate type `{}`", base::terminal_text(text, 80)))
            .with_remedy("There are transaction-day, month-average and budget.");
    }
    return *found;
}

Result<FoundRate> Table::rate(Currency from, Currency to, Day on, RateType type, Day today) const {
    if (auto found = find(from, to, on, type, today)) {
        return *std::move(found);
    }
    return why_none({from, to}, on, type);
}

std::optional<FoundRate> Table::find(Currency from, Currency to, Day on, RateType type, Day today) const {
    if (from == to) {
        return FoundRate{money::Rate(Decimal::from_integer(1)), {}, on, 0, false};
    }
    std::vector<Found> found = legs_on(*this, {from, to}, on, type);
    if (found.empty()) {
        return std::nullopt;
    }
    const auto value = to_decimal(found.front().value, found.size() > 1 ? found.back().value : Fraction{});
    if (!value) {
        return std::nullopt;
    }
    FoundRate out{money::Rate(*value), {}, on, 0, false};
    Day last = Day::max();
    for (Found& each : found) {
        last = std::min(last, each.leg.last.last);
        out.legs.push_back(std::move(each.leg));
    }
    if (type != RateType::kBudget) {
        out.published = last;
    }
    if (type == RateType::kTransactionDay) {
        out.age_days = static_cast<int>((on - last).count());
    }
    const period::Period month = period::month_of(on);
    out.provisional = type == RateType::kMonthAverage &&
                      (today < month.end || (month.end - std::chrono::days(1) - last).count() > kAgeDaysMax);
    return out;
}

base::Error Table::why_none(const Pair& pair, Day on, RateType type) const {
    if (!legs_on(*this, pair, on, type).empty()) {
        return base::user_error("fx.out_of_range", fmt::format("the rate from {} on {} does not fit 18 places",
                                                               names(pair), period::to_string(on)))
            .with_remedy("Look for a wrong rate in the tables; `florin fx rate` names the lines it is made from.");
    }
    const std::string remedy = fmt::format(
        "Put the rates into fx/, as in `date,from,to,rate` or the ECB's eurofxref-hist.csv{}; `florin fx list` shows "
        "what is there.",
        type == RateType::kBudget ? ", budget rates with type and until" : "");
    const std::string day = period::to_string(on);
    if (type == RateType::kBudget) {
        const bool none = budget_.empty();
        return base::user_error("fx.no_rate", fmt::format("there is no budget rate from {} for {}{}", names(pair), day,
                                                          none ? "; the workspace has no budget rates" : ""))
            .with_remedy(remedy);
    }
    const std::optional<Day> last = last_day(published_, pair, on);
    if (!last) {
        return base::user_error("fx.no_rate",
                                fmt::format("there is no rate from {} on or before {}{}", names(pair), day,
                                            published_.empty() ? "; the workspace has no published rates" : ""))
            .with_remedy(remedy);
    }
    if (type == RateType::kMonthAverage) {
        return base::user_error("fx.no_rate", fmt::format("there is no rate from {} in {}; the last before is of {}",
                                                          names(pair), day.substr(0, 7), period::to_string(*last)))
            .with_remedy(remedy);
    }
    return base::user_error("fx.too_old",
                            fmt::format("the last rate from {} on or before {} is of {}, {} days old; at most {} count",
                                        names(pair), day, period::to_string(*last), (on - *last).count(), kAgeDaysMax))
        .with_remedy(remedy);
}

} // namespace florin::fx
