#include "query/answer.hpp"
#include "query/explanation.hpp"
#include "query/test_bill.hpp"

#include <gmock/gmock.h>

namespace florin::query {
namespace {

using test::Charge;
using test::day;
using test::decimal;
using testing::ElementsAre;
using testing::HasSubstr;

/// Charges of two billing periods; the same invoice issuer says something of both.
class JoinedTest : public testing::Test {
protected:
    static Charge charge(const char* cost, std::map<std::string, std::string> text, const char* on = "2024-09-01") {
        Charge out;
        out.text = std::move(text);
        out.text.insert({{"ServiceName", "Machine"},
                         {"BillingCurrency", "USD"},
                         {"ChargeCategory", "Usage"},
                         {"InvoiceIssuerName", "Cloud"}});
        out.billed = out.effective = out.list = out.contracted = decimal(cost);
        out.start = day(on);
        return out;
    }

    /// "VALUE COST" of each row, the largest cost first; the total of all is checked.
    std::vector<std::string> rows(const std::string& dimension, const std::string& filter = "") {
        std::vector<std::string> first;
        for (const bool with_cells : {true, false}) {
            std::vector<lake::FileSet> files;
            for (std::size_t i = 0; i < bills_.size(); ++i) {
                files.push_back(write_bill(*engine_, folder_, "b" + std::to_string(i), bills_[i], with_cells));
            }
            Question question;
            question.dimensions = {dimension};
            question.filter = filter;
            answer_ = ask(question, files, *engine_, {.datasets = datasets_}).value();
            std::vector<std::string> texts;
            for (const CurrencyBlock& block : answer_.blocks) {
                for (const AnswerRow& row : block.rows) {
                    texts.push_back(engine::exact_text(row.values[0]) + " " + engine::exact_text(row.values[1]));
                }
            }
            EXPECT_TRUE(first.empty() || texts == first) << "cells and charges say the same";
            first = texts;
        }
        return first;
    }

