#include "forecast/hierarchy.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <utility>

namespace florin::forecast {

base::Result<Hierarchy> Hierarchy::of(std::vector<std::string> leaf_names, std::vector<Aggregate> aggregates) {
    const auto refuse = [](std::string message) { return base::user_error("forecast.hierarchy", std::move(message)); };
    if (leaf_names.empty()) {
        return refuse("a hierarchy without a series");
    }
    std::set<std::string_view> names;
    for (const std::string& name : leaf_names) {
        if (!names.insert(name).second) {
            return refuse(fmt::format("two series are called {}", name));
        }
    }
    for (Aggregate& each : aggregates) {
        if (!names.insert(each.name).second) {
            return refuse(fmt::format("two series are called {}", each.name));
        }
        std::sort(each.leaves.begin(), each.leaves.end());
        if (each.leaves.empty() || each.leaves.back() >= leaf_names.size() ||
            std::adjacent_find(each.leaves.begin(), each.leaves.end()) != each.leaves.end()) {
            return refuse(fmt::format("{} is not the sum of series that are there, each once", each.name));
        }
    }
    Hierarchy found;
    found.leaf_names_ = std::move(leaf_names);
    found.aggregates_ = std::move(aggregates);
    return found;
}

base::Result<Hierarchy> Hierarchy::of_paths(const std::vector<std::vector<std::string>>& paths) {
    std::vector<std::string> leaves;
    std::vector<Aggregate> aggregates;
    const std::size_t depth = paths.empty() ? 0 : paths.front().size();
    for (const std::vector<std::string>& path : paths) {
        if (path.size() != depth || depth == 0) {
            return base::user_error("forecast.hierarchy", "series lie at different depths");
        }
        leaves.push_back(fmt::format("{}", fmt::join(path, " / ")));
    }
    for (std::size_t length = 1; length < depth; ++length) {
        std::map<std::string, std::size_t> at; // aggregates of this depth by name
        for (std::size_t leaf = 0; leaf < paths.size(); ++leaf) {
            const std::vector<std::string>& path = paths[leaf];
            std::string name =
                fmt::format("{}", fmt::join(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length), " / "));
            const auto [found, is_new] = at.try_emplace(name, aggregates.size());
            if (is_new) {
                aggregates.push_back({.name = std::move(name), .leaves = {}});
            }
            aggregates[found->second].leaves.push_back(leaf);
        }
    }
    return of(std::move(leaves), std::move(aggregates));
}

const std::string& Hierarchy::name(std::size_t node) const {
    FLORIN_CHECK(node < node_count(), "a node of the hierarchy");
    return node < aggregates_.size() ? aggregates_[node].name : leaf_names_[node - aggregates_.size()];
}

std::vector<std::size_t> Hierarchy::leaves_of(std::size_t node) const {
    FLORIN_CHECK(node < node_count(), "a node of the hierarchy");
    if (node < aggregates_.size()) {
        return aggregates_[node].leaves;
    }
    return {node - aggregates_.size()};
}

std::vector<double> Hierarchy::aggregate(std::span<const double> leaves) const {
    FLORIN_CHECK(leaves.size() == leaf_names_.size(), "one value for each leaf");
    std::vector<double> nodes;
    nodes.reserve(node_count());
    for (const Aggregate& each : aggregates_) {
        double sum = 0.0;
        for (const std::size_t leaf : each.leaves) {
            sum += leaves[leaf];
        }
        nodes.push_back(sum);
    }
    nodes.insert(nodes.end(), leaves.begin(), leaves.end());
    return nodes;
}

} // namespace florin::forecast
