#include "query/render.hpp"

#include "base/terminal_text.hpp"
#include "money/money.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace florin::query {
namespace {

using engine::Value;
using money::Decimal;
using money::Rounding;

constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kDim = "\033[2m";
constexpr std::string_view kPlain = "\033[0m";
constexpr std::string_view kNothing = "–";
constexpr int kGap = 2;
constexpr int kTextColumnsMin = 8;

bool is_text(const AnswerColumn& column) {
    return column.kind == AnswerColumn::Kind::kDimension || column.kind == AnswerColumn::Kind::kTime;
}

/// Commas between the thousands of a plain decimal number.
std::string with_thousands(const std::string& number) {
    const std::size_t start = number.starts_with('-') ? 1 : 0;
    const std::size_t point = std::min(number.find('.'), number.size());
    std::string out = number.substr(0, start);
    for (std::size_t i = start; i < number.size(); ++i) {
        if (i > start && i < point && (point - i) % 3 == 0) {
            out += ',';
        }
        out += number[i];
    }
    return out;
}

std::string percent_text(const Decimal& percent) {
    const auto rounded = percent.rounded(1, Rounding::kHalfEven);
    return rounded.ok() ? with_thousands(rounded->to_string(1)) + " %" : std::string(kNothing);
}

std::string number_text(const AnswerColumn& column, const Value& value, int places) {
    if (const auto* count = std::get_if<std::int64_t>(&value)) {
        return with_thousands(std::to_string(*count));
    }
    if (const auto* quantity = std::get_if<money::Quantity>(&value)) {
        constexpr int kQuantityPlaces = 3;
        const auto rounded = quantity->rounded(kQuantityPlaces, Rounding::kHalfEven);
        return with_thousands((rounded.ok() ? *rounded : *quantity).to_string());
    }
    const auto* number = std::get_if<Decimal>(&value);
    if (number == nullptr) {
        return std::string(kNothing);
    }
    if (column.kind == AnswerColumn::Kind::kChangePercent) {
        return percent_text(*number);
    }
    if (column.unit == Unit::kRatio) {
        const auto percent = number->times_ratio(100, 1, Rounding::kHalfEven);
        return percent.ok() ? percent_text(*percent) : std::string(kNothing);
    }
    return money::display_amount(*number, places);
}

/// Lines of one table as text, and how they are set.
struct Line {
    enum class Kind : std::uint8_t { kHeader, kRow, kMinor, kTotal };
    Kind kind = Kind::kRow;
    std::vector<std::string> cells;
};

class BlockTable {
public:
    BlockTable(const Answer& answer, const CurrencyBlock& block, const TableStyle& style)
        : answer_(answer), block_(block), style_(style), places_(money::minor_units_of(block.currency)) {}

    std::string run() {
        add_header();
        for (const AnswerRow& row : block_.rows) {
            add_row(row, row.kind == AnswerRow::Kind::kRest ? Line::Kind::kMinor : Line::Kind::kRow);
        }
        const bool has_keys = std::ranges::any_of(answer_.columns, is_text);
        if (has_keys) {
            add_differences();
            add_row(block_.total, Line::Kind::kTotal);
        }
        const auto fitting = widths();
        return fitting ? print(*fitting) : print_fields();
    }

private:
    void add_header() {
        Line line{Line::Kind::kHeader, {}};
        for (const AnswerColumn& column : answer_.columns) {
            const std::string label = base::terminal_text(column.label);
            line.cells.push_back(column.has_currency ? fmt::format("{} {}", label, base::terminal_text(block_.currency))
                                                     : label);
        }
        lines_.push_back(std::move(line));
    }

    std::string label_of(const AnswerRow& row) const {
        return row.kind == AnswerRow::Kind::kRest ? rest_text(block_) : "total";
    }

    void add_row(const AnswerRow& row, Line::Kind kind) {
        Line line{kind, {}};
        for (std::size_t i = 0; i < row.values.size(); ++i) {
            const AnswerColumn& column = answer_.columns[i];
            const Value& value = row.values[i];
            const bool grouped = row.kind == AnswerRow::Kind::kGroup;
            if (!is_text(column)) {
                line.cells.push_back(number_text(column, value, places_));
            } else if (const auto* day = std::get_if<period::Day>(&value)) {
                line.cells.push_back(step_text(answer_.question, *day));
            } else if (i == 0 && !grouped) {
                line.cells.push_back(label_of(row));
            } else if (const auto* text = std::get_if<std::string>(&value)) {
                line.cells.push_back(base::terminal_text(*text));
            } else {
                line.cells.push_back(grouped ? "(none)" : "");
            }
        }
        lines_.push_back(std::move(line));
    }

