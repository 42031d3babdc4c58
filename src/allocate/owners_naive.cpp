#include "allocate/owners_naive.hpp"

#include "query/catalogue.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace florin::allocate::test {
namespace {

using query::Field;
using Text = std::optional<std::string>;

std::string trimmed(std::string text) {
    const auto is_blank = [](unsigned char c) { return std::isspace(c) != 0; };
    while (!text.empty() && is_blank(static_cast<unsigned char>(text.back()))) {
        text.pop_back();
    }
    while (!text.empty() && is_blank(static_cast<unsigned char>(text.front()))) {
        text.erase(0, 1);
    }
    return text;
}

std::string ascii(std::string text, int (*mapping)(int)) {
    for (char& c : text) {
        c = static_cast<char>(mapping(static_cast<unsigned char>(c)));
    }
    return text;
}

Text value_of(const Row& row, const Field& field) {
    const auto found = row.find(field);
    return found == row.end() ? Text() : Text(found->second);
}

/// All ways in which the pattern fits from here on; the first one with the shortest parts wins.
bool fits(const std::string& text, std::size_t at, const std::string& pattern, std::size_t p, bool captures,
          std::string& captured) {
    if (p == pattern.size()) {
        return at == text.size();
    }
    const bool is_capture = captures && pattern.compare(p, 2, "{}") == 0;
    if (pattern[p] == '%' || is_capture) {
        for (std::size_t end = at + (is_capture ? 1 : 0); end <= text.size(); ++end) {
            if (fits(text, end, pattern, p + (is_capture ? 2 : 1), captures, captured)) {
                captured = is_capture ? text.substr(at, end - at) : captured;
                return true;
            }
        }
        return false;
    }
    if (at == text.size()) {
        return false;
    }
    if (pattern[p] == '_') {
        return fits(text, at + 1, pattern, p + 1, captures, captured);
    }
    const std::size_t literal = pattern[p] == '\\' ? p + 1 : p;
    return text[at] == pattern[literal] && fits(text, at + 1, pattern, literal + 1, captures, captured);
}

const std::string& text_of(const query::Literal& literal) {
    return std::get<std::string>(literal);
}

struct Holds {
    const Row& row;
    bool operator()(const query::Compare& node) const {
        const Text value = value_of(row, node.field);
        const std::string& other = text_of(node.value);
        switch (node.op) {
        case query::Operator::kEqual: return value && *value == other;
        case query::Operator::kNotEqual: return !(value && *value == other);
        case query::Operator::kLess: return value && *value < other;
        case query::Operator::kLessOrEqual: return value && *value <= other;
        case query::Operator::kGreater: return value && *value > other;
        case query::Operator::kGreaterOrEqual: return value && *value >= other;
        }
        return false;
    }
    bool operator()(const query::In& node) const {
        const Text value = value_of(row, node.field);
        const bool found =
            value && std::ranges::any_of(node.values, [&](const auto& one) { return text_of(one) == *value; });
        return found != node.negated;
    }
    bool operator()(const query::Like& node) const {
        const Text value = value_of(row, node.field);
        std::string unused;
        const bool found = value && (node.ignore_case ? fits(ascii(*value, std::tolower), 0,
                                                             ascii(node.pattern, std::tolower), 0, false, unused)
                                                      : fits(*value, 0, node.pattern, 0, false, unused));
        return found != node.negated;
    }
    bool operator()(const query::IsNull& node) const { return !value_of(row, node.field) != node.negated; }
    bool operator()(const query::Between& node) const {
        const Text value = value_of(row, node.field);
        return (value && *value >= text_of(node.low) && *value <= text_of(node.high)) != node.negated;
    }
    bool operator()(const query::Not& node) const { return !holds(node.operand.front()); }
    bool operator()(const query::And& node) const {
        return std::ranges::all_of(node.operands, [&](const auto& each) { return holds(each); });
    }
    bool operator()(const query::Or& node) const {
        return std::ranges::any_of(node.operands, [&](const auto& each) { return holds(each); });
    }
    bool holds(const query::Filter& filter) const { return std::visit(*this, filter.node); }
};

Text normalised(const Dimension& dimension, std::string text) {
    const Normaliser& normaliser = dimension.normaliser;
    text = normaliser.trim ? trimmed(text) : text;
    if (normaliser.letter_case != Normaliser::Case::kKeep) {
        text =
            normaliser.letter_case == Normaliser::Case::kLower ? ascii(text, std::tolower) : ascii(text, std::toupper);
    }
    const auto alias = normaliser.aliases.find(text);
    text = alias == normaliser.aliases.end() ? text : alias->second;
    return text.empty() ? Text() : Text(text);
}

/// Whether a row of a table holds on the day.
bool is_valid(const std::map<std::string, std::string>& row, period::Day day) {
    const auto cell = [&](const char* column) {
        const auto found = row.find(column);
        return found == row.end() ? std::string() : found->second;
    };
    const std::string written = period::to_string(day);
    return (cell("valid_from").empty() || cell("valid_from") <= written) &&
           (cell("valid_to").empty() || written <= cell("valid_to"));
}

struct SourceValue {
    const Dimension& dimension;
    const Row& row;
    period::Day day;
    const Tables& tables;

