// The spend summary as text for a terminal.
#pragma once

#include "report/summary.hpp"

#include <string>

namespace florin::report {

/// The narrowest terminal that is laid out for; less is treated as this.
inline constexpr int kTerminalWidthMin = 60;

/// UTF-8 text of lines that take at most `width` columns; columns that matter less are left out where
/// they do not fit. With `has_colour` ANSI styles, without not one escape character: control
/// characters of the data are written as `\u{1B}` either way.
std::string render_terminal(const Summary& summary, int width, bool has_colour);

} // namespace florin::report
