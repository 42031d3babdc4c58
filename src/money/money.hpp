// Money: an exact amount of one currency. Amounts of different currencies never add.
#pragma once

#include "money/decimal.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace florin::money {

/// A currency code: three capital letters. ISO 4217 codes know their minor units; others (virtual
/// currencies never come here) do not exist.
class Currency {
public:
    /// Error `money.unknown_currency` unless `code` is an ISO 4217 code in capitals: an active one, or one
    /// that was active since 2010, because bills of those years are still read.
    static base::Result<Currency> parse(std::string_view code);
    std::string code() const;
    /// Digits after the point in which the currency is paid (ISO 4217): 2 for USD, 0 for JPY.
    int minor_units() const;
    friend auto operator<=>(const Currency&, const Currency&) = default;
    friend bool operator==(const Currency&, const Currency&) = default;

private:
    explicit Currency(std::array<char, 3> code) : code_(code) {}
    std::array<char, 3> code_{};
};

/// Digits after the point of an amount whose currency is not known.
inline constexpr int kPlacesOfUnknownCurrency = 2;
/// Currency::minor_units of `code`, kPlacesOfUnknownCurrency where it is none. Thread-safe.
int minor_units_of(std::string_view code);

struct RateTag;

/// A plain factor: an exchange rate, a share, a price per unit. Not an amount of money: it does not
/// add to one, it only scales one.
class Rate {
public:
    explicit Rate(Decimal value) : value_(value) {}
    Decimal value() const noexcept { return value_; }
    friend auto operator<=>(const Rate&, const Rate&) = default;
    friend bool operator==(const Rate&, const Rate&) = default;

private:
    Decimal value_;
};

/// An exact amount of one currency.
class Money {
public:
    Money(Decimal amount, Currency currency) : amount_(amount), currency_(currency) {}
    Decimal amount() const noexcept { return amount_; }
    Currency currency() const noexcept { return currency_; }

    /// Errors `money.currency_mismatch`, `money.overflow`.
    base::Result<Money> plus(const Money& other) const;
    base::Result<Money> minus(const Money& other) const;
    /// Error `money.overflow`.
    base::Result<Money> scaled_by(Rate rate, Rounding rounding) const;
    /// Parts by largest remainder in units of 10^-18, as `split`.
    base::Result<std::vector<Money>> split(std::span<const Decimal> weights) const;

    /// Exact, with the currency's minor units at least: `12.50 USD`.
    std::string to_string() const;
    /// Rounded half even to minor units, with thousands separators: `1,234.50 USD`.
    std::string to_display() const;
    friend bool operator==(const Money&, const Money&) = default;

private:
    Decimal amount_;
    Currency currency_;
};

/// `amount` rounded half even to `places`, with commas between thousands: `-1,234.50`.
std::string display_amount(Decimal amount, int places);

} // namespace florin::money