    Text operator()(const ConstantSource& source) const { return source.value; }
    Text operator()(const FieldSource& source) const {
        for (const Field& field : source.fields) {
            const Text text = value_of(row, field);
            const Text value = text ? normalised(dimension, *text) : Text();
            if (value) {
                return value;
            }
        }
        return std::nullopt;
    }
    /// The pattern as it was written is not kept: tests give it by the name of the rule.
    Text operator()(const CaptureSource&) const { throw std::logic_error("handled where the rule is known"); }
    Text operator()(const TableSource& source) const {
        for (const Field& field : source.fields) {
            const Text key = value_of(row, field);
            if (const Text value = key ? from_table(source, *key) : Text()) {
                return value;
            }
        }
        const Text last = value_of(row, source.fields.back());
        if (!source.parents || !last) {
            return std::nullopt;
        }
        for (Text above = parent(source, *last); above; above = parent(source, *above)) {
            if (const Text value = from_table(source, *above)) {
                return value;
            }
        }
        return std::nullopt;
    }

    Text from_table(const TableSource& source, const std::string& key) const {
        for (const auto& cells : tables.at(source.table->file())) {
            if (cells.at(kKeyColumn) == key && is_valid(cells, day)) {
                return normalised(dimension, cells.at(kValueColumn));
            }
        }
        return std::nullopt;
    }
    Text parent(const TableSource& source, const std::string& name) const {
        for (const auto& cells : tables.at(source.parents->name() + ".csv")) {
            if (cells.at(kKeyColumn) == name && is_valid(cells, day)) {
                return cells.at(kParentColumn).empty() ? Text() : Text(cells.at(kParentColumn));
            }
        }
        return std::nullopt;
    }
};

} // namespace

Row row_of(const std::string& text) {
    Row row;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(';', at), text.size());
        const std::string pair = text.substr(at, end - at);
        const std::size_t equals = pair.find('=');
        row[query::parse_field(trimmed(pair.substr(0, equals)), query::catalogue()).value()] =
            trimmed(pair.substr(equals + 1));
        at = end + 1;
    }
    return row;
}

TupleTexts tuples_of(std::span<const Row> rows, std::span<const Field> fields) {
    TupleTexts tuples;
    tuples.count = rows.size();
    for (const Field& field : fields) {
        TextColumnMaker maker;
        for (const Row& row : rows) {
            const auto found = row.find(field);
            maker.add(found == row.end() ? std::nullopt : std::optional<std::string_view>(found->second));
        }
        tuples.columns.emplace(field, maker.finish());
    }
    return tuples;
}

std::optional<std::string> naive_value(const Dimension& dimension, const Rule& rule, const Row& row, period::Day day,
                                       const Tables& tables, bool& matches) {
    matches = !rule.where || Holds{row}.holds(*rule.where);
    if (!matches || !rule.days.contains(day)) {
        return std::nullopt;
    }
    if (const auto* capture = std::get_if<CaptureSource>(&rule.source)) {
        const Text text = value_of(row, capture->field);
        std::string captured;
        return text && fits(*text, 0, rule.name.substr(rule.name.find(' ') + 1), 0, true, captured)
                   ? normalised(dimension, captured)
                   : Text();
    }
    return std::visit(SourceValue{dimension, row, day, tables}, rule.source);
}

NaiveOwner naive_owner(std::span<const InForce> history, const Row& row, period::Day day, const Tables& tables) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < history.size(); ++i) {
        if (!history[i].dimension) {
            continue;
        }
        const Dimension& dimension = *history[i].dimension;
        const bool is_in_force = history[i].from <= day && (i + 1 == history.size() || day < history[i + 1].from);
        for (const Rule& rule : dimension.rules) {
            bool matches = false;
            const Text value = is_in_force ? naive_value(dimension, rule, row, day, tables, matches) : Text();
            if (value) {
                return {*value, number};
            }
            ++number;
        }
    }
    return {};
}

} // namespace florin::allocate::test
