#include "ingest/vendor_file/vendor_file.hpp"

#include "engine/engine.hpp"
#include "ingest/source_test_ledger.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest::vendor_file {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::unique_ptr<Source> source_of(std::string text, const base::Path& folder = "/none") {
    const MappingText read = MappingText::read(std::move(text), "acme.yaml").value();
    return make_source(parse_mapping("acme", read, folder).value());
}

std::unique_ptr<Source> seats() {
    return source_of(R"yaml(title: Acme seats
document: https://acme.example/invoices
read: 2026-11-24
columns: [Invoice date, Customer, Team, Plan, Seats, Cost (USD)]
optional_columns: [Discount]
amount: Cost (USD)
constants:
  BillingCurrency: USD
  ServiceName: Acme
  PricingUnit: Seats
map:
  BillingAccountId: Customer
  ChargePeriodStart: "date(`Invoice date`, '%d/%m/%Y')"
  ChargePeriodEnd: "month_end(date(`Invoice date`, '%d/%m/%Y'))"
  ChargeCategory: if(decimal(Seats) < 0, 'Credit', 'Purchase')
  ChargeDescription: concat(Plan, ' for ', Team)
  EffectiveCost: amount()
  ListCost: product(decimal(Seats), 25)
  PricingQuantity: Seats
  SkuId: lower(replace(part(Plan, ' ', 1), '.', '-'))
  Tags: json(Team, 'plan', upper(Plan))
  x_Size: if(decimal(Seats) >= 10 and not Team = 'Ops', 'large', coalesce(Discount, 'small'))
)yaml");
}

Cells seat_row() {
    return {{"Invoice date", "01/11/2026"},
            {"Customer", "c-1"},
            {"Team", "Shop"},
            {"Plan", "Pro.2 yearly"},
            {"Seats", "12"},
            {"Cost (USD)", "$1,250.50 "},
            {"Seller", "direct"}};
}

TEST(VendorFile, ARowIsACharge) {
    const auto source = seats();
    SourceLedger ledger(*source);
    const SourceLoaded loaded =
        ledger
            .load_rows("seats.csv", {seat_row(), with(seat_row(), {{"Team", "Ops"},
                                                                   {"Seats", "-2"},
                                                                   {"Cost (USD)", "-50.1234567890123456785"},
                                                                   {"Invoice date", "15/12/2026"}})})
            .value();
    ASSERT_THAT(loaded.totals, SizeIs(1));
    EXPECT_EQ(loaded.totals[0].currency, "USD");
    EXPECT_EQ(loaded.totals[0].source, "1200.3765432109876543215");
    EXPECT_EQ(loaded.totals[0].rounded_away, "-0.0000000000000000005");
    EXPECT_EQ(loaded.totals[0].billed.to_string(), "1200.376543210987654322");
    ASSERT_THAT(loaded.parts, SizeIs(2));
    EXPECT_EQ(loaded.parts[0].scope, "c-1 2026-11");
    const std::vector<Cells> charges = ledger.charges("ChargeCategory = 'Purchase'");
    ASSERT_THAT(charges, SizeIs(1));
    expect(charges[0], {{"BilledCost", "1250.5"},
                        {"EffectiveCost", "1250.5"},
                        {"ListCost", "300"},
                        {"ContractedCost", "(null)"},
                        {"BillingAccountId", "c-1"},
                        {"BillingCurrency", "USD"},
                        {"BillingPeriodStart", "2026-11-01 00:00:00"},
                        {"BillingPeriodEnd", "2026-12-01 00:00:00"},
                        {"ChargePeriodStart", "2026-11-01 00:00:00"},
                        {"ChargePeriodEnd", "2026-12-01 00:00:00"},
                        {"ChargeDescription", "Pro.2 yearly for Shop"},
                        {"PricingQuantity", "12"},
                        {"PricingUnit", "Seats"},
                        {"ServiceName", "Acme"},
                        {"SkuId", "pro-2"},
                        {"Tags", R"({"Team":"Shop","plan":"PRO.2 YEARLY"})"},
                        {"x_Size", "large"},
                        {"x_Seller", "direct"},
                        {"x_Team", "Shop"},
                        {"x_InvoiceDate", "01/11/2026"},
                        {"x_Customer", "(null)"}, // it is BillingAccountId
                        {"x_CostUSD", "(null)"}});
    EXPECT_EQ(ledger.sum("BilledCost", "x_Custom['x_Size'] = 'small'"), "-50.123456789012345678");
}

