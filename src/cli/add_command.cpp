#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>

namespace florin::cli {

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& what, const std::string& examples) {
    CLI::App* command = parent.add_subcommand(name, what);
    if (!examples.empty()) {
        command->footer("Examples:\n" + examples);
    }
    return command;
}

void add_format(CLI::App& command, std::string& format, const std::vector<std::string>& names) {
    std::string choice = names.front();
    for (std::size_t i = 1; i < names.size(); ++i) {
        choice += (i + 1 == names.size() ? " or " : ", ") + names[i];
    }
    command.add_option("--format", format, choice)->check(CLI::IsMember(names))->capture_default_str();
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
    return {[least, most](std::string& text) {
                std::uint64_t number = 0;
                const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
                const bool is_number = error == std::errc() && end == text.data() + text.size();
                if (is_number && number >= least && number <= most) {
                    return std::string();
                }
                const bool is_bounded = most != std::numeric_limits<std::uint64_t>::max();
                return fmt::format("expected a whole number from {}{}, not {}", least,
                                   is_bounded ? fmt::format(" to {}", most) : "", text);
            },
            ""};
}

} // namespace florin::cli
