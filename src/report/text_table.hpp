// Lines and tables of terminal text that keep to a width.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace florin::report {

enum class Style : unsigned char { kPlain, kBold, kDim, kAccent, kUp, kDown, kWarning };

/// Safe, single-line text and how it looks.
struct Cell {
    std::string text;
    Style style = Style::kPlain;
};

struct TextColumn {
    std::string heading;
    bool is_right = true;
    int importance = 100; ///< where the table is too wide the least important column goes first
    bool is_bar = false;  ///< its cells hold `fill` in thousandths and take what space is left
};

/// The first column holds names: it shrinks, with `…`, before others are left out.
struct TextTable {
    std::vector<TextColumn> columns;
    /// Nothing is left out: where the table is too wide text is cut, the least important first, and where that is not
    /// enough each row becomes a list. Figures, which are right, are never cut. Without bars.
    bool keeps_all = false;
    struct Row {
        std::vector<Cell> cells; ///< as many as columns; that of a bar column is a number of thousandths
        Style style = Style::kPlain;
    };
    std::vector<Row> rows;
};

/// Writes lines of at most `width` columns.
class TextPage {
public:
    TextPage(int width, bool has_colour) : width_(width), has_colour_(has_colour) {}

    /// One line, cut where it is too long; not indented.
    void line(std::string_view text, Style style = Style::kPlain);
    /// Words wrapped to the width; lines after the first are indented by `hanging`.
    void paragraph(std::string_view text, int indent, int hanging, Style style = Style::kPlain);
    void table(const TextTable& table);
    void blank();
    int width() const { return width_; }
    std::string take() { return std::move(text_); }

private:
    void fields(const TextTable& table);
    std::string styled(std::string_view text, Style style) const;
    void put(std::string line);

    int width_;
    bool has_colour_;
    std::string text_;
};

/// `thousandths` of a bar of `columns` columns in eighths of a block; negative bars are hatched.
std::string block_bar(int thousandths, int columns);

} // namespace florin::report
