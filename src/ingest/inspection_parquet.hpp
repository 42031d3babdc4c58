// Inspects a Parquet file. Its pages are decoded by the engine; what is in the cells is read and
// summed here, from their text.
#pragma once

#include "ingest/inspection.hpp"

namespace florin::ingest {

/// As inspect(). A binary float means its shortest decimal that reads back to the same float; maps,
/// structures and lists become JSON. Errors also: `file.corrupt`.
base::Result<Inspection> inspect_parquet(const base::Path& path, const InspectionOptions& options);

} // namespace florin::ingest
