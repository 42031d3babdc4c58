// What an allocation is made from, out of the lake: one billing month of daily sums by numbered tuple, and which months
// are open.
#pragma once

#include "allocate/cells.hpp"
#include "app/allocation_tuples.hpp"
#include "app/workspace.hpp"
#include "base/result.hpp"
#include "engine/engine.hpp"
#include "lake/lake.hpp"

#include <set>
#include <vector>

namespace florin::app {

/// What the company and its providers said of billing months by some time. A month is the day it starts.
struct MonthStates {
    std::set<period::Day> closed;          ///< by the company, and not reopened
    std::set<period::Day> provider_open;   ///< some provider says that it is open, or open again
    std::set<period::Day> provider_closed; ///< some provider says that it is closed
    period::Day today;                     ///< the day of that time

    /// Whether its bills may still change: not where the company closed it; else where a provider says so, and where
    /// none says anything, until it is over.
    bool is_open(period::Day month) const;
    /// From the first month that is not closed and has no closed one behind it; kAlways.start where none is closed.
    period::Day first_open() const;
};

/// As of `at`: what was said later does not count. Errors of the catalog.
base::Result<MonthStates> month_states(Workspace& workspace, period::Instant at);

/// The billing months of the files, each by its first day, in order. A file is of the month in which its billing period
/// starts.
std::vector<period::Day> billing_months(const lake::CurrentFiles& current);

/// The days of all charges and of what they are spread over; of no files, an empty one.
period::Period days_of(const lake::CurrentFiles& current);

/// The four costs of a billing month by the numbers of `tuples`, which were made from the same files, and by day:
/// canonical. Billed cost is that of the charge's first day; the others are spread over its days. Read from daily sums
/// where there are some and the tuples are not split further, else from charges. Errors of the engine.
base::Result<allocate::Cells> read_cells(const lake::CurrentFiles& current, period::Day month,
                                         const LedgerTuples& tuples, engine::Engine& engine);

} // namespace florin::app
