#include "money/decimal.hpp"

#include "money/digits.hpp"
#include "money/rounding.hpp"
#include "money/wide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace florin::money {
namespace {

using base::int128;
using base::uint128;

constexpr uint128 kUnitsLimit = power_of_ten(kDigitsMax); ///< |units| stays below

/// An exponent beyond this decides alone: no text is long enough to bring the number back.
constexpr std::int64_t kExponentLimit = 1'000'000'000'000'000;

constexpr auto kPowers = [] {
    std::array<uint128, kDigitsMax + 1> powers{};
    for (int i = 0; i <= kDigitsMax; ++i) {
        powers[static_cast<std::size_t>(i)] = power_of_ten(i);
    }
    return powers;
}();

uint128 power(std::int64_t exponent) {
    return kPowers[static_cast<std::size_t>(exponent)];
}

constexpr unsigned digit_of(char byte) {
    return static_cast<unsigned>(byte - '0');
}

/// What reading a text came to. No error object yet: a good cell must not pay for one.
enum class Outcome : std::uint8_t { kExact, kInexact, kUnreadable, kTooPrecise, kOverflow };

struct Reading {
    Outcome outcome = Outcome::kExact;
    int128 units = 0;
};

/// The plain short number that nearly every cell is: at most 19 digits before the point and `Scale`
/// after it, no exponent. False means "look closer", not "wrong".
template <int Scale>
bool read_short(std::string_view text, int128& units) noexcept {
    static_assert(Scale <= 18, "the places must fit a 64-bit accumulator");
    const char* at = text.data();
    const char* const end = at + text.size();
    const bool negative = at != end && *at == '-';
    at += negative ? 1 : 0;
    const char* start = at;
    std::uint64_t whole = 0;
    for (; at != end && is_digit(*at); ++at) {
        whole = whole * 10U + digit_of(*at); // may wrap; the count refuses it below
    }
    if (at == start || at - start > 19) {
        return false;
    }
    std::uint64_t fraction = 0;
    if (at != end) {
        if (*at != '.') {
            return false;
        }
        start = ++at;
        for (; at != end && is_digit(*at); ++at) {
            fraction = fraction * 10U + digit_of(*at);
        }
        const std::ptrdiff_t places = at - start;
        if (at != end || places == 0 || places > Scale) {
            return false;
        }
        fraction *= static_cast<std::uint64_t>(power(Scale - places));
    }
    units = with_sign(whole * power_of_ten(Scale) + fraction, negative);
    return true;
}

/// The parts of a well-formed number.
struct Literal {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    std::int64_t exponent = 0; ///< bounded by kExponentLimit
};

/// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const std::string_view digits(text.begin(), end);
    text.remove_prefix(digits.size());
    return digits;
}

std::optional<Literal> scan(std::string_view text) {
    Literal literal;
    if (text.starts_with('-')) {
        literal.negative = true;
        text.remove_prefix(1);
    }
    literal.whole = take_digits(text);
    if (literal.whole.empty()) {
        return std::nullopt;
    }
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        literal.fraction = take_digits(text);
        if (literal.fraction.empty()) {
            return std::nullopt;
        }
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        const bool negative = text.starts_with('-');
        if (negative || text.starts_with('+')) {
            text.remove_prefix(1);
        }
        const std::string_view digits = take_digits(text);
        if (digits.empty()) {
            return std::nullopt;
        }
        for (const char digit : digits) {
            literal.exponent = std::min(literal.exponent * 10 + digit_of(digit), kExponentLimit);
        }
        literal.exponent = negative ? -literal.exponent : literal.exponent;
    }
    return text.empty() ? std::optional(literal) : std::nullopt;
}

/// The digits from the first to the last that is not zero: 0.d1d2…dn x 10^point.
struct Significant {
    std::string_view head;
    std::string_view tail;
    std::int64_t point = 0;