TEST(VendorFile, RecognisesItsColumnsWhateverTheirCase) {
    const auto source = source_of("columns: [DAY, COST]\n"
                                  "amount: COST\n"
                                  "constants: {BillingAccountId: a}\n"
                                  "map: {ChargePeriodStart: DAY, BillingCurrency: upper(CUR)}\n"
                                  "optional_columns: [CUR]\n");
    FileHead head{.path = "x.csv", .columns = {"day", "cost"}};
    EXPECT_TRUE(source->recognise(head).has_value());
    head.columns = {"day", "price"};
    EXPECT_FALSE(source->recognise(head).has_value());
    SourceLedger ledger(*source);
    const SourceLoaded loaded =
        ledger.load_rows("x.csv", {{{"day", "2026-11-01"}, {"cost", "1.5"}, {"cur", "eur"}}}).value();
    EXPECT_EQ(loaded.totals.at(0).currency, "EUR");
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "1.5");
}

TEST(VendorFile, APatternKnowsAFileWithARenamedColumn) {
    const auto source = source_of("files: acme-*.csv\n"
                                  "columns: [day, cost, plan]\n"
                                  "amount: cost\n"
                                  "constants: {BillingAccountId: a, BillingCurrency: USD}\n"
                                  "map: {ChargePeriodStart: day}\n");
    FileHead head{.path = "in/acme-1.csv", .columns = {"day", "costs", "plan"}};
    ASSERT_TRUE(source->recognise(head).has_value());
    EXPECT_THAT(source->survey_rules(head).header, ElementsAre("day", "cost", "plan"));
    head.path = "in/other.csv";
    head.columns = {"day", "cost", "plan"};
    EXPECT_FALSE(source->recognise(head).has_value());
}

constexpr std::string_view kTokens = R"yaml(
columns: [day, organisation, model, input_tokens, output_tokens, cached_tokens]
lookups:
  prices: {file: prices.csv, key: [model, kind]}
pivot:
  name: kind
  value: tokens
  columns: {input_tokens: input, output_tokens: output, cached_tokens: cached}
amount: {price: "lookup(prices, model, kind, usd)", quantity: tokens, per: 1000000}
constants: {BillingCurrency: USD, ServiceName: Models}
map:
  BillingAccountId: organisation
  ChargePeriodStart: day
  ChargeDescription: concat(model, ' ', kind)
  ConsumedQuantity: tokens
  ConsumedUnit: "'Tokens'"
  ListUnitPrice: lookup(prices, model, kind, usd)
  PricingQuantity: product(decimal(tokens), 0.000001)
  SkuId: lookup(prices, model, kind, sku)
)yaml";

constexpr std::string_view kPrices = "model,kind,usd,sku\nlarge,input,2.5,L-IN\nlarge,output,10,L-OUT\n"
                                     "large,cached,0.3333333333333333,\nsmall,input,0.15,S-IN\n";

