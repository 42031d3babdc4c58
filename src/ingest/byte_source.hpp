// The bytes of a file, decompressed as they are read, with the hash of what is on the disk.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "ingest/inspection.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace florin::ingest {

/// Reads one file once, from its start to its end. gzip (also of several members), zstd and ZIP (of one file) are
/// known by their first bytes, not by the file's name; checksums and lengths are verified, and
/// memory does not depend on how far the file expands. One thread at a time.
/// Errors: `file.unreadable`, `file.truncated`, `file.corrupt`.
class ByteSource {
public:
    /// Whether hashes() is going to be called.
    enum class Hashing : std::uint8_t { kFileAndContent, kNone };
    static base::Result<ByteSource> open(const base::Path& path, Hashing hashing = Hashing::kFileAndContent);
    ~ByteSource();
    ByteSource(ByteSource&&) noexcept;
    ByteSource& operator=(ByteSource&&) noexcept;

    Compression compression() const;
    std::uint64_t raw_bytes_all() const;  ///< the file's size
    std::uint64_t raw_bytes_done() const; ///< of it, read so far
    /// The first bytes on the disk, at most 16: enough to know a format by.
    std::string_view magic() const;

    /// Fills `buffer` with up to `size` decompressed bytes; fewer only at the end, where it gives 0.
    base::Result<std::size_t> read(char* buffer, std::size_t size);
    struct Hashes {
        std::string file;    ///< of the bytes on the disk
        std::string content; ///< of the bytes that read() gave; the same where nothing was unpacked
    };
    /// SHA-256. To be called once, when read() has given 0. Empty with Hashing::kNone.
    Hashes hashes();

private:
    struct State;
    explicit ByteSource(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Writes what is in a compressed file to `into`. Errors of ByteSource, `system.io`.
base::Result<void> unpack(const base::Path& path, const base::Path& into);

/// The first byte behind any compression that is no blank (nor part of a byte order mark); 0 in an
/// empty file. Errors of ByteSource.
base::Result<char> first_letter(const base::Path& path);

} // namespace florin::ingest
