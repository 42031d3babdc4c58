// The list of pools in a file of shared cost.
#pragma once

#include "allocate/rule_file_reader.hpp"
#include "allocate/rule_file_values.hpp"
#include "allocate/shared_cost.hpp"
#include "base/result.hpp"

#include <span>
#include <vector>

namespace florin::allocate {

inline constexpr std::size_t kPoolsMax = 500; ///< of one dimension

/// Errors as read_rule_set(). What pools say of each other, such as circles, is check()'s business.
base::Result<std::vector<NamedPool>> read_pools(const RuleFileReader& reader, const ValueReader& values,
                                                std::span<const NamedMetric> metrics, const YAML::Node& node);

} // namespace florin::allocate
