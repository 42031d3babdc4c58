// YAML that people write, read strictly and with places: every refusal points at its line and column.
// For sources, and headers of sources only: it brings yaml-cpp in.
#pragma once

#include "base/result.hpp"

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace florin::base {

inline constexpr std::size_t kYamlBytesMax = std::size_t{1} << 20U;
inline constexpr int kYamlDepthMax = 100;

/// Why a text is not read, and where.
struct YamlFault {
    std::string message;
    YAML::Mark mark;
};

/// The one document of `text`; null for an empty one. An alias is refused, because it stands for all that its anchor
/// holds: a small file of them is a huge one, or one that holds itself. So is a second document, which would be passed
/// over, and more than `depth_max` levels. `what`: what such a file is, as in "a configuration".
std::variant<YAML::Node, YamlFault> load_yaml(const std::string& text, std::string_view what,
                                              int depth_max = kYamlDepthMax);

/// Line `number` of a text, from 0, without its end.
std::string line_of(std::string_view text, std::size_t number);

/// The place of `mark` in `text`, with its line and a caret.
Place yaml_place(std::string_view text, std::string file, const YAML::Mark& mark);

/// The codes of the errors of one kind of file.
struct YamlCodes {
    std::string_view what; ///< what such a file is, as in "a file of budgets"
    std::string_view syntax;
    std::string_view too_large;
    std::string_view not_a_map;
    std::string_view unknown_key;
    std::string_view missing_key;
    std::string_view wrong_type;
    std::string_view twice;
};

/// One file. It keeps the text. One thread at a time. All errors are the user's.
class YamlText {
public:
    /// Errors: `too_large` beyond kYamlBytesMax bytes; `syntax` for what is no YAML, no UTF-8, or what load_yaml
    /// refuses.
    static Result<YamlText> open(std::string text, std::string file, const YamlCodes& codes);

    const YAML::Node& root() const { return root_; }
    const std::string& text() const { return text_; }
    const std::string& file() const { return file_; }

    Error error(std::string code, std::string message, const YAML::Mark& mark) const;
    /// The error of a text within `node`, moved to where that text stands in the file.
    Error placed(Error error, const YAML::Node& node) const;

    /// The map has no other keys and none twice. `of`: what it describes, as in "a budget".
    Result<void> only_keys(const YAML::Node& map, std::span<const std::string_view> keys, std::string_view of) const;
    /// A text of at most 256 bytes without control characters, not empty. `what`: what is expected.
    Result<std::string> scalar(const YAML::Node& node, std::string_view what) const;
    /// The text of a key; nothing where the key is missing.
    Result<std::optional<std::string>> text(const YAML::Node& map, const char* key) const;
    Result<std::string> required_text(const YAML::Node& map, const char* key, std::string_view of) const;
    /// Which of `names` the text of a key is; nothing where the key is missing. `wrong_type` with the nearest of them.
    Result<std::optional<std::size_t>> choice(const YAML::Node& map, const char* key,
                                              std::span<const std::string_view> names) const;

private:
    YamlText(std::string text, std::string file, const YamlCodes& codes)
        : text_(std::move(text)), file_(std::move(file)), codes_(codes) {}

    std::string text_;
    std::string file_;
    YamlCodes codes_;
    YAML::Node root_;
};

} // namespace florin::base
