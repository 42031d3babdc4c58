#include "allocate/rule_file_reader.hpp"

#include "base/nearest.hpp"
#include "base/terminal_text.hpp"
#include "base/yaml_text.hpp"
#include "query/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace florin::allocate {
namespace {

using base::Result;

constexpr std::size_t kTextBytesMax = 256;

std::optional<std::size_t> first_byte_of_no_text(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const base::Character character = base::character_at(text, at);
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

Result<RuleFileReader> RuleFileReader::open(std::string text, std::string file) {
    if (text.size() > kRuleFileBytesMax) {
        return base::user_error("allocation.too_large", fmt::format("the file has {} bytes, at most {} are read",
                                                                    text.size(), kRuleFileBytesMax))
            .at({.file = std::move(file)})
            .with_remedy("Long lists belong into a table that rules look things up in.");
    }
    RuleFileReader reader(std::move(text), std::move(file));
    if (const auto bad = first_byte_of_no_text(reader.text_)) {
        const auto before = std::string_view(reader.text_).substr(0, *bad);
        return base::user_error("allocation.syntax", "a byte that is no UTF-8 text")
            .at({.file = reader.file_, .row = static_cast<std::uint64_t>(std::ranges::count(before, '\n')) + 1});
    }
    auto loaded = base::load_yaml(reader.text_, "a file", kRuleFileDepthMax);
    if (const auto* fault = std::get_if<base::YamlFault>(&loaded)) {
        return reader.error("allocation.syntax", fault->message, fault->mark);
    }
    reader.root_ = std::get<YAML::Node>(loaded);
    return reader;
}

std::string RuleFileReader::line(std::size_t number) const {
    std::size_t at = 0;
    for (; number > 0 && at < text_.size(); --number) {
        at = std::min(text_.find('\n', at), text_.size() - 1) + 1;
    }
    std::string found = text_.substr(at, text_.find('\n', at) - at);
    if (found.ends_with('\r')) {
        found.pop_back();
    }
    return found;
}

base::Place RuleFileReader::place(const YAML::Mark& mark) const {
    base::Place place{.file = file_};
    if (!mark.is_null()) {
        place.row = static_cast<std::uint64_t>(mark.line) + 1;
        place.source_line = line(static_cast<std::size_t>(mark.line));
        place.caret = std::min(static_cast<std::uint64_t>(mark.column), place.source_line.size()) + 1;
    }
    return place;
}

base::Error RuleFileReader::error(std::string code, std::string message, const YAML::Mark& mark) const {
    return base::user_error(std::move(code), std::move(message)).at(place(mark));
}

base::Error RuleFileReader::placed(base::Error error, const YAML::Node& node) const {
    const YAML::Mark mark = node.Mark();
    error.place.file = file_;
    error.place.row = static_cast<std::uint64_t>(mark.line) + 1;
    // In quotes or without: where the text stands in the line as it is, the caret can point into the file itself.
    const std::string source = line(static_cast<std::size_t>(mark.line));
    for (const std::size_t quote : {std::size_t{0}, std::size_t{1}}) {
        const std::size_t start = static_cast<std::size_t>(mark.column) + quote;
        if (start <= source.size() && source.substr(start).starts_with(node.Scalar())) {
            error.place.source_line = source;
            error.place.caret += error.place.caret == 0 ? 0 : start;
            break;
        }
    }
    return error;
}

Result<void> RuleFileReader::only_keys(const YAML::Node& map, std::span<const std::string_view> keys,
                                       std::string_view of) const {
    if (!map.IsMap()) {
        return error("allocation.not_a_map", fmt::format("expected the `key: value` lines of {}", of), map.Mark());
    }
    std::set<std::string> seen;
    for (const auto& entry : map) {
        const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        if (!seen.insert(key).second) {
            return error("allocation.twice", fmt::format("`{}` stands here a second time", key), entry.first.Mark());
        }
        if (std::ranges::find(keys, key) == keys.end()) {
            base::Error refused =
                error("allocation.unknown_key",
                      fmt::format("{} has no `{}`; it has: {}", of, key, fmt::join(keys, ", ")), entry.first.Mark());
            const auto meant = base::nearest(key, keys);
            refused.remedy = meant ? fmt::format("Did you mean `{}`?", *meant) : std::string();
            return refused;
        }
    }
    return {};
}

Result<std::string> RuleFileReader::scalar(const YAML::Node& node, std::string_view what) const {
    if (!node.IsScalar() || node.Scalar().empty()) {
        return error("allocation.wrong_type", fmt::format("expected {}", what), node.Mark());
    }
    if (node.Scalar().size() > kTextBytesMax || has_control_character(node.Scalar())) {
        return error("allocation.wrong_type",
                     fmt::format("{} has at most {} bytes and no control characters", what, kTextBytesMax),
                     node.Mark());
    }
    return node.Scalar();
}

Result<std::optional<std::string>> RuleFileReader::text(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    if (!node) {
        return std::optional<std::string>();
    }
    FLORIN_TRY_ASSIGN(std::string found, scalar(node, fmt::format("a text as `{}`", key)));
    return std::optional(std::move(found));
}

Result<std::string> RuleFileReader::required_text(const YAML::Node& map, const char* key, std::string_view of) const {
    FLORIN_TRY_ASSIGN(std::optional<std::string> found, text(map, key));
    if (!found) {
        return error("allocation.missing_key", fmt::format("{} needs `{}`", of, key), map.Mark());
    }
    return *std::move(found);
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

Result<std::optional<std::size_t>> RuleFileReader::choice(const YAML::Node& map, const char* key,
                                                          std::span<const std::string_view> names) const {
    const YAML::Node node = map[key];
    if (!node) {
        return std::optional<std::size_t>();
    }
    const std::string found = node.IsScalar() ? node.Scalar() : std::string();
    const auto known = std::ranges::find(names, found);
    if (known == names.end()) {
        const auto meant = base::nearest(found, names);
        return error("allocation.wrong_type", fmt::format("`{}` is one of: {}", key, fmt::join(names, ", ")),
                     node.Mark())
            .with_remedy(meant ? fmt::format("Did you mean `{}`?", *meant) : std::string());
    }
    return std::optional(static_cast<std::size_t>(known - names.begin()));
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