TEST(VendorFile, ColumnsBecomeChargesPricedByASheet) {
    const TestFolder folder;
    folder.write("prices.csv", kPrices);
    const auto source = source_of(std::string(kTokens), folder.path());
    SourceLedger ledger(*source);
    const Cells row = {{"day", "2026-11-03"},       {"organisation", "o-1"}, {"model", "large"},
                       {"input_tokens", "1234567"}, {"output_tokens", "89"}, {"cached_tokens", "7"}};
    const SourceLoaded loaded =
        ledger
            .load_rows("tokens.csv",
                       {row, with(row, {{"model", "small"}, {"output_tokens", "0"}, {"cached_tokens", ""}}),
                        with(row, {{"input_tokens", "0"}, {"output_tokens", ""}, {"cached_tokens", ""}})})
            .value();
    // By hand: 1234567 x 2.5 / 10^6 = 3.0864175; 89 x 10 / 10^6 = 0.00089; 7 x 0.3333333333333333 / 10^6 =
    // 0.0000023333333333333331 (22 places, 18 kept: 0.000002333333333333); 1234567 x 0.15 / 10^6 = 0.18518505.
    EXPECT_EQ(loaded.totals.at(0).source_rows, 3U);
    EXPECT_EQ(loaded.totals.at(0).source, "3.2724948833333333333331");
    EXPECT_EQ(loaded.totals.at(0).rounded_away, "0.0000000000000000003331");
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "3.272494883333333333");
    const std::vector<Cells> charges = ledger.charges();
    ASSERT_THAT(charges, SizeIs(4)); // the last row used nothing
    expect(charges[0], {{"BilledCost", "3.0864175"},
                        {"ChargeDescription", "large input"},
                        {"ConsumedQuantity", "1234567"},
                        {"ConsumedUnit", "Tokens"},
                        {"ListUnitPrice", "2.5"},
                        {"PricingQuantity", "1.234567"},
                        {"SkuId", "L-IN"},
                        {"x_InputTokens", "(null)"},
                        {"x_Model", "large"}});
    expect(charges[1], {{"BilledCost", "0.00089"}, {"ChargeDescription", "large output"}});
    expect(charges[2], {{"BilledCost", "0.000002333333333333"}, {"SkuId", "(null)"}});
    expect(charges[3], {{"BilledCost", "0.18518505"}, {"ChargeDescription", "small input"}});
    std::vector<std::string> rules;
    for (const ReconciledLine& line : loaded.lines) {
        rules.push_back(line.rule);
    }
    EXPECT_THAT(rules, ElementsAre("acme.nothing-used", "acme.pivot"));
}

TEST(VendorFile, WhatHasNoPriceHasNoCost) {
    const TestFolder folder;
    folder.write("prices.csv", kPrices);
    const auto source = source_of(std::string(kTokens), folder.path());
    SourceLedger ledger(*source);
    const auto loaded = ledger.load_rows("tokens.csv", {{{"day", "2026-11-03"},
                                                         {"organisation", "o-1"},
                                                         {"model", "small"},
                                                         {"input_tokens", "1"},
                                                         {"output_tokens", "2"},
                                                         {"cached_tokens", ""}}});
    ASSERT_FALSE(loaded.ok());
    EXPECT_THAT(loaded.error().describe(), HasSubstr("row 1, column model: the table `prices` has no price for small, "
                                                     "output [bill.no_price]"));
}

TEST(VendorFile, APriceTimesAQuantity) {
    const auto source = source_of("columns: [day, site, hours, rate]\n"
                                  "amount: {price: rate, quantity: hours}\n"
                                  "constants: {BillingCurrency: EUR}\n"
                                  "map: {BillingAccountId: site, ChargePeriodStart: day, PricingQuantity: hours}\n");
    SourceLedger ledger(*source);
    const Cells row = {{"day", "2026-11-03"}, {"site", "s"}, {"hours", "-2.25"}, {"rate", "0.1"}};
    const SourceLoaded loaded =
        ledger.load_rows("x.csv", {row, with(row, {{"hours", ""}, {"rate", ""}}), with(row, {{"hours", "3"}})}).value();
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "0.075"); // (3 - 2.25) x 0.1
    EXPECT_EQ(loaded.lines.at(0).rule, "acme.product");
    const auto no_rate = ledger.load_rows("y.csv", {with(row, {{"rate", ""}})});
    ASSERT_FALSE(no_rate.ok());
    EXPECT_EQ(no_rate.error().code, "bill.missing_value");
    EXPECT_EQ(no_rate.error().place.column, "rate");
}

