// An independent evaluator of rules for tests: tuple by tuple, day by day, rule by rule, tables row by row.
#pragma once

#include "allocate/owners.hpp"
#include "allocate/rules.hpp"
#include "allocate/tuple_texts.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::allocate::test {

/// A tuple: its fields that have a value.
using Row = std::map<query::Field, std::string>;
/// The cells of each table by its file, as they were written.
using Tables = std::map<std::string, std::vector<std::map<std::string, std::string>>>;
/// The column of the keys and that of the values of each table.
inline constexpr const char* kKeyColumn = "id";
inline constexpr const char* kValueColumn = "team";
/// The table behind a hierarchy: columns `id` and `parent`.
inline constexpr const char* kParentColumn = "parent";

/// `account=a; tag.team=x` as a row; a value is everything up to `;`, without blanks around it.
Row row_of(const std::string& text);

/// The rows as columns for `fields`.
TupleTexts tuples_of(std::span<const Row> rows, std::span<const query::Field> fields);

struct NaiveOwner {
    std::string value; ///< empty: unallocated
    std::uint32_t rule = kNoRule;
    friend bool operator==(const NaiveOwner&, const NaiveOwner&) = default;
};

/// Who owns the row on the day. Rules are numbered through the whole history.
NaiveOwner naive_owner(std::span<const InForce> history, const Row& row, period::Day day, const Tables& tables);

/// What the rule would give on the day by itself, whatever comes before it; nothing where it is not in force, does not
/// match or has no value. `matches` says whether its filter holds, dates aside.
std::optional<std::string> naive_value(const Dimension& dimension, const Rule& rule, const Row& row, period::Day day,
                                       const Tables& tables, bool& matches);

} // namespace florin::allocate::test
