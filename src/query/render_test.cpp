#include "query/render.hpp"
#include "query/test_bill.hpp"

#include "base/terminal_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace florin::query {
namespace {

using engine::Value;
using test::day;
using test::decimal;

/// Thirds of 100.00 do not foot once rounded: 33.33 three times is 99.99.
Answer thirds() {
    Answer answer;
    answer.question.dimensions = {"service_name"};
    answer.columns = {{AnswerColumn::Kind::kDimension, "service_name", "Service name", Unit::kCount, false},
                      {AnswerColumn::Kind::kMeasure, "cost", "Effective cost", Unit::kMoney, true}};
    CurrencyBlock block;
    block.currency = "USD";
    block.rows = {{AnswerRow::Kind::kGroup, {Value{"a"}, decimal("33.333333333333333334")}},
                  {AnswerRow::Kind::kGroup, {Value{}, decimal("33.333333333333333333")}},
                  {AnswerRow::Kind::kRest, {Value{}, decimal("1233.333333333333333333")}}};
    block.rest_groups = 2;
    block.total = {AnswerRow::Kind::kTotal, {Value{}, decimal("1300")}};
    answer.blocks = {block};
    answer.notes = {"Basis: cost is effective."};
    return answer;
}

TEST(RenderTable, FootsWithARoundingLine) {
    EXPECT_EQ(render_table(thirds(), {}), "Service name  Effective cost USD\n"
                                          "────────────  ──────────────────\n"
                                          "a                          33.33\n"
                                          "(none)                     33.33\n"
                                          "(2 others)              1,233.33\n"
                                          "rounding                    0.01\n"
                                          "────────────  ──────────────────\n"
                                          "total                   1,300.00\n"
                                          "\nBasis: cost is effective.\n");
}

TEST(RenderTable, UsesTheCurrencysMinorUnits) {
    Answer answer = thirds();
    answer.blocks[0].currency = "JPY";
    const std::string text = render_table(answer, {});
    EXPECT_THAT(text, testing::HasSubstr("(2 others)                 1,233\n"));
    EXPECT_THAT(text, testing::HasSubstr("rounding                       1\n"));
}

TEST(RenderTable, WrapsHeadingsAndThenCutsNames) {
    Answer answer = thirds();
    answer.blocks[0].rows[0].values[0] = Value{"a very long name of a service"};
    EXPECT_EQ(render_table(answer, {.columns_max = 30}), "                     Effective\n"
                                                         "Service name          cost USD\n"
                                                         "───────────────────  ─────────\n"
                                                         "a very long name o…      33.33\n"
                                                         "(none)                   33.33\n"
                                                         "(2 others)            1,233.33\n"
                                                         "rounding                  0.01\n"
                                                         "───────────────────  ─────────\n"
                                                         "total                 1,300.00\n"
                                                         "\nBasis: cost is effective.\n");
}

TEST(RenderTable, SetsRowsAsListsWhereNoTableFits) {
    Answer answer = thirds();
    CurrencyBlock& block = answer.blocks[0];
    for (const char* label : {"Billed cost", "List cost", "Contracted cost"}) {
        answer.columns.push_back({AnswerColumn::Kind::kMeasure, "more", label, Unit::kMoney, true});
        for (AnswerRow& row : block.rows) {
            row.values.push_back(decimal("123456789012.5"));
        }
        block.total.values.push_back(decimal("370370367037.5"));
    }
    block.rows[0].values[0] = Value{"a name of a service that is longer than any line"};
    const std::string text = render_table(answer, {.columns_max = 40});
    EXPECT_THAT(text, testing::StartsWith("Service name\n"
                                          "  a name of a service that is longer th…\n"
                                          "Effective cost USD   33.33\n"
                                          "Billed cost USD      123,456,789,012.50\n"
                                          "List cost USD        123,456,789,012.50\n"
                                          "Contracted cost USD  123,456,789,012.50\n"
                                          "\n"
                                          "Service name         (none)\n"));
    EXPECT_THAT(text, testing::HasSubstr("\n\n"
                                         "Service name         rounding\n"
                                         "Effective cost USD   0.01\n"
                                         "\n"
                                         "Service name         total\n"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(base::column_count(line), 40) << line;
    }
}

TEST(RenderTable, ColoursOnlyWhenAsked) {
    EXPECT_THAT(render_table(thirds(), {}), testing::Not(testing::HasSubstr("\033")));
    EXPECT_THAT(render_table(thirds(), {.columns_max = 80, .colour = true}), testing::HasSubstr("\033[1m"));
}

TEST(RenderTable, ShowsNoControlCharacters) {
    Answer answer = thirds();
    answer.blocks[0].rows[0].values[0] = Value{"\033[31mred\n"};
    EXPECT_THAT(render_table(answer, {}), testing::HasSubstr("\\u{1B}[31mred\\u{A}"));
}

TEST(RenderCsv, IsExactAndQuoted) {
    Answer answer = thirds();
    answer.blocks[0].rows[0].values[0] = Value{"a, \"b\"\nc"};
    EXPECT_EQ(render_csv(answer), "service_name,currency,cost\n"
                                  "\"a, \"\"b\"\"\nc\",USD,33.333333333333333334\n"
                                  ",USD,33.333333333333333333\n"
                                  "(2 others),USD,1233.333333333333333333\n");
    answer.question.grain = period::Grain::kMonth;
    answer.columns = {{AnswerColumn::Kind::kTime, "month", "Period", Unit::kCount, false},
                      answer.columns[1],
                      {AnswerColumn::Kind::kMeasure, "charge_count", "Charges", Unit::kCount, false}};
    answer.blocks[0].rows = {{AnswerRow::Kind::kGroup, {Value{day("2024-09-01")}, Value{}, Value{std::int64_t{5}}}}};
    EXPECT_EQ(render_csv(answer), "month,currency,cost,charge_count\n2024-09,USD,,5\n");
}

TEST(RenderJson, HasMoneyAsText) {
    const auto json = nlohmann::json::parse(render_json(thirds()));
    EXPECT_EQ(json["question"]["dimensions"][0], "service_name");
    EXPECT_EQ(json["columns"][1]["unit"], "money");
    const auto& block = json["blocks"][0];
    EXPECT_EQ(block["currency"], "USD");
    EXPECT_EQ(block["rows"][0]["cost"], "33.333333333333333334");
    EXPECT_TRUE(block["rows"][1]["service_name"].is_null());
    EXPECT_EQ(block["rows"].size(), 2U);
    EXPECT_EQ(block["rest"][0]["cost"], "1233.333333333333333333");
    EXPECT_EQ(block["rest_groups"], 2);
    EXPECT_EQ(block["total"]["cost"], "1300");
    EXPECT_EQ(json["notes"][0], "Basis: cost is effective.");
}

} // namespace
} // namespace florin::query
