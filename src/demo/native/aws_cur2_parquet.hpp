// A part of CUR 2.0 as Parquet, in the types of AWS's table dictionary.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace florin::demo {

/// `string`, `double`, `timestamp`, `map<string,string>` or `map<string,double>`.
std::string_view cur2_type(std::string_view column);

/// Writes the CSV file's rows as Parquet, and removes it. Errors of the engine, `demo.write`.
base::Result<void> cur2_to_parquet(const base::Path& csv, const base::Path& parquet);

} // namespace florin::demo
