// What files of the lake are, by size and SHA-256.
#pragma once

#include "lake/catalog.hpp"

namespace florin::lake {

/// The hash of a file of any size. Error `system.io`.
base::Result<std::string> hash_of_file(const base::Path& path);

/// The Parquet files in `folder` itself, to be known by their names below `path_of_folder`, in byte order.
base::Result<std::vector<LakeFile>> describe_files(const base::Path& folder, const std::string& path_of_folder);

} // namespace florin::lake
