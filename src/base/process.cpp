#include "base/process.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace florin::base {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kGrace{5}; ///< between asking and killing

Error process_error(std::string_view action, int number) {
    return system_error("system.process", fmt::format("cannot {}: {}", action, std::strerror(number)));
}

/// What the program is started with, given back when it goes.
class SpawnSettings {
public:
    SpawnSettings() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    void set(const Path& folder, int output) {
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
        if (!folder.empty()) {
            ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
        }
        // What this process ignores or holds back, the program must not inherit.
        sigset_t signals;
        sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) {
            sigaddset(&signals, signal);
        }
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    }

    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// One running program and the pipe that it writes into.
class Running {
public:
    Running(pid_t process, int pipe, const ProcessRequest& request)
        : process_(process), pipe_(pipe), request_(request) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { close_pipe(); }

    ProcessEnd finish() {
        const Steady::time_point deadline = Steady::now() + request_.time_max;
        std::optional<ProcessEnd::How> ended_here;
        Steady::time_point kill_at{};
        for (;;) {
            read_some(kLook);
            int status = 0;
            const pid_t waited = ::waitpid(process_, &status, WNOHANG);
            if (waited == process_ || (waited < 0 && errno != EINTR)) {
                while (read_some(std::chrono::milliseconds(0))) {
                }
                const bool by_signal = WIFSIGNALED(status);
                return {ended_here.value_or(by_signal ? ProcessEnd::How::kSignal : ProcessEnd::How::kExited),
                        by_signal ? WTERMSIG(status) : WEXITSTATUS(status)};
            }
            const Steady::time_point now = Steady::now();
            if (ended_here) {
                if (now >= kill_at) {
                    ::kill(-process_, SIGKILL);
                }
            } else if (now >= deadline || (request_.should_end && request_.should_end())) {
                ended_here = now >= deadline ? ProcessEnd::How::kTimedOut : ProcessEnd::How::kStopped;
                kill_at = now + kGrace;
                ::kill(-process_, SIGTERM);
            }
        }
    }

private:
    /// Waits for output and passes on a piece of it; whether there was one.
    bool read_some(std::chrono::milliseconds wait) {
        pollfd readable{.fd = pipe_, .events = POLLIN, .revents = 0};
        if (::poll(&readable, pipe_ < 0 ? 0 : 1, static_cast<int>(wait.count())) <= 0) {
            return false;
        }
        std::array<char, 16 * 1024> piece{};
        const ssize_t count = ::read(pipe_, piece.data(), piece.size());
        if (count <= 0) {
            if (count == 0 || errno != EINTR) {
                close_pipe();
            }
            return false;
        }
        if (request_.output) {
            request_.output({piece.data(), static_cast<std::size_t>(count)});
        }
        return true;
    }

    void close_pipe() {
        if (pipe_ >= 0) {
            ::close(std::exchange(pipe_, -1));
        }
    }

    pid_t process_;
    int pipe_;
    const ProcessRequest& request_;
};

} // namespace

Result<ProcessEnd> run_process(const ProcessRequest& request) {
    FLORIN_CHECK(!request.arguments.empty(), "a program has a name");
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return process_error("make a pipe", errno);
    }
    SpawnSettings settings;
    settings.set(request.folder, pipe[1]);
    std::vector<std::string> words = request.arguments;
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t process = 0;
    const int failed = ::posix_spawnp(&process, arguments.front(), settings.actions(), settings.attributes(),
                                      arguments.data(), environ);
    ::close(pipe[1]);
    if (failed != 0) {
        ::close(pipe[0]);
        std::error_code code;
        if (failed == ENOENT && (request.folder.empty() || std::filesystem::is_directory(request.folder, code))) {
            return user_error("process.not_found", fmt::format("there is no program {}", request.arguments.front()))
                .with_remedy("install it, or name it by its whole path");
        }
        return process_error("start " + request.arguments.front(), failed);
    }
    return Running(process, pipe[0], request).finish();
}

} // namespace florin::base
