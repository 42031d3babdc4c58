// What a folder would look like after a power cut: the content and the names that were synced, nothing else.
#pragma once

#include <sys/types.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace florin::faults {

/// `path` without empty, `.` and `..` parts; a path from the root.
std::string normal_path(const std::string& path);

/// Follows the changes below one folder. The strictest reading of POSIX: content lasts once its file is
/// synced, a name or its removal once its folder is. What was there before the first change counts as synced.
/// Not thread safe. Meant for small files: it keeps their content.
class Ledger {
public:
    /// Removed files are kept beside the root, in a folder with `.kept` at the end of its name.
    explicit Ledger(std::string root) : kept_folder_(std::move(root) + ".kept") {}

    /// Before a file that may exist is changed or emptied.
    void will_change(const std::string& path);
    /// After a file that did not exist was opened and so made.
    void made_file(int descriptor, const std::string& path);
    void made_link(const std::string& path);
    void made_folder(const std::string& path);
    void removed_folder(const std::string& path);
    /// Before a name goes, by removal or because another takes its place: keeps the file. Returns where,
    /// empty if there is none.
    std::string keep(const std::string& path);
    void removed_file(const std::string& path, const std::string& kept);
    void renamed(const std::string& from, const std::string& to, const std::string& kept);
    /// After a file or folder was synced.
    void synced(int descriptor);

    /// Puts the folder into the state that the disk would have.
    void drop_unsynced();

private:
    using Inode = std::pair<dev_t, ino_t>;
    struct Content {
        int descriptor = -1; // ours, so that the inode is not given to another file
        std::string synced;
    };
    enum class Kind { kMadeFile, kMadeFolder, kRemovedFile, kRemovedFolder, kRenamed };
    struct Change {
        Kind kind;
        std::string from;         // the name that was there before, or the only one
        std::string to;           // renamed: the new name
        std::string kept;         // what was at the name that went
        std::set<Inode> unsynced; // folders whose sync it waits for
    };

    void note(Change change);
    void undo(const Change& change, const std::vector<std::pair<std::string, std::string>>& later_renames) const;

    std::string kept_folder_;
    int kept_count_ = 0;
    std::map<Inode, Content> contents_;
    std::vector<Change> changes_;
};

} // namespace florin::faults
