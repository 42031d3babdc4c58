// What tests compute with instead of the code they test: Boost's integers of any size.
#pragma once

#include "money/decimal.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <cstdint>
#include <random>

namespace florin::money::oracle {

using Integer = boost::multiprecision::cpp_int;

Integer integer_of(base::uint128 value);
Integer integer_of(base::int128 value);
/// The low 128 bits of a number that is not negative.
base::uint128 unsigned_of(const Integer& value);
Integer power_of_ten(unsigned exponent);

/// numerator / denominator as a whole number. Written from the definition of each rounding: the two
/// whole neighbours, then which of them.
Integer rounded_quotient(Integer numerator, Integer denominator, Rounding rounding);

inline constexpr Rounding kRoundings[] = {Rounding::kHalfEven, Rounding::kHalfAwayFromZero, Rounding::kTowardZero,
                                          Rounding::kFloor, Rounding::kCeiling};

/// Random numbers of every size: first how many bits, then the bits; sometimes all ones or one alone.
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
    base::uint128 any();
    /// |units| < 10^38, either sign, the extremes now and then.
    base::int128 units();

private:
    std::mt19937_64 engine_;
};

} // namespace florin::money::oracle
