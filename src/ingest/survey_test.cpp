#include "ingest/survey.hpp"

#include "ingest/inspection_test_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <utility>

namespace florin::ingest {
namespace {

using testing::ElementsAre;

SurveyRules rules() {
    return {.amounts = {{.column = "cost", .member = {}}, {.column = "credits", .member = "amount"}},
            .keys = {"account", "service.name", "absent", "currency"},
            .required = {"account"},
            .instants = {"start"},
            .decimals = {"quantity"}};
}

/// `account/service/absent/currency: rows sum (rounded away)` for each group.
std::vector<std::string> groups(const Survey& survey) {
    std::vector<std::string> texts;
    for (const SurveyedGroup& group : survey.groups) {
        texts.push_back(
            fmt::format("{}: {} {} ({})", fmt::join(group.keys, "/"), group.rows, group.sum, group.rounded_away));
    }
    return texts;
}

class SurveyTest : public testing::Test {
protected:
    base::Result<Survey> read(std::string_view name, std::string_view text, int threads = 2) {
        FLORIN_TRY_ASSIGN(const FileHead head, read_file_head(folder_.write(name, text)));
        return survey(head, rules(), {.threads = threads, .staging_folder = folder_.path() / "s"});
    }
    base::Error refused(std::string_view text) {
        auto read_survey = read("bad.csv", text);
        EXPECT_FALSE(read_survey.ok());
        return read_survey.ok() ? base::Error() : read_survey.error();
    }
    TestFolder folder_;
};

constexpr std::string_view kCsv =
    "account,service.name,currency,start,quantity,cost,credits\n"
    "a,x,USD,2024-09-01T00:00Z,1,1.5,\n"
    "a,x,USD,2024-09-01T00:00:00Z,,-2E-20,\"[{\"\"amount\"\":-0.25},{\"\"amount\"\":1e-1}]\"\n"
    "a,\"y, z\",USD,,2,0.1,[]\n"
    "b,,EUR,2024-09-02,3,,\n";

TEST_F(SurveyTest, AddsUpEveryAmountExactlyByItsKeys) {
    const Survey csv = read("bill.csv", kCsv).value();
    // 1.5 - 0.00000000000000000002 - 0.25 + 0.1, where -2E-20 rounds to nothing at 18 places
    EXPECT_THAT(groups(csv), ElementsAre("a/x//USD: 2 1.34999999999999999998 (-0.00000000000000000002)",
                                         "a/y, z//USD: 1 0.1 (0)", "b///EUR: 1 0 (0)"));
    EXPECT_EQ(csv.rows, 4U);
    EXPECT_EQ(csv.format, FileFormat::kCsv);
}

TEST_F(SurveyTest, ReadsTheSameFromEveryFormat) {
    const std::string json =
        R"({"account":"a","service":{"name":"x"},"currency":"USD","start":"2024-09-01T00:00Z","quantity":1,"cost":1.5})"
        "\n"
        R"({"account":"a","service":{"name":"x"},"currency":"USD","cost":-2E-20,)"
        R"("credits":[{"amount":-0.25},{"amount":1e-1,"name":"n"},{"name":"none"}]})"
        "\n"
        R"({"account":"a","service":{"name":"y, z"},"currency":"USD","quantity":"2","cost":0.1,"credits":[]})"
        "\n"
        R"({"account":"b","service":null,"currency":"EUR","start":"2024-09-02","cost":null})"
        "\n";
    const Survey lines = read("bill.jsonl", json).value();
    EXPECT_THAT(groups(lines), ElementsAre("a/x//USD: 2 1.34999999999999999998 (-0.00000000000000000002)",
                                           "a/y, z//USD: 1 0.1 (0)", "b///EUR: 1 0 (0)"));
    EXPECT_EQ(lines.format, FileFormat::kJsonLines);

    const base::Path parquet = folder_.path() / "bill.parquet";
    const auto engine = engine::open_duckdb({}).value();
    ASSERT_TRUE(engine
                    ->execute(fmt::format("COPY (SELECT 'a' AS account, {{'name': 'x'}} AS service, 'USD' AS currency, "
                                          "TIMESTAMP '2024-09-01 00:00:00' AS start, 1.5::DOUBLE AS cost, "
                                          "[{{'amount': -0.25::DOUBLE}}] AS credits) TO {} (FORMAT parquet)",
                                          engine::sql_text(parquet.string())))
                    .ok());
    const Survey table = survey(read_file_head(parquet).value(), rules(), {}).value();
    EXPECT_THAT(groups(table), ElementsAre("a/x//USD: 1 1.25 (0)"));
    EXPECT_THAT(table.columns, ElementsAre("account", "service.name", "currency", "start", "cost", "credits"));
}

TEST_F(SurveyTest, NeedsNoParticularNumberOfThreads) {
    std::string csv("account,service.name,currency,start,quantity,cost,credits\n");
    for (int i = 0; i < 60'000; ++i) {
        csv += fmt::format("a{},x,USD,,1,0.{:03},\n", i % 3, i % 1000);
    }
    const Survey one = read("long.csv", csv, 1).value();
    const Survey four = read("long.csv", csv, 4).value();
    EXPECT_EQ(groups(one), groups(four));
    EXPECT_EQ(one.row_offsets.offsets, four.row_offsets.offsets);
    EXPECT_THAT(groups(one),
                ElementsAre("a0/x//USD: 20000 9990 (0)", "a1/x//USD: 20000 9990 (0)", "a2/x//USD: 20000 9990 (0)"));
}

/// Whether what is held counts is told by all files of a delivery.
TEST_F(SurveyTest, WhatIsHeldIsAddedUpByItself) {
    const SurveyedAmount net = {
        .column = "net", .member = {}, .otherwise = "cost", .unless_column = "type", .unless_ends_with = "Discount"};
    const auto read_amounts = [&](const char* name, const SurveyedAmount& amount, std::string_view text) {
        const FileHead head = read_file_head(folder_.write(name, text)).value();
        return survey(head, {.amounts = {amount}}, {.staging_folder = folder_.path() / "s"});
    };
    const Survey stated =
        read_amounts("stated.csv", net, "type,cost,net\nUsage,10,8\nTax,1,\nEdpDiscount,-2,\nEdpDiscount,-3,-1\n")
            .value();
    EXPECT_TRUE(stated.states_amounts);
    EXPECT_EQ(stated.groups.at(0).sum, "8"); // 8 + 1 - 1
    EXPECT_EQ(stated.groups.at(0).held, "-2");

    SurveyedAmount cost = net;
    cost.column = std::exchange(cost.otherwise, "");
    const std::string_view without = "type,cost\nUsage,10\nEdpDiscount,-2\nEdpDiscount,-1E-20\n";
    const Survey silent = read_amounts("silent.csv", cost, without).value();
    EXPECT_FALSE(silent.states_amounts);
    EXPECT_EQ(silent.groups.at(0).sum, "10");
    EXPECT_EQ(silent.groups.at(0).held, "-2.00000000000000000001");
    EXPECT_EQ(silent.groups.at(0).held_rounded_away, "-0.00000000000000000001");
}

TEST_F(SurveyTest, NamesTheCellThatCannotBeRead) {
    const std::string header = "account,currency,start,quantity,cost,credits\n";
    const base::Error amount = refused(header + "a,USD,,1,1,\na,USD,,1,oops,\n");
    EXPECT_EQ(amount.code, "bill.unreadable_amount");
    EXPECT_EQ(amount.place.row, 2U);
    EXPECT_EQ(amount.place.column, "cost");
    EXPECT_EQ(amount.place.cell, "oops");
    EXPECT_EQ(refused(header + "a,USD,,1,999999999999999999999,\n").code, "bill.amount_too_large");
    EXPECT_EQ(refused(header + ",USD,,1,1,\n").code, "bill.missing_value");
    EXPECT_EQ(refused(header + "a,USD,2024-02-30,1,1,\n").code, "bill.unreadable_instant");
    EXPECT_EQ(refused(header + "a,USD,,many,1,\n").place.column, "quantity");
    EXPECT_EQ(refused(header + "a,USD,,1,1,{}\n").code, "bill.unreadable_amount");
    EXPECT_EQ(refused(header + "a,USD,,1,1,\"[{\"\"amount\"\":\"\"x\"\"}]\"\n").code, "bill.unreadable_amount");
    EXPECT_EQ(refused(header + "a,USD,,1\n").code, "csv.ragged_row");
    EXPECT_EQ(refused(header + "a,U\xFFSD,,1,1,\n").code, "csv.not_utf8");
    EXPECT_EQ(refused(header).code, "csv.no_rows");
    EXPECT_EQ(refused("").code, "file.empty");
}

} // namespace
} // namespace florin::ingest
