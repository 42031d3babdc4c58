#include "plan/outlook.hpp"

#include "money/money.hpp"

#include <algorithm>

namespace florin::plan {

using base::Result;
using money::Decimal;
using money::Rounding;

std::string_view name(State state) {
    switch (state) {
    case State::kOnTrack: return "on-track";
    case State::kAtRisk: return "at-risk";
    case State::kLikelyOver: return "likely-over";
    case State::kOver: return "over";
    case State::kKept: return "kept";
    case State::kExceeded: return "exceeded";
    case State::kUnknown: return "unknown";
    }
    return "";
}

std::string_view sentence(State state) {
    switch (state) {
    case State::kOnTrack: return "on track";
    case State::kAtRisk: return "at risk";
    case State::kLikelyOver: return "likely over";
    case State::kOver: return "over";
    case State::kKept: return "kept";
    case State::kExceeded: return "exceeded";
    case State::kUnknown: return "no forecast";
    }
    return "";
}

namespace {

constexpr int kProbabilityPlaces = 4;

/// A half-open range of days of a Spend, in indexes from its start.
struct DayRange {
    std::size_t first = 0;
    std::size_t last = 0;
};

std::size_t index_of(period::Day day, period::Day start, std::size_t count) {
    const auto offset = (day - start).count();
    return offset <= 0 ? 0 : std::min(static_cast<std::size_t>(offset), count);
}

Result<Decimal> sum_range(std::span<const Decimal> days, DayRange range) {
    money::DecimalSum sum;
    for (std::size_t i = range.first; i < range.last; ++i) {
        sum.add(days[i]);
    }
    return sum.total();
}

Result<Decimal> mean_of(std::span<const Decimal> values, int places) {
    FLORIN_TRY_ASSIGN(const Decimal sum, sum_range(values, {0, values.size()}));
    FLORIN_TRY_ASSIGN(const Decimal mean,
                      sum.times_ratio(1, static_cast<base::int128>(values.size()), Rounding::kHalfEven));
    return mean.rounded(places, Rounding::kHalfEven);
}

/// The first day on which the running sum is above the amount.
Result<std::optional<std::size_t>> first_above(Decimal amount, Decimal so_far, std::span<const Decimal> days,
                                               DayRange range) {
    for (std::size_t i = range.first; i < range.last; ++i) {
        FLORIN_TRY_ASSIGN(so_far, so_far.plus(days[i]));
        if (so_far > amount) {
            return std::optional(i);
        }
    }
    return std::optional<std::size_t>();
}

/// What the futures say of one amount.
class Futures {
public:
    Futures(const Spend& spend, DayRange range, int places) : spend_(spend), range_(range), places_(places) {}

    Result<void> judge(Decimal spent, Outlook& outlook) const {
        const Decimal amount = outlook.amount;
        std::vector<Decimal> ends;
        std::vector<Decimal> overruns;
        std::vector<std::size_t> breaches;
        std::int64_t above = 0;
        for (const std::vector<Decimal>& future : spend_.futures) {
            FLORIN_TRY_ASSIGN(const Decimal to_come, sum_range(future, range_));
            FLORIN_TRY_ASSIGN(ends.emplace_back(), spent.plus(to_come));
            FLORIN_TRY_ASSIGN(const Decimal over, ends.back().minus(amount));
            overruns.push_back(std::max(over, Decimal()));
            above += ends.back() > amount ? 1 : 0;
            FLORIN_TRY_ASSIGN(const auto breach, first_above(amount, spent, future, range_));
            if (breach) {
                breaches.push_back(*breach);
            }
        }
        FLORIN_TRY_ASSIGN(const Decimal share, Decimal::from_integer(above).times_ratio(
                                                   1, static_cast<base::int128>(ends.size()), Rounding::kHalfEven));
        FLORIN_TRY_ASSIGN(outlook.probability, share.rounded(kProbabilityPlaces, Rounding::kHalfEven));
        FLORIN_TRY_ASSIGN(outlook.expected_overrun, mean_of(overruns, places_));
        FLORIN_TRY_ASSIGN(outlook.low, band_end(ends, 1));
        FLORIN_TRY_ASSIGN(outlook.high, band_end(ends, 9));
        const std::size_t half = (ends.size() + 1) / 2;
        if (!outlook.breached_on && breaches.size() >= half) {
            std::ranges::sort(breaches);
            outlook.expected_breach = outlook.known_until + std::chrono::days(breaches[half - 1] - range_.first);
        }
        return {};
    }

private:
    Result<Decimal> band_end(const std::vector<Decimal>& ends, std::int64_t tenths) const {
        FLORIN_TRY_ASSIGN(const Decimal probability,
                          Decimal::from_integer(tenths).times_ratio(1, 10, Rounding::kHalfEven));
        FLORIN_TRY_ASSIGN(const Decimal at, quantile(ends, probability));
        return at.rounded(places_, Rounding::kHalfEven);
    }

