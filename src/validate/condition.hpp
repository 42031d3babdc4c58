// The rows that a rule is about, as rules.tsv writes them:
//   ChargeCategory in Usage|Purchase and ChargeClass != Correction or CommitmentDiscountId is null
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::validate {

/// What one column must be. Null is none of the values.
struct Term {
    enum class Kind : std::uint8_t { kIsNull, kIsNotNull, kIsOneOf, kIsNoneOf };
    std::string column;
    Kind kind = Kind::kIsNull;
    std::vector<std::string> values; ///< of kIsOneOf and kIsNoneOf
    friend bool operator==(const Term&, const Term&) = default;
};

/// Any of the inner lists, all of whose terms hold. Empty: every row.
struct Condition {
    std::vector<std::vector<Term>> any_of;
    bool is_always() const { return any_of.empty(); }
    friend bool operator==(const Condition&, const Condition&) = default;
};

/// Reads a condition; `and` binds stronger than `or`. An empty text is every row. Error `validate.condition` (a bug:
/// conditions are written by Florin alone).
base::Result<Condition> parse_condition(std::string_view text);
std::string to_string(const Condition& condition);

/// As SQL over columns of those names that hold text. Never NULL.
std::string to_sql(const Condition& condition);

} // namespace florin::validate
