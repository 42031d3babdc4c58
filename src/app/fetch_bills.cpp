#include "app/fetch_bills.hpp"

#include "base/process.hpp"
#include "period/duration.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::app {
namespace {

base::Path state_file(Workspace& workspace, const Feed& feed, const char* ending) {
    return workspace.lake().folder() / kFeedsFolder / (feed.name + ending);
}

base::Result<void> judge(const base::ProcessEnd& end, const Feed& feed) {
    const std::string what = fmt::format("feed {}: the command {}", feed.name, feed.command.front());
    switch (end.how) {
    case base::ProcessEnd::How::kTimedOut:
        return base::system_error("feed.timeout", fmt::format("{} did not end within {}", what,
                                                              period::describe_duration(feed.timeout)))
            .with_remedy("raise `timeout` if it needs longer; what it brought is taken in after a run that ends well");
    case base::ProcessEnd::How::kStopped: return base::system_error("feed.stopped", what + " was stopped");
    case base::ProcessEnd::How::kSignal:
        return base::system_error("feed.failed", fmt::format("{} was ended by signal {}", what, end.number));
    case base::ProcessEnd::How::kExited: break;
    }
    if (end.number != 0) {
        return base::system_error("feed.failed", fmt::format("{} ended with exit status {}", what, end.number))
            .with_remedy("see what it wrote; what it brought is taken in after a run that ends well");
    }
    return {};
}

} // namespace

std::optional<period::Instant> last_fetch(Workspace& workspace, const Feed& feed) {
    const auto text = base::read_file(state_file(workspace, feed, ".fetched"));
    if (!text.ok()) {
        return std::nullopt;
    }
    const auto parsed = period::parse_instant(text->substr(0, text->find('\n')));
    return parsed.ok() ? std::optional(parsed->instant) : std::nullopt;
}

period::Instant next_fetch(Workspace& workspace, const Feed& feed) {
    const auto last = last_fetch(workspace, feed);
    return last && feed.every ? std::max(workspace.now(), *last + *feed.every - *feed.every / 20) : workspace.now();
}

base::Result<WatchReport> fetch_bills(Workspace& workspace, const Feed& feed, const FetchTalk& talk) {
    FLORIN_TRY(base::make_folders(state_file(workspace, feed, "").parent_path()));
    const auto lock =
        base::FileLock::acquire(state_file(workspace, feed, ".lock"), base::FileLock::Kind::kExclusive, 0);
    if (!lock.ok() && lock.error().code == "system.locked") {
        return base::conflict_error("feed.running", fmt::format("another process fetches the feed {}", feed.name))
            .with_remedy("wait until it has finished");
    }
    if (!lock.ok()) {
        return lock.error();
    }
    FLORIN_TRY(base::make_folders(feed.into));
    const period::Instant began = workspace.now();
    FLORIN_TRY_ASSIGN(const base::ProcessEnd end, base::run_process({.arguments = feed.command,
                                                                     .folder = workspace.folder(),
                                                                     .time_max = feed.timeout,
                                                                     .output = talk.output,
                                                                     .should_end = talk.should_end}));
    FLORIN_TRY(judge(end, feed));
    // The command has ended: nobody writes there any more.
    const base::Path below = feed.into.lexically_proximate(std::filesystem::current_path());
    FolderWatch watch({.folder = below.native().starts_with("..") ? feed.into : below, // as people would name it
                       .settle = {},
                       .source = feed.source,
                       .strict = false,
                       .progress = talk.progress,
                       .running = talk.running});
    FLORIN_TRY_ASSIGN(WatchReport report, watch.look(workspace, Settling::Time::clock::now()));
    const bool failed = std::ranges::any_of(
        report.obstacles, [](const Obstacle& obstacle) { return obstacle.kind == Obstacle::Kind::kFailed; });
    if (!failed) {
        FLORIN_TRY(
            base::write_file_atomically(state_file(workspace, feed, ".fetched"), period::to_string(began) + "\n"));
    }
    return report;
}

} // namespace florin::app
