// Answers as text: for a terminal, as CSV, as JSON.
#pragma once

#include "query/answer.hpp"

#include <string>

namespace florin::query {

struct TableStyle {
    int columns_max = 100; ///< of the terminal; see render_table
    bool colour = false;   ///< ANSI colours
};

/// One table for each currency, amounts rounded to its minor units. Where the rounded rows do not add
/// up to the rounded total a line `rounding` says by how much; what the rows do not show (steps of the
/// earlier period without a counterpart) is a line `not shown`. The notes follow.
/// Where the table is too wide its headings are wrapped, then names are cut; where that is not enough each row
/// becomes a list. Figures are never cut.
std::string render_table(const Answer& answer, const TableStyle& style);

/// CSV as RFC 4180 has it but for its line ends, which are those of the shell: a header of column names with `currency`
/// before the figures, then the rows, exact. No totals and no notes. The rest's first dimension is `(N others)`;
/// what is null is empty.
std::string render_csv(const Answer& answer);

/// One object: question, columns, blocks with rows and total (by column name; money, quantities and
/// ratios as strings, exact), where amounts were converted what became of each currency, notes and what was read.
std::string render_json(const Answer& answer);

} // namespace florin::query
