// The commands that ask the ledger. Each adds itself to `app`; what a person types goes into `target`, which lives as
// long.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

void define_query(CLI::App& app, QueryCommand& target);
void define_commitments(CLI::App& app, CommitmentsCommand& command);
void define_fx(CLI::App& app, FxCommand& target);
void define_report(CLI::App& app, ReportCommand& target);
void define_export(CLI::App& app, ExportCommand& target);
void define_sql(CLI::App& app, SqlCommand& target);

} // namespace florin::cli
