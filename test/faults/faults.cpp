// Preloaded into a program (LD_PRELOAD), makes one chosen file-system call below a folder go wrong: it fails,
// the process dies there, or the power does. Reaches the calls of DuckDB and SQLite as well as our own.
//
//   FLORIN_FAULTS_ROOT   the folder, as a real path without a slash at the end; calls elsewhere are let through
//   FLORIN_FAULTS_AT     which of the counted calls, from 1; 0 for none
//   FLORIN_FAULTS_MODE   error  that call fails
//                        full   that call and every later one that needs space fail
//                        kill   the process ends before that call, halfway through it if it is a write
//                        power  as kill, and what was not synced is undone; also when the process ends by itself
//   FLORIN_FAULTS_ERRNO  the number that `error` and `full` fail with
//   FLORIN_FAULTS_LOG    a file outside of the root that gets one line: calls counted, what was hit
//
// A call counts if it changes something: opening to write, writing, truncating, syncing, renaming, linking,
// removing, making folders, and closing what was open for writing. Not seen: what stdio writes by itself, and
// writes through a memory map (SQLite's shared index, which it rebuilds).
#include "ledger.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/fs.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>

namespace {

using florin::faults::Ledger;

thread_local bool inside = false;

/// While one lives, this thread's calls are our own and let through.
class Inside {
public:
    Inside() { inside = true; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { inside = false; }
};

std::string from_environment(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? std::string() : std::string(text);
}

struct State {
    const std::string root = from_environment("FLORIN_FAULTS_ROOT");
    const std::string mode = from_environment("FLORIN_FAULTS_MODE");
    const std::string log = from_environment("FLORIN_FAULTS_LOG");
    const long at = std::atol(from_environment("FLORIN_FAULTS_AT").c_str());
    const int number = std::atoi(from_environment("FLORIN_FAULTS_ERRNO").c_str());
    const bool power = mode == "power";
    const bool ends = power || mode == "kill";
    std::mutex mutex; // held during each counted call
    long count = 0;
    std::string hit = "nothing";
    bool finished = false;
    Ledger ledger{root};
};

/// Never destroyed: other libraries still write while the process ends.
State& state() {
    static State* const instance = new State;
    return *instance;
}

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}
#define REAL(name) static auto* const real = next<decltype(::name)>(#name)

/// The path behind a descriptor; empty for what has none.
std::string path_of(int descriptor) {
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
    return length <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

std::string absolute(int folder, const char* path) {
    if (path[0] == '/') {
        return florin::faults::normal_path(path);
    }
    std::array<char, PATH_MAX> working{};
    const std::string base = folder != AT_FDCWD                                    ? path_of(folder)
                             : ::getcwd(working.data(), working.size()) != nullptr ? working.data()
                                                                                   : "";
    return florin::faults::normal_path(base + "/" + path);
}

bool below_root(const std::string& path) {
    const std::string& root = state().root;
    return !root.empty() && path.compare(0, root.size(), root) == 0 &&
           (path.size() == root.size() || path[root.size()] == '/');
}

/// Once, at the end of the process, whichever way it comes.
void finish() {
    State& now = state();
    if (now.finished) {
        return;
    }
    now.finished = true;
    if (now.power) {
        now.ledger.drop_unsynced();
    }
    if (!now.log.empty()) {
        if (FILE* file = std::fopen(now.log.c_str(), "w")) {
            std::fprintf(file, "%ld %s\n", now.count, now.hit.c_str());
            std::fclose(file);
        }
    }
}

[[noreturn]] void die() {
    finish();
    ::kill(::getpid(), SIGKILL);
    while (true) {
        ::pause();
    }
}

struct Call {
    const char* name;
    std::string path;
    bool needs_space = false;
    bool acts_although_failed = false; // close: the descriptor is gone all the same
};

/// Does one counted call with `act`, or makes it go wrong. `halfway` is what a kill leaves of it. `record` is
/// given the result where the call succeeded. The mutex is held.
template <class Act, class Halfway, class Record>
auto counted(const Call& call, Act act, Halfway halfway, Record record) -> decltype(act()) {
    State& now = state();
    const bool due = ++now.count == now.at;
    if (due) {
        now.hit = std::string(call.name) + " " + call.path;
        if (now.ends) {
            halfway();
            die();
        }
    }
    const bool still_full = now.mode == "full" && now.at > 0 && now.count > now.at && call.needs_space;
    if (due || still_full) {
        if (call.acts_although_failed) {
            act();
        }
        errno = now.number;
        return static_cast<decltype(act())>(-1);
    }
    const auto result = act();
    if (result >= 0) {
        const int number = errno;
        record(result);
        errno = number;
    }
    return result;
}

constexpr auto kNothing = [](auto&&...) {};

/// Runs `counted_call(path)` under the mutex where the path is below the root, else `act()`.
template <class Act, class CountedCall>
auto where_watched(const std::string& path, Act act, CountedCall counted_call) -> decltype(act()) {
    if (!below_root(path)) {
        return act();
    }
    const std::lock_guard lock(state().mutex);
    return state().finished ? act() : counted_call();
}

template <class Act>
int watched_open(int folder, const char* name, int flags, Act act) {
    if (inside || name == nullptr) {
        return act();
    }
    const Inside guard;
    if ((flags & O_ACCMODE) == O_RDONLY && (flags & (O_CREAT | O_TRUNC)) == 0) {
        return act();
    }
    const std::string path = absolute(folder, name);
    return where_watched(path, act, [&] {
        struct stat status{};
        const bool exists = ::stat(path.c_str(), &status) == 0;
        return counted(
            {.name = "open", .path = path, .needs_space = !exists},
            [&] {
                state().ledger.will_change(path);
                return act();
            },
            kNothing,
            [&](int descriptor) {
                if (!exists) {
                    state().ledger.made_file(descriptor, path);
                }
            });
    });
}

/// For calls on a descriptor: `halfway` is what a kill leaves done.
template <class Act, class Halfway, class Record>
auto watched_descriptor(const char* name, int descriptor, bool needs_space, Act act, Halfway halfway, Record record)
    -> decltype(act()) {
    if (inside) {
        return act();
    }
    const Inside guard;
    const int number = errno;
    const std::string path = path_of(descriptor);
    errno = number;
    return where_watched(path, act, [&] {
        return counted({.name = name, .path = path, .needs_space = needs_space}, act, halfway, record);
    });
}

template <class Act>
int watched_rename(int from_folder, const char* from, int to_folder, const char* to, Act act) {
    if (inside) {
        return act();
    }
    const Inside guard;
    const std::string source = absolute(from_folder, from);
    const std::string target = absolute(to_folder, to);
    return where_watched(target, act, [&] {
        std::string kept;
        return counted(
            {.name = "rename", .path = target},
            [&] {
                kept = state().ledger.keep(target);
                return act();
            },
            kNothing, [&](int) { state().ledger.renamed(source, target, kept); });
    });
}

template <class Act>
int watched_link(int folder, const char* name, Act act) {
    if (inside) {
        return act();
    }
    const Inside guard;
    const std::string path = absolute(folder, name);
    return where_watched(path, act, [&] {
        return counted({.name = "link", .path = path, .needs_space = true}, act, kNothing,
                       [&](int) { state().ledger.made_link(path); });
    });
}

template <class Act>
int watched_mkdir(int folder, const char* name, Act act) {
    if (inside) {
        return act();
    }
    const Inside guard;
    const std::string path = absolute(folder, name);
    return where_watched(path, act, [&] {
        return counted({.name = "mkdir", .path = path, .needs_space = true}, act, kNothing,
                       [&](int) { state().ledger.made_folder(path); });
    });
}

template <class Act>
int watched_remove(int folder, const char* name, Act act) {
    if (inside) {
        return act();
    }
    const Inside guard;
    const std::string path = absolute(folder, name);
    return where_watched(path, act, [&] {
        struct stat status{};
        const bool is_folder = ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
        std::string kept;
        return counted(
            {.name = "remove", .path = path},
            [&] {
                kept = state().ledger.keep(path);
                return act();
            },
            kNothing,
            [&](int) {
                if (is_folder) {
                    state().ledger.removed_folder(path);
                } else {
                    state().ledger.removed_file(path, kept);
                }
            });
    });
}

template <class Act>
int watched_truncate(const char* name, Act act) {
    if (inside) {
        return act();
    }
    const Inside guard;
    const std::string path = absolute(AT_FDCWD, name);
    return where_watched(path, act, [&] {
        return counted(
            {.name = "truncate", .path = path},
            [&] {
                state().ledger.will_change(path);
                return act();
            },
            kNothing, kNothing);
    });
}

template <class Act>
int watched_sync(const char* name, int descriptor, Act act) {
    return watched_descriptor(name, descriptor, false, act, kNothing, [&](int) { state().ledger.synced(descriptor); });
}

template <class Act>
FILE* watched_fopen(const char* name, const char* mode, Act act) {
    if (inside || std::strpbrk(mode, "wa+") == nullptr) {
        return act();
    }
    FILE* file = nullptr;
    const int flags = O_RDWR | O_CREAT | (mode[0] == 'w' ? O_TRUNC : 0);
    const int result = watched_open(AT_FDCWD, name, flags, [&] {
        file = act();
        return file == nullptr ? -1 : ::fileno(file);
    });
    return result < 0 ? nullptr : file;
}

mode_t mode_argument(int flags, va_list list) {
    return (flags & (O_CREAT | O_TMPFILE)) == 0 ? 0U : va_arg(list, mode_t);
}

__attribute__((destructor)) void at_end() {
    const Inside guard;
    finish();
}

} // namespace

// The definitions below are found by the linker before the C library's own.
extern "C" {

#define FLORIN_OPEN(name)                                                                    \
    int name(const char* path, int flags, ...) {                                             \
        REAL(name);                                                                          \
        va_list list;                                                                        \
        va_start(list, flags);                                                               \
        const mode_t mode = mode_argument(flags, list);                                      \
        va_end(list);                                                                        \
        return watched_open(AT_FDCWD, path, flags, [&] { return real(path, flags, mode); }); \
    }
FLORIN_OPEN(open)
FLORIN_OPEN(open64)

#define FLORIN_OPENAT(name)                                                                        \
    int name(int folder, const char* path, int flags, ...) {                                       \
        REAL(name);                                                                                \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        const mode_t mode = mode_argument(flags, list);                                            \
        va_end(list);                                                                              \
        return watched_open(folder, path, flags, [&] { return real(folder, path, flags, mode); }); \
    }
FLORIN_OPENAT(openat)
FLORIN_OPENAT(openat64)

// What open is called by sources built with _FORTIFY_SOURCE.
int __open_2(const char* path, int flags) {
    return open(path, flags);
}
int __open64_2(const char* path, int flags) {
    return open64(path, flags);
}

int creat(const char* path, mode_t mode) {
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char* path, mode_t mode) {
    return open64(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

FILE* fopen(const char* path, const char* mode) {
    REAL(fopen);
    return watched_fopen(path, mode, [&] { return real(path, mode); });
}
FILE* fopen64(const char* path, const char* mode) {
    REAL(fopen64);
    return watched_fopen(path, mode, [&] { return real(path, mode); });
}

ssize_t write(int descriptor, const void* data, size_t size) {
    REAL(write);
    return watched_descriptor(
        "write", descriptor, true, [&] { return real(descriptor, data, size); },
        [&] { return real(descriptor, data, size / 2); }, kNothing);
}

#define FLORIN_PWRITE(name)                                                            \
    ssize_t name(int descriptor, const void* data, size_t size, off_t at) {            \
        REAL(name);                                                                    \
        return watched_descriptor(                                                     \
            #name, descriptor, true, [&] { return real(descriptor, data, size, at); }, \
            [&] { return real(descriptor, data, size / 2, at); }, kNothing);           \
    }
FLORIN_PWRITE(pwrite)
FLORIN_PWRITE(pwrite64)

ssize_t writev(int descriptor, const iovec* parts, int count) {
    REAL(writev);
    return watched_descriptor(
        "writev", descriptor, true, [&] { return real(descriptor, parts, count); },
        [&] { return real(descriptor, parts, count / 2); }, kNothing);
}

ssize_t sendfile(int to, int from, off_t* at, size_t size) noexcept {
    REAL(sendfile);
    return watched_descriptor("sendfile", to, true, [&] { return real(to, from, at, size); }, kNothing, kNothing);
}
ssize_t sendfile64(int to, int from, off64_t* at, size_t size) noexcept {
    REAL(sendfile64);
    return watched_descriptor("sendfile", to, true, [&] { return real(to, from, at, size); }, kNothing, kNothing);
}
ssize_t copy_file_range(int from, off64_t* from_at, int to, off64_t* to_at, size_t size, unsigned flags) {
    REAL(copy_file_range);
    return watched_descriptor(
        "copy_file_range", to, true, [&] { return real(from, from_at, to, to_at, size, flags); }, kNothing, kNothing);
}
int ioctl(int descriptor, unsigned long request, ...) noexcept {
    REAL(ioctl);
    va_list list;
    va_start(list, request);
    void* const argument = va_arg(list, void*);
    va_end(list);
    const auto act = [&] { return real(descriptor, request, argument); };
    return request == FICLONE ? watched_descriptor("clone", descriptor, true, act, kNothing, kNothing) : act();
}

int fallocate(int descriptor, int mode, off_t at, off_t size) {
    REAL(fallocate);
    return watched_descriptor(
        "fallocate", descriptor, true, [&] { return real(descriptor, mode, at, size); }, kNothing, kNothing);
}
int ftruncate(int descriptor, off_t size) noexcept {
    REAL(ftruncate);
    return watched_descriptor(
        "ftruncate", descriptor, false, [&] { return real(descriptor, size); }, kNothing, kNothing);
}
int ftruncate64(int descriptor, off64_t size) noexcept {
    REAL(ftruncate64);
    return watched_descriptor(
        "ftruncate", descriptor, false, [&] { return real(descriptor, size); }, kNothing, kNothing);
}
int truncate(const char* path, off_t size) noexcept {
    REAL(truncate);
    return watched_truncate(path, [&] { return real(path, size); });
}
int truncate64(const char* path, off64_t size) noexcept {
    REAL(truncate64);
    return watched_truncate(path, [&] { return real(path, size); });
}

int fsync(int descriptor) {
    REAL(fsync);
    return watched_sync("fsync", descriptor, [&] { return real(descriptor); });
}
int fdatasync(int descriptor) {
    REAL(fdatasync);
    return watched_sync("fdatasync", descriptor, [&] { return real(descriptor); });
}

int rename(const char* from, const char* to) noexcept {
    REAL(rename);
    return watched_rename(AT_FDCWD, from, AT_FDCWD, to, [&] { return real(from, to); });
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
    REAL(renameat);
    return watched_rename(from_folder, from, to_folder, to, [&] { return real(from_folder, from, to_folder, to); });
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
    REAL(renameat2);
    return watched_rename(from_folder, from, to_folder, to,
                          [&] { return real(from_folder, from, to_folder, to, flags); });
}

int link(const char* from, const char* to) noexcept {
    REAL(link);
    return watched_link(AT_FDCWD, to, [&] { return real(from, to); });
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
    REAL(linkat);
    return watched_link(to_folder, to, [&] { return real(from_folder, from, to_folder, to, flags); });
}
int symlink(const char* from, const char* to) noexcept {
    REAL(symlink);
    return watched_link(AT_FDCWD, to, [&] { return real(from, to); });
}

int mkdir(const char* path, mode_t mode) noexcept {
    REAL(mkdir);
    return watched_mkdir(AT_FDCWD, path, [&] { return real(path, mode); });
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
    REAL(mkdirat);
    return watched_mkdir(folder, path, [&] { return real(folder, path, mode); });
}

int unlink(const char* path) noexcept {
    REAL(unlink);
    return watched_remove(AT_FDCWD, path, [&] { return real(path); });
}
int unlinkat(int folder, const char* path, int flags) noexcept {
    REAL(unlinkat);
    return watched_remove(folder, path, [&] { return real(folder, path, flags); });
}
int rmdir(const char* path) noexcept {
    REAL(rmdir);
    return watched_remove(AT_FDCWD, path, [&] { return real(path); });
}
int remove(const char* path) noexcept {
    REAL(remove);
    return watched_remove(AT_FDCWD, path, [&] { return real(path); });
}

int close(int descriptor) {
    REAL(close);
    const auto act = [&] { return real(descriptor); };
    if (inside) {
        return act();
    }
    const Inside guard;
    const int flags = ::fcntl(descriptor, F_GETFL);
    const std::string path = flags < 0 || (flags & O_ACCMODE) == O_RDONLY ? std::string() : path_of(descriptor);
    return where_watched(path, act, [&] {
        return counted({.name = "close", .path = path, .acts_although_failed = true}, act, kNothing, kNothing);
    });
}

// The ways out that run no destructors.
void _exit(int code) {
    REAL(_exit);
    at_end();
    real(code);
    __builtin_unreachable();
}
void _Exit(int code) noexcept {
    _exit(code);
}
void quick_exit(int code) noexcept {
    _exit(code);
}

} // extern "C"
