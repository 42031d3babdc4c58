// What files of rules hold beside texts: days, filters and fields, refused at their line and column.
#pragma once

#include "base/yaml_text.hpp"
#include "period/period.hpp"
#include "query/filter.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace florin::allocate {

/// One file of rules. One thread at a time.
class RuleFileReader : public base::YamlText {
public:
    /// Errors: `allocation.too_large` beyond base::kYamlBytesMax bytes; `allocation.syntax` for what is no YAML or no
    /// UTF-8, an alias (a small file of them is a huge one), a second document, more than base::kYamlDepthMax levels.
    static base::Result<RuleFileReader> open(std::string text, std::string file);

    /// The line and column of the file, with the line's text.
    base::Place place(const YAML::Mark& mark) const { return base::yaml_place(text(), file(), mark); }

    /// One text, or a list of at least one.
    base::Result<std::vector<std::string>> texts(const YAML::Node& map, const char* key) const;
    base::Result<std::optional<bool>> flag(const YAML::Node& map, const char* key) const;
    base::Result<std::optional<period::Day>> day(const YAML::Node& map, const char* key) const;
    /// A filter over texts, its errors at their place in the file. `allocation.charge_value` for a value of the single
    /// charge, which tuples do not have.
    base::Result<std::optional<query::Filter>> filter(const YAML::Node& map, const char* key) const;
    /// A dimension, a tag or a custom column.
    base::Result<query::Field> field(const YAML::Node& node) const;
    base::Result<void> said_by_the_charge(const query::Field& field, const YAML::Node& node) const;

private:
    explicit RuleFileReader(base::YamlText read) : base::YamlText(std::move(read)) {}
};

} // namespace florin::allocate
