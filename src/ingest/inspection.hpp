// The second reader: reads a bill by itself, without the engine that loads it, and says what is in
// it, down to the sums the load must arrive at. It shares no parsing code with the load.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "focus/focus.hpp"
#include "period/period.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::ingest {

enum class FileFormat : std::uint8_t { kCsv, kJsonLines, kParquet };
enum class Compression : std::uint8_t { kNone, kGzip, kZstd, kZip };

/// How a column of a file is used.
struct ColumnUse {
    enum class Kind : std::uint8_t {
        kExact,   ///< a FOCUS 1.4 column (or a deprecated one the lake carries) by its own name
        kRecased, ///< the same but for upper and lower case: repair `column-name-casing`
        kRenamed, ///< an older version's name for a FOCUS 1.4 column
        kCustom,  ///< unknown to FOCUS: kept under `x_...`
    };
    std::string source_name; ///< as in the file
    std::string lake_name;   ///< FOCUS 1.4 name, or the name in x_Custom (with its `x_`)
    Kind kind = Kind::kExact;

    // What was met in its cells, for the load to be prepared for:
    std::uint64_t null_literals = 0;     ///< unquoted NULL or null
    std::uint64_t quoted_empty = 0;      ///< ""
    std::uint64_t displayed_amounts = 0; ///< "$50,000.00 " and the like in a decimal column
    std::uint64_t rounded_cells = 0;     ///< more digits than the lake's scale (18, quantities 12)
    std::map<period::InstantForm, std::uint64_t> instant_forms; ///< date columns only
    std::map<std::string, std::string> value_repairs; ///< allowed-value columns: as written -> as FOCUS writes it
};

/// Rows and exact sums of one group of rows. A sum is text (an exact decimal, any number of places),
/// so that nothing of the load's arithmetic is shared; `rounded_away` is source minus what remains
/// when each cell is rounded half even to 18 places.
struct GroupSums {
    std::uint64_t rows = 0;
    std::array<std::string, 4> sum{"0", "0", "0", "0"};
    std::array<std::string, 4> rounded_away{"0", "0", "0", "0"};
    std::array<std::uint64_t, 4> null_cells{};
};

struct GroupKey {
    std::string currency;
    std::string provider; ///< ServiceProviderName, else ProviderName, else empty
    period::Instant billing_period_start;
    std::string account;   ///< SubAccountId, else BillingAccountId
    std::string service;   ///< ServiceName, or empty
    std::string line_type; ///< ChargeCategory as FOCUS writes it, or empty
    friend auto operator<=>(const GroupKey&, const GroupKey&) = default;
};

/// A snapshot scope found in the file.
struct ScopeKey {
    std::string billing_account_id;
    period::Instant billing_period_start;
    period::Instant billing_period_end;
    friend auto operator<=>(const ScopeKey&, const ScopeKey&) = default;
};

/// One odd thing, counted with the money it touched. `rule` is an id of repairs.yaml.
struct Finding {
    std::string rule;
    std::string column;
    std::uint64_t rows = 0;
    std::map<std::string, std::string> billed_cost; ///< currency -> exact sum of BilledCost of those rows
    std::uint64_t first_row = 0;                    ///< data row, from 1; 0: the header
    std::string example;                            ///< the cell there, at most 200 bytes
};

/// Rows that were set aside (only with a quarantine file).
struct QuarantinedRows {
    std::uint64_t rows = 0;
    std::map<std::string, std::string> billed_cost; ///< of those whose currency and cost can be read
    std::uint64_t unreadable_cost_rows = 0;
    std::map<std::string, std::uint64_t> reasons; ///< error code -> rows
    std::optional<base::Error> first;             ///< why the first of them was set aside, and where it is
    std::vector<std::uint64_t> row_numbers;       ///< their data rows in the source, from 1, ascending
};

/// Byte offset of the data rows 1, 1 + kStride, 1 + 2 kStride, … in the decompressed source file, for
/// explain. Quarantined rows count; empty lines do not. Empty for Parquet.
struct RowOffsets {
    static constexpr std::uint64_t kStride = 4096;
    std::vector<std::uint64_t> offsets;
};

struct Inspection {
    base::Path path;
    FileFormat format = FileFormat::kCsv;
    Compression compression = Compression::kNone;
    std::string sha256;         ///< of the file as it is on disk
    std::string content_sha256; ///< of what is packed in it; the same where it is not compressed, and of Parquet
    std::uint64_t file_bytes = 0;
    char delimiter = ','; ///< CSV: one of , ; tab |
    bool byte_order_mark = false;
    std::uint64_t longest_row_bytes = 0;
    focus::Version version = focus::Version::k1_4; ///< the oldest version that knows all FOCUS columns present
    std::vector<ColumnUse> columns;                ///< in file order
    std::uint64_t rows = 0;                        ///< data rows that are to be loaded
    std::map<GroupKey, GroupSums> groups;
    std::map<ScopeKey, std::uint64_t> scopes; ///< -> rows
    std::vector<Finding> findings;            ///< ordered by rule, then column
    QuarantinedRows quarantined;
    RowOffsets row_offsets;
    base::Path load_path;  ///< what the load reads: `path`, or the staged copy
    std::string constants; ///< which side-car of constants the copy was made with; empty: none
};

struct InspectionOptions {
    int threads = 2;
    std::uint64_t cell_bytes_max = std::uint64_t{16} << 20U;
    base::Path staging_folder;            ///< for JSON lines and for files with quarantined rows: a clean CSV
    std::optional<base::Path> quarantine; ///< set bad rows aside here, instead of refusing the file
    std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)> progress; ///< may be empty; any thread
};

/// Reads the whole file. What it gives does not depend on the number of threads. Errors name file, row
/// (data rows from 1; none where it is the header), column and cell: `file.*`, `csv.*`, `json.*`,
/// `bill.*`; see docs/reference/errors.md. Quarantine sets aside rows whose cells cannot be read, and
/// rows with too few or too many cells; a file whose rows cannot be told apart is refused all the same.
base::Result<Inspection> inspect(const base::Path& path, const InspectionOptions& options);

} // namespace florin::ingest
