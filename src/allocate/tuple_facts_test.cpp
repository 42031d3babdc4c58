#include "allocate/tuple_facts.hpp"

#include "allocate/owners_naive.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace florin::allocate {
namespace {

TupleFacts facts_of_rows(const std::vector<std::string>& rows) {
    std::vector<test::Row> read;
    for (const std::string& row : rows) {
        read.push_back(test::row_of(row));
    }
    return facts_of(test::tuples_of(read, tuple_fact_fields()));
}

TEST(TupleFacts, AreThoseOfTheCharge) {
    const TupleFacts facts = facts_of_rows({
        "billing_currency=USD; charge_category=Usage; commitment_discount_status=Used; commitment_discount_id=c-2; "
        "sku_id=k",
        "billing_currency=EUR; charge_category=Usage; charge_class=Correction; sku_id=a",
        "billing_currency=USD; charge_category=Tax",
        "billing_currency=USD; charge_category=Usage; commitment_discount_status=Unused; commitment_discount_id=c-1",
    });
    EXPECT_EQ(facts.tuples.currencies, (std::vector<std::string>{"EUR", "USD"}));
    EXPECT_EQ(facts.programmes, (std::vector<std::string>{"", "c-1", "c-2"}));
    const std::vector<Tuple>& all = facts.tuples.all;
    EXPECT_EQ(all[0], (Tuple{1, ChargeKind::kUsage, CommitmentUse::kUsed, all[0].bill_line, 0, 2, 2}));
    EXPECT_EQ(all[1], (Tuple{0, ChargeKind::kRefund, CommitmentUse::kNone, all[0].bill_line, 0, 0, 1}));
    EXPECT_EQ(all[2], (Tuple{1, ChargeKind::kTax, CommitmentUse::kNone, all[0].bill_line, 0, 0, 0}));
    EXPECT_EQ(all[3], (Tuple{1, ChargeKind::kUsage, CommitmentUse::kUnused, all[0].bill_line, 0, 1, 0}));
}

TEST(TupleFacts, ABillLineIsAnInvoiceTwoAccountsAndAService) {
    const std::string usual = "billing_currency=USD; charge_category=Usage; ";
    const TupleFacts facts = facts_of_rows({
        usual + "invoice_id=I; billing_account_id=B; sub_account_id=S; service_name=N",
        usual + "invoice_id=I; billing_account_id=B; sub_account_id=S; service_name=N; sku_id=k",
        usual + "invoice_id=J; billing_account_id=B; sub_account_id=S; service_name=N",
        usual + "invoice_id=I; billing_account_id=C; sub_account_id=S; service_name=N",
        usual + "invoice_id=I; billing_account_id=B; service_name=N",
        usual + "invoice_id=I; billing_account_id=B; sub_account_id=S; service_name=M",
        usual + "billing_account_id=B; sub_account_id=S; service_name=N",
    });
    const std::vector<Tuple>& all = facts.tuples.all;
    EXPECT_EQ(all[0].bill_whole, all[4].bill_line) << "the same without a sub account";
    EXPECT_EQ(all[4].bill_whole, 0U);
    EXPECT_EQ(all[2].bill_whole, 0U) << "nothing follows the whole account on that invoice";
    std::vector<std::uint32_t> lines;
    for (const Tuple& tuple : facts.tuples.all) {
        lines.push_back(tuple.bill_line);
    }
    EXPECT_EQ(lines[0], lines[1]);
    std::ranges::sort(lines);
    EXPECT_EQ(lines.front(), 1U) << "0 is none";
    EXPECT_EQ(std::ranges::unique(lines).begin() - lines.begin(), 6);
}

TEST(TupleFacts, DoNotDependOnTheOrderOfTuples) {
    const std::vector<std::string> rows = {
        "billing_currency=USD; charge_category=Usage; invoice_id=I2; sku_id=b; commitment_discount_id=y",
        "billing_currency=EUR; charge_category=Usage; invoice_id=I1; sku_id=c; commitment_discount_id=x",
        "billing_currency=CHF; charge_category=Usage; invoice_id=I3; sku_id=a",
    };
    const TupleFacts facts = facts_of_rows(rows);
    const TupleFacts turned = facts_of_rows({rows[2], rows[1], rows[0]});
    EXPECT_EQ(turned.programmes, facts.programmes);
    EXPECT_EQ(turned.tuples.currencies, facts.tuples.currencies);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(turned.tuples.all[rows.size() - 1 - i], facts.tuples.all[i]) << i;
    }
}

} // namespace
} // namespace florin::allocate
