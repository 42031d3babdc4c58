#include "base/yaml_text.hpp"

#include "base/nearest.hpp"
#include "base/terminal_text.hpp"

#include <fmt/format.h>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace florin::base {
namespace {

constexpr std::size_t kYamlTextBytesMax = 256;

/// Looks at the text before it is loaded.
class Admission : public YAML::EventHandler {
public:
    Admission(std::string_view what, int depth_max) : what_(what), depth_max_(depth_max) {}

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        throw YAML::ParserException(mark, "an alias (`*name`) is not read here: write out what it stands for");
    }
    void OnDocumentStart(const YAML::Mark& mark) override {
        if (std::exchange(is_started_, true)) {
            throw YAML::ParserException(mark, fmt::format("a second document starts here; {} is one", what_));
        }
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        enter(mark);
    }
    void OnSequenceEnd() override { --depth_; }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
        enter(mark);
    }
    void OnMapEnd() override { --depth_; }

private:
    void enter(const YAML::Mark& mark) {
        if (++depth_ > depth_max_) {
            throw YAML::ParserException(mark, fmt::format("more than {} levels", depth_max_));
        }
    }
    std::string_view what_;
    int depth_max_;
    bool is_started_ = false;
    int depth_ = 0;
};

std::optional<std::size_t> first_byte_of_no_text(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (!character.is_valid || character.value == 0) {
            return at;
        }
        at += character.byte_count;
    }
    return std::nullopt;
}

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

} // namespace

std::variant<YAML::Node, YamlFault> load_yaml(const std::string& text, std::string_view what, int depth_max) {
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        Admission admission(what, depth_max);
        while (parser.HandleNextDocument(admission)) {
        }
        return YAML::Load(text);
    } catch (const YAML::Exception& exception) {
        return YamlFault{exception.msg, exception.mark};
    }
}

std::string line_of(std::string_view text, std::size_t number) {
    std::size_t at = 0;
    for (; number > 0 && at < text.size(); --number) {
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    }
    std::string found(text.substr(at, text.find('\n', at) - at));
    if (found.ends_with('\r')) {
        found.pop_back();
    }
    return found;
}

Place yaml_place(std::string_view text, std::string file, const YAML::Mark& mark) {
    Place place{.file = std::move(file)};
    if (!mark.is_null()) {
        place.row = static_cast<std::uint64_t>(mark.line) + 1;
        place.source_line = line_of(text, static_cast<std::size_t>(mark.line));
        place.caret = std::min(static_cast<std::uint64_t>(mark.column), place.source_line.size()) + 1;
    }
    return place;
}

Result<YamlText> YamlText::open(std::string text, std::string file, const YamlCodes& codes) {
    if (text.size() > kYamlBytesMax) {
        return user_error(std::string(codes.too_large),
                          fmt::format("the file has {} bytes, at most {} are read", text.size(), kYamlBytesMax))
            .at({.file = std::move(file)});
    }
    YamlText read(std::move(text), std::move(file), codes);
    if (const auto bad = first_byte_of_no_text(read.text_)) {
        const auto before = std::string_view(read.text_).substr(0, *bad);
        return user_error(std::string(codes.syntax), "a byte that is no UTF-8 text")
            .at({.file = read.file_, .row = static_cast<std::uint64_t>(std::ranges::count(before, '\n')) + 1});
    }
    auto loaded = load_yaml(read.text_, codes.what);
    if (const auto* fault = std::get_if<YamlFault>(&loaded)) {
        return read.error(std::string(codes.syntax), fault->message, fault->mark);
    }
    read.root_ = std::get<YAML::Node>(loaded);
    return read;
}

Error YamlText::error(std::string code, std::string message, const YAML::Mark& mark) const {
    return user_error(std::move(code), std::move(message)).at(yaml_place(text_, file_, mark));
}

Error YamlText::placed(Error error, const YAML::Node& node) const {
    const YAML::Mark mark = node.Mark();
    error.place.file = file_;
    error.place.row = static_cast<std::uint64_t>(mark.line) + 1;
    // In quotes or without: where the text stands in the line as it is, the caret can point into the file itself.
    const std::string source = line_of(text_, static_cast<std::size_t>(mark.line));
    for (const std::size_t quote : {std::size_t{0}, std::size_t{1}}) {
        const std::size_t start = static_cast<std::size_t>(mark.column) + quote;
        if (start <= source.size() && source.substr(start).starts_with(node.Scalar())) {
            error.place.source_line = source;
            error.place.caret = (error.place.caret == 0 ? 1 : error.place.caret) + start;
            break;
        }
    }
    return error;
}

Result<void> YamlText::only_keys(const YAML::Node& map, std::span<const std::string_view> keys,
                                 std::string_view of) const {
    if (!map.IsMap()) {
        return error(std::string(codes_.not_a_map), fmt::format("expected the `key: value` lines of {}", of),
                     map.Mark());
    }
    std::set<std::string> seen;
    for (const auto& entry : map) {
        const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        if (!seen.insert(key).second) {
            return error(std::string(codes_.twice), fmt::format("`{}` stands here a second time", key),
                         entry.first.Mark());
        }
        if (std::ranges::find(keys, key) == keys.end()) {
            return error(std::string(codes_.unknown_key),
                         fmt::format("{} has no `{}`; it has: {}", of, key, fmt::join(keys, ", ")), entry.first.Mark())
                .with_remedy(did_you_mean(key, keys));
        }
    }
    return {};
}

Result<std::string> YamlText::scalar(const YAML::Node& node, std::string_view what) const {
    if (!node.IsScalar() || node.Scalar().empty()) {
        return error(std::string(codes_.wrong_type), fmt::format("expected {}", what), node.Mark());
    }
    if (node.Scalar().size() > kYamlTextBytesMax || has_control_character(node.Scalar())) {
        return error(std::string(codes_.wrong_type),
                     fmt::format("{} has at most {} bytes and no control characters", what, kYamlTextBytesMax),
                     node.Mark());
    }
    return node.Scalar();
}

Result<std::optional<std::string>> YamlText::text(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    if (!node) {
        return std::optional<std::string>();
    }
    FLORIN_TRY_ASSIGN(std::string found, scalar(node, fmt::format("a text as `{}`", key)));
    return std::optional(std::move(found));
}

Result<std::string> YamlText::required_text(const YAML::Node& map, const char* key, std::string_view of) const {
    FLORIN_TRY_ASSIGN(std::optional<std::string> found, text(map, key));
    if (!found) {
        return error(std::string(codes_.missing_key), fmt::format("{} needs `{}`", of, key), map.Mark());
    }
    return *std::move(found);
}

Result<std::optional<std::size_t>> YamlText::choice(const YAML::Node& map, const char* key,
                                                    std::span<const std::string_view> names) const {
    const YAML::Node node = map[key];
    if (!node) {
        return std::optional<std::size_t>();
    }
    const std::string found = node.IsScalar() ? node.Scalar() : std::string();
    const auto known = std::ranges::find(names, found);
    if (known == names.end()) {
        return error(std::string(codes_.wrong_type), fmt::format("`{}` is one of: {}", key, fmt::join(names, ", ")),
                     node.Mark())
            .with_remedy(did_you_mean(found, names));
    }
    return std::optional(static_cast<std::size_t>(known - names.begin()));
}

} // namespace florin::base
