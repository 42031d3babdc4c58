#include "plan/amend_file.hpp"

#include "plan/budget_file.hpp"

#include <gtest/gtest.h>

namespace florin::plan {
namespace {

using money::Decimal;

Amendment amendment_on(std::string_view day) {
    Amendment amendment;
    amendment.kind = Amendment::Kind::kAdd;
    amendment.amount = Decimal::parse("500").value();
    amendment.date = period::parse_day(day).value();
    amendment.reason = "a \"launch\": more";
    amendment.by = "Head of Shop";
    return amendment;
}

const std::string kFirst = "# Agreed in the winter.\n"
                           "budget: shop\n"
                           "currency: USD   # the payer's\n"
                           "period: 2026\n"
                           "amount: 1200 # a hundred a month\n";

TEST(AmendFile, BeginsTheListBehindAllThatIsThere) {
    const auto after = with_amendment(kFirst + "\n\n", "shop.yaml", amendment_on("2026-03-01"), {});
    ASSERT_TRUE(after.ok()) << after.error().describe();
    EXPECT_EQ(*after, kFirst + "amendments:\n"
                               "  - date: 2026-03-01\n"
                               "    add: 500\n"
                               "    reason: \"a \\\"launch\\\": more\"\n"
                               "    by: \"Head of Shop\"\n\n\n");
}

TEST(AmendFile, PutsTheNextOneBehindTheLastAndKeepsWhatFollows) {
    const std::string before = kFirst + "amendments:\n"
                                        "- date: 2026-02-01 # the first\n"
                                        "  add: 5\n"
                                        "  reason: r\n"
                                        "  by: b\n"
                                        "\n"
                                        "# Who agreed:\n"
                                        "approvals:\n"
                                        "- {by: Board, on: 2025-12-01}\n";
    Amendment next = amendment_on("2026-03-01");
    next.spread = Spread::kEven;
    next.approvals = {{"Board", period::parse_day("2026-02-20").value()}};
    const auto after = with_amendment(before, "shop.yaml", next, {});
    ASSERT_TRUE(after.ok()) << after.error().describe();
    EXPECT_EQ(patch_of(before, *after, "budgets/shop.yaml"), "--- a/budgets/shop.yaml\n"
                                                             "+++ b/budgets/shop.yaml\n"
                                                             "@@ -8,6 +8,13 @@\n"
                                                             "   add: 5\n"
                                                             "   reason: r\n"
                                                             "   by: b\n"
                                                             "+- date: 2026-03-01\n"
                                                             "+  add: 500\n"
                                                             "+  spread: even\n"
                                                             "+  reason: \"a \\\"launch\\\": more\"\n"
                                                             "+  by: \"Head of Shop\"\n"
                                                             "+  approvals:\n"
                                                             "+    - {by: \"Board\", on: 2026-02-20}\n"
                                                             " \n"
                                                             " # Who agreed:\n"
                                                             " approvals:\n");
    const Budget read = read_budget(*after, "shop.yaml", {}).value();
    ASSERT_EQ(read.amendments.size(), 2U);
    EXPECT_EQ(read.amendments[1], next);
    EXPECT_EQ(read.approvals.size(), 1U);
}

TEST(AmendFile, AFileWithoutALastLineEndAndOneOfWindowsStayWhatTheyAre) {
    std::string windows;
    for (const char c : kFirst) {
        windows += c == '\n' ? "\r\n" : std::string(1, c);
    }
    const auto after = with_amendment(windows, "shop.yaml", amendment_on("2026-03-01"), {});
    ASSERT_TRUE(after.ok()) << after.error().describe();
    EXPECT_TRUE(after->starts_with(windows));
    EXPECT_TRUE(after->ends_with("    by: \"Head of Shop\"\r\n"));
    const std::string cut = kFirst.substr(0, kFirst.size() - 1);
    const auto ended = with_amendment(cut, "shop.yaml", amendment_on("2026-03-01"), {});
    ASSERT_TRUE(ended.ok()) << ended.error().describe();
    EXPECT_TRUE(ended->starts_with(kFirst + "amendments:\n"));
    EXPECT_NE(patch_of(cut, *ended, "x").find("-amount: 1200 # a hundred a month\n\\ No newline at end of file\n"),
              std::string::npos);
}

TEST(AmendFile, ALineThatTheNewOneMovesIsTheSameBudget) {
    const std::string head = "amendments:\n- {date: 2026-01-01, add: 1, reason: r, by: b}\n";
    const std::string tail = "budget: shop\ncurrency: USD\nperiod: 2026\namount: 4\n";
    const auto after = with_amendment(head + tail, "shop.yaml", amendment_on("2026-03-01"), {});
    ASSERT_TRUE(after.ok()) << after.error().describe();
    EXPECT_EQ(*after, head +
                          "- date: 2026-03-01\n"
                          "  add: 500\n"
                          "  reason: \"a \\\"launch\\\": more\"\n"
                          "  by: \"Head of Shop\"\n" +
                          tail);
}

TEST(AmendFile, NamesStepsByTheirDays) {
    Amendment amendment = amendment_on("2026-03-01");
    amendment.kind = Amendment::Kind::kSteps;
    amendment.amount = {};
    amendment.steps = {{1, Decimal::parse("7.5").value()}};
    const std::string quarters = "budget: shop\ncurrency: USD\nperiod: 2026\nby: quarter\namount: 4\n";
    const auto after = with_amendment(quarters, "shop.yaml", amendment, {});
    ASSERT_TRUE(after.ok()) << after.error().describe();
    EXPECT_NE(after->find("      2026-04-01..2026-06-30: 7.5\n"), std::string::npos) << *after;
}

TEST(AmendFile, RefusesWhatWouldNotBeRead) {
    const auto code = [](const std::string& text, const Amendment& amendment) {
        const auto after = with_amendment(text, "shop.yaml", amendment, {});
        return after.ok() ? "" : after.error().code;
    };
    EXPECT_EQ(code(kFirst + "amendments: []\n", amendment_on("2026-03-01")), "budget.flow_amendments");
    EXPECT_EQ(code(kFirst + "amendments: [{date: 2026-01-01, add: 1, reason: r, by: b}]\n", amendment_on("2026-03-01")),
              "budget.flow_amendments");
    EXPECT_EQ(
        code(kFirst + "amendments:\n- {date: 2026-03-02, add: 1, reason: r, by: b}\n", amendment_on("2026-03-01")),
        "budget.dates_reversed");
    EXPECT_EQ(code("budget: shop", amendment_on("2026-03-01")), "budget.missing_key");
    Amendment multiline = amendment_on("2026-03-01");
    multiline.reason = "one\ntwo";
    EXPECT_NE(code(kFirst, multiline), "");
}

} // namespace
} // namespace florin::plan
