// Whether a cost is a price times a quantity, held against the texts themselves: every digit that was
// written counts, and nothing is rounded on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace florin::money {

enum class ProductMatch : std::uint8_t {
    kEqual,    ///< to the last digit
    kRounding, ///< apart by less than one unit of the last place in which the cost is written
    kDiffers,
};

/// Compares `price` x `quantity` with `cost`, each `[-]digits[.digits][(e|E)[+|-]digits]` of up to 38
/// significant digits. Trailing zeros of the cost are no places; a cost is taken to be written with at
/// least `places_min` places (those of its currency), so that a whole number is not taken for a rounded
/// one. Nothing where one of the texts is no such number. Thread-safe.
std::optional<ProductMatch> match_product(std::string_view price, std::string_view quantity, std::string_view cost,
                                          int places_min);

} // namespace florin::money
