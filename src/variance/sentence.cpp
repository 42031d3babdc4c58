#include "variance/sentence.hpp"

#include "money/money.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace florin::variance {
namespace {

using money::Decimal;

constexpr auto kShownRounding = money::Rounding::kHalfEven;
/// An effect is named from this share of the largest one.
constexpr int kNamedPercent = 10;
constexpr std::size_t kAlongMax = 3;
constexpr std::size_t kAgainstMax = 2;
/// Prices are the same up to this share of what they are paid for.
constexpr int kSamePricePerMille = 5;

/// numerator / denominator, as far as a Decimal holds it.
std::optional<Decimal> ratio(Decimal numerator, Decimal denominator) {
    const auto divided = denominator.is_zero() ? base::Result<Decimal>(Decimal())
                                               : money::divide(numerator, denominator, kShownRounding);
    return denominator.is_zero() || !divided.ok() ? std::nullopt : std::optional(*divided);
}

/// `61 %`, `4.2 %`; empty where it would be 0 or ten times and more.
std::string percent(const std::optional<Decimal>& share) {
    if (!share || share->absolute() >= Decimal::from_integer(10)) {
        return {};
    }
    const Decimal hundred = share->absolute().times_ratio(100, 1, kShownRounding).value();
    const int places = hundred < Decimal::from_integer(10) ? 1 : 0;
    const Decimal shown = hundred.rounded(places, kShownRounding).value();
    return shown.is_zero() ? std::string() : fmt::format("{} %", shown.to_string());
}

/// What use of a unit changed by, a day or a month: 0.61 for 61 % more.
std::optional<Decimal> growth(const UnitUse& use, const Comparison& comparison) {
    if (use.base.is_zero()) {
        return std::nullopt;
    }
    const auto times = money::divide(use.actual, use.base, kShownRounding);
    if (!times.ok()) {
        return std::nullopt;
    }
    const auto a_step = times->times_ratio(steps_in(comparison.base_period, use.flow),
                                           steps_in(comparison.actual_period, use.flow), kShownRounding);
    const auto more = a_step.ok() ? a_step->minus(Decimal::from_integer(1)) : a_step;
    return more.ok() ? std::optional(*more) : std::nullopt;
}

bool is_same_sign(Decimal a, Decimal b) {
    return !a.is_zero() && !b.is_zero() && a.is_negative() == b.is_negative();
}

/// The unit with the largest part of an effect; null where none goes its way.
const UnitUse* leading_unit(const Row& row, Decimal UnitUse::* part, Decimal effect) {
    const UnitUse* leading = nullptr;
    for (const UnitUse& use : row.units) {
        if (is_same_sign(use.*part, effect) &&
            (leading == nullptr || (leading->*part).absolute() < (use.*part).absolute())) {
            leading = &use;
        }
    }
    return leading;
}

/// Whether `part` is at least half of `whole`.
bool is_most(Decimal part, Decimal whole) {
    const auto share = ratio(part, whole);
    return share && *share >= Decimal::from_integer(1).times_ratio(1, 2, kShownRounding).value();
}

class Speaker {
public:
    Speaker(const Row& row, const Comparison& comparison, const Wording& wording)
        : row_(row), comparison_(comparison), wording_(wording) {
        for (const Effect effect : all_effects()) {
            largest_ = std::max(largest_, row.effect(effect).absolute());
        }
    }

    std::string amount(Decimal amount) const {
        const Decimal size = amount.absolute();
        return money::display_amount(size, size < Decimal::from_integer(100) ? wording_.places : 0);
    }

    /// Whether it shows anything when it is rounded as amounts are paid.
    bool is_visible(Decimal amount) const { return !amount.rounded(wording_.places, kShownRounding).value().is_zero(); }

