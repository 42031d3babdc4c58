#include "ingest/inspection_csv.hpp"

#include "base/check.hpp"
#include "ingest/csv_header.hpp"
#include "ingest/inspection_counter.hpp"

#include <fmt/format.h>

#include <atomic>
#include <exception>
#include <fstream>
#include <limits>
#include <mutex>
#include <new>
#include <thread>

namespace florin::ingest {
namespace {

constexpr std::uint64_t kNoBlock = std::numeric_limits<std::uint64_t>::max();

/// What the threads share. One thread reads from the disk while the others look at their blocks.
class Reading {
public:
    Reading(CsvBlocks& blocks, CsvBlock& first, const InspectionOptions& options)
        : blocks_(blocks), first_(&first), options_(options) {}

    /// One thread's part, until there is nothing left.
    void work(RowInspector& inspector) noexcept {
        try {
            CsvBlock block;
            BlockOutcome outcome;
            while (take(block)) {
                inspector.read(block, outcome);
                put(outcome);
            }
        } catch (...) {
            const std::scoped_lock lock(put_mutex_);
            if (!exception_) {
                exception_ = std::current_exception();
            }
            stop_at_.store(0);
        }
    }

    /// To be called when all threads are done.
    base::Result<void> outcome(const base::Path& path) {
        if (exception_) {
            std::rethrow_exception(exception_);
        }
        std::optional<base::Error> error = counter.fault ? counter.fault : source_error_;
        if (error) {
            error->place.file = path.string();
            return std::move(*error);
        }
        return {};
    }

    RowCounter counter;

private:
    bool take(CsvBlock& block) {
        const std::scoped_lock lock(take_mutex_);
        if (first_ != nullptr) {
            std::swap(block, *first_);
            first_ = nullptr;
            return true;
        }
        // A fault in an earlier block: whatever comes now is behind it.
        if (source_error_ || blocks_.next_index() > stop_at_.load()) {
            return false;
        }
        auto more = blocks_.next(block);
        if (!more.ok()) {
            source_error_ = std::move(more).error();
            return false;
        }
        if (*more && options_.progress) {
            options_.progress(blocks_.source().raw_bytes_done(), blocks_.source().raw_bytes_all());
        }
        return *more;
    }

    void put(BlockOutcome& outcome) {
        const std::scoped_lock lock(put_mutex_);
        if (outcome.fault) {
            stop_at_.store(std::min(stop_at_.load(), outcome.index));
        }
        counter.add(outcome);
    }

