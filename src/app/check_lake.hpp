// The use case "is everything sound": the lake's own check, and every sum computed anew.
#pragma once

#include "app/workspace.hpp"

#include <functional>

namespace florin::app {

/// What doctor finds: the lake's problems, then parts whose files no longer sum to what the catalog
/// says (`lake.sums`), or whose daily sums differ from their charges (`lake.daily_sums`), and kept raw
/// files whose hash is no longer that of when they came (`lake.raw_file`), and files of the lake that are no longer
/// what was written (`lake.changed`, `lake.not_hashed`).
base::Result<std::vector<lake::Problem>> check_lake(Workspace& workspace, bool repair,
                                                    const std::function<void(engine::Engine*)>& running);

} // namespace florin::app
