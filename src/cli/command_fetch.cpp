#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "cli/watching.hpp"

#include "app/fetch_bills.hpp"
#include "period/duration.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace florin::cli {
namespace {

constexpr std::size_t kKeptLinesMax = 200;

/// What a command writes, line by line, made safe to show. Quiet keeps it for the case that the command fails.
class CommandOutput {
public:
    CommandOutput(const Terminal& terminal, bool quiet) : terminal_(terminal), quiet_(quiet) {}
    void add(std::string_view piece) {
        for (const char letter : piece) {
            if (letter == '\n' || letter == '\r') { // programs draw their progress over one line
                end_line();
            } else if (line_.size() < 4096) {
                line_ += letter;
            }
        }
    }
    void end_line() {
        if (line_.empty()) {
            return;
        }
        const std::string shown = fmt::format("  {}\n", report::terminal_text(std::exchange(line_, {})));
        if (!quiet_) {
            terminal_.error << shown << std::flush;
        } else if (kept_.size() < kKeptLinesMax) {
            kept_.push_back(shown);
        }
    }
    void show_kept() {
        for (const std::string& line : std::exchange(kept_, {})) {
            terminal_.error << line;
        }
    }

private:
    const Terminal& terminal_;
    bool quiet_;
    std::string line_;
    std::vector<std::string> kept_;
};

int list_feeds(Session& session, app::Workspace& workspace, const std::vector<app::Feed>& feeds) {
    const base::Path here = std::filesystem::absolute(workspace.folder()).lexically_normal();
    report::TextTable table;
    table.columns = {{"feed", false},      {"command", false, 70}, {"into", false, 60},
                     {"every", false, 90}, {"fetched", false, 80}, {"due", false}};
    for (const app::Feed& feed : feeds) {
        const auto last = app::last_fetch(workspace, feed);
        const period::Instant next = app::next_fetch(workspace, feed);
        table.rows.push_back({{{report::terminal_text(feed.name)},
                               {report::terminal_text(feed.command.front())},
                               {report::terminal_text(feed.into.lexically_proximate(here).string())},
                               {feed.every ? period::describe_duration(*feed.every) : "call"},
                               {last ? minute_text(*last) : "never"},
                               {next <= workspace.now() ? "now" : minute_text(next)}}});
    }
    report::TextPage page(session.terminal().width, session.terminal().has_colour);
    page.table(table);
    session.terminal().out << page.take();
    return 0;
}

/// One feed; the exit code that it would end the command with.
int fetch_one(Session& session, app::Workspace& workspace, const app::Feed& feed) {
    session.say(fmt::format("fetching {} with {}", report::terminal_text(feed.name),
                            report::terminal_text(feed.command.front())));
    CommandOutput output(session.terminal(), session.quiet());
    ProgressBar bar(session.terminal(), !session.quiet());
    const auto report = app::fetch_bills(workspace, feed,
                                         {.output = [&output](std::string_view piece) { output.add(piece); },
                                          .should_end = [] { return Session::asked_to_end(); },
                                          .progress = [&bar](const app::IngestProgress& at) { bar.show(at); },
                                          .running = Session::interruptible()});
    bar.clear();
    output.end_line();
    if (!report.ok()) {
        output.show_kept();
        return session.show(report.error());
    }
    if (report->taken.empty() && report->obstacles.empty()) {
        session.say(fmt::format("{}: nothing new", report::terminal_text(feed.name)));
    }
    return show_looked(session, *report, false);
}

} // namespace

base::Result<int> run_fetch(Session& session, const FetchCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const std::vector<app::Feed> feeds, app::choose_feeds(workspace.folder(), command.names));
    if (command.list) {
        return list_feeds(session, workspace, feeds);
    }
    Session::end_when_asked();
    int worst = 0;
    for (const app::Feed& feed : feeds) {
        const period::Instant next = app::next_fetch(workspace, feed);
        if (command.names.empty() && next > workspace.now()) {
            session.say(fmt::format("{}: not due before {} UTC", report::terminal_text(feed.name), minute_text(next)));
            continue;
        }
        worst = std::max(worst, fetch_one(session, workspace, feed));
        if (Session::asked_to_end()) {
            session.say("asked to end: the feeds after this one were not fetched");
            return 130;
        }
    }
    std::set<std::string> told;
    FLORIN_TRY(say_late(session, workspace, told));
    return worst;
}

} // namespace florin::cli
