// The use case "let me write the SQL": one SELECT in a sandbox.
#pragma once

#include "app/workspace.hpp"

#include <functional>
#include <optional>
#include <string>

namespace florin::app {

struct SqlRequest {
    std::string statement;
    std::optional<period::Instant> as_of;
    int seconds_max = 60;
    std::uint64_t rows_max = 100'000; ///< more are cut off
    std::function<void(engine::Engine*)> running;
};

struct SqlAnswer {
    engine::Table table;
    bool cut = false;
};

/// Runs one SELECT over the views `charges` and `daily` (query/views.hpp) and those of the other FOCUS datasets
/// (dataset_tables): no file, no write, no setting, bounded in time, memory and rows. Errors `sql.*`, and
/// `sql.timeout`.
base::Result<SqlAnswer> run_sql(Workspace& workspace, const SqlRequest& request);

} // namespace florin::app
