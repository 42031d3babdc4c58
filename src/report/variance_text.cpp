#include "report/variance.hpp"

#include "report/figures.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::report {

bool has_effect(const VarianceBlock& block, std::size_t effect) {
    return !block.total.effects[effect].is_zero() ||
           std::ranges::any_of(block.lines, [&](const VarianceLine& line) { return !line.effects[effect].is_zero(); });
}

namespace {

using money::Decimal;

constexpr int kVarianceBarThousandths = 1000;
/// What names of rows get at the least before effects are shown one by one.
constexpr int kVarianceNameWidth = 34;

int bar_of(Decimal amount, Decimal largest) {
    if (largest.is_zero()) {
        return 0;
    }
    const auto share = money::divide(amount, largest, money::Rounding::kHalfEven);
    const auto scaled = share.ok() ? share->times_ratio(kVarianceBarThousandths, 1, money::Rounding::kHalfEven) : share;
    const auto whole = scaled.ok() ? scaled->rounded(0, money::Rounding::kHalfEven) : scaled;
    return whole.ok() ? static_cast<int>(whole->units() / Decimal::from_integer(1).units()) : 0;
}

/// The steps from base to actual, below each other.
TextTable steps_table(const VarianceReport& report, const VarianceBlock& block) {
    const VarianceLine& total = block.total;
    TextTable table;
    table.columns = {{"", false, 1000}, {std::string(block.currency.code()), true, 1000}, {"", true, 10, true}};
    std::vector<Amount> shown{total.base};
    table.rows.push_back(
        {{{terminal_text(report.base)}, {display_text(total.base, block.currency)}, {"0"}}, Style::kBold});
    Decimal largest;
    for (const Decimal effect : total.effects) {
        largest = std::max(largest, effect.absolute());
    }
    for (std::size_t i = 0; i < total.effects.size(); ++i) {
        const Decimal effect = total.effects[i];
        if (has_effect(block, i)) {
            shown.emplace_back(effect);
            table.rows.push_back(
                {{{block.effects[i].label},
                  {signed_text(effect, block.currency), effect.is_negative() ? Style::kDown : Style::kUp},
                  {std::to_string(bar_of(effect, largest))}},
                 Style::kPlain});
        }
    }
    const Footing footing = footing_of(shown, total.actual, block.currency);
    if (footing.has_rounding()) {
        table.rows.push_back({{{"rounding"}, {display_text(footing.rounding, block.currency)}, {"0"}}, Style::kDim});
    }
    table.rows.push_back(
        {{{terminal_text(report.actual)}, {display_text(total.actual, block.currency)}, {"0"}}, Style::kBold});
    return table;
}

/// One figure of a row, and how it is written.
struct VarianceColumn {
    std::string heading;
    std::vector<Amount> amounts; ///< of the lines
    Amount total;
    bool is_signed = true;
};

class LinesTable {
public:
    LinesTable(const VarianceReport& report, const VarianceBlock& block, int width)
        : report_(report), block_(block), width_(width) {}

    TextTable make() {
        add(report_.base, false, [](const VarianceLine& line) { return line.base; });
        add(report_.actual, false, [](const VarianceLine& line) { return line.actual; });
        add("variance", true, [](const VarianceLine& line) { return line.variance; });
        choose_effects();
        TextTable table;
        table.columns = {{report_.heading, false, 1000}};
        for (const VarianceColumn& column : columns_) {
            table.columns.push_back({terminal_text(column.heading), true, 1000});
        }
        for (std::size_t i = 0; i < block_.lines.size(); ++i) {
            TextTable::Row row{{{terminal_text(block_.lines[i].name)}}, Style::kPlain};
            for (const VarianceColumn& column : columns_) {
                row.cells.push_back({text(column, column.amounts[i])});
            }
            table.rows.push_back(std::move(row));
        }
        add_foot(table);
        return table;
    }

private:
    template <class Read>
    void add(std::string heading, bool is_signed, const Read& read) {
        VarianceColumn column{.heading = std::move(heading), .total = read(block_.total), .is_signed = is_signed};
        for (const VarianceLine& line : block_.lines) {
            column.amounts.emplace_back(read(line));
        }
        columns_.push_back(std::move(column));
    }