    std::int64_t count() const { return static_cast<std::int64_t>(head.size() + tail.size()); }
    unsigned digit(std::int64_t index) const {
        const auto at = static_cast<std::size_t>(index);
        return digit_of(at < head.size() ? head[at] : tail[at - head.size()]);
    }
    /// The digits [begin, end), at most 19, as a number.
    std::uint64_t number(std::int64_t begin, std::int64_t end) const {
        std::uint64_t value = 0;
        for (std::int64_t i = begin; i < end; ++i) {
            value = value * 10U + digit(i);
        }
        return value;
    }
};

Significant significant_digits(const Literal& literal) {
    const auto strip_front = [](std::string_view& digits) {
        const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
        digits.remove_prefix(zeros);
        return static_cast<std::int64_t>(zeros);
    };
    const auto strip_back = [](std::string_view& digits) {
        digits = digits.substr(0, digits.find_last_not_of('0') + 1); // npos + 1 is 0
    };
    Significant digits{literal.whole, literal.fraction, literal.exponent};
    strip_front(digits.head);
    if (digits.head.empty()) {
        digits.point -= strip_front(digits.tail);
    } else {
        digits.point += static_cast<std::int64_t>(digits.head.size());
    }
    strip_back(digits.tail);
    if (digits.tail.empty()) {
        strip_back(digits.head);
    }
    return digits;
}

/// Any text, in units of 10^-scale; without a rounding, digits beyond are kTooPrecise.
Reading read_any(std::string_view text, int scale, std::optional<Rounding> rounding) {
    const std::optional<Literal> literal = scan(text);
    if (!literal) {
        return {Outcome::kUnreadable, 0};
    }
    const Significant digits = significant_digits(*literal);
    if (digits.count() == 0) {
        return {Outcome::kExact, 0};
    }
    if (digits.point > kDigitsMax - scale) {
        return {Outcome::kOverflow, 0};
    }
    const std::int64_t kept_max = digits.point + scale; // below zero where even the first digit is too small
    const std::int64_t kept = std::clamp<std::int64_t>(kept_max, 0, digits.count());
    const bool exact = kept_max >= digits.count();
    if (!exact && !rounding) {
        return {Outcome::kTooPrecise, 0};
    }
    // At most 38 digits are kept: two numbers of 64 bits.
    const std::int64_t first_count = std::min<std::int64_t>(kept, 19);
    uint128 magnitude = digits.number(0, first_count) * power(kept - first_count) + digits.number(first_count, kept);
    if (exact) {
        return {Outcome::kExact, with_sign(magnitude * power(kept_max - kept), literal->negative)};
    }
    // The digit after the kept ones against five; on a tie any further digit (the last one is never zero) decides.
    std::strong_ordering cut_to_half = kept_max < 0 ? std::strong_ordering::less : digits.digit(kept) <=> 5U;
    if (cut_to_half == 0 && digits.count() > kept + 1) {
        cut_to_half = std::strong_ordering::greater;
    }
    if (goes_up(*rounding, literal->negative, magnitude % 2U == 1, cut_to_half)) {
        magnitude += 1;
    }
    if (magnitude >= kUnitsLimit) {
        return {Outcome::kOverflow, 0};
    }
    return {Outcome::kInexact, with_sign(magnitude, literal->negative)};
}

base::Error overflow(int scale) {
    return base::data_error("money.overflow",
                            fmt::format("the number is beyond 10^{}, the range of amounts kept with {} decimal places",
                                        kDigitsMax - scale, scale));
}

[[gnu::cold]] base::Error reading_error(Outcome outcome, std::string_view text, int scale) {
    // A cell may have megabytes; a message shows 200 bytes of it.
    const base::Place place{.cell = std::string(text.substr(0, 256))};
    switch (outcome) {
    case Outcome::kOverflow: return overflow(scale).at(place);
    case Outcome::kTooPrecise:
        return base::data_error("money.too_precise", fmt::format("more than {} decimal places", scale)).at(place);
    default:
        return base::data_error("money.unreadable",
                                text.empty() ? "an empty text is not a number" : "not a decimal number")
            .at(place)
            .with_remedy("write digits with a point for decimals and no thousands separators, such as -1234.56");
    }
}

