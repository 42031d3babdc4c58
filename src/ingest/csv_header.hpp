// The first row of a CSV: its column names, and the delimiter they give away.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest {

struct CsvHeader {
    char delimiter = ','; ///< one of , ; tab |
    bool byte_order_mark = false;
    std::vector<std::string> names; ///< without blanks around them
    std::size_t bytes = 0;          ///< of the whole row with its line end
};

/// Reads the header at the start of `text`, which holds at least that row. Errors: `file.not_a_table`
/// (binary, UTF-16, a workbook), `csv.no_header`, `csv.bad_quotes`, `csv.unterminated_quote`,
/// `csv.not_utf8`, `csv.empty_column_name`, `csv.duplicate_column` (but for upper and lower case).
base::Result<CsvHeader> read_csv_header(std::string_view text);

} // namespace florin::ingest
