// The use case "the same bills as Parquet".
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"

#include <vector>

namespace florin::app {

/// Turns FOCUS CSV files (.csv, .csv.gz) into Parquet files beside them, with exact decimals and
/// timestamps, and removes the CSV files. Bounded memory. Errors of the engine.
base::Result<void> convert_to_parquet(const std::vector<base::Path>& files);

} // namespace florin::app
