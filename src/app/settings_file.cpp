#include "app/settings_file.hpp"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>

#include <set>
#include <sstream>

namespace florin::app {
namespace {

/// Looks at the text before it is loaded. An alias stands for all that its anchor holds: a small file of them is
/// a huge configuration, or one that holds itself. What stands after the first document would be passed over.
class Admission : public YAML::EventHandler {
public:
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        throw YAML::ParserException(mark, "an alias (`*name`) is not read here: write out what it stands for");
    }
    void OnDocumentStart(const YAML::Mark& mark) override {
        if (is_started_) {
            throw YAML::ParserException(mark, "a second document starts here; a configuration is one");
        }
        is_started_ = true;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}

private:
    bool is_started_ = false;
};

} // namespace

base::Result<YAML::Node> SettingsFile::load() const {
    try {
        std::istringstream stream(text_);
        YAML::Parser parser(stream);
        Admission admission;
        while (parser.HandleNextDocument(admission)) {
        }
        return YAML::Load(text_);
    } catch (const YAML::Exception& exception) {
        return error("config.syntax", exception.msg, exception.mark);
    }
}

base::Error SettingsFile::error(const std::string& code, const std::string& message, const YAML::Mark& mark) const {
    base::Place place{.file = file_name_};
    if (!mark.is_null()) {
        place.row = static_cast<std::uint64_t>(mark.line) + 1;
        place.caret = static_cast<std::uint64_t>(mark.column) + 1;
        place.source_line = line(static_cast<std::size_t>(mark.line));
    }
    return base::user_error(code, message).at(std::move(place));
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

std::string SettingsFile::line(std::size_t number) const {
    std::size_t at = 0;
    for (; number > 0 && at < text_.size(); --number) {
        at = std::min(text_.find('\n', at), text_.size() - 1) + 1;
    }
    return text_.substr(at, text_.find('\n', at) - at);
}

} // namespace florin::app
