#include "report/svg_chart.hpp"

#include "report/figures.hpp"
#include "report/test_values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

namespace florin::report {
namespace {

using money::Decimal;

std::string ticks_of(const char* low, const char* high, int intervals = 4) {
    std::string text;
    for (const Decimal tick : nice_axis(amount(low), amount(high), intervals).ticks) {
        text.append(text.empty() ? 0 : 1, ' ').append(tick.to_string());
    }
    return text;
}

TEST(SvgChartTest, TicksAreOneTwoFive) {
    EXPECT_EQ(ticks_of("0", "27.7"), "0 10 20 30");
    EXPECT_EQ(ticks_of("0", "100"), "0 50 100");
    EXPECT_EQ(ticks_of("0", "80"), "0 20 40 60 80");
    EXPECT_EQ(ticks_of("0", "3"), "0 1 2 3");
    EXPECT_EQ(ticks_of("5", "6"), "0 2 4 6"); // zero is always there
    EXPECT_EQ(ticks_of("-3", "7"), "-5 0 5 10");
    EXPECT_EQ(ticks_of("-8", "-7"), "-8 -6 -4 -2 0");
    EXPECT_EQ(ticks_of("0", "0"), "0 0.5 1");
    EXPECT_EQ(ticks_of("0", "0.000000000000000003"),
              "0 0.000000000000000001 0.000000000000000002 0.000000000000000003");
}

TEST(SvgChartTest, TicksOfTheLargestAmountsStayInRange) {
    EXPECT_EQ(ticks_of("0", "99999999999999999999"),
              "0 20000000000000000000 40000000000000000000 60000000000000000000");
    EXPECT_EQ(nice_axis(amount("-99999999999999999999"), amount("99999999999999999999"), 4).ticks.size(), 3U);
}

/// In hundredths of a pixel.
struct Rect {
    int y = 0;
    int height = 0;
};

int hundredths(const std::string& text) {
    return static_cast<int>(amount(text.c_str()).times_ratio(100, 1, money::Rounding::kHalfEven).value().units() /
                            Decimal::from_integer(1).units());
}

/// y and height of every bar, as a reader of the SVG sees them.
std::vector<Rect> bars_in(const std::string& svg) {
    static const std::regex kBar(
        "<rect class=\"bar[^\"]*\" x=\"[^\"]+\" y=\"([^\"]+)\" width=\"[^\"]+\" height=\"([^\"]+)\"");
    std::vector<Rect> rects;
    for (std::sregex_iterator at(svg.begin(), svg.end(), kBar), end; at != end; ++at) {
        rects.push_back({hundredths((*at)[1]), hundredths((*at)[2])});
    }
    return rects;
}

BarChart chart_of(const std::vector<Amount>& values) {
    BarChart chart;
    chart.id = "t";
    chart.title = "Cost <by> day";
    chart.description = "d";
    chart.is_daily = true;
    period::Day day = period::parse_day("2024-09-01").value();
    for (const Amount& value : values) {
        chart.bars.push_back({{day, day + std::chrono::days(1)}, value, "tip & more", false, true});
        day += std::chrono::days(1);
    }
    return chart;
}

TEST(SvgChartTest, BarsAreProportionalToTheirValues) {
    const std::string svg = bar_chart(chart_of({amount("10"), amount("20"), amount("-10"), std::nullopt, amount("0")}));
    const std::vector<Rect> bars = bars_in(svg);
    ASSERT_EQ(bars.size(), 5U);
    EXPECT_GT(bars[0].height, 2000);
    EXPECT_NEAR(bars[1].height, 2 * bars[0].height, 2);
    EXPECT_NEAR(bars[2].height, bars[0].height, 2);
    EXPECT_NEAR(bars[2].y, bars[0].y + bars[0].height, 2); // hangs from the zero line
    EXPECT_EQ(bars[3].height, 200);                        // a dash: not known
    EXPECT_EQ(bars[4].height, 0);
    EXPECT_NE(svg.find("bar unknown"), std::string::npos);
    EXPECT_NE(svg.find("<title id=\"t-t\">Cost &lt;by&gt; day</title>"), std::string::npos);
    EXPECT_NE(svg.find("<title>tip &amp; more</title>"), std::string::npos);
    EXPECT_EQ(svg.find("NaN"), std::string::npos);
}

TEST(SvgChartTest, BarsStayInsideTheChart) {
    const char* kHuge = "99999999999999999999.999999999999999999";
    for (const auto& values :
         {std::vector<Amount>{amount(kHuge)}, std::vector<Amount>{amount(kHuge), amount(kHuge).negated()},
          std::vector<Amount>{amount("0")}, std::vector<Amount>{std::nullopt},
          std::vector<Amount>(400, amount("0.000000000000000001"))}) {
        const BarChart chart = chart_of(values);
        const std::vector<Rect> bars = bars_in(bar_chart(chart));
        ASSERT_EQ(bars.size(), values.size());
        for (const Rect& bar : bars) {
            EXPECT_GE(bar.y, 0);
            EXPECT_LE(bar.y + bar.height, chart.height_px * 100);
        }
    }
    EXPECT_EQ(bar_chart(chart_of({})), "");
}

TEST(SvgChartTest, LabelsDoNotOverlap) {
    BarChart chart = chart_of(std::vector<Amount>(61, amount("1")));
    for (const int width : {330, 640, 900}) {
        chart.width_px = width;
        const std::string svg = bar_chart(chart);
        static const std::regex kLabel(
            "<text class=\"tick\" x=\"([^\"]+)\" y=\"[^\"]+\" text-anchor=\"middle\">([^<]+)</text>");
        std::vector<std::pair<int, int>> spans;
        bool has_october = false;
        for (std::sregex_iterator at(svg.begin(), svg.end(), kLabel), end; at != end; ++at) {
            const int centre = hundredths((*at)[1]);
            const int half = 300 * static_cast<int>((*at)[2].length());
            spans.emplace_back(centre - half, centre + half);
            has_october = has_october || (*at)[2].str().find("Oct") != std::string::npos;
        }
        EXPECT_TRUE(has_october) << width; // a month's start comes before the days around it
        std::sort(spans.begin(), spans.end());
        ASSERT_GE(spans.size(), 2U);
        for (std::size_t index = 1; index < spans.size(); ++index) {
            EXPECT_GT(spans[index].first, spans[index - 1].second) << width;
        }
    }
}

TEST(SvgChartTest, TableBarsStartAtZero) {
    const std::string half = table_bar(amount("5"), Decimal(), amount("10"));
    EXPECT_NE(half.find("x=\"0\" width=\"50\""), std::string::npos) << half;
    const std::string negative = table_bar(amount("-5"), amount("-5"), amount("15"));
    EXPECT_NE(negative.find("class=\"bar minus\" x=\"0\" width=\"25\""), std::string::npos) << negative;
    const std::string positive = table_bar(amount("15"), amount("-5"), amount("15"));
    EXPECT_NE(positive.find("x=\"25\" width=\"75\""), std::string::npos) << positive;
    EXPECT_EQ(table_bar(std::nullopt, Decimal(), amount("1")).find("bar on"), std::string::npos);
    EXPECT_NE(table_bar(Decimal(), Decimal(), Decimal()).find("width=\"0\""), std::string::npos);
}

TEST(SvgChartTest, SparklinesNeedTwoValues) {
    const std::vector<Amount> one = {std::nullopt, amount("1")};
    EXPECT_EQ(sparkline(one, "t", 100, 20), "");
    const std::vector<Amount> two = {amount("0"), std::nullopt, amount("4")};
    const std::string svg = sparkline(two, "a<b", 106, 26);
    EXPECT_NE(svg.find("d=\"M3 23L103 3\""), std::string::npos) << svg; // from the bottom left to the top right
    EXPECT_NE(svg.find("<title>a&lt;b</title>"), std::string::npos);
}

} // namespace
} // namespace florin::report
