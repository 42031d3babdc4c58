// The use case "take in what a folder gets": new, changed and completed bills, and nothing half written.
#pragma once

#include "app/ingest_bills.hpp"
#include "app/watched_files.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace florin::app {

struct WatchRequest {
    base::Path folder;
    std::chrono::milliseconds settle{}; ///< see Settling
    std::string source;                 ///< as IngestRequest::source
    bool strict = false;                ///< as IngestRequest::strict
    std::function<void(const IngestProgress&)> progress;
    std::function<void(engine::Engine*)> running;
};

/// What kept files from coming in.
struct Obstacle {
    enum class Kind : std::uint8_t {
        kRefused, ///< a bill is wrong; it is looked at again when it or what came with it changes
        kWaits,   ///< a manifest names a part that is not there yet
        kFailed,  ///< the machine or another process was in the way; it is tried again at the next look
    };
    Kind kind = Kind::kRefused;
    base::Path folder;
    base::Error error;
};

/// What one look led to. An obstacle is told once, not at every look.
struct WatchReport {
    std::vector<IngestReport> taken; ///< one for each folder that had something new
    std::vector<Obstacle> obstacles;
    std::size_t unsettled_folders = 0; ///< somebody writes there still
};

/// Watches one folder by looking at it again and again; notifications do not reach over network shares. What is new
/// in a folder is taken in together once all files in it have settled. A file that changed is taken with those it was
/// one delivery with, and with all that a manifest names together. A file is new when the lake holds no bill with its
/// bytes; the hashes of files that stay as they are are remembered below the lake, which may forget them. One thread
/// at a time; other processes may watch the same folder or ingest from it.
class FolderWatch {
public:
    explicit FolderWatch(WatchRequest request);

    /// `now` only ever grows. Errors: of look_at(), `engine.interrupted`, bugs; all else is an obstacle.
    base::Result<WatchReport> look(Workspace& workspace, Settling::Time now);

private:
    /// What is to be taken in from one folder.
    struct Batch {
        base::Path folder;
        Look files;
        std::vector<base::Path> manifests;
        Look whole; ///< the folder's files and the manifests as they were
    };
    struct Seen {
        FileState state;
        std::string sha256;
        bool taken = false; ///< handed to an ingest that went well
    };
    class Ledger;

    void read_memory(const base::Path& file);
    base::Result<void> write_memory(const base::Path& file) const;
    base::Result<Seen*> see(const base::Path& path, FileState state);
    std::vector<base::Path> manifests_of(const base::Path& folder, const Look& look);
    const std::set<std::string>& named_in(const base::Path& json, FileState state);
    base::Result<std::vector<Batch>> batches_of(const Look& look, Workspace& workspace, WatchReport& report);
    base::Result<void> fill(Batch& batch, const Ledger& ledger, const std::set<base::Path>& held);
    base::Result<void> take(Workspace& workspace, const Batch& batch, WatchReport& report);
    void tell(Obstacle obstacle, WatchReport& report);

    WatchRequest request_;
    Settling settling_;
    std::map<base::Path, Seen> seen_;
    bool has_read_memory_ = false;
    std::map<base::Path, std::pair<FileState, std::set<std::string>>> named_; ///< by JSON file
    std::map<base::Path, Look> handled_;         ///< by folder: how it was when there was nothing left to do
    std::vector<Look> held_;                     ///< what lies behind obstacles, as it was then
    std::map<base::Path, std::string> failures_; ///< by folder: what was told of it last
};

} // namespace florin::app
