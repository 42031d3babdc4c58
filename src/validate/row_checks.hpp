// Rules that look at each row by itself, as SQL conditions over the staged files: many of them are counted in one scan.
#pragma once

#include "engine/engine.hpp"
#include "validate/bill.hpp"
#include "validate/rule.hpp"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace florin::validate {

/// Values that are worked out once a row and used by several rules.
class Derived {
public:
    /// The name under which the value of `sql` can be used.
    std::string name_of(const std::string& sql);
    /// `, SQL AS name` for each of them.
    std::string select_list() const;

private:
    std::map<std::string, std::string> names_; ///< SQL -> name
};

/// A rule as conditions that are true or false in every row, never NULL.
struct RowCheck {
    std::string scope;                ///< the row is one that the rule is about
    std::string violation;            ///< and violates it
    std::string rounding;             ///< or is apart by rounding alone; empty where that cannot be
    std::vector<std::string> columns; ///< whose cells show it
};

bool is_row_check(Check check);

/// The check of a rule in one column, or the reason why it cannot be looked at.
std::variant<RowCheck, std::string> row_check(const Rule& rule, const std::string& column, const Bill& bill,
                                              Derived& derived);

/// The condition as far as the files have its columns: a column that is not there is null in the sense that it
/// is none of a list of values; whatever else is asked of it never holds.
std::variant<Condition, std::string> condition_on(const Condition& condition, const Bill& bill);

/// The relation with every column of Cost and Usage (NULL where no file has it) and the derived values.
std::string with_derived(const Bill& bill, const Derived& derived);

/// Whether a statement failed because amounts add up to more than an amount can be, which is the file's doing.
bool is_overflow(const base::Error& error);

/// Makes the functions that the checks use known to the engine. Once an engine.
base::Result<void> add_predicates(engine::Engine& engine);

} // namespace florin::validate
