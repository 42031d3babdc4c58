#include "ledger.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>
#include <system_error>

namespace florin::faults {
namespace fs = std::filesystem;
namespace {

std::string parent_of(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 1U << 16U> buffer{};
    while (true) {
        const ssize_t got = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
        if (got <= 0) {
            return text;
        }
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

void write_all(int descriptor, const std::string& text) {
    if (::ftruncate(descriptor, 0) != 0) {
        return;
    }
    std::size_t at = 0;
    while (at < text.size()) {
        const ssize_t done = ::pwrite(descriptor, text.data() + at, text.size() - at, static_cast<off_t>(at));
        if (done <= 0) {
            return;
        }
        at += static_cast<std::size_t>(done);
    }
}

/// Where `path` is after the renames that came after it and last.
std::string now_at(std::string path, const std::vector<std::pair<std::string, std::string>>& later_renames) {
    for (const auto& [from, to] : later_renames) {
        if (path == from) {
            path = to;
        } else if (path.compare(0, from.size() + 1, from + "/") == 0) {
            path = to + path.substr(from.size());
        }
    }
    return path;
}

} // namespace

std::string normal_path(const std::string& path) {
    std::string text = fs::path(path).lexically_normal().string();
    if (text.size() > 1 && text.back() == '/') {
        text.pop_back();
    }
    return text;
}

void Ledger::will_change(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        contents_.contains({status.st_dev, status.st_ino})) {
        return;
    }
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor >= 0) {
        contents_[{status.st_dev, status.st_ino}] = {descriptor, read_all(descriptor)};
    }
}

void Ledger::made_file(int descriptor, const std::string& path) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) {
        return;
    }
    const int own = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (own >= 0) {
        contents_[{status.st_dev, status.st_ino}] = {own, ""};
    }
    made_link(path);
}

void Ledger::made_link(const std::string& path) {
    note({.kind = Kind::kMadeFile, .from = path, .to = "", .kept = "", .unsynced = {}});
}

void Ledger::made_folder(const std::string& path) {
    note({.kind = Kind::kMadeFolder, .from = path, .to = "", .kept = "", .unsynced = {}});
}

void Ledger::removed_folder(const std::string& path) {
    note({.kind = Kind::kRemovedFolder, .from = path, .to = "", .kept = "", .unsynced = {}});
}

std::string Ledger::keep(const std::string& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) {
        return "";
    }
    will_change(path);
    std::error_code ignored;
    fs::create_directories(kept_folder_, ignored);
    std::string kept = kept_folder_ + "/" + std::to_string(kept_count_++);
    return ::link(path.c_str(), kept.c_str()) == 0 ? kept : "";
}

void Ledger::removed_file(const std::string& path, const std::string& kept) {
    note({.kind = Kind::kRemovedFile, .from = path, .to = "", .kept = kept, .unsynced = {}});
}

void Ledger::renamed(const std::string& from, const std::string& to, const std::string& kept) {
    note({.kind = Kind::kRenamed, .from = from, .to = to, .kept = kept, .unsynced = {}});
}

void Ledger::note(Change change) {
    for (const std::string& path : {change.from, change.to}) {
        struct stat status{};
        if (!path.empty() && ::stat(parent_of(path).c_str(), &status) == 0) {
            change.unsynced.insert({status.st_dev, status.st_ino});
        }
    }
    changes_.push_back(std::move(change));
}

void Ledger::synced(int descriptor) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) {
        return;
    }
    const Inode inode{status.st_dev, status.st_ino};
    if (S_ISDIR(status.st_mode)) {
        for (Change& change : changes_) {
            change.unsynced.erase(inode);
        }
    } else if (const auto found = contents_.find(inode); found != contents_.end()) {
        found->second.synced = read_all(found->second.descriptor);
    }
}

void Ledger::undo(const Change& change, const std::vector<std::pair<std::string, std::string>>& later_renames) const {
    const std::string from = now_at(change.from, later_renames);
    const std::string to = now_at(change.to, later_renames);
    std::error_code ignored;
    switch (change.kind) {
    case Kind::kMadeFile:
    case Kind::kMadeFolder: fs::remove_all(from, ignored); break;
    case Kind::kRemovedFolder: fs::create_directory(from, ignored); break;
    case Kind::kRemovedFile: fs::create_hard_link(change.kept, from, ignored); break;
    case Kind::kRenamed:
        fs::rename(to, from, ignored);
        if (!change.kept.empty()) {
            fs::create_hard_link(change.kept, to, ignored);
        }
        break;
    }
}

void Ledger::drop_unsynced() {
    for (const auto& [inode, content] : contents_) {
        if (read_all(content.descriptor) != content.synced) {
            write_all(content.descriptor, content.synced);
        }
    }
    std::vector<std::pair<std::string, std::string>> later_renames;
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
        if (!change->unsynced.empty()) {
            undo(*change, later_renames);
        } else if (change->kind == Kind::kRenamed) {
            later_renames.insert(later_renames.begin(), {change->from, change->to});
        }
    }
    std::error_code ignored;
    fs::remove_all(kept_folder_, ignored);
}

} // namespace florin::faults
