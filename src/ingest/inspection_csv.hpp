// Inspects one CSV, on several threads.
#pragma once

#include "ingest/byte_source.hpp"
#include "ingest/csv_blocks.hpp"
#include "ingest/inspection.hpp"
#include "ingest/inspection_counter.hpp"

namespace florin::ingest {

inline constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;

struct CsvInspection {
    Inspection inspection;            ///< load_path is still to be set
    std::vector<ByteRange> set_aside; ///< ascending; only with options.quarantine
    std::uint64_t header_bytes = 0;
    bool header_has_mark = false; ///< the header starts with a byte order mark
};

/// Reads `source`, which nothing was read from yet. Errors name `path` as their file. `block_bytes`
/// is how much a thread takes at a time; the outcome does not depend on it.
base::Result<CsvInspection> inspect_csv(ByteSource source, const base::Path& path, const InspectionOptions& options,
                                        std::size_t block_bytes = kBlockBytes);

/// Writes the good rows of a CSV that was inspected to `good`, with the header and without a byte
/// order mark, and those set aside to `bad` (with the header too), as they are in the source. Either
/// path may be empty: then those rows are not written.
base::Result<void> split_rows(const base::Path& path, const CsvInspection& inspected, const base::Path& good,
                              const base::Path& bad);

/// Writes the header and the data rows of a CSV that are in `rows` (from 1, ascending), as they are, to `out`.
base::Result<void> copy_csv_rows(const base::Path& path, const std::vector<std::uint64_t>& rows, const base::Path& out);

/// Adds rows of a source that were set aside before a CSV was made of the others, and `inspection` of that: the rows of
/// the CSV get the numbers that they have in the source.
void join_set_aside(const QuarantinedRows& earlier, Inspection& inspection);

/// Why a file of which every row was set aside is refused.
base::Error all_set_aside(const QuarantinedRows& quarantined, const base::Path& path);

} // namespace florin::ingest
