#include "cli/ingested.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "cli/watching.hpp"

#include "app/ingest_bills.hpp"

namespace florin::cli {

base::Result<int> run_ingest(Session& session, const IngestCommand& command) {
    if (command.watch) {
        return run_watch(session, command);
    }
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const auto received, [&]() -> base::Result<std::optional<period::Instant>> {
        if (command.received.empty()) {
            return std::optional<period::Instant>();
        }
        FLORIN_TRY_ASSIGN(const period::ParsedInstant parsed, parse_time_option("--received", command.received));
        return std::optional(parsed.instant);
    }());
    ProgressBar bar(session.terminal(), !session.quiet());
    app::IngestRequest request;
    request.paths = command.paths;
    request.source = command.source;
    request.constants = command.constants;
    request.received_at = received;
    request.strict = command.strict;
    request.dry_run = command.dry_run;
    if (!command.quarantine.empty()) {
        request.quarantine = command.quarantine;
    }
    request.progress = [&bar](const app::IngestProgress& progress) { bar.show(progress); };
    request.running = Session::interruptible();
    const auto report = app::ingest_bills(workspace, request);
    bar.clear();
    if (!report.ok()) {
        return report.error();
    }
    report::TextPage page(session.terminal().width, session.terminal().has_colour);
    show_ingested(
        *report,
        {.quarantine = command.quarantine, .with_findings = command.verbose || command.dry_run, .only_new = false},
        page);
    session.terminal().out << page.take();
    for (const std::string& passed : report->passed_over) {
        session.say("passed over " + passed);
    }
    for (const std::string& remark : report->remarks) {
        session.say(remark);
    }
    return 0;
}

} // namespace florin::cli
