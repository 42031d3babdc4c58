// Trees of names of any depth up to a limit: an organisation, accounts below accounts. A parent can change on a day.
#pragma once

#include "allocate/lookup.hpp"
#include "base/result.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace florin::allocate {

inline constexpr std::size_t kHierarchyDepthMax = 64;
inline constexpr std::size_t kHierarchyEdgesMax = 100'000;

/// One name below another on some days.
struct ParentEdge {
    std::string name;
    std::string parent; ///< empty: a root on these days
    period::Period days = kAlways;
    std::uint64_t row = 0; ///< where it is written, from 1: a row of a table or a line of a file
};

/// A name is at one place on each day. From any thread.
class Hierarchy {
public:
    /// A parent of one name at a time, by number.
    struct Parent {
        period::Period days;
        std::uint32_t node = 0;
    };

    /// Errors with the place `file`, row: `hierarchy.duplicate` where a name has two places on one day,
    /// `hierarchy.cycle` naming its members, `hierarchy.too_deep` beyond kHierarchyDepthMax levels,
    /// `hierarchy.too_large`.
    static base::Result<Hierarchy> make(std::string name, std::string file, std::vector<ParentEdge> edges);

    const std::string& name() const { return name_; }
    /// All names, sorted; a name's number is its place here.
    std::span<const std::string> names() const { return names_; }
    std::optional<std::uint32_t> find(std::string_view name) const;
    /// In order of their days.
    std::span<const Parent> parents(std::uint32_t node) const;
    /// Nothing for a root on that day.
    std::optional<std::uint32_t> parent(std::uint32_t node, period::Day day) const;
    /// Sorted by name: those whose parent is `node` on that day (drill down).
    std::vector<std::uint32_t> children(std::uint32_t node, period::Day day) const;
    /// Sorted by name: those without a parent on that day.
    std::vector<std::uint32_t> roots(period::Day day) const;
    /// From the root of the day down to the node itself.
    std::vector<std::uint32_t> path(std::uint32_t node, period::Day day) const;
    /// The most nodes that any path has on any day.
    std::size_t depth() const;
    /// What the node counts as at `level` (1: the roots) on that day: the node of its path there, or the node itself
    /// where its path is shorter (roll up).
    std::uint32_t rolled_up(std::uint32_t node, std::size_t level, period::Day day) const;

private:
    base::Result<void> check_cycles(const std::vector<ParentEdge>& edges) const;
    base::Result<void> check_depth(const std::vector<ParentEdge>& edges) const;
    /// Whether the node has `levels` or more above it on one of the days.
    bool is_deeper(std::uint32_t node, const period::Period& days, std::size_t levels) const;
    std::size_t most_above(std::uint32_t node, const period::Period& days) const;

    std::string name_;
    std::string file_;
    std::vector<std::string> names_;
    std::vector<std::size_t> parent_starts_;
    std::vector<Parent> parents_;
    std::vector<std::size_t> child_starts_;
    std::vector<Parent> children_; ///< the same edges by parent; `node` is the child
};

} // namespace florin::allocate
