// Cuts a CSV into pieces of whole rows that can be read independently of each other.
#pragma once

#include "ingest/byte_source.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace florin::ingest {

/// Some whole rows. Its memory is used again by the next block that is read into it.
struct CsvBlock {
    std::vector<char> bytes; ///< with kScanSlack bytes behind `size`
    std::size_t begin = 0;   ///< where its first row starts (behind the header in the first block)
    std::size_t size = 0;
    std::uint64_t index = 0;  ///< 0, 1, 2, … in the order of the file
    std::uint64_t offset = 0; ///< of bytes[0] in the decompressed file
    std::string_view text() const { return {bytes.data() + begin, size - begin}; }
};

/// Reads block after block. Every block ends with a newline outside quotes (one is added to a file
/// that has none at its end), except a last one whose row has no end: quotes that are never closed,
/// or more than `row_bytes_max` bytes. One thread at a time.
class CsvBlocks {
public:
    CsvBlocks(ByteSource source, std::size_t block_bytes, std::size_t row_bytes_max)
        : source_(std::move(source)), block_bytes_(block_bytes), row_bytes_max_(row_bytes_max) {}

    /// False when there is no more. Errors of the ByteSource.
    base::Result<bool> next(CsvBlock& block);
    ByteSource& source() { return source_; }
    std::uint64_t next_index() const { return next_index_; }

private:
    ByteSource source_;
    std::size_t block_bytes_;
    std::size_t row_bytes_max_;
    std::vector<char> tail_;        // bytes read behind the last whole row
    std::uint64_t next_offset_ = 0; // of the tail's first byte
    std::uint64_t next_index_ = 0;
    bool ended_ = false;
};

} // namespace florin::ingest
