// A plan of allocation as people and programs read it.
#pragma once

#include "app/plan_allocation.hpp"
#include "cli/cli.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace florin::cli {

nlohmann::json plan_json(const app::AllocationPlan& plan);
std::string plan_markdown(const app::AllocationPlan& plan);
std::string plan_table(const app::AllocationPlan& plan, int width, bool has_colour);

/// `search`, `(unallocated: no-owner)`, `pool support`.
std::string end_text(const app::MoneyEnd& end);
/// `since ever`, `from 2024-10-01 on`.
std::string since_text(period::Day from);

} // namespace florin::cli
