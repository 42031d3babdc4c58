// The command line: arguments in, text and an exit code out.
#pragma once

#include "base/clock.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace florin::cli {

/// Where a command reads and writes. Data goes to `out`, all else to `error`.
struct Terminal {
    std::ostream& out;
    std::ostream& error;
    bool out_is_terminal = false;
    bool error_is_terminal = false;
    bool has_colour = false; ///< on `out`
    int width = 100;         ///< columns of `out`
};

/// Runs one command; the exit code: 0 done, 1 the answer is no (doctor found something), 2 the command
/// is wrong, 3 a bill is wrong, 4 it conflicts with the state of the lake, 5 the machine refused, 70 a bug
/// of Florin's, 130 interrupted.
int run(const std::vector<std::string>& arguments, const Terminal& terminal, const base::Clock& clock);

/// Runs main's arguments on the process's streams; obeys NO_COLOR, COLUMNS and FLORIN_NOW.
int run_main(int argument_count, char** arguments);

} // namespace florin::cli
