// Which series sum to which: teams to departments to the company, or regions and services to the same total.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace florin::forecast {

/// A sum of leaves.
struct Aggregate {
    std::string name;
    std::vector<std::size_t> leaves; ///< ascending
};

/// Leaves and sums of them. Sums may lie crosswise (by team, and by region): nothing but the leaves is the base.
/// Nodes are numbered: first the aggregates, then the leaves.
class Hierarchy {
public:
    /// Errors: `forecast.hierarchy` (no leaf; two nodes of one name; an aggregate of no leaf, of one twice, or of one
    /// that is not there).
    static base::Result<Hierarchy> of(std::vector<std::string> leaf_names, std::vector<Aggregate> aggregates);

    /// From a path of names for each leaf, the top first, all equally long ("company", "shop", "checkout"): one
    /// aggregate for each distinct beginning, deeper ones after higher ones, named by its parts joined with " / ". A
    /// beginning that holds one leaf alone is a node all the same.
    static base::Result<Hierarchy> of_paths(const std::vector<std::vector<std::string>>& paths);

    std::size_t leaf_count() const { return leaf_names_.size(); }
    std::size_t node_count() const { return aggregates_.size() + leaf_names_.size(); }
    const std::vector<Aggregate>& aggregates() const { return aggregates_; }
    const std::string& name(std::size_t node) const;
    /// The leaves that `node` is the sum of.
    std::vector<std::size_t> leaves_of(std::size_t node) const;

    /// All nodes' means from the leaves': each aggregate is the sum of its leaves in their order. For money, round the
    /// leaves' means (largest remainder) and add up the rounded ones by leaves_of: what is added up is what is shown.
    std::vector<double> aggregate(std::span<const double> leaves) const;

private:
    std::vector<std::string> leaf_names_;
    std::vector<Aggregate> aggregates_;
};

} // namespace florin::forecast
