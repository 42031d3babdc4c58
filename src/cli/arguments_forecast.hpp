// `florin forecast` as the command line has it.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

/// Adds the command to `app`; what a person types goes into `command`, which must live as long.
void define_forecast(CLI::App& app, ForecastCommand& command);

} // namespace florin::cli
