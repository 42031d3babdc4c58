// The load of bills that are not FOCUS: the source's mapping gives rows, every one of which is held
// against what the second reader added up, and those of the ledger become the files of a delivery.
#pragma once

#include "ingest/loader.hpp"
#include "ingest/source.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace florin::ingest {

/// One line of a delivery's reconciliation: what a rule did to the rows of one account, service and
/// line type. Without a rule the amounts are equal.
struct ReconciledLine {
    std::string currency;
    std::string account;
    std::string service;
    std::string line_type;
    std::string rule;              ///< empty: rows that are charges as they are
    std::uint64_t source_rows = 0; ///< rows of the source
    std::uint64_t ledger_rows = 0; ///< charges
    money::Decimal source;         ///< of the source's total, rounded to the ledger's digits
    /// Source's total less that, of all lines of the same account, service and line type: said in the first of them.
    std::string rounded_away = "0";
    money::Decimal billed;    ///< BilledCost in the ledger
    money::Decimal effective; ///< EffectiveCost in the ledger; what is not known counts as nothing
};

/// A source's total in one currency and what the ledger has of it.
struct ReconciledTotal {
    std::string currency;
    std::uint64_t source_rows = 0;
    std::string source = "0";       ///< exact, by the second reader
    std::string rounded_away = "0"; ///< source minus ledger
    money::Decimal billed;
};

struct SourceLoaded {
    std::vector<lake::Part> parts; ///< without folder; in order of scope
    std::vector<ReconciledTotal> totals;
    std::vector<ReconciledLine> lines;
};

/// What the files of a delivery add up to by the second reader, exactly: currency -> amount.
std::map<std::string, std::string> surveyed_totals(const std::vector<SourceFile>& files);

/// Writes the files of the parts into `folder` (which exists). Errors: `ingest.unexplained` (the
/// ledger's sum is another than the source's, with the account and line type where it is), `bill.*`
/// and the engine's.
base::Result<SourceLoaded> load_source(engine::Engine& engine, const Source& source,
                                       const std::vector<SourceFile>& files, const base::Path& folder,
                                       const LoadOptions& options);

/// What a file's first charges would be, and what they lack.
struct SourcePreview {
    std::uint64_t charges = 0;
    std::vector<ReconciledTotal> totals;
    /// Of the first charges: columns of FOCUS and `x_` ones with what they hold, as text; nulls left out.
    std::vector<std::vector<std::pair<std::string, std::string>>> first;
    /// Columns that FOCUS wants in every bill, and how many of the charges have nothing in them; none left out.
    std::vector<std::pair<std::string, std::uint64_t>> empty;
};

/// Maps and reconciles the files as load_source() does, and keeps nothing but temporary files in `folder`.
/// Errors: those of load_source().
base::Result<SourcePreview> preview_source(engine::Engine& engine, const Source& source,
                                           const std::vector<SourceFile>& files, const base::Path& folder,
                                           std::size_t charges_max);

} // namespace florin::ingest
