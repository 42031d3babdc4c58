// The manifest that AWS lays beside the parts of a report: which parts there are, and of which run.
#pragma once

#include "ingest/source.hpp"

#include <vector>

namespace florin::ingest::aws_cur {

/// The deliveries that manifests describe, in the order of their run times, those without one first;
/// files that no manifest names are in none. A manifest is that of a legacy report (`assemblyId`,
/// `reportKeys`) or of Data Exports (`executionId`, `dataFiles`); other JSON, and manifests none of whose
/// parts is here, are passed over. All parts must lie in one folder, be of the manifest's billing period
/// and have the sizes and numbers of rows that it states. Errors: `manifest.missing_part`,
/// `manifest.wrong_size`, `manifest.wrong_rows`, each with the manifest's path and the part.
base::Result<std::vector<FileGroup>> group_by_manifests(const std::vector<SourceFile>& files,
                                                        const std::vector<Manifest>& manifests);

} // namespace florin::ingest::aws_cur
