// The use case "show me that this delivery is all there": source and ledger by account, service and line type.
#pragma once

#include "app/workspace.hpp"
#include "ingest/loader.hpp"
#include "report/reconciliation.hpp"

#include <string>
#include <vector>

namespace florin::app {

/// What is kept with a FOCUS delivery, as JSON: docs/reference/deliveries.md. Providers' bills keep their lines in the
/// quality report.
std::string reconciliation_json(const std::vector<ingest::ReconciledGroup>& groups);

/// The reconciliation of a delivery, whatever its source, with its tables by account, service, line type and rule.
/// Errors: `lake.no_such_delivery`, `reconcile.no_bill` (a delivery of another dataset), those of the catalog.
base::Result<report::Reconciliation> reconcile_delivery(Workspace& workspace, lake::DeliveryId id);

} // namespace florin::app
