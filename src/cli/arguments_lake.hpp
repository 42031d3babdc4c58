// The commands that keep the lake. Each adds itself to `app`; what a person types goes into `target`, which lives as
// long.
#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace florin::cli {

void define_init(CLI::App& app, InitCommand& target);
void define_deliveries(CLI::App& app, DeliveriesCommand& target);
void define_period(CLI::App& app, PeriodCommand& target);
void define_doctor(CLI::App& app, DoctorCommand& target);
void define_compact(CLI::App& app, CompactCommand&);

} // namespace florin::cli
