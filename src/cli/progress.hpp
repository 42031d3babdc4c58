// A progress bar with rate and time to go on a terminal, plain lines elsewhere.
#pragma once

#include "app/ingest_bills.hpp"
#include "cli/cli.hpp"
#include "report/figures.hpp"

#include <chrono>
#include <mutex>
#include <string>

namespace florin::cli {

/// Shows one piece of long work after another on the error stream. Thread safe.
class ProgressBar {
public:
    /// `shown` false: nothing is ever written.
    ProgressBar(const Terminal& terminal, bool shown) : terminal_(terminal), shown_(shown) {}
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    ~ProgressBar() { clear(); }

    void show(const app::IngestProgress& progress);
    /// Takes the bar away, so that other text can be written.
    void clear();

private:
    std::string line(const app::IngestProgress& progress, std::chrono::steady_clock::time_point now) const;

    const Terminal& terminal_;
    bool shown_;
    std::mutex mutex_;
    std::string what_;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point drawn_;
    bool on_screen_ = false;
};

/// `1.2 GB`, in powers of 1000.
std::string byte_text(std::uint64_t bytes);
using report::count_text;

} // namespace florin::cli
