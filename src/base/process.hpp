// Running another program: by its arguments and without a shell, its output read as it comes, its time bounded.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::base {

struct ProcessRequest {
    std::vector<std::string> arguments; ///< the program, looked up in PATH, and what it is given; not empty
    Path folder;                        ///< where it runs; empty: where this process is
    std::chrono::milliseconds time_max{};
    /// Gets what the program writes, standard output and standard error in one; pieces end anywhere. May be empty.
    std::function<void(std::string_view)> output;
    std::function<bool()> should_end; ///< asked some ten times a second; true ends the program. May be empty
};

/// How a program ended.
struct ProcessEnd {
    enum class How : std::uint8_t {
        kExited,   ///< by itself; `number` is its exit status
        kSignal,   ///< killed from outside; `number` is the signal
        kTimedOut, ///< ended here, as `time_max` was over
        kStopped,  ///< ended here, as `should_end` said so
    };
    How how = How::kExited;
    int number = 0;
};

/// Runs a program to its end. It has this process's environment, nothing to read, and a process group of its own,
/// which is asked to end (SIGTERM) and killed five seconds later where it must not go on. What it leaves running by
/// itself is let be. Errors: `process.not_found` (no such program), `system.process`. Any thread.
Result<ProcessEnd> run_process(const ProcessRequest& request);

} // namespace florin::base
