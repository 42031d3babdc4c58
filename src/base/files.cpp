#include "base/files.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace florin::base {
namespace fs = std::filesystem;
namespace {

Error io_error(std::string_view action, const Path& path, int number) {
    Error error = system_error("system.io", fmt::format("cannot {}: {}", action, std::strerror(number)));
    error.place.file = path.string();
    if (number == ENOSPC) {
        error.remedy = "free some space on that disk and run the command again";
    } else if (number == EACCES || number == EPERM || number == EROFS) {
        error.remedy = "check the permissions of that folder";
    } else if (number == ENOENT) {
        error.blame = Blame::kUser;
        error.remedy = "check the path";
    }
    return error;
}

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    int number() const { return number_; }
    bool valid() const { return number_ >= 0; }
    /// Closes now, because a full disk may show only here.
    bool close() { return ::close(std::exchange(number_, -1)) == 0; }

private:
    int number_;
};

Result<void> write_all(int descriptor, std::string_view text, const Path& path) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return io_error("write", path, errno);
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

Result<std::string> read_file(const Path& path, std::uint64_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) {
        return io_error("open", path, errno);
    }
    std::string text;
    std::string buffer(std::size_t{1} << 16U, '\0');
    while (true) {
        const ssize_t got = ::read(file.number(), buffer.data(), buffer.size());
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return io_error("read", path, errno);
        }
        if (got == 0) {
            return text;
        }
        text.append(buffer, 0, static_cast<std::size_t>(got));
        if (text.size() > bytes_max) {
            return data_error("file.too_large", fmt::format("the file is larger than {} bytes", bytes_max))
                .at({.file = path.string()});
        }
    }
}

Result<void> write_file_atomically(const Path& path, std::string_view text) {
    Path temporary = path;
    temporary += fmt::format(".{}.tmp", ::getpid());
    {
        Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (!file.valid()) {
            return io_error("create", temporary, errno);
        }
        Result<void> written = write_all(file.number(), text, temporary);
        if (written.ok() && ::fsync(file.number()) != 0) {
            written = io_error("sync", temporary, errno);
        }
        if (written.ok() && !file.close()) {
            written = io_error("close", temporary, errno);
        }
        if (!written.ok()) {
            ::unlink(temporary.c_str());
            return written;
        }
    }
    return rename_durably(temporary, path);
}

Result<void> make_folders(const Path& path) {
    std::vector<Path> missing;
    std::error_code code;
    for (Path folder = fs::absolute(path); !fs::exists(folder, code); folder = folder.parent_path()) {
        if (folder.has_filename()) {
            missing.push_back(folder);
        }
    }
    fs::create_directories(path, code);
    if (code) {
        return io_error("make the folder", path, code.value());
    }
    // A name lasts once the folder that it is in is synced.
    for (const Path& folder : missing) {
        FLORIN_TRY(sync(folder.parent_path()));
    }
    return {};
}

Result<void> sync(const Path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) {
        return io_error("open", path, errno);
    }
    if (::fsync(file.number()) != 0) {
        return io_error("sync", path, errno);
    }
    return {};
}

Result<void> sync_tree(const Path& folder) {
    std::vector<Path> folders{folder};
    std::error_code code;
    for (fs::recursive_directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        if (it->is_directory(code)) {
            folders.push_back(it->path());
        } else if (it->is_regular_file(code)) {
            FLORIN_TRY(sync(it->path()));
        }
    }
    if (code) {
        return io_error("list", folder, code.value());
    }
    for (auto it = folders.rbegin(); it != folders.rend(); ++it) {
        FLORIN_TRY(sync(*it));
    }
    return {};
}

Result<void> rename_durably(const Path& from, const Path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return io_error(fmt::format("rename to {}", to.string()), from, errno);
    }
    const Path target = to.has_parent_path() ? to.parent_path() : Path(".");
    const Path source = from.has_parent_path() ? from.parent_path() : Path(".");
    FLORIN_TRY(sync(target));
    if (source != target) {
        FLORIN_TRY(sync(source));
    }
    return {};
}

Result<void> remove_all(const Path& path) {
    std::error_code code;
    fs::remove_all(path, code);
    if (code) {
        return io_error("remove", path, code.value());
    }
    return {};
}

Result<void> copy_file(const Path& from, const Path& to) {
    std::error_code code;
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, code);
    if (code) {
        return io_error(fmt::format("copy to {}", to.string()), from, code.value());
    }
    return {};
}

Result<std::uint64_t> file_size(const Path& path) {
    std::error_code code;
    const std::uint64_t size = fs::file_size(path, code);
    if (code) {
        return io_error("read the size of", path, code.value());
    }
    return size;
}

Result<std::vector<Path>> list_files(const Path& folder) {
    std::vector<Path> files;
    std::error_code code;
    for (fs::recursive_directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        const bool hidden = it->path().filename().string().starts_with('.');
        if (it->is_directory(code)) {
            if (hidden) {
                it.disable_recursion_pending();
            }
        } else if (!hidden && it->is_regular_file(code)) {
            files.push_back(it->path());
        }
    }
    if (code) {
        return io_error("list", folder, code.value());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Result<FileLock> FileLock::acquire(const Path& path, Kind kind, int milliseconds_max) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return io_error("open", path, errno);
    }
    FileLock lock(descriptor);
    const int operation = (kind == Kind::kShared ? LOCK_SH : LOCK_EX) | LOCK_NB;
    for (int waited = 0;; waited += 20) {
        if (::flock(descriptor, operation) == 0) {
            return lock;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return io_error("lock", path, errno);
        }
        if (waited >= milliseconds_max) {
            return system_error("system.locked", "another process holds the lock")
                .at({.file = path.string()})
                .with_remedy("wait until it has finished and run the command again");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}
FileLock::~FileLock() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

} // namespace florin::base
