// The file that an error is about, for readers that only see its bytes.
#pragma once

#include "base/error.hpp"
#include "base/files.hpp"

#include <utility>

namespace florin::ingest {

/// The error with the file named in its place; row, column and cell stay.
inline base::Error in_file(base::Error error, const base::Path& path) {
    error.place.file = path.string();
    return error;
}

} // namespace florin::ingest
