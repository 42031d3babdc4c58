#include "report/html.hpp"

#include "report/figures.hpp"
#include "report/reconciliation.hpp"
#include "report/sample_summary.hpp"
#include "report/test_values.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <regex>
#include <set>

namespace florin::report {
namespace {

using money::Decimal;

std::size_t count_of(const std::string& text, const std::string& piece) {
    std::size_t count = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + piece.size())) {
        ++count;
    }
    return count;
}

/// What is wrong with the markup: tags that do not match, attributes without quotes, repeated ids,
/// stray `<` or `&`. Empty where nothing is.
std::string fault_in(const std::string& html) {
    static const std::set<std::string> kVoid = {"meta", "br", "link", "img", "hr", "input"};
    static const std::regex kTag(
        R"rx(^<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*="[^"<]*")*)\s*(/?)>)rx");
    static const std::regex kReference("^&(amp|lt|gt|quot|#39);");
    static const std::regex kId(" id=\"([^\"]*)\"");
    std::vector<std::string> open;
    std::set<std::string> ids;
    std::smatch match;
    std::size_t at = html.starts_with("<!DOCTYPE html>\n") ? 16 : std::string::npos;
    if (at == std::string::npos) {
        return "no doctype";
    }
    for (at = html.find_first_of("<&", at); at != std::string::npos; at = html.find_first_of("<&", at)) {
        const std::string rest = html.substr(at, std::min<std::size_t>(4000, html.size() - at));
        if (rest[0] == '&') {
            if (!std::regex_search(rest, kReference)) {
                return "stray & at: " + rest.substr(0, 60);
            }
            ++at;
            continue;
        }
        if (!std::regex_search(rest, match, kTag)) {
            return "no tag at: " + rest.substr(0, 60);
        }
        const std::string name = match[2];
        const std::string attributes = match[3];
        std::smatch id;
        if (std::regex_search(attributes, id, kId) && !ids.insert(id[1]).second) {
            return "repeated id " + id[1].str();
        }
        if (match[1].length() > 0) {
            if (open.empty() || open.back() != name) {
                return "unexpected </" + name + "> inside <" + (open.empty() ? "nothing" : open.back()) + ">";
            }
            open.pop_back();
        } else if (match[4].length() == 0 && !kVoid.contains(name)) {
            open.push_back(name);
        }
        at += static_cast<std::size_t>(match.length());
        if (name == "style" && match[1].length() == 0) {
            at = html.find("</style>", at);
        }
    }
    return open.empty() ? "" : "<" + open.back() + "> is not closed";
}

/// Everything a reader may rest a decision on.
void for_each_amount(const Summary& summary, const std::function<void(const Amount&)>& visit) {
    for (const CurrencyBlock& block : summary.blocks) {
        for (const Amount& value : {block.spend, block.spend_billed, block.previous}) {
            visit(value);
        }
        for (const auto* points : {&block.daily, &block.monthly}) {
            for (const TrendPoint& point : *points) {
                visit(point.amount);
                visit(point.billed);
            }
        }
        for (const Breakdown& breakdown : block.breakdowns) {
            for (const BreakdownRow& row : breakdown.rows) {
                visit(row.amount);
                visit(row.billed);
                visit(change_between(row.amount, row.previous).difference);
            }
            visit(breakdown.total);
            visit(breakdown.total_billed);
        }
        for (const auto* movers : {&block.increases, &block.decreases}) {
            for (const Mover& mover : *movers) {
                visit(mover.amount);
                visit(mover.previous);
            }
        }
        for (const TagCoverage& tag : block.tags) {
            visit(tag.tagged);
            visit(tag.untagged);
        }
        const Savings& savings = block.savings;
        for (const Amount& value : {savings.list, savings.contracted, savings.effective, savings.savings,
                                    savings.commitment_used, savings.commitment_unused}) {
            visit(value);
        }
        for (const Mark& mark : block.marks) {
            visit(mark.amount);
        }
        visit(block.commitments.used);
        visit(block.commitments.unused);
        for (const CommitmentRow& row : block.commitments.rows) {
            visit(row.used);
            visit(row.unused);
        }
        for (const CommitmentEnd& end : block.commitments.ends) {
            visit(end.cost);
        }
    }
}