TEST(VendorFile, CellsThatCannotBeReadHaveAPlace) {
    const auto source = seats();
    SourceLedger ledger(*source);
    const auto fault = [&](const Cells& changes) {
        const auto loaded = ledger.load_rows("seats.csv", {seat_row(), with(seat_row(), changes)});
        return loaded.ok() ? "no fault" : loaded.error().describe();
    };
    EXPECT_THAT(fault({{"Invoice date", "31/02/2026"}}),
                HasSubstr("row 2, column Invoice date: not a point in time (cell: \"31/02/2026\") "
                          "[bill.unreadable_instant]\n  the mapping expects the form %d/%m/%Y"));
    EXPECT_THAT(fault({{"Seats", "a dozen"}}), HasSubstr("row 2, column Seats: not a number (cell: \"a dozen\")"));
    EXPECT_THAT(fault({{"Cost (USD)", "1,234"}}), HasSubstr("row 2, column Cost (USD): not a number"));
    EXPECT_THAT(fault({{"Cost (USD)", ""}}), HasSubstr("[bill.missing_value]"));
    EXPECT_THAT(fault({{"Customer", ""}}), HasSubstr("column Customer: the cell is empty"));
    EXPECT_THAT(fault({{"Invoice date", ""}}), HasSubstr("1 row has no"));
}

TEST(VendorFile, ReadsJsonLines) {
    const auto source = source_of("columns: [start, amount.value, amount.currency, project]\n"
                                  "amount: amount.value\n"
                                  "constants: {BillingAccountId: org}\n"
                                  "map:\n"
                                  "  ChargePeriodStart: unix_time(start)\n"
                                  "  BillingCurrency: upper(amount.currency)\n"
                                  "  SubAccountId: project\n");
    SourceLedger ledger(*source);
    const base::Path file = ledger.folder().write(
        "costs.jsonl", R"({"start": 1762041600, "amount": {"value": 0.06, "currency": "usd"}, "project": "p1"})"
                       "\n");
    const SourceLoaded loaded = ledger.load({file}).value();
    EXPECT_EQ(loaded.totals.at(0).currency, "USD");
    expect(ledger.charges().at(0),
           {{"BilledCost", "0.06"}, {"ChargePeriodStart", "2025-11-02 00:00:00"}, {"SubAccountId", "p1"}});
}

TEST(VendorFile, ReadsParquet) {
    const auto source = source_of("columns: [day, usage.hours, rate]\n"
                                  "amount: {price: rate, quantity: usage.hours}\n"
                                  "constants: {BillingAccountId: a, BillingCurrency: USD}\n"
                                  "map: {ChargePeriodStart: day, ConsumedQuantity: usage.hours}\n");
    SourceLedger ledger(*source);
    const base::Path file = ledger.folder().path() / "usage.parquet";
    engine::open_duckdb({})
        .value()
        ->execute(fmt::format("COPY (SELECT DATE '2026-11-03' AS day, {{'hours': 2.5}} AS usage, 0.1::DOUBLE AS rate) "
                              "TO {} (FORMAT parquet)",
                              engine::sql_text(file.string())))
        .value();
    const SourceLoaded loaded = ledger.load({file}).value();
    EXPECT_EQ(loaded.totals.at(0).billed.to_string(), "0.25");
    expect(ledger.charges().at(0), {{"ConsumedQuantity", "2.5"}, {"ChargePeriodStart", "2026-11-03 00:00:00"}});
}

TEST(VendorFile, AnotherMappingIsAnotherDelivery) {
    const std::string text = "columns: [day, cost]\namount: cost\nconstants: {BillingAccountId: a, BillingCurrency: "
                             "USD}\nmap: {ChargePeriodStart: day}\n";
    const auto variant = [](const Source& source) {
        const SourceLedger ledger(source);
        const base::Path file = ledger.folder().write("x.csv", "day,cost\n2026-11-01,1\n");
        return ledger.deliveries({file}).value().at(0).at(0).variant;
    };
    EXPECT_NE(variant(*source_of(text)), variant(*source_of(text + "title: B\n")));
    // What is appended would count twice: it stays what it was, until it is withdrawn.
    EXPECT_EQ(variant(*source_of(text + "mode: append\n")), "");
}

} // namespace
} // namespace florin::ingest::vendor_file
