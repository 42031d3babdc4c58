// A table beside a mapping: a CSV of texts, found by one column or several.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest::vendor_file {

struct LookupTable {
    std::string name;
    std::vector<std::string> keys;   ///< columns that a row is found by
    std::vector<std::string> values; ///< the other columns
    /// By the cells of `keys`, joined by kKeySeparator (survey.hpp); empty cells are empty texts.
    std::map<std::string, std::vector<std::string>> rows;
    std::string sha256; ///< of the file
};

inline constexpr std::size_t kLookupRowsMax = 10'000;
inline constexpr std::uint64_t kLookupBytesMax = std::uint64_t{4} << 20U;

/// Reads the CSV. Errors: `file.*`, `csv.*`, `mapping.unknown_name` (a key that is no column, with the nearest),
/// `mapping.two_rows` (two rows with one key), `mapping.too_large`.
base::Result<LookupTable> read_lookup_table(std::string name, const base::Path& path,
                                            const std::vector<std::string>& keys);

} // namespace florin::ingest::vendor_file
