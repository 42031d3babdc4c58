// The rows of the files as they were received, behind charges of the ledger.
#pragma once

#include "app/workspace.hpp"
#include "base/files.hpp"
#include "lake/delivery.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace florin::app {

/// Where a charge stands in the files of its delivery.
struct RawRow {
    std::string file{};    ///< as it was called when it was ingested; empty: not known which one
    base::Path path{};     ///< where it is now
    std::uint64_t row = 0; ///< of its data rows, from 1; 0: not known
    /// Of the row's first byte in the file, or in what is packed in it; null for Parquet, and where no row is known.
    std::optional<std::uint64_t> byte_offset{};
    std::string text{};                                       ///< the row as it stands there, without its line end
    std::vector<std::pair<std::string, std::string>> cells{}; ///< by the file's column names; those that are not empty
    std::string note{};                                       ///< a sentence where something of this is not known
};

/// A charge by its place in its part.
struct ChargePlace {
    std::int64_t row = 0; ///< `file_row_number`, from 0
    std::optional<money::Decimal> billed_cost;
};

/// Finds the rows behind charges of one part, one for each: what the files say, read again, and not what the ledger
/// made of it. `delivery` is whole, with its quality report.
///
/// A FOCUS file's rows are its charges in their order, but for rows that were set aside. The second reader left the
/// place of every 4096th row, so that little is read; files of a delivery of several scopes are read from their start.
/// Other sources' mappings make charges of rows by their rules, so that only the files are known.
/// Errors: `file.*` and `csv.*` of a file that cannot be read, `system.io`, the engine's.
base::Result<std::vector<RawRow>> find_raw_rows(Workspace& workspace, engine::Engine& engine,
                                                const lake::Delivery& delivery, const lake::Part& part,
                                                std::span<const ChargePlace> charges);

} // namespace florin::app
