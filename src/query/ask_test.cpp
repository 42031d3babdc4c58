#include "query/answer.hpp"
#include "query/test_bill.hpp"

#include <gtest/gtest.h>

namespace florin::query {
namespace {

using test::Charge;
using test::day;
using test::decimal;

Charge charge(const char* service, const char* cost, const char* on) {
    Charge out;
    out.text = {{"ServiceName", service}, {"BillingCurrency", "USD"}, {"ChargeCategory", "Usage"}};
    out.billed = out.effective = out.list = out.contracted = decimal(cost);
    out.start = day(on);
    return out;
}

TEST(Ask, EffectiveCostByService) {
    const test::Folder folder;
    const auto engine = test::make_engine();
    const test::Bill bill{"a",
                          day("2024-09-01"),
                          {charge("Disk", "1.5", "2024-09-01"), charge("Machine", "2.25", "2024-09-02"),
                           charge("Disk", "0.000000000000000001", "2024-09-03")}};
    for (const bool with_cells : {true, false}) {
        const std::vector<lake::FileSet> files{write_bill(*engine, folder, "b", bill, with_cells)};
        Question question;
        question.dimensions = {"service_name"};
        const auto answer = ask(question, files, *engine);
        ASSERT_TRUE(answer.ok()) << answer.error().describe();
        ASSERT_EQ(answer->blocks.size(), 1U);
        const CurrencyBlock& block = answer->blocks[0];
        EXPECT_EQ(block.currency, "USD");
        ASSERT_EQ(block.rows.size(), 2U);
        EXPECT_EQ(block.rows[0].values, (std::vector<engine::Value>{"Machine", decimal("2.25")}));
        EXPECT_EQ(block.rows[1].values, (std::vector<engine::Value>{"Disk", decimal("1.500000000000000001")}));
        EXPECT_EQ(block.total.values, (std::vector<engine::Value>{engine::Value{}, decimal("3.750000000000000001")}));
        EXPECT_EQ(answer->scopes_from_cells, with_cells ? 1U : 0U);
    }
}

/// Four charges of one month by hand: usage that a commitment covers, its unused part, the purchase
/// that paid for both, and plain usage at a negotiated price.
std::vector<Charge> commitment_month() {
    const auto make = [](const char* category, const char* status, const char* billed, const char* effective,
                         const char* list, const char* contracted) {
        Charge out = charge("Machine", "0", "2024-09-01");
        out.text["ChargeCategory"] = category;
        if (*status != '\0') {
            out.text["CommitmentDiscountCategory"] = "Spend";
            out.text["CommitmentDiscountStatus"] = status;
        }
        out.billed = decimal(billed);
        out.effective = decimal(effective);
        out.list = decimal(list);
        out.contracted = decimal(contracted);
        return out;
    };
    std::vector<Charge> charges{
        make("Usage", "Used", "0", "60", "100", "90"), make("Usage", "Unused", "0", "20", "25", "20"),
        make("Purchase", "", "80", "0", "80", "80"),   make("Usage", "", "45", "45", "50", "45"),
        make("Tax", "", "9", "9", "9", "9"),           make("Credit", "", "-5", "-5", "-5", "-5")};
    charges[2].text["CommitmentDiscountCategory"] = "Spend";
    for (const auto& [at, hours] : {std::pair{0U, 600}, {1U, 150}, {2U, 750}}) {
        charges[at].committed = money::Quantity::from_integer(hours);
        charges[at].text["CommitmentDiscountUnit"] = "Hours";
    }
    charges[0].tags["env"] = "prod";
    return charges;
}

TEST(Ask, SavingsAndCommitmentsByHand) {
    const test::Folder folder;
    const auto engine = test::make_engine();
    const test::Bill bill{"a", day("2024-09-01"), commitment_month()};
    for (const bool with_cells : {true, false}) {
        const std::vector<lake::FileSet> files{write_bill(*engine, folder, "b", bill, with_cells)};
        Question question;
        question.measures = {"billed_cost",
                             "effective_cost",
                             "list_cost",
                             "savings",
                             "negotiated_savings",
                             "commitment_savings",
                             "effective_savings_rate",
                             "effective_savings_rate_capped",
                             "commitment_used",
                             "commitment_unused",
                             "commitment_utilization",
                             "commitment_coverage_of_usage",
                             "tag_coverage.env",
                             "charge_count"};
        const auto answer = ask(question, files, *engine);
        ASSERT_TRUE(answer.ok()) << answer.error().describe();
        // Covered usage is 100 of 150 at list price. Rows of savings: used (100 list, 60 effective), plain usage (50,
        // 45), and unused at list 0 (20).
        EXPECT_EQ(answer->blocks[0].rows[0].values,
                  (std::vector<engine::Value>{
                      decimal("129"), decimal("129"), decimal("259"), decimal("25"), decimal("15"), decimal("10"),
                      decimal("0.166666666666666667"), decimal("0.3"), decimal("60"), decimal("20"), decimal("0.75"),
                      decimal("0.666666666666666667"), decimal("0.465116279069767442"), std::int64_t{6}}));
    }
}

TEST(Ask, QuantitiesOfCommitmentsAreOfOneUnit) {
    const test::Folder folder;
    const auto engine = test::make_engine();
    std::vector<Charge> charges = commitment_month();
    charges.push_back(charges[0]); // of a commitment in money, used by 40
    charges.back().committed = money::Quantity::from_integer(40);
    charges.back().text["CommitmentDiscountUnit"] = "USD";
    const test::Bill bill{"a", day("2024-09-01"), charges};
    const std::vector<lake::FileSet> files{write_bill(*engine, folder, "b", bill, true)};
    Question question;
    question.measures = {"commitment_used_quantity", "commitment_unused_quantity", "commitment_quantity_utilization"};
    question.filter = "commitment_discount_status is not null";
    const auto answer = ask(question, files, *engine);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    const auto quantity = [](std::int64_t of) { return engine::Value{money::Quantity::from_integer(of)}; };
    const engine::Value nothing;
    using Row = std::vector<engine::Value>;
    ASSERT_EQ(answer->blocks[0].rows.size(), 2U);
    EXPECT_EQ(answer->blocks[0].rows[0].values, (Row{"Hours", quantity(600), quantity(150), decimal("0.8")}));
    EXPECT_EQ(answer->blocks[0].rows[1].values, (Row{"USD", quantity(40), nothing, decimal("1")}));
    // Hours and money have no total.
    EXPECT_EQ(answer->blocks[0].total.values, (Row{nothing, nothing, nothing, nothing}));
    EXPECT_EQ(answer->scopes_from_charges, 1U);
}

TEST(Ask, ComparesAndKeepsTheRest) {
    const test::Folder folder;
    const auto engine = test::make_engine();
    const std::vector<lake::FileSet> files{
        write_bill(*engine, folder, "aug",
                   {"a", day("2024-08-01"), {charge("Disk", "8", "2024-08-31"), charge("Gone", "1", "2024-08-05")}},
                   true),
        write_bill(*engine, folder, "sep",
                   {"a", day("2024-09-01"), {charge("Disk", "10", "2024-09-01"), charge("Mail", "3", "2024-09-30")}},
                   true)};
    Question question;
    question.dimensions = {"service"};
    question.period = period::Period{day("2024-09-01"), day("2024-10-01")};
    question.comparison = Comparison::kPrevious;
    question.limit = 1;
    const auto answer = ask(question, files, *engine);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    const CurrencyBlock& block = answer->blocks[0];
    using Row = std::vector<engine::Value>;
    const engine::Value nothing;
    ASSERT_EQ(block.rows.size(), 2U);
    EXPECT_EQ(block.rows[0].values, (Row{"Disk", decimal("10"), decimal("8"), decimal("2"), decimal("25")}));
    EXPECT_EQ(block.rows[1].kind, AnswerRow::Kind::kRest);
    EXPECT_EQ(block.rows[1].values, (Row{nothing, decimal("3"), decimal("1"), decimal("2"), decimal("200")}));
    EXPECT_EQ(block.rest_groups, 2U);
    EXPECT_EQ(block.total.values, (Row{nothing, decimal("13"), decimal("9"), decimal("4"), decimal("44.444444")}));
    EXPECT_EQ(answer->notes,
              (std::vector<std::string>{"Basis: cost is effective.", "Period: 2024-09 by charge period.",
                                        "Compared with 2024-08.", "Read from the daily sums of 1 scope."}));
    EXPECT_EQ(answer->sql.size(), 2U);
    EXPECT_EQ(explain(question, files).value(), answer->sql);
}

TEST(Ask, SpreadsWhatSpansDaysInEffectiveCostOnly) {
    const test::Folder folder;
    const auto engine = test::make_engine();
    Charge fee = charge("Support", "10", "2024-09-29");
    fee.days = 4;
    const test::Bill bill{"a", day("2024-09-01"), {fee}};
    for (const bool with_cells : {true, false}) {
        const std::vector<lake::FileSet> files{write_bill(*engine, folder, "b", bill, with_cells)};
        Question question;
        question.measures = {"cost", "billed_cost"};
        question.grain = period::Grain::kMonth;
        auto answer = ask(question, files, *engine);
        ASSERT_TRUE(answer.ok()) << answer.error().describe();
        using Row = std::vector<engine::Value>;
        ASSERT_EQ(answer->blocks[0].rows.size(), 2U);
        EXPECT_EQ(answer->blocks[0].rows[0].values, (Row{day("2024-09-01"), decimal("5"), decimal("10")}));
        EXPECT_EQ(answer->blocks[0].rows[1].values, (Row{day("2024-10-01"), decimal("5"), decimal("0")}));
        EXPECT_EQ(
            answer->notes.back(),
            "1 charge in the bills read spans several days: effective, list and contracted cost are spread over these, "
            "billed cost falls on the first.");
        question.period_kind = PeriodKind::kBilling;
        answer = ask(question, files, *engine);
        ASSERT_EQ(answer->blocks[0].rows.size(), 1U);
        EXPECT_EQ(answer->blocks[0].rows[0].values, (Row{day("2024-09-01"), decimal("10"), decimal("10")}));
    }
}

TEST(Ask, SaysWhichCostsAreMissing) {
    const test::Folder folder;
    const auto engine = test::make_engine();
    Charge known = charge("Disk", "10", "2024-09-01");
    known.contracted = decimal("9");
    Charge unknown = charge("Mail", "4", "2024-09-01");
    unknown.contracted.reset();
    const std::vector<lake::FileSet> files{
        write_bill(*engine, folder, "b", {"a", day("2024-09-01"), {known, unknown}}, true)};
    Question question;
    question.measures = {"contracted_cost", "negotiated_savings"};
    question.dimensions = {"service"};
    const auto answer = ask(question, files, *engine);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    using Row = std::vector<engine::Value>;
    EXPECT_EQ(answer->blocks[0].rows[0].values, (Row{"Disk", decimal("9"), decimal("1")}));
    EXPECT_EQ(answer->blocks[0].rows[1].values, (Row{"Mail", engine::Value{}, engine::Value{}}));
    EXPECT_EQ(answer->notes.back(),
              "1 of 2 charges in the bills read have no ContractedCost; they are not in figures that need it.");
    EXPECT_EQ(answer->scopes_from_charges, 1U) << "daily sums cannot tell which list cost to compare";
}

TEST(Ask, NothingDeliveredIsNoError) {
    const auto engine = test::make_engine();
    const auto answer = ask(Question{}, {}, *engine);
    ASSERT_TRUE(answer.ok());
    EXPECT_TRUE(answer->blocks.empty());
    EXPECT_EQ(answer->notes.back(), "Nothing was delivered for this period.");
}

} // namespace
} // namespace florin::query
