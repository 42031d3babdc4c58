#include "ingest/csv_rows.hpp"

#include "ingest/inspection_counter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>

namespace florin::ingest {
namespace {

using base::Error;

constexpr std::uint64_t kNoBlock = std::numeric_limits<std::uint64_t>::max();

/// The last row of the file has no end.
Error open_end_error(std::size_t row_bytes) {
    if (row_bytes > kRowBytesMax) {
        return base::data_error("csv.row_too_large", fmt::format("a row of more than {} bytes", kRowBytesMax))
            .with_remedy("Is a quote opened and never closed?");
    }
    return base::data_error("csv.unterminated_quote", "a quote is opened and never closed: the file ends inside a cell")
        .with_remedy("Close the quote, or fetch the file again: its end may be missing.");
}

/// What the threads share. One thread reads from the disk while the others look at their blocks.
class Reading {
public:
    Reading(CsvBlocks& blocks, CsvBlock& first, const std::function<void(std::uint64_t, std::uint64_t)>& progress,
            RowCounter& counter)
        : blocks_(blocks), first_(&first), progress_(progress), counter_(counter) {}

    /// One thread's part, until there is nothing left.
    void work(CsvRowReader& reader) noexcept {
        try {
            CsvBlock block;
            BlockOutcome outcome;
            while (take(block)) {
                reader.read(block, outcome);
                put(outcome);
            }
        } catch (...) {
            const std::scoped_lock lock(put_mutex_);
            if (!exception_) {
                exception_ = std::current_exception();
            }
            stop_at_.store(0);
        }
    }

    /// To be called when all threads are done.
    base::Result<void> outcome() {
        if (exception_) {
            std::rethrow_exception(exception_);
        }
        std::optional<Error> error = counter_.fault ? counter_.fault : source_error_;
        return error ? base::Result<void>(std::move(*error)) : base::Result<void>();
    }

private:
    bool take(CsvBlock& block) {
        const std::scoped_lock lock(take_mutex_);
        if (first_ != nullptr) {
            std::swap(block, *first_);
            first_ = nullptr;
            return true;
        }
        // A fault in an earlier block: whatever comes now is behind it.
        if (source_error_ || blocks_.next_index() > stop_at_.load()) {
            return false;
        }
        auto more = blocks_.next(block);
        if (!more.ok()) {
            source_error_ = std::move(more).error();
            return false;
        }
        if (*more && progress_) {
            progress_(blocks_.source().raw_bytes_done(), blocks_.source().raw_bytes_all());
        }
        return *more;
    }

    void put(BlockOutcome& outcome) {
        const std::scoped_lock lock(put_mutex_);
        if (outcome.fault) {
            stop_at_.store(std::min(stop_at_.load(), outcome.index));
        }
        counter_.add(outcome);
    }