    /// Lines that make the figures shown add up: first what no row shows, then what rounding took.
    void add_differences() {
        Line not_shown{Line::Kind::kMinor, {}};
        Line rounding{Line::Kind::kMinor, {}};
        bool has_not_shown = false;
        bool has_rounding = false;
        for (std::size_t i = 0; i < answer_.columns.size(); ++i) {
            const auto [missing, rounded] = differences(i);
            not_shown.cells.push_back(missing.is_zero() ? "" : money::display_amount(missing, places_));
            rounding.cells.push_back(rounded.is_zero() ? "" : money::display_amount(rounded, places_));
            has_not_shown = has_not_shown || !missing.is_zero();
            has_rounding = has_rounding || !rounded.is_zero();
        }
        const auto add = [&](Line line, const char* label) {
            line.cells.front() = label;
            lines_.push_back(std::move(line));
        };
        if (has_not_shown) {
            add(std::move(not_shown), "not shown");
        }
        if (has_rounding) {
            add(std::move(rounding), "rounding");
        }
    }

    struct Differences {
        Decimal missing;
        Decimal rounding;
    };
    Differences differences(std::size_t column) const {
        const auto* total = std::get_if<Decimal>(&block_.total.values[column]);
        if (!answer_.columns[column].has_currency || total == nullptr) {
            return {};
        }
        money::DecimalSum exact;
        money::DecimalSum shown;
        for (const AnswerRow& row : block_.rows) {
            if (const auto* amount = std::get_if<Decimal>(&row.values[column])) {
                exact.add(*amount);
                shown.add(rounded(*amount));
            }
        }
        const auto exact_sum = exact.total();
        if (!exact_sum.ok()) {
            return {};
        }
        const auto missing = total->minus(*exact_sum);
        if (!missing.ok()) {
            return {};
        }
        shown.add(rounded(*missing));
        const auto shown_sum = shown.total();
        if (!shown_sum.ok()) {
            return {};
        }
        const auto rounding = rounded(*total).minus(*shown_sum);
        return {*missing, rounding.ok() ? *rounding : Decimal()};
    }

    Decimal rounded(Decimal amount) const {
        const auto result = amount.rounded(places_, Rounding::kHalfEven);
        return result.ok() ? *result : amount;
    }

    /// Columns each cell gets, or nothing where the table does not fit. Headings are wrapped first, then the
    /// widest text is cut.
    std::optional<std::vector<int>> widths() const {
        std::vector<int> widths(answer_.columns.size(), 0);
        std::vector<int> least(answer_.columns.size(), 0);
        for (std::size_t i = 0; i < widths.size(); ++i) {
            for (const Line& line : lines_) {
                const int columns = base::column_count(line.cells[i]);
                widths[i] = std::max(widths[i], columns);
                least[i] = std::max(least[i], line.kind == Line::Kind::kHeader ? longest_word(line.cells[i]) : columns);
            }
        }
        const int room = style_.columns_max - kGap * static_cast<int>(widths.size() - 1);
        if (base::shrink_to_fit(widths, least, room)) {
            return widths;
        }
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const bool is_name = answer_.columns[i].kind == AnswerColumn::Kind::kDimension;
            least[i] = is_name ? std::min(least[i], kTextColumnsMin) : least[i];
        }
        return base::shrink_to_fit(widths, least, room) ? std::optional(widths) : std::nullopt;
    }

    static int longest_word(const std::string& text) {
        int longest = 0;
        for (std::size_t start = 0; start < text.size();) {
            const std::size_t end = std::min(text.find(' ', start), text.size());
            longest = std::max(longest, base::column_count(text.substr(start, end - start)));
            start = end + 1;
        }
        return longest;
    }

