#include "cli/allocation_plan.hpp"

#include "cli/delivery_json.hpp"

#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace florin::cli {
namespace {

using app::DimensionPlan;
using app::MoneyEnd;
using nlohmann::json;
using report::Style;
using report::TextPage;

/// So many lines of a list a person sees; JSON has all.
constexpr std::size_t kPlanLinesMax = 30;

std::string_view kind_name(MoneyEnd::Kind kind) {
    switch (kind) {
    case MoneyEnd::Kind::kOwner: return "owner";
    case MoneyEnd::Kind::kUnallocated: return "unallocated";
    case MoneyEnd::Kind::kPool: return "pool";
    }
    return "";
}

json end_json(const MoneyEnd& end) {
    return {{"kind", kind_name(end.kind)}, {"name", end.name}};
}

std::string_view rule_state(allocate::RuleState state) {
    switch (state) {
    case allocate::RuleState::kTakes: return "takes";
    case allocate::RuleState::kShadowed: return "shadowed by rules before it";
    case allocate::RuleState::kGivesNothing: return "gives nothing: its source has no value for what it matches";
    case allocate::RuleState::kMatchesNothing: return "matches nothing";
    case allocate::RuleState::kNotInForce: return "not in force on any day";
    }
    return "";
}

std::string_view rule_state_key(allocate::RuleState state) {
    switch (state) {
    case allocate::RuleState::kTakes: return "takes";
    case allocate::RuleState::kShadowed: return "shadowed";
    case allocate::RuleState::kGivesNothing: return "gives-nothing";
    case allocate::RuleState::kMatchesNothing: return "matches-nothing";
    case allocate::RuleState::kNotInForce: return "not-in-force";
    }
    return "";
}

std::string finding_text(const app::PoolFinding& finding) {
    std::string text = finding.pool.empty() ? finding.kind : fmt::format("Pool `{}`: {}", finding.pool, finding.kind);
    text += fmt::format(" in {} {}", finding.month_count, finding.month_count == 1 ? "month" : "months");
    if (!finding.value.empty()) {
        text += " (" + finding.value + ")";
    }
    if (finding.day_count != 0) {
        text += fmt::format(" ({} days)", finding.day_count);
    }
    if (!finding.currency.empty()) {
        text += fmt::format(", {} {}", amount_text(finding.amount, finding.currency), finding.currency);
    }
    return text;
}

std::string months_text(const std::vector<period::Day>& months) {
    std::vector<std::string> names;
    for (const period::Day month : months) {
        names.push_back(lake::month_name(month));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// What a person must know before the tables.
std::vector<std::string> remarks(const app::AllocationPlan& plan) {
    std::vector<std::string> lines;
    if (!plan.changes_rules) {
        lines.push_back("The files in allocation/ are what is in force.");
        return lines;
    }
    lines.push_back(fmt::format("In force {}.", since_text(plan.from)));
    if (!plan.closed.empty()) {
        lines.push_back(fmt::format("Closed months stay as they are: {}.", months_text(plan.closed)));
    }
    if (!plan.restated.empty()) {
        lines.push_back(fmt::format("Closed months that are restated: {}.", months_text(plan.restated)));
    }
    if (!plan.moves()) {
        lines.push_back("No money moves.");
    }
    if (plan.provisional_months != 0) {
        lines.push_back(fmt::format("{} {} provisional: {} bills may still change.", plan.provisional_months,
                                    plan.provisional_months == 1 ? "month is" : "months are",
                                    plan.provisional_months == 1 ? "its" : "their"));
    }
    return lines;
}

std::string heading(const DimensionPlan& dimension) {
    const std::string_view what = dimension.is_new ? ", new" : dimension.is_removed ? ", no longer there" : "";
    return fmt::format("{}{}: {}", dimension.dimension, what,
                       !dimension.moves() ? "nothing moves"
                                          : fmt::format("{} {} touched", dimension.owners.size(),
                                                        dimension.owners.size() == 1 ? "owner is" : "owners are"));
}

/// Sentences about the rules of a dimension, and about what stays unallocated.
std::vector<std::string> warnings(const DimensionPlan& dimension) {
    std::vector<std::string> lines;
    for (const auto& [currency, amount] : dimension.unallocated_change) {
        if (amount.units() != 0) {
            lines.push_back(fmt::format("{} unallocated: {} {}", amount.units() > 0 ? "Newly" : "No longer",
                                        amount_text(amount.absolute(), currency), currency));
        }
    }
    for (const allocate::RuleOutcome& rule : dimension.idle_rules) {
        lines.push_back(
            fmt::format("Rule `{}` ({}, line {}): {}", rule.name, rule.file, rule.line, rule_state(rule.state)));
    }
    for (const allocate::Misspelling& one : dimension.misspellings) {
        lines.push_back(one.suggestion.empty()
                            ? fmt::format("`{}` is not one of the known values", one.value)
                            : fmt::format("`{}` looks like a misspelling of `{}`", one.value, one.suggestion));
    }
    for (const app::PoolFinding& finding : dimension.findings) {
        lines.push_back(finding_text(finding));
    }
    return lines;
}

struct ShownTable {
    std::vector<std::string> headings;
    std::vector<std::vector<std::string>> rows;
    std::size_t left_out = 0;
};

ShownTable moved_table(const DimensionPlan& dimension) {
    ShownTable table{.headings = {"month", "from", "to", "amount", "currency"}};
    for (const app::MovedMoney& one : dimension.moved) {
        if (table.rows.size() == kPlanLinesMax) {
            ++table.left_out;
            continue;
        }
        table.rows.push_back({lake::month_name(one.month), end_text(one.from), end_text(one.to),
                              amount_text(one.amount, one.currency), one.currency});
    }
    return table;
}

ShownTable changes_table(const DimensionPlan& dimension) {
    ShownTable table{.headings = {"month", "owner", "own before", "own after", "shared before", "shared after",
                                  "change", "currency"}};
    for (const app::OwnerChange& one : dimension.changes) {
        if (table.rows.size() == kPlanLinesMax) {
            ++table.left_out;
            continue;
        }
        const auto text = [&one](money::Decimal amount) { return amount_text(amount, one.currency); };
        table.rows.push_back({lake::month_name(one.month), end_text(one.end), text(one.own_before), text(one.own_after),
                              text(one.shared_before), text(one.shared_after), text(one.change), one.currency});
    }
    return table;
}

bool is_figure(const std::string& heading) {
    return heading != "month" && heading != "from" && heading != "to" && heading != "owner" && heading != "currency";
}

void show_table(const ShownTable& shown, const std::string& title, TextPage& page) {
    if (shown.rows.empty()) {
        return;
    }
    page.line(title, Style::kDim);
    report::TextTable table;
    for (const std::string& heading : shown.headings) {
        table.columns.push_back({heading, is_figure(heading), heading == "change" || heading == "amount" ? 100 : 80});
    }
    table.keeps_all = true;
    for (const std::vector<std::string>& row : shown.rows) {
        report::TextTable::Row cells;
        for (const std::string& text : row) {
            cells.cells.push_back({report::terminal_text(text)});
        }
        table.rows.push_back(std::move(cells));
    }
    page.table(table);
    if (shown.left_out != 0) {
        page.line(fmt::format("  and {} more: --format json has all", shown.left_out), Style::kDim);
    }
}

/// Safe in a table of Markdown.
std::string markdown_text(const std::string& text) {
    std::string out;
    for (const char c : report::html_text(text)) {
        if (c == '|' || c == '`' || c == '*' || c == '_' || c == '[' || c == '\\') {
            out += '\\';
        }
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

void show_markdown(const ShownTable& shown, const std::string& title, std::string& out) {
    if (shown.rows.empty()) {
        return;
    }
    out += fmt::format("\n{}\n\n|", title);
    std::string rule = "|";
    for (const std::string& heading : shown.headings) {
        out += " " + heading + " |";
        rule += is_figure(heading) ? "---:|" : "---|";
    }
    out += "\n" + rule + "\n";
    for (const std::vector<std::string>& row : shown.rows) {
        out += "|";
        for (const std::string& text : row) {
            out += " " + markdown_text(text) + " |";
        }
        out += "\n";
    }
    if (shown.left_out != 0) {
        out += fmt::format("\nand {} more\n", shown.left_out);
    }
}

constexpr const char* kMovedTitle = "Where cost goes first";
constexpr const char* kChangesTitle = "What changes for whom";

json dimension_json(const DimensionPlan& dimension) {
    json out = {{"dimension", dimension.dimension},
                {"is_new", dimension.is_new},
                {"is_removed", dimension.is_removed},
                {"owners", dimension.owners},
                {"moved", json::array()},
                {"changes", json::array()},
                {"unallocated_change", json::object()},
                {"idle_rules", json::array()},
                {"misspellings", json::array()},
                {"findings", json::array()}};
    for (const app::MovedMoney& one : dimension.moved) {
        out["moved"].push_back({{"month", lake::month_name(one.month)},
                                {"currency", one.currency},
                                {"from", end_json(one.from)},
                                {"to", end_json(one.to)},
                                {"amount", one.amount.to_string()}});
    }
    for (const app::OwnerChange& one : dimension.changes) {
        out["changes"].push_back({{"month", lake::month_name(one.month)},
                                  {"currency", one.currency},
                                  {"end", end_json(one.end)},
                                  {"own_before", one.own_before.to_string()},
                                  {"own_after", one.own_after.to_string()},
                                  {"shared_before", one.shared_before.to_string()},
                                  {"shared_after", one.shared_after.to_string()},
                                  {"change", one.change.to_string()}});
    }
    for (const auto& [currency, amount] : dimension.unallocated_change) {
        out["unallocated_change"][currency] = amount.to_string();
    }
    for (const allocate::RuleOutcome& rule : dimension.idle_rules) {
        out["idle_rules"].push_back(
            {{"name", rule.name}, {"file", rule.file}, {"line", rule.line}, {"state", rule_state_key(rule.state)}});
    }
    for (const allocate::Misspelling& one : dimension.misspellings) {
        out["misspellings"].push_back(
            {{"value", one.value}, {"suggestion", one.suggestion}, {"tuples", one.tuple_count}});
    }
    for (const app::PoolFinding& one : dimension.findings) {
        out["findings"].push_back({{"kind", one.kind},
                                   {"months", one.month_count},
                                   {"pool", one.pool},
                                   {"value", one.value},
                                   {"days", one.day_count},
                                   {"currency", one.currency},
                                   {"amount", one.amount.to_string()}});
    }
    return out;
}

json month_names(const std::vector<period::Day>& months) {
    json names = json::array();
    for (const period::Day month : months) {
        names.push_back(lake::month_name(month));
    }
    return names;
}

} // namespace

std::string end_text(const MoneyEnd& end) {
    switch (end.kind) {
    case MoneyEnd::Kind::kOwner: return end.name;
    case MoneyEnd::Kind::kUnallocated: return fmt::format("(unallocated: {})", end.name);
    case MoneyEnd::Kind::kPool: return "pool " + end.name;
    }
    return "";
}

std::string since_text(period::Day from) {
    return from == allocate::kAlways.start ? "for all months" : fmt::format("from {} on", period::to_string(from));
}

json plan_json(const app::AllocationPlan& plan) {
    json out = {{"changes_rules", plan.changes_rules},
                {"moves", plan.moves()},
                {"from", plan.from == allocate::kAlways.start ? json() : json(period::to_string(plan.from))},
                {"closed", month_names(plan.closed)},
                {"restated", month_names(plan.restated)},
                {"basis", allocate::name(plan.basis)},
                {"provisional_months", plan.provisional_months},
                {"dimensions", json::array()}};
    for (const DimensionPlan& dimension : plan.dimensions) {
        out["dimensions"].push_back(dimension_json(dimension));
    }
    return out;
}

std::string plan_markdown(const app::AllocationPlan& plan) {
    std::string out = fmt::format("## Allocation plan ({} cost)\n\n", allocate::name(plan.basis));
    for (const std::string& line : remarks(plan)) {
        out += markdown_text(line) + "\n";
    }
    for (const DimensionPlan& dimension : plan.dimensions) {
        out += fmt::format("\n### {}\n", markdown_text(heading(dimension)));
        show_markdown(moved_table(dimension), kMovedTitle, out);
        show_markdown(changes_table(dimension), kChangesTitle, out);
        const std::vector<std::string> lines = warnings(dimension);
        out += lines.empty() ? "" : "\n";
        for (const std::string& line : lines) {
            out += "- " + markdown_text(line) + "\n";
        }
    }
    return out;
}

std::string plan_table(const app::AllocationPlan& plan, int width, bool has_colour) {
    TextPage page(width, has_colour);
    page.line(fmt::format("Allocation plan ({} cost)", allocate::name(plan.basis)), Style::kBold);
    for (const std::string& line : remarks(plan)) {
        page.paragraph(report::terminal_text(line), 0, 2);
    }
    for (const DimensionPlan& dimension : plan.dimensions) {
        page.blank();
        page.line(report::terminal_text(heading(dimension)), Style::kBold);
        show_table(moved_table(dimension), kMovedTitle, page);
        show_table(changes_table(dimension), kChangesTitle, page);
        for (const std::string& line : warnings(dimension)) {
            page.paragraph(report::terminal_text(line), 0, 2, Style::kWarning);
        }
    }
    return page.take();
}

} // namespace florin::cli
