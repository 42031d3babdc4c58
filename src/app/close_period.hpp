// The use cases of closing a month: close, reopen, and where all months stand.
#pragma once

#include "app/workspace.hpp"

#include <map>
#include <string>
#include <vector>

namespace florin::app {

using SumsByCurrency = std::map<std::string, lake::CostSums>;

/// Where one month of bills stands. A part is of the month in which its billing period starts.
struct MonthState {
    period::Day month; ///< its first day
    std::vector<lake::ProviderState> providers;
    std::optional<lake::PeriodClose> close; ///< the latest, which may have been reopened
    SumsByCurrency at_close;                ///< of the close, if there is one
    SumsByCurrency now;
    std::vector<lake::DeliveryId> waiting; ///< deliveries that wait with a part of the month
    /// Whether what counts is no longer what counted at the close.
    bool has_moved = false;
};

/// Every month of which something is there or was said, in order. Errors of the lake.
base::Result<std::vector<MonthState>> list_periods(Workspace& workspace);

/// Reads a month as people write it: `2024-09`, `last-month`, `FY2024-P03` of calendar months. Error
/// `period.not_a_month` where it is some other period.
base::Result<period::Day> parse_month(const Workspace& workspace, const std::string& text);

/// Closes a month by name, with what counts of it now. Errors `period.closed`, `period.empty`, `period.unnamed`
/// (nobody, or no reason).
base::Result<MonthState> close_period(Workspace& workspace, period::Day month, const std::string& by,
                                      const std::string& reason);

/// Opens it again. Errors `period.not_closed`, `period.unnamed`.
base::Result<void> reopen_period(Workspace& workspace, period::Day month, const std::string& by,
                                 const std::string& reason);

/// A sentence for each month that the company closed and the delivery has a part of: where to see what moved.
base::Result<std::vector<std::string>> closed_months_of(Workspace& workspace, lake::DeliveryId id);

} // namespace florin::app
