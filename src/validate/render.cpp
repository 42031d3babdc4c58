#include "validate/render.hpp"

#include "base/terminal_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::validate {
namespace {

using nlohmann::ordered_json;

/// Cells of a sample may be long documents; a page shows their beginning.
constexpr std::size_t kCellBytesShown = 120;

std::string count_of(std::uint64_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

ordered_json sample_json(const Sample& sample) {
    ordered_json cells = ordered_json::object();
    for (const auto& [column, text] : sample.cells) {
        cells[column] = text ? ordered_json(*text) : ordered_json(nullptr);
    }
    return {{"file", sample.file}, {"row", sample.row}, {"cells", cells}};
}

ordered_json finding_json(const Finding& finding) {
    ordered_json one = {{"id", finding.id},
                        {"column", finding.column.empty() ? ordered_json(nullptr) : ordered_json(finding.column)},
                        {"keyword", name(finding.rule->keyword)},
                        {"check", name(finding.rule->check)},
                        {"what", finding.rule->what},
                        {"outcome", name(finding.outcome)}};
    if (!finding.reason.empty()) {
        one["reason"] = finding.reason;
    }
    one["rows_in_scope"] = finding.rows_in_scope;
    one["rows"] = finding.rows;
    one["rounding_rows"] = finding.rounding_rows;
    one["billed_cost"] = ordered_json::object();
    for (const auto& [currency, sum] : finding.billed_cost) {
        one["billed_cost"][currency] = sum;
    }
    one["details"] = finding.details;
    one["samples"] = ordered_json::array();
    for (const Sample& sample : finding.samples) {
        one["samples"].push_back(sample_json(sample));
    }
    return one;
}

/// What is to be said of a violation, one line each.
std::string lines_of(const Finding& finding) {
    std::string text = finding.rule->what + "\nViolated: " + std::string(describe(finding.rule->check)) + "\n";
    for (const std::string& detail : finding.details) {
        text += base::terminal_text(detail) + "\n";
    }
    for (const Sample& sample : finding.samples) {
        text += fmt::format("{}, row {}: {}\n", base::terminal_text(sample.file), sample.row, cells_text(sample));
    }
    return text;
}

} // namespace

std::string cells_text(const Sample& sample) {
    std::string text;
    for (const auto& [column, cell] : sample.cells) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", column,
                            !cell           ? "null"
                            : cell->empty() ? "\"\""
                                            : base::terminal_text(*cell, kCellBytesShown));
    }
    return text;
}

std::string touched_text(const Finding& finding) {
    if (finding.rows == 0) {
        return {};
    }
    std::string text = count_of(finding.rows, "row");
    for (const auto& [currency, sum] : finding.billed_cost) {
        text += currency.empty() ? fmt::format(", {} without a currency", sum)
                                 : fmt::format(", {} {}", base::terminal_text(currency), sum);
    }
    return text;
}

std::string markup_text(std::string_view text) {
    std::string safe;
    for (std::size_t at = 0; at < text.size();) {
        const base::Character character = base::character_at(text, at);
        const std::string_view bytes = text.substr(at, character.byte_count);
        switch (bytes[0]) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        case '\'': safe += "&#39;"; break;
        case '\n': safe += '\n'; break;
        default: safe += base::is_safe(character) ? bytes : "\xEF\xBF\xBD"; break;
        }
        at += character.byte_count;
    }
    return safe;
}

std::string to_json(const Report& report) {
    ordered_json files = ordered_json::array();
    for (const ValidatedFile& file : report.files) {
        files.push_back({{"path", file.path}, {"rows", file.rows}});
    }
    ordered_json findings = ordered_json::array();
    for (const Finding& finding : report.findings) {
        findings.push_back(finding_json(finding));
    }
    const ordered_json all = {{"focus_version", focus::name(report.version)},
                              {"version_from", report.version_given ? "option" : "columns"},
                              {"conforms", !report.has_binding_failure()},
                              {"files", files},
                              {"rows", report.rows},
                              {"pass", report.count(Outcome::kPass)},
                              {"fail", report.count(Outcome::kFail)},
                              {"skipped", report.count(Outcome::kSkipped)},
                              {"rules", findings}};
    return all.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string to_junit(const Report& report) {
    std::string cases;
    std::size_t failures = 0;
    std::size_t skipped = 0;
    for (const Finding& finding : report.findings) {
        const std::string column = finding.column.empty() ? "FOCUS" : finding.column;
        cases +=
            fmt::format("    <testcase classname=\"{}\" name=\"{}{}\"", markup_text(column), markup_text(finding.id),
                        finding.rule->column == "*" ? " " + markup_text(finding.column) : "");
        const std::string touched = touched_text(finding);
        const std::string message = fmt::format("{}: {}{}{}", level(finding.rule->keyword), finding.rule->what,
                                                touched.empty() ? "" : " ", touched);
        if (finding.outcome == Outcome::kPass) {
            cases += "/>\n";
        } else if (finding.outcome == Outcome::kFail && is_binding(finding.rule->keyword)) {
            ++failures;
            cases += fmt::format(">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
                                 name(finding.rule->check), markup_text(message), markup_text(lines_of(finding)));
        } else {
            ++skipped;
            const bool is_advice = finding.outcome == Outcome::kFail;
            cases +=
                fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
                            markup_text(is_advice ? "not binding, " + message : base::terminal_text(finding.reason)));
        }
    }
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"FOCUS {}\" "
                       "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n{}  </testsuite>\n</testsuites>\n",
                       focus::name(report.version), report.findings.size(), failures, skipped, cases);
}

} // namespace florin::validate
