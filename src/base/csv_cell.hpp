// A cell of CSV as RFC 4180 has it.
#pragma once

#include <string>
#include <string_view>

namespace florin::base {

/// The text as it is, or in quotes, inner ones doubled, where it holds a comma, a quote or a line break.
std::string csv_cell(std::string_view text);

} // namespace florin::base
