#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/validate_bills.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"
#include "validate/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace florin::cli {
namespace {

using report::Style;
using report::TextPage;
using validate::Finding;
using validate::Outcome;

void show_failure(const Finding& finding, bool several_files, TextPage& page) {
    const bool binds = validate::is_binding(finding.rule->keyword);
    const std::string column = finding.rule->column == "*" ? " in " + finding.column : "";
    const std::string touched = validate::touched_text(finding);
    page.paragraph(fmt::format("{} {}{}{}{}", finding.id, validate::level(finding.rule->keyword), column,
                               touched.empty() ? "" : ": ", touched),
                   0, 2, binds ? Style::kBold : Style::kPlain);
    page.paragraph(finding.rule->what, 2, 2);
    for (const std::string& detail : finding.details) {
        page.paragraph(report::terminal_text(detail), 4, 6, Style::kDim);
    }
    for (const validate::Sample& sample : finding.samples) {
        page.paragraph(fmt::format("{}row {}: {}", several_files ? report::terminal_text(sample.file) + " " : "",
                                   sample.row, validate::cells_text(sample)),
                       4, 6, Style::kDim);
    }
}

void show_failures(const validate::Report& results, bool binding, TextPage& page) {
    for (const Finding& finding : results.findings) {
        if (finding.outcome == Outcome::kFail && validate::is_binding(finding.rule->keyword) == binding) {
            show_failure(finding, results.files.size() > 1, page);
        }
    }
}

/// Why rules were skipped, those without their column together.
void show_skipped(const validate::Report& results, TextPage& page) {
    std::map<std::string, std::size_t> reasons;
    std::size_t without_column = 0;
    for (const Finding& finding : results.findings) {
        if (finding.outcome != Outcome::kSkipped) {
            continue;
        }
        if (finding.reason.starts_with("no column ")) {
            ++without_column;
        } else {
            ++reasons[finding.reason];
        }
    }
    std::vector<std::pair<std::size_t, std::string>> counted;
    for (const auto& [reason, count] : reasons) {
        counted.emplace_back(count, reason);
    }
    if (without_column > 0) {
        counted.emplace_back(without_column, "a column that the rule needs is not in the file");
    }
    if (counted.empty()) {
        return;
    }
    std::ranges::stable_sort(counted, std::ranges::greater(), [](const auto& entry) { return entry.first; });
    page.blank();
    page.line("Skipped, and why:");
    for (const auto& [count, reason] : counted) {
        page.paragraph(fmt::format("{}: {}", report::terminal_text(reason), count_text(count, "rule")), 2, 4);
    }
}

/// What is to be said of rules beside how they came out.
std::vector<std::string> remarks(const validate::Report& results) {
    std::vector<std::string> lines;
    for (const Finding& finding : results.findings) {
        if (finding.outcome == Outcome::kSkipped) {
            continue;
        }
        if (finding.rounding_rows > 0) {
            lines.push_back(
                fmt::format("{}: {} apart by rounding alone", finding.id, count_text(finding.rounding_rows, "row")));
        }
        if (!finding.reason.empty()) {
            lines.push_back(fmt::format("{}: {}", finding.id, report::terminal_text(finding.reason)));
        }
    }
    return lines;
}

std::string table(const validate::Report& results, const Terminal& terminal) {
    TextPage page(terminal.width, terminal.has_colour);
    const std::string files = results.files.size() == 1 ? report::terminal_text(results.files.front().path)
                                                        : count_text(results.files.size(), "file");
    page.paragraph(fmt::format("{}: {} held against FOCUS {}{}", files, count_text(results.rows, "row"),
                               focus::name(results.version), results.version_given ? "" : ", which its columns are of"),
                   0, 2);
    page.line(fmt::format("{} pass, {} fail, {} skipped", results.count(Outcome::kPass), results.count(Outcome::kFail),
                          results.count(Outcome::kSkipped)),
              results.has_binding_failure() ? Style::kWarning : Style::kBold);
    if (results.count(Outcome::kFail) > 0) {
        page.blank();
        show_failures(results, true, page);
        show_failures(results, false, page);
    }
    const std::vector<std::string> lines = remarks(results);
    if (!lines.empty()) {
        page.blank();
    }
    for (const std::string& line : lines) {
        page.paragraph(line, 0, 2);
    }
    show_skipped(results, page);
    return page.take();
}

std::string text_of(const validate::Report& results, const std::string& format, const Terminal& terminal) {
    if (format == "json") {
        return validate::to_json(results);
    }
    if (format == "junit") {
        return validate::to_junit(results);
    }
    return format == "html" ? validate::to_html(results) : table(results, terminal);
}

} // namespace

base::Result<int> run_validate(Session& session, const ValidateCommand& command) {
    if (!command.out.empty()) {
        FLORIN_TRY(check_folder_of("--out", command.out));
    }
    app::ValidateBillsRequest request{.paths = command.paths, .options = {}, .running = Session::interruptible()};
    if (!command.version.empty()) {
        FLORIN_TRY_ASSIGN(request.options.version, focus::parse_version(command.version));
    }
    request.options.rules = command.rules;
    request.options.binding_only = command.level == "must";
    for (const std::string& name : command.supports) {
        request.options.supports.push_back(name == "all" ? "ALL" : name);
    }
    if (!command.invoices.empty()) {
        request.options.invoices = {command.invoices};
    }
    FLORIN_TRY_ASSIGN(const validate::Report results, app::validate_bills(request));
    const std::string text = text_of(results, command.format, session.terminal());
    for (const std::string& passed : results.passed_over) {
        session.say("passed over " + passed);
    }
    if (command.out.empty()) {
        session.terminal().out << text;
    } else {
        FLORIN_TRY(write_output(command.out, text));
        session.say(fmt::format("{} pass, {} fail, {} skipped: {}", results.count(Outcome::kPass),
                                results.count(Outcome::kFail), results.count(Outcome::kSkipped), command.out));
    }
    return results.has_binding_failure() ? base::exit_code(base::Blame::kData) : 0;
}

} // namespace florin::cli
