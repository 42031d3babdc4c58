// Files of rates, read strictly.
#include "fx/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace florin::fx {
namespace {

using base::Result;

constexpr std::size_t kLineBytesMax = std::size_t{64} << 10U;
constexpr std::size_t kColumnsMax = 1000;
constexpr std::string_view kLongForm = "date,from,to,rate,type,until";
constexpr std::string_view kExpected =
    "A table of rates starts with `date,from,to,rate` (also type and until), or is the ECB's eurofxref-hist.csv, which "
    "starts with `Date,USD,JPY`.";
constexpr std::string_view kCommas = "Look for a missing comma, or a decimal comma in place of a point.";

using Cells = std::vector<std::string_view>;

std::string_view trimmed(std::string_view cell) {
    constexpr std::string_view kBlank = " \t";
    const std::size_t first = cell.find_first_not_of(kBlank);
    if (first == std::string_view::npos) {
        return {};
    }
    cell = cell.substr(first, cell.find_last_not_of(kBlank) - first + 1);
    const bool quoted = cell.size() >= 2 && cell.front() == '"' && cell.back() == '"';
    return quoted ? cell.substr(1, cell.size() - 2) : cell;
}

/// No cell of a table of rates holds a comma, so quotes need no more than taking them off.
Cells split(std::string_view line) {
    Cells cells;
    for (;;) {
        const std::size_t comma = line.find(',');
        cells.push_back(trimmed(line.substr(0, comma)));
        if (comma == std::string_view::npos) {
            return cells;
        }
        line.remove_prefix(comma + 1);
    }
}

bool is_code(std::string_view text) {
    return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_date_word(std::string_view text) {
    return text == "date" || text == "Date";
}

/// Reads one file into lists that the table takes over when all of it is well.
class Reader {
public:
    /// `rates_before`: those of the files before it.
    Reader(const std::string& file_name, std::string_view text, std::uint32_t file, std::uint64_t rates_before)
        : name_(file_name), text_(text), file_(file), rates_before_(rates_before) {}

    Result<void> run() {
        constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
        if (text_.starts_with(kByteOrderMark)) {
            text_.remove_prefix(kByteOrderMark.size());
        }
        FLORIN_TRY_ASSIGN(const std::string_view header, next_line());
        FLORIN_TRY(read_header(split(header)));
        while (!text_.empty()) {
            ++row_;
            FLORIN_TRY_ASSIGN(const std::string_view line, next_line());
            if (line.empty()) {
                continue;
            }
            cells_ = split(line);
            if (cells_.size() != columns_.size()) {
                return error("fx.ragged_row",
                             fmt::format("{} cells where the header has {}", cells_.size(), columns_.size()), {}, {})
                    .with_remedy(std::string(kCommas));
            }
            if (trailing_comma_ && !cells_.back().empty()) {
                return error("fx.ragged_row", "a cell behind the last comma, where the header has none", {},
                             cells_.back())
                    .with_remedy(std::string(kCommas));
            }
            FLORIN_TRY(is_wide_ ? read_wide() : read_long());
        }
        return {};
    }

    std::vector<std::pair<Pair, Entry>> published;
    std::vector<std::pair<Pair, Entry>> budget;
    std::vector<std::string> left_out;

private:
    base::Error error(std::string code, std::string message, std::string_view column, std::string_view cell) const {
        return base::data_error(std::move(code), std::move(message))
            .at({.file = name_, .row = row_, .column = std::string(column), .cell = std::string(cell.substr(0, 256))});
    }

    Result<std::string_view> next_line() {
        const std::size_t end = std::min(text_.find('\n'), text_.size());
        std::string_view line = text_.substr(0, end);
        text_.remove_prefix(std::min(end + 1, text_.size()));
        if (line.size() > kLineBytesMax) {
            return error("fx.unreadable", fmt::format("a line of more than {} bytes", kLineBytesMax), {}, {})
                .with_remedy(std::string(kExpected));
        }
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        return line;
    }

    Result<void> read_header(Cells header) {
        if (header.size() > 1 && header.back().empty()) {
            header.pop_back(); // the ECB ends each line with a comma
            trailing_comma_ = true;
        }
        if (header.size() < 2 || header.size() > kColumnsMax) {
            return not_recognised(header.front());
        }
        columns_ = std::move(header);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (std::ranges::count(columns_, columns_[i]) > 1) {
                return error("fx.header", "this column is there twice", columns_[i], {})
                    .with_remedy("Remove one of them.");
            }
        }
        is_wide_ = is_date_word(columns_.front()) && std::all_of(columns_.begin() + 1, columns_.end(), is_code);
        FLORIN_TRY(is_wide_ ? read_wide_header() : read_long_header());
        if (trailing_comma_) {
            columns_.emplace_back();
        }
        return {};
    }

    base::Error not_recognised(std::string_view found) const {
        return error("fx.header", "this is no table of rates", {}, found).with_remedy(std::string(kExpected));
    }

    Result<void> read_wide_header() {
        const Currency euro = Currency::parse("EUR").value();
        for (std::size_t i = 1; i < columns_.size(); ++i) {
            const auto currency = Currency::parse(columns_[i]);
            if (currency.ok() && *currency == euro) {
                return error("fx.header", "the rates of this form are for one EUR already", columns_[i], {})
                    .with_remedy(std::string(kExpected));
            }
            if (!currency.ok()) {
                left_out.emplace_back(columns_[i]); // gone before 2010, or never there: no bill has it
            }
            codes_.push_back(currency.ok() ? std::optional(*currency) : std::nullopt);
        }
        return {};
    }

    Result<void> read_long_header() {
        const Cells known = split(kLongForm);
        const auto is_strange = [&](std::string_view column) {
            return std::ranges::find(known, column) == known.end();
        };
        if (const auto strange = std::ranges::find_if(columns_, is_strange); strange != columns_.end()) {
            // Of a table that looks like the ECB's, the column that is no code; else the first.
            const auto no_code = std::find_if_not(columns_.begin() + 1, columns_.end(), is_code);
            return not_recognised(is_date_word(columns_.front()) && no_code != columns_.end() && is_strange(*no_code)
                                      ? *no_code
                                      : *strange);
        }
        for (std::size_t i = 0; i < known.size(); ++i) {
            const auto at = std::ranges::find(columns_, known[i]);
            if (at != columns_.end()) {
                place_.at(i) = static_cast<std::size_t>(at - columns_.begin());
            } else if (i < 4) {
                return error("fx.header", fmt::format("there is no column `{}`", known[i]), {}, {})
                    .with_remedy(std::string(kExpected));
            }
        }
        return {};
    }

    Result<Day> day(std::string_view column, std::string_view cell) const {
        const auto parsed = period::parse_day(cell);
        if (!parsed.ok()) {
            return error("fx.bad_date", "not a day", column, cell).with_remedy("Write it as 2024-09-18.");
        }
        return *parsed;
    }

    Result<Decimal> rate(std::string_view column, std::string_view cell) const {
        const auto parsed = Decimal::parse(cell);
        if (!parsed.ok()) {
            return error("fx.bad_rate",
                         parsed.error().code == "money.too_precise" ? "more than 18 decimal places" : "not a rate",
                         column, cell)
                .with_remedy("Write a number with a point, as in 1.1035.");
        }
        if (parsed->units() <= 0 || *parsed >= Decimal::from_integer(kRateLimit)) {
            return error("fx.bad_rate", "a rate is above 0 and below 1000000000", column, cell)
                .with_remedy("Where there was no rate, leave the line out, or the cell empty in the ECB's form.");
        }
        return *parsed;
    }

    Result<void> take(std::vector<std::pair<Pair, Entry>>& entries, const Pair& pair, Entry entry) {
        if (rates_before_ + published.size() + budget.size() >= kRatesMax) {
            return error("fx.too_many", fmt::format("more than {} rates", kRatesMax), {}, {})
                .with_remedy("Take out days and currencies that no bill needs.");
        }
        entry.file = file_;
        entry.row = row_;
        entries.emplace_back(pair, entry);
        return {};
    }

    Result<void> read_wide() {
        FLORIN_TRY_ASSIGN(const Day on, day(columns_.front(), cells_.front()));
        for (std::size_t i = 0; i < codes_.size(); ++i) {
            const std::string_view cell = cells_[i + 1];
            if (!codes_[i] || cell.empty() || cell == "N/A") {
                continue;
            }
            FLORIN_TRY_ASSIGN(const Decimal value, rate(columns_[i + 1], cell));
            FLORIN_TRY(take(published, {Currency::parse("EUR").value(), *codes_[i]}, {on, on, value}));
        }
        return {};
    }

    Result<Currency> currency(std::string_view column, std::string_view cell) const {
        const auto parsed = Currency::parse(cell);
        if (!parsed.ok()) {
            return error("fx.unknown_currency", "not a currency code of ISO 4217", column, cell)
                .with_remedy("Write three capital letters, such as USD; virtual currencies have no exchange rate.");
        }
        return *parsed;
    }

    std::string_view long_cell(std::size_t column) const {
        return place_.at(column) ? cells_[*place_.at(column)] : std::string_view();
    }

    Result<void> read_long() {
        enum : std::size_t { kDate, kFrom, kTo, kRate, kType, kUntil };
        FLORIN_TRY_ASSIGN(const Day first, day("date", long_cell(kDate)));
        FLORIN_TRY_ASSIGN(const Currency from, currency("from", long_cell(kFrom)));
        FLORIN_TRY_ASSIGN(const Currency to, currency("to", long_cell(kTo)));
        FLORIN_TRY_ASSIGN(const Decimal value, rate("rate", long_cell(kRate)));
        if (from == to) {
            return error("fx.same_currency", "a rate is between two currencies", "to", long_cell(kTo))
                .with_remedy("Remove the line.");
        }
        const std::string_view type = long_cell(kType);
        const std::string_view until = long_cell(kUntil);
        if (!type.empty() && type != "spot" && type != "budget") {
            return error("fx.bad_type", "the type is spot or budget", "type", type)
                .with_remedy("A published rate is spot, which may be left out; one that was planned with is budget.");
        }
        if (type != "budget") {
            if (!until.empty()) {
                return error("fx.bad_until", "a published rate is of one day and has no last one", "until", until)
                    .with_remedy("Is it a budget rate? Then its type says so.");
            }
            return take(published, {from, to}, {first, first, value});
        }
        FLORIN_TRY_ASSIGN(const Day last, day("until", until));
        if (last < first) {
            return error("fx.bad_until", "the last day is before the first", "until", until)
                .with_remedy("A budget rate holds from `date` to `until`, both included.");
        }
        return take(budget, {from, to}, {first, last, value});
    }

    const std::string& name_;
    std::string_view text_;
    std::uint32_t file_;
    std::uint64_t rates_before_;
    std::uint64_t row_ = 0;
    bool is_wide_ = false;
    bool trailing_comma_ = false;
    Cells columns_;
    Cells cells_;
    std::vector<std::optional<Currency>> codes_;      ///< of the wide form's columns after the first
    std::array<std::optional<std::size_t>, 6> place_; ///< of the long form's columns, in kLongForm's order
};

} // namespace

