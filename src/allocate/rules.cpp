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

} // namespace

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
