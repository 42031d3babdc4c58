#include "ingest/vendor_file/mapping_text.hpp"

#include "base/nearest.hpp"
#include "base/yaml_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

namespace florin::ingest::vendor_file {
namespace {

constexpr int kDepthMax = 8;

} // namespace

std::string with_suggestion(std::string message, std::string_view name, const std::vector<std::string_view>& known) {
    if (const auto meant = base::nearest(name, known)) {
        return fmt::format("{}; is `{}` meant?", message, *meant);
    }
    return message;
}

std::optional<std::string> not_allowed(const focus::Column& column, const std::string& value) {
    if (column.allowed_values.empty() ||
        std::ranges::find(column.allowed_values, value) != column.allowed_values.end()) {
        return std::nullopt;
    }
    return with_suggestion(fmt::format("`{}` is no value of {}", value, column.name), value,
                           {column.allowed_values.begin(), column.allowed_values.end()});
}

base::Error MappingText::error(std::string code, std::string message, const YAML::Node& node,
                               std::size_t offset) const {
    base::Place place{.file = file_name_};
    if (const YAML::Mark mark = node.Mark(); !mark.is_null()) {
        place.row = static_cast<std::uint64_t>(mark.line) + 1;
        place.source_line = base::line_of(text_, static_cast<std::size_t>(mark.line));
        auto at = static_cast<std::size_t>(mark.column);
        if (node.IsScalar()) {
            const std::size_t quote =
                at < place.source_line.size() && (place.source_line[at] == '"' || place.source_line[at] == '\'') ? 1
                                                                                                                 : 0;
            const std::string text = node.as<std::string>();
            if (std::string_view(place.source_line)
                    .substr(std::min(at + quote, place.source_line.size()))
                    .starts_with(text)) {
                at += quote + offset;
            }
        }
        place.caret = at + 1;
    }
    return base::user_error(std::move(code), std::move(message)).at(std::move(place));
}

base::Result<MappingText> MappingText::read(std::string text, std::string file_name) {
    MappingText mapping(std::move(text), std::move(file_name));
    auto loaded = base::load_yaml(mapping.text_, "a mapping", kDepthMax);
    if (const auto* fault = std::get_if<base::YamlFault>(&loaded)) {
        return base::user_error("mapping.syntax", fault->message)
            .at(base::yaml_place(mapping.text_, mapping.file_name_, fault->mark));
    }
    mapping.root_ = std::make_shared<YAML::Node>(std::get<YAML::Node>(loaded));
    if (!mapping.root_->IsMap()) {
        return mapping.error("mapping.syntax", "a mapping is `key: value` lines", *mapping.root_);
    }
    return mapping;
}

base::Result<void> MappingText::check_keys(const YAML::Node& map, const std::vector<std::string_view>& known) const {
    if (!map.IsMap()) {
        return error("mapping.syntax", "expected `key: value` lines", map);
    }
    std::set<std::string> seen;
    for (const auto& entry : map) {
        if (!entry.first.IsScalar()) {
            return error("mapping.wrong_type", "what stands before the colon must be a text", entry.first);
        }
        const auto key = entry.first.as<std::string>();
        if (!seen.insert(key).second) {
            return error("mapping.syntax", fmt::format("`{}` stands here a second time", key), entry.first);
        }
        if (std::ranges::find(known, key) == known.end()) {
            return error("mapping.unknown_name",
                         with_suggestion(fmt::format("there is no key `{}` here", key), key, known), entry.first)
                .with_remedy(fmt::format("there are: {}", fmt::join(known, ", ")));
        }
    }
    return {};
}

base::Result<std::string> MappingText::scalar(const YAML::Node& map, const std::string& key) const {
    const YAML::Node node = map[key];
    if (!node || node.IsNull()) {
        return std::string();
    }
    if (!node.IsScalar()) {
        return error("mapping.wrong_type", fmt::format("`{}` must be a text", key), node);
    }
    return node.as<std::string>();
}

base::Result<std::vector<std::string>> MappingText::scalars(const YAML::Node& map, const std::string& key) const {
    const YAML::Node node = map[key];
    std::vector<std::string> texts;
    if (!node || node.IsNull()) {
        return texts;
    }
    if (node.IsScalar()) {
        texts.push_back(node.as<std::string>());
        return texts;
    }
    if (!node.IsSequence()) {
        return error("mapping.wrong_type", fmt::format("`{}` must be a list of texts", key), node);
    }
    for (const YAML::Node& one : node) {
        if (!one.IsScalar() || one.as<std::string>().empty()) {
            return error("mapping.wrong_type", fmt::format("`{}` must be a list of texts", key), one);
        }
        texts.push_back(one.as<std::string>());
    }
    return texts;
}

base::Result<std::vector<std::pair<YAML::Node, YAML::Node>>> MappingText::entries(const YAML::Node& map,
                                                                                  const std::string& key) const {
    const YAML::Node node = map[key];
    std::vector<std::pair<YAML::Node, YAML::Node>> found;
    if (!node || node.IsNull()) {
        return found;
    }
    if (!node.IsMap()) {
        return error("mapping.syntax", fmt::format("`{}` must be `key: value` lines", key), node);
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
        if (!entry.first.IsScalar()) {
            return error("mapping.wrong_type", "what stands before the colon must be a text", entry.first);
        }
        if (!seen.insert(entry.first.as<std::string>()).second) {
            return error("mapping.syntax", fmt::format("`{}` stands here a second time", entry.first.as<std::string>()),
                         entry.first);
        }
        found.emplace_back(entry.first, entry.second);
    }
    return found;
}

} // namespace florin::ingest::vendor_file
