#include "money/money.hpp"

namespace florin::money {
namespace {

base::Error mismatch(Currency left, Currency right) {
    return base::user_error("money.currency_mismatch",
                            "amounts of different currencies do not add: " + left.code() + " and " + right.code())
        .with_remedy("convert one of them first");
}

} // namespace

base::Result<Money> Money::plus(const Money& other) const {
    if (currency_ != other.currency_) {
        return mismatch(currency_, other.currency_);
    }
    FLORIN_TRY_ASSIGN(const Decimal sum, amount_.plus(other.amount_));
    return Money(sum, currency_);
}

base::Result<Money> Money::minus(const Money& other) const {
    return plus(Money(other.amount_.negated(), other.currency_));
}

base::Result<Money> Money::scaled_by(Rate rate, Rounding rounding) const {
    FLORIN_TRY_ASSIGN(const Decimal product, multiply(amount_, rate.value(), rounding));
    return Money(product, currency_);
}

base::Result<std::vector<Money>> Money::split(std::span<const Decimal> weights) const {
    FLORIN_TRY_ASSIGN(const std::vector<Decimal> parts, money::split(amount_, weights, Decimal::kScale));
    std::vector<Money> out;
    out.reserve(parts.size());
    for (const Decimal part : parts) {
        out.emplace_back(part, currency_);
    }
    return out;
}

std::string Money::to_string() const {
    return amount_.to_string(currency_.minor_units()) + " " + currency_.code();
}

std::string Money::to_display() const {
    return display_amount(amount_, currency_.minor_units()) + " " + currency_.code();
}

std::string display_amount(Decimal amount, int places) {
    // Rounding the largest amounts may go beyond the range; cutting off never does.
    const base::Result<Decimal> nearest = amount.rounded(places, Rounding::kHalfEven);
    const Decimal shown = nearest.ok() ? *nearest : amount.rounded(places, Rounding::kTowardZero).value();
    std::string text = shown.to_string(places);
    const std::size_t first = shown.is_negative() ? 1 : 0;
    for (std::size_t at = std::min(text.find('.'), text.size()); at > first + 3;) {
        at -= 3;
        text.insert(at, 1, ',');
    }
    return text;
}

} // namespace florin::money
