// Tables of cases in aligned text, for tests.
#pragma once

#include "allocate/rule_file.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace florin::allocate::test {

std::vector<std::string> pieces(std::string text, const std::string& separator);

/// The cells of each line of a file of this folder; ` | ` is between cells, lines with `#` are comments.
std::vector<std::vector<std::string>> cases_of(const std::string& name, std::size_t columns);

/// Files apart by ⏎⏎, each a name and its lines; ⏎ is a new line.
std::vector<RuleText> files_of(const std::string& cell);

} // namespace florin::allocate::test
