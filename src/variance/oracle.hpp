// What the tests of the decomposition compute with instead of the code they test: the written method
// (docs/reference/variance-method.md), effect by effect from its formula, in fractions of whole numbers of any size.
#pragma once

#include "variance/decompose.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <array>
#include <map>

namespace florin::variance::oracle {

using Fraction = boost::multiprecision::cpp_rational;

struct Expected {
    Fraction base;
    Fraction actual;
    std::array<Fraction, kEffectCount> effects;
    std::size_t roundings = 0; ///< how many levels the method rounds for this row
};

Fraction fraction_of(money::Decimal amount);
Fraction fraction_of(money::Quantity quantity);

std::map<Key, Expected> compare(const Side& base, const Side& actual, Cost cost);

} // namespace florin::variance::oracle
