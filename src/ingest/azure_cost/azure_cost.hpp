// Azure's cost details: actual and amortized exports of an Enterprise Agreement or a Microsoft Customer
// Agreement. The two state one bill in two ways and count together: see docs/sources/azure.md.
#pragma once

#include "ingest/source.hpp"

namespace florin::ingest::azure_cost {

const Source& source();

} // namespace florin::ingest::azure_cost