std::vector<std::string> matches(const std::string& text, const char* pattern) {
    const std::regex regex(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
        found.push_back((*at)[1]);
    }
    return found;
}

/// The last amount that a cell shows, read as a person reads it. A rate is none: rates do not add up.
Amount shown_in(const std::string& cell) {
    const auto texts = matches(cell, "class=\"amount\"[^>]*>([^<]*)<");
    if (texts.empty() || texts.back().ends_with('%')) {
        return std::nullopt;
    }
    std::string digits;
    for (const char character : texts.back()) {
        if (character != ',' && character != '+') {
            digits += character;
        }
    }
    return amount(digits.c_str());
}

/// The rows of a part of a table, each a list of shown amounts.
std::vector<std::vector<Amount>> rows_in(const std::string& part) {
    std::vector<std::vector<Amount>> rows;
    for (std::size_t at = part.find("<tr"); at != std::string::npos; at = part.find("<tr", at + 1)) {
        const std::string row = part.substr(at, part.find("</tr>", at) - at);
        rows.emplace_back();
        for (std::size_t cell = row.find("<td"); cell != std::string::npos; cell = row.find("<td", cell + 1)) {
            rows.back().push_back(shown_in(row.substr(cell, row.find("</td>", cell) - cell)));
        }
    }
    return rows;
}

/// Adds up what each table with a total shows and compares it with the total shown. Gives the number
/// of columns compared.
int check_that_tables_foot(const std::string& html) {
    int compared = 0;
    for (std::size_t at = html.find("<table"); at != std::string::npos; at = html.find("<table", at + 1)) {
        const std::string table = html.substr(at, html.find("</table>", at) - at);
        const std::size_t foot = table.find("<tfoot");
        if (foot == std::string::npos) {
            continue;
        }
        const std::size_t body = table.find("<tbody");
        auto rows = rows_in(table.substr(body, foot - body));
        const auto foot_rows = rows_in(table.substr(foot));
        rows.insert(rows.end(), foot_rows.begin(), foot_rows.end() - 1);
        for (std::size_t column = 0; column < foot_rows.back().size(); ++column) {
            std::vector<Amount> shown;
            for (const auto& row : rows) {
                shown.push_back(row[column]);
            }
            const Amount& total = foot_rows.back()[column];
            if (total && sum_of(shown)) {
                EXPECT_EQ(sum_of(shown)->to_string(), total->to_string())
                    << table.substr(0, 120) << " column " << column;
                ++compared;
            }
        }
    }
    return compared;
}

