#include "allocate/case_table.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string_view>

namespace florin::allocate::test {
namespace {

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string()
                                           : std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

} // namespace

std::vector<std::vector<std::string>> cases_of(const std::string& name, std::size_t columns) {
    std::ifstream file(std::string(FLORIN_SOURCE_DIR) + "/src/allocate/" + name);
    std::vector<std::vector<std::string>> cases;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        std::vector<std::string> cells;
        for (std::size_t at = 0; at <= line.size();) {
            const std::size_t end = std::min(line.find(" | ", at), line.size());
            cells.push_back(trimmed(std::string_view(line).substr(at, end - at)));
            at = end + 3;
        }
        if (cells.size() + 1 == columns) {
            cells.emplace_back();
        }
        EXPECT_EQ(cells.size(), columns) << line;
        cases.push_back(cells);
    }
    EXPECT_GT(cases.size(), 10U) << name;
    return cases;
}

std::vector<std::string> pieces(std::string text, const std::string& separator) {
    std::vector<std::string> out;
    for (std::size_t end = 0; (end = text.find(separator)) != std::string::npos;
         text.erase(0, end + separator.size())) {
        out.push_back(text.substr(0, end));
    }
    out.push_back(text);
    return out;
}

std::vector<RuleText> files_of(const std::string& cell) {
    std::vector<RuleText> files;
    for (const std::string& file : pieces(cell, "⏎⏎")) {
        std::vector<std::string> lines = pieces(file, "⏎");
        const std::string name = lines.front();
        lines.erase(lines.begin());
        files.push_back({name, fmt::format("{}", fmt::join(lines, "\n"))});
    }
    return files;
}

} // namespace florin::allocate::test
