// Google Cloud's usage cost exports, standard and detailed: tables of BigQuery as JSON lines, Parquet or CSV. Every
// export adds to those before.
#pragma once

#include "ingest/source.hpp"

namespace florin::ingest::gcp_billing {

const Source& source();

} // namespace florin::ingest::gcp_billing
