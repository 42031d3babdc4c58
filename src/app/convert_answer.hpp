// The use case "the answer as a Parquet file".
#pragma once

#include "base/files.hpp"
#include "query/answer.hpp"

namespace florin::app {

/// Writes the answer's rows, as its CSV form has them, with money as DECIMAL(38,18), quantities as
/// DECIMAL(38,12), counts as BIGINT and days as DATE. Replaces a file that is there.
base::Result<void> write_answer_parquet(const query::Answer& answer, const base::Path& target);

} // namespace florin::app
