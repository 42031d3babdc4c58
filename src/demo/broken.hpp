// Bills with one known defect each, to prove that a reader refuses them for the right reason.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace florin::demo {

enum class Defect : std::uint8_t {
    kTruncatedGzip,
    kGzipChecksum,
    kLatin1Encoding,
    kNulByte,
    kRaggedRow,
    kDuplicateColumn,
    kMissingBilledCostColumn,
    kMissingCurrencyColumn,
    kImpossibleDate,
    kUnparsableMoney,
    kOverflowingMoney,
    kEmptyCurrency,
    kEmptyAccount,
    kEmptyPeriod,
    kHugeCell,
    kEmptyFile,
    kHeaderOnly,
    kUnterminatedQuote,
    kStrayQuote,
};

struct DefectInfo {
    Defect defect;
    std::string_view name;     ///< kebab case; the file's name without its ending
    std::string_view sentence; ///< what is wrong
};
/// All defects, in the order of the enumeration.
std::span<const DefectInfo> defects();

struct BrokenFile {
    base::Path path;
    std::uint64_t row = 0; ///< data row that is wrong, from 1; 0 where it is the header or the whole file
    std::string column;    ///< FOCUS column that is wrong; empty where it is the row or the file
    std::string cell;      ///< the wrong cell; empty where it is empty, missing or huge
};

/// Writes the defect's file into the folder, over one that is there. All are the same twenty charges
/// but for the defect. Error `demo.write`.
base::Result<BrokenFile> write_broken_file(Defect defect, const base::Path& folder,
                                           std::uint64_t huge_cell_bytes = 100'000'000);

/// The same twenty charges without a defect, as `sound.csv`.
base::Result<base::Path> write_sound_file(const base::Path& folder);

} // namespace florin::demo
