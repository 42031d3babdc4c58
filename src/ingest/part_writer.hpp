// The files of one part beside its charges: spread, tuples and cells; and what is known of them.
#pragma once

#include "ingest/loader.hpp"

#include <map>
#include <string>
#include <string_view>

namespace florin::ingest {

/// zstd at level 1: Parquet encoding dominates the load, and level 3 saves under 2 % of the bytes.
inline constexpr std::string_view kParquet = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)";

/// An instant as SQL.
std::string sql_instant(period::Instant instant);

/// Rows and sums in the lake, by currency, provider and billing period.
struct LakeSums {
    std::uint64_t rows = 0;
    std::array<money::Decimal, 4> costs{};
};
using LakeGroups = std::map<GroupKey, LakeSums>;

/// Completes the parts whose charges are written. One thread at a time.
class PartWriter {
public:
    PartWriter(engine::Engine& engine, const base::Path& folder, const LoadOptions& options)
        : engine_(engine), folder_(folder), options_(options) {}

    /// The path of the part's file of that kind, `charges` and so on.
    std::string path(const lake::Part& part, std::string_view kind) const;

    /// Writes spread, tuples and cells of `part`, whose charges are written and whose scope, period,
    /// stem and number of rows are set; fills in the rest, and adds its sums to `groups`. Errors:
    /// `ingest.reconciliation` (another number of rows) and the engine's.
    base::Result<void> complete(lake::Part& part, LakeGroups& groups);

private:
    std::string read(const lake::Part& part, std::string_view kind) const;
    base::Result<void> write_tuples(lake::Part& part);
    base::Result<void> write_cells(lake::Part& part);
    base::Result<void> profile(lake::Part& part, LakeGroups& groups);

    engine::Engine& engine_;
    const base::Path& folder_;
    const LoadOptions& options_;
};

} // namespace florin::ingest
