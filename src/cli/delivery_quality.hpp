// What was found in a delivery's files, and what they sum to, as people read it.
#pragma once

#include "report/text_table.hpp"

#include <nlohmann/json_fwd.hpp>

namespace florin::cli {

/// The tables of a quality report as `app::quality_json` and `app::source_quality_json` write it: the findings, and
/// the reconciliation. One that would be empty is left out, its heading too.
void show_quality(const nlohmann::json& quality, report::TextPage& page);

} // namespace florin::cli
