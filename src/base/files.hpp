// Files and folders with errors as values, and the durable steps the lake is built from.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace florin::base {

using Path = std::filesystem::path;

/// The whole file, at most `bytes_max`; a larger one is an error.
Result<std::string> read_file(const Path& path, std::uint64_t bytes_max = 64U << 20U);

/// Writes `text` so that the name shows either the old content or the new: a temporary file in the
/// same folder, synced, then renamed, then the folder synced.
Result<void> write_file_atomically(const Path& path, std::string_view text);

/// Makes the folder and its parents, so that those made last a power cut.
Result<void> make_folders(const Path& path);

/// Forces a file's or a folder's content to the disk.
Result<void> sync(const Path& path);

/// Syncs every regular file below `folder`, then every folder, `folder` last.
Result<void> sync_tree(const Path& folder);

/// Renames within one file system, then syncs both parent folders.
Result<void> rename_durably(const Path& from, const Path& to);

/// Removes a file or a whole folder; nothing there is no error.
Result<void> remove_all(const Path& path);

/// Copies a regular file; on one file system that allows it the copy shares its blocks.
Result<void> copy_file(const Path& from, const Path& to);

Result<std::uint64_t> file_size(const Path& path);

/// Regular files below `folder`, whole paths, in byte order of the path; hidden ones left out.
Result<std::vector<Path>> list_files(const Path& folder);

/// An advisory lock on a file that is created if need be; released when destroyed or when the
/// process ends. Shared locks exclude exclusive ones only.
class FileLock {
public:
    enum class Kind : std::uint8_t { kShared, kExclusive };
    /// Waits up to `milliseconds_max` for the lock; then an error with code `system.locked`.
    static Result<FileLock> acquire(const Path& path, Kind kind, int milliseconds_max);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

} // namespace florin::base