    std::string text(const VarianceColumn& column, const Amount& amount) const {
        return column.is_signed ? signed_text(amount, block_.currency) : display_text(amount, block_.currency);
    }

    int width_of(const VarianceColumn& column) const {
        int width = std::max(column_count(column.heading), column_count(text(column, column.total)));
        for (const Amount& amount : column.amounts) {
            width = std::max(width, column_count(text(column, amount)));
        }
        return width + 2;
    }

    /// The effects that move the most, in their order, as far as there is room; the others as one column.
    void choose_effects() {
        std::vector<std::pair<Decimal, std::size_t>> sizes;
        for (std::size_t i = 0; i < block_.effects.size(); ++i) {
            if (has_effect(block_, i)) {
                money::DecimalSum size;
                for (const VarianceLine& line : block_.lines) {
                    size.add(line.effects[i].absolute());
                }
                const auto sum = size.total();
                sizes.emplace_back(sum.ok() ? *sum : Decimal(), i);
            }
        }
        std::ranges::stable_sort(sizes, [](const auto& a, const auto& b) { return a.first > b.first; });
        std::vector<std::size_t> chosen;
        for (const auto& [size, effect] : sizes) {
            chosen.push_back(effect);
        }
        const std::vector<VarianceColumn> first = columns_;
        for (;; chosen.pop_back()) {
            columns_ = first;
            add_effects(chosen, chosen.size() < sizes.size());
            int width = kVarianceNameWidth;
            for (const VarianceColumn& column : columns_) {
                width += width_of(column);
            }
            if (width <= width_ || chosen.empty()) {
                return;
            }
        }
    }

    void add_effects(std::vector<std::size_t> chosen, bool has_others) {
        std::ranges::sort(chosen);
        for (const std::size_t effect : chosen) {
            add(block_.effects[effect].heading, true, [&](const VarianceLine& line) { return line.effects[effect]; });
        }
        if (has_others && !chosen.empty()) {
            add("others", true, [&](const VarianceLine& line) {
                money::DecimalSum others;
                for (std::size_t i = 0; i < line.effects.size(); ++i) {
                    others.add(std::ranges::find(chosen, i) == chosen.end() ? line.effects[i] : Decimal());
                }
                const auto sum = others.total();
                return sum.ok() ? *sum : Decimal();
            });
        }
    }

    void add_foot(TextTable& table) const {
        TextTable::Row rounding{{{"rounding"}}, Style::kDim};
        TextTable::Row total{{{"total"}}, Style::kBold};
        bool has_rounding = false;
        for (const VarianceColumn& column : columns_) {
            const Footing footing = footing_of(column.amounts, column.total, block_.currency);
            has_rounding = has_rounding || footing.has_rounding();
            rounding.cells.push_back({text(column, footing.rounding)});
            total.cells.push_back({text(column, column.total)});
        }
        if (has_rounding) {
            table.rows.push_back(std::move(rounding));
        }
        table.rows.push_back(std::move(total));
    }

    const VarianceReport& report_;
    const VarianceBlock& block_;
    int width_;
    std::vector<VarianceColumn> columns_;
};

} // namespace

std::string render_terminal(const VarianceReport& report, int width, bool has_colour) {
    TextPage page(width, has_colour);
    if (report.blocks.empty()) {
        page.line(fmt::format("No charges in {} or {}.", report.base, report.actual));
    }
    for (const VarianceBlock& block : report.blocks) {
        page.blank();
        page.line(fmt::format("{}, {} against {}, {}", basis_name(report.basis), terminal_text(report.actual),
                              terminal_text(report.base), block.currency.code()),
                  Style::kBold);
        for (const std::string& sentence : block.sentences) {
            page.paragraph(terminal_text(sentence), 0, 2);
        }
        page.blank();
        page.table(steps_table(report, block));
        if (!block.lines.empty()) {
            page.blank();
            page.table(LinesTable(report, block, page.width()).make());
        }
    }
    if (!report.notes.empty()) {
        page.blank();
    }
    for (const std::string& note : report.notes) {
        page.paragraph(terminal_text(note), 0, 0, Style::kDim);
    }
    return page.take();
}

} // namespace florin::report
