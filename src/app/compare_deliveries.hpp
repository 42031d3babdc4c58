// The use case "what is different between these two deliveries".
#pragma once

#include "app/workspace.hpp"

#include <string>
#include <vector>

namespace florin::app {

/// How one value of a dimension changed from one delivery to another, in one currency.
struct DeliveryChange {
    std::string dimension; ///< the FOCUS column
    std::string value;     ///< empty: null
    std::string currency;
    std::int64_t rows_before = 0;
    std::int64_t rows_after = 0;
    money::Decimal billed_before;
    money::Decimal billed_after;
    money::Decimal effective_before;
    money::Decimal effective_after;
};

/// Every value of the compared dimensions whose rows or sums differ, the largest difference of
/// billed cost first within a dimension; first of all the totals, with an empty dimension. Errors:
/// `lake.no_such_delivery`, `lake.pruned`, the engine's.
base::Result<std::vector<DeliveryChange>> compare_deliveries(Workspace& workspace, lake::DeliveryId before,
                                                             lake::DeliveryId after);

} // namespace florin::app
