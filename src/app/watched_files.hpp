// What lies in a folder that is watched, and which of it nobody writes any more.
#pragma once

#include "base/files.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <set>

namespace florin::app {

/// What tells that a file is another than before, without reading it.
struct FileState {
    std::uint64_t bytes = 0;
    std::int64_t written_ns = 0; ///< time of its last change, nanoseconds since 1970
    friend auto operator<=>(const FileState&, const FileState&) = default;
};

/// All regular files below a folder by whole path, also hidden and temporary ones, those in hidden folders aside.
using Look = std::map<base::Path, FileState>;

/// Looks at what is below `folder`, `left_out` and what is below that aside. A file that goes meanwhile is left out.
/// Links to folders are not followed. Error `watch.no_folder` (there is none, or it cannot be read).
base::Result<Look> look_at(const base::Path& folder, const base::Path& left_out);

/// Whether a file is called as programs call what they have not finished writing: hidden, `~` at either end, ending
/// in .part, .partial, .tmp, .temp, .crdownload, .download, .filepart, .inprogress or .gstmp, or a name that AWS's
/// command line gives (a dot and eight hexadecimal digits after an ending of bills).
bool is_temporary_name(const base::Path& path);

/// Remembers since when each file is as it is. One thread at a time.
class Settling {
public:
    using Time = std::chrono::steady_clock::time_point;
    /// A file has settled when two looks that lie `settle` apart found it the same; with zero at once.
    explicit Settling(std::chrono::milliseconds settle) : settle_(settle) {}

    void take(const Look& look, Time now);
    /// Folders with a file that has not settled, whatever it is called.
    std::set<base::Path> unsettled_folders() const;

private:
    struct Since {
        FileState state;
        Time first;
        Time last;
    };
    std::chrono::milliseconds settle_;
    std::map<base::Path, Since> files_;
};

} // namespace florin::app
