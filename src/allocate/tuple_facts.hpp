// What allocation has to know of each tuple, from its texts.
#pragma once

#include "allocate/cells.hpp"
#include "allocate/tuple_texts.hpp"
#include "query/field.hpp"

#include <span>
#include <string>
#include <vector>

namespace florin::allocate {

struct TupleFacts {
    Tuples tuples;
    std::vector<std::string> programmes; ///< by Tuple::programme: a commitment's id; [0] is empty
};

/// The fields that facts_of() reads: currency, category and class, the commitment with its status, SKU, invoice,
/// billing and sub account, service.
std::span<const query::Field> tuple_fact_fields();

/// The facts of all tuples. The texts have a column for each of tuple_fact_fields(). A programme is one commitment. A
/// bill line is an invoice, a billing account, a sub account and a service; what has none of one shares that. A charge
/// without a sub account follows the whole of its billing account.
/// Numbers follow the texts in their sorted order, so that they do not depend on the order of tuples.
TupleFacts facts_of(const TupleTexts& texts);

} // namespace florin::allocate
