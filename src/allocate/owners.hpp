// Who owns each tuple on each day, in one dimension of the company's own (team, product, cost centre, …).
#pragma once

#include "base/result.hpp"
#include "period/period.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::allocate {

/// The value that stands for "no rule took it".
inline constexpr std::uint32_t kUnallocated = 0;
/// The rule of what no rule took.
inline constexpr std::uint32_t kNoRule = std::numeric_limits<std::uint32_t>::max();

/// From this day until the next interval of the same tuple begins, or the asked period ends.
struct OwnerInterval {
    period::Day from;
    std::uint32_t value = kUnallocated; ///< into Owners::values
    std::uint32_t rule = kNoRule;       ///< into Owners::rules
    friend bool operator==(const OwnerInterval&, const OwnerInterval&) = default;
};

/// What became of one rule.
enum class RuleState : std::uint8_t {
    kTakes,          ///< it owns at least one tuple on at least one day
    kShadowed,       ///< rules before it took everything that it would have taken
    kGivesNothing,   ///< its filter matches tuples, and its source has a value for none of them
    kMatchesNothing, ///< its filter matches no tuple
    kNotInForce,     ///< its dates leave no day of those asked for
};

/// Where a rule has its values from.
enum class RuleSource : std::uint8_t { kValue, kTag, kColumn, kCapture, kTable, kDefault };
std::string_view name(RuleSource source); ///< `value`, `tag`, `column`, `capture`, `table`, `default`

struct RuleOutcome {
    std::string name;
    std::string file;       ///< where it is written
    std::uint64_t line = 0; ///< from 1
    RuleSource source = RuleSource::kValue;
    RuleState state = RuleState::kMatchesNothing;
    std::uint64_t tuples_taken = 0; ///< tuples that it owns on at least one day
    friend bool operator==(const RuleOutcome&, const RuleOutcome&) = default;
};

/// The owners in one dimension. Does not depend on the order of the tuples, but for the order of the lists.
struct Owners {
    std::string dimension;
    period::Period days;                  ///< half-open; owners are known on these days
    std::vector<std::string> values;      ///< [kUnallocated] is empty; the others are used, sorted and distinct
    std::vector<RuleOutcome> rules;       ///< in order of their evaluation
    std::vector<std::uint64_t> starts;    ///< of each tuple's intervals; one more at the end
    std::vector<OwnerInterval> intervals; ///< those of a tuple together, by day; the first is from days.start

    std::size_t tuple_count() const { return starts.empty() ? 0 : starts.size() - 1; }
    /// At least one; each differs from the one before in value or rule.
    std::span<const OwnerInterval> of(std::size_t tuple) const;
    /// `day` within `days`.
    const OwnerInterval& at(std::size_t tuple, period::Day day) const;
};

} // namespace florin::allocate
