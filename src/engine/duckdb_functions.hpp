// Florin's exact functions inside DuckDB, through its C API.
#pragma once

#include "base/result.hpp"

#include <duckdb.h>

#include <string>
#include <string_view>

namespace florin::engine {

/// Registers florin_decimal, florin_quantity, florin_instant, florin_tuple_key and their like on the
/// connection's database; engine.hpp says what they do.
base::Result<void> register_exact_functions(duckdb_connection connection);

/// And florin_times, florin_cost, florin_quantity_times and florin_share.
base::Result<void> register_products(duckdb_connection connection);

/// And florin_text_map and florin_text_object.
base::Result<void> register_text_maps(duckdb_connection connection);

/// Makes `name(VARCHAR) -> BOOLEAN` of a function on text.
base::Result<void> register_predicate(duckdb_connection connection, const std::string& name,
                                      bool (*holds)(std::string_view));

} // namespace florin::engine