/// value x numerator / denominator in units, rounded once. Nothing where it is beyond the range.
std::optional<int128> scale_units(int128 value, int128 numerator, int128 denominator, Rounding rounding) {
    const bool negative = ((value < 0) != (numerator < 0)) != (denominator < 0);
    const uint128 divisor = magnitude_of(denominator);
    const Uint256 product = multiply_wide(magnitude_of(value), magnitude_of(numerator));
    if (product.high >= divisor) {
        return std::nullopt;
    }
    const Division division = divide_wide(product, {0, divisor});
    uint128 magnitude = division.quotient;
    const uint128 rest = division.remainder.low;
    if (rest != 0 && goes_up(rounding, negative, magnitude % 2U == 1, rest <=> divisor - rest)) {
        magnitude += 1;
        if (magnitude == 0) {
            return std::nullopt;
        }
    }
    return magnitude < kUnitsLimit ? std::optional(with_sign(magnitude, negative)) : std::nullopt;
}

base::Error division_by_zero() {
    return base::user_error("money.division_by_zero", "a division by zero");
}

base::Result<Decimal> decimal_of(int128 value, int128 numerator, int128 denominator, Rounding rounding) {
    if (denominator == 0) {
        return division_by_zero();
    }
    const std::optional<int128> units = scale_units(value, numerator, denominator, rounding);
    if (!units) {
        return overflow(Decimal::kScale);
    }
    return Decimal::from_units(*units);
}

} // namespace

template <class Tag, int Scale>
Fixed<Tag, Scale> Fixed<Tag, Scale>::from_units(int128 units) {
    FLORIN_CHECK(magnitude_of(units) < kUnitsLimit, "units of a fixed-point number beyond 10^38");
    return Fixed(units);
}

template <class Tag, int Scale>
Fixed<Tag, Scale> Fixed<Tag, Scale>::from_integer(std::int64_t value) {
    return Fixed(int128{value} * static_cast<int128>(power_of_ten(Scale)));
}

template <class Tag, int Scale>
base::Result<Fixed<Tag, Scale>> Fixed<Tag, Scale>::parse(std::string_view text) {
    if (int128 units = 0; read_short<Scale>(text, units)) [[likely]] {
        return Fixed(units);
    }
    const Reading reading = read_any(text, Scale, std::nullopt);
    if (reading.outcome != Outcome::kExact) {
        return reading_error(reading.outcome, text, Scale);
    }
    return Fixed(reading.units);
}

template <class Tag, int Scale>
auto Fixed<Tag, Scale>::parse_rounded(std::string_view text, Rounding rounding) -> base::Result<Rounded> {
    if (int128 units = 0; read_short<Scale>(text, units)) [[likely]] {
        return Rounded{Fixed(units), false};
    }
    const Reading reading = read_any(text, Scale, rounding);
    if (reading.outcome != Outcome::kExact && reading.outcome != Outcome::kInexact) {
        return reading_error(reading.outcome, text, Scale);
    }
    return Rounded{Fixed(reading.units), reading.outcome == Outcome::kInexact};
}

template <class Tag, int Scale>
base::Result<Fixed<Tag, Scale>> Fixed<Tag, Scale>::plus(Fixed other) const {
    // A sum may wrap at 2^127, but not back into the range: 2^128 - 2 x 10^38 is beyond 10^38.
    const auto sum = static_cast<int128>(static_cast<uint128>(units_) + static_cast<uint128>(other.units_));
    if (magnitude_of(sum) >= kUnitsLimit) {
        return overflow(Scale);
    }
    return Fixed(sum);
}

template <class Tag, int Scale>
base::Result<Fixed<Tag, Scale>> Fixed<Tag, Scale>::minus(Fixed other) const {
    return plus(other.negated());
}

template <class Tag, int Scale>
Fixed<Tag, Scale> Fixed<Tag, Scale>::negated() const {
    return Fixed(-units_);
}

template <class Tag, int Scale>
Fixed<Tag, Scale> Fixed<Tag, Scale>::absolute() const {
    return Fixed(units_ < 0 ? -units_ : units_);
}

