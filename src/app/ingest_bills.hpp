// The use case "take these bills in": find, inspect, load, reconcile, commit.
#pragma once

#include "app/workspace.hpp"
#include "ingest/inspection.hpp"
#include "ingest/loader.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// How far an ingest is; `all` is 0 where it is not known.
struct IngestProgress {
    std::string what; ///< "reading bill.csv", "writing bill.csv"
    std::uint64_t done = 0;
    std::uint64_t all = 0;
    bool bytes = false; ///< done and all count bytes; else parts of 100
};

struct IngestRequest {
    std::vector<std::string> paths;
    std::string source = "focus";
    std::optional<period::Instant> received_at;          ///< for history that is loaded later; now without it
    bool strict = false;                                 ///< refuse what is odd but readable
    std::optional<base::Path> quarantine;                ///< set bad rows aside in this file
    bool dry_run = false;                                ///< inspect only, commit nothing
    std::function<void(const IngestProgress&)> progress; ///< may be empty; from any thread
    std::function<void(engine::Engine*)> running;        ///< told the engine at work, then null; for interruption
};

enum class IngestOutcome : std::uint8_t { kCommitted, kAlreadyThere, kDryRun };

/// What became of one delivery.
struct IngestedDelivery {
    IngestOutcome outcome = IngestOutcome::kCommitted;
    lake::Delivery delivery;
    std::vector<std::string> superseded;
    std::vector<std::string> older;
    std::vector<ingest::Inspection> files;
    std::vector<ingest::ReconciledGroup> reconciliation; ///< empty when it was there already
};

struct IngestReport {
    std::vector<IngestedDelivery> deliveries;
    std::vector<std::string> passed_over;
    std::vector<std::string> remarks; ///< what did not go as it should after the bills were in
};

/// Takes bills in. Files are inspected first, all of them; one that is refused refuses the command,
/// and nothing of it is kept. Then delivery by delivery. Errors: those of the readers, the lake and
/// the engine; `ingest.strict` with --strict.
base::Result<IngestReport> ingest_bills(Workspace& workspace, const IngestRequest& request);

/// The quality report that is stored with a delivery, as JSON.
std::string quality_json(const std::vector<ingest::Inspection>& files,
                         const std::vector<ingest::ReconciledGroup>& reconciliation);

} // namespace florin::app
