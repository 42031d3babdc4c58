#include "allocate/rule_file_dimension.hpp"

#include "base/nearest.hpp"
#include "query/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace florin::allocate {
namespace {

using base::Result;

constexpr std::size_t kDimensionNameBytesMax = 64;

/// Reads one dimension; errors end it.
class DimensionReader {
public:
    DimensionReader(const RuleFileReader& reader, RuleTables& tables, const RuleSet& set)
        : reader_(reader), tables_(tables), set_(set) {}

    Result<Dimension> run() {
        static constexpr std::array<std::string_view, 6> kKeys = {"dimension", "description", "hierarchy",
                                                                  "values",    "rules",       "default"};
        const YAML::Node& root = reader_.root();
        FLORIN_TRY(reader_.only_keys(root, kKeys, "a dimension"));
        dimension_.file = reader_.file();
        FLORIN_TRY(read_name(root));
        FLORIN_TRY_ASSIGN(const auto description, reader_.text(root, "description"));
        dimension_.description = description.value_or("");
        FLORIN_TRY_ASSIGN(dimension_.hierarchy, hierarchy(root, "hierarchy"));
        if (root["values"]) {
            FLORIN_TRY(read_values(root["values"]));
        }
        FLORIN_TRY(read_rules(root));
        FLORIN_TRY_ASSIGN(const auto fallback, reader_.text(root, "default"));
        if (fallback) {
            Rule rule{"default", std::nullopt, ConstantSource{*fallback}, kAlways, true, line_of(root["default"])};
            FLORIN_TRY(reach(rule, root["default"]));
            dimension_.rules.push_back(std::move(rule));
        }
        if (dimension_.rules.empty()) {
            return reader_.error("allocation.missing_key", "a dimension needs `rules` or a `default`", root.Mark());
        }
        return std::move(dimension_);
    }

private:
    static std::uint64_t line_of(const YAML::Node& node) { return static_cast<std::uint64_t>(node.Mark().line) + 1; }

    Result<void> read_name(const YAML::Node& root) {
        FLORIN_TRY_ASSIGN(dimension_.name, reader_.required_text(root, "dimension", "a dimension"));
        const std::string& name = dimension_.name;
        const bool is_plain = name.size() <= kDimensionNameBytesMax && name.front() >= 'a' && name.front() <= 'z' &&
                              std::ranges::all_of(name, [](char c) {
                                  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                              });
        if (!is_plain) {
            return reader_.error("allocation.bad_name",
                                 fmt::format("a dimension's name has small letters, digits and `_`, begins with a "
                                             "letter and has at most {} of them",
                                             kDimensionNameBytesMax),
                                 root["dimension"].Mark());
        }
        if (query::catalogue().find_dimension(name) != nullptr ||
            query::catalogue().find_charge_value(name) != nullptr) {
            return reader_
                .error("allocation.bad_name", fmt::format("`{}` is a dimension of every bill already", name),
                       root["dimension"].Mark())
                .with_remedy("Call yours otherwise.");
        }
        return {};
    }

    Result<std::shared_ptr<const Hierarchy>> hierarchy(const YAML::Node& map, const char* key) const {
        FLORIN_TRY_ASSIGN(const auto name, reader_.text(map, key));
        if (!name) {
            return std::shared_ptr<const Hierarchy>();
        }
        auto found = set_.find_hierarchy(*name);
        if (!found) {
            std::vector<std::string_view> names;
            for (const auto& each : set_.hierarchies) {
                names.push_back(each->name());
            }
            return reader_
                .error("allocation.unknown_name", fmt::format("there is no hierarchy `{}`", *name), map[key].Mark())
                .with_remedy(
                    base::did_you_mean(*name, names, "A file that begins with `hierarchy: NAME` describes one."));
        }
        return found;
    }

    Result<void> read_values(const YAML::Node& node) {
        static constexpr std::array<std::string_view, 4> kKeys = {"trim", "case", "known", "aliases"};
        FLORIN_TRY(reader_.only_keys(node, kKeys, "the values of a dimension"));
        Normaliser& normaliser = dimension_.normaliser;
        FLORIN_TRY_ASSIGN(const auto trim, reader_.flag(node, "trim"));
        normaliser.trim = trim.value_or(true);
        static constexpr std::array<std::string_view, 3> kCases = {"keep", "lower", "upper"};
        FLORIN_TRY_ASSIGN(const auto letter_case, reader_.choice(node, "case", kCases));
        normaliser.letter_case = static_cast<Normaliser::Case>(letter_case.value_or(0));
        if (node["known"]) {
            FLORIN_TRY_ASSIGN(const std::vector<std::string> known, reader_.texts(node, "known"));
            normaliser.known.insert(known.begin(), known.end());
        }
        return node["aliases"] ? read_aliases(node["aliases"]) : Result<void>();
    }

