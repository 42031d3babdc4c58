// A YAML file that people write: its values with their types, and errors that point into it.
#pragma once

#include "base/result.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::app {

/// Knows the text of one file, which must outlive it. For sources only: it brings yaml-cpp in.
class SettingsFile {
public:
    SettingsFile(const std::string& text, const std::string& file_name) : text_(text), file_name_(file_name) {}

    /// The one document of the file; null for an empty one. Aliases are refused. Error `config.syntax`.
    base::Result<YAML::Node> load() const;

    /// An error of the user's with the line and a caret at `mark`.
    base::Error error(const std::string& code, const std::string& message, const YAML::Mark& mark) const;

    /// Errors `config.not_a_map`, `config.unknown_key`, `config.syntax` (a key twice).
    base::Result<void> only_keys(const YAML::Node& map, const std::vector<std::string_view>& keys) const;

    /// Reads `map[key]` where it has a value and leaves `target` otherwise. Error `config.wrong_type`, which says
    /// that it must be `expected`.
    template <class T>
    base::Result<void> value(const YAML::Node& map, const char* key, std::string_view expected, T& target) const {
        const YAML::Node node = map[key];
        if (!node || node.IsNull()) { // `name:` with nothing behind it is not the text "null"
            return {};
        }
        const bool has_gap =
            node.IsSequence() && std::any_of(node.begin(), node.end(), [](const auto& one) { return one.IsNull(); });
        if (has_gap) {
            return error("config.wrong_type", fmt::format("`{}` must be {}", key, expected), node.Mark());
        }
        try {
            target = node.as<T>();
        } catch (const YAML::Exception&) {
            return error("config.wrong_type", fmt::format("`{}` must be {}", key, expected), node.Mark());
        }
        return {};
    }

    /// As value(). Error `config.out_of_range` below `least`.
    base::Result<void> positive(const YAML::Node& map, const char* key, int least, int& target) const;

private:
    const std::string& text_;
    const std::string& file_name_;
};

} // namespace florin::app
