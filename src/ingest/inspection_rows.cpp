#include "ingest/inspection_rows.hpp"

#include "ingest/inspection_checks.hpp"
#include "ingest/inspection_row_tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace florin::ingest {

using base::Error;

struct RowInspector::State {
    const RowRules rules;
    const ColumnPlan& plan;
    const std::size_t column_count;
    Tally tally;
    RowChecks checks;
    RowTally counts;
    Separators separators;

    explicit State(const RowRules& row_rules)
        : rules(row_rules), plan(*row_rules.plan), column_count(plan.uses.size()), tally(column_count),
          checks(plan, rules.cell_bytes_max, tally), counts(tally) {}

    Error ragged(std::size_t cell_count) const {
        return base::data_error("csv.ragged_row", fmt::format("the row has {} {}, the header {}", cell_count,
                                                              cell_count == 1 ? "cell" : "cells", column_count))
            .with_remedy("Is a delimiter inside a cell without quotes, or a line broken in two?");
    }

    Error quote_error(std::string_view text, std::size_t row_begin) const;
    Error open_end_error(std::size_t row_bytes) const;
    void read_block(const CsvBlock& block, BlockOutcome& outcome);
};

/// The fault that the scan met in the row that starts at `row_begin`.
Error RowInspector::State::quote_error(std::string_view text, std::size_t row_begin) const {
    std::size_t column = 0;
    std::size_t cell_begin = row_begin;
    for (std::size_t i = 0; i < separators.count; ++i) {
        if (separators.ends[i] >= row_begin) {
            ++column;
            cell_begin = separators.ends[i] + 1;
        }
    }
    Error made;
    switch (separators.fault) {
    case Separators::Fault::kQuoteInCell:
        made = base::data_error("csv.bad_quotes", "a quote stands inside a cell that does not start with one")
                   .with_remedy("A cell with a quote is written in quotes, and the quote twice: \"19\"\" rack\".");
        break;
    case Separators::Fault::kTextAfterQuote:
        made = base::data_error("csv.bad_quotes", "text follows the closing quote of a cell")
                   .with_remedy("A quote inside a quoted cell is written twice: \"19\"\" rack\".");
        break;
    default:
        made = base::data_error("csv.carriage_return", "a carriage return without a line feed stands outside quotes")
                   .with_remedy("Save the file with line ends LF or CR LF.");
        break;
    }
    made.place.column = column < column_count ? plan.name(column) : std::string();
    made.place.cell =
        text.substr(cell_begin, std::min<std::size_t>(kCellInErrorBytesMax, text.find('\n', cell_begin) - cell_begin));
    return made;
}

/// The last row of the file has no end.
Error RowInspector::State::open_end_error(std::size_t row_bytes) const {
    if (row_bytes > kRowBytesMax) {
        return base::data_error("csv.row_too_large", fmt::format("a row of more than {} bytes", kRowBytesMax))
            .with_remedy("Is a quote opened and never closed?");
    }
    return base::data_error("csv.unterminated_quote", "a quote is opened and never closed: the file ends inside a cell")
        .with_remedy("Close the quote, or fetch the file again: its end may be missing.");
}

void RowInspector::State::read_block(const CsvBlock& block, BlockOutcome& outcome) {
    const std::string_view text = block.text();
    outcome.index = block.index;
    outcome.offset = block.offset + block.begin;
    outcome.row_starts.clear();
    outcome.bad_rows.clear();
    outcome.fault.reset();
    find_separators(text, rules.delimiter, separators);
    const bool check_bytes =
        separators.has_nul || (separators.has_non_ascii && find_invalid_utf8(text) != std::string_view::npos);
    std::size_t begin = 0;     // of the row
    std::size_t first_end = 0; // its first separator
    for (std::size_t line = 0; line < separators.lines; ++line) {
        const std::size_t last_end = separators.line_ends[line];
        const std::size_t end = separators.ends[last_end];
        const std::size_t cell_count = last_end - first_end + 1;
        const std::string_view row = text.substr(begin, end - begin);
        if (cell_count == 1 && (row.empty() || row == "\r")) {
            begin = end + 1;
            first_end = last_end + 1;
            continue;
        }
        outcome.row_starts.push_back(static_cast<std::uint32_t>(begin));
        std::optional<Error> error;
        const bool is_split = cell_count == column_count;
        bool refuse = false;
        if (row.size() > kRowBytesMax) {
            error = open_end_error(row.size());
            refuse = true;
        } else if (!is_split) {
            error = ragged(cell_count);
        } else {
            const std::span<const std::uint32_t> ends(separators.ends.data() + first_end, cell_count);
            if (checks.check(text.data(), begin, ends, check_bytes)) {
                counts.count(checks.row(), {block.index, outcome.row_starts.size()});
                tally.longest_row_bytes = std::max<std::uint64_t>(tally.longest_row_bytes, row.size());
            } else {
                error = checks.take_error();
            }
        }
        if (error) {
            BadRow bad{outcome.row_starts.size(), outcome.offset + begin, outcome.offset + end + 1, std::move(*error)};
            if (refuse || !rules.set_bad_rows_aside) {
                outcome.fault = std::move(bad);
                return;
            }
            if (is_split) {
                counts.count_set_aside(checks.row());
            } else {
                counts.count_set_aside_unreadable();
            }
            outcome.bad_rows.push_back(std::move(bad));
        }
        begin = end + 1;
        first_end = last_end + 1;
    }
    if (separators.fault != Separators::Fault::kNone || begin < text.size()) {
        const bool quotes = separators.fault != Separators::Fault::kNone;
        outcome.row_starts.push_back(static_cast<std::uint32_t>(begin));
        outcome.fault = BadRow{outcome.row_starts.size(), outcome.offset + begin, outcome.offset + text.size(),
                               quotes ? quote_error(text, begin) : open_end_error(text.size() - begin)};
    }
}

RowInspector::RowInspector(const RowRules& rules) : state_(std::make_unique<State>(rules)) {}
RowInspector::~RowInspector() = default;
RowInspector::RowInspector(RowInspector&&) noexcept = default;

void RowInspector::read(const CsvBlock& block, BlockOutcome& outcome) {
    state_->read_block(block, outcome);
}
Tally RowInspector::take_tally() {
    return std::move(state_->tally);
}

} // namespace florin::ingest
