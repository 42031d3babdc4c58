// What the definitions of commands have in common.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace CLI {
class App;
class Validator;
} // namespace CLI

namespace florin::cli {

/// A command below `parent`, with examples for its help.
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& what, const std::string& examples);

/// Adds `--format`, one of `names`; the one that `format` holds is what is taken without it.
void add_format(CLI::App& command, std::string& format, const std::vector<std::string>& names);

/// Accepts whole numbers from `least`. CLI11 by itself lets -1 wrap round to a huge number, and tells its range in
/// doubles.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

} // namespace florin::cli
