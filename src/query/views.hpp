// The two views that people write their own SQL over.
#pragma once

#include "lake/storage.hpp"

#include <span>
#include <string>
#include <vector>

namespace florin::query {

/// Statements that make the views over the files:
///   charges  every charge, all FOCUS columns, x_Custom and ChargeDay
///   daily    sums a day and tuple of dimensions: Day, ChargeRows, the four costs, the quantities and every
///            dimension that is not of one resource; a charge that spans days is spread over them in its
///            effective, list and contracted cost
/// Without files both views are there and empty.
std::vector<std::string> view_statements(std::span<const lake::FileSet> files);

/// Every file that the views read.
std::vector<std::string> view_files(std::span<const lake::FileSet> files);

} // namespace florin::query
