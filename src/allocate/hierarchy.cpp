#include "allocate/hierarchy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace florin::allocate {
namespace {

using base::Result;

/// Lists of (node, edge) as starts and edges, each node's edges together in order of their days, then numbers.
void gather(std::vector<std::pair<std::uint32_t, Hierarchy::Parent>> pairs, std::size_t node_count,
            std::vector<std::size_t>& starts, std::vector<Hierarchy::Parent>& edges) {
    std::ranges::sort(pairs, [](const auto& a, const auto& b) {
        return std::tie(a.first, a.second.days, a.second.node) < std::tie(b.first, b.second.days, b.second.node);
    });
    starts.assign(node_count + 1, 0);
    for (const auto& [node, edge] : pairs) {
        ++starts[node + 1];
        edges.push_back(edge);
    }
    for (std::size_t i = 1; i < starts.size(); ++i) {
        starts[i] += starts[i - 1];
    }
}

} // namespace

Result<Hierarchy> Hierarchy::make(std::string name, std::string file, std::vector<ParentEdge> edges) {
    if (edges.size() > kHierarchyEdgesMax) {
        return base::data_error("hierarchy.too_large", fmt::format("{} names below others, at most {} are read",
                                                                   edges.size(), kHierarchyEdgesMax))
            .at({.file = std::move(file)});
    }
    Hierarchy tree;
    tree.name_ = std::move(name);
    tree.file_ = std::move(file);
    for (const ParentEdge& edge : edges) {
        tree.names_.push_back(edge.name);
        if (!edge.parent.empty()) {
            tree.names_.push_back(edge.parent);
        }
    }
    std::ranges::sort(tree.names_);
    const auto repeated = std::ranges::unique(tree.names_);
    tree.names_.erase(repeated.begin(), repeated.end());
    std::ranges::stable_sort(edges, [](const ParentEdge& a, const ParentEdge& b) {
        return std::tie(a.name, a.days) < std::tie(b.name, b.days);
    });
    std::vector<std::pair<std::uint32_t, Parent>> up;
    std::vector<std::pair<std::uint32_t, Parent>> down;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const ParentEdge& edge = edges[i];
        if (i > 0 && edges[i - 1].name == edge.name && edge.days.start < edges[i - 1].days.end) {
            const std::uint64_t first = std::min(edge.row, edges[i - 1].row);
            const std::uint64_t second = std::max(edge.row, edges[i - 1].row);
            return base::data_error("hierarchy.duplicate",
                                    fmt::format("`{}` has a second place (the first is in row {})", edge.name, first))
                .at({.file = tree.file_, .row = second, .cell = edge.name})
                .with_remedy("Give it one place, or each place its own days.");
        }
        if (!edge.parent.empty()) {
            const std::uint32_t node = *tree.find(edge.name);
            const std::uint32_t parent = *tree.find(edge.parent);
            up.emplace_back(node, Parent{edge.days, parent});
            down.emplace_back(parent, Parent{edge.days, node});
        }
    }
    gather(std::move(up), tree.names_.size(), tree.parent_starts_, tree.parents_);
    gather(std::move(down), tree.names_.size(), tree.child_starts_, tree.children_);
    FLORIN_TRY(tree.check_cycles(edges));
    FLORIN_TRY(tree.check_depth(edges));
    return tree;
}

/// A cycle closes on the first day of one of its edges: it is enough to walk up from each edge on its first day.
Result<void> Hierarchy::check_cycles(const std::vector<ParentEdge>& edges) const {
    for (const ParentEdge& edge : edges) {
        const std::uint32_t start = *find(edge.name);
        std::string way = edge.name;
        auto above = parent(start, edge.days.start);
        for (std::size_t level = 1; above && level <= kHierarchyDepthMax; ++level) {
            way += " > " + names_[*above];
            if (*above == start) {
                return base::data_error("hierarchy.cycle", fmt::format("`{}` is above itself: {}", edge.name, way))
                    .at({.file = file_, .row = edge.row, .cell = edge.name})
                    .with_remedy("Take one of these parents out.");
            }
            above = parent(*above, edge.days.start);
        }
    }
    return {};
}

bool Hierarchy::is_deeper(std::uint32_t node, const period::Period& days, std::size_t levels) const {
    return levels == 0 || std::ranges::any_of(parents(node), [&](const Parent& one) {
               const period::Period both = overlap(days, one.days);
               return both.start < both.end && is_deeper(one.node, both, levels - 1);
           });
}

std::size_t Hierarchy::most_above(std::uint32_t node, const period::Period& days) const {
    std::size_t most = 0;
    for (const Parent& one : parents(node)) {
        const period::Period both = overlap(days, one.days);
        if (both.start < both.end) {
            most = std::max(most, 1 + most_above(one.node, both));
        }
    }
    return most;
}

std::size_t Hierarchy::depth() const {
    std::size_t most = 0;
    for (std::uint32_t node = 0; node < names_.size(); ++node) {
        most = std::max(most, 1 + most_above(node, kAlways));
    }
    return most;
}

Result<void> Hierarchy::check_depth(const std::vector<ParentEdge>& edges) const {
    for (const ParentEdge& edge : edges) {
        if (is_deeper(*find(edge.name), kAlways, kHierarchyDepthMax)) {
            return base::data_error("hierarchy.too_deep",
                                    fmt::format("more than {} levels down to `{}`", kHierarchyDepthMax, edge.name))
                .at({.file = file_, .row = edge.row, .cell = edge.name})
                .with_remedy("Look for a parent that should be another one.");
        }
    }
    return {};
}

std::optional<std::uint32_t> Hierarchy::find(std::string_view name) const {
    const auto at = std::ranges::lower_bound(names_, name, std::less<>{});
    return at == names_.end() || *at != name ? std::nullopt
                                             : std::optional(static_cast<std::uint32_t>(at - names_.begin()));
}

std::span<const Hierarchy::Parent> Hierarchy::parents(std::uint32_t node) const {
    return std::span(parents_).subspan(parent_starts_[node], parent_starts_[node + 1] - parent_starts_[node]);
}

std::optional<std::uint32_t> Hierarchy::parent(std::uint32_t node, period::Day day) const {
    for (const Parent& one : parents(node)) {
        if (one.days.contains(day)) {
            return one.node;
        }
    }
    return std::nullopt;
}

std::vector<std::uint32_t> Hierarchy::children(std::uint32_t node, period::Day day) const {
    std::vector<std::uint32_t> found;
    for (std::size_t i = child_starts_[node]; i < child_starts_[node + 1]; ++i) {
        if (children_[i].days.contains(day)) {
            found.push_back(children_[i].node);
        }
    }
    std::ranges::sort(found);
    return found;
}

std::vector<std::uint32_t> Hierarchy::roots(period::Day day) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t node = 0; node < names_.size(); ++node) {
        if (!parent(node, day)) {
            found.push_back(node);
        }
    }
    return found;
}

std::vector<std::uint32_t> Hierarchy::path(std::uint32_t node, period::Day day) const {
    std::vector<std::uint32_t> way{node};
    for (auto above = parent(node, day); above; above = parent(*above, day)) {
        way.push_back(*above);
    }
    std::ranges::reverse(way);
    return way;
}

std::uint32_t Hierarchy::rolled_up(std::uint32_t node, std::size_t level, period::Day day) const {
    const std::vector<std::uint32_t> way = path(node, day);
    return level == 0 || level > way.size() ? node : way[level - 1];
}

} // namespace florin::allocate
