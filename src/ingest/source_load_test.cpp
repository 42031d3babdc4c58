#include "ingest/source_load.hpp"

#include "ingest/source_test_ledger.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

/// A source of four columns whose mapping a test can spoil.
class SmallSource final : public Source {
public:
    std::string_view name() const override { return "small"; }
    std::string_view title() const override { return "small bills"; }
    std::string_view formats() const override { return "CSV"; }
    lake::Mode mode() const override { return lake::Mode::kSnapshot; }
    int mapping_version() const override { return 1; }
    std::span<const SourceRule> rules() const override { return rules_; }
    std::optional<Recognised> recognise(const FileHead& head) const override {
        return head.has("price") ? std::optional(Recognised{.version = "1"}) : std::nullopt;
    }
    SurveyRules survey_rules(const FileHead&) const override {
        return {.amounts = {{.column = "price", .member = {}}},
                .keys = {"who", "what", "kind", "money", "who", "month"}};
    }
    std::vector<std::string> known_columns() const override {
        return {"who", "what", "kind", "money", "month", "price"};
    }
    base::Result<Mapping> map(const std::vector<SourceFile>&) const override {
        return Mapping{.rows = fmt::format(kRows, billed, rule, in_ledger, amount, where),
                       .further_rows = further_rows};
    }

    std::string billed = "florin_decimal(price)";
    std::string rule = "NULL::VARCHAR";
    std::string in_ledger = "true";
    std::string amount = "florin_decimal(price)";
    std::string where = "true";
    std::string further_rows;

private:
    static constexpr std::string_view kRows =
        "SELECT {} AS BilledCost, money AS BillingCurrency, who AS BillingAccountId, florin_instant(month) AS "
        "BillingPeriodStart, florin_instant(month) + INTERVAL 1 MONTH AS BillingPeriodEnd, florin_instant(month) AS "
        "ChargePeriodStart, what AS ServiceName, {} AS Rule, {} AS InLedger, 1 AS SourceRows, {} AS SourceAmount, who "
        "AS SourceAccount, what AS SourceService, kind AS SourceLineType FROM staged WHERE {}";
    std::vector<SourceRule> rules_ = parse_source_rules("id\tkind\tsentence\tdocument\tdate\n"
                                                        "small.void\tsuppressed\ts\td\t2026-11-24\n"
                                                        "small.moved\trestated\ts\td\t2026-11-24\n"
                                                        "small.rest\tsynthesised\ts\td\t2026-11-24\n");
};

Cells bill_row(const std::string& kind, const std::string& price, const std::string& month = "2024-09-01") {
    return {{"who", "acc"}, {"what", "disk"}, {"kind", kind}, {"money", "USD"}, {"month", month}, {"price", price}};
}

/// The code and text of why a bill of two rows, 3 and -1, is refused by the source.
std::string refusal(const SmallSource& source) {
    SourceLedger ledger(source);
    const auto loaded = ledger.load_rows("bill.csv", {bill_row("use", "3"), bill_row("void", "-1")});
    return loaded.ok() ? "taken" : loaded.error().code + ": " + loaded.error().message;
}

TEST(LoadSource, GivesTheLedgerTheBillsTotal) {
    const SmallSource source;
    SourceLedger ledger(source);
    const SourceLoaded loaded =
        ledger
            .load_rows("bill.csv", {bill_row("use", "0.1234567890123456785"), bill_row("use", "-1E-3"),
                                    bill_row("tax", "2", "2024-10-01")})
            .value();
    ASSERT_THAT(loaded.totals, SizeIs(1));
    EXPECT_EQ(loaded.totals[0].source, "2.1224567890123456785");
    EXPECT_EQ(loaded.totals[0].rounded_away, "0.0000000000000000005"); // half, to the even digit
    EXPECT_EQ(loaded.totals[0].billed.to_string(), "2.122456789012345678");
    ASSERT_THAT(loaded.lines, SizeIs(2));
    EXPECT_EQ(loaded.lines[1].line_type, "use");
    EXPECT_EQ(loaded.lines[1].source_rows, 2U);
    EXPECT_EQ(loaded.lines[1].billed.to_string(), "0.122456789012345678");
    ASSERT_THAT(loaded.parts, SizeIs(2));
    EXPECT_EQ(loaded.parts[0].scope, "acc 2024-09");
    EXPECT_EQ(loaded.parts[1].rows, 1U);
}

