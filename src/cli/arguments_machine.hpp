// The commands that need no bills of one's own. Each adds itself to `app`; what a person types goes into `target`.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

void define_demo(CLI::App& app, DemoCommand& target);
void define_bench(CLI::App& app, BenchCommand& target);
void define_completion(CLI::App& app, CompletionCommand& target);

} // namespace florin::cli
