#include "report/variance.hpp"

#include "report/waterfall.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace florin::report {
namespace {

using testing::HasSubstr;
using testing::Not;

money::Decimal decimal(std::string_view text) {
    return money::Decimal::parse(text).value();
}

money::Currency dollars() {
    return money::Currency::parse("USD").value();
}

VarianceLine line(const char* name, const char* base, const char* actual, const char* variance,
                  std::initializer_list<const char*> effects) {
    VarianceLine made{.name = name, .base = decimal(base), .actual = decimal(actual), .variance = decimal(variance)};
    for (const char* effect : effects) {
        made.effects.push_back(decimal(effect));
    }
    return made;
}

/// Three effects of which the second moves nothing; cents that round.
VarianceReport sample() {
    VarianceReport report{.workspace_title = "Halden <Group>",
                          .base = "2026-09",
                          .actual = "2026-10",
                          .heading = "Service",
                          .notes = {"A note."}};
    VarianceBlock block{.currency = dollars(),
                        .effects = {{"days in the period", "days"}, {"usage", "usage"}, {"gone", "gone"}},
                        .sentences = {"Spend is 30.01 USD over 2026-09."},
                        .lines = {line("EC2 <b>", "100.004", "150.005", "50.001", {"50.001", "0", "0"}),
                                  line("S3", "20.004", "0.009", "-19.995", {"0", "0", "-19.995"})},
                        .total = line("total", "120.008", "150.014", "30.006", {"50.001", "0", "-19.995"})};
    report.blocks.push_back(block);
    return report;
}

TEST(VarianceText, LeadsFromBaseToActualAndFoots) {
    EXPECT_EQ(render_terminal(sample(), 100, false), R"(Effective cost, 2026-10 against 2026-09, USD
Spend is 30.01 USD over 2026-09.

                         USD
  2026-09             120.01
  days in the period  +50.00  ████████████████████████
  gone                -20.00  ▒▒▒▒▒▒▒▒▒▒
  2026-10             150.01

  Service   2026-09  2026-10  variance    days    gone
  EC2 <b>    100.00   150.00    +50.00  +50.00    0.00
  S3          20.00     0.01    -20.00    0.00  -20.00
  rounding     0.01     0.00     +0.01    0.00    0.00
  total      120.01   150.01    +30.01  +50.00  -20.00

A note.
)");
}

TEST(VarianceText, WhatDoesNotFitIsOneColumnOrLeftOut) {
    VarianceReport report = sample();
    report.blocks[0].lines[0].effects[1] = decimal("1"); // moves within the total
    report.blocks[0].lines[1].effects[1] = decimal("-1");
    EXPECT_THAT(render_terminal(report, 90, false), HasSubstr("variance    days  usage    gone\n"));
    EXPECT_THAT(render_terminal(report, 80, false), HasSubstr("variance    days  others\n"));
    EXPECT_THAT(render_terminal(report, 70, false), HasSubstr("variance\n"));
}

TEST(VarianceHtml, IsSafeAndSelfContained) {
    const std::string page = render_html(sample());
    EXPECT_THAT(page, HasSubstr("EC2 &lt;b&gt;"));
    EXPECT_THAT(page, HasSubstr("Halden &lt;Group&gt;"));
    EXPECT_THAT(page, Not(HasSubstr("://")));
    EXPECT_THAT(page, HasSubstr("data-exact=\"-19.995\""));
}

Waterfall chart() {
    return {.id = "w",
            .title = "From a to b",
            .currency = dollars(),
            .steps = {{"more", decimal("100")}, {"less", decimal("-150")}},
            .total_label = "variance",
            .width_px = 706, // bars get 400 of them
            .label_px = 170};
}

// An axis from -50 to 100 has 400 px: 0 is at 182 + 133.33, 100 at 582, -50 at 182.
TEST(WaterfallChart, EachBarBeginsWhereTheOneBeforeEnded) {
    const std::string svg = waterfall_chart(chart());
    EXPECT_THAT(svg, HasSubstr("<rect class=\"bar more\" x=\"315.33\" y=\"5\" width=\"266.67\""));
    EXPECT_THAT(svg, HasSubstr("<rect class=\"bar less\" x=\"182.00\" y=\"31\" width=\"400.00\""));
    EXPECT_THAT(svg, HasSubstr("<rect class=\"bar on\" x=\"182.00\" y=\"57\" width=\"133.33\""));
    EXPECT_THAT(svg, HasSubstr("less: -150.00 USD"));
}

TEST(WaterfallChart, BearsEveryAmount) {
    Waterfall huge = chart();
    huge.steps = {
        {"a", decimal("99999999999999999999")}, {"b", decimal("99999999999999999999")}, {"<i>", decimal("0")}};
    EXPECT_THAT(waterfall_chart(huge), HasSubstr("&lt;i&gt;"));
    huge.steps = {{"nothing", decimal("0")}};
    EXPECT_THAT(waterfall_chart(huge), HasSubstr("width=\"0.50\""));
    huge.steps.clear();
    EXPECT_EQ(waterfall_chart(huge), "");
}

} // namespace
} // namespace florin::report
