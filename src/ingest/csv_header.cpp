#include "ingest/csv_header.hpp"

#include "base/terminal_text.hpp"

#include "ingest/byte_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace florin::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::array<char, 4> kDelimiters = {',', ';', '\t', '|'};

base::Error refuse(std::string code, std::string message, std::string remedy) {
    return base::data_error(std::move(code), std::move(message)).with_remedy(std::move(remedy));
}

/// An error where the file is something else altogether.
base::Result<void> check_is_text(std::string_view text, std::string_view header) {
    constexpr std::string_view kRemedy =
        "Expected a CSV, JSON lines or Parquet file, plain or compressed by gzip or zstd.";
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return refuse("file.not_a_table", "the file is UTF-16, expected UTF-8", "Save it as CSV UTF-8.");
    }
    if (text.starts_with("PK\x03\x04")) {
        return refuse("file.not_a_table", "the file is a ZIP archive or an Excel workbook",
                      "Unpack it, or save the sheet as CSV UTF-8.");
    }
    const auto is_control = [](char byte) {
        const auto value = static_cast<unsigned char>(byte);
        return value < 0x20 && byte != '\t' && byte != '\r' && byte != '\n';
    };
    if (std::any_of(header.begin(), header.end(), is_control)) {
        return refuse("file.not_a_table", "the first row holds control characters: the file is binary",
                      std::string(kRemedy));
    }
    if (find_invalid_utf8(header) != std::string_view::npos) {
        return refuse("csv.not_utf8", "the header is not UTF-8", "Save the file as UTF-8; it is probably latin-1.");
    }
    return {};
}

/// Bytes of the first row with its line end, or 0 when its quotes are not closed.
std::size_t header_bytes(std::string_view text) {
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        inside ^= text[i] == '"';
        if (text[i] == '\n' && !inside) {
            return i + 1;
        }
    }
    return inside ? 0 : text.size();
}

char delimiter_of(std::string_view row) {
    std::array<std::size_t, kDelimiters.size()> counts{};
    bool inside = false;
    for (const char byte : row) {
        inside ^= byte == '"';
        for (std::size_t i = 0; !inside && i < kDelimiters.size(); ++i) {
            counts[i] += byte == kDelimiters[i] ? 1U : 0U;
        }
    }
    return kDelimiters[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

/// Reads the cell at the start of `row`, which shrinks to what is behind it and its delimiter.
base::Result<std::string> take_cell(std::string_view& row, char delimiter, bool& more) {
    std::string cell;
    std::size_t at = 0;
    const bool quoted = row.starts_with('"');
    if (quoted) {
        for (at = 1; at < row.size(); ++at) {
            if (row[at] == '"') {
                if (at + 1 < row.size() && row[at + 1] == '"') {
                    ++at;
                } else {
                    ++at;
                    break;
                }
            }
            cell += row[at];
        }
    } else {
        at = std::min(row.find(delimiter), row.size());
        cell = row.substr(0, at);
    }
    if ((at < row.size() && row[at] != delimiter) || (!quoted && cell.find('"') != std::string::npos)) {
        return refuse("csv.bad_quotes",
                      fmt::format("a quote stands where it may not in the header: {}", base::terminal_text(row, 60)),
                      "A name with a quote is written in quotes, and the quote twice.");
    }
    more = at < row.size();
    row.remove_prefix(std::min(at + 1, row.size()));
    return cell;
}

} // namespace

base::Result<CsvHeader> read_csv_header(std::string_view text) {
    CsvHeader header;
    header.bytes = header_bytes(text);
    FLORIN_TRY(check_is_text(text, text.substr(0, header.bytes == 0 ? text.size() : header.bytes)));
    if (header.bytes == 0) {
        return refuse("csv.unterminated_quote", "a quote in the header is never closed", "Close the quote.");
    }
    std::string_view row = text.substr(0, header.bytes);
    header.byte_order_mark = row.starts_with(kByteOrderMark);
    row.remove_prefix(header.byte_order_mark ? kByteOrderMark.size() : 0);
    for (const char end : {'\n', '\r'}) {
        if (row.ends_with(end)) {
            row.remove_suffix(1);
        }
    }
    if (row.empty()) {
        return refuse("csv.no_header", "the first line is empty, expected the names of the columns",
                      "Remove what stands before the header.");
    }
    if (row.find('\r') != std::string_view::npos) {
        return refuse("csv.carriage_return", "the header holds a carriage return without a line feed",
                      "Save the file with line ends LF or CR LF.");
    }
    header.delimiter = delimiter_of(row);
    std::map<std::string, std::string> seen;
    for (bool more = true; more;) {
        FLORIN_TRY_ASSIGN(const std::string cell, take_cell(row, header.delimiter, more));
        std::string name = trimmed(cell);
        if (name.empty()) {
            return refuse("csv.empty_column_name", fmt::format("column {} has no name", header.names.size() + 1),
                          "Name every column in the header.");
        }
        std::string folded = name;
        std::transform(folded.begin(), folded.end(), folded.begin(),
                       [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; });
        if (const auto [twin, fresh] = seen.emplace(std::move(folded), name); !fresh) {
            return refuse("csv.duplicate_column",
                          fmt::format("two columns have one name: {} and {}", base::terminal_text(twin->second, 100),
                                      base::terminal_text(name, 100)),
                          "Rename or remove one of them.");
        }
        header.names.push_back(std::move(name));
    }
    return header;
}

} // namespace florin::ingest
