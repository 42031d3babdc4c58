#include "cli/delivery_quality.hpp"

#include "cli/progress.hpp"
#include "lake/storage.hpp"
#include "money/money.hpp"
#include "report/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <map>

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

std::string amount_of(const nlohmann::json& object, const char* key) {
    return object.at(key).get<std::string>();
}

/// What each rule did, over all accounts and services.
void show_rules(const nlohmann::json& source, report::TextPage& page) {
    struct Sums {
        std::uint64_t source_rows = 0;
        std::uint64_t ledger_rows = 0;
        money::DecimalSum source;
        money::DecimalSum ledger;
        money::DecimalSum effective;
    };
    std::map<std::array<std::string, 3>, Sums> by_rule; // rule, line type, currency
    for (const nlohmann::json& line : source.at("lines")) {
        Sums& sums = by_rule[{text_of(line, "rule"), text_of(line, "line_type"), text_of(line, "currency")}];
        sums.source_rows += line.at("source_rows").get<std::uint64_t>();
        sums.ledger_rows += line.at("ledger_rows").get<std::uint64_t>();
        using Part = std::pair<const char*, money::DecimalSum*>;
        for (const auto& [key, sum] :
             {Part{"source", &sums.source}, Part{"ledger", &sums.ledger}, Part{"effective", &sums.effective}}) {
            sum->add(money::Decimal::parse(amount_of(line, key)).value());
        }
    }
    report::TextTable table;
    table.columns = {{"rule", false, 90}, {"line type", false, 80}, {"rows", true, 60},       {"charges", true, 60},
                     {"source", true},    {"ledger", true},         {"effective cost", true}, {"currency", false, 50}};
    for (const auto& [key, sums] : by_rule) {
        const auto text = [](const money::DecimalSum& sum) {
            const auto total = sum.total();
            return total.ok() ? total->to_string() : std::string("beyond range");
        };
        table.rows.push_back({{{key[0].empty() ? "as it is" : key[0]},
                               {key[1]},
                               {count_text(sums.source_rows)},
                               {count_text(sums.ledger_rows)},
                               {text(sums.source)},
                               {text(sums.ledger)},
                               {text(sums.effective)},
                               {key[2]}}});
    }
    page.table(table);
    for (const nlohmann::json& rule : source.at("rules")) {
        page.paragraph(fmt::format("{}: {}", text_of(rule, "id"), text_of(rule, "sentence")), 0, 2, Style::kDim);
    }
}

void show_source(const nlohmann::json& source, report::TextPage& page) {
    page.blank();
    page.paragraph(
        fmt::format("Reconciliation: {}, as a second reader summed it, and the ledger", text_of(source, "title")), 0, 2,
        Style::kBold);
    for (const nlohmann::json& total : source.at("totals")) {
        page.paragraph(fmt::format("{} {} in {} row{} of the source; {} in the ledger; {} rounded away",
                                   amount_of(total, "source"), text_of(total, "currency"),
                                   count_text(total.at("source_rows").get<std::uint64_t>()),
                                   total.at("source_rows").get<std::uint64_t>() == 1 ? "" : "s",
                                   amount_of(total, "ledger"), amount_of(total, "rounded_away")),
                       0, 2);
    }
    show_rules(source, page);
}

} // namespace

void show_quality(const nlohmann::json& quality, report::TextPage& page) {
    if (const nlohmann::json& findings = quality.at("findings"); !findings.empty()) {
        show_findings(findings, page);
    }
    if (const nlohmann::json& groups = quality.at("reconciliation"); !groups.empty()) {
        show_reconciliation(groups, page);
    }
    if (quality.contains("source") && !quality.at("source").at("totals").empty()) {
        show_source(quality.at("source"), page);
    }
}

} // namespace florin::cli
