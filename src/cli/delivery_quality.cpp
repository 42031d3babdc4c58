#include "cli/delivery_quality.hpp"

#include "cli/progress.hpp"
#include "lake/storage.hpp"
#include "report/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::cli {
namespace {

using report::Style;

std::string text_of(const nlohmann::json& object, const char* key) {
    return report::terminal_text(object.at(key).get_ref<const std::string&>());
}

void show_findings(const nlohmann::json& findings, report::TextPage& page) {
    report::TextTable table;
    table.keeps_all = true;
    table.columns = {{"finding", false},  {"column", false, 90},
                     {"rows", true},      {"billed cost of these rows", true, 80},
                     {"first", true, 50}, {"example", false, 40}};
    for (const nlohmann::json& finding : findings) {
        std::string billed;
        for (const auto& [currency, sum] : finding.at("billed_cost").items()) {
            billed += fmt::format("{}{} {}", billed.empty() ? "" : ", ", sum.get<std::string>(), currency);
        }
        const auto first = finding.at("first_row").get<std::uint64_t>();
        table.rows.push_back({{{text_of(finding, "rule")},
                               {text_of(finding, "column")},
                               {count_text(finding.at("rows").get<std::uint64_t>())},
                               {report::terminal_text(billed)},
                               {first == 0 ? "header" : count_text(first)},
                               {report::cut_to_columns(text_of(finding, "example"), 24)}}});
    }
    page.blank();
    page.line("What was mended or is odd (docs/reference/repairs.md)", Style::kBold);
    page.table(table);
}

void show_reconciliation(const nlohmann::json& groups, report::TextPage& page) {
    report::TextTable table;
    table.keeps_all = true;
    table.columns = {{"provider", false}, {"currency", false}, {"billing period", false}, {"cost", false},
                     {"source", true},    {"lake", true},      {"rounded away", true},    {"rows", true, 50}};
    for (const nlohmann::json& group : groups) {
        for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
            table.rows.push_back({{{text_of(group, "provider")},
                                   {text_of(group, "currency")},
                                   {text_of(group, "billing_period_start").substr(0, 10)},
                                   {std::string(lake::kCosts.at(i))},
                                   {group.at("source").at(i).get<std::string>()},
                                   {group.at("lake").at(i).get<std::string>()},
                                   {group.at("rounded_away").at(i).get<std::string>()},
                                   {count_text(group.at("rows").get<std::uint64_t>())}}});
        }
    }
    page.blank();
    page.line("Reconciliation: the source as a second reader summed it, and the lake", Style::kBold);
    page.table(table);
}

} // namespace

void show_quality(const nlohmann::json& quality, report::TextPage& page) {
    if (const nlohmann::json& findings = quality.at("findings"); !findings.empty()) {
        show_findings(findings, page);
    }
    if (const nlohmann::json& groups = quality.at("reconciliation"); !groups.empty()) {
        show_reconciliation(groups, page);
    }
}

} // namespace florin::cli
