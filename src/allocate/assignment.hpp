// Where the money of each tuple goes first: to its owner, or into the pool that takes it.
#pragma once

#include "allocate/stage.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace florin::allocate {

/// From this day until the next assignment of the same tuple begins.
struct Assignment {
    period::Day from;
    Sink sink = 0;              ///< a value, kUnallocated, or a pool
    std::uint32_t measured = 0; ///< the value for which its cost counts where targets are measured; 0: for none
    friend bool operator==(const Assignment&, const Assignment&) = default;
};

/// One for each tuple and change of owner: no more rows than there are owners' intervals.
struct Assignments {
    std::vector<std::uint64_t> starts; ///< of each tuple's assignments; one more at the end
    std::vector<Assignment> all;       ///< those of a tuple together, by day
    std::vector<bool> saves;           ///< by tuple: its effective cost is split into reference cost and saving

    std::size_t tuple_count() const { return starts.empty() ? 0 : starts.size() - 1; }
    std::span<const Assignment> of(std::size_t tuple) const;
};

/// That of `day`; the first one also holds before its day.
const Assignment& at(std::span<const Assignment> assignments, period::Day day);

/// `owners`, `tuples` and each Selection::tuples know the same tuples.
Assignments assign(const Owners& owners, const Tuples& tuples, const Stages& stages, const Benefit& benefit);

/// SHA-256 of all of it.
std::string hash_of(const Assignments& assignments);

} // namespace florin::allocate
