// The reports of `florin report` beside the summary.
#pragma once

#include "cli/session.hpp"

namespace florin::cli {

base::Result<int> report_tags(Session& session, app::Workspace& workspace, const ReportCommand& command);

} // namespace florin::cli
