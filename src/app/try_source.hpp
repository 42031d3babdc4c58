// The use case "what would this file become?": a source's mapping tried on a file, without taking it in.
#pragma once

#include "app/workspace.hpp"
#include "ingest/source_load.hpp"

#include <functional>
#include <string>

namespace florin::app {

struct TryRequest {
    std::string file;
    std::string source;                           ///< which; empty: the one that recognises the file
    std::size_t charges_max = 5;                  ///< how many to show
    std::function<void(engine::Engine*)> running; ///< told the engine at work, then null; for interruption
};

struct TriedSource {
    std::string name;
    std::string title;
    std::string recognised; ///< the format's version; may be empty
    std::uint64_t rows = 0;
    ingest::SourcePreview preview;
};

/// Reads, maps and reconciles the file as an ingest would; keeps nothing. Errors: those of ingest_bills(),
/// `source.none` (no source knows the file), `source.unknown`.
base::Result<TriedSource> try_source(Workspace& workspace, const TryRequest& request);

} // namespace florin::app
