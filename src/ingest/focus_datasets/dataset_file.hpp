// Files of the FOCUS datasets beside Cost and Usage: BillingPeriod, InvoiceDetail and ContractCommitment of 1.3 and
// 1.4. They are small, so that one reader of our own reads every cell; the engine only packs what it wrote.
#pragma once

#include "ingest/text_file.hpp"
#include "lake/delivery.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::ingest::focus_datasets {

/// Raised whenever the same file would give other rows than before.
inline constexpr int kMappingVersion = 1;

/// Column of a dataset's Parquet file that names the scope of a row.
inline constexpr std::string_view kScopeColumn = "Scope";

/// The dataset of a file by its columns; nothing where it is Cost and Usage or no FOCUS file: charges have a
/// ChargePeriodStart, and each dataset has a column that no other has.
std::optional<focus::Dataset> recognise(std::span<const std::string> columns);

/// What was read of one file.
struct DatasetFile {
    base::Path path;
    focus::Dataset dataset = focus::Dataset::kBillingPeriod;
    FileFormat format = FileFormat::kCsv;
    std::string sha256;         ///< of the file as it is on disk
    std::string content_sha256; ///< of what is packed in it; the same where it is not compressed, and of Parquet
    std::uint64_t file_bytes = 0;
    focus::Version version = focus::Version::k1_3;
    std::uint64_t rows = 0;
    std::vector<Finding> findings;                   ///< of rules of repairs.yaml; without costs
    std::map<std::string, std::uint64_t> scopes;     ///< -> rows
    std::map<std::string, std::uint64_t> keys;       ///< what no two rows share -> data row, from 1
    std::vector<lake::ProviderPeriod> period_states; ///< of a BillingPeriod file; without source
    std::map<std::string, std::string> billed_cost;  ///< of an InvoiceDetail file: currency -> exact sum
    std::map<std::string, std::string> rounded_away; ///< likewise: that less the sum at 18 places
    std::vector<std::string> custom_columns;         ///< as the lake calls them
    base::Path canonical;                            ///< a CSV of the dataset's columns, custom ones and Scope
    std::uint64_t longest_row_bytes = 0;             ///< in it
};

struct DatasetOptions {
    std::uint64_t cell_bytes_max = std::uint64_t{16} << 20U;
    base::Path staging_folder; ///< for the canonical CSV
};

/// Reads a file that recognise() knows. A scope is the invoice issuer with the billing period, of contract
/// commitments the issuer alone. Errors name file, row, column and cell: `file.*`, `csv.*`, `json.*`,
/// `bill.missing_column`, `bill.missing_value`, `bill.unreadable_instant`, `bill.unreadable_amount`,
/// `bill.amount_too_large`, `bill.unknown_currency`, `bill.period_backwards`, `dataset.unknown_status`,
/// `dataset.duplicate_row`.
base::Result<DatasetFile> read(engine::Engine& engine, const FileHead& head, focus::Dataset dataset,
                               const DatasetOptions& options);

/// Columns of the Parquet file of a dataset with their SQL types: those of FOCUS 1.4, x_Custom and Scope.
std::vector<std::pair<std::string, std::string>> parquet_columns(focus::Dataset dataset);

/// `invoice_details`: how the dataset's view is called, and its file.
std::string_view table_name(focus::Dataset dataset);

/// Writes the rows of files of one dataset as one Parquet file, and holds rows and sums of it against what was read.
/// Errors: `ingest.reconciliation` (a bug) and the engine's.
base::Result<void> write(engine::Engine& engine, const std::vector<const DatasetFile*>& files,
                         const base::Path& target);

/// Files that share a scope make one delivery. Gives the groups in order of their first file. Errors
/// `ingest.two_versions` where such files lie in different folders, `dataset.duplicate_row` where two of them say the
/// same thing.
base::Result<std::vector<std::vector<DatasetFile>>> group(std::vector<DatasetFile> files);

} // namespace florin::ingest::focus_datasets
