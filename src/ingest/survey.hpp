// The second reader of bills that are not FOCUS: reads a file by itself, without the engine that
// loads it, and adds up the amounts that the ledger must arrive at.
#pragma once

#include "ingest/text_file.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::ingest {

/// What a price is looked up by: a column of the row, or a text.
struct SurveyedKey {
    std::string column = {}; ///< as the file calls it; empty: `text`
    std::string text = {};
};

/// What a quantity is multiplied with to give an amount. Price and quantity count with 18 places, rounded half even
/// where they have more; their product is exact.
struct SurveyedPrice {
    std::string number = {};                        ///< the price itself,
    std::string column = {};                        ///< or the column it stands in,
    std::vector<SurveyedKey> keys = {};             ///< or what it is looked up by, joined by kKeySeparator
    std::map<std::string, std::string> prices = {}; ///< by key; empty text: not known
    std::string table = {};                         ///< what the prices are called, for people
    int places = 0;                                 ///< the price is for 10^places units
};
inline constexpr char kKeySeparator = '\x1f';

/// An amount of a row that belongs to the total of the bill.
struct SurveyedAmount {
    std::string column; ///< as the file calls it; one that the file lacks counts as nothing
    /// Empty: the cell is the amount. Else the cell is a JSON list of objects, and the amounts are
    /// their members of this name.
    std::string member;
    /// Column that is read where the cell is empty; none: an empty cell counts as nothing.
    std::string otherwise = {};
    /// What is read otherwise is held in rows whose cell in `unless_column` ends with `unless_ends_with`: it counts
    /// only in a delivery whose files state no amounts. Without `otherwise`, which is what a file gets that lacks
    /// the column of the others, all such rows are held.
    std::string unless_column = {};
    std::string unless_ends_with = {};
    /// A row where it, and what is read otherwise, is empty is refused: who costs nothing says 0.
    bool is_required = false;
    /// The cell is a quantity, and the amount is what it costs. One of nothing needs no price.
    std::optional<SurveyedPrice> price = {};
};

/// What is read of a file. Columns are called as the file calls them.
struct SurveyRules {
    std::vector<SurveyedAmount> amounts;  ///< the bill's total is the sum of all of them
    std::vector<std::string> keys;        ///< rows are told apart by these; an absent column is empty
    std::vector<std::string> required;    ///< no cell may be empty
    std::vector<std::string> instants;    ///< cells that are not empty must be points in time
    std::vector<std::string> decimals;    ///< cells that are not empty must be numbers
    std::vector<std::string> header = {}; ///< columns that must be there, whatever their cells hold
    std::string currency = {};            ///< the fourth key of all rows, where no column states it
    bool currency_in_capitals = false;    ///< the fourth key `usd` counts as USD
    bool displayed_amounts = false;       ///< amounts and numbers may be written as people show them: `$1,234.50 `
};

struct SurveyedGroup {
    std::vector<std::string> keys; ///< as SurveyRules::keys
    std::uint64_t rows = 0;
    std::string sum = "0";          ///< exact, of all amounts but those held
    std::string rounded_away = "0"; ///< that minus the sum of the amounts rounded half even to 18 places, each
    std::string held = "0";         ///< exact, of the amounts held; see SurveyedAmount
    std::string held_rounded_away = "0";
};

/// What the second reader found in one file.
struct Survey {
    base::Path path;
    base::Path load_path; ///< what the engine reads: `path`, or a CSV made of JSON lines
    FileFormat format = FileFormat::kCsv;
    Compression compression = Compression::kNone;
    std::string sha256;         ///< of the file as it is on disk
    std::string content_sha256; ///< of what is packed in it; the same where it is not compressed, and of Parquet
    std::uint64_t file_bytes = 0;
    char delimiter = ',';
    std::uint64_t longest_row_bytes = 0;
    std::vector<std::string> columns; ///< in file order, flat as in FileHead; of all rows
    std::uint64_t rows = 0;
    RowOffsets row_offsets;
    std::vector<SurveyedGroup> groups; ///< ordered by keys
    /// Some cell is not empty in a column of SurveyRules::amounts that has another one to be read `otherwise`.
    bool states_amounts = false;
};

struct SurveyOptions {
    int threads = 2;
    std::uint64_t cell_bytes_max = std::uint64_t{16} << 20U;
    base::Path staging_folder;                                  ///< for JSON lines: a flat CSV
    std::function<void(std::uint64_t, std::uint64_t)> progress; ///< bytes done, all; may be empty; any thread
};

/// Reads the whole file, whose head was read. What it gives does not depend on the number of threads. Errors name file,
/// row, column and cell: `file.*`, `csv.*`, `json.*`, `bill.missing_value`, `bill.unreadable_instant`,
/// `bill.unreadable_amount`, `bill.amount_too_large`.
base::Result<Survey> survey(const FileHead& head, const SurveyRules& rules, const SurveyOptions& options);

} // namespace florin::ingest
