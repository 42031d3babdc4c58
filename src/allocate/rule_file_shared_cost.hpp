// A file that describes shared cost: its pools, metrics and the benefit of commitments.
#pragma once

#include "allocate/rule_file.hpp"
#include "allocate/rule_file_reader.hpp"
#include "allocate/rule_file_tables.hpp"
#include "base/result.hpp"

namespace florin::allocate {

/// `set` has the dimensions already. Errors as read_rule_set().
base::Result<SharedCost> read_shared_cost(const RuleFileReader& reader, RuleTables& tables, const RuleSet& set);

} // namespace florin::allocate
