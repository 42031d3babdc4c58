// The rules of a workspace: the files in its folder allocation/.
#pragma once

#include "allocate/rule_file.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

#include <vector>

namespace florin::app {

inline constexpr std::string_view kRulesFolder = "allocation";
inline constexpr std::uint64_t kRulesBytesMax = std::uint64_t{256} << 20U; ///< of all files together

/// Reads every `.yaml`, `.yml` and `.csv` below `allocation/` of the workspace in `folder`, by its path below it
/// (`team.yaml`, `people/owners.csv`), in order of their paths; none is no error. Errors: `allocation.too_large`, those
/// of reading files.
base::Result<std::vector<allocate::RuleText>> read_rule_texts(const base::Path& folder);

} // namespace florin::app
