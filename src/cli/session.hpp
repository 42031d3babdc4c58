// What every command needs at hand: the terminal, the workspace, and a way to be interrupted.
#pragma once

#include "app/workspace.hpp"
#include "cli/arguments.hpp"
#include "cli/cli.hpp"

#include <functional>
#include <optional>
#include <string>

namespace florin::cli {

/// One run of one command.
class Session {
public:
    Session(const Terminal& terminal, const base::Clock& clock, const Arguments& arguments)
        : terminal_(terminal), clock_(clock), arguments_(arguments) {}

    const Terminal& terminal() const { return terminal_; }
    const base::Clock& clock() const { return clock_; }
    bool quiet() const { return arguments_.quiet; }
    base::Result<app::Workspace> open_workspace() const;
    /// Its folder alone. Error `workspace.none`.
    base::Result<base::Path> workspace_folder() const;

    /// Lets Ctrl-C stop the engine that works; handed to the use cases as `running`.
    static std::function<void(engine::Engine*)> interruptible();

    /// From here on Ctrl-C and SIGTERM only ask the command to end, which it does at the next good moment; the
    /// second time they interrupt.
    static void end_when_asked();
    static bool asked_to_end();

    /// Shows an error that does not end the command; the exit code that it would end with.
    int show(const base::Error& error) const;

    /// A remark for the person, not data.
    void say(const std::string& text) const;

    /// Data: to the file that the person named, replacing what is there, or to the terminal where it is empty.
    base::Result<void> put(const std::string& text, const std::string& file) const;

private:
    const Terminal& terminal_;
    const base::Clock& clock_;
    const Arguments& arguments_;
};

/// The time an option names, a day for its start; `usage` where it cannot be read, as the command is wrong, no bill.
base::Result<period::ParsedInstant> parse_time_option(const std::string& option, const std::string& text);
/// The last instant of a day, or the instant itself: `2024-10-03` means all that was received that
/// day. Nothing for an empty text. Error `usage`.
base::Result<std::optional<period::Instant>> parse_as_of(const std::string& text);
/// Nothing for an empty text.
base::Result<std::optional<period::Period>> parse_optional_period(const std::string& text,
                                                                  const app::Workspace& workspace);

/// What `--currency` and `--rate-type` mean, with what florin.yaml says; an empty currency converts nothing.
struct ConversionOptions {
    std::string currency;
    fx::RateType rate_type = fx::RateType::kTransactionDay;
};
base::Result<ConversionOptions> parse_conversion(const std::string& currency, const std::string& rate_type,
                                                 const app::Configuration& configuration);

/// Error `usage` where the folder of the file that an option names is not there, before anything is worked out.
base::Result<void> check_folder_of(const std::string& option, const std::string& file);
/// Writes text to a file whose name a person gave, replacing what is there.
base::Result<void> write_output(const std::string& file, const std::string& text);

// The commands; each gives the exit code.
base::Result<int> run_init(Session& session, const InitCommand& command);
base::Result<int> run_ingest(Session& session, const IngestCommand& command);
base::Result<int> run_fetch(Session& session, const FetchCommand& command);
base::Result<int> run_deliveries(Session& session, const DeliveriesCommand& command);
base::Result<int> run_period(Session& session, const PeriodCommand& command);
base::Result<int> run_query(Session& session, const QueryCommand& command);
base::Result<int> run_explain(Session& session, const ExplainCommand& command);
base::Result<int> run_commitments(Session& session, const CommitmentsCommand& command);
base::Result<int> run_variance(Session& session, const VarianceCommand& command);
base::Result<int> run_forecast(Session& session, const ForecastCommand& command);
base::Result<int> run_budget(Session& session, const BudgetCommand& command);
base::Result<int> run_accrual(Session& session, const AccrualCommand& command);
base::Result<int> run_fx(Session& session, const FxCommand& command);
base::Result<int> run_report(Session& session, const ReportCommand& command);
base::Result<int> run_export(Session& session, const ExportCommand& command);
base::Result<int> run_sql(Session& session, const SqlCommand& command);
base::Result<int> run_validate(Session& session, const ValidateCommand& command);
base::Result<int> run_reconcile(Session& session, const ReconcileCommand& command);
base::Result<int> run_allocate(Session& session, const AllocateCommand& command);
base::Result<int> run_demo(Session& session, const DemoCommand& command);
base::Result<int> run_sources(Session& session, const SourcesCommand& command);
base::Result<int> run_doctor(Session& session, const DoctorCommand& command);
base::Result<int> run_compact(Session& session, const CompactCommand& command);
base::Result<int> run_bench(Session& session, const BenchCommand& command);

} // namespace florin::cli
