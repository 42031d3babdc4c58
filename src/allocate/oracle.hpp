// What the tests of the run compute with instead of the code they test: allocation from its written method
// (docs/reference/allocation-method.md), cell by cell, in fractions of whole numbers of any size.
#pragma once

#include "allocate/run.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace florin::allocate::oracle {

using Integer = boost::multiprecision::cpp_int;
using Fraction = boost::multiprecision::cpp_rational;

/// Where money goes: `value 3`, `reason no-base`, `pool 2`; pools of the run's own are `savings` and `savings of
/// others`.
using End = std::string;
/// Day, currency, the pool that gave it (empty: own cost), end. Ends are values and reasons.
using Key = std::tuple<period::Day, std::uint16_t, End, End>;
/// Units of 10^-18 by basis.
using Four = std::array<Integer, kBasisCount>;

/// The run's sums in the oracle's words.
std::map<Key, Four> sums_of(const Run& run, const MonthResult& result);

/// Allocates one month. `months` ends with it and begins with the first. Nothing where a rule refuses.
std::optional<std::map<Key, Four>> allocate(const Owners& owners, const Tuples& tuples, const Rules& rules,
                                            const std::vector<Month>& months);

} // namespace florin::allocate::oracle
