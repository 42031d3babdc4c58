#include "money/money.hpp"

#include "base/check.hpp"

namespace florin::embedded {
extern const std::string_view currencies_tsv;
} // namespace florin::embedded

namespace florin::money {
namespace {

constexpr std::size_t kLetters = 26;
constexpr std::int8_t kUnknown = -1;

/// Minor units of every three-letter code, at its place in the alphabet of codes.
using MinorUnits = std::array<std::int8_t, kLetters * kLetters * kLetters>;

/// The place of a code of three capital letters.
std::size_t place_of(const char* code) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        place = place * kLetters + static_cast<std::size_t>(code[i] - 'A');
    }
    return place;
}

bool is_code(std::string_view code) {
    return code.size() == 3 && code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
}

/// Reads currencies.tsv: code, minor units and name in each line, after one line of headings.
MinorUnits read_table(std::string_view text) {
    MinorUnits table{};
    table.fill(kUnknown);
    text.remove_prefix(text.find('\n') + 1);
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() + 1);
        FLORIN_CHECK(line.size() > 6 && line[3] == '\t' && line[5] == '\t' && is_code(line.substr(0, 3)),
                     "currencies.tsv has a malformed line: " + std::string(line));
        table[place_of(line.data())] = static_cast<std::int8_t>(line[4] - '0');
    }
    return table;
}

/// kUnknown of anything that is no code.
std::int8_t find_minor_units(std::string_view code) {
    static const MinorUnits table = read_table(embedded::currencies_tsv);
    return is_code(code) ? table[place_of(code.data())] : kUnknown;
}

} // namespace

base::Result<Currency> Currency::parse(std::string_view code) {
    if (find_minor_units(code) == kUnknown) {
        return base::data_error("money.unknown_currency", "not an active currency code of ISO 4217")
            .at({.cell = std::string(code.substr(0, 256))})
            .with_remedy("write three capital letters, such as USD or EUR");
    }
    return Currency({code[0], code[1], code[2]});
}

std::string Currency::code() const {
    return {code_.data(), code_.size()};
}

int Currency::minor_units() const {
    return find_minor_units({code_.data(), code_.size()});
}

int minor_units_of(std::string_view code) {
    const std::int8_t units = find_minor_units(code);
    return units == kUnknown ? kPlacesOfUnknownCurrency : units;
}

} // namespace florin::money