    /// The words of a heading, as many on a line as have room.
    static std::vector<std::string> wrapped(const std::string& text, int columns) {
        std::vector<std::string> lines(1);
        for (std::size_t start = 0; start < text.size();) {
            const std::size_t end = std::min(text.find(' ', start), text.size());
            const std::string word = text.substr(start, end - start);
            if (lines.back().empty()) {
                lines.back() = word;
            } else if (base::column_count(lines.back()) + 1 + base::column_count(word) <= columns) {
                lines.back() += " " + word;
            } else {
                lines.push_back(word);
            }
            start = end + 1;
        }
        return lines;
    }

    /// The headings as lines whose last one stands over the figures.
    std::vector<Line> header_lines(const std::vector<int>& widths) const {
        std::vector<std::vector<std::string>> headings;
        std::size_t height = 0;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            headings.push_back(wrapped(lines_.front().cells[i], widths[i]));
            height = std::max(height, headings.back().size());
        }
        std::vector<Line> lines(height, {Line::Kind::kHeader, std::vector<std::string>(widths.size())});
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::size_t first = height - headings[i].size();
            for (std::size_t line = 0; line < headings[i].size(); ++line) {
                lines[first + line].cells[i] = headings[i][line];
            }
        }
        return lines;
    }

    /// For a terminal on which no table fits: each row as a list.
    std::string print_fields() const {
        std::string out;
        for (const Line& line : lines_) {
            if (line.kind == Line::Kind::kHeader) {
                continue;
            }
            std::vector<base::Field> fields;
            for (std::size_t i = 0; i < line.cells.size(); ++i) {
                fields.push_back({lines_.front().cells[i], line.cells[i],
                                  answer_.columns[i].kind != AnswerColumn::Kind::kDimension});
            }
            out += out.empty() ? "" : "\n";
            for (const std::string& text : base::field_lines(fields, style_.columns_max)) {
                out += painted(text, line.kind) + "\n";
            }
        }
        return out;
    }

    std::string print(const std::vector<int>& widths) const {
        std::string out;
        std::string rule;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            rule += i == 0 ? "" : std::string(kGap, ' ');
            for (int c = 0; c < widths[i]; ++c) {
                rule += "─";
            }
        }
        std::vector<Line> lines = header_lines(widths);
        const std::size_t header_height = lines.size();
        lines.insert(lines.end(), lines_.begin() + 1, lines_.end());
        for (std::size_t l = 0; l < lines.size(); ++l) {
            const Line& line = lines[l];
            if (line.kind == Line::Kind::kTotal) {
                out += rule + "\n";
            }
            std::string text;
            for (std::size_t i = 0; i < line.cells.size(); ++i) {
                const std::string cell = base::cut_to_columns(line.cells[i], std::max(widths[i], 1));
                const std::string blanks(static_cast<std::size_t>(std::max(widths[i] - base::column_count(cell), 0)),
                                         ' ');
                text += i == 0 ? "" : std::string(kGap, ' ');
                text += is_text(answer_.columns[i]) ? cell + blanks : blanks + cell;
            }
            text.resize(text.find_last_not_of(' ') + 1);
            out += painted(text, line.kind) + "\n";
            if (l + 1 == header_height) {
                out += rule + "\n";
            }
        }
        return out;
    }

    std::string painted(const std::string& text, Line::Kind kind) const {
        if (!style_.colour || kind == Line::Kind::kRow) {
            return text;
        }
        return fmt::format("{}{}{}", kind == Line::Kind::kMinor ? kDim : kBold, text, kPlain);
    }

    const Answer& answer_;
    const CurrencyBlock& block_;
    const TableStyle& style_;
    int places_;
    std::vector<Line> lines_;
};

} // namespace

std::string render_table(const Answer& answer, const TableStyle& style) {
    std::string out;
    for (const CurrencyBlock& block : answer.blocks) {
        out += out.empty() ? "" : "\n";
        out += BlockTable(answer, block, style).run();
    }
    if (answer.blocks.empty()) {
        out += "No charges.\n";
    }
    for (const std::string& note : answer.notes) {
        const std::string text = base::terminal_text(note);
        out += (&note == answer.notes.data() ? "\n" : "") +
               (style.colour ? fmt::format("{}{}{}", kDim, text, kPlain) : text) + "\n";
    }
    return out;
}

} // namespace florin::query