    CsvBlocks& blocks_;
    CsvBlock* first_;
    const InspectionOptions& options_;
    std::mutex take_mutex_;
    std::optional<base::Error> source_error_;
    std::mutex put_mutex_;
    std::exception_ptr exception_;
    std::atomic<std::uint64_t> stop_at_{kNoBlock};
};

base::Error located(base::Error error, const base::Path& path) {
    error.place.file = path.string();
    return error;
}

/// Reads all rows behind the header.
base::Result<void> read_rows(CsvBlocks& blocks, CsvBlock& first, const RowRules& rules, const base::Path& path,
                             const InspectionOptions& options, CsvInspection& out) {
    Reading reading(blocks, first, options);
    std::vector<RowInspector> inspectors;
    const auto thread_count = static_cast<std::size_t>(std::max(options.threads, 1));
    for (std::size_t i = 0; i < thread_count; ++i) {
        inspectors.emplace_back(rules);
    }
    {
        std::vector<std::jthread> threads; // joined when this scope is left
        for (std::size_t i = 1; i < thread_count; ++i) {
            threads.emplace_back([&reading, &inspector = inspectors[i]] { reading.work(inspector); });
        }
        reading.work(inspectors[0]);
    }
    FLORIN_TRY(reading.outcome(path));
    out.set_aside = std::move(reading.counter.set_aside);
    if (auto done = finish_rows(reading.counter, inspectors, *rules.plan, out.inspection); !done.ok()) {
        return located(std::move(done).error(), path);
    }
    return {};
}

} // namespace

base::Result<CsvInspection> inspect_csv(ByteSource source, const base::Path& path, const InspectionOptions& options,
                                        std::size_t block_bytes) {
    CsvInspection out;
    Inspection& inspection = out.inspection;
    inspection.path = path;
    inspection.format = FileFormat::kCsv;
    inspection.compression = source.compression();
    inspection.file_bytes = source.raw_bytes_all();

    CsvBlocks blocks(std::move(source), block_bytes, kRowBytesMax);
    CsvBlock first;
    FLORIN_TRY_ASSIGN(const bool any, blocks.next(first));
    if (!any) {
        return located(base::data_error("file.empty", "the file is empty").with_remedy("Fetch the file again."), path);
    }
    auto header = read_csv_header(first.text());
    if (!header.ok()) {
        return located(std::move(header).error(), path);
    }
    auto plan = plan_columns(header->names);
    if (!plan.ok()) {
        return located(std::move(plan).error(), path);
    }
    first.begin = header->bytes;
    out.header_bytes = header->bytes;
    out.header_has_mark = header->byte_order_mark;
    inspection.delimiter = header->delimiter;
    inspection.byte_order_mark = header->byte_order_mark;
    const RowRules rules{.plan = &*plan,
                         .delimiter = header->delimiter,
                         .cell_bytes_max = options.cell_bytes_max,
                         .set_bad_rows_aside = options.quarantine.has_value()};
    FLORIN_TRY(read_rows(blocks, first, rules, path, options, out));
    inspection.sha256 = blocks.source().sha256();
    return out;
}

base::Result<void> split_rows(const base::Path& path, const CsvInspection& inspected, const base::Path& good,
                              const base::Path& bad) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    std::ofstream good_file;
    std::ofstream bad_file;
    if (!good.empty()) {
        good_file.open(good, std::ios::binary | std::ios::trunc);
    }
    if (!bad.empty()) {
        bad_file.open(bad, std::ios::binary | std::ios::trunc);
    }
    const auto write = [](std::ofstream& file, const char* bytes, std::uint64_t size) {
        if (file.is_open()) {
            file.write(bytes, static_cast<std::streamsize>(size));
        }
    };
    std::vector<char> buffer(kBlockBytes);
    std::uint64_t at = 0; // in the decompressed file, of buffer[0]
    std::size_t range = 0;
    const std::uint64_t header_begin = inspected.header_has_mark ? 3 : 0;
    while (true) {
        FLORIN_TRY_ASSIGN(const std::size_t size, source.read(buffer.data(), buffer.size()));
        if (size == 0) {
            break;
        }
        for (std::uint64_t from = at; from < at + size;) {
            while (range < inspected.set_aside.size() && inspected.set_aside[range].end <= from) {
                ++range;
            }
            const bool aside = range < inspected.set_aside.size() && inspected.set_aside[range].begin <= from;
            std::uint64_t to = at + size;
            if (from < inspected.header_bytes) {
                to = std::min(to, inspected.header_bytes);
                const std::uint64_t start = std::min(std::max(from, header_begin), to);
                write(good_file, buffer.data() + (start - at), to - start);
                write(bad_file, buffer.data() + (start - at), to - start);
            } else if (aside) {
                to = std::min(to, inspected.set_aside[range].end);
                write(bad_file, buffer.data() + (from - at), to - from);
            } else {
                to = range < inspected.set_aside.size() ? std::min(to, inspected.set_aside[range].begin) : to;
                write(good_file, buffer.data() + (from - at), to - from);
            }
            from = to;
        }
        at += size;
    }
    for (std::ofstream* file : {&good_file, &bad_file}) {
        if (file->is_open() && !file->flush()) {
            return base::system_error("system.write",
                                      fmt::format("cannot write {}", (file == &good_file ? good : bad).string()));
        }
    }
    if ((!good.empty() && !good_file.is_open()) || (!bad.empty() && !bad_file.is_open())) {
        return base::system_error("system.write",
                                  fmt::format("cannot write {}", (good_file.is_open() ? bad : good).string()));
    }
    return {};
}

} // namespace florin::ingest
