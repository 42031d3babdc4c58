// JSON lines made into a CSV: one object per line, its keys the columns.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "ingest/inspection.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::ingest {

/// A line that is no row.
struct BadLine {
    std::uint64_t row = 0; ///< non-empty lines from 1
    base::Error error;
};

/// Lines that were set aside: the cost of none can be read.
QuarantinedRows set_aside(const std::vector<BadLine>& lines);

struct JsonLines {
    std::string sha256;
    std::string content_sha256; ///< of what is packed in it
    std::uint64_t file_bytes = 0;
    Compression compression = Compression::kNone;
    std::vector<std::uint64_t> row_offsets; ///< as RowOffsets
    std::vector<BadLine> bad_lines;         ///< ascending; only when they are set aside
    std::uint64_t rows = 0;                 ///< written to the CSV
};

/// What becomes of an object within a line's object.
enum class JsonObjects : std::uint8_t {
    kAsText, ///< one cell of compact JSON
    kFlat,   ///< its members are columns of their own: {"a": {"b": 1}} gives the column `a.b`
};

/// Writes the lines of `path` to `csv`: columns are the keys of all lines in the order in which they
/// are met, texts stand in quotes, numbers as they are written, null and absent keys as empty cells,
/// objects (unless flat) and arrays as compact JSON. With `set_bad_lines_aside`, lines that are no objects are left
/// out and listed instead of refusing the file.
/// Errors: `file.*`, `json.bad_line`, `json.duplicate_key`, `json.line_too_large`, `json.too_deep`,
/// `json.not_lines` (an array), `json.no_rows`.
base::Result<JsonLines> convert_json_lines(const base::Path& path, const base::Path& csv, bool set_bad_lines_aside,
                                           JsonObjects objects = JsonObjects::kAsText);

/// The columns of the first line, flat. Errors as convert_json_lines().
base::Result<std::vector<std::string>> first_line_columns(const base::Path& path);

/// The names and cells of one line as they come into the CSV, without their quotes; null is left out.
/// Errors: `json.bad_line`, `json.duplicate_key`, `json.too_deep`, `json.not_lines`.
base::Result<std::vector<std::pair<std::string, std::string>>> cells_of_line(std::string_view line);

/// Copies the lines whose rows are in `rows` (ascending), as they are, to `out`.
base::Result<void> copy_lines(const base::Path& path, const std::vector<std::uint64_t>& rows, const base::Path& out);

/// Appends `text` as a quoted CSV cell.
void append_quoted(std::string& csv, std::string_view text);

} // namespace florin::ingest
