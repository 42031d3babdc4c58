// The manifest of a Cost and Usage Report.
#pragma once

#include "ingest/source.hpp"

#include <vector>

namespace florin::ingest::aws_cur {

/// The deliveries that manifests describe, as group_by_aws_manifests().
base::Result<std::vector<FileGroup>> group_by_manifests(const std::vector<SourceFile>& files,
                                                        const std::vector<Manifest>& manifests);

} // namespace florin::ingest::aws_cur
