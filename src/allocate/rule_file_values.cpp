#include "allocate/rule_file_values.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace florin::allocate {

using base::Result;

ValueReader::ValueReader(const RuleFileReader& reader, std::shared_ptr<const Dimension> dimension)
    : reader_(reader), dimension_(std::move(dimension)) {
    values_ = declared_values(*dimension_);
    is_open_ = values_.empty();
    bool is_free = false;
    for (const Rule& rule : dimension_->rules) {
        if (const auto* constant = std::get_if<ConstantSource>(&rule.source)) {
            values_.insert(constant->value);
        } else if (const auto* table = std::get_if<TableSource>(&rule.source)) {
            for (const LookupTable::Entry& entry : table->table->entries()) {
                if (auto value = dimension_->normaliser.apply(entry.value)) {
                    values_.insert(*std::move(value));
                }
            }
        } else {
            is_free = true;
        }
    }
    is_open_ = is_open_ && is_free;
}

std::optional<std::string> ValueReader::normalised(std::string_view text) const {
    return dimension_->normaliser.apply(text);
}

bool ValueReader::may_be(std::string_view value) const {
    return is_open_ || values_.contains(value);
}

std::string ValueReader::suggestion(std::string_view value) const {
    const std::vector<std::string_view> known(values_.begin(), values_.end());
    return base::did_you_mean(
        value, known,
        fmt::format("If it is one, list it in `values: known:` of the dimension `{}`.", dimension_->name));
}

Result<std::string> ValueReader::read(const YAML::Node& node) const {
    FLORIN_TRY_ASSIGN(std::string value, reader_.scalar(node, "a value of the dimension"));
    if (!may_be(value)) {
        return reader_
            .error("allocation.unknown_name", fmt::format("`{}` is no {}", value, dimension_->name), node.Mark())
            .with_remedy(suggestion(value));
    }
    return value;
}

} // namespace florin::allocate
