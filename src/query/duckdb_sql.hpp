// A resolved question as one statement in DuckDB's dialect. The only place that knows the dialect,
// beside filter_sql.
#pragma once

#include "period/period.hpp"
#include "query/joined.hpp"
#include "query/plan.hpp"

#include <optional>
#include <span>
#include <string>

namespace florin::query {

/// One SELECT over the sources, which must not be empty. Its columns: `d0`, `d1`, … (the dimensions,
/// text), `currency`, `tuple_key` (only by_tuple), `step` (the first day of the grain's step; only with a
/// grain), `rate_day` (the day whose rate counts; only where amounts are converted, which is done after),
/// `rest` and `members` (only where cuts_in_engine: whether the row is what is left of a currency, and how
/// many groups it stands for), `s0`, `s1`, … (the sums: DECIMAL, and BIGINT for ChargeRows). No order. Money is
/// only ever added up.
/// `datasets` are what joined dimensions are read from.
std::string duckdb_sql(const Resolved& resolved, const Sources& sources, const std::optional<period::Period>& period,
                       std::span<const DatasetRows> datasets);

} // namespace florin::query
