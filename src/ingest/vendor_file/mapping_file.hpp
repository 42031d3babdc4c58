// A vendor's mapping as it stands in a workspace's `sources/NAME.yaml`, read and checked.
#pragma once

#include "base/files.hpp"
#include "ingest/survey.hpp"
#include "ingest/vendor_file/expression_sql.hpp"
#include "ingest/vendor_file/mapping_text.hpp"
#include "lake/delivery.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace florin::ingest::vendor_file {

/// Columns that become rows: a charge for each whose cell is neither empty nor zero.
struct Pivot {
    std::string name_column;                                  ///< of the rows made: which column it was
    std::string value_column;                                 ///< and its cell
    std::vector<std::pair<std::string, std::string>> columns; ///< of the file, and what name_column has for it
};

/// What a row costs: the sum of columns, or a price times a quantity.
struct AmountRule {
    std::vector<std::string> columns;
    std::string quantity; ///< a column, or the pivot's value column; empty where `columns` say it
    /// Its keys name columns as the mapping does, the pivot's name column among them.
    SurveyedPrice price;
};

struct VendorMapping {
    std::string name;
    std::string title;
    std::string document; ///< where the vendor publishes the format; may be empty
    std::string read;     ///< when that was read; may be empty
    lake::Mode mode = lake::Mode::kSnapshot;
    std::string files;                         ///< pattern of file names; empty: any
    std::vector<std::string> columns;          ///< of the file, that must be there
    std::vector<std::string> optional_columns; ///< and that may be
    std::optional<Pivot> pivot;
    AmountRule amount;
    /// The expressions' SQL over a relation `s` of the columns and the pivot's, in order of the file: columns of
    /// FOCUS, and those that begin with `x_`.
    std::vector<std::pair<std::string, std::string>> focus_columns;
    std::vector<std::pair<std::string, std::string>> custom_columns;
    std::vector<ValueCheck> checks;
    std::vector<std::string> number_columns;  ///< read as numbers as they stand
    std::vector<std::string> instant_columns; ///< read as points in time as they stand
    std::string account_column;               ///< that BillingAccountId is, as it stands; empty: it is made
    std::string sub_account_column;           ///< that SubAccountId is, likewise
    std::string service_column;               ///< that ServiceName is, likewise
    std::string category_column;              ///< that ChargeCategory or ChargeDescription is, likewise
    std::string currency;                     ///< a constant, or
    std::string currency_column;              ///< the column
    bool currency_in_capitals = false;        ///< that is read in capitals
    std::vector<std::string> used_columns;    ///< of the file, that stand in FOCUS columns as they are
    std::string digest;                       ///< of all of it and its tables, 16 letters of hexadecimal
};

/// What is not more than this is read.
inline constexpr std::uint64_t kMappingBytesMax = std::uint64_t{1} << 20U;

/// Reads a mapping of kind `vendor`. `folder` has the tables. Errors with line and caret: `mapping.*`; of tables:
/// see lookup_table.hpp.
base::Result<VendorMapping> parse_mapping(const std::string& name, const MappingText& text, const base::Path& folder);

} // namespace florin::ingest::vendor_file
