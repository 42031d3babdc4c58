// Pools that give to each other, solved as simultaneous equations (the reciprocal method of cost accounting).
#pragma once

#include "allocate/ratio.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace florin::allocate {

/// `members` are pools, and `shares` of each what it gives on before anything comes back, to members and others.
/// Gives of each member where its money ends: shares to no member. Exact: the equations x = r + R x are solved in
/// fractions of whole numbers. Shares whose whole weights have more than 38 digits are rounded to 10^-36 by largest
/// remainders and `rounded` is set. Nothing where members give to each other alone, so that money never gets out.
struct Solved {
    std::vector<std::vector<Share>> shares;
    std::vector<bool> rounded;
};
std::optional<Solved> solve(std::span<const std::size_t> members, std::span<const std::vector<Share>> shares,
                            const Sinks& sinks);

} // namespace florin::allocate
