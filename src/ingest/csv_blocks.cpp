#include "ingest/csv_blocks.hpp"

#include "ingest/byte_scan.hpp"

#include <algorithm>

namespace florin::ingest {

base::Result<bool> CsvBlocks::next(CsvBlock& block) {
    if (ended_) {
        return false;
    }
    std::size_t target = std::max(block_bytes_, tail_.size() * 2);
    block.bytes.resize(std::max(block.bytes.size(), target + kScanSlack));
    std::copy(tail_.begin(), tail_.end(), block.bytes.begin());
    block.begin = 0;
    block.offset = next_offset_;
    std::size_t size = tail_.size();
    tail_.clear();
    RowEnds rows;
    std::size_t scanned = 0;
    while (true) {
        FLORIN_TRY_ASSIGN(const std::size_t got, source_.read(block.bytes.data() + size, target - size));
        size += got;
        find_row_ends(block.bytes.data(), scanned, size, rows);
        scanned = size;
        if (rows.last != 0) {
            tail_.assign(block.bytes.data() + rows.last, block.bytes.data() + size);
            size = rows.last;
            break;
        }
        if (size < target || size > row_bytes_max_) {
            ended_ = true;
            if (size == 0) {
                return false;
            }
            if (size <= row_bytes_max_ && !rows.inside_quotes) {
                block.bytes[size++] = '\n';
            }
            break;
        }
        target *= 2;
        block.bytes.resize(std::max(block.bytes.size(), target + kScanSlack));
    }
    block.size = size;
    block.index = next_index_++;
    next_offset_ += size;
    return true;
}

} // namespace florin::ingest
