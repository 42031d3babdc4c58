// The commands about bills that come in. Each adds itself to `app`; what a person types goes into the command, which
// lives as long.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

void define_ingest(CLI::App& app, IngestCommand& command);
void define_fetch(CLI::App& app, FetchCommand& command);
void define_sources(CLI::App& app, SourcesCommand& target);
void define_validate(CLI::App& app, ValidateCommand& target);

} // namespace florin::cli
