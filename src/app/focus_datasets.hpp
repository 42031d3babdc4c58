// The FOCUS datasets beside Cost and Usage in a workspace: how they come in, and the tables that they are.
#pragma once

#include "engine/engine.hpp"
#include "ingest/focus_datasets/dataset_file.hpp"
#include "lake/lake.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::app {

/// The quality report of a delivery of a dataset, as JSON: as app::quality_json(), without a reconciliation.
std::string dataset_quality_json(const std::vector<ingest::focus_datasets::DatasetFile>& files);

/// Writes the files of one delivery, all of one dataset, below `folder`, and fills in what the lake knows of them.
/// Errors of ingest::focus_datasets::write().
base::Result<void> load_datasets(engine::Engine& engine, const std::vector<ingest::focus_datasets::DatasetFile>& files,
                                 const base::Path& folder, lake::Delivery& draft);

/// One dataset as it counts.
struct DatasetTable {
    focus::Dataset dataset = focus::Dataset::kBillingPeriod;
    std::string name;               ///< `invoice_details`
    std::string sql;                ///< a SELECT of its columns
    std::vector<std::string> files; ///< that it reads
};
/// All three, empty ones too: of each scope the rows that count as of that time.
std::vector<DatasetTable> dataset_tables(const lake::Lake& lake, std::span<const lake::Delivery> deliveries,
                                         std::optional<period::Instant> as_of);

} // namespace florin::app