    /// `platform: [plat, infra]`: the value, and what else is written for it.
    Result<void> read_aliases(const YAML::Node& node) {
        if (!node.IsMap()) {
            return reader_.error("allocation.not_a_map", "expected lines such as `platform: [plat, infra]`",
                                 node.Mark());
        }
        Normaliser& normaliser = dimension_.normaliser;
        Normaliser plain = normaliser; // an alias is compared after trimming and case
        plain.aliases.clear();
        std::set<std::string> meant;
        for (const auto& entry : node) {
            FLORIN_TRY_ASSIGN(const std::string value, reader_.scalar(entry.first, "a value"));
            if (!meant.insert(value).second) {
                return reader_.error("allocation.twice", fmt::format("`{}` stands here a second time", value),
                                     entry.first.Mark());
            }
            const YAML::Node names = entry.second;
            std::vector<YAML::Node> all;
            if (names.IsSequence()) {
                for (const YAML::Node& each : names) {
                    all.push_back(each);
                }
            } else {
                all.push_back(names);
            }
            for (const YAML::Node& each : all) {
                FLORIN_TRY_ASSIGN(const std::string written, reader_.scalar(each, "an alias"));
                const auto alias = plain.apply(written);
                if (!alias) {
                    return reader_.error("allocation.alias", "an alias without a letter in it", each.Mark());
                }
                const auto [known, is_new] = normaliser.aliases.emplace(*alias, value);
                if (!is_new && known->second != value) {
                    return reader_.error("allocation.alias",
                                         fmt::format("`{}` is an alias of `{}` already", written, known->second),
                                         each.Mark());
                }
            }
        }
        for (const std::string& value : meant) {
            if (const auto chained = normaliser.aliases.find(value);
                chained != normaliser.aliases.end() && chained->second != value) {
                return reader_
                    .error("allocation.alias",
                           fmt::format("`{}` has aliases, and is one of `{}`", value, chained->second), node.Mark())
                    .with_remedy("Write all of them below the value that is meant.");
            }
        }
        return {};
    }

    Result<void> read_rules(const YAML::Node& root) {
        const YAML::Node rules = root["rules"];
        if (!rules) {
            return {};
        }
        if (!rules.IsSequence()) {
            return reader_.error("allocation.wrong_type", "`rules` is a list: lines that begin with `- `",
                                 rules.Mark());
        }
        if (rules.size() > kRulesMax) {
            return reader_
                .error("allocation.too_large", fmt::format("{} rules, at most {} are read", rules.size(), kRulesMax),
                       rules.Mark())
                .with_remedy("Rules that differ in one value only become one rule that looks it up in a table.");
        }
        std::set<std::string> names = {"default"};
        for (const YAML::Node& node : rules) {
            FLORIN_TRY_ASSIGN(Rule rule, read_rule(node));
            if (!names.insert(rule.name).second) {
                return reader_.error("allocation.twice", fmt::format("a second rule `{}`", rule.name), node.Mark())
                    .with_remedy("Names tell rules apart in plans and explanations.");
            }
            FLORIN_TRY(reach(rule, node));
            dimension_.rules.push_back(std::move(rule));
        }
        return {};
    }

    /// A rule behind one that gives a value to all that it matches, on all of its days, takes nothing, ever.
    Result<void> reach(const Rule& rule, const YAML::Node& node) {
        const std::string where = rule.where ? query::to_text(*rule.where) : std::string();
        for (const std::string& filter : {std::string(), where}) {
            for (const auto& [days, name] : constants_[filter]) {
                if (days.start <= rule.days.start && rule.days.end <= days.end) {
                    return reader_
                        .error("allocation.unreachable",
                               fmt::format("`{}` is never reached: `{}` before it takes everything that it would take",
                                           rule.name, name),
                               node.Mark())
                        .with_remedy("Put it before that rule, or take it out.");
                }
            }
        }
        if (std::holds_alternative<ConstantSource>(rule.source)) {
            constants_[where].emplace_back(rule.days, rule.name);
        }
        return {};
    }

    Result<Rule> read_rule(const YAML::Node& node) {
        static constexpr std::array<std::string_view, 10> kKeys = {"name", "where",  "from",    "to",     "value",
                                                                   "tag",  "column", "capture", "lookup", "inherit"};
        FLORIN_TRY(reader_.only_keys(node, kKeys, "a rule"));
        Rule rule;
        rule.line = line_of(node);
        FLORIN_TRY_ASSIGN(const auto name, reader_.text(node, "name"));
        rule.name = name.value_or(fmt::format("rule {}", dimension_.rules.size() + 1));
        FLORIN_TRY_ASSIGN(rule.where, reader_.filter(node, "where"));
        FLORIN_TRY_ASSIGN(const auto from, reader_.day(node, "from"));
        FLORIN_TRY_ASSIGN(const auto to, reader_.day(node, "to"));
        rule.days = {from.value_or(kAlways.start), to ? *to + std::chrono::days(1) : kAlways.end};
        if (rule.days.start >= rule.days.end) {
            return reader_.error("allocation.dates_reversed", "`to` is before `from`", node["to"].Mark());
        }
        FLORIN_TRY_ASSIGN(rule.source, read_source(node));
        return rule;
    }

