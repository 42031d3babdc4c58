// Commands about the workspace as a whole: init, export, doctor, compact, report.
#include "cli/command_report.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/check_lake.hpp"
#include "app/export_focus.hpp"
#include "app/late_deliveries.hpp"
#include "app/summary.hpp"
#include "lake/compaction.hpp"
#include "report/html.hpp"
#include "report/terminal.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::cli {

base::Result<int> run_init(Session& session, const InitCommand& command) {
    FLORIN_TRY(app::initialise_workspace(command.folder, command.name));
    session.say(fmt::format("a workspace is in {}; take bills in with `florin ingest PATH`", command.folder));
    return 0;
}

base::Result<int> run_export(Session& session, const ExportCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY(check_folder_of("--out", command.out));
    app::ExportRequest request;
    FLORIN_TRY_ASSIGN(request.version, focus::parse_version(command.version));
    FLORIN_TRY_ASSIGN(request.period, parse_optional_period(command.period, workspace));
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    request.format = command.format == "parquet" ? app::ExportFormat::kParquet : app::ExportFormat::kCsv;
    request.target = command.out;
    FLORIN_TRY_ASSIGN(const app::ExportReport report, app::export_focus(workspace, request));
    session.say(fmt::format("{} charges in {}", count_text(static_cast<std::uint64_t>(report.rows)), command.out));
    if (!report.left_out.empty()) {
        session.say(
            fmt::format("FOCUS {} does not know, so left out: {}", command.version, fmt::join(report.left_out, ", ")));
    }
    return 0;
}

base::Result<int> run_doctor(Session& session, const DoctorCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const auto problems, app::check_lake(workspace, command.repair, Session::interruptible()));
    for (const lake::Problem& problem : problems) {
        const bool records = problem.code == "lake.not_hashed";
        std::string repair;
        if (problem.repaired) {
            repair = records ? " (recorded now)" : " (removed)";
        } else if (problem.repairable) {
            repair = records ? " (florin doctor --repair records them)" : " (florin doctor --repair removes it)";
        }
        session.terminal().out << fmt::format("{}: {}{}\n", problem.code, problem.what, repair);
    }
    if (problems.empty()) {
        session.say("the lake is sound");
    }
    // What was not delivered is no fault of the lake.
    FLORIN_TRY_ASSIGN(const std::vector<lake::Delivery> all, workspace.lake().deliveries());
    for (const app::DeliveryRhythm& rhythm : app::delivery_rhythms(all)) {
        if (rhythm.is_late(workspace.now())) {
            session.terminal().out << fmt::format(
                "late: {} {}: {}; see `florin deliveries late`\n", report::terminal_text(rhythm.source),
                report::terminal_text(rhythm.billing_accounts.front()), app::describe_late(rhythm, workspace.now()));
        }
    }
    return std::ranges::all_of(problems, &lake::Problem::repaired) ? 0 : 1;
}

base::Result<int> run_compact(Session& session, const CompactCommand&) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const auto engine, workspace.open_engine({}));
    FLORIN_TRY_ASSIGN(const lake::CompactionReport report,
                      lake::compact(workspace.lake(), *engine, workspace.configuration().precedence));
    session.say(fmt::format(
        "{} scopes in the files of {} billing periods: {} made now, {} there already, {} stale files removed",
        report.scopes, report.written + report.kept, report.written, report.kept, report.removed));
    return 0;
}

base::Result<int> run_report(Session& session, const ReportCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    if (command.action == ReportCommand::Action::kTags) {
        return report_tags(session, workspace, command);
    }
    FLORIN_TRY(check_folder_of("--html", command.html));
    app::SummaryRequest request;
    FLORIN_TRY_ASSIGN(request.period, parse_optional_period(command.period, workspace));
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    FLORIN_TRY_ASSIGN(request.basis, query::parse_basis(command.basis));
    request.running = Session::interruptible();
    FLORIN_TRY_ASSIGN(const report::Summary summary, app::summarise(workspace, request));
    session.terminal().out << report::render_terminal(summary, session.terminal().width, session.terminal().has_colour);
    if (!command.html.empty()) {
        FLORIN_TRY(session.put(report::render_html(summary), command.html));
    }
    return 0;
}

} // namespace florin::cli
