// Reads blocks of CSV: tells rows and cells apart, on several threads. What is done with a row is
// for the reader that derives from CsvRowReader.
#pragma once

#include "base/error.hpp"
#include "ingest/byte_scan.hpp"
#include "ingest/csv_blocks.hpp"
#include "ingest/csv_header.hpp"
#include "ingest/inspection_cells.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest {

inline constexpr std::size_t kRowBytesMax = std::size_t{32} << 20U;

/// A row before its number is known: the blocks before it may still be read by other threads.
struct RowKey {
    std::uint64_t block = 0;
    std::uint64_t row = 0; ///< within the block, from 1
    friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

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

/// A row as it stands in its block, with as many cells as the header.
struct CsvRow {
    const char* text = nullptr;          ///< of the block
    std::size_t begin = 0;               ///< where the row starts in it
    std::size_t end = 0;                 ///< its newline
    std::span<const std::uint32_t> ends; ///< of its cells: the place of each separator
    bool check_bytes = false;            ///< it may hold NUL bytes or not be UTF-8
    RowKey key;
};

/// Cell `index` of the row.
Cell cell_of(const CsvRow& row, std::size_t index);

/// What is wrong with the bytes of the row's cells: one of more than `cell_bytes_max` bytes, a NUL byte,
/// text that is not UTF-8. The columns are called `names`.
std::optional<base::Error> find_bad_cell(const CsvRow& row, std::span<const std::string> names,
                                         std::uint64_t cell_bytes_max);

/// One thread's reader. Blocks come in the order of the file, not necessarily all of them.
class CsvRowReader {
public:
    /// `names` are those of the header.
    CsvRowReader(std::vector<std::string> names, char delimiter, bool set_bad_rows_aside)
        : names_(std::move(names)), delimiter_(delimiter), set_bad_rows_aside_(set_bad_rows_aside) {}
    CsvRowReader(const CsvRowReader&) = delete;
    CsvRowReader& operator=(const CsvRowReader&) = delete;
    virtual ~CsvRowReader() = default;

    void read(const CsvBlock& block, BlockOutcome& outcome);

protected:
    /// Takes one row, or says why it cannot be read.
    virtual std::optional<base::Error> take(const CsvRow& row) = 0;
    /// Told after a row was set aside: whether its cells could be told apart (then take() saw it).
    virtual void count_set_aside(bool is_split) = 0;
    const std::vector<std::string>& names() const { return names_; }

private:
    base::Error ragged(std::size_t cell_count) const;
    base::Error quote_error(std::string_view text, std::size_t row_begin) const;
    std::optional<base::Error> read_row(const CsvRow& row, bool& refuse);

    std::vector<std::string> names_;
    char delimiter_;
    bool set_bad_rows_aside_;
    Separators separators_;
};

/// Reads the first block and its header, behind which the block then begins. Errors: `file.empty`, those
/// of the blocks and of read_csv_header().
base::Result<CsvHeader> read_header(CsvBlocks& blocks, CsvBlock& first);

class RowCounter;

/// Reads all blocks, one thread a reader; `first` is the block read already, behind the header. Errors
/// come without their file.
base::Result<void> read_blocks(CsvBlocks& blocks, CsvBlock& first, std::span<CsvRowReader* const> readers,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress, RowCounter& counter);

} // namespace florin::ingest
