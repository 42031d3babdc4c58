// One month of the invented company as the providers' own exports write it: AWS Cost and Usage Report
// (legacy and 2.0), Azure cost details (Enterprise Agreement and Microsoft Customer Agreement), Google
// Cloud detailed usage export, Oracle Cloud cost report. See docs/reference/demo-estate.md.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

enum class NativeFormat : std::uint8_t { kAwsCur, kAwsCur2, kAzureEa, kAzureMca, kGcp, kOci };

/// All of them, in the order of the enumeration.
std::span<const NativeFormat> native_formats();
/// `aws-cur`, `aws-cur2`, `azure-ea`, `azure-mca`, `gcp`, `oci`: also the folder of its files.
std::string_view name(NativeFormat format);
/// The format of that name, if there is one.
std::optional<NativeFormat> find_native_format(std::string_view text);

struct NativeOptions {
    std::vector<NativeFormat> formats;
    /// Line items of each format, exactly (of Azure: of its actual export). From 100,000 on AWS and
    /// Google Cloud bill by the hour instead of by the day.
    std::uint64_t rows = 20'000;
    std::uint64_t seed = 1;
    period::Day month_start{};                                           ///< first day of the month
    base::Path folder;                                                   ///< must not exist or be empty
    bool gzip = false;                                                   ///< the files as `.gz`
    bool parquet = false;                                                ///< CUR 2.0 as Parquet instead of CSV
    std::function<void(std::uint64_t done, std::uint64_t all)> progress; ///< may be empty; the calling thread
};

struct NativeFile {
    base::Path path; ///< relative to the folder
    std::uint64_t rows = 0;
};

struct NativeSummary {
    std::vector<NativeFile> files; ///< with line items: no manifests
    base::Path truth;              ///< relative to the folder: truth.json
    std::uint64_t rows = 0;        ///< of `files`
};

/// Writes each format into a folder of its name, and truth.json. The same options give the same bytes on
/// every machine (Parquet: with the same engine). Memory does not depend on the number of rows. Errors:
/// `demo.bad_options`, `demo.too_few_rows` (names the least there can be), `demo.folder_not_empty`,
/// `demo.write`.
base::Result<NativeSummary> generate_native(const NativeOptions& options);

} // namespace florin::demo
