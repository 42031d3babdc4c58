// The use case "what is different between these two deliveries".
#pragma once

#include "app/compare_charges.hpp"
#include "app/workspace.hpp"

#include <vector>

namespace florin::app {

/// Every value of the compared dimensions whose rows or sums differ, the largest difference of
/// billed cost first within a dimension; first of all the totals, with an empty dimension. Errors:
/// `lake.no_such_delivery`, `lake.pruned`, the engine's.
base::Result<std::vector<ChargeChange>> compare_deliveries(Workspace& workspace, lake::DeliveryId before,
                                                           lake::DeliveryId after);

} // namespace florin::app
