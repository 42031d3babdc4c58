#include "report/text_table.hpp"

#include "base/check.hpp"
#include "report/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <numeric>
#include <set>

namespace florin::report {
namespace {

constexpr int kIndent = 2;
constexpr int kGap = 2;
constexpr int kNameWidthMin = 14;
constexpr int kNameWidthGood = 30;   ///< for this much of a name minor columns are left out
constexpr int kMinorImportance = 20; ///< up to this a column is minor
constexpr int kTextWidthMin = 8;     ///< of a table that keeps all
constexpr int kBarWidthMin = 8;
constexpr int kBarWidthMax = 24;

std::string repeated(std::string_view piece, int count) {
    std::string out;
    for (int index = 0; index < count; ++index) {
        out += piece;
    }
    return out;
}

std::string padded(std::string_view text, int columns, bool is_right) {
    const std::string cut = cut_to_columns(text, columns);
    const std::string blanks(static_cast<std::size_t>(std::max(0, columns - column_count(cut))), ' ');
    return is_right ? blanks + cut : cut + blanks;
}

int thousandths_of(const Cell& cell) {
    int value = 0;
    std::from_chars(cell.text.data(), cell.text.data() + cell.text.size(), value);
    return value;
}

/// What each column takes where there is room for all.
std::vector<int> widths_of(const TextTable& table) {
    std::vector<int> widths(table.columns.size(), 0);
    for (std::size_t index = 0; index < widths.size(); ++index) {
        widths[index] = table.columns[index].is_bar ? kBarWidthMin : column_count(table.columns[index].heading);
        for (const TextTable::Row& row : table.rows) {
            if (!table.columns[index].is_bar) {
                widths[index] = std::max(widths[index], column_count(row.cells[index].text));
            }
        }
    }
    return widths;
}

/// The widths of the columns of a table that keeps all; none where it does not fit. The least important text is cut
/// first, and more important text only where that is not enough.
std::vector<int> widths_of_all(const TextTable& table, int width) {
    const int room = width - kIndent - kGap * static_cast<int>(table.columns.size() - 1);
    std::set<int> levels{0};
    for (const TextColumn& column : table.columns) {
        levels.insert(column.importance);
    }
    std::vector<int> widths = widths_of(table);
    for (const int level : levels) {
        std::vector<int> least = widths;
        for (std::size_t index = 0; index < widths.size(); ++index) {
            const TextColumn& column = table.columns[index];
            if (!column.is_right && column.importance <= level) {
                least[index] = std::min(least[index], kTextWidthMin);
            }
        }
        if (base::shrink_to_fit(widths, least, room)) {
            return widths;
        }
    }
    return {};
}

/// The widths of the columns; 0 for those left out.
std::vector<int> widths_for(const TextTable& table, int width) {
    const std::size_t count = table.columns.size();
    std::vector<int> widths = widths_of(table);
    const int name_width = widths[0];
    const auto used_without_name = [&] {
        return std::accumulate(widths.begin() + 1, widths.end(), kIndent,
                               [](int sum, int column) { return sum + (column > 0 ? column + kGap : 0); });
    };
    while (true) {
        std::size_t least = 0;
        for (std::size_t index = 1; index < count; ++index) {
            if (widths[index] > 0 &&
                (least == 0 || table.columns[index].importance < table.columns[least].importance)) {
                least = index;
            }
        }
        const bool is_minor = least != 0 && table.columns[least].importance <= kMinorImportance;
        const int name_width_wanted = std::min(name_width, is_minor ? kNameWidthGood : kNameWidthMin);
        if (used_without_name() + name_width_wanted <= width) {
            break;
        }
        FLORIN_CHECK(least != 0, "a table's name column alone is too wide");
        widths[least] = 0;
    }
    widths[0] = std::min(name_width, width - used_without_name());
    for (std::size_t index = 1; index < count; ++index) {
        if (table.columns[index].is_bar && widths[index] > 0) {
            const int free = width - used_without_name() - widths[0];
            widths[index] = std::min(kBarWidthMax, kBarWidthMin + std::max(0, free));
        }
    }
    return widths;
}

} // namespace

std::string TextPage::styled(std::string_view text, Style style) const {
    static constexpr std::array<std::string_view, 7> kCodes = {"", "1", "2", "36", "33", "34", "1;33"};
    const std::string_view code = kCodes[static_cast<std::size_t>(style)];
    if (!has_colour_ || code.empty() || text.empty()) {
        return std::string(text);
    }
    return "\x1B[" + std::string(code) + "m" + std::string(text) + "\x1B[0m";
}

void TextPage::put(std::string line) {
    while (!line.empty() && line.back() == ' ') {
        line.pop_back();
    }
    text_ += line + "\n";
}

void TextPage::line(std::string_view text, Style style) {
    put(styled(cut_to_columns(text, width_), style));
}

void TextPage::blank() {
    if (!text_.empty()) {
        text_ += "\n";
    }
}

void TextPage::paragraph(std::string_view text, int indent, int hanging, Style style) {
    std::string current;
    int margin = indent;
    const auto flush = [&] {
        if (!current.empty()) {
            put(std::string(static_cast<std::size_t>(margin), ' ') + styled(current, style));
            current.clear();
            margin = indent + hanging;
        }
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string word = cut_to_columns(text.substr(0, end), width_ - indent - hanging);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!current.empty() && margin + column_count(current) + 1 + column_count(word) > width_) {
            flush();
        }
        current += (current.empty() ? "" : " ") + word;
    }
    flush();
}

