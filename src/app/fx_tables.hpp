// The exchange rates of a workspace: the files in its folder fx/.
#pragma once

#include "base/files.hpp"
#include "fx/table.hpp"

namespace florin::app {

inline constexpr std::string_view kRatesFolder = "fx";

/// Reads every file `fx/*.csv` of the workspace in `folder`, in order of their names; none is no error.
/// Errors `fx.*` with file, line, column and cell, and those of reading files.
base::Result<fx::Table> read_fx_tables(const base::Path& folder);

} // namespace florin::app
