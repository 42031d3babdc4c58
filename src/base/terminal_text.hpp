// Text that others wrote, for a person to read: made safe, measured and cut in columns. Bills are written by others: a
// service or an account may hold escape sequences.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace florin::base {

/// One character of a text, or one byte that is no UTF-8 (Unicode 15, table 3-7).
struct Character {
    char32_t value = 0xFFFD; ///< U+FFFD where the byte is no UTF-8
    std::size_t byte_count = 1;
    bool is_valid = false;
};

/// The character that starts at byte `at`, which is within the text.
Character character_at(std::string_view text, std::size_t at);

/// Whether the character shows as itself and leaves the text around it as it is: valid, no control
/// character, line separator or direction mark, no non-character. Invisible ones are safe.
bool is_safe(const Character& character);

/// For a terminal, a log or an error: characters that are not safe, and invisible ones, as `\u{1B}`; bytes
/// that are no UTF-8 as `\x{FF}`. The result has no line break. Of a text of more than `byte_count_max` bytes
/// the characters that are whole within these, and `…`.
std::string terminal_text(std::string_view text, std::size_t byte_count_max = std::string_view::npos);

/// The columns that the text takes on a terminal: two for wide East Asian characters and emoji, none
/// for combining marks and joiners.
int column_count(std::string_view text);

/// Makes the widths of a table's columns smaller until they add up to at most `columns_max`: each time the widest
/// of those above what they need at `least`. Whether they do then.
bool shrink_to_fit(std::vector<int>& widths, const std::vector<int>& least, int columns_max);

/// A name and what stands for it, both safe and without line breaks.
struct Field {
    std::string name;
    std::string value;
    bool is_figure = false; ///< to be read in full: never cut
};

/// One row of a table that is too wide, as lines of at most `columns_max` (>= 20) columns: names to the left,
/// values to the right, on a line of their own where they are long. Text is cut to fit; a figure that is wider
/// than all of a line is the only thing that exceeds it. Fields without a value are left out.
std::vector<std::string> field_lines(const std::vector<Field>& fields, int columns_max);

/// The text cut to at most `columns_max` (>= 1) columns, with `…` where it was cut.
std::string cut_to_columns(std::string_view text, int columns_max);

} // namespace florin::base
