// The command `florin variance` as a person types it.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

/// Adds it to `app`; what a person types goes into `command`, which lives as long.
void define_variance(CLI::App& app, VarianceCommand& command);

} // namespace florin::cli
