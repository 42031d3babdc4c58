#include "allocate/rules.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace florin::allocate {
namespace {

struct SourceFields {
    std::vector<query::Field> operator()(const ConstantSource&) const { return {}; }
    std::vector<query::Field> operator()(const FieldSource& source) const { return source.fields; }
    std::vector<query::Field> operator()(const CaptureSource& source) const { return {source.field}; }
    std::vector<query::Field> operator()(const TableSource& source) const { return source.fields; }
};

struct SourceKind {
    RuleSource operator()(const ConstantSource&) const { return RuleSource::kValue; }
    RuleSource operator()(const FieldSource& source) const {
        const bool all_tags = std::ranges::all_of(
            source.fields, [](const query::Field& field) { return field.kind == query::Field::Kind::kTag; });
        return all_tags ? RuleSource::kTag : RuleSource::kColumn;
    }
    RuleSource operator()(const CaptureSource&) const { return RuleSource::kCapture; }
    RuleSource operator()(const TableSource&) const { return RuleSource::kTable; }
};

} // namespace

RuleSource source_of(const Rule& rule) {
    return rule.is_default ? RuleSource::kDefault : std::visit(SourceKind{}, rule.source);
}

std::vector<query::Field> fields_read(const Dimension& dimension) {
    std::set<query::Field> fields;
    for (const Rule& rule : dimension.rules) {
        for (query::Field& field : std::visit(SourceFields{}, rule.source)) {
            fields.insert(std::move(field));
        }
        if (rule.where) {
            for (query::Field& field : query::fields_of(*rule.where)) {
                fields.insert(std::move(field));
            }
        }
    }
    return {fields.begin(), fields.end()};
}

std::set<std::string, std::less<>> declared_values(const Dimension& dimension) {
    std::set<std::string, std::less<>> declared = dimension.normaliser.known;
    if (dimension.hierarchy) {
        declared.insert(dimension.hierarchy->names().begin(), dimension.hierarchy->names().end());
    }
    if (!declared.empty()) {
        for (const auto& [alias, value] : dimension.normaliser.aliases) {
            declared.insert(value);
        }
    }
    return declared;
}

std::vector<InForce> take_effect(std::vector<InForce> history, std::shared_ptr<const Dimension> next,
                                 period::Day from) {
    std::erase_if(history, [from](const InForce& one) { return one.from >= from; });
    history.push_back({from, std::move(next)});
    return history;
}

} // namespace florin::allocate