void TextPage::fields(const TextTable& table) {
    for (const TextTable::Row& row : table.rows) {
        if (&row != table.rows.data()) {
            blank();
        }
        std::vector<base::Field> fields;
        for (std::size_t index = 0; index < table.columns.size(); ++index) {
            fields.push_back({table.columns[index].heading, row.cells[index].text, table.columns[index].is_right});
        }
        for (const std::string& text : base::field_lines(fields, width_)) {
            put(styled(text, row.style));
        }
    }
}

void TextPage::table(const TextTable& table) {
    const std::vector<int> widths = table.keeps_all ? widths_of_all(table, width_) : widths_for(table, width_);
    if (widths.empty()) {
        fields(table);
        return;
    }
    const auto write = [&](const auto& text_at, const auto& style_at) {
        std::string line(kIndent, ' ');
        for (std::size_t index = 0; index < widths.size(); ++index) {
            if (widths[index] == 0) {
                continue;
            }
            const bool is_right = index > 0 && table.columns[index].is_right && !table.columns[index].is_bar;
            line += (index == 0 ? "" : std::string(kGap, ' ')) +
                    styled(padded(text_at(index), widths[index], is_right), style_at(index));
        }
        put(std::move(line));
    };
    const bool has_headings = std::any_of(table.columns.begin(), table.columns.end(),
                                          [](const TextColumn& column) { return !column.heading.empty(); });
    if (has_headings) {
        write([&](std::size_t index) { return table.columns[index].heading; }, [](std::size_t) { return Style::kDim; });
    }
    for (const TextTable::Row& row : table.rows) {
        FLORIN_CHECK(row.cells.size() == table.columns.size(), "a row needs a cell for each column");
        write(
            [&](std::size_t index) {
                const bool is_bar = table.columns[index].is_bar && !row.cells[index].text.empty();
                return is_bar ? block_bar(thousandths_of(row.cells[index]), widths[index]) : row.cells[index].text;
            },
            [&](std::size_t index) {
                return row.cells[index].style == Style::kPlain ? row.style : row.cells[index].style;
            });
    }
}

std::string block_bar(int thousandths, int columns) {
    static constexpr std::array<std::string_view, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const int eighths = std::min(std::abs(thousandths), 1000) * columns * 8 / 1000;
    if (thousandths < 0) {
        return repeated("▒", (eighths + 7) / 8);
    }
    if (thousandths > 0 && eighths == 0) {
        return std::string(kEighths[1]);
    }
    return repeated("█", eighths / 8) + std::string(kEighths[static_cast<std::size_t>(eighths % 8)]);
}

} // namespace florin::report