    /// The effects worth naming of one sign, the largest first.
    std::vector<std::string> causes(bool is_negative, std::size_t causes_max) const {
        std::vector<Effect> named;
        for (const Effect effect : all_effects()) {
            const Decimal size = row_.effect(effect);
            if (size.is_negative() == is_negative && is_visible(size) && is_worth_naming(size)) {
                named.push_back(effect);
            }
        }
        std::ranges::stable_sort(
            named, [&](Effect a, Effect b) { return row_.effect(a).absolute() > row_.effect(b).absolute(); });
        named.resize(std::min(named.size(), causes_max));
        std::vector<std::string> phrases;
        for (const Effect effect : named) {
            phrases.push_back(phrase(effect));
        }
        return phrases;
    }

private:
    bool is_worth_naming(Decimal size) const {
        const auto share = ratio(size.absolute(), largest_);
        return share && *share >= Decimal::from_integer(kNamedPercent).times_ratio(1, 100, kShownRounding).value();
    }

    std::string phrase(Effect effect) const {
        const Decimal size = row_.effect(effect);
        const bool is_up = !size.is_negative();
        switch (effect) {
        case Effect::kDays: return days();
        case Effect::kUsage: return usage(size);
        case Effect::kMix: return mix(size);
        case Effect::kRate: return rate(size);
        case Effect::kFees: return fmt::format("fees {} {}", amount(size), is_up ? "higher" : "lower");
        case Effect::kNew: return added(size);
        case Effect::kGone: return gone(size);
        case Effect::kCommitment: return commitment(size);
        case Effect::kCredits: return fmt::format("{} {} in credits", amount(size), is_up ? "less" : "more");
        case Effect::kTax: return fmt::format("{} {} tax", amount(size), is_up ? "more" : "less");
        case Effect::kAdjustments: return fmt::format("adjustments {} {}", amount(size), is_up ? "higher" : "lower");
        case Effect::kFx: return fmt::format("exchange rates {} {}", is_up ? "add" : "take off", amount(size));
        case Effect::kPlanAssumption: break;
        }
        return fmt::format("the plan assumed {} {} than its baseline", amount(size), is_up ? "less" : "more");
    }

    std::string days() const {
        const int days = comparison_.actual_period.days() - comparison_.base_period.days();
        const auto is_month = [](const period::Period& period) { return period == period::month_of(period.start); };
        const char* what =
            is_month(comparison_.actual_period) && is_month(comparison_.base_period) ? "month" : "period";
        if (days == 0) {
            return fmt::format("other share of the month in the {}", what);
        }
        return fmt::format("{} {} {} {}", std::abs(days), std::abs(days) == 1 ? "day" : "days",
                           days > 0 ? "longer" : "shorter", what);
    }

    std::string usage(Decimal size) const {
        const char* direction = size.is_negative() ? "less" : "more";
        std::string text = fmt::format("{} usage", direction);
        if (const UnitUse* unit = leading_unit(row_, &UnitUse::usage, size)) {
            const auto more = growth(*unit, comparison_);
            const std::string name = spoken_unit(unit->unit);
            std::string counted;
            if (more && *more >= Decimal::from_integer(10)) {
                counted = fmt::format("more than ten times the {}", name);
            } else if (const std::string by = percent(more); !by.empty() && is_same_sign(*more, size)) {
                counted = fmt::format("{} {} {}", by, size.is_negative() ? "fewer" : "more", name);
            }
            if (!counted.empty()) {
                text = is_most(unit->usage, size) ? counted : fmt::format("{}, above all {}", text, counted);
            }
        }
        return text + (has_same_price() ? " at the same price" : "");
    }

    Decimal at_base_prices() const {
        Decimal sum;
        for (const UnitUse& use : row_.units) {
            const auto more = sum.plus(use.at_base_prices);
            sum = more.ok() ? *more : sum;
        }
        return sum;
    }

    bool has_same_price() const {
        const auto share = ratio(row_.effect(Effect::kRate), at_base_prices());
        return share && share->absolute() <=
                            Decimal::from_integer(kSamePricePerMille).times_ratio(1, 1000, kShownRounding).value();
    }

    std::string mix(Decimal size) const {
        const UnitUse* unit = leading_unit(row_, &UnitUse::mix, size);
        return fmt::format("a {} mix{}", size.is_negative() ? "cheaper" : "dearer",
                           unit == nullptr ? std::string() : " of " + spoken_unit(unit->unit));
    }

    std::string rate(Decimal size) const {
        const char* direction = size.is_negative() ? "lower" : "higher";
        const std::string by = percent(ratio(size, at_base_prices()));
        return by.empty() ? fmt::format("{} prices", direction) : fmt::format("prices {} {}", by, direction);
    }

