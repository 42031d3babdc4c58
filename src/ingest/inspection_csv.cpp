#include "ingest/inspection_csv.hpp"

#include "base/check.hpp"
#include "ingest/csv_header.hpp"
#include "ingest/file_error.hpp"
#include "ingest/inspection_counter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace florin::ingest {
namespace {

/// Takes the rows that are wanted for bad ones, so that their bytes are known.
class RowPicker final : public CsvRowReader {
public:
    RowPicker(std::vector<std::string> names, char delimiter, const std::vector<std::uint64_t>& rows)
        : CsvRowReader(std::move(names), delimiter, true), rows_(rows) {}

protected:
    std::optional<base::Error> take(const CsvRow&) override {
        const bool is_wanted = std::ranges::binary_search(rows_, ++row_);
        return is_wanted ? std::optional(base::Error()) : std::nullopt;
    }
    void count_set_aside(bool is_split) override { row_ += is_split ? 0 : 1; }

private:
    const std::vector<std::uint64_t>& rows_;
    std::uint64_t row_ = 0;
};

/// Reads all rows behind the header.
base::Result<void> read_rows(CsvBlocks& blocks, CsvBlock& first, const RowRules& rules,
                             const InspectionOptions& options, CsvInspection& out) {
    std::vector<RowInspector> inspectors;
    std::vector<CsvRowReader*> readers;
    for (int i = 0; i < std::max(options.threads, 1); ++i) {
        inspectors.emplace_back(rules);
        readers.push_back(&inspectors.back().reader());
    }
    RowCounter counter;
    FLORIN_TRY(read_blocks(blocks, first, readers, options.progress, counter));
    out.set_aside = std::move(counter.set_aside);
    return finish_rows(counter, inspectors, *rules.plan, out.inspection);
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
    auto header = read_header(blocks, first);
    if (!header.ok()) {
        return in_file(std::move(header).error(), path);
    }
    auto plan = plan_columns(header->names);
    if (!plan.ok()) {
        return in_file(std::move(plan).error(), path);
    }
    out.header_bytes = header->bytes;
    out.header_has_mark = header->byte_order_mark;
    inspection.delimiter = header->delimiter;
    inspection.byte_order_mark = header->byte_order_mark;
    const RowRules rules{.plan = &*plan,
                         .delimiter = header->delimiter,
                         .cell_bytes_max = options.cell_bytes_max,
                         .set_bad_rows_aside = options.quarantine.has_value()};
    if (auto done = read_rows(blocks, first, rules, options, out); !done.ok()) {
        return in_file(std::move(done).error(), path);
    }
    ByteSource::Hashes hashes = blocks.source().hashes();
    inspection.sha256 = std::move(hashes.file);
    inspection.content_sha256 = std::move(hashes.content);
    return out;
}

base::Result<void> split_rows(const base::Path& path, const CsvInspection& inspected, const base::Path& good,
                              const base::Path& bad) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
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

base::Result<void> copy_csv_rows(const base::Path& path, const std::vector<std::uint64_t>& rows,
                                 const base::Path& out) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
    CsvBlocks blocks(std::move(source), kBlockBytes, kRowBytesMax);
    CsvBlock first;
    FLORIN_TRY_ASSIGN(const CsvHeader header, read_header(blocks, first));
    RowPicker picker(header.names, header.delimiter, rows);
    CsvRowReader* const readers[] = {&picker};
    RowCounter counter;
    FLORIN_TRY(read_blocks(blocks, first, readers, {}, counter));
    CsvInspection picked;
    picked.set_aside = std::move(counter.set_aside);
    picked.header_bytes = header.bytes;
    picked.header_has_mark = header.byte_order_mark;
    return split_rows(path, picked, {}, out);
}

void join_set_aside(const QuarantinedRows& earlier, Inspection& inspection) {
    const auto source_row = [&](std::uint64_t csv_row) {
        std::uint64_t row = csv_row;
        for (const std::uint64_t before : earlier.row_numbers) {
            if (before > row) {
                break;
            }
            ++row;
        }
        return row;
    };
    QuarantinedRows& aside = inspection.quarantined;
    for (std::uint64_t& row : aside.row_numbers) {
        row = source_row(row);
    }
    for (Finding& finding : inspection.findings) {
        finding.first_row = finding.first_row == 0 ? 0 : source_row(finding.first_row);
    }
    if (aside.first) {
        aside.first->place.row = source_row(aside.first->place.row);
    }
    aside.rows += earlier.rows;
    aside.unreadable_cost_rows += earlier.unreadable_cost_rows;
    for (const auto& [code, rows] : earlier.reasons) {
        aside.reasons[code] += rows;
    }
    if (earlier.first && (!aside.first || earlier.first->place.row < aside.first->place.row)) {
        aside.first = earlier.first;
    }
    aside.row_numbers.insert(aside.row_numbers.end(), earlier.row_numbers.begin(), earlier.row_numbers.end());
    std::ranges::sort(aside.row_numbers);
}

base::Error all_set_aside(const QuarantinedRows& quarantined, const base::Path& path) {
    base::Error error = *quarantined.first;
    error.place.file = path.string();
    error.message =
        fmt::format("no row can be read, and all {} were set aside; the first: {}", quarantined.rows, error.message);
    return error;
}

} // namespace florin::ingest