    Result<ValueSource> read_source(const YAML::Node& node) {
        static constexpr std::array<const char*, 6> kSources = {"value",   "tag",    "column",
                                                                "capture", "lookup", "inherit"};
        const char* source = nullptr;
        for (const char* each : kSources) {
            if (!node[each]) {
                continue;
            }
            if (source != nullptr) {
                return reader_.error("allocation.rule_source",
                                     fmt::format("a rule has one source, this one `{}` and `{}`", source, each),
                                     node[each].Mark());
            }
            source = each;
        }
        if (source == nullptr) {
            return reader_.error(
                "allocation.rule_source",
                fmt::format("a rule says where its value is from, by one of: {}", fmt::join(kSources, ", ")),
                node.Mark());
        }
        const std::string_view kind = source;
        if (kind == "value") {
            FLORIN_TRY_ASSIGN(std::string value, reader_.required_text(node, source, "a rule"));
            return ValueSource(ConstantSource{std::move(value)});
        }
        if (kind == "tag") {
            FLORIN_TRY_ASSIGN(const std::vector<std::string> keys, reader_.texts(node, source));
            FieldSource fields;
            for (const std::string& key : keys) {
                fields.fields.push_back({query::Field::Kind::kTag, key});
            }
            return ValueSource(std::move(fields));
        }
        if (kind == "column") {
            FLORIN_TRY_ASSIGN(std::vector<query::Field> fields, fields_of(node, source));
            return ValueSource(FieldSource{std::move(fields)});
        }
        return kind == "capture" ? read_capture(node[source]) : read_table(node[source], kind == "inherit");
    }

    Result<std::vector<query::Field>> fields_of(const YAML::Node& map, const char* key) const {
        FLORIN_TRY(reader_.texts(map, key));
        std::vector<query::Field> fields;
        const YAML::Node node = map[key];
        if (!node.IsSequence()) {
            FLORIN_TRY_ASSIGN(fields.emplace_back(), reader_.field(node));
            return fields;
        }
        for (const YAML::Node& one : node) {
            FLORIN_TRY_ASSIGN(fields.emplace_back(), reader_.field(one));
        }
        return fields;
    }

    Result<ValueSource> read_capture(const YAML::Node& node) const {
        static constexpr std::array<std::string_view, 2> kKeys = {"field", "pattern"};
        FLORIN_TRY(reader_.only_keys(node, kKeys, "`capture`"));
        FLORIN_TRY(reader_.required_text(node, "field", "`capture`"));
        FLORIN_TRY_ASSIGN(query::Field field, reader_.field(node["field"]));
        FLORIN_TRY_ASSIGN(const std::string pattern, reader_.required_text(node, "pattern", "`capture`"));
        query::LikePattern read(pattern, query::LikePattern::Kind::kCapture);
        if (read.capture_count() != 1) {
            return reader_
                .error("allocation.pattern", "the pattern has to have `{}` once: the part that is the value",
                       node["pattern"].Mark())
                .with_remedy("As in 'acme-{}-%', where `%` is any text and `_` any one character.");
        }
        return ValueSource(CaptureSource{std::move(field), std::move(read)});
    }

    Result<ValueSource> read_table(const YAML::Node& node, bool inherits) {
        static constexpr std::array<std::string_view, 5> kKeys = {"table", "key", "value", "fields", "hierarchy"};
        static constexpr std::array<std::string_view, 4> kLookupKeys = {"table", "key", "value", "field"};
        FLORIN_TRY(inherits ? reader_.only_keys(node, kKeys, "`inherit`")
                            : reader_.only_keys(node, kLookupKeys, "`lookup`"));
        TableSource source;
        FLORIN_TRY_ASSIGN(source.table, tables_.lookup(reader_, node));
        const char* key = inherits ? "fields" : "field";
        if (!node[key]) {
            return reader_.error(
                "allocation.missing_key",
                fmt::format("`{}` needs `{}`: what is looked up", inherits ? "inherit" : "lookup", key), node.Mark());
        }
        FLORIN_TRY_ASSIGN(source.fields, fields_of(node, key));
        if (inherits) {
            FLORIN_TRY_ASSIGN(source.parents, hierarchy(node, "hierarchy"));
        }
        return ValueSource(std::move(source));
    }

    const RuleFileReader& reader_;
    RuleTables& tables_;
    const RuleSet& set_;
    Dimension dimension_;
    /// Rules that give one value, by their filter: their days and names.
    std::map<std::string, std::vector<std::pair<period::Period, std::string>>> constants_;
};

} // namespace

Result<Dimension> read_dimension(const RuleFileReader& reader, RuleTables& tables, const RuleSet& set) {
    return DimensionReader(reader, tables, set).run();
}

} // namespace florin::allocate
