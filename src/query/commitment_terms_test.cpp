#include "query/commitment_terms.hpp"

#include "query/test_bill.hpp"

#include <gtest/gtest.h>

namespace florin::query {
namespace {

using test::Charge;
using test::day;
using test::decimal;

/// A purchase of the commitment from a day on, so many days long.
Charge purchase(const char* id, const char* frequency, const char* from, int days,
                std::map<std::string, std::string> custom = {}) {
    Charge out;
    out.text = {{"BillingCurrency", "USD"},   {"ChargeCategory", "Purchase"}, {"ChargeFrequency", frequency},
                {"CommitmentDiscountId", id}, {"ServiceProviderName", "P"},   {"CommitmentDiscountCategory", "Spend"}};
    out.custom = std::move(custom);
    out.billed = out.list = out.contracted = decimal("120");
    out.effective = decimal("0");
    out.start = day(from);
    out.days = days;
    return out;
}

/// "start end source" of each commitment.
std::map<std::string, std::string> terms_of(const std::vector<Charge>& charges) {
    const test::Folder folder;
    const auto engine = test::make_engine();
    const std::vector<lake::FileSet> files{write_bill(*engine, folder, "b", {"a", day("2024-01-01"), charges}, true)};
    std::map<std::string, std::string> texts;
    for (const CommitmentTerm& term : commitment_terms(files, *engine).value()) {
        const auto text = [](const std::optional<period::Instant>& at) { return at ? period::to_string(*at) : "-"; };
        texts[term.id] = text(term.start) + " " + text(term.end) + " " + std::string(name(term.source));
    }
    return texts;
}

TEST(CommitmentTerms, WhatTheProviderStatesIsTheTerm) {
    Charge unused = purchase(
        "unused", "Usage-Based", "2024-01-02", 1,
        {{"x_ReservationStartTime", "2023-06-23T19:45:20.000Z"}, {"x_ReservationEndTime", "2026-06-22T19:45:20.000Z"}});
    unused.text["ChargeCategory"] = "Usage";
    unused.text["CommitmentDiscountStatus"] = "Unused";
    const auto terms = terms_of(
        {unused,
         purchase("plan", "Recurring", "2024-01-01", 1,
                  {{"x_SavingsPlanStartTime", "2024-01-01T00:00:00.000Z"},
                   {"x_SavingsPlanEndTime", "2024-12-31T23:59:59.000Z"}}),
         // It is stated later that the plan ends otherwise.
         purchase("plan", "Recurring", "2024-01-03", 1, {{"x_SavingsPlanEndTime", "2024-01-31T00:00:00.000Z"}}),
         // The statement is worth more than the period of the purchase.
         purchase("both", "One-Time", "2024-01-01", 366, {{"x_SavingsPlanEndTime", "2024-12-31T11:00:00.000Z"}}),
         purchase("unreadable", "Recurring", "2024-01-01", 1, {{"x_SavingsPlanEndTime", "next year"}})});
    EXPECT_EQ(terms,
              (std::map<std::string, std::string>{{"unused", "2023-06-23T19:45:20Z 2026-06-22T19:45:20Z provider"},
                                                  {"plan", "2024-01-01T00:00:00Z 2024-01-31T00:00:00Z provider"},
                                                  {"both", "- 2024-12-31T11:00:00Z provider"},
                                                  {"unreadable", "- - none"}}));
}

TEST(CommitmentTerms, APurchasePaidOnceTellsItsTerm) {
    Charge refund = purchase("refunded", "One-Time", "2024-03-01", 366);
    refund.text["ChargeClass"] = "Correction";
    Charge used = purchase("used only", "One-Time", "2024-01-01", 366);
    used.text["ChargeCategory"] = "Usage";
    used.text["CommitmentDiscountStatus"] = "Used";
    const auto terms =
        terms_of({purchase("year", "One-Time", "2024-01-15", 366), purchase("month", "One-Time", "2024-01-01", 31),
                  purchase("paid monthly", "Recurring", "2024-01-01", 366),
                  purchase("azure", "One-Time", "2024-01-31", 1, {{"x_Term", "13"}}),
                  purchase("azure focus", "One-Time", "2024-01-15", 1, {{"x_SkuTerm", "36"}}),
                  purchase("azure monthly", "Recurring", "2024-01-15", 1, {{"x_Term", "12"}}),
                  purchase("no term", "One-Time", "2024-01-15", 1, {{"x_Term", "1"}}),
                  purchase("refunded", "One-Time", "2024-01-01", 366), refund, used});
    EXPECT_EQ(terms,
              (std::map<std::string, std::string>{{"year", "2024-01-15T00:00:00Z 2025-01-15T00:00:00Z purchase"},
                                                  {"month", "- - none"},
                                                  {"paid monthly", "- - none"},
                                                  // 13 months after the 31st of January is the last of February.
                                                  {"azure", "2024-01-31T00:00:00Z 2025-02-28T00:00:00Z months"},
                                                  {"azure focus", "2024-01-15T00:00:00Z 2027-01-15T00:00:00Z months"},
                                                  {"azure monthly", "- - none"},
                                                  {"no term", "- - none"},
                                                  {"refunded", "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z purchase"}}));
}

TEST(CommitmentTerms, AContractIsThatOfTheSameIdElseTheOnlyOneApplied) {
    const auto applied = [](const char* commitment, const std::string& ids) {
        Charge used = purchase(commitment, "Usage-Based", "2024-01-01", 1);
        used.text["ChargeCategory"] = "Usage";
        used.text["ContractApplied"] = R"({"Elements":[)" + ids + "]}";
        return used;
    };
    const std::string one = R"({"ContractCommitmentId":"c-1"})";
    const std::string two = R"({"ContractCommitmentId":"c-2"})";
    const test::Folder folder;
    const auto engine = test::make_engine();
    const std::vector<lake::FileSet> files{
        write_bill(*engine, folder, "b",
                   {"a",
                    day("2024-01-01"),
                    {applied("one", one), applied("one", one), applied("both", one + "," + two), applied("c-2", one),
                     purchase("none", "Recurring", "2024-01-01", 1)}},
                   true)};
    const DatasetRows rows{focus::Dataset::kContractCommitment,
                           "SELECT * FROM (VALUES ('c-1', 'Machines', 'Plan', TIMESTAMP '2024-01-01', TIMESTAMP "
                           "'2027-01-01', 500000.25::DECIMAL(38,18), 'USD', NULL::DECIMAL(38,12), NULL), "
                           "('c-2', NULL, 'Reserved', TIMESTAMP '2024-01-01', TIMESTAMP '2025-01-01', NULL, NULL, "
                           "8784.5, 'Hours')) AS d(ContractCommitmentId, ContractCommitmentDescription, "
                           "ContractCommitmentType, ContractCommitmentPeriodStart, ContractCommitmentPeriodEnd, "
                           "ContractCommitmentCost, BillingCurrency, ContractCommitmentQuantity, "
                           "ContractCommitmentUnit)",
                           false};
    const auto found = contract_commitments(files, *engine, rows).value();
    std::vector<std::string> ids;
    for (const auto& [commitment, contract] : found) {
        ids.push_back(commitment + " " + contract.id);
    }
    EXPECT_EQ(ids, (std::vector<std::string>{"c-1 c-1", "c-2 c-2", "one c-1"}));
    EXPECT_EQ(found.at("one").cost, decimal("500000.25"));
    EXPECT_EQ(found.at("one").description, "Machines");
    EXPECT_EQ(period::to_string(*found.at("one").end), "2027-01-01T00:00:00Z");
    EXPECT_EQ(found.at("c-2").quantity->to_string(), "8784.5");
    EXPECT_EQ(found.at("c-2").unit, "Hours");
    EXPECT_FALSE(found.at("c-2").cost);
    EXPECT_TRUE(contract_commitments(files, *engine, {}).value().empty());
}

} // namespace
} // namespace florin::query
