// The use case "bring the bills of a feed": run its command, take in what is new.
#pragma once

#include "app/feed.hpp"
#include "app/watch_folder.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace florin::app {

/// What a fetch tells while it runs; any may be empty.
struct FetchTalk {
    std::function<void(std::string_view)> output; ///< pieces of what the command writes
    std::function<bool()> should_end;             ///< asked while the command runs
    std::function<void(const IngestProgress&)> progress;
    std::function<void(engine::Engine*)> running;
};

/// When the feed's command last ended well and its files were looked at: when that run began. Nothing before the
/// first. It is kept below the lake.
std::optional<period::Instant> last_fetch(Workspace& workspace, const Feed& feed);

/// When the feed is due again: now for one that has no `every` or was never fetched. A twentieth of `every` is let
/// off, so that a timer with the same interval does not miss by a second.
period::Instant next_fetch(Workspace& workspace, const Feed& feed);

/// Runs the feed's command in the workspace's folder and, where it ends with 0, takes in what its folder has new.
/// The command's arguments and environment are in no message, as they may hold secrets. Errors: `feed.running`
/// (another process fetches it), `feed.failed`, `feed.timeout`, `feed.stopped`, `process.not_found`; those of
/// FolderWatch::look().
base::Result<WatchReport> fetch_bills(Workspace& workspace, const Feed& feed, const FetchTalk& talk);

} // namespace florin::app
