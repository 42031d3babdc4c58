// The tuples of what is current, numbered, with the texts that rules of allocation look at.
#pragma once

#include "allocate/tuple_texts.hpp"
#include "base/result.hpp"
#include "engine/engine.hpp"
#include "lake/lake.hpp"
#include "query/field.hpp"

#include <span>
#include <string_view>

namespace florin::app {

/// The engine's table of the numbered tuples: `Number` BIGINT from 0, `TupleKey` as in the lake's files, and `split_0`,
/// `split_1`, … for the fields that a tuple of the lake does not have (a resource, a custom column), by which it is
/// split further. Cells and charges are numbered by joining it.
inline constexpr std::string_view kTupleTable = "allocation_tuple";

struct LedgerTuples {
    allocate::TupleTexts texts;
    std::vector<query::Field> split_by; ///< the fields of split_0 and on; with any, only charges can be numbered
};

/// Numbers the distinct tuples of the files in the order of their keys (and of what splits them), so that numbers
/// depend on nothing but the bills. The table lives as long as the engine; a second call replaces it. `fields` are
/// distinct, none of them a value of the single charge. Errors of the engine.
base::Result<LedgerTuples> read_tuples(const lake::CurrentFiles& current, std::span<const query::Field> fields,
                                       engine::Engine& engine);

} // namespace florin::app
