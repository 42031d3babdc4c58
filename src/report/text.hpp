// Text from bills made safe to show. Bills are written by others: a service may be called `<script>`
// and an account may hold escape sequences.
#pragma once

#include "base/terminal_text.hpp"

#include <string>
#include <string_view>

namespace florin::report {

/// For HTML content and double-quoted attributes: `& < > " '` as references; invalid UTF-8, control
/// and direction-changing characters as U+FFFD.
std::string html_text(std::string_view text);

using base::column_count;
using base::cut_to_columns;
using base::terminal_text;

} // namespace florin::report
