// A file that describes a dimension: its values and its rules.
#pragma once

#include "allocate/rule_file.hpp"
#include "allocate/rule_file_reader.hpp"
#include "allocate/rule_file_tables.hpp"
#include "base/result.hpp"

namespace florin::allocate {

/// `set` has the hierarchies already. Errors as read_rule_set().
base::Result<Dimension> read_dimension(const RuleFileReader& reader, RuleTables& tables, const RuleSet& set);

} // namespace florin::allocate
