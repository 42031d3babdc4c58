#include "cli/cli.hpp"

#include "cli/session.hpp"
#include "period/period.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string_view>

namespace florin::cli {
namespace {

/// The engine that Ctrl-C stops. A signal handler can reach nothing else.
std::atomic<engine::Engine*> working_engine = nullptr;
std::atomic<bool> was_interrupted = false;
/// A command that goes on for long ends at the next good moment; asked a second time it is interrupted as others.
std::atomic<bool> ends_when_asked = false;
std::atomic<bool> was_asked_to_end = false;

extern "C" void on_interrupt(int) {
    if (ends_when_asked && !was_asked_to_end.exchange(true)) {
        return;
    }
    engine::Engine* engine = working_engine;
    if (engine == nullptr || was_interrupted.exchange(true)) {
        std::_Exit(130);
    }
    engine->interrupt();
}

/// FLORIN_NOW fixes the clock, for tests and for rerunning a day.
base::Result<std::optional<std::chrono::sys_seconds>> fixed_now() {
    const char* text = std::getenv("FLORIN_NOW");
    if (text == nullptr || *text == '\0') {
        return std::optional<std::chrono::sys_seconds>();
    }
    FLORIN_TRY_ASSIGN(const period::ParsedInstant parsed, period::parse_instant(text));
    return std::optional(std::chrono::floor<std::chrono::seconds>(parsed.instant));
}

int width_of_terminal() {
    if (const char* columns = std::getenv("COLUMNS"); columns != nullptr) {
        int width = 0;
        const std::string_view text = columns;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
        if (error == std::errc() && end == text.data() + text.size() && width >= 20) {
            return std::min(width, 1000);
        }
    }
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
        return size.ws_col;
    }
    return 100;
}

struct Runner {
    Session& session;
    base::Result<int> operator()(const InitCommand& command) const { return run_init(session, command); }
    base::Result<int> operator()(const IngestCommand& command) const { return run_ingest(session, command); }
    base::Result<int> operator()(const FetchCommand& command) const { return run_fetch(session, command); }
    base::Result<int> operator()(const DeliveriesCommand& command) const { return run_deliveries(session, command); }
    base::Result<int> operator()(const PeriodCommand& command) const { return run_period(session, command); }
    base::Result<int> operator()(const QueryCommand& command) const { return run_query(session, command); }
    base::Result<int> operator()(const ExplainCommand& command) const { return run_explain(session, command); }
    base::Result<int> operator()(const CommitmentsCommand& command) const { return run_commitments(session, command); }
    base::Result<int> operator()(const VarianceCommand& command) const { return run_variance(session, command); }
    base::Result<int> operator()(const ForecastCommand& command) const { return run_forecast(session, command); }
    base::Result<int> operator()(const BudgetCommand& command) const { return run_budget(session, command); }
    base::Result<int> operator()(const AccrualCommand& command) const { return run_accrual(session, command); }
    base::Result<int> operator()(const FxCommand& command) const { return run_fx(session, command); }
    base::Result<int> operator()(const ReportCommand& command) const { return run_report(session, command); }
    base::Result<int> operator()(const ExportCommand& command) const { return run_export(session, command); }
    base::Result<int> operator()(const SqlCommand& command) const { return run_sql(session, command); }
    base::Result<int> operator()(const ValidateCommand& command) const { return run_validate(session, command); }
    base::Result<int> operator()(const ReconcileCommand& command) const { return run_reconcile(session, command); }
    base::Result<int> operator()(const AllocateCommand& command) const { return run_allocate(session, command); }
    base::Result<int> operator()(const DemoCommand& command) const { return run_demo(session, command); }
    base::Result<int> operator()(const SourcesCommand& command) const { return run_sources(session, command); }
    base::Result<int> operator()(const DoctorCommand& command) const { return run_doctor(session, command); }
    base::Result<int> operator()(const CompactCommand& command) const { return run_compact(session, command); }
    base::Result<int> operator()(const BenchCommand& command) const { return run_bench(session, command); }
    base::Result<int> operator()(const CompletionCommand& command) const {
        FLORIN_TRY_ASSIGN(const std::string script, completion_script(command.shell));
        session.terminal().out << script;
        return 0;
    }
};

int report_error(const base::Error& error, const Terminal& terminal) {
    if (error.code == "engine.interrupted" && was_interrupted) {
        terminal.error << "florin: interrupted; nothing was changed\n";
        return 130;
    }
    terminal.error << "florin: " << error.describe() << "\n";
    if (error.blame == base::Blame::kBug) {
        terminal.error << "  this is a bug of Florin's (" << error.code << "); please report it with this text\n";
    }
    return base::exit_code(error.blame);
}

} // namespace

base::Result<base::Path> Session::workspace_folder() const {
    return app::find_workspace(arguments_.workspace, std::filesystem::current_path());
}

base::Result<app::Workspace> Session::open_workspace() const {
    FLORIN_TRY_ASSIGN(const base::Path folder, workspace_folder());
    return app::Workspace::open(folder, clock_);
}

