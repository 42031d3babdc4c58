// The filter language: a condition on charges, as text and as a value.
//
//   service_category = 'Compute' and tag.env in ('prod', 'stage') and not region_id like 'eu-%'
//
// Every condition is either true or false, also where a charge has no value: comparisons with
// nothing are false, and their negations (`!=`, `not in`, `not like`, `not between`, `not …`) true. A
// charge without the tag is not 'prod'. See docs/reference/filter-language.md.
#pragma once

#include "base/result.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"
#include "query/field.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace florin::query {

class Catalogue;

inline constexpr std::size_t kFilterBytesMax = std::size_t{64} << 10U;
inline constexpr int kFilterDepthMax = 64;

/// A value in a filter; its kind follows from the field it is compared with.
using Literal = std::variant<std::string, money::Decimal, money::Quantity, period::Day>;

enum class Operator : std::uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

struct Compare {
    Field field;
    Operator op = Operator::kEqual;
    Literal value;
    friend bool operator==(const Compare&, const Compare&) = default;
};
struct In {
    Field field;
    bool negated = false;
    std::vector<Literal> values; ///< at least one
    friend bool operator==(const In&, const In&) = default;
};
struct Like {
    Field field;
    bool negated = false;
    bool ignore_case = false;
    std::string pattern; ///< `%` any text, `_` any one character, `\` takes the next one as it is
    friend bool operator==(const Like&, const Like&) = default;
};
struct IsNull {
    Field field;
    bool negated = false;
    friend bool operator==(const IsNull&, const IsNull&) = default;
};
struct Between {
    Field field;
    bool negated = false;
    Literal low; ///< both ends included
    Literal high;
    friend bool operator==(const Between&, const Between&) = default;
};

struct Filter;
struct Not {
    std::vector<Filter> operand; ///< exactly one
    friend bool operator==(const Not&, const Not&);
};
struct And {
    std::vector<Filter> operands; ///< two or more
    friend bool operator==(const And&, const And&);
};
struct Or {
    std::vector<Filter> operands; ///< two or more
    friend bool operator==(const Or&, const Or&);
};

/// A parsed filter.
struct Filter {
    std::variant<Compare, In, Like, IsNull, Between, Not, And, Or> node;
    friend bool operator==(const Filter&, const Filter&) = default;
};

inline bool operator==(const Not& a, const Not& b) {
    return a.operand == b.operand;
}
inline bool operator==(const And& a, const And& b) {
    return a.operands == b.operands;
}
inline bool operator==(const Or& a, const Or& b) {
    return a.operands == b.operands;
}

/// Reads a filter. Errors `filter.*` carry the line and a caret; unknown names come with the most
/// similar known one. At most kFilterBytesMax bytes and kFilterDepthMax levels.
base::Result<Filter> parse_filter(std::string_view text, const Catalogue& catalogue);

/// Reads one field, as in a list of dimensions: `service_name`, `tag."cost center"`, `x.Name`.
/// Errors as parse_filter.
base::Result<Field> parse_field(std::string_view text, const Catalogue& catalogue);

/// The filter as text that parse_filter reads back to an equal value.
std::string to_text(const Filter& filter);

/// Every field the filter reads, each once, in order of first use.
std::vector<Field> fields_of(const Filter& filter);

} // namespace florin::query
