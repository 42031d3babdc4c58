#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/benchmark.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace florin::cli {
namespace {

/// Hundredths, without a double: 1.07.
std::string ratio_text(std::int64_t a, std::int64_t b) {
    if (b <= 0) {
        return "-";
    }
    const std::int64_t hundredths = (a * 100 + b / 2) / b;
    return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

nlohmann::json report_json(const app::BenchmarkReport& report) {
    nlohmann::json lines = nlohmann::json::array();
    for (const app::BenchmarkLine& line : report.lines) {
        lines.push_back({{"what", line.what},
                         {"florin_ms", line.florin_ms},
                         {"plain_ms", line.plain_ms},
                         {"ratio", ratio_text(line.florin_ms, line.plain_ms)},
                         {"verified", line.note}});
    }
    return {{"rows", report.rows},
            {"bill_bytes", report.bill_bytes},
            {"threads", report.threads},
            {"memory_bytes", report.memory_bytes},
            {"lines", lines}};
}

} // namespace

base::Result<int> run_bench(Session& session, const BenchCommand& command) {
    app::BenchmarkRequest request;
    request.rows = command.rows;
    request.runs = command.runs;
    request.folder = command.folder.empty()
                         ? std::filesystem::temp_directory_path() / fmt::format("florin-bench-{}", ::getpid())
                         : base::Path(command.folder) / fmt::format("florin-bench-{}", ::getpid());
    request.progress = [&session](const std::string& step) { session.say(step); };
    FLORIN_TRY_ASSIGN(const app::BenchmarkReport report, app::run_benchmark(request, session.clock()));
    if (command.format == "json") {
        session.terminal().out << json_text(report_json(report)) << "\n";
        return 0;
    }
    report::TextPage page(session.terminal().width, session.terminal().has_colour);
    page.line(fmt::format("{} charges, {}; {} threads, {} for the engine; medians of {} {}", count_text(report.rows),
                          byte_text(report.bill_bytes), report.threads, byte_text(report.memory_bytes), command.runs,
                          command.runs == 1 ? "run" : "runs"));
    report::TextTable table;
    table.columns = {
        {"what", false}, {"Florin ms", true}, {"plain DuckDB ms", true}, {"time ratio", true}, {"verified", false, 40}};
    for (const app::BenchmarkLine& line : report.lines) {
        table.rows.push_back({{{line.what},
                               {count_text(static_cast<std::uint64_t>(line.florin_ms))},
                               {line.plain_ms > 0 ? count_text(static_cast<std::uint64_t>(line.plain_ms)) : "-"},
                               {ratio_text(line.florin_ms, line.plain_ms)},
                               {line.note}}});
    }
    page.table(table);
    session.terminal().out << page.take();
    return 0;
}

} // namespace florin::cli
