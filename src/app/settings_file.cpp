#include "app/settings_file.hpp"

#include "base/yaml_text.hpp"

#include <set>

namespace florin::app {

base::Result<YAML::Node> SettingsFile::load() const {
    auto loaded = base::load_yaml(text_, "a configuration");
    if (const auto* fault = std::get_if<base::YamlFault>(&loaded)) {
        return error("config.syntax", fault->message, fault->mark);
    }
    return std::get<YAML::Node>(loaded);
}

base::Error SettingsFile::error(const std::string& code, const std::string& message, const YAML::Mark& mark) const {
    return base::user_error(code, message).at(base::yaml_place(text_, file_name_, mark));
}

base::Result<void> SettingsFile::only_keys(const YAML::Node& map, const std::vector<std::string_view>& keys) const {
    if (!map.IsMap()) {
        return error("config.not_a_map", "expected `key: value` lines", map.Mark());
    }
    std::set<std::string> seen;
    for (const auto& entry : map) {
        const auto key = entry.first.as<std::string>("");
        if (!seen.insert(key).second) {
            return error("config.syntax", fmt::format("`{}` stands here a second time", key), entry.first.Mark());
        }
        if (std::ranges::find(keys, key) == keys.end()) {
            return error("config.unknown_key",
                         fmt::format("there is no setting `{}`; there are: {}", key, fmt::join(keys, ", ")),
                         entry.first.Mark());
        }
    }
    return {};
}

base::Result<void> SettingsFile::positive(const YAML::Node& map, const char* key, int least, int& target) const {
    FLORIN_TRY(value(map, key, "a whole number", target));
    if (target < least) {
        return error("config.out_of_range", fmt::format("`{}` must be at least {}", key, least), map[key].Mark());
    }
    return {};
}

} // namespace florin::app
