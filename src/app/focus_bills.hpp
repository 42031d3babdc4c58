// FOCUS bills on their way in: which of them are one delivery.
#pragma once

#include "app/workspace.hpp"
#include "ingest/inspection.hpp"
#include "lake/delivery.hpp"

#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// The files of one delivery, read.
struct FocusDelivery {
    std::vector<ingest::Inspection> files;
    std::optional<period::Instant> ordered_at; ///< of AWS's manifest, where one names the files and states it
    /// Of Google Cloud: whether it adds to what is there or replaces it is told by mode_by_export_times().
    bool has_export_times = false;
};

/// Files that one of AWS's manifests names are one delivery, all of them or none; of the others, files of one folder
/// that share a billing account and period. Only Google's exports may share them over folders. Errors: of the
/// manifests, `ingest.two_versions`.
base::Result<std::vector<FocusDelivery>> group_focus(std::vector<ingest::Inspection> files,
                                                     const std::vector<base::Path>& manifests,
                                                     std::vector<std::string>& passed_over);

/// What a delivery of Google Cloud's FOCUS export does to the charges of its scopes that count, by the export times of
/// both, and its order time, which is its last export time. Google adds rows to its table and never changes one, so a
/// file adds to those of other export times (append), a file that spans all of them is the whole again (snapshot), and
/// one that spans some of them would be counted twice in part: conflict `ingest.export_overlap`. `draft` has its parts
/// below `folder`. Does nothing where no charge has an export time.
base::Result<void> mode_by_export_times(Workspace& workspace, engine::Engine& engine, const base::Path& folder,
                                        lake::Delivery& draft);

} // namespace florin::app
