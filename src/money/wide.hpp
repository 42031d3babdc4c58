// 256-bit intermediates of products and quotients of 128-bit numbers.
#pragma once

#include "base/int128.hpp"

#include <compare>
#include <optional>

namespace florin::money {

/// An unsigned number of 256 bits. Arithmetic wraps.
struct Uint256 {
    base::uint128 high = 0;
    base::uint128 low = 0;

    /// By value: the higher half decides first.
    friend constexpr auto operator<=>(const Uint256&, const Uint256&) = default;
    friend constexpr bool operator==(const Uint256&, const Uint256&) = default;
};

Uint256 add(Uint256 a, Uint256 b) noexcept;
Uint256 subtract(Uint256 a, Uint256 b) noexcept;

/// The whole product.
Uint256 multiply_wide(base::uint128 a, base::uint128 b) noexcept;
/// a x b, nothing where it is 2^256 or more.
std::optional<Uint256> multiply_wide(Uint256 a, base::uint128 b) noexcept;

struct Division {
    base::uint128 quotient = 0;
    Uint256 remainder;
};

/// value / divisor. The quotient must fit 128 bits and the divisor must not be zero; else a bug.
Division divide_wide(Uint256 value, Uint256 divisor);

} // namespace florin::money
