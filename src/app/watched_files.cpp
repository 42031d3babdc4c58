#include "app/watched_files.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace florin::app {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 9> kUnfinished = {
    ".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".inprogress", ".gstmp"};
constexpr std::array<std::string_view, 7> kOfBills = {".csv", ".parquet", ".jsonl", ".ndjson", ".gz", ".zst", ".zip"};

base::Error no_folder(const base::Path& folder, const std::string& why) {
    base::Error error = base::system_error("watch.no_folder", fmt::format("the folder cannot be looked at: {}", why))
                            .with_remedy("is the share mounted?");
    error.place.file = folder.string();
    return error;
}

} // namespace

base::Result<Look> look_at(const base::Path& folder, const base::Path& left_out) {
    std::error_code code;
    fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, code);
    if (code) {
        return no_folder(folder, code.message());
    }
    Look look;
    for (const fs::recursive_directory_iterator end; it != end; it.increment(code)) {
        struct stat status{};
        if (::stat(it->path().c_str(), &status) != 0) {
            continue; // it went meanwhile, or leads nowhere
        }
        if (S_ISDIR(status.st_mode) && (it->path() == left_out || it->path().filename().native().front() == '.')) {
            it.disable_recursion_pending();
        } else if (S_ISREG(status.st_mode)) {
            look[it->path()] = {static_cast<std::uint64_t>(status.st_size),
                                static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 +
                                    status.st_mtim.tv_nsec};
        }
    }
    if (code) {
        return no_folder(folder, code.message());
    }
    return look;
}

bool is_temporary_name(const base::Path& path) {
    std::string name = path.filename().string();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name.starts_with('.') || name.starts_with('~') || name.ends_with('~')) {
        return true;
    }
    const base::Path ending = base::Path(name).extension();
    if (std::ranges::find(kUnfinished, ending.string()) != kUnfinished.end()) {
        return true;
    }
    // `bill.csv.gz.1A2b3C4d` is being written by `aws s3 cp`.
    const std::string letters = ending.string().substr(ending.empty() ? 0 : 1);
    return letters.size() == 8 && letters.find_first_not_of("0123456789abcdef") == std::string::npos &&
           std::ranges::find(kOfBills, base::Path(name).stem().extension().string()) != kOfBills.end();
}

void Settling::take(const Look& look, Time now) {
    std::map<base::Path, Since> files;
    for (const auto& [path, state] : look) {
        const auto before = files_.find(path);
        const bool is_same = before != files_.end() && before->second.state == state;
        files.emplace(path, Since{state, is_same ? before->second.first : now, now});
    }
    files_ = std::move(files);
}

std::set<base::Path> Settling::unsettled_folders() const {
    std::set<base::Path> folders;
    for (const auto& [path, since] : files_) {
        if (since.last - since.first < settle_) {
            folders.insert(path.parent_path());
        }
    }
    return folders;
}

} // namespace florin::app
