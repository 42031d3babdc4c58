#include "allocate/rule_file_reader.hpp"

#include "query/catalogue.hpp"

#include <fmt/format.h>

#include <utility>

namespace florin::allocate {
namespace {

using base::Result;

constexpr base::YamlCodes kCodes = {"a file",
                                    "allocation.syntax",
                                    "allocation.too_large",
                                    "allocation.not_a_map",
                                    "allocation.unknown_key",
                                    "allocation.missing_key",
                                    "allocation.wrong_type",
                                    "allocation.twice"};

} // namespace

Result<RuleFileReader> RuleFileReader::open(std::string text, std::string file) {
    auto read = base::YamlText::open(std::move(text), std::move(file), kCodes);
    if (!read.ok()) {
        base::Error refused = std::move(read).error();
        if (refused.code == kCodes.too_large) {
            refused.remedy = "Long lists belong into a table that rules look things up in.";
        }
        return refused;
    }
    return RuleFileReader(std::move(read).value());
}

Result<std::vector<std::string>> RuleFileReader::texts(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    const std::string what = fmt::format("a text, or a list of texts, as `{}`", key);
    std::vector<std::string> found;
    if (!node.IsSequence()) {
        FLORIN_TRY_ASSIGN(found.emplace_back(), scalar(node, what));
        return found;
    }
    for (const YAML::Node& one : node) {
        FLORIN_TRY_ASSIGN(found.emplace_back(), scalar(one, what));
    }
    if (found.empty()) {
        return error("allocation.wrong_type", fmt::format("expected {}", what), node.Mark());
    }
    return found;
}

Result<std::optional<bool>> RuleFileReader::flag(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    if (!node) {
        return std::optional<bool>();
    }
    const std::string found = node.IsScalar() ? node.Scalar() : std::string();
    if (found != "true" && found != "false") {
        return error("allocation.wrong_type", fmt::format("`{}` is true or false", key), node.Mark());
    }
    return std::optional(found == "true");
}

Result<std::optional<period::Day>> RuleFileReader::day(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    if (!node) {
        return std::optional<period::Day>();
    }
    const auto parsed = period::parse_day(node.IsScalar() ? node.Scalar() : std::string());
    if (!parsed.ok()) {
        return error("allocation.bad_date", fmt::format("`{}` is a day, as in 2024-09-18", key), node.Mark());
    }
    return std::optional(*parsed);
}

Result<std::optional<query::Filter>> RuleFileReader::filter(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    if (!node) {
        return std::optional<query::Filter>();
    }
    if (!node.IsScalar()) {
        return error("allocation.wrong_type",
                     fmt::format("`{}` is a filter, as in \"service_category = 'Compute'\"", key), node.Mark());
    }
    auto parsed = query::parse_filter(node.Scalar(), query::catalogue());
    if (!parsed.ok()) {
        return placed(std::move(parsed).error(), node);
    }
    for (const query::Field& each : query::fields_of(*parsed)) {
        if (each.kind == query::Field::Kind::kChargeValue) {
            return error("allocation.charge_value",
                         fmt::format("`{}` is a value of the single charge, and rules look at dimensions", each.name),
                         node.Mark())
                .with_remedy("Dates belong into the rule's `from` and `to`.");
        }
        FLORIN_TRY(said_by_the_charge(each, node));
    }
    return std::optional(std::move(parsed).value());
}

Result<query::Field> RuleFileReader::field(const YAML::Node& node) const {
    if (!node.IsScalar()) {
        return error("allocation.wrong_type", "expected a dimension, `tag.KEY` or `x.NAME`", node.Mark());
    }
    auto parsed = query::parse_field(node.Scalar(), query::catalogue());
    if (!parsed.ok()) {
        return placed(std::move(parsed).error(), node);
    }
    if (parsed->kind == query::Field::Kind::kChargeValue) {
        return error("allocation.charge_value",
                     fmt::format("`{}` is a value of the single charge, and rules look at dimensions", parsed->name),
                     node.Mark());
    }
    FLORIN_TRY(said_by_the_charge(*parsed, node));
    return std::move(parsed).value();
}

/// What another dataset says of a charge can change after the charge was given to its owner.
Result<void> RuleFileReader::said_by_the_charge(const query::Field& field, const YAML::Node& node) const {
    const auto* dimension =
        field.kind == query::Field::Kind::kDimension ? query::catalogue().find_dimension(field.name) : nullptr;
    if (dimension == nullptr || !dimension->joined) {
        return {};
    }
    return error("allocation.joined",
                 fmt::format("`{}` is said by the dataset {}, and rules look at what the charge itself says",
                             field.name, focus::name(*dimension->joined)),
                 node.Mark());
}

} // namespace florin::allocate