TEST(LoadSource, RefusesWhatDoesNotAddUp) {
    SmallSource source;
    EXPECT_EQ(refusal(source), "taken");
    source.billed = "florin_decimal(price) + 1";
    EXPECT_THAT(refusal(source), HasSubstr("ingest.reconciliation: 2 rows have another BilledCost"));
    source.rule = "'small.moved'"; // a rule may move money, but not make it
    EXPECT_THAT(refusal(source),
                HasSubstr("ingest.unexplained: the bill's total is 2 USD, and its charges add up to 4"));

    source = SmallSource();
    source.where = "kind = 'use'";
    EXPECT_THAT(refusal(source), HasSubstr("line type void: 1 rows and -1 USD in the source, 0 rows and 0"));
    source = SmallSource();
    source.amount = "florin_decimal('1')"; // both rows are there, with other amounts that sum to the same
    source.billed = "florin_decimal('1')";
    EXPECT_THAT(refusal(source), HasSubstr("line type use: 1 rows and 3 USD in the source, 1 rows and 1"));
    source = SmallSource();
    source.rule = "CASE WHEN kind = 'void' THEN 'small.void' END";
    source.in_ledger = "kind <> 'void'";
    EXPECT_THAT(refusal(source),
                HasSubstr("ingest.unexplained: the bill's total is 2 USD, and its charges add up to 3"));
}

TEST(LoadSource, WhatOneRuleTakesAnotherGives) {
    SmallSource source;
    source.rule = "CASE WHEN kind = 'void' THEN 'small.void' END";
    source.in_ledger = "kind <> 'void'";
    source.further_rows = "SELECT * REPLACE (SourceAmount AS BilledCost, 'small.rest' AS Rule, true AS InLedger, 0 AS "
                          "SourceRows, 0::DECIMAL(38,18) AS SourceAmount) FROM mapped WHERE Rule = 'small.void'";
    SourceLedger ledger(source);
    const SourceLoaded loaded = ledger.load_rows("bill.csv", {bill_row("use", "3"), bill_row("void", "-1")}).value();
    EXPECT_EQ(loaded.totals[0].billed.to_string(), "2");
    ASSERT_THAT(loaded.lines, SizeIs(3));
    EXPECT_EQ(loaded.lines[1].rule, "small.rest");
    EXPECT_EQ(loaded.lines[1].source_rows, 0U);
    EXPECT_EQ(loaded.lines[1].ledger_rows, 1U);
    EXPECT_EQ(loaded.lines[2].rule, "small.void");
    EXPECT_EQ(loaded.lines[2].ledger_rows, 0U);
    EXPECT_EQ(ledger.sum("BilledCost"), "2");
}

TEST(LoadSource, RefusesAChargeThatCannotBePlaced) {
    const SmallSource source;
    const auto refused = [&source](const Cells& row) {
        SourceLedger ledger(source);
        const auto loaded = ledger.load_rows("bill.csv", {row});
        return loaded.ok() ? std::string("taken") : loaded.error().code;
    };
    EXPECT_EQ(refused(with(bill_row("use", "1"), {{"who", ""}})), "bill.missing_value");
    EXPECT_EQ(refused(with(bill_row("use", "1"), {{"month", ""}})), "bill.missing_value");
    EXPECT_EQ(refused(with(bill_row("use", "1"), {{"money", "usd"}})), "bill.unknown_currency");
    EXPECT_EQ(refused(bill_row("use", "")), "bill.missing_value");
}

TEST(GroupFiles, SnapshotFilesOfOneFolderAndScopeAreOneDelivery) {
    const SmallSource source;
    SourceLedger ledger(source);
    const auto write = [&ledger](const std::string& name, const std::string& month) {
        return ledger.folder().write(name, csv_text({bill_row("use", "1", month), bill_row("use", name, month)}));
    };
    const auto deliveries =
        ledger.deliveries({write("1", "2024-09-01"), write("2", "2024-10-01"), write("3", "2024-09-01")});
    ASSERT_TRUE(deliveries.ok());
    ASSERT_THAT(*deliveries, SizeIs(2));
    EXPECT_THAT((*deliveries)[0], SizeIs(2));
    EXPECT_THAT((*deliveries)[1], SizeIs(1));
}

TEST(FillTemplate, ReplacesEachName) {
    EXPECT_EQ(fill_template("a {{x}} b {{y}}{{x}}", {{"x", "1"}, {"y", "{{z}}"}}), "a 1 b {{z}}1");
    EXPECT_EQ(fill_template("", {}), "");
}

} // namespace
} // namespace florin::ingest