template <class Tag, int Scale>
base::Result<Fixed<Tag, Scale>> Fixed<Tag, Scale>::times_ratio(int128 numerator, int128 denominator,
                                                               Rounding rounding) const {
    if (denominator == 0) {
        return division_by_zero();
    }
    const std::optional<int128> units = scale_units(units_, numerator, denominator, rounding);
    if (!units) {
        return overflow(Scale);
    }
    return Fixed(*units);
}

template <class Tag, int Scale>
base::Result<Fixed<Tag, Scale>> Fixed<Tag, Scale>::rounded(int places, Rounding rounding) const {
    FLORIN_CHECK(places >= 0 && places <= Scale, "places outside of the scale");
    const auto step = static_cast<int128>(power(Scale - places));
    // |units| / step has no more digits than units, so that only the product below can be too large.
    const int128 steps = scale_units(units_, 1, step, rounding).value();
    if (magnitude_of(steps) > (kUnitsLimit - 1) / static_cast<uint128>(step)) {
        return overflow(Scale);
    }
    return Fixed(steps * step);
}

template <class Tag, int Scale>
std::string Fixed<Tag, Scale>::to_string() const {
    return to_string(0);
}

template <class Tag, int Scale>
std::string Fixed<Tag, Scale>::to_string(int places_min) const {
    FLORIN_CHECK(places_min >= 0 && places_min <= Scale, "places outside of the scale");
    std::array<char, kDigitsMax + 3> text{}; // sign, point and a zero before it
    std::size_t at = text.size();
    uint128 rest = magnitude_of(units_);
    int places = Scale;
    for (; places > places_min && rest % 10U == 0; --places) {
        rest /= 10U;
    }
    for (int i = 0; i < places || rest != 0 || i == places; ++i) {
        if (i == places && places != 0) {
            text[--at] = '.';
        }
        text[--at] = static_cast<char>('0' + static_cast<int>(rest % 10U));
        rest /= 10U;
    }
    if (is_negative()) {
        text[--at] = '-';
    }
    return {text.data() + at, text.size() - at};
}

template class Fixed<DecimalTag, 18>;
template class Fixed<QuantityTag, 12>;

base::Result<Decimal> multiply(Decimal a, Decimal b, Rounding rounding) {
    return decimal_of(a.units(), b.units(), static_cast<int128>(power(Decimal::kScale)), rounding);
}

base::Result<Decimal> divide(Decimal a, Decimal b, Rounding rounding) {
    return decimal_of(a.units(), static_cast<int128>(power(Decimal::kScale)), b.units(), rounding);
}

base::Result<Decimal> multiply(Decimal price, Quantity quantity, Rounding rounding) {
    return decimal_of(price.units(), quantity.units(), static_cast<int128>(power(Quantity::kScale)), rounding);
}

base::Result<Decimal> divide(Decimal amount, Quantity quantity, Rounding rounding) {
    return decimal_of(amount.units(), static_cast<int128>(power(Quantity::kScale)), quantity.units(), rounding);
}

base::Result<Decimal> divide(Quantity a, Quantity b, Rounding rounding) {
    return decimal_of(a.units(), static_cast<int128>(power(Decimal::kScale)), b.units(), rounding);
}

void DecimalSum::add(Decimal value) noexcept {
    const int128 sign = value.is_negative() ? -1 : 0;
    const Uint256 sum = money::add({static_cast<uint128>(high_), low_},
                                   {static_cast<uint128>(sign), static_cast<uint128>(value.units())});
    high_ = static_cast<int128>(sum.high);
    low_ = sum.low;
}

void DecimalSum::add(const DecimalSum& other) noexcept {
    const Uint256 sum =
        money::add({static_cast<uint128>(high_), low_}, {static_cast<uint128>(other.high_), other.low_});
    high_ = static_cast<int128>(sum.high);
    low_ = sum.low;
}

base::Result<Decimal> DecimalSum::total() const {
    const auto units = static_cast<int128>(low_);
    const bool fits = high_ == (units < 0 ? -1 : 0) && magnitude_of(units) < kUnitsLimit;
    if (!fits) {
        return overflow(Decimal::kScale);
    }
    return Decimal::from_units(units);
}

} // namespace florin::money
