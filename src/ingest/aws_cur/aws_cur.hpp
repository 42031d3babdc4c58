// AWS Cost and Usage Reports: the legacy report (CSV, and Parquet as for Athena) and CUR 2.0 of Data
// Exports (CSV, Parquet), with the manifests beside them.
#pragma once

#include "ingest/source.hpp"

namespace florin::ingest::aws_cur {

const Source& source();

} // namespace florin::ingest::aws_cur
