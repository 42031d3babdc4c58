// Text from bills made safe to show. Bills are written by others: a service may be called `<script>`
// and an account may hold escape sequences.
#pragma once

#include <string>
#include <string_view>

namespace florin::report {

/// For HTML content and double-quoted attributes: `& < > " '` as references; invalid UTF-8, control
/// and direction-changing characters as U+FFFD.
std::string html_text(std::string_view text);

/// For a terminal: control, direction-changing and invisible characters as `\u{1B}`, invalid bytes as
/// U+FFFD. The result has no line break.
std::string terminal_text(std::string_view text);

/// The columns that valid UTF-8 takes on a terminal: two for wide East Asian characters and emoji,
/// none for combining marks.
int column_count(std::string_view text);

/// The text cut to at most `columns_max` (>= 1) columns, with `…` where it was cut.
std::string cut_to_columns(std::string_view text, int columns_max);

} // namespace florin::report
