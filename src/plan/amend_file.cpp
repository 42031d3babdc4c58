#include "plan/amend_file.hpp"

#include "base/yaml_text.hpp"
#include "plan/budget_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace florin::plan {

using base::Result;

namespace {

constexpr std::size_t kPatchContext = 3;

/// Lines with their ends; the last one may have none.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

/// In double quotes, as YAML reads it back.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned>(c)); // the reader refuses it, with its place
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

bool is_blank_or_comment(std::string_view line) {
    const std::size_t at = line.find_first_not_of(" \t\r\n");
    return at == std::string_view::npos || line[at] == '#';
}

/// `line_end`: what lines of the file end with; `indent`: what the list's items stand behind.
std::string item_text(const Amendment& amendment, std::string_view indent, std::string_view line_end,
                      const Budget& budget) {
    std::string out;
    const auto put = [&](const std::string& text) {
        out += fmt::format("{}{}{}{}", indent, out.empty() ? "- " : "  ", text, line_end);
    };
    put("date: " + period::to_string(amendment.date));
    if (amendment.kind == Amendment::Kind::kSteps) {
        put("amounts:");
        for (const StepAmount& one : amendment.steps) {
            put(fmt::format("  {}: {}", period::to_string(budget.steps[one.step]), one.amount.to_string()));
        }
    } else {
        put(fmt::format("{}: {}", amendment.kind == Amendment::Kind::kTotal ? "amount" : "add",
                        amendment.amount.to_string()));
    }
    if (amendment.spread) {
        put(fmt::format("spread: {}", name(*amendment.spread)));
    }
    put("reason: " + quoted(amendment.reason));
    put("by: " + quoted(amendment.by));
    if (!amendment.approvals.empty()) {
        put("approvals:");
        for (const Approval& approval : amendment.approvals) {
            put(fmt::format("  - {{by: {}, on: {}}}", quoted(approval.by), period::to_string(approval.on)));
        }
    }
    return out;
}

/// Where a new item goes: behind this line (a count of lines), and behind these blanks.
struct Insertion {
    std::size_t line = 0;
    std::string indent;
    bool needs_key = false;
};

Result<Insertion> place_for(const YAML::Node& root, const std::vector<std::string_view>& lines,
                            const base::Error& in_one_line) {
    const YAML::Node list = root["amendments"];
    if (!list) {
        std::size_t end = lines.size();
        while (end > 0 && is_blank_or_comment(lines[end - 1]) && lines[end - 1].find('#') == std::string_view::npos) {
            --end;
        }
        return Insertion{.line = end, .indent = "  ", .needs_key = true};
    }
    if (list.Style() == YAML::EmitterStyle::Flow || list.size() == 0) {
        return in_one_line;
    }
    // A block's mark is its first dash. It ends before the first line that has another key, at the margin.
    const auto first = static_cast<std::size_t>(list.Mark().line);
    const auto column = static_cast<std::size_t>(list.Mark().column);
    std::size_t end = first + 1;
    for (std::size_t i = first + 1; i < lines.size(); ++i) {
        const std::size_t at = lines[i].find_first_not_of(' ');
        if (is_blank_or_comment(lines[i])) {
            continue;
        }
        if (at < column || (at == column && lines[i][at] != '-')) {
            break;
        }
        end = i + 1;
    }
    return Insertion{.line = end, .indent = std::string(column, ' ')};
}

} // namespace

Result<std::string> with_amendment(const std::string& text, const std::string& file, const Amendment& amendment,
                                   const period::FiscalCalendar& calendar) {
    FLORIN_TRY_ASSIGN(const Budget before, read_budget(text, file, calendar));
    if (!before.amendments.empty() && before.amendments.back().date > amendment.date) {
        return base::user_error("budget.dates_reversed",
                                fmt::format("the budget {} was amended on {} already, which is after {}", before.name,
                                            period::to_string(before.amendments.back().date),
                                            period::to_string(amendment.date)))
            .at({.file = file})
            .with_remedy("Name a date from then on.");
    }
    auto loaded = base::load_yaml(text, "a budget's file");
    FLORIN_CHECK(std::holds_alternative<YAML::Node>(loaded), "a budget that was read is YAML");
    const std::vector<std::string_view> lines = lines_of(text);
    FLORIN_TRY_ASSIGN(const Insertion at,
                      place_for(std::get<YAML::Node>(loaded), lines,
                                base::user_error("budget.flow_amendments",
                                                 "the amendments of this file stand in one line, or there are none")
                                    .at({.file = file})
                                    .with_remedy("Write each as lines that begin with `- date: …`, or take an empty "
                                                 "`amendments` out.")));
    const std::string_view line_end = text.find("\r\n") == std::string::npos ? "\n" : "\r\n";
    std::string after;
    for (std::size_t i = 0; i < at.line; ++i) {
        after += lines[i];
    }
    if (!after.empty() && !after.ends_with('\n')) {
        after += line_end;
    }
    if (at.needs_key) {
        after += fmt::format("amendments:{}", line_end);
    }
    after += item_text(amendment, at.indent, line_end, before);
    for (std::size_t i = at.line; i < lines.size(); ++i) {
        after += lines[i];
    }
    FLORIN_TRY_ASSIGN(const Budget read, read_budget(after, file, calendar));
    Budget meant = before;
    meant.amendments.push_back(amendment);
    meant.row = read.row; // lines below the new one moved
    if (read != meant) {
        return base::user_error("budget.not_amendable", "with the amendment the file would say something else, too")
            .at({.file = file})
            .with_remedy("Write the amendment into the file by hand.");
    }
    return after;
}

std::string patch_of(std::string_view before, std::string_view after, std::string_view path) {
    const std::vector<std::string_view> old_lines = lines_of(before);
    const std::vector<std::string_view> new_lines = lines_of(after);
    std::size_t head = 0;
    while (head < old_lines.size() && head < new_lines.size() && old_lines[head] == new_lines[head]) {
        ++head;
    }
    std::size_t tail = 0;
    while (tail < old_lines.size() - head && tail < new_lines.size() - head &&
           old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail]) {
        ++tail;
    }
    const std::size_t first = head - std::min(head, kPatchContext);
    const std::size_t shown_after = std::min(tail, kPatchContext);
    const std::size_t old_end = old_lines.size() - tail;
    const std::size_t new_end = new_lines.size() - tail;
    const std::size_t old_count = old_end + shown_after - first;
    std::string patch =
        fmt::format("--- a/{}\n+++ b/{}\n@@ -{},{} +{},{} @@\n", path, path, old_count == 0 ? first : first + 1,
                    old_count, first + 1, new_end + shown_after - first);
    const auto put = [&patch](char sign, std::string_view line) {
        patch += sign;
        patch += line;
        if (!line.ends_with('\n')) {
            patch += "\n\\ No newline at end of file\n";
        }
    };
    for (std::size_t i = first; i < head; ++i) {
        put(' ', old_lines[i]);
    }
    for (std::size_t i = head; i < old_end; ++i) {
        put('-', old_lines[i]);
    }
    for (std::size_t i = head; i < new_end; ++i) {
        put('+', new_lines[i]);
    }
    for (std::size_t i = old_end; i < old_end + shown_after; ++i) {
        put(' ', old_lines[i]);
    }
    return patch;
}

} // namespace florin::plan
