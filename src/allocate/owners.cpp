#include "allocate/owners.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <array>

namespace florin::allocate {

std::string_view name(RuleSource source) {
    constexpr std::array<std::string_view, 6> kNames = {"value", "tag", "column", "capture", "table", "default"};
    return kNames[static_cast<std::size_t>(source)];
}

std::span<const OwnerInterval> Owners::of(std::size_t tuple) const {
    const std::size_t first = starts[tuple];
    return std::span(intervals).subspan(first, starts[tuple + 1] - first);
}

const OwnerInterval& Owners::at(std::size_t tuple, period::Day day) const {
    FLORIN_CHECK(days.contains(day), "the day is one of those asked for");
    const std::span<const OwnerInterval> all = of(tuple);
    const auto after = std::ranges::upper_bound(all, day, {}, &OwnerInterval::from);
    return *(after - 1);
}

} // namespace florin::allocate
