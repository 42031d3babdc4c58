// Applies the rules of a dimension to tuples.
#pragma once

#include "allocate/owners.hpp"
#include "allocate/rules.hpp"
#include "allocate/tuple_texts.hpp"
#include "period/period.hpp"

#include <optional>
#include <span>
#include <vector>

namespace florin::allocate {

struct OwnersQuestion {
    period::Period days; ///< not empty
    /// Owners as they are on this day, for all days: after a reorganisation, who would own the past. Nothing: owners as
    /// they were, each day by what was in force on it.
    std::optional<period::Day> as_on;
};

/// The owners of all tuples. `history`: what is in force when, sorted by day, as take_effect() makes it; before its
/// first day nothing is. The tuples have a column for each of fields_read(). Time is in proportion to the number of
/// tuples and, for each, the rules that may apply to it: rules that ask a field for certain texts are found by these.
/// From any thread.
Owners owners_of(std::span<const InForce> history, const TupleTexts& tuples, const OwnersQuestion& question);

/// Values of the owners that look like misspellings, among those that rules took from tags, columns and tables.
/// Declared are the dimension's known values, what its aliases stand for and the names of its hierarchy; they are
/// those of the last dimension in force.
std::vector<Misspelling> misspellings(const Owners& owners, std::span<const InForce> history);

} // namespace florin::allocate