    CsvBlocks& blocks_;
    CsvBlock* first_;
    const std::function<void(std::uint64_t, std::uint64_t)>& progress_;
    RowCounter& counter_;
    std::mutex take_mutex_;
    std::optional<Error> source_error_;
    std::mutex put_mutex_;
    std::exception_ptr exception_;
    std::atomic<std::uint64_t> stop_at_{kNoBlock};
};

} // namespace

Cell cell_of(const CsvRow& row, std::size_t index) {
    const std::size_t begin = index == 0 ? row.begin : row.ends[index - 1] + 1;
    std::size_t size = row.ends[index] - begin;
    Cell cell{.data = row.text + begin, .state = Cell::State::kPlain};
    if (index + 1 == row.ends.size() && size > 0 && cell.data[size - 1] == '\r') {
        --size;
    }
    if (size > 0 && cell.data[0] == '"') {
        cell.state = Cell::State::kQuoted;
        ++cell.data;
        size -= 2;
    }
    cell.state = size == 0 ? Cell::State::kNull : cell.state;
    cell.size = static_cast<std::uint32_t>(size);
    return cell;
}

std::optional<Error> find_bad_cell(const CsvRow& row, std::span<const std::string> names,
                                   std::uint64_t cell_bytes_max) {
    std::optional<Error> error;
    for (std::size_t i = 0; i < row.ends.size() && !error; ++i) {
        const Cell cell = cell_of(row, i);
        const std::string_view raw = cell.raw();
        if (cell.size > cell_bytes_max) {
            error = base::data_error("csv.cell_too_large",
                                     fmt::format("a cell of {} bytes, at most {} are read", cell.size, cell_bytes_max))
                        .with_remedy("Shorten the cell, or leave the column out.");
        } else if (raw.find('\0') != std::string_view::npos) {
            error = base::data_error("csv.nul_byte", "a cell holds a NUL byte")
                        .with_remedy("Export the file again; it is damaged.");
        } else if (const std::size_t at = find_invalid_utf8(raw); at != std::string_view::npos) {
            error = base::data_error("csv.not_utf8", fmt::format("byte {} of the cell (0x{:02X}) is not UTF-8", at + 1,
                                                                 static_cast<unsigned char>(raw[at])))
                        .with_remedy("Save the file as UTF-8; it is probably latin-1 (iconv -f latin1 -t utf8).");
        }
        if (error) {
            error->place.column = names[i];
            error->place.cell = unescaped_head(cell);
        }
    }
    return error;
}

Error CsvRowReader::ragged(std::size_t cell_count) const {
    return base::data_error("csv.ragged_row", fmt::format("the row has {} {}, the header {}", cell_count,
                                                          cell_count == 1 ? "cell" : "cells", names_.size()))
        .with_remedy("Is a delimiter inside a cell without quotes, or a line broken in two?");
}

/// The fault that the scan met in the row that starts at `row_begin`.
Error CsvRowReader::quote_error(std::string_view text, std::size_t row_begin) const {
    std::size_t column = 0;
    std::size_t cell_begin = row_begin;
    for (std::size_t i = 0; i < separators_.count; ++i) {
        if (separators_.ends[i] >= row_begin) {
            ++column;
            cell_begin = separators_.ends[i] + 1;
        }
    }
    Error made;
    switch (separators_.fault) {
    case Separators::Fault::kQuoteInCell:
        made = base::data_error("csv.bad_quotes", "a quote stands inside a cell that does not start with one")
                   .with_remedy("A cell with a quote is written in quotes, and the quote twice: \"19\"\" rack\".");
        break;
    case Separators::Fault::kTextAfterQuote:
        made = base::data_error("csv.bad_quotes", "text follows the closing quote of a cell")
                   .with_remedy("A quote inside a quoted cell is written twice: \"19\"\" rack\".");
        break;
    default:
        made = base::data_error("csv.carriage_return", "a carriage return without a line feed stands outside quotes")
                   .with_remedy("Save the file with line ends LF or CR LF.");
        break;
    }
    made.place.column = column < names_.size() ? names_[column] : std::string();
    made.place.cell =
        text.substr(cell_begin, std::min<std::size_t>(kCellInErrorBytesMax, text.find('\n', cell_begin) - cell_begin));
    return made;
}

std::optional<Error> CsvRowReader::read_row(const CsvRow& row, bool& refuse) {
    if (row.end - row.begin > kRowBytesMax) {
        refuse = true;
        return open_end_error(row.end - row.begin);
    }
    return row.ends.size() == names_.size() ? take(row) : ragged(row.ends.size());
}

void CsvRowReader::read(const CsvBlock& block, BlockOutcome& outcome) {
    const std::string_view text = block.text();
    outcome.index = block.index;
    outcome.offset = block.offset + block.begin;
    outcome.row_starts.clear();
    outcome.bad_rows.clear();
    outcome.fault.reset();
    find_separators(text, delimiter_, separators_);
    CsvRow row{.text = text.data()};
    row.check_bytes =
        separators_.has_nul || (separators_.has_non_ascii && find_invalid_utf8(text) != std::string_view::npos);
    std::size_t first_end = 0; // the row's first separator
    for (std::size_t line = 0; line < separators_.lines; ++line) {
        const std::size_t last_end = separators_.line_ends[line];
        row.end = separators_.ends[last_end];
        row.ends = {separators_.ends.data() + first_end, last_end - first_end + 1};
        const std::string_view whole = text.substr(row.begin, row.end - row.begin);
        const bool is_blank = row.ends.size() == 1 && (whole.empty() || whole == "\r");
        if (!is_blank) {
            outcome.row_starts.push_back(static_cast<std::uint32_t>(row.begin));
            row.key = {block.index, outcome.row_starts.size()};
            bool refuse = false;
            if (std::optional<Error> error = read_row(row, refuse)) {
                BadRow bad{row.key.row, outcome.offset + row.begin, outcome.offset + row.end + 1, std::move(*error)};
                if (refuse || !set_bad_rows_aside_) {
                    outcome.fault = std::move(bad);
                    return;
                }
                count_set_aside(row.ends.size() == names_.size());
                outcome.bad_rows.push_back(std::move(bad));
            }
        }
        row.begin = row.end + 1;
        first_end = last_end + 1;
    }
    if (separators_.fault != Separators::Fault::kNone || row.begin < text.size()) {
        const bool quotes = separators_.fault != Separators::Fault::kNone;
        outcome.row_starts.push_back(static_cast<std::uint32_t>(row.begin));
        outcome.fault = BadRow{outcome.row_starts.size(), outcome.offset + row.begin, outcome.offset + text.size(),
                               quotes ? quote_error(text, row.begin) : open_end_error(text.size() - row.begin)};
    }
}

base::Result<CsvHeader> read_header(CsvBlocks& blocks, CsvBlock& first) {
    FLORIN_TRY_ASSIGN(const bool any, blocks.next(first));
    if (!any) {
        return base::data_error("file.empty", "the file is empty").with_remedy("Fetch the file again.");
    }
    FLORIN_TRY_ASSIGN(CsvHeader header, read_csv_header(first.text()));
    first.begin = header.bytes;
    return header;
}

base::Result<void> read_blocks(CsvBlocks& blocks, CsvBlock& first, std::span<CsvRowReader* const> readers,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress, RowCounter& counter) {
    Reading reading(blocks, first, progress, counter);
    {
        std::vector<std::jthread> threads; // joined when this scope is left
        for (std::size_t i = 1; i < readers.size(); ++i) {
            threads.emplace_back([&reading, reader = readers[i]] { reading.work(*reader); });
        }
        reading.work(*readers[0]);
    }
    return reading.outcome();
}

} // namespace florin::ingest
