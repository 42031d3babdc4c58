#include "report/terminal.hpp"

#include "report/figures.hpp"
#include "report/sample_summary.hpp"
#include "report/test_values.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

namespace florin::report {
namespace {

using money::Decimal;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::string without_styles(const std::string& text) {
    static const std::regex kStyle("\x1B\\[[0-9;]*m");
    return std::regex_replace(text, kStyle, "");
}

/// A summary with everything that could be too wide.
Summary wide_summary() {
    Summary summary = sample_summary();
    const Amount huge = amount("-99999999999999999999.99");
    summary.workspace_title = "東京都の請求書ワークスペース・とても長い名前のワークスペース・もっと長い名前";
    summary.blocks[0].spend = huge;
    summary.blocks[0].previous = amount("99999999999999999999.99");
    for (CurrencyBlock& block : summary.blocks) {
        for (Breakdown& breakdown : block.breakdowns) {
            breakdown.rows[0].name =
                "a name 🚀 that goes on and on, further than any terminal is wide, "
                "and then some more, and a\x1B[31m escape, and so on and on and on and on and on and on";
            breakdown.rows.back().amount = huge;
            breakdown.rows.back().billed = huge;
            breakdown.total = huge;
        }
        block.increases[0].amount = huge;
        block.tags[0].untagged = huge;
        block.marks.push_back(
            {Mark::Severity::kWarning, std::string(300, 'x') + " and words after it", {Part::kTags}, huge});
        block.monthly[3].amount = huge;
    }
    for (Freshness& line : summary.freshness) {
        line.billing_account = "an account with a name that is longer than most, 東京都";
        line.row_count = 18'000'000'000'000'000'000U;
        line.pending_delivery_count = 18'000'000'000'000'000'000U;
        line.note = "a note that is long, long enough to need a second line on a terminal of usual width, 東京都";
    }
    return summary;
}

TEST(TerminalTest, NoLineIsWiderThanTheTerminal) {
    for (const Summary& summary : {sample_summary(), wide_summary()}) {
        for (int width = 60; width <= 200; ++width) {
            for (const bool has_colour : {false, true}) {
                for (const std::string& line : lines_of(render_terminal(summary, width, has_colour))) {
                    ASSERT_LE(column_count(without_styles(line)), width) << width << ": " << line;
                }
            }
        }
    }
    EXPECT_EQ(render_terminal(sample_summary(), 10, false), render_terminal(sample_summary(), 60, false));
}

TEST(TerminalTest, AmountsAreNeverCut) {
    for (const int width : {60, 80, 133, 200}) {
        const std::string text = render_terminal(wide_summary(), width, false);
        EXPECT_TRUE(holds(text, "-99,999,999,999,999,999,999.99")) << width;
        EXPECT_FALSE(std::regex_search(text, std::regex("[0-9]…"))) << width;
    }
}

TEST(TerminalTest, StatesBasisPeriodAndFreshness) {
    const std::string text = render_terminal(sample_summary(), 80, false);
    EXPECT_TRUE(holds(text, "Northwind Stores: spend, September 2024\n"));
    EXPECT_TRUE(holds(text, "Effective cost by charge period, 2024-09; compared with August 2024."));
    EXPECT_TRUE(holds(text, "Last charges: 2024-09-28"));
    EXPECT_TRUE(holds(text, "! 7 charges have no ContractedCost. Amount touched: 1,204.33 USD."));
    EXPECT_TRUE(holds(text, "no charges from 2024-09-11 to 2024-09-12"));
    EXPECT_TRUE(holds(text, "9 other services"));
    EXPECT_TRUE(holds(text, "no team"));
    EXPECT_LT(text.find("Spend in USD"), text.find("Spend in EUR"));
}

TEST(TerminalTest, ColourIsOffWhenToldAndChangesNothingElse) {
    const std::string plain = render_terminal(sample_summary(), 100, false);
    const std::string coloured = render_terminal(sample_summary(), 100, true);
    EXPECT_FALSE(holds(plain, "\x1B"));
    EXPECT_TRUE(holds(coloured, "\x1B[1m"));
    // Blanks at a line's end that a style covers are the only difference.
    const std::regex kBlanks(" +(\n|$)");
    EXPECT_EQ(std::regex_replace(without_styles(coloured), kBlanks, "$1"), std::regex_replace(plain, kBlanks, "$1"));
}

TEST(TerminalTest, FiguresAreRightAligned) {
    const std::string text = render_terminal(sample_summary(), 80, false);
    std::size_t end_of_total = 0;
    for (const std::string& line : lines_of(text)) {
        if (line.find("By provider, USD") == 0) {
            end_of_total = 1;
        } else if (end_of_total > 0 &&
                   (line.find("  AWS") == 0 || line.find("  total") == 0 || line.find("  Micro") == 0)) {
            EXPECT_EQ(column_count(line), 80) << line;
            ++end_of_total;
        } else if (line.find("By service category") == 0) {
            break;
        }
    }
    EXPECT_EQ(end_of_total, 4U);
}

TEST(TerminalTest, EscapeSequencesOfTheDataAreShownNotSent) {
    const std::string text = render_terminal(wide_summary(), 200, false);
    EXPECT_FALSE(holds(text, "\x1B"));
    Summary summary = sample_summary();
    summary.workspace_title = "a\x1B]0;owned\x07\nb";
    EXPECT_TRUE(holds(render_terminal(summary, 80, false), "a\\u{1B}]0;owned\\u{7}\\u{A}b: spend"));
}

TEST(TerminalTest, RoundedRowsFoot) {
    Summary summary = sample_summary();
    summary.blocks.pop_back();
    Breakdown& breakdown = summary.blocks[0].breakdowns[0];
    breakdown = {"Thing", "things", {}, amount("1"), amount("1"), amount("1")};
    for (const char* third : {"0.333", "0.333", "0.334"}) {
        breakdown.rows.push_back({"x", BreakdownRow::Kind::kNamed, 1, amount(third), amount(third), amount(third)});
    }
    summary.blocks[0].breakdowns.resize(1);
    EXPECT_TRUE(std::regex_search(render_terminal(summary, 80, false), std::regex("  rounding +0\\.01 +0\\.01\n")));
    breakdown.rows.pop_back();
    EXPECT_TRUE(std::regex_search(render_terminal(summary, 80, false),
                                  std::regex("  not in the lines above +0\\.33 +0\\.33\n")));
}

TEST(TerminalTest, CommitmentsAndWhatEndsNext) {
    const std::string text = render_terminal(sample_summary(), 100, false);
    EXPECT_TRUE(holds(text, "Commitments, effective cost, USD\n  Type "));
    EXPECT_FALSE(holds(text, "Commitments, effective cost, EUR"));
    EXPECT_TRUE(holds(text, "  Savings Plan (AWS) "));
    EXPECT_TRUE(holds(text, "  · erp-databases (Microsoft) ends on 2027-02-01, in 854 days\n"));
    EXPECT_TRUE(holds(text, "  · the bills do not say when 1 commitment ends\n"));
    const auto lines = lines_of(text);
    const auto at = std::ranges::find_if(
        lines, [](const std::string& line) { return line.starts_with("Commitments, effective cost"); });
    ASSERT_LT(at + 4, lines.end());
    // What no bill tells is not zero, and rates have one decimal.
    EXPECT_TRUE(holds(*(at + 2), "90.5\u00A0%"));
    EXPECT_TRUE(holds(*(at + 2), "58.3\u00A0%"));
    EXPECT_TRUE(holds(*(at + 3), "not available"));
}

TEST(TerminalTest, AnEmptyWorkspaceAndMissingBasesSaySo) {
    Summary summary = sample_summary();
    summary.blocks.clear();
    summary.freshness.clear();
    EXPECT_TRUE(holds(render_terminal(summary, 80, false), "No charges in September 2024."));
    EXPECT_TRUE(holds(render_terminal(summary, 80, false), "No data has been received."));
    const std::string text = render_terminal(sample_summary(), 80, false);
    EXPECT_TRUE(std::regex_search(text, std::regex("List cost\\* +not available\n")));
}

TEST(TextTableTest, KeepsAllWhereAsked) {
    TextTable table;
    table.keeps_all = true;
    table.columns = {{"amount", true}, {"service", false}, {"lake", true}};
    table.rows = {{{{"0.333333333333333334"}, {"Machines for everyone"}, {"20.52022672899"}}},
                  {{{"1"}, {"Storage"}, {"2"}}}};
    const auto text_at = [&](int width) {
        TextPage page(width, false);
        page.table(table);
        return page.take();
    };
    EXPECT_EQ(text_at(70), "  amount                service                          lake\n"
                           "  0.333333333333333334  Machines for everyone  20.52022672899\n"
                           "  1                     Storage                             2\n");
    EXPECT_EQ(text_at(50), "  amount                service               lake\n"
                           "  0.333333333333333334  Machines …  20.52022672899\n"
                           "  1                     Storage                  2\n");
    EXPECT_EQ(text_at(40), "amount   0.333333333333333334\n"
                           "service  Machines for everyone\n"
                           "lake     20.52022672899\n\n"
                           "amount   1\n"
                           "service  Storage\n"
                           "lake     2\n");
}

TEST(TextTableTest, CutsTheLeastImportantTextFirst) {
    TextTable table;
    table.keeps_all = true;
    table.columns = {{"finding", false}, {"column", false, 90}, {"example", false, 40}};
    table.rows = {{{{"missing-column-rule"}, {"ChargeDescription"}, {"an example that is long"}}}};
    const auto text_at = [&](int width) {
        TextPage page(width, false);
        page.table(table);
        return lines_of(page.take()).at(1);
    };
    EXPECT_EQ(text_at(60), "  missing-column-rule  ChargeDescription  an example that i…");
    EXPECT_EQ(text_at(50), "  missing-column-rule  ChargeDescription  an exam…");
    EXPECT_EQ(text_at(45), "  missing-column-rule  ChargeDescr…  an exam…");
    EXPECT_EQ(text_at(34), "  missing-col…  ChargeD…  an exam…");
}

TEST(TextTableTest, BarsAreEighthsOfABlock) {
    EXPECT_EQ(block_bar(0, 8), "");
    EXPECT_EQ(block_bar(1000, 4), "████");
    EXPECT_EQ(block_bar(500, 4), "██");
    EXPECT_EQ(block_bar(625, 4), "██▌");
    EXPECT_EQ(block_bar(1, 4), "▏");
    EXPECT_EQ(block_bar(-500, 4), "▒▒");
    EXPECT_EQ(block_bar(5000, 4), "████");
}

} // namespace
} // namespace florin::report
