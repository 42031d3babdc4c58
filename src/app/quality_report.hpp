// What was mended or is odd in a delivery, as it is kept with it.
#pragma once

#include "ingest/inspection.hpp"
#include "ingest/loader.hpp"
#include "lake/delivery.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace florin::app {

/// The oddities that make costs mean less than they say.
std::vector<lake::QualityMark> cost_marks(const std::vector<ingest::Inspection>& files);

/// The quality report that is stored with a delivery, as JSON.
std::string quality_json(const std::vector<ingest::Inspection>& files,
                         const std::vector<ingest::ReconciledGroup>& reconciliation);

/// Parts of a quality report.
nlohmann::json finding_json(const ingest::Finding& finding, const base::Path& file);
std::string_view format_name(ingest::FileFormat format);

} // namespace florin::app