    const Spend& spend_;
    DayRange range_;
    int places_;
};

State state_of(const Outlook& outlook) {
    const bool is_over = outlook.known_until == outlook.span.end;
    if (is_over) {
        return outlook.spent > outlook.amount ? State::kExceeded : State::kKept;
    }
    if (outlook.spent > outlook.amount) {
        return State::kOver;
    }
    if (!outlook.probability) {
        return State::kUnknown;
    }
    if (*outlook.probability >= kLikelyOverFrom) {
        return State::kLikelyOver;
    }
    return *outlook.probability >= kAtRiskFrom ? State::kAtRisk : State::kOnTrack;
}

/// What is left, and what is expected, for each day that is not known yet.
Result<void> set_rates(Outlook& outlook, int places) {
    const auto days = static_cast<base::int128>((outlook.span.end - outlook.known_until).count());
    if (days == 0) {
        return {};
    }
    const auto per_day = [&](Decimal whole, Rounding rounding) -> Result<Decimal> {
        FLORIN_TRY_ASSIGN(const Decimal each, whole.times_ratio(1, days, rounding));
        return each.rounded(places, rounding);
    };
    FLORIN_TRY_ASSIGN(const Decimal left, outlook.amount.minus(outlook.spent));
    FLORIN_TRY_ASSIGN(outlook.left_per_day, per_day(std::max(left, Decimal()), Rounding::kFloor));
    if (outlook.expected) {
        FLORIN_TRY_ASSIGN(const Decimal to_come, outlook.expected->minus(outlook.spent));
        FLORIN_TRY_ASSIGN(outlook.expected_per_day, per_day(to_come, Rounding::kHalfEven));
    }
    return {};
}

} // namespace

Result<Outlook> look_ahead(Decimal amount, const period::Period& span, const Spend& spend, std::string_view currency) {
    const int places = money::minor_units_of(currency);
    const period::Day known_end = spend.start + std::chrono::days(spend.known.size());
    Outlook outlook{.span = span, .amount = amount, .known_until = std::clamp(known_end, span.start, span.end)};
    const DayRange known{index_of(span.start, spend.start, spend.known.size()),
                         index_of(span.end, spend.start, spend.known.size())};
    FLORIN_TRY_ASSIGN(outlook.spent, sum_range(spend.known, known));
    FLORIN_TRY_ASSIGN(const auto breach, first_above(amount, Decimal(), spend.known, known));
    if (breach && outlook.spent > amount) { // not where refunds have taken it back below
        outlook.breached_on = spend.start + std::chrono::days(*breach);
    }
    const std::size_t horizon = spend.expected.size();
    const DayRange to_come{index_of(span.start, known_end, horizon), index_of(span.end, known_end, horizon)};
    const bool reaches_the_end = known_end + std::chrono::days(horizon) >= span.end;
    if (outlook.known_until == span.end) {
        outlook.expected = outlook.spent;
    } else if (reaches_the_end && !spend.futures.empty()) {
        FLORIN_TRY_ASSIGN(const Decimal rest, sum_range(spend.expected, to_come));
        FLORIN_TRY_ASSIGN(outlook.expected, outlook.spent.plus(rest));
        FLORIN_TRY(Futures(spend, to_come, places).judge(outlook.spent, outlook));
    }
    FLORIN_TRY(set_rates(outlook, places));
    outlook.state = state_of(outlook);
    return outlook;
}

Result<Decimal> quantile(std::vector<Decimal> values, Decimal probability) {
    FLORIN_CHECK(!values.empty(), "a quantile of nothing");
    std::ranges::sort(values);
    const Decimal one = Decimal::from_integer(1);
    FLORIN_TRY_ASSIGN(const Decimal at,
                      probability.times_ratio(static_cast<base::int128>(values.size() - 1), 1, Rounding::kHalfEven));
    const auto below = static_cast<std::size_t>(at.units() / one.units());
    const std::size_t above = std::min(below + 1, values.size() - 1);
    FLORIN_TRY_ASSIGN(const Decimal apart, values[above].minus(values[below]));
    FLORIN_TRY_ASSIGN(const Decimal part,
                      apart.times_ratio(at.units() % one.units(), one.units(), Rounding::kHalfEven));
    return values[below].plus(part);
}

std::optional<Decimal> share_at(const Outlook& outlook, Threshold::Of of) {
    if (of == Threshold::Of::kProbability) {
        return outlook.probability;
    }
    const std::optional<Decimal> value = of == Threshold::Of::kActual ? outlook.spent : outlook.expected;
    if (!value || outlook.amount.is_zero()) {
        return std::nullopt;
    }
    const auto share = money::divide(*value, outlook.amount, Rounding::kHalfEven);
    return share.ok() ? std::optional(*share) : std::nullopt;
}

bool is_reached(const Outlook& outlook, const Threshold& threshold) {
    if (threshold.of != Threshold::Of::kProbability && outlook.amount.is_zero()) {
        const auto value =
            threshold.of == Threshold::Of::kActual ? outlook.spent : outlook.expected.value_or(Decimal());
        return value > Decimal();
    }
    const std::optional<Decimal> share = share_at(outlook, threshold.of);
    return share && *share >= threshold.share;
}

} // namespace florin::plan
