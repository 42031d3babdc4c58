// Digits of decimal numbers, as the readers of amounts and of factors both need them.
#pragma once

namespace florin::money {

/// Every number of so many digits fits 128 bits with its sign.
inline constexpr int kDigitsMax = 38;

constexpr bool is_digit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
}

} // namespace florin::money
