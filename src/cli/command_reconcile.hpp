// The two halves of `florin reconcile`.
#pragma once

#include "cli/session.hpp"

#include <string>

namespace florin::cli {

/// Holds one invoice, or all of them, against the ledger. Gives the exit code: 1 where one is apart.
base::Result<int> reconcile_invoices(Session& session, app::Workspace& workspace, const ReconcileCommand& command);

} // namespace florin::cli
