// The demo estate: thirteen months of a believable company's bills in valid FOCUS 1.4, from a seed,
// at any size, with its own truth beside them. See docs/reference/demo-estate.md.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "demo/charge.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace florin::demo {

struct EstateOptions {
    std::uint64_t rows = 1'000'000; ///< charges in the current bills, exactly
    int months = 13;                ///< 1 to 60
    std::uint64_t seed = 1;
    period::Day last_month_start{}; ///< first day of the last month
    base::Path folder;              ///< must not exist or be empty
    bool gzip = false;              ///< `.csv.gz` instead of `.csv`
    /// Everything as one file of one billing account in USD, as a reseller bills it, for benchmarks.
    /// Needs months = 1; there is no restated month then.
    bool single_file = false;
    std::function<void(std::uint64_t done, std::uint64_t all)> progress; ///< may be empty; the calling thread
};

struct WrittenFile {
    base::Path path; ///< relative to the folder
    std::string feed;
    period::Day month{};
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0; ///< before compression
};

struct EstateSummary {
    std::vector<WrittenFile> files;   ///< the current bills: FEED/YYYY-MM.csv
    std::vector<WrittenFile> history; ///< first versions of restated ones, to be received earlier: history/FEED/…
    base::Path truth;                 ///< relative to the folder: truth.json
    std::uint64_t rows = 0;           ///< of `files`
    std::uint64_t history_rows = 0;
    std::uint64_t bytes = 0; ///< of both, before compression
};

/// Writes the bills, truth.json and, unless it is a single file, what a workspace for them may hold, in `workspace`:
/// example rules of allocation in `allocation` and `allocation-changed` (allocation_rules.hpp), and `budgets`. The same
/// options give the same bytes on every machine. Memory does not depend on the number of rows. Errors:
/// `demo.bad_options`, `demo.too_few_rows` (names the least there can be), `demo.folder_not_empty`, `demo.write`.
base::Result<EstateSummary> generate_estate(const EstateOptions& options);

} // namespace florin::demo
