// The files of one validation, staged: kept as Parquet with every FOCUS column as text, so that the rules read that.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "engine/engine.hpp"
#include "focus/focus.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace florin::validate {

/// Name of the column that numbers the rows of all files: data row, from 1, plus 2^40 times the file's place.
inline constexpr std::string_view kRowColumn = "florin_row";

/// Before the name of a column that is kept as it was written.
inline constexpr std::string_view kWrittenPrefix = "florin_written_";

struct BillFile {
    base::Path path;
    std::vector<std::string> columns; ///< as in the file
    std::uint64_t rows = 0;
};

struct Bill {
    std::vector<BillFile> files;
    std::set<std::string> columns;          ///< FOCUS columns, by their exact names, that all files have
    std::set<std::string> typed_otherwise;  ///< of them, columns of text that a Parquet file keeps as another type
    std::set<std::string> with_empty_texts; ///< of them, columns of text in which some cell is an empty text
    /// A table: each of `columns` as VARCHAR, empty texts as NULL, and kRowColumn. Columns of with_empty_texts are
    /// there as they were, too, as as_written() calls them.
    std::string relation;
    std::uint64_t rows = 0;

    bool has(const std::string& column) const { return columns.contains(column); }
    /// The name of the column with its empty texts, which is the column's own where it has none.
    std::string as_written(const std::string& column) const;
    /// File and data row of a value of kRowColumn.
    const BillFile& file_of(std::int64_t row) const;
    static std::uint64_t row_of(std::int64_t row);
};

/// Reads files into `folder`. In CSV, unquoted NULL and null stand for null as an empty cell does. Rows, quotes, NUL
/// bytes, encoding and checksums of CSV and JSON lines are verified by a reader of our own before the engine reads
/// them. Errors: `file.*`, `csv.*`, `json.*`, `system.io`, `validate.reconciliation` (a bug: the two readers do not
/// agree on the number of rows), the engine's.
base::Result<Bill> stage_bill(engine::Engine& engine, const std::vector<base::Path>& files, const base::Path& folder,
                              int threads);

/// Files of another dataset as a table expression of text columns, in `relation`, and the columns of any of them.
base::Result<Bill> stage_tables(engine::Engine& engine, const std::vector<base::Path>& files, const base::Path& folder,
                                int threads);

/// The version of the newest file by its columns; 1.0 for what is older.
focus::Version recognise(const Bill& bill);

} // namespace florin::validate
