// The three models of commitments, each with costs that were worked out by hand. What each of them must hold: the
// effective cost of what is covered and of what is not used adds up to what was billed, to the last digit.
#include "ingest/gcp_billing/gcp_billing.hpp"
#include "ingest/gcp_billing/test_rows.hpp"

#include <gtest/gtest.h>

#include <random>

namespace florin::ingest::gcp_billing {
namespace {

const std::string kResource = "COMMITTED_USAGE_DISCOUNT";
const std::string kSpend = "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE";
const std::string kOffset = "FEE_UTILIZATION_OFFSET";
const std::string kCores = "Commitment v1: N2 Cpu in Netherlands for 1 Year";
const std::string kFlexible = "Commitment - dollar based v1: GCE for 1 year";
const std::string kFlexibleCredit = "Committed use discount - dollar based: GCE Commitments";

class GcpCommitments : public testing::Test {
protected:
    void load(const std::vector<Cells>& rows) {
        const auto loaded = ledger_.load_rows("day.csv", rows);
        ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
        EXPECT_EQ(ledger_.sum("EffectiveCost"), ledger_.sum("BilledCost"));
    }
    Cells only(std::string_view where) {
        const std::vector<Cells> rows = ledger_.charges(where);
        EXPECT_EQ(rows.size(), 1U) << where;
        return rows.empty() ? Cells{} : rows[0];
    }
    SourceLedger ledger_{source()};
};

Cells core_fee(const std::string& instance, const std::string& cost, const std::string& hours) {
    return with(fee(kCores, instance, cost, hours), {{"usage.pricing_unit", "hour"}});
}
Cells flexible_fee(const std::string& instance, const std::string& cost, const std::string& units) {
    return with(fee(kFlexible, instance, cost, units), {{"location.region", ""}});
}

/// 10 hours at 0.05, listed at 0.06, 8 of them covered (0.40 / 0.05); the fee is 0.30 for 12 hours: 8 x 0.025 = 0.20
/// are used, 4 x 0.025 = 0.10 are not.
TEST_F(GcpCommitments, ResourceBasedUseCarriesTheFeeOfWhatIsCovered) {
    load({with(usage(), {{"credits", credit(kResource, "-0.40", "Committed Usage Discount: CPU")}}),
          core_fee("c-1", "0.30", "12")});
    expect(only("CommitmentDiscountStatus = 'Used'"), {{"BilledCost", "0"},
                                                       {"EffectiveCost", "0.2"},
                                                       {"ContractedCost", "0.4"},
                                                       {"ListCost", "0.48"},
                                                       {"PricingQuantity", "8"},
                                                       {"ConsumedQuantity", "28800"},
                                                       {"ChargeCategory", "Usage"},
                                                       {"PricingCategory", "Committed"},
                                                       {"CommitmentDiscountId", "c-1"},
                                                       {"CommitmentDiscountName", kCores},
                                                       {"CommitmentDiscountCategory", "Usage"},
                                                       {"CommitmentDiscountQuantity", "8"},
                                                       {"CommitmentDiscountUnit", "hour"},
                                                       {"Tags", R"({"team":"web"})"}});
    expect(only("BilledCost = 0.1"), {{"EffectiveCost", "0.1"},
                                      {"ContractedCost", "0.1"},
                                      {"ListCost", "0.12"},
                                      {"PricingQuantity", "2"},
                                      {"ConsumedQuantity", "7200"},
                                      {"PricingCategory", "Standard"},
                                      {"Tags", R"({"team":"web"})"},
                                      {"CommitmentDiscountId", "(null)"},
                                      {"CommitmentDiscountStatus", "(null)"}});
    expect(only("ChargeCategory = 'Purchase'"), {{"BilledCost", "0.3"},
                                                 {"EffectiveCost", "0"},
                                                 {"ChargeFrequency", "Recurring"},
                                                 {"CommitmentDiscountId", "c-1"},
                                                 {"CommitmentDiscountStatus", "(null)"},
                                                 {"CommitmentDiscountQuantity", "12"}});
    expect(only("CommitmentDiscountStatus = 'Unused'"), {{"BilledCost", "0"},
                                                         {"EffectiveCost", "0.1"},
                                                         {"ChargeCategory", "Usage"},
                                                         {"PricingCategory", "Committed"},
                                                         {"CommitmentDiscountId", "c-1"},
                                                         {"CommitmentDiscountQuantity", "4"},
                                                         {"ConsumedQuantity", "(null)"}});
}

/// A fee of 1 for 3 hours that three resources use up: thirds do not add up, their shares do.
TEST_F(GcpCommitments, SharesOfAFeeAddUpToIt) {
    const Cells third = with(
        usage(), {{"usage.amount_in_pricing_units", "1"}, {"cost", "0.7"}, {"credits", credit(kResource, "-0.7")}});
    load({third, third, third, core_fee("c-1", "1", "3")});
    EXPECT_EQ(ledger_.sum("EffectiveCost", "CommitmentDiscountStatus = 'Used'"), "1");
    EXPECT_TRUE(ledger_.charges("CommitmentDiscountStatus = 'Unused'").empty());
    for (const Cells& row : ledger_.charges("CommitmentDiscountStatus = 'Used'")) {
        EXPECT_EQ(row.at("BilledCost"), "0");
        EXPECT_EQ(row.at("EffectiveCost").substr(0, 19), "0.33333333333333333");
    }
}

/// Memory, another machine series, another region and another day have commitments of their own.
TEST_F(GcpCommitments, UseIsCoveredByTheCommitmentOfItsKind) {
    const auto covered = [](const Cells& changes) {
        return with(with(usage(), {{"credits", credit(kResource, "-0.5")}}), changes);
    };
    const Cells memory = {{"usage.pricing_unit", "gibibyte hour"}};
    const Cells e2 = {{"sku.description", "E2 Instance Core running in Netherlands"}};
    const Cells iowa = {{"location.region", "us-central1"}};
    const Cells later = {{"usage_start_time", "2025-03-05 10:00:00 UTC"},
                         {"usage_end_time", "2025-03-05 11:00:00 UTC"}};
    load({covered({}), covered(memory), covered(e2), covered(iowa), covered(later),
          with(core_fee("memory", "2", "10"), memory),
          with(core_fee("e2", "3", "10"), {{"sku.description", "Commitment v1: E2 Cpu in Netherlands for 1 Year"}}),
          with(core_fee("iowa", "4", "10"), iowa), with(core_fee("later", "5", "10"), later),
          core_fee("plain", "1", "10")});
    for (const auto& [id, cost] : Cells{{"plain", "1"}, {"memory", "2"}, {"e2", "3"}, {"iowa", "4"}, {"later", "5"}}) {
        EXPECT_EQ(
            ledger_.sum("EffectiveCost", "CommitmentDiscountStatus = 'Used' AND CommitmentDiscountId = '" + id + "'"),
            cost)
            << id;
    }
}

/// Two commitments for the same thing, 4 and 6 hours for 1 and 3: of 10 hours 5 are used, so that 2 of 4 are. What is
/// unused of each is its part of the fees: 0.5 and 1.5.
TEST_F(GcpCommitments, CommitmentsThatCannotBeToldApartAreOne) {
    load({with(usage(), {{"credits", credit(kResource, "-0.25")}}), core_fee("b", "3", "6"), core_fee("a", "1", "4")});
    expect(only("CommitmentDiscountStatus = 'Used'"), {{"CommitmentDiscountId", "a+b"}, {"EffectiveCost", "2"}});
    EXPECT_EQ(ledger_.sum("EffectiveCost", "CommitmentDiscountStatus = 'Unused' AND CommitmentDiscountId = 'a+b'"),
              "2");
    EXPECT_EQ(only("CommitmentDiscountStatus = 'Unused' AND EffectiveCost < 1").at("EffectiveCost"), "0.5");
    EXPECT_EQ(only("ChargeCategory = 'Purchase' AND BilledCost = 1").at("x_SubscriptionInstanceId"), "a");
}

TEST_F(GcpCommitments, ACreditWithoutItsFeeCostsWhatIsBilled) {
    load({with(usage(), {{"credits", credit(kResource, "-0.4")}})});
    expect(ledger_.charges().at(0), {{"BilledCost", "0.1"},
                                     {"EffectiveCost", "0.1"},
                                     {"CommitmentDiscountId", "(null)"},
                                     {"CommitmentDiscountStatus", "(null)"},
                                     {"PricingCategory", "Standard"}});
}

/// Prices of legacy spend-based fees are for a cent ("SKU price x 100", Compute flexible CUDs): 1000 at 0.0072 are 7.20
/// for 10 USD of use. 4 of them are used: 2.88; 4.32 are not. The other fee is for another service.
TEST_F(GcpCommitments, LegacySpendBasedUseCarriesTheFeeForItsCredit) {
    load({with(usage(), {{"cost", "5"},
                         {"service.description", "Cloud Run"},
                         {"sku.description", "CPU Allocation Time"},
                         {"credits", credit(kSpend, "-4", kFlexibleCredit)}}),
          flexible_fee("flex", "7.2", "1000"),
          with(fee("Commitment - dollar based v1: Cloud SQL database in Netherlands for 1 Year", "sql", "3", "4"),
               {{"service.description", "Cloud SQL"}})});
    expect(only("CommitmentDiscountStatus = 'Used'"), {{"BilledCost", "0"},
                                                       {"EffectiveCost", "2.88"},
                                                       {"CommitmentDiscountId", "flex"},
                                                       {"CommitmentDiscountCategory", "Spend"},
                                                       {"CommitmentDiscountQuantity", "4"},
                                                       {"CommitmentDiscountUnit", "USD"}});
    expect(only("CommitmentDiscountStatus = 'Unused' AND CommitmentDiscountId = 'flex'"),
           {{"EffectiveCost", "4.32"}, {"CommitmentDiscountQuantity", "6"}});
    expect(only("CommitmentDiscountStatus = 'Unused' AND CommitmentDiscountId = 'sql'"), {{"EffectiveCost", "3"}});
}

/// Google's example of using less than was committed (Compute flexible CUDs): 43.20 an hour for 60 of on-demand use,
/// 50 are used. At 28 % off that is 36, and 7.20 are unused; the bill is 43.20.
TEST_F(GcpCommitments, TheOffsetOfTheConsumptionModelMovesToTheUse) {
    load({with(usage(), {{"cost", "36"},
                         {"cost_at_effective_price_default", "50"},
                         {"price.effective_price_default", "5"},
                         {"price.effective_price", "3.6"},
                         {"consumption_model.id", "5515-81A8-03A2"},
                         {"consumption_model.description", "Compute Flexible CUDs 1 Year"}}),
          with(flexible_fee("flex", "43.2", "43.2"),
               {{"consumption_model.description", "Default"}, {"credits", credit(kOffset, "-36", "offset")}})});
    EXPECT_EQ(ledger_.sum("BilledCost"), "43.2");
    expect(only("CommitmentDiscountStatus = 'Used'"), {{"BilledCost", "0"},
                                                       {"EffectiveCost", "36"},
                                                       {"ContractedCost", "50"},
                                                       {"ContractedUnitPrice", "5"},
                                                       {"CommitmentDiscountId", "flex"},
                                                       {"CommitmentDiscountCategory", "Spend"},
                                                       {"PricingCategory", "Committed"},
                                                       {"x_ConsumptionModelId", "5515-81A8-03A2"}});
    expect(only("ChargeCategory = 'Purchase'"), {{"BilledCost", "43.2"}, {"EffectiveCost", "0"}});
    expect(only("CommitmentDiscountStatus = 'Unused'"),
           {{"BilledCost", "0"}, {"EffectiveCost", "7.2"}, {"CommitmentDiscountQuantity", "7.2"}});
}

/// An offset of 6 for use of 4 and 8: a half of each is paid by it. And one that finds no use stays with its fee.
TEST_F(GcpCommitments, AnOffsetThatIsNotThatOfTheUseIsShared) {
    const Cells model = {{"consumption_model.description", "Compute Flexible CUDs 1 Year"}};
    const Cells offset = {{"consumption_model.description", "Default"}, {"credits", credit(kOffset, "-6")}};
    load({with(with(usage(), model), {{"cost", "4"}}), with(with(usage(), model), {{"cost", "8"}}),
          with(flexible_fee("flex", "10", "10"), offset)});
    EXPECT_EQ(ledger_.sum("BilledCost", "EffectiveCost = 4 AND CommitmentDiscountStatus = 'Used'"), "2");
    EXPECT_EQ(ledger_.sum("BilledCost", "EffectiveCost = 8"), "4");
    EXPECT_EQ(ledger_.sum("BilledCost", "ChargeCategory = 'Purchase'"), "10");
    load({with(flexible_fee("flex", "10", "10"), offset)});
    expect(only("ChargeCategory = 'Purchase'"), {{"BilledCost", "4"}, {"EffectiveCost", "0"}});
    expect(only("CommitmentDiscountStatus = 'Unused'"), {{"EffectiveCost", "4"}});
}

/// There is nothing to move to use that is taken back: -0.5 and the fee of 5.
TEST_F(GcpCommitments, AnOffsetOfNothingMovesNothing) {
    load({with(usage(), {{"cost", "-0.5"}, {"consumption_model.description", "Compute Flexible CUDs 1 Year"}}),
          with(flexible_fee("flex", "5", "5"),
               {{"consumption_model.description", "Default"}, {"credits", credit(kOffset, "0")}})});
    EXPECT_EQ(ledger_.sum("BilledCost"), "4.5");
    EXPECT_EQ(ledger_.sum("BilledCost", "ChargeCategory = 'Purchase'"), "5");
}

TEST_F(GcpCommitments, UseInTheDefaultModelIsNotCovered) {
    load({with(usage(), {{"consumption_model.description", "Default"}})});
    expect(ledger_.charges().at(0),
           {{"BilledCost", "0.5"}, {"CommitmentDiscountStatus", "(null)"}, {"PricingCategory", "Standard"}});
}

/// Whatever is credited to whom, nothing is lost: the invariant of load() over amounts that do not divide evenly.
TEST_F(GcpCommitments, NothingIsLostWhateverIsCredited) {
    std::mt19937 random(11);
    const auto number = [&] { return "0." + std::to_string(random() % 999'983 + 1); };
    for (int round = 0; round < 20; ++round) {
        std::vector<Cells> rows;
        for (int i = 0; i < 7; ++i) {
            const std::string units = number();
            rows.push_back(
                with(usage(), {{"cost", number()},
                               {"usage.amount_in_pricing_units", units},
                               {"credits", credit(i % 2 == 0 ? kResource : kSpend, "-" + number(), kFlexibleCredit)}}));
            rows.push_back(with(usage(), {{"cost", number()}, {"consumption_model.description", "Flex 1 year"}}));
        }
        rows.push_back(core_fee("a", number(), number()));
        rows.push_back(core_fee("b", number(), number()));
        rows.push_back(flexible_fee("legacy", number(), number()));
        rows.push_back(with(flexible_fee("new", number(), number()), {{"credits", credit(kOffset, "-" + number())}}));
        rows.push_back(with(flexible_fee("newer", number(), number()), {{"credits", credit(kOffset, "-" + number())}}));
        load(rows);
    }
}

} // namespace
} // namespace florin::ingest::gcp_billing
