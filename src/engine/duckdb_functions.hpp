// Florin's exact functions inside DuckDB, through its C API.
#pragma once

#include "base/result.hpp"

#include <duckdb.h>

namespace florin::engine {

/// Registers florin_decimal, florin_quantity, florin_instant and florin_tuple_key on the connection's database.
base::Result<void> register_exact_functions(duckdb_connection connection);

} // namespace florin::engine
