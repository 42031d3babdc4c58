// Exact decimal numbers on 128 bits. Money, prices and ratios use Decimal (18 places); quantities
// have a type of their own with 12 places and a wider range. Neither ever passes through a double.
#pragma once

#include "base/int128.hpp"
#include "base/result.hpp"

#include <compare>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::money {

/// How to choose between two neighbours. There is no default anywhere: rounding is always named.
enum class Rounding : std::uint8_t {
    kHalfEven,         ///< to the nearest, ties to the even digit
    kHalfAwayFromZero, ///< to the nearest, ties away from zero
    kTowardZero,       ///< cut off
    kFloor,            ///< toward negative infinity
    kCeiling,          ///< toward positive infinity
};

/// A number of exactly `Scale` decimal places, |value| < 10^(38 - Scale), as DECIMAL(38, Scale) in
/// SQL. `Tag` keeps kinds apart: numbers of different kinds neither mix nor convert.
template <class Tag, int Scale>
class Fixed {
public:
    static constexpr int kScale = Scale;

    constexpr Fixed() = default;

    /// `units` x 10^-Scale. |units| must be below 10^38; more is a bug.
    static Fixed from_units(base::int128 units);
    /// The whole number `value`.
    static Fixed from_integer(std::int64_t value);
    /// A binary fraction is no exact number: it comes in by its shortest text.
    static Fixed from_units(std::floating_point auto units) = delete;
    static Fixed from_integer(std::floating_point auto value) = delete;

    /// Reads `[-]digits[.digits][(e|E)[+|-]digits]`, at least one digit at each place (neither `.5` nor
    /// `5.`), nothing around it; `-0` is 0. Errors:
    /// `money.unreadable` (not a number), `money.too_precise` (non-zero digits beyond Scale places;
    /// trailing zeros are no digits), `money.overflow` (10^(38 - Scale) or more).
    static base::Result<Fixed> parse(std::string_view text);

    /// What parse_rounded made of a text: the value, and whether anything was rounded away.
    struct Rounded {
        Fixed value;
        bool inexact = false;
        friend bool operator==(const Rounded&, const Rounded&) = default;
    };
    /// As parse, but digits beyond Scale places are rounded as `rounding` says.
    static base::Result<Rounded> parse_rounded(std::string_view text, Rounding rounding);

    constexpr base::int128 units() const noexcept { return units_; }
    constexpr bool is_zero() const noexcept { return units_ == 0; }
    constexpr bool is_negative() const noexcept { return units_ < 0; }

    /// Checked: error `money.overflow` beyond the range.
    base::Result<Fixed> plus(Fixed other) const;
    base::Result<Fixed> minus(Fixed other) const;
    /// Total, because the range is symmetric.
    Fixed negated() const;
    Fixed absolute() const;

    /// This times numerator / denominator with a 256-bit intermediate, rounded once at the end.
    /// A zero denominator is a user error `money.division_by_zero`.
    base::Result<Fixed> times_ratio(base::int128 numerator, base::int128 denominator, Rounding rounding) const;

    /// Rounded to `places` places, 0 <= places <= Scale. Error `money.overflow` beyond the range.
    base::Result<Fixed> rounded(int places, Rounding rounding) const;

    /// Shortest exact text: `-12.5`, `0`, `0.000001`. Never an exponent. parse() reads it back.
    std::string to_string() const;
    /// Exact text with at least `places_min` places: `12.50`.
    std::string to_string(int places_min) const;

    friend constexpr auto operator<=>(const Fixed&, const Fixed&) = default;
    friend constexpr bool operator==(const Fixed&, const Fixed&) = default;

private:
    explicit constexpr Fixed(base::int128 units) : units_(units) {}
    base::int128 units_ = 0;
};

struct DecimalTag;
struct QuantityTag;

/// An exact amount without a currency, a price or a ratio: DECIMAL(38,18), |value| < 10^20.
using Decimal = Fixed<DecimalTag, 18>;
/// An exact amount of usage: DECIMAL(38,12), |value| < 10^26.
using Quantity = Fixed<QuantityTag, 12>;

extern template class Fixed<DecimalTag, 18>;
extern template class Fixed<QuantityTag, 12>;

/// a x b, with a 256-bit intermediate, rounded once. Error `money.overflow`.
base::Result<Decimal> multiply(Decimal a, Decimal b, Rounding rounding);
/// a / b. Errors `money.division_by_zero`, `money.overflow`.
base::Result<Decimal> divide(Decimal a, Decimal b, Rounding rounding);
/// price x quantity.
base::Result<Decimal> multiply(Decimal price, Quantity quantity, Rounding rounding);
/// amount / quantity: a price per unit.
base::Result<Decimal> divide(Decimal amount, Quantity quantity, Rounding rounding);
/// a / b as a plain number.
base::Result<Decimal> divide(Quantity a, Quantity b, Rounding rounding);

/// Splits `total` in proportion to `weights` by largest remainders (Hamilton's method), in units of
/// 10^-places (0 <= places <= 18; digits of `total` beyond it go to the first part with a non-zero
/// weight). Parts sum to `total` exactly and carry its sign; ties go to the lower index, so the
/// result is deterministic. Errors: `money.no_weight` (no weight, or all are zero), and
/// `money.negative_weight`.
base::Result<std::vector<Decimal>> split(Decimal total, std::span<const Decimal> weights, int places);

/// Exact sum of any number of values: a 256-bit accumulator that is read once at the end.
class DecimalSum {
public:
    void add(Decimal value) noexcept;
    void add(const DecimalSum& other) noexcept;
    /// Error `money.overflow` where the sum does not fit a Decimal.
    base::Result<Decimal> total() const;

private:
    base::uint128 low_ = 0; ///< two's complement, low 128 bits
    base::int128 high_ = 0; ///< and the high ones
};

} // namespace florin::money
