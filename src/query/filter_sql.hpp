// Filters and fields as SQL over a relation that has the FOCUS columns. Nothing a person wrote gets
// into SQL but as a quoted literal.
#pragma once

#include "query/catalogue.hpp"
#include "query/filter.hpp"

#include <string>
#include <string_view>

namespace florin::query {

/// The field's value: text, or for values of the charge their own type. `relation` is the SQL alias
/// of the relation whose columns are read.
std::string field_sql(const Field& field, std::string_view relation, const Catalogue& catalogue);

/// The filter as a condition for WHERE or FILTER, where NULL counts as false.
std::string filter_sql(const Filter& filter, std::string_view relation, const Catalogue& catalogue);

} // namespace florin::query
