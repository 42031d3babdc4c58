#include "validate/rule.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace florin::validate {
namespace {

/// The part of the specification that a rule is from, by the beginning of its id.
std::string section_of(const Rule& rule) {
    return rule.id.substr(0, rule.id.find('-'));
}

std::string cell_text(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        safe += c == '|' ? "\\|" : std::string(1, c);
    }
    return safe;
}

std::string versions_of(const Rule& rule) {
    if (!rule.until) {
        return fmt::format("{} on", focus::name(rule.since));
    }
    return fmt::format("{} to before {}", focus::name(rule.since), focus::name(*rule.until));
}

std::string how(const Rule& rule) {
    if (rule.check == Check::kUnchecked) {
        return "not checked: " + rule.parameter;
    }
    std::string text = "`" + std::string(name(rule.check)) + "`";
    if (!rule.parameter.empty()) {
        text += fmt::format(" {}", cell_text(rule.parameter));
    }
    if (!rule.when.is_always()) {
        text += " where " + cell_text(to_string(rule.when));
    }
    if (!rule.needs.empty()) {
        text += fmt::format(", if {}", fmt::join(rule.needs, " and "));
    }
    return text;
}

std::string criteria_table() {
    std::string table = "| Criterion | What it means | Columns that show it |\n|---|---|---|\n";
    for (const Criterion& criterion : criteria()) {
        table +=
            fmt::format("| {} | {} | {} |\n", criterion.name, criterion.what,
                        criterion.evidence.empty() ? "none" : fmt::format("{}", fmt::join(criterion.evidence, ", ")));
    }
    return table;
}

std::string checks_table() {
    std::map<std::string_view, std::pair<std::string_view, std::size_t>> kinds;
    for (const Rule& rule : rules()) {
        auto& kind = kinds[name(rule.check)];
        kind.first = describe(rule.check);
        ++kind.second;
    }
    std::string table = "| Check | A violation is | Rules |\n|---|---|---|\n";
    for (const auto& [kind, entry] : kinds) {
        table += fmt::format("| {} | {} | {} |\n", kind, entry.first, entry.second);
    }
    return table;
}

std::string errata_table() {
    std::string table = "| Rule | Models | What is published | What Florin does | Source |\n|---|---|---|---|---|\n";
    for (const Erratum& one : errata()) {
        table += fmt::format("| {} | {} | {} | {} | {} |\n", one.rule, one.versions, cell_text(one.published),
                             cell_text(one.decision), cell_text(one.source));
    }
    return table;
}

std::string rule_tables() {
    std::map<std::string, std::string> sections;
    for (const Rule& rule : rules()) {
        std::string& table = sections[section_of(rule)];
        if (table.empty()) {
            table = "| Rule | Versions | | Says | How it is looked at |\n|---|---|---|---|---|\n";
        }
        table += fmt::format("| {} | {} | {} | {} | {} |\n", rule.id, versions_of(rule), level(rule.keyword),
                             cell_text(rule.what), how(rule));
    }
    std::string text;
    for (const auto& [section, table] : sections) {
        text += "\n### " + section + "\n\n" + table;
    }
    return text;
}

} // namespace

std::string reference_page() {
    std::size_t unchecked = 0;
    for (const Rule& rule : rules()) {
        unchecked += rule.check == Check::kUnchecked ? 1 : 0;
    }
    std::string page = fmt::format(
        "# Rules of FOCUS Cost and Usage\n\n"
        "What `florin validate` holds files against: {} rules of FOCUS 1.0 to 1.4, {} of which no file can tell and\n"
        "which are listed as skipped. This page is made from `src/validate/rules.tsv`, `criteria.tsv` and\n"
        "`errata.tsv`; the test of the module compares them. The ids and facts are those of the FOCUS specification\n"
        "and its requirements models, CC-BY-4.0, https://focus.finops.org; the sentences are our own.\n\n"
        "Ids are as the requirements models of 1.2 write them. Those of 1.3 and 1.4 put `CAU-` before the ids of\n"
        "columns and of the dataset, and so does Florin when it validates against these versions; `--rule` takes\n"
        "both. There is no requirements model of 1.0 and 1.1: their rules have the ids of the same rules in 1.2.\n"
        "Rules that only join other rules, and rules that allow something (MAY), are not listed.\n\n"
        "How to read the results: [Validation](../guides/validation.md).\n",
        rules().size(), unchecked);
    page += "\n## What a provider supports\n\nSome columns must be there only if the provider supports something. A\n"
            "file shows that by having one of the columns; `--supports NAME` tells it where the file does not.\n\n" +
            criteria_table();
    page += "\n## Kinds of checks\n\n" + checks_table();
    page += "\n## Known errors of the published rules\n\n" + errata_table();
    return page + "\n## The rules\n" + rule_tables();
}

} // namespace florin::validate
