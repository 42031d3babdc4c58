// The command `florin reconcile` as a person types it.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

/// Adds the command to `app`; what a person types goes into `target`, which lives as long.
void define_reconcile(CLI::App& app, ReconcileCommand& target);

} // namespace florin::cli
