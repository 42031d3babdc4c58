// The use case "take these bills in": find, inspect, load, reconcile, commit.
#pragma once

#include "app/workspace.hpp"
#include "ingest/inspection.hpp"
#include "ingest/loader.hpp"
#include "ingest/source_load.hpp"

#include <array>
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
    std::vector<base::Path> manifests; ///< JSON files that lie elsewhere than beside the bills
    /// A source's name: it reads all bills. Another name is that of a FOCUS feed. Empty: each bill is
    /// recognised by itself, and what no source knows is of the feed `focus`.
    std::string source;
    /// A side-car of constants for FOCUS files that lack columns; empty: the one whose pattern fits a file's name.
    std::string constants;
    std::optional<period::Instant> received_at;          ///< for history that is loaded later; now without it
    bool strict = false;                                 ///< refuse what is odd but readable
    std::optional<base::Path> quarantine;                ///< set bad rows aside in this file
    bool dry_run = false;                                ///< inspect only, commit nothing
    std::function<void(const IngestProgress&)> progress; ///< may be empty; from any thread
    std::function<void(engine::Engine*)> running;        ///< told the engine at work, then null; for interruption
};

enum class IngestOutcome : std::uint8_t { kCommitted, kAlreadyThere, kDryRun };

/// A file of a delivery.
struct IngestedFile {
    base::Path path;
    std::string sha256;
    std::string content_sha256; ///< of what is packed in it
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0; ///< that are to be loaded
    std::string recognised; ///< what it is, for people: `FOCUS 1.2`, `AWS Cost and Usage Report, 2.0`
};

/// What became of one delivery.
struct IngestedDelivery {
    IngestOutcome outcome = IngestOutcome::kCommitted;
    lake::Delivery delivery;
    std::vector<std::string> superseded;
    std::vector<std::string> older;
    std::vector<std::string> restated; ///< what it changes of periods that are closed
    std::vector<IngestedFile> files;
    /// Currency -> as lake::kCosts, exactly what the files add up to; nothing for a cost that they do not state. Of a
    /// provider's bill the first alone, as the others are the mapping's.
    std::map<std::string, std::array<std::optional<std::string>, 4>> stated;
    std::vector<ingest::Inspection> inspections;         ///< of a FOCUS bill's files
    std::vector<ingest::ReconciledGroup> reconciliation; ///< of a FOCUS bill; empty when it was there already
    std::string quality;                                 ///< the quality report as JSON
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

} // namespace florin::app
