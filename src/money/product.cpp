#include "money/product.hpp"

#include "money/digits.hpp"
#include "money/wide.hpp"

#include <algorithm>

namespace florin::money {
namespace {

using base::uint128;

constexpr int kScaleMax = 200; ///< beyond it a number is none that a bill holds

/// mantissa x 10^-scale, 0 <= scale.
struct Number {
    bool negative = false;
    uint128 mantissa = 0;
    int scale = 0;
    int written_scale = 0; ///< with the zeros at its end
};

std::optional<int> take_exponent(std::string_view text) {
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || text.size() > 4 || !std::all_of(text.begin(), text.end(), is_digit)) {
        return std::nullopt;
    }
    int exponent = 0;
    for (const char c : text) {
        exponent = exponent * 10 + (c - '0');
    }
    return negative ? -exponent : exponent;
}

/// All digits as one whole number, and how many of them stand behind the point.
std::optional<Number> read_digits(std::string_view& text) {
    Number number;
    std::string_view whole = text;
    while (!text.empty() && is_digit(text.front())) {
        text.remove_prefix(1);
    }
    whole.remove_suffix(text.size());
    std::string_view fraction;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        fraction = text;
        while (!text.empty() && is_digit(text.front())) {
            text.remove_prefix(1);
        }
        fraction.remove_suffix(text.size());
        if (fraction.empty()) {
            return std::nullopt;
        }
    }
    if (whole.empty()) {
        return std::nullopt;
    }
    number.written_scale = static_cast<int>(std::min<std::size_t>(fraction.size(), kScaleMax));
    while (!fraction.empty() && fraction.back() == '0') {
        fraction.remove_suffix(1);
    }
    if (fraction.size() > kScaleMax) {
        return std::nullopt;
    }
    number.scale = static_cast<int>(fraction.size());
    int digits = 0;
    for (const std::string_view part : {whole, fraction}) {
        for (const char c : part) {
            digits += number.mantissa != 0 || c != '0' ? 1 : 0;
            if (digits > kDigitsMax) {
                return std::nullopt;
            }
            number.mantissa = number.mantissa * 10U + static_cast<unsigned>(c - '0');
        }
    }
    return number;
}

std::optional<Number> read_number(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    text.remove_prefix(negative ? 1 : 0);
    std::optional<Number> number = read_digits(text);
    if (!number) {
        return std::nullopt;
    }
    number->negative = negative;
    if (!text.empty()) {
        if (text.front() != 'e' && text.front() != 'E') {
            return std::nullopt;
        }
        const std::optional<int> exponent = take_exponent(text.substr(1));
        if (!exponent || *exponent > kDigitsMax || *exponent < -kScaleMax) {
            return std::nullopt;
        }
        number->scale -= *exponent;
        number->written_scale -= *exponent;
    }
    for (; number->scale < 0; ++number->scale) {
        if (number->mantissa >= static_cast<uint128>(-1) / 10U) {
            return std::nullopt;
        }
        number->mantissa *= 10U;
    }
    while (number->scale > 0 && number->mantissa != 0 && number->mantissa % 10U == 0) {
        number->mantissa /= 10U;
        --number->scale;
    }
    return number;
}

/// value x 10^power, or nothing beyond 256 bits.
std::optional<Uint256> shifted(uint128 value, int power) {
    std::optional<Uint256> out = Uint256{.high = 0, .low = value};
    for (; power > 0 && out; --power) {
        out = multiply_wide(*out, 10U);
    }
    return out;
}

} // namespace

std::optional<ProductMatch> match_product(std::string_view price, std::string_view quantity, std::string_view cost,
                                          int places_min) {
    const std::optional<Number> a = read_number(price);
    const std::optional<Number> b = read_number(quantity);
    const std::optional<Number> c = read_number(cost);
    if (!a || !b || !c) {
        return std::nullopt;
    }
    const Uint256 product = multiply_wide(a->mantissa, b->mantissa);
    const int scale = a->scale + b->scale;
    if (c->scale > scale && c->mantissa != 0) {
        return ProductMatch::kDiffers; // the cost has more places than the product can have
    }
    const std::optional<Uint256> at_scale = c->mantissa == 0 ? Uint256{} : shifted(c->mantissa, scale - c->scale);
    if (!at_scale) {
        return ProductMatch::kDiffers; // beyond anything the product can be
    }
    if (product == *at_scale && (product == Uint256{} || (a->negative != b->negative) == c->negative)) {
        return ProductMatch::kEqual;
    }
    const bool same_sign = (a->negative != b->negative) == c->negative || c->mantissa == 0;
    const Uint256 difference = !same_sign            ? add(product, *at_scale)
                               : product < *at_scale ? subtract(*at_scale, product)
                                                     : subtract(product, *at_scale);
    const int places = std::max(c->mantissa == 0 ? c->written_scale : c->scale, places_min);
    if (places > scale) {
        return ProductMatch::kDiffers;
    }
    const std::optional<Uint256> unit = shifted(1, scale - places);
    return !unit || difference < *unit ? ProductMatch::kRounding : ProductMatch::kDiffers;
}

} // namespace florin::money
