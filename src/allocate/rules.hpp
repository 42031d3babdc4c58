// Rules that give each tuple of dimensions to an owner, as values. rule_file.hpp reads them, owners_of.hpp applies
// them.
#pragma once

#include "allocate/hierarchy.hpp"
#include "allocate/lookup.hpp"
#include "allocate/normalise.hpp"
#include "allocate/owners.hpp"
#include "period/period.hpp"
#include "query/filter.hpp"
#include "query/like_pattern.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace florin::allocate {

/// The same value for all.
struct ConstantSource {
    std::string value;
};
/// What the first of the fields says that has a value: a tag, a column.
struct FieldSource {
    std::vector<query::Field> fields;
};
/// The part of a text that `{}` of a pattern stands for.
struct CaptureSource {
    query::Field field;
    query::LikePattern pattern;
};
/// What a table says on the day about the first of the fields that it knows; where it knows none and there is a
/// hierarchy, about the nearest node above the last field's value that it knows.
struct TableSource {
    std::vector<query::Field> fields;
    std::shared_ptr<const LookupTable> table;
    std::shared_ptr<const Hierarchy> parents; ///< may be null
};
using ValueSource = std::variant<ConstantSource, FieldSource, CaptureSource, TableSource>;

struct Rule {
    std::string name;
    std::optional<query::Filter> where; ///< nothing: every tuple
    ValueSource source;
    period::Period days = kAlways; ///< when it is in force
    bool is_default = false;       ///< the dimension's `default`
    std::uint64_t line = 0;        ///< in the dimension's file, from 1
};

/// What its values are from: a tag only where all fields are tags.
RuleSource source_of(const Rule& rule);

/// A dimension of the company's own. The first rule in force on the day whose filter matches and whose source has a
/// value names the owner; values from anything but a constant are normalised first.
struct Dimension {
    std::string name;
    std::string description;
    std::string file;
    Normaliser normaliser;
    std::shared_ptr<const Hierarchy> hierarchy; ///< of its values; may be null
    std::vector<Rule> rules;
};

/// Every field that the rules read, each once, sorted.
std::vector<query::Field> fields_read(const Dimension& dimension);

/// Which values are meant to be, by what the dimension lists: known ones, what aliases stand for, the names of its
/// hierarchy. Empty where it lists neither known values nor a hierarchy.
std::set<std::string, std::less<>> declared_values(const Dimension& dimension);

/// A dimension that holds from a day on, until the next one does.
struct InForce {
    period::Day from;
    std::shared_ptr<const Dimension> dimension; ///< null: there is none from then on
};

/// The history with `next` in force from `from` on, and what was in force before until then. A change without a date
/// thus begins where the caller says: the first period that is open. The history is sorted by day, as is the result.
std::vector<InForce> take_effect(std::vector<InForce> history, std::shared_ptr<const Dimension> next, period::Day from);

} // namespace florin::allocate
