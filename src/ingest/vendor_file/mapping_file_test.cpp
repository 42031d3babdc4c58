#include "ingest/vendor_file/mapping_file.hpp"

#include "ingest/inspection_test_bills.hpp"

#include <gmock/gmock.h>

namespace florin::ingest::vendor_file {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kSound = R"yaml(title: Acme seats
columns: [invoice date, customer, seats, cost]
amount: cost
constants:
  BillingCurrency: USD
  ChargeCategory: Purchase
map:
  BillingAccountId: customer
  ChargePeriodStart: "date(`invoice date`, '%d/%m/%Y')"
  PricingQuantity: seats
)yaml";

base::Result<VendorMapping> parsed_file(std::string text, const base::Path& folder = "/none") {
    FLORIN_TRY_ASSIGN(const MappingText read, MappingText::read(std::move(text), "acme.yaml"));
    return parse_mapping("acme", read, folder);
}

/// The sound mapping with one line replaced, and what is said of it.
std::string fault(std::string_view from, std::string_view to) {
    std::string text(kSound);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto parsed = parsed_file(text);
    return parsed.ok() ? "no fault" : parsed.error().describe();
}

TEST(VendorMapping, ReadsWhatTheLoadNeeds) {
    const VendorMapping mapping = parsed_file(std::string(kSound)).value();
    EXPECT_EQ(mapping.title, "Acme seats");
    EXPECT_EQ(mapping.mode, lake::Mode::kSnapshot);
    EXPECT_EQ(mapping.currency, "USD");
    EXPECT_EQ(mapping.account_column, "customer");
    EXPECT_THAT(mapping.number_columns, ElementsAre("seats"));
    EXPECT_THAT(mapping.instant_columns, ElementsAre());
    ASSERT_EQ(mapping.checks.size(), 1U);
    EXPECT_EQ(mapping.checks[0].column, "invoice date");
    EXPECT_NE(parsed_file(std::string(kSound) + "# another").value().digest, mapping.digest);
}

TEST(VendorMapping, ATypoHasLineCaretAndSuggestion) {
    EXPECT_EQ(fault("customer\n  Charge", "custmer\n  Charge"),
              "acme.yaml, row 8: `columns` has no `custmer`; is `customer` meant? [mapping.unknown_name]\n"
              "    BillingAccountId: custmer\n"
              "                      ^");
    EXPECT_EQ(fault("\"date(", "\"dat("),
              "acme.yaml, row 9: there is no function `dat`; is `date` meant? [mapping.unknown_name]\n"
              "    ChargePeriodStart: \"dat(`invoice date`, '%d/%m/%Y')\"\n"
              "                        ^");
    EXPECT_EQ(fault("%m/%Y", "%Q/%Y"), "acme.yaml, row 9: `%Q` is nothing a date's format has [mapping.wrong_type]\n"
                                       "    ChargePeriodStart: \"date(`invoice date`, '%d/%Q/%Y')\"\n"
                                       "                                                 ^");
    EXPECT_EQ(fault("PricingQuantity", "PricingQuantities"),
              "acme.yaml, row 10: FOCUS has no column `PricingQuantities`; is `PricingQuantity` meant? "
              "[mapping.unknown_name]\n"
              "    PricingQuantities: seats\n"
              "    ^\n"
              "  columns of your own begin with x_");
    EXPECT_EQ(
        fault("Purchase", "Purchas"),
        "acme.yaml, row 6: `Purchas` is no value of ChargeCategory; is `Purchase` meant? [mapping.unknown_value]\n"
        "    ChargeCategory: Purchas\n"
        "                    ^");
    EXPECT_EQ(
        fault("amount", "amuont"),
        "acme.yaml, row 3: there is no key `amuont` here; is `amount` meant? [mapping.unknown_name]\n"
        "  amuont: cost\n"
        "  ^\n"
        "  there are: kind, title, document, read, mode, files, columns, optional_columns, lookups, pivot, amount, "
        "constants, map");
}

