// Decimal cells read and summed exactly, without anything of the parser that loads them.
#pragma once

#include "base/int128.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace florin::ingest {

/// A decimal as it stands in a cell of at most 19 digits: (-1)^negative x mantissa x 10^-places.
struct ShortAmount {
    std::uint64_t mantissa = 0;
    int places = 0;
    bool negative = false;
};

/// Reads `[-]digits[.digits]` of at most 19 digits; false for anything else, which read_amount()
/// then looks at.
bool read_short_amount(std::string_view text, ShortAmount& amount);

/// A decimal cell, rounded half even to the scale that was asked for, and what that took away.
struct Amount {
    static constexpr int kRestInText = -1;
    base::int128 units = 0; ///< the rounded value in 10^-scale
    base::int128 rest = 0;  ///< value minus rounded value, in 10^-rest_places
    int rest_places = 0;    ///< 0: nothing was rounded away; kRestInText: `rest` did not fit
    bool is_inexact() const { return rest_places != 0; }
};

enum class AmountFault : std::uint8_t {
    kNone,
    kUnreadable, ///< not a number
    kTooLarge,   ///< 10^(38 - scale) or more
    kAbsurd,     ///< more than 400 digits or an exponent beyond 400
};

/// Reads `[-]digits[.digits][(e|E)[+|-]digits]`. scale: 0 to 18.
AmountFault read_amount(std::string_view text, int scale, Amount& amount);

/// `short_amount` at 18 places, which it must have at most.
Amount amount_of(const ShortAmount& short_amount);

/// Reads an amount as people show it: blanks around, a sign and $, €, £, EUR, GBP or USD in front,
/// commas between groups of three digits. With commas, a point or a symbol must tell that they are
/// not decimal commas. Gives the plain number in `plain`.
bool read_displayed_amount(std::string_view text, std::string& plain);

/// Whether a x b equals c, exactly. Texts that are no numbers are never equal.
bool is_product(std::string_view a, std::string_view b, std::string_view c);
bool is_product(const ShortAmount& a, const ShortAmount& b, const ShortAmount& c);

/// a x b x 10^-places of amounts read at 18 places, as they were rounded, as exact text.
std::string exact_product(const Amount& a, const Amount& b, int places);

/// An exact sum of amounts of scale 18, of any size and any number of places.
class ExactSum {
public:
    ExactSum();
    ~ExactSum();
    ExactSum(ExactSum&&) noexcept;
    ExactSum& operator=(ExactSum&&) noexcept;

    /// `text` is what `amount` was read from.
    void add(const Amount& amount, std::string_view text) {
        if (amount.rest_places != 0 || __builtin_add_overflow(units_, amount.units, &units_)) [[unlikely]] {
            add_slowly(amount, text);
        }
    }
    void add(const ExactSum& other);

    std::string to_string() const;    ///< the exact sum of the cells
    std::string rounded_away() const; ///< that minus the sum of the rounded cells

private:
    struct Rest;
    void add_slowly(const Amount& amount, std::string_view text);
    Rest& rest();

    base::int128 units_ = 0;
    std::unique_ptr<Rest> rest_;
};

} // namespace florin::ingest
