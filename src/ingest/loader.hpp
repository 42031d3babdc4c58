// The load: inspected files become the Parquet files of a delivery, by the engine, and are held
// against what the inspection said they must be.
#pragma once

#include "engine/engine.hpp"
#include "ingest/inspection.hpp"
#include "lake/delivery.hpp"

#include <string>
#include <vector>

namespace florin::ingest {

/// Source and lake of one group of rows, side by side. Differences other than what was rounded away
/// never get this far.
struct ReconciledGroup {
    GroupKey key;
    std::uint64_t rows = 0;
    std::array<std::string, 4> source{"0", "0", "0", "0"};       ///< exact, as the inspection summed it
    std::array<std::string, 4> rounded_away{"0", "0", "0", "0"}; ///< source minus lake
    std::array<money::Decimal, 4> lake{};
};

struct Loaded {
    std::vector<lake::Part> parts; ///< without folder; in order of scope
    std::vector<ReconciledGroup> reconciliation;
};

struct LoadOptions {
    /// Cells are kept where they are fewer than this share of the charges, in percent.
    int cells_percent_max = 30;
};

/// Writes the files of the parts into `folder` (which exists), reading the files in order. Errors:
/// `ingest.reconciliation` (a bug: the two readers disagree) and the engine's.
base::Result<Loaded> load_focus(engine::Engine& engine, const std::vector<Inspection>& files, const base::Path& folder,
                                const LoadOptions& options);

/// The lake's key of a snapshot scope: billing account and billing period.
std::string scope_key(const ScopeKey& scope);

/// Which scopes of a delivery are strays: less than 1 % of its rows, and less than half of what the
/// same billing account has in another billing period of the delivery.
std::map<ScopeKey, bool> find_strays(const std::map<ScopeKey, std::uint64_t>& scopes);

} // namespace florin::ingest
