// The commands that bring bills in.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

void define_ingest(CLI::App& app, IngestCommand& command);
void define_fetch(CLI::App& app, FetchCommand& command);

} // namespace florin::cli
