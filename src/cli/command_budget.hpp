// The parts of `florin budget`.
#pragma once

#include "cli/session.hpp"

namespace florin::cli {

/// Writes an amendment into a budget's file and prints the patch.
base::Result<int> amend_budget(Session& session, app::Workspace& workspace, const BudgetCommand& command);

} // namespace florin::cli
