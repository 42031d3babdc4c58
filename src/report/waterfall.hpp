// A waterfall as inline SVG: how steps lead from one amount to another. As svg_chart, the same values give the same
// bytes, and colours come from the style sheet of the page.
#pragma once

#include "report/summary.hpp"

#include <string>
#include <vector>

namespace florin::report {

struct WaterfallStep {
    std::string label; ///< plain text
    money::Decimal amount;
};

/// Steps below each other, each bar beginning where the one before ended. The axis is the difference from the start,
/// so that steps stay visible however large the amounts are that they lie between.
struct Waterfall {
    std::string id; ///< unique on the page, letters, digits and hyphens
    std::string css_class;
    std::string title;       ///< plain text
    std::string description; ///< plain text
    money::Currency currency;
    std::vector<WaterfallStep> steps;
    std::string total_label; ///< of the bar for the sum of the steps
    int width_px = 760;
    int label_px = 170; ///< of the width for the labels
};
/// An `<svg role="img">` element; empty without steps.
std::string waterfall_chart(const Waterfall& chart);

} // namespace florin::report
