// A file as a table of texts: what it is and which columns it has, and how the engine is to read it.
#pragma once

#include "engine/engine.hpp"
#include "ingest/inspection.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::ingest {

/// What a file is by its first bytes, whatever it is called.
struct FileKind {
    FileFormat format = FileFormat::kCsv;
    Compression compression = Compression::kNone;
};
/// Reads no column. Errors: `file.*`.
base::Result<FileKind> read_file_kind(const base::Path& path);

/// What the first bytes of a file tell, and its columns.
struct FileHead {
    base::Path path;
    FileFormat format = FileFormat::kCsv;
    Compression compression = Compression::kNone;
    /// In file order, as the file calls them. Objects in JSON lines (those of the first line) and
    /// structures in Parquet are flat: `service.description`.
    std::vector<std::string> columns;

    bool has(std::string_view column) const;
};

/// Reads no more than it must. `engine` is asked for the columns of Parquet; without one it is opened for
/// that. Errors: `file.*`, `csv.*` (of the header), `json.*`.
base::Result<FileHead> read_file_head(const base::Path& path, engine::Engine* engine = nullptr);

/// A name in `folder`, which is made, that belongs to `path` alone.
base::Result<base::Path> staged_path(const base::Path& folder, const base::Path& path, std::string_view suffix);

/// How the engine is to read CSV. The second reader has read the file already and vouches for it.
enum class CsvReading : std::uint8_t {
    kParallel, ///< strictly, on all threads: fast, but some sound files are refused
    kTolerant, ///< on one thread, line ends of several kinds and all
};

/// A table expression over a CSV: every column VARCHAR, called as in `columns`; cells that hold one of
/// `null_texts` without quotes are NULL, and `quoted_nulls` says whether those in quotes are too.
std::string csv_relation(const base::Path& path, const std::vector<std::string>& columns, char delimiter,
                         std::uint64_t longest_row_bytes, const std::vector<std::string>& null_texts, bool quoted_nulls,
                         CsvReading reading);

/// A table expression over a Parquet file. Folders such as `BILLING_PERIOD=2026-10`, which providers export to, are no
/// columns of it.
std::string parquet_relation(const base::Path& path);

/// A column of a Parquet file as text: the flat name, and the SQL that gives it. Numbers are in their
/// shortest exact form; lists and maps are JSON.
using TextColumn = std::pair<std::string, std::string>;
base::Result<std::vector<TextColumn>> parquet_text_columns(engine::Engine& engine, const base::Path& path);

} // namespace florin::ingest
