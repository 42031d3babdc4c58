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
    const test::Bill bill{"a", day("2024-09-01"), {charge("Disk", "1.5", "2024-09-01"), charge("Machine", "2.25", "2024-09-02"),
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

} // namespace
} // namespace florin::query
