#include "cli/progress.hpp"

#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
/// Elsewhere than on a terminal a line is written at the start of each piece of work and then so often.
constexpr auto kPlainLine = std::chrono::seconds(15);
constexpr int kBarColumns = 24;

std::string bar(std::uint64_t done, std::uint64_t all) {
    const auto full =
        static_cast<std::size_t>(std::min<std::uint64_t>(kBarColumns, all == 0 ? 0 : done * kBarColumns / all));
    std::string text;
    for (std::size_t i = 0; i < kBarColumns; ++i) {
        text += i < full ? "█" : "░";
    }
    return text;
}

} // namespace

std::string byte_text(std::uint64_t bytes) {
    static constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    std::uint64_t tenths = bytes * 10;
    while (tenths >= 10'000 && unit + 1 < kUnits.size()) {
        tenths = (tenths + 500) / 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{}.{} {}", tenths / 10, tenths % 10, kUnits[unit]);
}

std::string ProgressBar::line(const app::IngestProgress& progress, std::chrono::steady_clock::time_point now) const {
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_).count();
    std::string text = report::terminal_text(progress.what);
    if (progress.all > 0) {
        text += fmt::format("  {} {:3} %", bar(progress.done, progress.all), progress.done * 100 / progress.all);
    }
    if (progress.bytes && elapsed > 200) {
        text += fmt::format("  {}/s", byte_text(progress.done * 1000 / static_cast<std::uint64_t>(elapsed)));
    }
    if (progress.done > 0 && progress.all > progress.done && elapsed > 1000) {
        const auto left = static_cast<std::uint64_t>(elapsed) * (progress.all - progress.done) / progress.done / 1000;
        text += fmt::format("  {}:{:02} to go", left / 60, left % 60);
    }
    return text;
}

void ProgressBar::show(const app::IngestProgress& progress) {
    if (!shown_) {
        return;
    }
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    const bool is_new = progress.what != what_;
    if (is_new) {
        what_ = progress.what;
        started_ = now;
    }
    if (terminal_.error_is_terminal) {
        if (is_new || now - drawn_ >= kRedraw) {
            terminal_.error << "\r\x1B[K" << report::cut_to_columns(line(progress, now), terminal_.width - 1)
                            << std::flush;
            drawn_ = now;
            on_screen_ = true;
        }
    } else if (!is_new && now - drawn_ >= kPlainLine && now - started_ >= kPlainLine) {
        const auto percent = progress.all > 0 ? progress.done * 100 / progress.all : 0;
        terminal_.error << fmt::format("{}: {} %\n", report::terminal_text(progress.what), percent) << std::flush;
        drawn_ = now;
    }
}

void ProgressBar::clear() {
    const std::lock_guard lock(mutex_);
    if (on_screen_) {
        terminal_.error << "\r\x1B[K" << std::flush;
        on_screen_ = false;
    }
}

} // namespace florin::cli