    std::string named(const std::optional<Named>& largest, Decimal whole, const char* all) const {
        if (!largest || !largest->label || !is_same_sign(largest->amount, whole)) {
            return all;
        }
        return is_most(largest->amount, whole) ? *largest->label
                                               : fmt::format("{}, above all {}", all, *largest->label);
    }

    std::string added(Decimal size) const {
        return fmt::format("{} {} new {}", amount(size), size.is_negative() ? "less by" : "of",
                           named(row_.largest_new, size, "services"));
    }

    std::string gone(Decimal size) const {
        return fmt::format("{} {} without {}", amount(size), size.is_negative() ? "less" : "more",
                           named(row_.largest_gone, size, "services that are gone"));
    }

    std::string commitment(Decimal size) const {
        if (comparison_.cost == Cost::kBilled) {
            return fmt::format("{} {} billed for commitments", amount(size), size.is_negative() ? "less" : "more");
        }
        return fmt::format("commitments save {} {}", amount(size), size.is_negative() ? "more" : "less");
    }

    const Row& row_;
    const Comparison& comparison_;
    const Wording& wording_;
    Decimal largest_;
};

bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_small(char c) {
    return c >= 'a' && c <= 'z';
}

std::string lower_first_letter(std::string text) {
    if (text.size() > 1 && is_capital(text[0]) && is_small(text[1])) {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return text;
}

} // namespace

std::string spoken_unit(const Text& unit) {
    std::string text = unit.value_or("");
    const std::size_t word = text.find_first_not_of("0123456789., ");
    text.erase(0, std::min(word, text.size()));
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const bool is_first = i == 0 || text[i - 1] == '-' || text[i - 1] == ' ' || text[i - 1] == '/';
        if (is_first && is_capital(text[i]) && is_small(text[i + 1])) {
            text[i] = static_cast<char>(text[i] - 'A' + 'a');
        }
    }
    return text.empty() ? "units" : text;
}

std::string subject(const Key& key, std::span<const std::string> labels) {
    FLORIN_CHECK(key.size() == labels.size(), "a label for each part of a key");
    std::string out = key.empty() ? "Spend" : "";
    bool has_place = false;
    for (std::size_t i = 0; i < key.size(); ++i) {
        if (!key[i]) {
            out += fmt::format("{} without {}", i == 0 ? "Charges" : "", lower_first_letter(labels[i]));
        } else if (i == 0) {
            out += *key[i];
        } else {
            out += (has_place ? ", " : " in ") + *key[i];
            has_place = true;
        }
    }
    return out;
}

std::string sentence(const Row& row, const std::string& subject, const Comparison& comparison, const Wording& wording) {
    const Speaker speaker(row, comparison, wording);
    const auto with_currency = [&](Decimal amount) {
        return fmt::format("{} {}", speaker.amount(amount), wording.currency);
    };
    if (row.base.is_zero() && !row.actual.is_zero() && row.effect(Effect::kNew) == row.variance) {
        return fmt::format("{} is new: {}.", subject, with_currency(row.actual));
    }
    if (row.actual.is_zero() && !row.base.is_zero() && row.effect(Effect::kGone) == row.variance) {
        return fmt::format("{} is gone: {} less than {}.", subject, with_currency(row.variance), wording.base);
    }
    const bool has_variance = speaker.is_visible(row.variance);
    const bool is_under = has_variance && row.variance.is_negative();
    std::string out = has_variance ? fmt::format("{} is {} {} {}", subject, with_currency(row.variance),
                                                 is_under ? "under" : "over", wording.base)
                                   : fmt::format("{} is as much as {}", subject, wording.base);
    const std::vector<std::string> along = speaker.causes(is_under, kAlongMax);
    const std::vector<std::string> against = speaker.causes(!is_under, kAgainstMax);
    if (!along.empty()) {
        out += fmt::format(": {}", fmt::join(along, ", "));
    }
    if (!against.empty()) {
        out += fmt::format("; against that {}", fmt::join(against, ", "));
    }
    return out + ".";
}

} // namespace florin::variance
