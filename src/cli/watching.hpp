// Folders that are watched, as people see it.
#pragma once

#include "app/late_deliveries.hpp"
#include "app/watch_folder.hpp"
#include "cli/session.hpp"

#include <set>
#include <string>

namespace florin::cli {

/// `florin ingest --watch`; the exit code.
base::Result<int> run_watch(Session& session, const IngestCommand& command);

/// Shows what a look led to; the exit code that the worst of it would end a command with, 0 where all is well or
/// only waits.
int show_looked(Session& session, const app::WatchReport& report, bool with_findings);

/// Says which feeds are late, those in `told` aside, and adds them to it; one that has delivered leaves it.
base::Result<void> say_late(Session& session, app::Workspace& workspace, std::set<std::string>& told);

} // namespace florin::cli
