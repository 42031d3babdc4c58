#include "validate/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace florin::embedded {
extern const std::string_view validate_page_css;
}

namespace florin::validate {
namespace {

std::string samples_html(const Finding& finding, bool several_files) {
    std::string out;
    for (const std::string& detail : finding.details) {
        out += fmt::format("<li>{}</li>\n", markup_text(detail));
    }
    for (const Sample& sample : finding.samples) {
        out += fmt::format("<li>{}row {}: {}</li>\n", several_files ? markup_text(sample.file) + ", " : "", sample.row,
                           markup_text(cells_text(sample)));
    }
    return out.empty() ? out : "<ul>\n" + out + "</ul>\n";
}

std::string failure_html(const Finding& finding, bool several_files) {
    const std::string touched = touched_text(finding);
    return fmt::format(
        "<section class=\"{}\"><h3><code>{}</code> {}</h3>\n<p><b>{}.</b> {} <i>Violated:</i> {}</p>\n{}{}</section>\n",
        is_binding(finding.rule->keyword) ? "must" : "should", markup_text(finding.id),
        markup_text(finding.rule->column == "*" ? finding.column : ""), level(finding.rule->keyword),
        markup_text(finding.rule->what), markup_text(describe(finding.rule->check)),
        touched.empty() ? "" : fmt::format("<p class=\"touched\">{}</p>\n", markup_text(touched)),
        samples_html(finding, several_files));
}

std::string table_html(const std::vector<const Finding*>& findings, bool reasons) {
    std::string out = fmt::format("<div class=\"wide\"><table><thead><tr><th>Rule</th><th>Says</th><th>{}</th></tr>"
                                  "</thead><tbody>\n",
                                  reasons ? "Why it was skipped" : "Rows");
    for (const Finding* finding : findings) {
        std::string last = markup_text(finding->reason);
        if (!reasons) {
            last = finding->rows_in_scope == 0 ? "" : std::to_string(finding->rows_in_scope);
            if (finding->rounding_rows > 0) {
                last += fmt::format(", of which {} apart by rounding alone", finding->rounding_rows);
            }
            if (!finding->reason.empty()) {
                last += "; " + markup_text(finding->reason);
            }
        }
        out += fmt::format("<tr><td><code>{}</code></td><td>{}: {}</td><td>{}</td></tr>\n", markup_text(finding->id),
                           level(finding->rule->keyword), markup_text(finding->rule->what), last);
    }
    return out + "</tbody></table></div>\n";
}

std::vector<const Finding*> of_outcome(const Report& report, Outcome outcome) {
    std::vector<const Finding*> found;
    for (const Finding& finding : report.findings) {
        if (finding.outcome == outcome) {
            found.push_back(&finding);
        }
    }
    return found;
}

std::string head_html(const Report& report) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"Florin\">\n"
        "<title>FOCUS {} validation</title>\n<style>\n{}</style>\n</head>\n",
        focus::name(report.version), embedded::validate_page_css);
}

} // namespace

std::string to_html(const Report& report) {
    std::string out = head_html(report);
    out +=
        fmt::format("<body>\n<main>\n<h1>FOCUS {} validation</h1>\n<p class=\"verdict {}\">{}</p>\n",
                    focus::name(report.version), report.has_binding_failure() ? "bad" : "good",
                    report.has_binding_failure() ? "Rules that bind are violated." : "No rule that binds is violated.");
    out += fmt::format("<p>{} pass, {} fail, {} skipped. {} rows. The version {}.</p>\n<ul>\n",
                       report.count(Outcome::kPass), report.count(Outcome::kFail), report.count(Outcome::kSkipped),
                       report.rows, report.version_given ? "was asked for" : "is what the columns say");
    for (const ValidatedFile& file : report.files) {
        out += fmt::format("<li>{}: {} rows</li>\n", markup_text(file.path), file.rows);
    }
    out += "</ul>\n<h2>Violated</h2>\n";
    auto failed = of_outcome(report, Outcome::kFail);
    std::ranges::stable_partition(failed, [](const Finding* one) { return is_binding(one->rule->keyword); });
    for (const Finding* finding : failed) {
        out += failure_html(*finding, report.files.size() > 1);
    }
    out += failed.empty() ? "<p>None.</p>\n" : "";
    const auto skipped = of_outcome(report, Outcome::kSkipped);
    const auto passed = of_outcome(report, Outcome::kPass);
    out += fmt::format("<details><summary>Not looked at: {}</summary>\n{}</details>\n", skipped.size(),
                       table_html(skipped, true));
    out +=
        fmt::format("<details><summary>Kept: {}</summary>\n{}</details>\n", passed.size(), table_html(passed, false));
    return out + "</main>\n</body>\n</html>\n";
}

} // namespace florin::validate
