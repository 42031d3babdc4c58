#include "ingest/exact_sum.hpp"

#include "base/check.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace florin::ingest {
namespace {

using Big = boost::multiprecision::cpp_int;
using base::int128;
using base::uint128;

constexpr int kScale = 18;
constexpr std::size_t kDigitsMax = 400;
constexpr int kExponentMax = 400;
constexpr int kRestDigitsMax = 38;

constexpr auto kPowers = [] {
    std::array<uint128, 39> powers{};
    powers[0] = 1;
    for (std::size_t i = 1; i < powers.size(); ++i) {
        powers[i] = powers[i - 1] * 10;
    }
    return powers;
}();

uint128 power(int exponent) {
    return kPowers[static_cast<std::size_t>(exponent)];
}

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/// 0.D x 10^(digits - places) without zeros at either end; zero has no digits.
struct Digits {
    std::string digits;
    int places = 0;
    bool negative = false;
};

/// Splits a number into its digits and the position of its point.
AmountFault read_digits(std::string_view text, Digits& out) {
    std::size_t at = 0;
    out.digits.clear();
    out.places = 0;
    out.negative = !text.empty() && text[0] == '-';
    at += out.negative ? 1U : 0U;
    const auto take = [&] {
        const std::size_t start = at;
        while (at < text.size() && is_digit(text[at])) {
            ++at;
        }
        out.digits.append(text, start, at - start);
        return at - start;
    };
    if (take() == 0) {
        return AmountFault::kUnreadable;
    }
    if (at < text.size() && text[at] == '.') {
        ++at;
        const std::size_t count = take();
        if (count == 0) {
            return AmountFault::kUnreadable;
        }
        out.places = static_cast<int>(std::min<std::size_t>(count, 1U << 30U));
    }
    int exponent = 0;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        const bool down = at < text.size() && text[at] == '-';
        at += at < text.size() && (text[at] == '-' || text[at] == '+') ? 1U : 0U;
        const std::size_t start = at;
        for (; at < text.size() && is_digit(text[at]); ++at) {
            exponent = std::min(exponent * 10 + (text[at] - '0'), 1'000'000);
        }
        if (at == start) {
            return AmountFault::kUnreadable;
        }
        exponent = down ? -exponent : exponent;
    }
    if (at != text.size()) {
        return AmountFault::kUnreadable;
    }
    if (std::abs(exponent) > kExponentMax || out.digits.size() > kDigitsMax) {
        return AmountFault::kAbsurd;
    }
    out.places -= exponent;
    const std::size_t first = out.digits.find_first_not_of('0');
    if (first == std::string::npos) {
        out = {};
        return AmountFault::kNone;
    }
    const std::size_t last = out.digits.find_last_not_of('0');
    out.places -= static_cast<int>(out.digits.size() - 1 - last);
    out.digits = out.digits.substr(first, last - first + 1);
    return AmountFault::kNone;
}

uint128 number(std::string_view digits) {
    uint128 value = 0;
    for (const char digit : digits) {
        value = value * 10 + static_cast<unsigned>(digit - '0');
    }
    return value;
}

/// Whether the digits that go, the last `count` of `digits` (with zeros in front where it has
/// fewer), are more than half of 10^count, or half and the digit before them is odd.
bool rounds_up(std::string_view digits, std::size_t count) {
    if (digits.size() < count) {
        return false;
    }
    const std::string_view gone = digits.substr(digits.size() - count);
    if (gone[0] != '5') {
        return gone[0] > '5';
    }
    if (gone.find_first_not_of('0', 1) != std::string_view::npos) {
        return true;
    }
    return digits.size() > count && ((digits[digits.size() - count - 1] - '0') % 2) == 1;
}

Big big(int128 value) {
    return Big(value);
}

Big big_power(int exponent) {
    return boost::multiprecision::pow(Big(10), static_cast<unsigned>(exponent));
}

/// `value` x 10^-places as plain text without needless zeros.
std::string text_of(Big value, int places) {
    const bool negative = value < 0;
    std::string digits = (negative ? Big(-value) : value).str();
    if (places > 0) {
        const auto wide = static_cast<std::size_t>(places);
        if (digits.size() <= wide) {
            digits.insert(0, wide + 1 - digits.size(), '0');
        }
        digits.insert(digits.size() - wide, 1, '.');
        digits.erase(digits.find_last_not_of('0') + 1);
        if (digits.back() == '.') {
            digits.pop_back();
        }
    }
    if (negative) {
        digits.insert(0, 1, '-');
    }
    return digits;
}

} // namespace

