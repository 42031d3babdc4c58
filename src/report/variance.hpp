// What the variance of two sides shows, as values, and how: on the terminal and as a page.
#pragma once

#include "report/summary.hpp"

#include <string>
#include <vector>

namespace florin::report {

/// A row: its effects, in the order of the block's, add up to its variance.
struct VarianceLine {
    std::string name;
    money::Decimal base;
    money::Decimal actual;
    money::Decimal variance;
    std::vector<money::Decimal> effects;
};

struct VarianceEffect {
    std::string label;   ///< where there is room: `days in the period`
    std::string heading; ///< above a column: `days`
};

struct VarianceBlock {
    money::Currency currency;
    std::vector<VarianceEffect> effects; ///< in the fixed order
    std::vector<std::string> sentences;  ///< that of the total, then those of the first rows
    std::vector<VarianceLine> lines;     ///< empty where the rows are not split
    VarianceLine total;
};

/// Whether an effect, by its place, moves anything in the block.
bool has_effect(const VarianceBlock& block, std::size_t effect);

struct VarianceReport {
    std::string workspace_title;
    Basis basis = Basis::kEffective;
    std::string base; ///< what the sides are called: `2026-09`
    std::string actual;
    std::string heading; ///< what the rows are: `Service category, Account`
    std::vector<VarianceBlock> blocks;
    std::vector<std::string> notes;
};

/// Sentences, the steps from base to actual, and the rows with as many effects as fit, the others as one column.
std::string render_terminal(const VarianceReport& report, int width, bool has_colour);

/// One page without anything from elsewhere: sentences, a waterfall, and the rows with every effect.
std::string render_html(const VarianceReport& report);

} // namespace florin::report
