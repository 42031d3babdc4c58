#include "ingest/source.hpp"

#include "base/check.hpp"
#include "engine/engine.hpp"
#include "ingest/disjoint_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace florin::ingest {
namespace {

using engine::sql_name;
using engine::sql_text;

constexpr std::array<std::pair<std::string_view, RuleKind>, 5> kKinds = {{{"kept", RuleKind::kKept},
                                                                          {"restated", RuleKind::kRestated},
                                                                          {"suppressed", RuleKind::kSuppressed},
                                                                          {"split", RuleKind::kSplit},
                                                                          {"synthesised", RuleKind::kSynthesised}}};

std::vector<std::string> split_at(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t end = std::min(text.find(separator), text.size());
        parts.emplace_back(text.substr(0, end));
        if (end == text.size()) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

/// What tells the deliveries of a snapshot source apart: the folder, and the keys from the fifth on.
std::vector<std::string> delivery_keys(const SourceFile& file) {
    std::vector<std::string> keys;
    for (const SurveyedGroup& group : file.survey.groups) {
        std::string key = file.head.path.parent_path().string();
        for (std::size_t i = 4; i < group.keys.size(); ++i) {
            key += '\n' + group.keys[i];
        }
        keys.push_back(std::move(key));
    }
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

} // namespace

std::string_view name(RuleKind kind) {
    return kKinds[static_cast<std::size_t>(kind)].first;
}

std::vector<SourceRule> parse_source_rules(std::string_view tsv) {
    std::vector<SourceRule> rules;
    for (const std::string& line : split_at(tsv, '\n')) {
        if (line.empty() || line.starts_with('#') || line.starts_with("id\t")) {
            continue;
        }
        std::vector<std::string> cells = split_at(line, '\t');
        FLORIN_CHECK(cells.size() == 5, "a rule has an id, a kind, a sentence, a document and a date");
        const auto kind = std::ranges::find(kKinds, cells[1], &std::pair<std::string_view, RuleKind>::first);
        FLORIN_CHECK(kind != kKinds.end(), "a rule's kind is one of those there are");
        rules.push_back({.id = std::move(cells[0]),
                         .kind = kind->second,
                         .sentence = std::move(cells[2]),
                         .document = std::move(cells[3]),
                         .date = std::move(cells[4])});
    }
    return rules;
}

std::string rules_table(std::span<const SourceRule> rules) {
    std::string table = "| rule | what | from, read |\n|---|---|---|\n";
    for (const SourceRule& rule : rules) {
        table += fmt::format("| `{}` ({}) | {} | {}, {} |\n", rule.id, name(rule.kind), rule.sentence, rule.document,
                             rule.date);
    }
    return table;
}

namespace {

/// A call of one of the engine's functions that take names and texts.
std::string named_texts_sql(std::string_view function,
                            const std::vector<std::pair<std::string, std::string>>& columns) {
    std::string names;
    std::string texts;
    for (const auto& [name, staged] : columns) {
        names += (names.empty() ? "" : "\x1f") + name;
        texts += ", " + sql_name(staged);
    }
    return fmt::format("{}({}{})", function, sql_text(names), texts);
}

} // namespace

std::string custom_column_name(std::string_view column) {
    std::string name = "x_";
    bool capital = true;
    for (const char c : column) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_letter) {
            name += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        capital = !is_letter;
    }
    return name;
}

std::string custom_columns_sql(const std::vector<std::pair<std::string, std::string>>& columns) {
    return columns.empty() ? "CAST(NULL AS MAP(VARCHAR, VARCHAR))" : named_texts_sql("florin_text_map", columns);
}

std::string flat_json_sql(const std::vector<std::pair<std::string, std::string>>& columns) {
    return columns.empty() ? "CAST(NULL AS VARCHAR)" : named_texts_sql("florin_text_object", columns);
}

std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values) {
    std::string out;
    while (true) {
        const std::size_t begin = text.find("{{");
        out += text.substr(0, begin);
        if (begin == std::string_view::npos) {
            return out;
        }
        const std::size_t end = text.find("}}", begin);
        FLORIN_CHECK(end != std::string_view::npos, "what is opened is closed");
        const auto value = values.find(std::string(text.substr(begin + 2, end - begin - 2)));
        FLORIN_CHECK(value != values.end(), "a template names only what there is");
        out += value->second;
        text.remove_prefix(end + 2);
    }
}

std::string case_sql(std::string_view value, std::string_view tsv) {
    std::string whens;
    bool is_header = true;
    for (const std::string& line : split_at(tsv, '\n')) {
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const std::vector<std::string> cells = split_at(line, '\t');
        FLORIN_CHECK(cells.size() == 2, "a table of two columns");
        if (!is_header) {
            whens += fmt::format(" WHEN {} THEN {}", sql_text(cells[0]), sql_text(cells[1]));
        }
        is_header = false;
    }
    return fmt::format("(CASE {}{} END)", value, whens);
}

base::Result<std::vector<FileGroup>> Source::group(const std::vector<SourceFile>& files,
                                                   const std::vector<Manifest>&) const {
    DisjointSets together(files.size());
    if (mode() == lake::Mode::kSnapshot) {
        std::map<std::string, std::size_t> first_with;
        for (std::size_t i = 0; i < files.size(); ++i) {
            for (const std::string& key : delivery_keys(files[i])) {
                together.join(first_with.try_emplace(key, i).first->second, i);
            }
        }
    }
    std::vector<FileGroup> groups;
    for (std::vector<std::size_t>& members : together.sets()) {
        groups.push_back({.files = std::move(members)});
    }
    return groups;
}

std::optional<FoundSource> find_source(const FileHead& head, std::span<const Source* const> sources) {
    std::optional<FoundSource> found;
    for (const Source* source : sources) {
        std::optional<Recognised> recognised = source->recognise(head);
        if (recognised && (!found || recognised->weight > found->recognised.weight)) {
            found = FoundSource{source, std::move(*recognised)};
        }
    }
    return found;
}

} // namespace florin::ingest
