#include "ingest/inspection_test_bills.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <fstream>
#include <sstream>

namespace florin::ingest {

TestFolder::TestFolder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() / fmt::format("florin-ingest-{}-{}", ::getpid(), count++);
    std::filesystem::create_directories(path_);
}

TestFolder::~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

base::Path TestFolder::write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
}

std::string read_all(const base::Path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    FLORIN_CHECK(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
    std::string out(bytes.size() + 1024, '\0');
    std::string in(bytes);
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    FLORIN_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib");
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string dump(const Inspection& inspection) {
    std::string out = fmt::format("{} rows, {} bytes, sha {}, delimiter {}, longest {}, version {}\n", inspection.rows,
                                  inspection.file_bytes, inspection.sha256, std::string(1, inspection.delimiter),
                                  inspection.longest_row_bytes, focus::name(inspection.version));
    for (const ColumnUse& use : inspection.columns) {
        out += fmt::format("column {} as {}: {} {} {} {}", use.source_name, use.lake_name, use.null_literals,
                           use.quoted_empty, use.displayed_amounts, use.rounded_cells);
        for (const auto& [form, count] : use.instant_forms) {
            out += fmt::format(" {}={}", period::name(form), count);
        }
        for (const auto& [from, to] : use.value_repairs) {
            out += fmt::format(" {}->{}", from, to);
        }
        out += '\n';
    }
    for (const auto& [key, sums] : inspection.groups) {
        out += fmt::format("group {} {} {} {} {} {}: {} rows", key.currency, key.provider,
                           period::to_string(key.billing_period_start), key.account, key.service, key.line_type,
                           sums.rows);
        for (std::size_t i = 0; i < 4; ++i) {
            out += fmt::format(", {} away {} nulls {}", sums.sum[i], sums.rounded_away[i], sums.null_cells[i]);
        }
        out += '\n';
    }
    for (const auto& [key, rows] : inspection.scopes) {
        out += fmt::format("scope {} {} {}: {}\n", key.billing_account_id, period::to_string(key.billing_period_start),
                           period::to_string(key.billing_period_end), rows);
    }
    for (const Finding& finding : inspection.findings) {
        out += fmt::format("finding {} {}: {} rows from {}, {}", finding.rule, finding.column, finding.rows,
                           finding.first_row, finding.example);
        for (const auto& [currency, sum] : finding.billed_cost) {
            out += fmt::format(", {} {}", sum, currency);
        }
        out += '\n';
    }
    const QuarantinedRows& aside = inspection.quarantined;
    out += fmt::format("aside {} rows, {} unreadable", aside.rows, aside.unreadable_cost_rows);
    for (const auto& [currency, sum] : aside.billed_cost) {
        out += fmt::format(", {} {}", sum, currency);
    }
    for (const auto& [code, rows] : aside.reasons) {
        out += fmt::format(", {} {}", code, rows);
    }
    for (const std::uint64_t row : aside.row_numbers) {
        out += fmt::format(" {}", row);
    }
    out += "\noffsets";
    for (const std::uint64_t offset : inspection.row_offsets.offsets) {
        out += fmt::format(" {}", offset);
    }
    return out + "\n";
}

std::string dump(const base::Result<Inspection>& inspection) {
    return inspection.ok() ? dump(*inspection)
                           : fmt::format("{}: {}", inspection.error().code, inspection.error().describe());
}

std::string row_with(std::string_view column, std::string_view cell) {
    std::istringstream names{std::string(kHeader)};
    std::istringstream cells{std::string(kRow)};
    std::string row;
    std::string name;
    std::string text;
    while (std::getline(names, name, ',') && std::getline(cells, text, ',')) {
        row += name == column ? cell : text;
        row += ',';
    }
    row.pop_back();
    return row;
}

} // namespace florin::ingest
