#include "report/figures.hpp"

#include "report/sample_summary.hpp"
#include "report/test_values.hpp"

#include <gtest/gtest.h>

namespace florin::report {
namespace {

using money::Decimal;

period::Period days(const char* first, const char* after_last) {
    return {period::parse_day(first).value(), period::parse_day(after_last).value()};
}

TEST(FiguresTest, AmountsAreRoundedToTheMinorUnitsOfTheirCurrency) {
    EXPECT_EQ(display_text(amount("1234567.895"), currency("USD")), "1,234,567.90"); // half to even
    EXPECT_EQ(display_text(amount("1234567.885"), currency("USD")), "1,234,567.88");
    EXPECT_EQ(display_text(amount("1234.5"), currency("JPY")), "1,234");
    EXPECT_EQ(display_text(amount("1234.5"), currency("KWD")), "1,234.500");
    EXPECT_EQ(display_text(amount("-0.004"), currency("USD")), "0.00"); // no minus zero
    EXPECT_EQ(display_text(std::nullopt, currency("USD")), "not available");
    EXPECT_EQ(signed_text(amount("5"), currency("USD")), "+5.00");
    EXPECT_EQ(signed_text(amount("-5"), currency("USD")), "-5.00");
    EXPECT_EQ(signed_text(amount("0"), currency("USD")), "0.00");
    EXPECT_EQ(exact_text(amount("14.97651418586"), currency("USD")), "14.97651418586 USD");
    EXPECT_EQ(exact_text(amount("3"), currency("USD")), "3.00 USD");
}

TEST(FiguresTest, CompactTextKeepsThreeDigits) {
    const std::pair<const char*, const char*> kCases[] = {
        {"0", "0"},
        {"1", "1"},
        {"12.5", "12.5"},
        {"999.4", "999"},
        {"999.6", "1\u00A0k"},
        {"1000", "1\u00A0k"},
        {"1234", "1.23\u00A0k"},
        {"450000", "450\u00A0k"},
        {"999499", "999\u00A0k"},
        {"999500", "1\u00A0M"},
        {"1200000", "1.2\u00A0M"},
        {"-1200000", "-1.2\u00A0M"},
        {"2500000000", "2.5\u00A0B"},
        {"7000000000000", "7\u00A0T"},
        {"1234567890123456", "1,235\u00A0T"},
        {"99999999999999999999.999999999999999999", "100,000,000\u00A0T"},
        {"0.002", "0.002"},
        {"0.0000012349", "0.00000123"},
        {"0.000000000000000001", "0.000000000000000001"},
    };
    for (const auto& [value, expected] : kCases) {
        EXPECT_EQ(compact_text(amount(value)), expected) << value;
    }
}

TEST(FiguresTest, PeriodsAreNamedAsPeopleSayThem) {
    EXPECT_EQ(period_text(days("2024-09-01", "2024-10-01")), "September 2024");
    EXPECT_EQ(period_text(days("2024-09-18", "2024-09-19")), "18 September 2024");
    EXPECT_EQ(period_text(days("2024-09-01", "2024-09-16")), "1 to 15 September 2024");
    EXPECT_EQ(period_text(days("2024-08-15", "2024-09-16")), "15 August to 15 September 2024");
    EXPECT_EQ(period_text(days("2023-12-15", "2024-01-02")), "15 December 2023 to 1 January 2024");
    EXPECT_EQ(period_text(days("2024-09-18", "2024-09-18")), "no days");
}

TEST(FiguresTest, ChangeSaysWhatAPercentageCannot) {
    const auto percent = [](const char* now, const char* before) {
        return change_between(amount(now), amount(before)).percent;
    };
    EXPECT_EQ(percent("110", "100"), "+10.0\u00A0%");
    EXPECT_EQ(percent("90", "100"), "-10.0\u00A0%");
    EXPECT_EQ(percent("-50", "100"), "-150.0\u00A0%");
    EXPECT_EQ(percent("100", "100"), "unchanged");
    EXPECT_EQ(percent("0", "0"), "unchanged");
    EXPECT_EQ(percent("5", "0"), "new");
    EXPECT_EQ(percent("5", "-10"), "");
    EXPECT_EQ(percent("1000000", "1"), "over +9,999\u00A0%");
    EXPECT_EQ(percent("99999999999999999999", "0.000000000000000001"), "over +9,999\u00A0%");
    EXPECT_EQ(change_between(amount("110.001"), amount("100")).difference, amount("10.001"));
    EXPECT_FALSE(change_between(std::nullopt, amount("1")).difference);
    EXPECT_FALSE(change_between(amount("1"), std::nullopt).difference);
    // 10^20 and more does not fit: unknown rather than wrong.
    EXPECT_FALSE(change_between(amount("99999999999999999999"), amount("-99999999999999999999")).difference);
}

TEST(FiguresTest, FootingNamesTheRounding) {
    // Three thirds of a cent each: 0.333 + 0.333 + 0.334 = 1.000, shown 0.33 + 0.33 + 0.33 = 0.99.
    const std::vector<Amount> thirds = {amount("0.333"), amount("0.333"), amount("0.334")};
    const Footing rounded = footing_of(thirds, amount("1"), currency("USD"));
    EXPECT_TRUE(rounded.is_exact());
    EXPECT_TRUE(rounded.has_rounding());
    EXPECT_EQ(rounded.rounding, amount("0.01"));

    const std::vector<Amount> whole = {amount("0.25"), amount("-0.75"), amount("1")};
    EXPECT_FALSE(footing_of(whole, amount("0.5"), currency("USD")).has_rounding());
}

TEST(FiguresTest, FootingDoesNotCallAMissingRowRounding) {
    const std::vector<Amount> rows = {amount("10.004"), amount("20.004")};
    const Footing footing = footing_of(rows, amount("35.008"), currency("USD"));
    EXPECT_FALSE(footing.is_exact());
    EXPECT_EQ(footing.missing, amount("5"));
    EXPECT_EQ(footing.rounding, amount("0.01")); // 35.01 - 5.00 - 10.00 - 20.00

    const std::vector<Amount> unknown = {amount("10"), std::nullopt};
    EXPECT_FALSE(footing_of(unknown, amount("10"), currency("USD")).missing);
    EXPECT_FALSE(footing_of(rows, std::nullopt, currency("USD")).rounding);
}

TEST(FiguresTest, SharesNeedAPositiveTotal) {
    EXPECT_EQ(share_of(amount("1"), amount("4")), amount("0.25"));
    EXPECT_FALSE(share_of(amount("1"), amount("0")));
    EXPECT_FALSE(share_of(amount("1"), amount("-4")));
    EXPECT_FALSE(share_of(std::nullopt, amount("4")));
    EXPECT_EQ(tag_share({"team", amount("3"), amount("1")}), amount("0.75"));
    EXPECT_FALSE(tag_share({"team", amount("3"), amount("-1")}));
    EXPECT_FALSE(tag_share({"team", amount("0"), amount("0")}));
    EXPECT_FALSE(tag_share({"team", std::nullopt, amount("1")}));
}

TEST(FiguresTest, FreshnessCountsWhatWaitsAndWhatHasGaps) {
    EXPECT_EQ(freshness_sentence(sample_summary()),
              "Last charges: 2024-09-28, in the least recent account 2024-09-01. 1 delivery waits to be released. "
              "1 account has gaps.");
    Summary summary = sample_summary();
    summary.freshness.resize(1);
    EXPECT_EQ(freshness_sentence(summary), "Last charges: 2024-09-28.");
    summary.freshness[0].last_charge_day.reset();
    summary.freshness[0].pending_delivery_count = 1200;
    EXPECT_EQ(freshness_sentence(summary), "Last charges: none. 1,200 deliveries wait to be released.");
    summary.freshness.clear();
    EXPECT_EQ(freshness_sentence(summary), "No data has been received.");
}

TEST(FiguresTest, TheSampleFootsExactly) {
    for (const CurrencyBlock& block : sample_summary().blocks) {
        for (const Breakdown& breakdown : block.breakdowns) {
            std::vector<Amount> rows;
            for (const BreakdownRow& row : breakdown.rows) {
                rows.push_back(row.amount);
            }
            EXPECT_EQ(sum_of(rows), block.spend) << breakdown.dimension;
        }
    }
}

} // namespace
} // namespace florin::report
