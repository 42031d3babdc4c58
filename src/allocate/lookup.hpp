// Tables that say who owns a thing, and since when: a CSV of the people directory, of a CMDB, of account owners.
#pragma once

#include "base/result.hpp"
#include "period/period.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace florin::allocate {

/// Every day that there is: what has no dates is in force on them.
inline constexpr period::Period kAlways = {std::chrono::sys_days(std::chrono::year(1) / std::chrono::January / 1),
                                           std::chrono::sys_days(std::chrono::year(10000) / std::chrono::January / 1)};

/// The days in both; empty, with an end before its start, where there are none.
inline constexpr period::Period overlap(const period::Period& a, const period::Period& b) {
    return {a.start < b.start ? b.start : a.start, a.end < b.end ? a.end : b.end};
}

inline constexpr std::size_t kTableBytesMax = std::size_t{64} << 20U;
inline constexpr std::size_t kTableCellBytesMax = std::size_t{8} << 10U;
inline constexpr std::size_t kTableColumnsMax = 200;

/// The cells of a CSV (RFC 4180: commas, quotes, inner quotes doubled), blanks around them taken off.
struct CsvTable {
    std::string file;
    std::vector<std::string> columns;           ///< at least one, distinct
    std::vector<std::vector<std::string>> rows; ///< as wide as the header; row 1 of an error is rows[0]
};

/// Errors `table.*` with file, row and column: no header, a column twice, a row wider or narrower than the header,
/// quotes that do not close, a byte that is no UTF-8, more than the limits allow.
base::Result<CsvTable> read_csv_table(std::string_view text, const std::string& file);

/// Where a column of the table is. Error `table.no_column`, with the most similar one.
base::Result<std::size_t> column_of(const CsvTable& table, std::string_view column);

/// The days of row `row`, from its cells of `valid_from` and `valid_to` (the last day, included), where the table has
/// such columns; empty cells leave that end open. Errors `table.bad_date`, `table.dates_reversed`.
base::Result<period::Period> days_of_row(const CsvTable& table, std::size_t row);

/// For each key what holds on which days.
class LookupTable {
public:
    struct Entry {
        period::Period days;
        std::string value;     ///< empty: nobody on these days
        std::uint64_t row = 0; ///< of the file, from 1, without the header
    };

    /// Of the columns at these places. Errors: as above; `table.no_key` for an empty cell of the keys' column;
    /// `table.duplicate_key` where a key has two rows for one day, whatever they say.
    static base::Result<LookupTable> make(const CsvTable& table, std::size_t key_at, std::size_t value_at);

    /// The number of the key; nothing where the table does not have it.
    std::optional<std::uint32_t> find(std::string_view key) const;
    /// In order of their days, which do not overlap. Their place among entries() is `first_entry(key)` and on.
    std::span<const Entry> of(std::uint32_t key) const;
    std::size_t first_entry(std::uint32_t key) const { return starts_[key]; }
    std::span<const Entry> entries() const { return entries_; }
    const std::string& file() const { return file_; }

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    std::string file_;
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> keys_;
    std::vector<std::size_t> starts_;
    std::vector<Entry> entries_;
};

} // namespace florin::allocate
