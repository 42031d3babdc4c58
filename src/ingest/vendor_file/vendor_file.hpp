// Bills of any vendor, by a mapping that a workspace keeps.
#pragma once

#include "ingest/source.hpp"
#include "ingest/vendor_file/mapping_file.hpp"

#include <memory>

namespace florin::ingest::vendor_file {

/// The source that a mapping describes.
std::unique_ptr<Source> make_source(VendorMapping mapping);

} // namespace florin::ingest::vendor_file
