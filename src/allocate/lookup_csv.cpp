// Reads a table strictly: whatever is odd is refused, with its row.
#include "allocate/lookup.hpp"

#include "base/nearest.hpp"
#include "base/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace florin::allocate {
namespace {

using base::Result;

std::string without_blanks(std::string_view text) {
    constexpr std::string_view kBlank = " \t";
    const std::size_t first = text.find_first_not_of(kBlank);
    return first == std::string_view::npos ? std::string()
                                           : std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
}

bool is_text(std::string_view cell) {
    for (std::size_t at = 0; at < cell.size();) {
        const base::Character character = base::character_at(cell, at);
        if (!character.is_valid || character.value == 0) {
            return false;
        }
        at += character.byte_count;
    }
    return true;
}

class CsvReader {
public:
    CsvReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    Result<CsvTable> run() {
        if (text_.size() > kTableBytesMax) {
            return error("table.too_large",
                         fmt::format("the table has {} bytes, at most {} are read", text_.size(), kTableBytesMax))
                .with_remedy("Leave out keys and columns that no rule asks for.");
        }
        constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
        if (text_.starts_with(kByteOrderMark)) {
            text_.remove_prefix(kByteOrderMark.size());
        }
        CsvTable table;
        table.file = file_;
        FLORIN_TRY(read_header(table));
        while (!text_.empty()) {
            ++row_;
            FLORIN_TRY_ASSIGN(std::vector<std::string> cells, record());
            if (cells.size() == 1 && cells.front().empty()) {
                --row_; // an empty line is no row
                continue;
            }
            if (cells.size() != table.columns.size()) {
                return error("table.ragged_row",
                             fmt::format("{} cells where the header has {}", cells.size(), table.columns.size()))
                    .with_remedy("Look for a missing comma, or for a comma that should stand in quotes.");
            }
            table.rows.push_back(std::move(cells));
        }
        return table;
    }

private:
    base::Error error(std::string code, std::string message) const {
        return base::data_error(std::move(code), std::move(message)).at({.file = file_, .row = row_});
    }

    Result<void> read_header(CsvTable& table) {
        if (text_.empty()) {
            return error("table.empty", "the table has no header").with_remedy("Its first line names the columns.");
        }
        FLORIN_TRY_ASSIGN(table.columns, record());
        if (table.columns.size() > kTableColumnsMax) {
            return error("table.too_large", fmt::format("the table has {} columns, at most {} are read",
                                                        table.columns.size(), kTableColumnsMax));
        }
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            if (table.columns[i].empty()) {
                return error("table.header", fmt::format("column {} of the header has no name", i + 1));
            }
            if (std::find(table.columns.begin(), table.columns.begin() + static_cast<std::ptrdiff_t>(i),
                          table.columns[i]) != table.columns.begin() + static_cast<std::ptrdiff_t>(i)) {
                return error("table.header", fmt::format("the column `{}` is there twice", table.columns[i]));
            }
        }
        return {};
    }

    /// The cells up to the end of the line.
    Result<std::vector<std::string>> record() {
        std::vector<std::string> cells;
        for (;;) {
            FLORIN_TRY_ASSIGN(std::string cell, this->cell());
            if (cell.size() > kTableCellBytesMax) {
                return error("table.too_large", fmt::format("a cell of more than {} bytes", kTableCellBytesMax));
            }
            if (!is_text(cell)) {
                base::Error refused = error("table.syntax", "a cell holds bytes that are no UTF-8, or a NUL byte");
                refused.place.cell = cell;
                return std::move(refused).with_remedy("Save the table as UTF-8.");
            }
            cells.push_back(std::move(cell));
            if (text_.empty()) {
                return cells;
            }
            const bool ends = text_.front() == '\n';
            text_.remove_prefix(1);
            if (ends) {
                return cells;
            }
        }
    }

    /// The next cell; what follows it is a comma, a newline or nothing.
    Result<std::string> cell() {
        const std::size_t start = text_.find_first_not_of(" \t");
        if (start == std::string_view::npos || text_[start] != '"') {
            const std::size_t end = std::min(text_.find_first_of(",\n"), text_.size());
            std::string_view raw = text_.substr(0, end);
            const bool stray_quote = raw.find('"') != std::string_view::npos;
            text_.remove_prefix(end);
            if (stray_quote) {
                return error("table.syntax", "a quote in the middle of a cell")
                    .with_remedy("Put the whole cell in quotes, and write \"\" for one quote inside.");
            }
            if (raw.ends_with('\r')) {
                raw.remove_suffix(1);
            }
            return without_blanks(raw);
        }
        text_.remove_prefix(start + 1);
        std::string value;
        for (;;) {
            const std::size_t quote = text_.find('"');
            if (quote == std::string_view::npos) {
                return error("table.syntax", "a quote that does not close");
            }
            value += text_.substr(0, quote);
            text_.remove_prefix(quote + 1);
            if (!text_.starts_with('"')) {
                break;
            }
            value += '"';
            text_.remove_prefix(1);
        }
        const std::size_t end = std::min(text_.find_first_of(",\n"), text_.size());
        if (text_.substr(0, end).find_first_not_of(" \t\r") != std::string_view::npos) {
            return error("table.syntax", "text behind the closing quote of a cell");
        }
        text_.remove_prefix(end);
        return without_blanks(value);
    }

    std::string_view text_;
    const std::string& file_;
    std::uint64_t row_ = 0; // 0 is the header
};

Result<std::optional<period::Day>> day_cell(const CsvTable& table, std::size_t row, std::string_view column) {
    const auto at = std::ranges::find(table.columns, column);
    if (at == table.columns.end()) {
        return std::optional<period::Day>();
    }
    const std::string& cell = table.rows[row][static_cast<std::size_t>(at - table.columns.begin())];
    if (cell.empty()) {
        return std::optional<period::Day>();
    }
    const auto day = period::parse_day(cell);
    if (!day.ok()) {
        return base::data_error("table.bad_date", "not a day")
            .at({.file = table.file, .row = row + 1, .column = std::string(column), .cell = cell})
            .with_remedy("Write it as 2024-09-18, or leave it empty where there is no such end.");
    }
    return std::optional<period::Day>(*day);
}

} // namespace

Result<CsvTable> read_csv_table(std::string_view text, const std::string& file) {
    return CsvReader(text, file).run();
}

Result<std::size_t> column_of(const CsvTable& table, std::string_view column) {
    const auto at = std::ranges::find(table.columns, column);
    if (at != table.columns.end()) {
        return static_cast<std::size_t>(at - table.columns.begin());
    }
    const std::vector<std::string_view> known(table.columns.begin(), table.columns.end());
    return base::data_error("table.no_column", fmt::format("there is no column `{}`; there are: {}", column,
                                                           fmt::join(table.columns, ", ")))
        .at({.file = table.file})
        .with_remedy(base::did_you_mean(column, known));
}

Result<period::Period> days_of_row(const CsvTable& table, std::size_t row) {
    FLORIN_TRY_ASSIGN(const auto first, day_cell(table, row, "valid_from"));
    FLORIN_TRY_ASSIGN(const auto last, day_cell(table, row, "valid_to"));
    const period::Period days{first.value_or(kAlways.start), last ? *last + std::chrono::days(1) : kAlways.end};
    if (days.start >= days.end) {
        return base::data_error("table.dates_reversed", "valid_to is before valid_from")
            .at({.file = table.file, .row = row + 1, .column = "valid_to", .cell = period::to_string(*last)});
    }
    return days;
}

} // namespace florin::allocate