CurrencyBlock empty_block(const char* code) {
    return {currency(code), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
}

Summary summary_with(CurrencyBlock block) {
    Summary summary{"w",
                    period::month_of(day("2024-09-01")),
                    period::month_of(day("2024-08-01")),
                    PeriodKind::kCharge,
                    Basis::kEffective,
                    day("2024-09-30"),
                    std::nullopt,
                    {},
                    {},
                    {}};
    summary.blocks.push_back(std::move(block));
    return summary;
}

TEST(HtmlTest, TheCheckerFindsFaults) {
    EXPECT_EQ(fault_in("<!DOCTYPE html>\n<p title=\"a\">b &amp; c<br></p>"), "");
    EXPECT_NE(fault_in("<!DOCTYPE html>\n<p><b></p></b>"), "");
    EXPECT_NE(fault_in("<!DOCTYPE html>\n<p>"), "");
    EXPECT_NE(fault_in("<!DOCTYPE html>\n<p>a & b</p>"), "");
    EXPECT_NE(fault_in("<!DOCTYPE html>\n<p id=\"a\"></p><p id=\"a\"></p>"), "");
    EXPECT_NE(fault_in("<!DOCTYPE html>\n<p class=a></p>"), "");
}

TEST(HtmlTest, TheSampleIsWellFormedAndSelfContained) {
    const std::string html = render_html(sample_summary());
    EXPECT_EQ(fault_in(html), "");
    EXPECT_TRUE(holds(html, "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\""));
    for (const char* outside : {"http://", "https://", "src=", "url(", "@import", "<script", "<link", "javascript:"}) {
        EXPECT_FALSE(holds(html, outside));
    }
    EXPECT_EQ(html, render_html(sample_summary())); // the same bytes
}

TEST(HtmlTest, EveryAmountIsThereWithItsExactValue) {
    const Summary summary = sample_summary();
    const std::string html = render_html(summary);
    int count = 0;
    for_each_amount(summary, [&](const Amount& value) {
        if (value) {
            ++count;
            EXPECT_TRUE(holds(html, "data-exact=\"" + value->to_string() + "\""));
            EXPECT_TRUE(holds(html, "title=\"" + value->to_string(2) + " "));
        }
    });
    EXPECT_GT(count, 400);
    EXPECT_TRUE(holds(html, "data-exact=\"778700.8931491145\" title=\"778700.8931491145 USD\">778,700.89</span>"));
}

TEST(HtmlTest, RoundedTablesFoot) {
    EXPECT_GE(check_that_tables_foot(render_html(sample_summary())), 2 * (5 * 3 + 2 * 2));

    CurrencyBlock block = empty_block("USD");
    block.breakdowns = {{"Service", "services", {}, amount("1"), amount("1"), amount("1")}};
    for (const char* third : {"0.333", "0.333", "0.334"}) {
        block.breakdowns[0].rows.push_back(
            {"a", BreakdownRow::Kind::kNamed, 1, amount(third), amount(third), amount(third)});
    }
    const std::string html = render_html(summary_with(block));
    EXPECT_EQ(fault_in(html), "");
    EXPECT_TRUE(holds(html, ">Rounding</th><td class=\"n\" role=\"cell\"><span class=\"amount\" data-exact=\"0.01\""));
    EXPECT_EQ(check_that_tables_foot(html), 3);
    EXPECT_FALSE(holds(html, "Not in the lines above"));

    block.breakdowns[0].rows.pop_back();
    const std::string broken = render_html(summary_with(block));
    EXPECT_TRUE(holds(broken, ">Not in the lines above</th><td class=\"n\" role=\"cell\"><span class=\"amount\" "
                              "data-exact=\"0.334\""));
    EXPECT_EQ(check_that_tables_foot(broken), 3);
}

TEST(HtmlTest, CommitmentsAreThereWhereTheLedgerHasSome) {
    const std::string html = render_html(sample_summary());
    EXPECT_EQ(count_of(html, "<h2>Commitments</h2>"), 1U); // dollars have some, euros none
    const std::string section = html.substr(html.find("<h2>Commitments</h2>"));
    EXPECT_TRUE(holds(section, "<bdi>Savings Plan</bdi><span class=\"small\">AWS</span>"));
    EXPECT_TRUE(holds(section, "data-label=\"utilisation\"><span class=\"amount\" data-exact=\"0.905\""));
    EXPECT_TRUE(holds(section, "data-label=\"coverage\"><span class=\"na\">not available</span>"));
    EXPECT_TRUE(holds(section, "<span class=\"nowrap\">2024-11-15</span></td>"));
    EXPECT_TRUE(holds(section, "data-label=\"in days\"><span class=\"nowrap\">46</span></td>"));
    EXPECT_TRUE(holds(section, "The bills do not say when 1 other ends."));
    EXPECT_LT(section.find("2024-11-15"), section.find("2027-02-01"));

    Summary summary = sample_summary();
    summary.blocks[0].commitments.ends.clear();
    const std::string unknown = render_html(summary);
    EXPECT_EQ(fault_in(unknown), "");
    EXPECT_TRUE(holds(unknown, "No bill says of a running commitment when it ends."));
}

TEST(HtmlTest, TextOfBillsIsEscapedEverywhere) {
    const std::string evil = "<script>alert(1)</script>\"' onload=x &amp;\x1B\xFF";
    Summary summary = sample_summary();
    summary.workspace_title = evil;
    summary.marks = {{Mark::Severity::kWarning, evil, {}, std::nullopt},
                     {Mark::Severity::kNote, evil, {Part::kTrend}, {}}};
    for (Freshness& line : summary.freshness) {
        line.source = line.provider = line.billing_account = line.note = evil;
    }
    for (CurrencyBlock& block : summary.blocks) {
        for (Breakdown& breakdown : block.breakdowns) {
            breakdown.dimension = breakdown.dimension_plural = evil;
            for (BreakdownRow& row : breakdown.rows) {
                row.name = evil;
            }
        }
        for (auto* movers : {&block.increases, &block.decreases}) {
            for (Mover& mover : *movers) {
                mover.name = mover.dimension = evil;
            }
        }
        for (TagCoverage& tag : block.tags) {
            tag.key = evil;
        }
        for (Mark& mark : block.marks) {
            mark.text = evil;
        }
    }
    const std::string html = render_html(summary);
    EXPECT_EQ(fault_in(html), "");
    EXPECT_FALSE(holds(html, "<script"));
    EXPECT_FALSE(holds(html, "\x1B"));
    EXPECT_FALSE(holds(html, "\xFF"));
    EXPECT_GT(count_of(html, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x &amp;amp;\uFFFD\uFFFD"), 60U);
}

TEST(HtmlTest, CurrenciesStandApart) {
    const std::string html = render_html(sample_summary());
    EXPECT_LT(html.find("Spend in USD"), html.find("Spend in EUR"));
    EXPECT_TRUE(holds(html, "<a href=\"#EUR\">EUR</a>"));
    EXPECT_TRUE(holds(html, "Amounts of different currencies are never added"));
    const std::string one = render_html(summary_with(empty_block("JPY")));
    EXPECT_TRUE(holds(one, "Spend in JPY"));
    EXPECT_FALSE(holds(one, "never added"));
}

TEST(HtmlTest, WhatIsNotKnownIsNotZero) {
    const std::string html = render_html(summary_with(empty_block("USD")));
    EXPECT_EQ(fault_in(html), "");
    EXPECT_TRUE(holds(html, "<p class=\"big\"><span class=\"na\">not available</span>"));
    EXPECT_TRUE(holds(html, "Effective savings rate</h3><p class=\"big\"><span class=\"na\">not available</span>"));
    EXPECT_FALSE(holds(html, "class=\"amount\""));
    EXPECT_FALSE(holds(html, ">0.00<"));
}

TEST(HtmlTest, AnEmptyWorkspaceSaysSo) {
    Summary summary = summary_with(empty_block("USD"));
    summary.blocks.clear();
    const std::string html = render_html(summary);
    EXPECT_EQ(fault_in(html), "");
    EXPECT_TRUE(holds(html, "No charges in September 2024"));
    EXPECT_TRUE(holds(html, "No data has been received."));
}

TEST(HtmlTest, OneDayNegativeAndHugeAmounts) {
    const Amount huge = amount("99999999999999999999.999999999999999999");
    CurrencyBlock block = empty_block("USD");
    block.spend = huge;
    block.previous = huge->negated();
    block.daily = {{{day("2024-09-01"), day("2024-09-02")}, huge, huge->negated(), true}};
    block.monthly = {{period::month_of(day("2024-09-01")), amount("-3.5"), amount("-3.5"), true}};
    block.breakdowns = {{"Account",
                         "accounts",
                         {{"a", BreakdownRow::Kind::kNamed, 1, huge, huge, huge->negated()},
                          {"b", BreakdownRow::Kind::kNamed, 1, huge->negated(), huge->negated(), huge}},
                         Decimal(),
                         Decimal(),
                         Decimal()}};
    block.tags = {{"team", huge, huge}};
    Summary summary = summary_with(block);
    summary.period = {day("2024-09-01"), day("2024-09-02")};
    const std::string html = render_html(summary);
    EXPECT_EQ(fault_in(html), "");
    EXPECT_TRUE(holds(html, "1 September 2024"));
    EXPECT_TRUE(holds(html, "data-exact=\"99999999999999999999.999999999999999999\""));
    EXPECT_TRUE(holds(html, "data-exact=\"-3.5\" title=\"-3.50 USD\">-3.50<"));
    EXPECT_TRUE(holds(html, "class=\"bar minus\""));
}

TEST(HtmlTest, EveryFigureNamesItsBasis) {
    Summary summary = sample_summary();
    const std::string effective = render_html(summary);
    EXPECT_TRUE(holds(effective, "<h3>Effective cost, September 2024</h3>"));
    EXPECT_TRUE(holds(effective, "Effective cost by day, USD"));
    EXPECT_TRUE(holds(effective, ">Billed cost</th>"));
    summary.basis = Basis::kBilled;
    summary.period_kind = PeriodKind::kBilling;
    const std::string billed = render_html(summary);
    EXPECT_EQ(fault_in(billed), "");
    EXPECT_TRUE(holds(billed, "<h3>Billed cost, September 2024</h3>"));
    EXPECT_TRUE(holds(billed, "by billing period"));
    EXPECT_FALSE(holds(billed, "Effective cost by day"));
    EXPECT_FALSE(holds(billed, "data-label=\"billed\"")); // not twice
}

TEST(HtmlTest, MarksStandBesideTheFiguresTheyTouch) {
    const std::string html = render_html(sample_summary());
    const std::size_t card = html.find("<h3>Effective savings rate</h3>");
    const std::size_t mark = html.find("7 charges have no ContractedCost.", card);
    EXPECT_LT(mark, html.find("class=\"card kpi\"", card));
    EXPECT_TRUE(holds(html, "Amount touched: <span class=\"amount\" data-exact=\"1204.3300017\""));
    EXPECT_TRUE(holds(html, "no charges from 2024-09-11 to 2024-09-12"));
    Summary summary = sample_summary();
    summary.blocks[0].marks = {{Mark::Severity::kWarning, "Everything is odd.", {}, std::nullopt}};
    EXPECT_LT(render_html(summary).find("Everything is odd."), render_html(summary).find("<div class=\"kpis\">"));
}

TEST(HtmlTest, TablesAndChartsAreReadableByAssistiveTechnology) {
    const std::string html = render_html(sample_summary());
    EXPECT_EQ(count_of(html, "<table"), count_of(html, "<caption><h3>"));
    EXPECT_EQ(count_of(html, "<th "), count_of(html, "<th scope="));
    EXPECT_EQ(count_of(html, "<svg class=\"chart"), count_of(html, "<desc id="));
    EXPECT_EQ(count_of(html, "<svg "), count_of(html, "role=\"img\"") + count_of(html, "aria-hidden=\"true\""));
    EXPECT_TRUE(holds(html, "<html lang=\"en\">"));
}

ReconciledSums sums(const char* source, const char* ledger, const char* moved = "0") {
    return {.source_rows = 2, .source = source, .charges = 1, .ledger = amount(ledger), .moved = moved};
}

TEST(ReconciliationHtml, FootsAndShowsNoNameAsMarkup) {
    Reconciliation page;
    page.workspace_title = "A & <B>";
    page.source = "<script>alert(1)</script>";
    page.files = {"bill \"<b>\".csv"};
    page.totals = {{"USD", "total", sums("0.0150000000000000001", "0.01", "-0.005")}};
    page.totals[0].sums.rounded_away = "0.0000000000000000001";
    page.tables = {{"service",
                    {{"USD", "<i>", sums("0.005", "0.005")},
                     {"USD", "", sums("0.005", "0.005")},
                     {"USD", "C", sums("0.0050000000000000001", "0", "-0.005")}}},
                   {"rule", {{"USD", "", sums("0.0150000000000000001", "0.01", "-0.005")}}}};
    page.rules = {{"r<1>", "suppressed", "It is \"not\" a charge."}};
    page.mended = {{"amount-rounded", "Billed<Cost>", 1, "1 USD"}};
    page.set_aside = {{"<f>.csv", 2, 1, "3 USD"}};
    const std::string html = render_html(page);
    EXPECT_EQ(fault_in(html), "");
    EXPECT_EQ(count_of(html, "<script"), 0U);
    EXPECT_EQ(count_of(html, "<i>"), 0U);
    EXPECT_TRUE(holds(html, "data-exact=\"0.0150000000000000001\""));
    EXPECT_TRUE(holds(html, "<bdi>&lt;i&gt;</bdi>"));
    EXPECT_TRUE(holds(html, "<span class=\"missing-value\">none</span>"));
    EXPECT_TRUE(holds(html, "<bdi>as it is</bdi>"));
    // Half even, 0.005 is 0.00 three times, and the source's 0.015 is 0.02: the line that makes the table foot.
    EXPECT_EQ(count_of(html, "class=\"rounding\""), 1U);
    EXPECT_TRUE(holds(html, "data-exact=\"0.02\""));
    EXPECT_EQ(count_of(html, "class=\"total\""), 2U);
    EXPECT_EQ(count_of(html, "were not kept"), 0U);
    page.has_lines = false;
    page.tables.clear();
    EXPECT_TRUE(holds(render_html(page), "were not kept when this delivery came in"));
}

} // namespace
} // namespace florin::report