TEST(VendorMapping, WhatIsMissingOrOfAnotherKindIsSaid) {
    EXPECT_THAT(fault("amount: cost\n", ""), HasSubstr("`amount` says what a row costs, and is missing"));
    EXPECT_THAT(fault("  BillingCurrency: USD\n", ""), HasSubstr("nothing gives BillingCurrency"));
    EXPECT_THAT(fault("USD", "usd"), HasSubstr("a currency code of ISO 4217"));
    EXPECT_THAT(fault("PricingQuantity: seats\n", "BillingPeriodStart: \"`invoice date`\"\n"),
                HasSubstr("BillingPeriodStart and BillingPeriodEnd come together"));
    EXPECT_THAT(fault("PricingQuantity: seats", "BilledCost: cost"), HasSubstr("`amount` says what a row costs"));
    EXPECT_THAT(fault("PricingQuantity: seats", "PricingQuantity: month_start(seats)"),
                HasSubstr("a number is expected here, and this is a time"));
    EXPECT_THAT(fault("PricingQuantity: seats", "ChargeCategory: seats"), HasSubstr("is a constant already"));
    EXPECT_THAT(fault("PricingQuantity: seats", "ChargeDescription: part(seats, '-', 0)"), HasSubstr("counted from 1"));
    EXPECT_THAT(fault("PricingQuantity: seats", "ChargeDescription: part(seats)"),
                HasSubstr("`part(text, separator, n)` is what it takes"));
    EXPECT_THAT(fault("PricingQuantity: seats", "ChargeClass: if(seats = '1', 'Corection')"),
                HasSubstr("is `Correction` meant?"));
    EXPECT_THAT(fault("PricingQuantity: seats", "Tags: json('team')"), HasSubstr("json() takes columns"));
    EXPECT_THAT(fault("amount: cost", "amount: {price: \"product(cost, 2)\", quantity: seats}"),
                HasSubstr("a price is a number, a column, or lookup"));
    EXPECT_THAT(fault("amount: cost", "amount: {price: cost, quantity: seats, per: 12}"), HasSubstr("1, 10, 100"));
    EXPECT_THAT(fault("amount: cost", "amount: cost\nlookups: {p: {file: ../p.csv, key: a}}"),
                HasSubstr("a file beside the mapping"));
    EXPECT_THAT(fault("amount: cost", "amount: [&a cost, *a]"), HasSubstr("alias"));
    EXPECT_THAT(fault("amount: cost", "[amount]: cost"), HasSubstr("before the colon must be a text"));
    EXPECT_THAT(fault("  BillingCurrency: USD", "  {a: b}: USD"), HasSubstr("before the colon must be a text"));
    EXPECT_THAT(fault("PricingQuantity: seats", "[PricingQuantity]: seats"),
                HasSubstr("before the colon must be a text"));
    EXPECT_THAT(fault("PricingQuantity: seats", "~: seats"), HasSubstr("[mapping.wrong_type]"));
    EXPECT_THAT(fault("amount: cost", "amount: cost\nlookups: {[p]: {file: p.csv, key: a}}"),
                HasSubstr("before the colon must be a text"));
    EXPECT_THAT(fault("title: Acme seats", "mode: snap"), HasSubstr("`mode` is snapshot or append"));
    EXPECT_THAT(fault("title: Acme seats", "title: Acme: seats"), HasSubstr("[mapping.syntax]"));
}

TEST(VendorMapping, TablesAreReadAndChecked) {
    const TestFolder folder;
    folder.write("prices.csv", "model,kind,usd\nlarge,in,2.5\nlarge,out,10\n");
    const std::string head = "columns: [day, model, tokens]\n"
                             "lookups: {prices: {file: prices.csv, key: [model, kind]}}\n"
                             "constants: {BillingAccountId: a, BillingCurrency: USD}\n"
                             "map: {ChargePeriodStart: day}\n";
    const VendorMapping mapping =
        parsed_file(head + "amount: {price: \"lookup(prices, model, 'in', usd)\", quantity: tokens, per: 1000000}\n",
                    folder.path())
            .value();
    EXPECT_EQ(mapping.amount.price.places, 6);
    EXPECT_EQ(mapping.amount.price.prices.at(std::string("large") + kKeySeparator + "out"), "10");
    const auto said = [&](const std::string& line) {
        return parsed_file(head + line, folder.path()).error().describe();
    };
    EXPECT_THAT(said("amount: {price: \"lookup(prices, model, usd)\", quantity: tokens}\n"),
                HasSubstr("looked up as lookup(prices, model, kind, column)"));
    EXPECT_THAT(said("amount: {price: \"lookup(prices, model, 'in', eur)\", quantity: tokens}\n"),
                HasSubstr("the table `prices` has no column `eur`"));
    EXPECT_THAT(said("amount: {price: \"lookup(price, model, 'in', usd)\", quantity: tokens}\n"),
                HasSubstr("`lookups` has no table `price`; is `prices` meant?"));
    folder.write("prices.csv", "model,kind,usd\nlarge,in,2.5\nlarge,in,10\n");
    EXPECT_THAT(said(""), HasSubstr("prices.csv, row 2: the table has two rows for one key (cell: \"large in\")"));
    folder.write("prices.csv", "model,kind,usd\nlarge,in,cheap\n");
    EXPECT_THAT(said("amount: {price: \"lookup(prices, model, 'in', usd)\", quantity: tokens}\n"),
                HasSubstr("has a price that is no number: cheap"));
    folder.write("prices.csv", "modell,kind,usd\n");
    EXPECT_THAT(said(""), HasSubstr("the table has no column `model`; is `modell` meant?"));
}

} // namespace
} // namespace florin::ingest::vendor_file