    test::Folder folder_;
    std::unique_ptr<engine::Engine> engine_ = test::make_engine();
    std::vector<test::Bill> bills_;
    std::vector<DatasetRows> datasets_;
    Answer answer_;
};

TEST_F(JoinedTest, InvoicesAreFoundByIssuerAndNumber) {
    bills_ = {{"a",
               day("2024-09-01"),
               {charge("1", {{"InvoiceId", "I-1"}}), charge("2", {{"InvoiceId", "I-2"}}),
                charge("4", {{"InvoiceId", "I-1"}, {"InvoiceIssuerName", "Other"}}), charge("8", {}),
                charge("16", {{"InvoiceId", "I-2"}}, "2024-09-02")}}};
    datasets_ = {{focus::Dataset::kInvoiceDetail,
                  "SELECT * FROM (VALUES ('Cloud', 'I-1', 'a', 'Issued', TIMESTAMP '2024-10-31'), "
                  "('Cloud', 'I-1', 'b', 'Issued', TIMESTAMP '2024-10-31'), "
                  "('Cloud', 'I-2', 'a', 'Open', NULL), ('Cloud', 'I-2', 'b', 'Issued', TIMESTAMP '2024-11-30 12:00')) "
                  "AS d(InvoiceIssuerName, InvoiceId, InvoiceDetailId, InvoiceIssueStatus, PaymentDueDate)",
                  false}};
    EXPECT_THAT(rows("invoice_issue_status"), ElementsAre("Issued, Open 18", " 12", "Issued 1"));
    EXPECT_THAT(rows("payment_due_date"), ElementsAre("2024-11-30T12:00:00Z 18", " 12", "2024-10-31 1"));
    EXPECT_THAT(rows("PaymentDueDate", "InvoiceIssueStatus = 'Issued'"), ElementsAre("2024-10-31 1"));
    EXPECT_THAT(rows("service_name", "invoice_issue_status is null"), ElementsAre("Machine 12"));
    EXPECT_THAT(rows("service_name"), ElementsAre("Machine 31"));
    for (const std::string& sql : answer_.sql) {
        EXPECT_THAT(sql, testing::Not(HasSubstr("joined"))) << "joined only when asked for";
    }
}

TEST_F(JoinedTest, ABillingPeriodIsAsItWasSaidLast) {
    bills_ = {{"a", day("2024-09-01"), {charge("1", {}), charge("2", {{"InvoiceIssuerName", "Other"}})}},
              {"a", day("2024-10-01"), {charge("4", {}, "2024-10-01")}}};
    datasets_ = {{focus::Dataset::kBillingPeriod,
                  "SELECT * FROM (VALUES ('Cloud', TIMESTAMP '2024-09-01', 'Open', TIMESTAMP '2024-09-01'), "
                  "('Cloud', TIMESTAMP '2024-09-01', 'Closed', TIMESTAMP '2024-10-03'), "
                  "('Cloud', TIMESTAMP '2024-10-01', 'Open', TIMESTAMP '2024-10-01')) "
                  "AS d(InvoiceIssuerName, BillingPeriodStart, BillingPeriodStatus, BillingPeriodLastUpdated)",
                  false}};
    EXPECT_THAT(rows("billing_period_status"), ElementsAre("Open 4", " 2", "Closed 1"));
}

TEST_F(JoinedTest, CommitmentsAreFoundByWhatIsAppliedElseByTheirId) {
    const auto applied = [](const std::string& ids) { return R"({"Elements":[)" + ids + "]}"; };
    bills_ = {{"a",
               day("2024-09-01"),
               {charge("1", {{"ContractApplied", applied(R"({"ContractCommitmentId":"c-1","AppliedCost":1})")}}),
                charge("2", {{"ContractApplied", applied(R"({"ContractCommitmentID":"c-2"},)"
                                                         R"({"ContractCommitmentId":"c-1"},)"
                                                         R"({"ContractCommitmentId":"c-1"})")}}),
                charge("4", {{"CommitmentDiscountId", "c-2"}}),
                charge("8", {{"ContractApplied", applied(R"({"ContractCommitmentId":"unknown"})")},
                             {"CommitmentDiscountId", "c-2"}}),
                charge("16", {{"ContractApplied", "no JSON"}}), charge("32", {{"CommitmentDiscountId", "other"}})}}};
    datasets_ = {{focus::Dataset::kContractCommitment,
                  "SELECT * FROM (VALUES ('c-1', 'Machines', TIMESTAMP '2025-09-01'), ('c-2', 'Disks', NULL)) "
                  "AS d(ContractCommitmentId, ContractCommitmentDescription, ContractCommitmentPeriodEnd)",
                  false}};
    EXPECT_THAT(rows("contract_commitment_description"),
                ElementsAre(" 56", "Disks 4", "Disks, Machines 2", "Machines 1"));
    EXPECT_THAT(rows("contract_commitment_period_end"), ElementsAre(" 60", "2025-09-01 3"));
}

TEST_F(JoinedTest, WithoutTheDatasetThereIsNoValueAndThatIsSaid) {
    bills_ = {{"a", day("2024-09-01"), {charge("1", {{"InvoiceId", "I-1"}})}}};
    EXPECT_THAT(rows("invoice_issue_status"), ElementsAre(" 1"));
    EXPECT_THAT(answer_.notes, testing::Contains(HasSubstr("No file of the FOCUS dataset InvoiceDetail")));
    EXPECT_THAT(rows("contract_id"), ElementsAre(" 1"));
    EXPECT_THAT(rows("billing_period_status"), ElementsAre(" 1"));
}

TEST_F(JoinedTest, AnExplanationSaysThatTheDatasetIsMissing) {
    const test::Bill bill{"a", day("2024-09-01"), {charge("1", {{"InvoiceId", "I-1"}})}};
    const std::vector<lake::FileSet> files{write_bill(*engine_, folder_, "b0", bill, true)};
    Question question;
    question.measures = {"cost"};
    question.filter = "invoice_issue_status = 'Issued'";
    const Explanation explanation = explain_measure(question, files, *engine_, {}).value();
    EXPECT_THAT(explanation.notes, testing::Contains(HasSubstr("No file of the FOCUS dataset")));
}

} // namespace
} // namespace florin::query
