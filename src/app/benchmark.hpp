// The use case "how fast is it on this machine": ingest and questions beside plain DuckDB on the same
// bill, with the same threads and memory, in alternating runs, and every result verified.
#pragma once

#include "app/workspace.hpp"

#include <functional>
#include <string>
#include <vector>

namespace florin::app {

struct BenchmarkRequest {
    std::uint64_t rows = 1'000'000;
    int runs = 5;      ///< alternating; medians are given
    base::Path folder; ///< works here; made and removed
    std::function<void(const std::string& step)> progress;
};

/// One thing that was measured, in milliseconds; the medians of the runs.
struct BenchmarkLine {
    std::string what;
    std::int64_t florin_ms = 0;
    std::int64_t plain_ms = 0; ///< 0: nothing to compare with
    std::string note;          ///< what was verified
};

struct BenchmarkReport {
    std::uint64_t rows = 0;
    std::uint64_t bill_bytes = 0;
    int threads = 0;
    std::uint64_t memory_bytes = 0;
    std::vector<BenchmarkLine> lines;
};

/// Error `bench.wrong_result` (a bug) where a result is not what the bill's truth or the plain
/// statement says.
base::Result<BenchmarkReport> run_benchmark(const BenchmarkRequest& request, const base::Clock& clock);

} // namespace florin::app
