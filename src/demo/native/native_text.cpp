#include "demo/native/native_text.hpp"

#include "demo/random.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";

/// The decimal digits of a number that is not negative.
struct Digits {
    std::array<char, 40> text{};
    int count = 0;
};

Digits digits_of(base::uint128 value) {
    std::array<char, 40> reversed{};
    Digits digits;
    while (value != 0) {
        reversed[static_cast<std::size_t>(digits.count++)] = static_cast<char>('0' + static_cast<int>(value % 10));
        value /= 10;
    }
    std::reverse_copy(reversed.begin(), reversed.begin() + digits.count, digits.text.begin());
    return digits;
}

char* put_text(char* out, std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

/// d.ddd; a Java double has at least one digit behind the point.
char* put_mantissa(char* out, const Digits& digits, bool always_fraction) {
    *out++ = digits.text[0];
    if (digits.count > 1 || always_fraction) {
        *out++ = '.';
        out = digits.count > 1 ? put_text(out, {digits.text.data() + 1, static_cast<std::size_t>(digits.count) - 1})
                               : put_text(out, "0");
    }
    return out;
}

char* put_exponent(char* out, int exponent, bool two_digits) {
    return put_text(out, fmt::format("E{}{:0{}}", exponent < 0 ? "-" : "", exponent < 0 ? -exponent : exponent,
                                     two_digits ? 2 : 1));
}

} // namespace

char* write_number(char* out, base::int128 units, int places, NumberStyle style) {
    if (style == NumberStyle::kJson) {
        return write_fixed(out, units, places);
    }
    if (units == 0) {
        return put_text(out, style == NumberStyle::kJava ? "0.0" : style == NumberStyle::kDotNet ? "0" : "0E-18");
    }
    if (units < 0) {
        *out++ = '-';
        units = -units;
    }
    if (style == NumberStyle::kBigDecimal) {
        for (; places < 18; ++places) {
            units *= 10;
        }
    } else {
        for (; places > 0 && units % 10 == 0; --places) {
            units /= 10;
        }
    }
    Digits digits = digits_of(static_cast<base::uint128>(units));
    const int exponent = digits.count - 1 - places; // of the first digit
    const bool small = style == NumberStyle::kJava     ? exponent < -3
                       : style == NumberStyle::kDotNet ? exponent < -4
                                                       : exponent < -6;
    if (small || (style == NumberStyle::kJava && exponent >= 7)) {
        while (style == NumberStyle::kJava && digits.text[static_cast<std::size_t>(digits.count) - 1] == '0') {
            --digits.count;
        }
        return put_exponent(put_mantissa(out, digits, style == NumberStyle::kJava), exponent,
                            style == NumberStyle::kDotNet);
    }
    const int whole = digits.count - places;
    if (whole <= 0) {
        out = put_text(out, "0.");
        out = std::fill_n(out, -whole, '0');
        return put_text(out, {digits.text.data(), static_cast<std::size_t>(digits.count)});
    }
    out = put_text(out, {digits.text.data(), static_cast<std::size_t>(whole)});
    if (places > 0) {
        *out++ = '.';
        return put_text(out, {digits.text.data() + whole, static_cast<std::size_t>(places)});
    }
    return style == NumberStyle::kJava ? put_text(out, ".0") : out;
}

std::string number_text(base::int128 units, int places, NumberStyle style) {
    std::array<char, 64> text{};
    return {text.data(), write_number(text.data(), units, places, style)};
}

RowImage::RowImage(std::string_view text) {
    std::size_t start = 0;
    for (std::size_t at = text.find(kSlot); at != std::string_view::npos; at = text.find(kSlot, start)) {
        segments_.emplace_back(text.substr(start, at - start));
        start = at + 1;
    }
    segments_.emplace_back(text.substr(start));
    for (const std::string& segment : segments_) {
        bytes_ += segment.size();
    }
}

void RowImage::write(BillWriter& out, std::span<const std::string_view> values) const {
    FLORIN_CHECK(values.size() == slots(), "a row has other variable cells than its image");
    std::size_t bytes = bytes_;
    for (const std::string_view value : values) {
        bytes += value.size();
    }
    char* at = out.room(bytes);
    for (std::size_t i = 0; i + 1 < segments_.size(); ++i) {
        at = put_text(put_text(at, segments_[i]), values[i]);
    }
    out.advance_to(put_text(at, segments_.back()));
}

std::string_view CellBuffer::number(base::int128 units, int places, NumberStyle style) {
    FLORIN_CHECK(used_ + 64 <= sizeof bytes_, "a row has more variable text than its buffer");
    char* start = bytes_ + used_;
    char* end = write_number(start, units, places, style);
    used_ = static_cast<std::size_t>(end - bytes_);
    return {start, static_cast<std::size_t>(end - start)};
}

std::string_view CellBuffer::text(std::string_view value) {
    FLORIN_CHECK(used_ + value.size() <= sizeof bytes_, "a row has more variable text than its buffer");
    char* start = bytes_ + used_;
    put_text(start, value);
    used_ += value.size();
    return {start, value.size()};
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::string hash_id(std::uint64_t hash, std::size_t count) {
    std::string text;
    for (std::uint64_t i = 0; text.size() < count; ++i) {
        std::uint64_t bits = mix(hash, i);
        for (int k = 0; k < 12 && text.size() < count; ++k, bits >>= 5U) {
            text += kLetters[bits & 31U];
        }
    }
    return text;
}

std::string hash_uuid(std::uint64_t hash) {
    const std::uint64_t high = mix(hash, 1);
    const std::uint64_t low = mix(hash, 2);
    return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU, high & 0xfffU,
                       low >> 52U, low & 0xffff'ffff'ffffU);
}

} // namespace florin::demo
