// Reads YAML that people write, strictly and with places: every refusal points at its line and column.
#pragma once

#include "base/result.hpp"
#include "period/period.hpp"
#include "query/filter.hpp"

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::allocate {

inline constexpr std::size_t kRuleFileBytesMax = std::size_t{1} << 20U;
inline constexpr int kRuleFileDepthMax = 100;

/// One file of rules. It must outlive nothing: it keeps the text. One thread at a time.
class RuleFileReader {
public:
    /// Errors: `allocation.too_large` beyond kRuleFileBytesMax bytes or kRuleFileDepthMax levels; `allocation.syntax`
    /// for what is no YAML, an alias (a small file of them is a huge one), a second document, or no UTF-8.
    static base::Result<RuleFileReader> open(std::string text, std::string file);

    const YAML::Node& root() const { return root_; }
    const std::string& file() const { return file_; }

    /// The line and column of the file, with the line's text.
    base::Place place(const YAML::Mark& mark) const;
    /// An error of the user at a place of the file.
    base::Error error(std::string code, std::string message, const YAML::Mark& mark) const;

    /// The map has no other keys and none twice. `of`: what it describes, as in "a rule".
    base::Result<void> only_keys(const YAML::Node& map, std::span<const std::string_view> keys,
                                 std::string_view of) const;
    /// The text of a key; nothing where the key is missing. An empty one is refused, as is what no name may hold:
    /// control characters, more than 256 bytes.
    base::Result<std::optional<std::string>> text(const YAML::Node& map, const char* key) const;
    base::Result<std::string> required_text(const YAML::Node& map, const char* key, std::string_view of) const;
    /// One text, or a list of at least one.
    base::Result<std::vector<std::string>> texts(const YAML::Node& map, const char* key) const;
    base::Result<std::string> scalar(const YAML::Node& node, std::string_view what) const;
    base::Result<std::optional<bool>> flag(const YAML::Node& map, const char* key) const;
    /// Which of `names` a key's text is; nothing where the key is missing. `allocation.wrong_type` with the nearest of
    /// them.
    base::Result<std::optional<std::size_t>> choice(const YAML::Node& map, const char* key,
                                                    std::span<const std::string_view> names) const;
    base::Result<std::optional<period::Day>> day(const YAML::Node& map, const char* key) const;
    /// A filter over texts, its errors at their place in the file. `allocation.charge_value` for a value of the single
    /// charge, which tuples do not have.
    base::Result<std::optional<query::Filter>> filter(const YAML::Node& map, const char* key) const;
    /// A dimension, a tag or a custom column.
    base::Result<query::Field> field(const YAML::Node& node) const;
    base::Result<void> said_by_the_charge(const query::Field& field, const YAML::Node& node) const;

private:
    RuleFileReader(std::string text, std::string file) : text_(std::move(text)), file_(std::move(file)) {}
    std::string line(std::size_t number) const;
    /// The error of a text within `node`, moved to where that text stands in the file.
    base::Error placed(base::Error error, const YAML::Node& node) const;

    std::string text_;
    std::string file_;
    YAML::Node root_;
};

} // namespace florin::allocate
