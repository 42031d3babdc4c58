#include "app/find_owners.hpp"

#include "app/allocation_rules.hpp"
#include "base/nearest.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace florin::app {
namespace {

base::Result<std::vector<std::shared_ptr<const allocate::Dimension>>> asked_dimensions(
    const allocate::RuleSet& set, const std::vector<std::string>& names) {
    if (names.empty()) {
        return set.dimensions;
    }
    std::vector<std::shared_ptr<const allocate::Dimension>> found;
    for (const std::string& name : names) {
        found.push_back(set.find_dimension(name));
        if (found.back()) {
            continue;
        }
        std::vector<std::string_view> known;
        for (const auto& each : set.dimensions) {
            known.push_back(each->name);
        }
        return base::user_error("allocation.unknown_name", fmt::format("no file of rules has a dimension `{}`", name))
            .with_remedy(base::did_you_mean(
                name, known,
                known.empty() ? fmt::format("Put a file that begins with `dimension: NAME` into {}/.", kRulesFolder)
                              : fmt::format("There are: {}.", fmt::join(known, ", "))));
    }
    return found;
}

} // namespace

base::Result<FoundOwners> find_owners(Asker& asker, const base::Path& workspace, const OwnersRequest& request) {
    FoundOwners found;
    FLORIN_TRY_ASSIGN(const std::vector<allocate::RuleText> texts, read_rule_texts(workspace));
    FLORIN_TRY_ASSIGN(const allocate::RuleSet set, allocate::read_rule_set(texts));
    FLORIN_TRY_ASSIGN(const auto dimensions, asked_dimensions(set, request.dimensions));
    found.rules_hash = allocate::hash_of(texts);
    std::set<query::Field> fields;
    for (const auto& dimension : dimensions) {
        const std::vector<query::Field> more = allocate::fields_read(*dimension);
        fields.insert(more.begin(), more.end());
    }
    const std::vector<query::Field> all(fields.begin(), fields.end());
    FLORIN_TRY_ASSIGN(found.tuples, read_tuples(asker.current(), all, asker.engine()));
    for (const auto& dimension : dimensions) {
        const std::vector<allocate::InForce> history = allocate::take_effect({}, dimension, allocate::kAlways.start);
        allocate::Owners owners = allocate::owners_of(history, found.tuples.texts, {request.days, request.as_on});
        std::vector<allocate::Misspelling> doubtful = allocate::misspellings(owners, history);
        found.dimensions.push_back({dimension, std::move(owners), std::move(doubtful)});
    }
    return found;
}

} // namespace florin::app