base::Result<void> Table::read(const std::string& file_name, std::string_view text) {
    Reader reader(file_name, text, static_cast<std::uint32_t>(files_.size()), rates_);
    FLORIN_TRY(reader.run());
    const std::uint64_t rates = reader.published.size() + reader.budget.size();
    files_.push_back({file_name, rates, std::move(reader.left_out)});
    rates_ += rates;
    FLORIN_TRY(add(published_, reader.published));
    return add(budget_, reader.budget);
}

base::Result<void> Table::add(Series& series, const std::vector<std::pair<Pair, Entry>>& entries) {
    std::vector<Pair> touched;
    for (const auto& [pair, entry] : entries) {
        std::vector<Entry>& all = series[pair];
        all.push_back(entry);
        touched.push_back(pair);
    }
    std::ranges::sort(touched);
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const Pair& pair : touched) {
        std::vector<Entry>& all = series[pair];
        std::ranges::stable_sort(all, {}, &Entry::first);
        std::vector<Entry> kept;
        for (const Entry& entry : all) {
            if (kept.empty() || kept.back().last < entry.first) {
                kept.push_back(entry);
                continue;
            }
            const Entry& other = kept.back();
            if (other.first == entry.first && other.last == entry.last && other.rate == entry.rate) {
                continue;
            }
            const bool in_order = std::pair(other.file, other.row) < std::pair(entry.file, entry.row);
            const Entry& earlier = in_order ? other : entry;
            const Entry& later = in_order ? entry : other;
            return base::data_error("fx.contradiction",
                                    fmt::format("{} to {} on {} is given twice: {} here, {} in {}, row {}",
                                                pair.from.code(), pair.to.code(), period::to_string(later.first),
                                                later.rate.to_string(), earlier.rate.to_string(),
                                                files_[earlier.file].name, earlier.row))
                .at({.file = files_[later.file].name, .row = later.row})
                .with_remedy("Remove the one that does not hold.");
        }
        all = std::move(kept);
    }
    return {};
}

} // namespace florin::fx
