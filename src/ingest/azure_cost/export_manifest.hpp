// The manifest.json that Azure writes beside the files of an export run.
#pragma once

#include "ingest/source.hpp"

#include <vector>

namespace florin::ingest::azure_cost {

/// Holds the files of the group's folder against the manifest in it, where there is one, and takes the time of the
/// run from it: the files of one run may be several deliveries. A manifest of another folder, or that is none of an
/// export, says nothing. Errors: `manifest.missing_part`, `manifest.wrong_size`, `manifest.wrong_rows`.
base::Result<void> apply_manifests(const std::vector<Manifest>& manifests, const std::vector<SourceFile>& files,
                                   FileGroup& group);

} // namespace florin::ingest::azure_cost
