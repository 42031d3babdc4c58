// Rules about which columns there are and how they are called.
#pragma once

#include "validate/bill.hpp"
#include "validate/validate.hpp"

#include <string>
#include <vector>

namespace florin::validate {

/// Whether a column has to be named as a column of its own in this version: FOCUS does not know it there.
bool is_custom_column(std::string_view column, focus::Version version);

/// Why the criteria of a rule do not hold as far as the files and `supports` tell; empty: they do.
std::string unmet_criteria(const Rule& rule, const Bill& bill, const std::vector<std::string>& supports);

bool is_column_check(Check check);

/// Outcome, reason and details of a finding whose rule is about columns.
void check_columns(Finding& finding, const Bill& bill, focus::Version version,
                   const std::vector<std::string>& supports);

} // namespace florin::validate
