// The use case "change a budget": the amendment goes into the budget's file, as a person would write it.
#pragma once

#include "app/workspace.hpp"

#include <string>
#include <vector>

namespace florin::app {

struct AmendRequest {
    std::string budget;
    std::string amount;             ///< the new whole, as people write it; empty: not this
    std::string add;                ///< what is added to it; empty: not this
    std::vector<std::string> steps; ///< `2026-09=120000`; none: not this. One of the three
    std::string spread;             ///< `even`, `days`, `last-year`; empty: as it was
    period::Day date;               ///< from which it counts
    std::string reason;
    std::string by;
    std::string approved_by; ///< who agreed today; empty: nobody yet
    bool dry_run = false;
};

struct AmendedBudget {
    std::string file;  ///< below the workspace
    std::string patch; ///< what `git apply` takes
    std::size_t version = 0;
};

/// Errors: of read_budgets; `budget.unknown`; of plan::with_amendment and plan::allot, before anything is written.
base::Result<AmendedBudget> amend_budget(Workspace& workspace, const AmendRequest& request);

} // namespace florin::app
