// The manifest that AWS lays beside the parts of an export: which parts there are, and of which run.
#pragma once

#include "ingest/source.hpp"

#include <cstdint>
#include <set>
#include <vector>

namespace florin::ingest {

/// A file that may be a part, as it was read.
struct DeliveredFile {
    base::Path path;
    std::uint64_t bytes = 0; ///< on the disk
    std::uint64_t rows = 0;
    std::set<period::Day> billing_periods; ///< their first days
};

/// The deliveries that manifests describe, in the order of their run times, those without one first;
/// files that no manifest names are in none. A manifest is that of a legacy report (`assemblyId`,
/// `reportKeys`) or of Data Exports (`executionId`, `dataFiles`); other JSON, and manifests none of whose
/// parts is here, are passed over. All parts must lie in one folder, be of the manifest's billing period
/// and have the sizes and numbers of rows that it states. Errors: `manifest.missing_part`,
/// `manifest.wrong_size`, `manifest.wrong_rows`, each with the manifest's path and the part.
base::Result<std::vector<FileGroup>> group_by_aws_manifests(const std::vector<DeliveredFile>& files,
                                                            const std::vector<Manifest>& manifests);

} // namespace florin::ingest
