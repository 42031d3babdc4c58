// Reads blocks of CSV rows: tells the cells apart, checks them, and counts what is in them.
#pragma once

#include "ingest/byte_scan.hpp"
#include "ingest/csv_blocks.hpp"
#include "ingest/inspection_tally.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest {

inline constexpr std::size_t kRowBytesMax = std::size_t{32} << 20U;

/// A row that cannot be read, and why. The row of the error's place is set later.
struct BadRow {
    std::uint64_t row = 0;   ///< within the block, from 1
    std::uint64_t begin = 0; ///< byte in the decompressed file
    std::uint64_t end = 0;   ///< behind its newline
    base::Error error;
};

/// What reading one block gave besides the counts.
struct BlockOutcome {
    std::uint64_t index = 0;
    std::uint64_t offset = 0;              ///< of its first byte in the decompressed file
    std::vector<std::uint32_t> row_starts; ///< of its data rows, from `offset`
    std::vector<BadRow> bad_rows;          ///< only when rows are set aside
    std::optional<BadRow> fault;           ///< why the file is refused: nothing behind it was read
};

/// How rows are read.
struct RowRules {
    const ColumnPlan* plan = nullptr;
    char delimiter = ',';
    std::uint64_t cell_bytes_max = 0;
    bool set_bad_rows_aside = false;
};

/// One thread's reader. Blocks come in the order of the file, not necessarily all of them.
class RowInspector {
public:
    explicit RowInspector(const RowRules& rules);
    ~RowInspector();
    RowInspector(RowInspector&&) noexcept;

    void read(const CsvBlock& block, BlockOutcome& outcome);
    Tally take_tally();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace florin::ingest
