#include "cli/watching.hpp"

#include "cli/ingested.hpp"
#include "cli/progress.hpp"
#include "period/duration.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace florin::cli {
namespace {

using std::chrono::milliseconds;

base::Result<milliseconds> parse_duration_option(const std::string& option, const std::string& text) {
    const auto parsed = period::parse_duration(text);
    if (!parsed.ok()) {
        base::Error error = parsed.error();
        error.code = "usage";
        error.message = fmt::format("{}: {}", option, error.message);
        return error;
    }
    return milliseconds(*parsed);
}

/// Until the time is over or the command is asked to end.
void wait(milliseconds length) {
    const auto until = std::chrono::steady_clock::now() + length;
    while (!Session::asked_to_end() && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::min(milliseconds(100), length));
    }
}

base::Result<std::vector<app::FolderWatch>> watches_of(const IngestCommand& command, milliseconds settle,
                                                       ProgressBar& bar) {
    std::vector<app::FolderWatch> watches;
    for (const std::string& path : command.paths) {
        std::error_code code;
        if (!std::filesystem::is_directory(path, code)) {
            return base::user_error("usage", fmt::format("--watch: {} is no folder", path));
        }
        watches.emplace_back(app::WatchRequest{.folder = path,
                                               .settle = settle,
                                               .source = command.source,
                                               .strict = command.strict,
                                               .progress = [&bar](const app::IngestProgress& at) { bar.show(at); },
                                               .running = Session::interruptible()});
    }
    return watches;
}

} // namespace

int show_looked(Session& session, const app::WatchReport& report, bool with_findings) {
    report::TextPage page(session.terminal().width, session.terminal().has_colour);
    for (const app::IngestReport& taken : report.taken) {
        show_ingested(taken, {.quarantine = {}, .with_findings = with_findings, .only_new = true}, page);
    }
    session.terminal().out << page.take() << std::flush;
    for (const app::IngestReport& taken : report.taken) {
        for (const std::string& remark : taken.remarks) {
            session.say(remark);
        }
    }
    int worst = 0;
    for (const app::Obstacle& obstacle : report.obstacles) {
        if (obstacle.kind == app::Obstacle::Kind::kWaits) {
            session.say(fmt::format("{} waits: {}", report::terminal_text(obstacle.folder.string()),
                                    report::terminal_text(obstacle.error.message)));
        } else {
            worst = std::max(worst, session.show(obstacle.error));
        }
    }
    return worst;
}

base::Result<void> say_late(Session& session, app::Workspace& workspace, std::set<std::string>& told) {
    FLORIN_TRY_ASSIGN(const auto all, workspace.lake().catalog().deliveries(lake::Detail::kWithoutProfiles));
    std::set<std::string> late;
    for (const app::DeliveryRhythm& rhythm : app::delivery_rhythms(all)) {
        if (!rhythm.is_late(workspace.now())) {
            continue;
        }
        const std::string feed =
            report::terminal_text(fmt::format("{} of {}", rhythm.source, rhythm.billing_accounts.front()));
        late.insert(feed);
        if (!told.contains(feed)) {
            session.say(fmt::format("late: {}: {}", feed, app::describe_late(rhythm, workspace.now())));
        }
    }
    told = std::move(late);
    return {};
}

base::Result<int> run_watch(Session& session, const IngestCommand& command) {
    FLORIN_TRY_ASSIGN(const milliseconds every, parse_duration_option("--every", command.every));
    FLORIN_TRY_ASSIGN(const milliseconds settle, parse_duration_option("--settle", command.settle));
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    ProgressBar bar(session.terminal(), !session.quiet());
    FLORIN_TRY_ASSIGN(std::vector<app::FolderWatch> watches, watches_of(command, settle, bar));
    Session::end_when_asked();
    const int looks = command.once ? (settle.count() > 0 ? 2 : 1) : 0;
    int worst = 0;
    std::set<std::string> late;
    std::string failure;
    for (int look = 1; !Session::asked_to_end(); ++look) {
        for (app::FolderWatch& watch : watches) {
            const auto report = watch.look(workspace, std::chrono::steady_clock::now());
            bar.clear();
            if (report.ok()) {
                worst = std::max(worst, show_looked(session, *report, command.verbose));
                if (look == looks && report->unsettled_folders > 0) {
                    session.say(fmt::format("{} {} still being written to", report->unsettled_folders,
                                            report->unsettled_folders == 1 ? "folder is" : "folders are"));
                }
            } else if (report.error().blame != base::Blame::kSystem || report.error().code == "engine.interrupted") {
                return report.error();
            } else if (const std::string text = report.error().describe(); std::exchange(failure, text) != text) {
                worst = std::max(worst, session.show(report.error()));
            }
        }
        FLORIN_TRY(say_late(session, workspace, late));
        if (look == looks) {
            return worst;
        }
        wait(command.once ? settle : every);
    }
    session.say("asked to end: what had settled is in");
    return 0;
}

} // namespace florin::cli
