// A fixed summary for tests of the page: two currencies, every section, marks, gaps and hostile names.
#pragma once

#include "report/summary.hpp"

namespace florin::report {

/// September 2024 of a company on three clouds; the same on every call. Its breakdowns add up exactly.
Summary sample_summary();

} // namespace florin::report
