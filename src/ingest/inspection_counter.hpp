// Numbers the rows of blocks that several threads read.
#pragma once

#include "ingest/inspection_rows.hpp"

#include <optional>
#include <vector>

namespace florin::ingest {

/// Bytes [begin, end) of the decompressed source that hold a row which was set aside.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Takes the outcomes in any order and looks at them in the order of the file. One thread at a time.
class RowCounter {
public:
    void add(BlockOutcome& outcome);

    /// Why the file is refused: the first of all faults, with its row.
    std::optional<base::Error> fault;
    std::uint64_t rows = 0;                ///< data rows, those set aside included
    std::vector<std::uint64_t> first_rows; ///< [block]: data rows before it
    std::vector<std::uint64_t> offsets;    ///< as RowOffsets
    QuarantinedRows quarantined;           ///< without the sums
    std::vector<ByteRange> set_aside;      ///< ascending

private:
    void number(BlockOutcome& outcome);

    std::vector<std::optional<BlockOutcome>> waiting_;
    std::uint64_t next_ = 0;
};

/// Puts what the rows gave into `inspection`, when all are read. Error `csv.no_rows`.
base::Result<void> finish_rows(RowCounter& counter, std::vector<RowInspector>& inspectors, const ColumnPlan& plan,
                               Inspection& inspection);

} // namespace florin::ingest
