// A workspace's folder `sources/`: mappings of vendors' files, and side-cars of constants for FOCUS files.
#pragma once

#include "ingest/source.hpp"
#include "ingest/vendor_file/focus_constants.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest::vendor_file {

/// What the folder holds, in order of the names.
struct SourcesFolder {
    std::vector<std::unique_ptr<Source>> vendors;
    std::vector<FocusConstants> constants;

    /// The program's own sources and the folder's.
    std::vector<const Source*> all() const;
    /// The side-car for a FOCUS file: that of the name, where one is named, else the first whose pattern fits the
    /// file's name; null where none does.
    const FocusConstants* constants_for(const base::Path& file, const std::string& named) const;
};

/// Reads each *.yaml in the folder; a folder that is not there is empty. A file's name is the source's: small
/// letters, digits and hyphens. Errors: `mapping.*` with file, line and caret, `mapping.name_taken`, `file.*`.
base::Result<SourcesFolder> read_sources_folder(const base::Path& folder);

} // namespace florin::ingest::vendor_file
