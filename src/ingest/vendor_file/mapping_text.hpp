// The text of a file in a workspace's `sources/`: YAML whose errors point into it.
#pragma once

#include "base/result.hpp"
#include "focus/focus.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace YAML {
class Node;
}

namespace florin::ingest::vendor_file {

/// One YAML document. Thread-safe once read, as far as it is only looked at.
class MappingText {
public:
    /// Errors: `mapping.syntax` (no YAML, an alias, several documents, no map, a key that stands twice).
    static base::Result<MappingText> read(std::string text, std::string file_name);

    const YAML::Node& root() const { return *root_; }
    const std::string& text() const { return text_; }
    const std::string& file_name() const { return file_name_; }

    /// A fault at a node, or `offset` bytes behind its begin where it is a text that stands on one line as it is.
    base::Error error(std::string code, std::string message, const YAML::Node& node, std::size_t offset = 0) const;

    /// The map's keys are among `known`. Errors `mapping.unknown_name` (with the nearest), `mapping.syntax` (no map),
    /// `mapping.wrong_type` (a key that is no text).
    base::Result<void> check_keys(const YAML::Node& map, const std::vector<std::string_view>& known) const;

    /// The text at `key`, empty where there is none. Error `mapping.wrong_type`.
    base::Result<std::string> scalar(const YAML::Node& map, const std::string& key) const;
    /// A text, or a list of texts, none of them empty; nothing where there is no such key. Error `mapping.wrong_type`.
    base::Result<std::vector<std::string>> scalars(const YAML::Node& map, const std::string& key) const;
    /// Keys and texts, in the order of the file. Errors `mapping.wrong_type`, `mapping.syntax`.
    base::Result<std::vector<std::pair<YAML::Node, YAML::Node>>> entries(const YAML::Node& map,
                                                                         const std::string& key) const;

private:
    MappingText(std::string text, std::string file_name) : text_(std::move(text)), file_name_(std::move(file_name)) {}

    std::string text_;
    std::string file_name_;
    std::shared_ptr<YAML::Node> root_;
};

/// What is wrong with `value` in a column that has a list of values, with the nearest of them; nothing where it is one,
/// or the column has no list.
std::optional<std::string> not_allowed(const focus::Column& column, const std::string& value);

/// `message`, with the nearest of `known` as what is probably meant.
std::string with_suggestion(std::string message, std::string_view name, const std::vector<std::string_view>& known);

} // namespace florin::ingest::vendor_file