bool read_short_amount(std::string_view text, ShortAmount& amount) {
    const char* at = text.data();
    const char* const end = at + text.size();
    if (at == end || text.size() > 21) {
        return false;
    }
    amount.negative = *at == '-';
    at += amount.negative ? 1 : 0;
    const char* const whole = at;
    std::uint64_t mantissa = 0;
    while (at != end && is_digit(*at)) {
        mantissa = mantissa * 10 + static_cast<unsigned>(*at - '0');
        ++at;
    }
    const auto whole_digits = at - whole;
    std::ptrdiff_t places = 0;
    if (at != end) {
        if (*at != '.') {
            return false;
        }
        const char* const fraction = ++at;
        while (at != end && is_digit(*at)) {
            mantissa = mantissa * 10 + static_cast<unsigned>(*at - '0');
            ++at;
        }
        places = at - fraction;
        if (at != end || places == 0) {
            return false;
        }
    }
    amount.mantissa = mantissa;
    amount.places = static_cast<int>(places);
    return whole_digits > 0 && whole_digits + places <= 19;
}

Amount amount_of(const ShortAmount& short_amount) {
    const auto units = static_cast<int128>(short_amount.mantissa * power(kScale - short_amount.places));
    return {.units = short_amount.negative ? -units : units, .rest = 0, .rest_places = 0};
}

AmountFault read_amount(std::string_view text, int scale, Amount& amount) {
    Digits parts;
    if (const AmountFault fault = read_digits(text, parts); fault != AmountFault::kNone) {
        return fault;
    }
    amount = {};
    const int length = static_cast<int>(parts.digits.size());
    if (length - parts.places > 38 - scale) {
        return AmountFault::kTooLarge;
    }
    if (parts.places <= scale) {
        const auto units =
            parts.digits.empty() ? int128{0} : static_cast<int128>(number(parts.digits) * power(scale - parts.places));
        amount.units = parts.negative ? -units : units;
        return AmountFault::kNone;
    }
    const int gone = parts.places - scale;
    const auto gone_digits = static_cast<std::size_t>(gone);
    const std::string_view digits = parts.digits;
    const std::string_view kept = digits.substr(0, digits.size() - std::min(digits.size(), gone_digits));
    const bool up = rounds_up(digits, gone_digits);
    const uint128 units = number(kept) + (up ? 1U : 0U);
    if (units >= power(38)) {
        return AmountFault::kTooLarge;
    }
    amount.units = parts.negative ? -static_cast<int128>(units) : static_cast<int128>(units);
    if (gone > kRestDigitsMax) {
        amount.rest_places = Amount::kRestInText;
        return AmountFault::kNone;
    }
    const auto rest =
        static_cast<int128>(number(digits.substr(kept.size()))) - (up ? static_cast<int128>(power(gone)) : int128{0});
    amount.rest = parts.negative ? -rest : rest;
    amount.rest_places = parts.places;
    return AmountFault::kNone;
}

