// Finds the cells and rows of a CSV text 64 bytes at a time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace florin::ingest {

/// Bytes that must be readable (of any content) behind a text that is scanned.
inline constexpr std::size_t kScanSlack = 64;

/// Where the cells of a text end. The text starts and ends at a row's boundary.
struct Separators {
    enum class Fault : std::uint8_t {
        kNone,
        kQuoteInCell,    ///< a quote inside a cell that does not start with one
        kTextAfterQuote, ///< something between a closing quote and the end of the cell
        kCarriageReturn, ///< a carriage return outside quotes that is not part of a line end
    };
    std::vector<std::uint32_t> ends;      ///< place of each delimiter or newline outside quotes
    std::size_t count = 0;                ///< how many of `ends` are set
    std::vector<std::uint32_t> line_ends; ///< for each newline, its index in `ends`
    std::size_t lines = 0;                ///< how many of `line_ends` are set
    Fault fault = Fault::kNone;           ///< the first one; nothing behind it was looked at
    std::uint32_t fault_at = 0;
    bool has_nul = false;
    bool has_non_ascii = false;
    bool open_quote = false; ///< the text ends inside quotes
};

/// Scans `text` (below 4 GiB, with kScanSlack bytes behind it).
void find_separators(std::string_view text, char delimiter, Separators& separators);

/// Looks for the end of the last whole row of a text that comes in pieces.
struct RowEnds {
    bool inside_quotes = false; ///< state behind what was scanned so far
    std::size_t last = 0;       ///< one past the last newline outside quotes; 0: none yet
};
/// Goes on with text[from, size).
void find_row_ends(const char* text, std::size_t from, std::size_t size, RowEnds& ends);

/// Where the first byte is that is not UTF-8 (RFC 3629), or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// For tests: scan without AVX2 even where the machine has it.
void use_plain_scan(bool plain);

} // namespace florin::ingest
