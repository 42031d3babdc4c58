#include "app/allocation_rules.hpp"

#include "allocate/lookup.hpp"

#include <fmt/format.h>

#include <utility>

namespace florin::app {

base::Result<std::vector<allocate::RuleText>> read_rule_texts(const base::Path& folder) {
    std::vector<allocate::RuleText> texts;
    const base::Path rules = folder / kRulesFolder;
    std::error_code code;
    if (!std::filesystem::is_directory(rules, code)) {
        return texts;
    }
    FLORIN_TRY_ASSIGN(const std::vector<base::Path> files, base::list_files(rules));
    std::uint64_t byte_count = 0;
    for (const base::Path& file : files) {
        const base::Path extension = file.extension();
        if (extension != ".yaml" && extension != ".yml" && extension != ".csv") {
            continue;
        }
        FLORIN_TRY_ASSIGN(std::string text, base::read_file(file, allocate::kTableBytesMax));
        byte_count += text.size();
        std::string name = file.lexically_relative(rules).string();
        if (byte_count > kRulesBytesMax) {
            return base::user_error("allocation.too_large",
                                    fmt::format("the files of rules have more than {} bytes together", kRulesBytesMax))
                .at({.file = std::move(name)})
                .with_remedy("Take out tables that no rule names, and their keys that no bill has.");
        }
        texts.push_back({std::move(name), std::move(text)});
    }
    return texts;
}

} // namespace florin::app