std::function<void(engine::Engine*)> Session::interruptible() {
    return [](engine::Engine* engine) { working_engine = engine; };
}

void Session::end_when_asked() {
    ends_when_asked = true;
    std::signal(SIGTERM, &on_interrupt);
}

bool Session::asked_to_end() {
    return was_asked_to_end;
}

int Session::show(const base::Error& error) const {
    return report_error(error, terminal_);
}

void Session::say(const std::string& text) const {
    if (!arguments_.quiet) {
        terminal_.error << text << "\n";
    }
}

base::Result<void> Session::put(const std::string& text, const std::string& file) const {
    if (file.empty()) {
        terminal_.out << text;
        return {};
    }
    FLORIN_TRY(write_output(file, text));
    say("written: " + file);
    return {};
}

base::Result<period::ParsedInstant> parse_time_option(const std::string& option, const std::string& text) {
    auto parsed = period::parse_instant(text);
    if (!parsed.ok()) {
        return base::user_error("usage", fmt::format("{}: not a day or a time: {}", option, text))
            .with_remedy("write it as 2024-09-18 or 2024-09-18T22:00:00Z");
    }
    return parsed;
}

base::Result<std::optional<period::Instant>> parse_as_of(const std::string& text) {
    if (text.empty()) {
        return std::optional<period::Instant>();
    }
    FLORIN_TRY_ASSIGN(const period::ParsedInstant parsed, parse_time_option("--as-of", text));
    if (parsed.form != period::InstantForm::kDateOnly) {
        return std::optional(parsed.instant);
    }
    return std::optional(parsed.instant + std::chrono::days(1) - std::chrono::microseconds(1));
}

base::Result<std::optional<period::Period>> parse_optional_period(const std::string& text,
                                                                  const app::Workspace& workspace) {
    if (text.empty()) {
        return std::optional<period::Period>();
    }
    FLORIN_TRY_ASSIGN(const period::Period parsed,
                      period::parse_period(text, workspace.today(), workspace.configuration().fiscal_calendar));
    return std::optional(parsed);
}

base::Result<void> check_folder_of(const std::string& option, const std::string& file) {
    const base::Path folder = base::Path(file).parent_path();
    std::error_code code;
    if (!folder.empty() && !std::filesystem::is_directory(folder, code)) {
        return base::user_error("usage", fmt::format("{}: there is no folder {}", option, folder.string()));
    }
    return {};
}

base::Result<void> write_output(const std::string& file, const std::string& text) {
    auto written = base::write_file_atomically(file, text);
    if (!written.ok()) {
        base::Error error = std::move(written).error();
        error.place.file = file; // not the temporary one
        return error;
    }
    return {};
}

int run(const std::vector<std::string>& arguments, const Terminal& terminal, const base::Clock& clock) {
    try {
        const base::Result<Parsed> parsed = parse_arguments(arguments);
        if (!parsed.ok()) {
            return report_error(parsed.error(), terminal);
        }
        if (!parsed->arguments.has_value()) {
            terminal.out << parsed->text;
            return 0;
        }
        Session session(terminal, clock, *parsed->arguments);
        const base::Result<int> code = std::visit(Runner{session}, parsed->arguments->command);
        return code.ok() ? *code : report_error(code.error(), terminal);
    } catch (const std::bad_alloc&) {
        terminal.error << "florin: out of memory\n";
        return base::exit_code(base::Blame::kSystem);
    } catch (const std::exception& exception) {
        terminal.error << "florin: " << exception.what()
                       << "\n  this is a bug of Florin's; please report it with this text\n";
        return base::exit_code(base::Blame::kBug);
    }
}

int run_main(int argument_count, char** arguments) {
    std::signal(SIGINT, &on_interrupt);
    std::signal(SIGPIPE, SIG_IGN);
    std::ios::sync_with_stdio(false);
    const bool out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
    const char* no_colour = std::getenv("NO_COLOR");
    const Terminal terminal{.out = std::cout,
                            .error = std::cerr,
                            .out_is_terminal = out_is_terminal,
                            .error_is_terminal = ::isatty(STDERR_FILENO) == 1,
                            .has_colour = out_is_terminal && (no_colour == nullptr || *no_colour == '\0'),
                            .width = width_of_terminal()};
    const auto now = fixed_now();
    if (!now.ok()) {
        terminal.error << "florin: FLORIN_NOW: " << now.error().describe() << "\n";
        return base::exit_code(base::Blame::kUser);
    }
    const std::vector<std::string> words(arguments + 1, arguments + argument_count);
    int code = 0;
    if (now->has_value()) {
        code = run(words, terminal, base::FixedClock(**now));
    } else {
        code = run(words, terminal, base::SystemClock());
    }
    std::cout.flush();
    if (!std::cout && code == 0) {
        return base::exit_code(base::Blame::kSystem);
    }
    return code;
}

} // namespace florin::cli
