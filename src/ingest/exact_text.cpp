#include "ingest/exact_text.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace florin::ingest {
namespace {

/// A decimal as its digits, least significant first, `places` of them behind the point.
struct ReversedDigits {
    std::vector<int> digits;
    std::size_t places = 0;
    bool negative = false;
};

ReversedDigits read(std::string_view text) {
    ReversedDigits number;
    number.negative = text.starts_with('-');
    text.remove_prefix(number.negative ? 1 : 0);
    const std::size_t point = std::min(text.find('.'), text.size());
    number.places = point < text.size() ? text.size() - point - 1 : 0;
    for (std::size_t i = text.size(); i > 0; --i) {
        const char c = text[i - 1];
        if (i - 1 != point) {
            FLORIN_CHECK(c >= '0' && c <= '9', "not an exact decimal");
            number.digits.push_back(c - '0');
        }
    }
    FLORIN_CHECK(!number.digits.empty(), "not an exact decimal");
    return number;
}

/// As many places and digits as the other needs.
void widen(ReversedDigits& number, std::size_t places, std::size_t digits) {
    number.digits.insert(number.digits.begin(), places - number.places, 0);
    number.places = places;
    number.digits.resize(std::max(number.digits.size(), digits), 0);
}

/// a + b or a - b digit by digit; both are of one width, and a is not less than b when subtracting.
std::vector<int> combine(const std::vector<int>& a, const std::vector<int>& b, bool subtract) {
    std::vector<int> result;
    int carry = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        int digit = a[i] + (subtract ? -b[i] : b[i]) + carry;
        carry = digit < 0 ? -1 : digit / 10;
        digit -= carry * 10;
        result.push_back(digit);
    }
    if (carry != 0) {
        result.push_back(carry);
    }
    return result;
}

} // namespace

std::string exact_plus(std::string_view a, std::string_view b) {
    ReversedDigits first = read(a);
    ReversedDigits second = read(b);
    const std::size_t places = std::max(first.places, second.places);
    widen(first, places, 0);
    widen(second, places, first.digits.size());
    widen(first, places, second.digits.size());
    const bool subtract = first.negative != second.negative;
    if (subtract && std::lexicographical_compare(first.digits.rbegin(), first.digits.rend(), second.digits.rbegin(),
                                                 second.digits.rend())) {
        std::swap(first, second);
    }
    const std::vector<int> sum = combine(first.digits, second.digits, subtract);

    std::string text;
    for (std::size_t i = sum.size(); i > 0; --i) {
        text += static_cast<char>('0' + sum[i - 1]);
        if (i - 1 == places && places > 0) {
            text += '.';
        }
    }
    if (places > 0) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') {
            text.pop_back();
        }
    }
    // Leading zeros go, but for the one before the point.
    const std::size_t point = std::min(text.find('.'), text.size());
    text.erase(0, std::min(text.find_first_not_of('0'), point - 1));
    if (first.negative && text != "0") {
        text.insert(0, 1, '-');
    }
    return text;
}

} // namespace florin::ingest
