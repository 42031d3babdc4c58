// Bills of the sources that are not FOCUS: which is whose, what the second reader found in them, and
// which of them are one delivery.
#pragma once

#include "base/files.hpp"
#include "ingest/source.hpp"
#include "ingest/source_load.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::app {

/// A bill that a source has recognised.
struct SourceBill {
    ingest::FileHead head;
    const ingest::Source* source = nullptr;
    ingest::Recognised recognised;
};

/// A file of a FOCUS dataset other than Cost and Usage.
struct DatasetBill {
    ingest::FileHead head;
    focus::Dataset dataset = focus::Dataset::kBillingPeriod;
};

/// Bills by who reads them, each in the order given.
struct SortedBills {
    std::vector<ingest::FileHead> focus;
    std::vector<DatasetBill> datasets;
    std::vector<SourceBill> of_sources;
};

/// Recognises each bill; what no source knows is taken for FOCUS. `named` is a source's name or empty: a
/// source that is named takes all bills. `engine` is asked for the columns of Parquet. Errors: those of reading a
/// file's head, `ingest.wrong_source` (the source named does not read such a file).
base::Result<SortedBills> sort_bills(engine::Engine& engine, const std::vector<base::Path>& bills,
                                     std::span<const ingest::Source* const> sources, const std::string& named);

/// Reads JSON files that may be manifests; those of more than 16 MiB are none, and told in `passed_over`. Errors:
/// `system.io`.
base::Result<std::vector<ingest::Manifest>> read_manifests(const std::vector<base::Path>& paths,
                                                           std::vector<std::string>& passed_over);

/// The files of one delivery, read.
struct SourceDelivery {
    const ingest::Source* source = nullptr;
    std::vector<ingest::SourceFile> files;
    std::string variant; ///< of the group
    std::optional<period::Instant> ordered_at;
};

struct SurveyBillsOptions {
    int threads = 2;
    base::Path staging_folder;
    std::function<void(const base::Path&, std::uint64_t done, std::uint64_t all)> progress; ///< may be empty
};

/// Reads all bills and puts them together to deliveries. `manifests` are the JSON files met; copies of a
/// file are left out, and told in `passed_over`. Errors: of the survey, of the manifests, and
/// `bill.missing_column` (with the nearest name that the file has).
base::Result<std::vector<SourceDelivery>> survey_bills(const std::vector<SourceBill>& bills,
                                                       const std::vector<base::Path>& manifests,
                                                       const SurveyBillsOptions& options,
                                                       std::vector<std::string>& passed_over);

/// The quality report of such a delivery, as JSON: as app::quality_json(), with `source` instead of
/// groups; see docs/reference/deliveries.md.
std::string source_quality_json(const SourceDelivery& delivery, const ingest::SourceLoaded& loaded);

} // namespace florin::app
