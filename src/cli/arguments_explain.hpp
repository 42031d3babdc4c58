// The command `florin explain` as a person types it.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

/// Adds the command to `app`; its options go into `target`, which lives as long.
void define_explain(CLI::App& app, ExplainCommand& target);

} // namespace florin::cli
