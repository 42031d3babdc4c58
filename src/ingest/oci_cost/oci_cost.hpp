// Oracle Cloud Infrastructure's cost reports: CSV, several files a day, each adding to those before.
#pragma once

#include "ingest/source.hpp"

namespace florin::ingest::oci_cost {

const Source& source();

} // namespace florin::ingest::oci_cost
