// Example rules that divide the demo estate among its teams, and a change of them. See docs/reference/demo-estate.md.
#pragma once

#include "base/files.hpp"
#include "demo/company.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace florin::demo {

/// A file of rules. Its path is below `allocation`, or `allocation-changed` for the rules with the change.
struct AllocationFile {
    base::Path path;
    std::string text;
};

/// Both versions, each complete: the organisation, the dimension `team`, shared costs, the accounts' teams, and a usage
/// metric for every day of the months. The change: the observability platform is divided by log events instead of
/// evenly, and the log archive moves from one team to another. The same arguments give the same bytes.
std::vector<AllocationFile> allocation_rules(const Company& company, std::uint64_t seed, int months,
                                             period::Day last_month_start);

} // namespace florin::demo
