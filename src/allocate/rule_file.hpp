// Files of rules (YAML) and the tables they look things up in (CSV), as one set. docs/reference/allocation-rules.md
// describes them for people, rule_file.schema.json for editors.
#pragma once

#include "allocate/hierarchy.hpp"
#include "allocate/rules.hpp"
#include "allocate/shared_cost.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::allocate {

inline constexpr std::size_t kRulesMax = 10'000; ///< of one dimension
inline constexpr std::size_t kDimensionsMax = 100;

/// A file of the folder of rules: `team.yaml`, `owners.csv`, `people/owners.csv`.
struct RuleText {
    std::string name;
    std::string text;
};

/// What the files say, each list sorted by name.
struct RuleSet {
    std::vector<std::shared_ptr<const Dimension>> dimensions;
    std::vector<std::shared_ptr<const Hierarchy>> hierarchies;
    std::vector<std::shared_ptr<const SharedCost>> shared_costs; ///< by dimension: at most one for each

    /// By name, or null.
    std::shared_ptr<const Dimension> find_dimension(std::string_view name) const;
    std::shared_ptr<const Hierarchy> find_hierarchy(std::string_view name) const;
    /// By the name of its dimension, or null.
    std::shared_ptr<const SharedCost> find_shared_cost(std::string_view dimension) const;
};

/// Reads the files: each `.yaml` or `.yml` is a dimension, a hierarchy or the shared cost of a dimension, each `.csv` a
/// table that these may name. The order of the files does not matter. No bill is looked at. The first error ends it:
/// `allocation.*` and `filter.*` of the user with line and caret, `table.*` and `hierarchy.*` of a table with file and
/// row.
base::Result<RuleSet> read_rule_set(std::span<const RuleText> files);

/// SHA-256 over the names and bytes of all files, in the order of their names. Any change of a byte is another hash.
std::string hash_of(std::span<const RuleText> files);

/// The JSON Schema (2020-12) of a `.yaml` file, for completion and checks in editors.
std::string_view rule_file_schema();

} // namespace florin::allocate