bool read_displayed_amount(std::string_view text, std::string& plain) {
    const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    plain.clear();
    bool symbol = false;
    for (int turn = 0; turn < 2; ++turn) {
        if (plain.empty() && text.starts_with('-')) {
            plain.assign(1, '-');
            text.remove_prefix(1);
        }
        for (const std::string_view sign : {"$", "€", "£", "USD", "EUR", "GBP"}) {
            if (!symbol && text.starts_with(sign)) {
                symbol = true;
                text.remove_prefix(sign.size());
                while (!text.empty() && is_blank(text.front())) {
                    text.remove_prefix(1);
                }
            }
        }
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    if (whole.find(',') == std::string_view::npos) {
        plain += text;
        Amount amount;
        return read_amount(plain, kScale, amount) != AmountFault::kUnreadable;
    }
    if (!symbol && point == text.size()) {
        return false;
    }
    std::size_t group = 0; // digits since the last comma
    bool first = true;
    for (const char byte : whole) {
        if (byte == ',') {
            if (first ? group == 0 || group > 3 : group != 3) {
                return false;
            }
            first = false;
            group = 0;
        } else if (is_digit(byte)) {
            ++group;
            plain += byte;
        } else {
            return false;
        }
    }
    plain += text.substr(point);
    Amount amount;
    return group == 3 && read_amount(plain, kScale, amount) != AmountFault::kUnreadable;
}

bool is_product(const ShortAmount& a, const ShortAmount& b, const ShortAmount& c) {
    const uint128 product = static_cast<uint128>(a.mantissa) * b.mantissa;
    if (product == 0 || c.mantissa == 0) {
        return product == 0 && c.mantissa == 0;
    }
    if ((a.negative != b.negative) != c.negative) {
        return false;
    }
    const int shift = a.places + b.places - c.places;
    if (shift >= 0) {
        // The larger side is below 10^38: 10^19 x 10^19; beyond that c would exceed the product.
        return shift <= 19 ? product == c.mantissa * power(shift)
                           : product % power(shift) == 0 && product / power(shift) == c.mantissa;
    }
    return c.mantissa % power(-shift) == 0 && product == c.mantissa / power(-shift);
}

std::string exact_product(const Amount& a, const Amount& b, int places) {
    return text_of(Big(big(a.units) * big(b.units)), 2 * kScale + places);
}

bool is_product(std::string_view a, std::string_view b, std::string_view c) {
    Digits left;
    Digits right;
    Digits whole;
    if (read_digits(a, left) != AmountFault::kNone || read_digits(b, right) != AmountFault::kNone ||
        read_digits(c, whole) != AmountFault::kNone) {
        return false;
    }
    const auto value = [](const Digits& parts) {
        const Big magnitude(parts.digits.empty() ? "0" : parts.digits);
        return parts.negative ? Big(-magnitude) : magnitude;
    };
    Big product = value(left) * value(right);
    Big expected = value(whole);
    const int shift = left.places + right.places - whole.places;
    (shift >= 0 ? expected : product) *= big_power(std::abs(shift));
    return product == expected;
}

// What does not fit the fast sum: its overflow, and rests by their number of places.
struct ExactSum::Rest {
    Big overflow;                                   // in 10^-18
    std::array<int128, kRestDigitsMax> by_places{}; // [i] in 10^-(19 + i)
    Big fine;                                       // in 10^-fine_places
    int fine_places = kScale;

    void add_fine(Big value, int places) {
        if (places > fine_places) {
            fine *= big_power(places - fine_places);
            fine_places = places;
        }
        fine += value * big_power(fine_places - places);
    }
    void add_rest(int128 value, int places) {
        int128& sum = by_places[static_cast<std::size_t>(places - kScale - 1)];
        if (int128 result = 0; !__builtin_add_overflow(sum, value, &result)) {
            sum = result;
            return;
        }
        add_fine(big(value), places);
    }
    /// All rests in 10^-places.
    Big total(int& places) const {
        Rest copy;
        copy.fine = fine;
        copy.fine_places = fine_places;
        for (int i = 0; i < kRestDigitsMax; ++i) {
            if (const int128 value = by_places[static_cast<std::size_t>(i)]; value != 0) {
                copy.add_fine(big(value), kScale + 1 + i);
            }
        }
        places = copy.fine_places;
        return copy.fine;
    }
};

ExactSum::ExactSum() = default;
ExactSum::~ExactSum() = default;
ExactSum::ExactSum(ExactSum&&) noexcept = default;
ExactSum& ExactSum::operator=(ExactSum&&) noexcept = default;

ExactSum::Rest& ExactSum::rest() {
    if (!rest_) {
        rest_ = std::make_unique<Rest>();
    }
    return *rest_;
}

void ExactSum::add_slowly(const Amount& amount, std::string_view text) {
    if (amount.rest_places == 0) {
        // The addition that brought us here wrapped around: take it back.
        units_ = static_cast<int128>(static_cast<uint128>(units_) - static_cast<uint128>(amount.units));
        rest().overflow += big(amount.units);
        return;
    }
    if (int128 sum = 0; !__builtin_add_overflow(units_, amount.units, &sum)) {
        units_ = sum;
    } else {
        rest().overflow += big(amount.units);
    }
    if (amount.rest_places != Amount::kRestInText) {
        rest().add_rest(amount.rest, amount.rest_places);
        return;
    }
    Digits parts;
    FLORIN_CHECK(read_digits(text, parts) == AmountFault::kNone, "an amount that was read before");
    const Big magnitude(parts.digits);
    rest().add_fine((parts.negative ? Big(-magnitude) : magnitude) -
                        big(amount.units) * big_power(parts.places - kScale),
                    parts.places);
}

void ExactSum::add(const ExactSum& other) {
    if (int128 sum = 0; !__builtin_add_overflow(units_, other.units_, &sum)) {
        units_ = sum;
    } else {
        rest().overflow += big(other.units_);
    }
    if (other.rest_) {
        rest().overflow += other.rest_->overflow;
        for (int i = 0; i < kRestDigitsMax; ++i) {
            rest().add_rest(other.rest_->by_places[static_cast<std::size_t>(i)], kScale + 1 + i);
        }
        rest().add_fine(other.rest_->fine, other.rest_->fine_places);
    }
}

std::string ExactSum::to_string() const {
    if (!rest_) {
        return text_of(big(units_), kScale);
    }
    int places = 0;
    Big sum = rest_->total(places);
    sum += (big(units_) + rest_->overflow) * big_power(places - kScale);
    return text_of(std::move(sum), places);
}

std::string ExactSum::rounded_away() const {
    if (!rest_) {
        return "0";
    }
    int places = 0;
    Big sum = rest_->total(places);
    return text_of(std::move(sum), places);
}

} // namespace florin::ingest
