// Values of a dimension where files name them: whether there can be such a one, and which was meant.
#pragma once

#include "allocate/rule_file_reader.hpp"
#include "allocate/rules.hpp"
#include "base/result.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace florin::allocate {

/// Reads names of one dimension's values. Where its values can be known from its files (they are listed, or all of them
/// are written in rules and tables), a name that is none of them is refused. The reader outlives it.
class ValueReader {
public:
    ValueReader(const RuleFileReader& reader, std::shared_ptr<const Dimension> dimension);

    /// A value, as it is written. `allocation.unknown_name` with the nearest one.
    base::Result<std::string> read(const YAML::Node& node) const;
    /// As values from tables are written; nothing for an empty text.
    std::optional<std::string> normalised(std::string_view text) const;
    /// Whether the dimension can have the value.
    bool may_be(std::string_view value) const;
    /// Which one was meant, or how to make the value one of the dimension's.
    std::string suggestion(std::string_view value) const;

private:
    const RuleFileReader& reader_;
    std::shared_ptr<const Dimension> dimension_;
    bool is_open_ = false; ///< whatever charges say is a value
    std::set<std::string, std::less<>> values_;
};

} // namespace florin::allocate
