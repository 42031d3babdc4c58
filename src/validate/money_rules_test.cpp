#include "validate/group_checks.hpp"
#include "validate/test_bills.hpp"
#include "validate/validate.hpp"

#include <gmock/gmock.h>

namespace florin::validate {
namespace {

using focus::Version;
using ::testing::HasSubstr;

class MoneyRules : public BillTest {};

money::Decimal amount(std::string_view text) {
    return money::Decimal::parse(text).value();
}

// --- price times quantity -------------------------------------------------------------------------

TEST_F(MoneyRules, ProductsAreEqualRoundedOrWrong) {
    const Report report = validate("BillingCurrency,ListUnitPrice,PricingQuantity,ListCost\n"
                                   "USD,0.1,3,0.3\n"
                                   "USD,0.333,1.5,0.50\n"               // 0.4995, rounded to what is written
                                   "USD,0.1,3,0.31\n"                   // wrong
                                   "USD,,3,0.31\n"                      // nothing to multiply
                                   "USD,1E-30,1E30,1\n"                 // exact beyond what a decimal can hold
                                   "USD,100000000000,100000000000,1\n", // beyond any amount
                                   of_version(Version::k1_0));
    const Finding& found = finding(report, "ListCost-C-009-C");
    EXPECT_EQ(found.outcome, Outcome::kFail);
    EXPECT_EQ(found.rounding_rows, 1U);
    EXPECT_GE(found.rows, 2U);
    EXPECT_EQ(found.samples[0].row, 3U);
}

TEST_F(MoneyRules, RoundingAloneDoesNotFail) {
    const Report report = validate("BillingCurrency,ListUnitPrice,PricingQuantity,ListCost\nUSD,0.333,1.5,0.50\n",
                                   of_version(Version::k1_0));
    const Finding& found = finding(report, "ListCost-C-009-C");
    EXPECT_EQ(found.outcome, Outcome::kPass);
    EXPECT_EQ(found.rounding_rows, 1U);
    EXPECT_FALSE(report.has_binding_failure() && found.outcome == Outcome::kFail);
}

TEST_F(MoneyRules, CorrectionsAreMultipliedSinceVersion14) {
    const std::string csv = "BillingCurrency,ChargeClass,ListUnitPrice,PricingQuantity,ListCost\n"
                            "USD,Correction,0.1,3,0.4\n";
    EXPECT_EQ(finding(validate(csv, of_version(Version::k1_0)), "ListCost-C-009-C").outcome, Outcome::kSkipped);
    EXPECT_EQ(finding(validate(csv, of_version(Version::k1_4)), "CAU-ListCost-C-009-C").outcome, Outcome::kFail);
}

// --- commitments ----------------------------------------------------------------------------------

constexpr const char* kHeader = "ChargePeriodStart,ChargePeriodEnd,ChargeCategory,CommitmentDiscountId,"
                                "CommitmentDiscountStatus,CommitmentDiscountUnit,CommitmentDiscountQuantity,"
                                "BillingCurrency,BilledCost,EffectiveCost\n";

std::string line(const std::string& from, const std::string& to, const std::string& rest) {
    return "2024-09-" + from + "T00:00:00Z,2024-09-" + to + "T00:00:00Z," + rest + "\n";
}

/// A commitment for two days at 3 USD: `used` and `unused` are the EffectiveCost.
std::string two_days(const std::string& used, const std::string& unused) {
    return kHeader + line("01", "03", "Purchase,ri,,Hours,48,USD,3,0") +
           line("01", "02", "Usage,ri,Used,Hours,24,USD,0," + used) +
           line("02", "03", "Usage,ri,Unused,Hours,24,USD,0," + unused);
}

TEST_F(MoneyRules, ACommitmentWhoseTermIsThereIsAddedUp) {
    const auto outcome = [&](const std::string& csv) {
        return finding(validate(csv, of_version(Version::k1_0)), "EffectiveCost-C-012-C");
    };
    EXPECT_EQ(outcome(two_days("2", "1")).outcome, Outcome::kPass);
    EXPECT_EQ(outcome(two_days("2", "1")).rows_in_scope, 3U);
    const Finding wrong = outcome(two_days("2", "1.5"));
    EXPECT_EQ(wrong.outcome, Outcome::kFail);
    EXPECT_EQ(wrong.rows, 3U);
    EXPECT_EQ(wrong.billed_cost.at("USD"), "3");
    EXPECT_THAT(wrong.details.at(0), HasSubstr("apart by 0.5 USD"));
    // Two amounts of two places: 0.01 can be rounding, of six places it cannot.
    EXPECT_EQ(outcome(two_days("1.99", "1.00")).rounding_rows, 3U);
    EXPECT_EQ(outcome(two_days("1.99", "1.00")).outcome, Outcome::kPass);
    EXPECT_EQ(outcome(two_days("1.990001", "1")).outcome, Outcome::kFail);
}

TEST_F(MoneyRules, ACommitmentThatIsPartlyThereIsNotCheckable) {
    const auto found = [&](const std::string& csv) {
        return finding(validate(csv, of_version(Version::k1_0)), "EffectiveCost-C-012-C");
    };
    const Finding partly = found(kHeader + line("01", "30", "Purchase,ri,,Hours,48,USD,3,0") +
                                 line("01", "02", "Usage,ri,Used,Hours,24,USD,0,2"));
    EXPECT_EQ(partly.outcome, Outcome::kSkipped);
    EXPECT_EQ(partly.reason, "1 of 1 commitments: its term is only partly in the file");
    const Finding nothing = found(kHeader + line("01", "02", "Usage,ri,Used,Hours,24,USD,0,2"));
    EXPECT_EQ(nothing.reason, "1 of 1 commitments: no purchase of it is in the file");
    const Finding none = found(kHeader + line("01", "02", "Usage,,,,,USD,0,2"));
    EXPECT_EQ(none.outcome, Outcome::kSkipped);
    EXPECT_EQ(none.reason, "no commitments in the file");
}

TEST_F(MoneyRules, OneWholeCommitmentIsJudgedBesideOneThatIsNot) {
    const Finding found = finding(
        validate(two_days("2", "5") + line("01", "02", "Usage,other,Used,Hours,24,USD,0,2"), of_version(Version::k1_0)),
        "EffectiveCost-C-012-C");
    EXPECT_EQ(found.outcome, Outcome::kFail);
    EXPECT_EQ(found.rows, 3U);
    EXPECT_EQ(found.reason, "1 of 2 commitments: no purchase of it is in the file");
}

TEST_F(MoneyRules, TheUnusedRemainderIsWhatWasBoughtLessWhatWasUsed) {
    const auto found = [&](const std::string& csv, const char* id) {
        return finding(validate(csv, of_version(Version::k1_2)), id);
    };
    EXPECT_EQ(found(two_days("2", "1"), "CommitmentDiscountQuantity-C-015-C").outcome, Outcome::kPass);
    const std::string short_of = kHeader + line("01", "03", "Purchase,ri,,Hours,48,USD,3,0") +
                                 line("01", "02", "Usage,ri,Used,Hours,24,USD,0,2") +
                                 line("02", "03", "Usage,ri,Unused,Hours,20,USD,0,1");
    const Finding wrong = found(short_of, "CommitmentDiscountQuantity-C-015-C");
    EXPECT_EQ(wrong.outcome, Outcome::kFail);
    EXPECT_THAT(wrong.details.at(0), HasSubstr("48 was bought, 24 used and 20 unused"));
    const std::string silent = kHeader + line("01", "03", "Purchase,ri,,Hours,48,USD,3,0") +
                               line("01", "03", "Usage,ri,Used,Hours,24,USD,0,3");
    EXPECT_EQ(found(silent, "DiscountHandling-A-017-C").outcome, Outcome::kFail);
    EXPECT_EQ(found(two_days("2", "1"), "DiscountHandling-A-017-C").outcome, Outcome::kPass);
}

TEST_F(MoneyRules, UsageOfACommitmentIsUsedOrUnused) {
    EXPECT_EQ(finding(validate(two_days("2", "1"), of_version(Version::k1_0)), "EffectiveCost-C-013-C").outcome,
              Outcome::kPass);
    const std::string csv = two_days("2", "1") + line("01", "02", "Usage,ri,,Hours,0,USD,0,0.5");
    EXPECT_EQ(finding(validate(csv, of_version(Version::k1_0)), "EffectiveCost-C-013-C").outcome, Outcome::kFail);
}

// --- invoices -------------------------------------------------------------------------------------

TEST_F(MoneyRules, InvoicesAreTiedOut) {
    const std::string bill =
        "InvoiceId,InvoiceIssuerName,BillingCurrency,ChargeCategory,BilledCost\n"
        "i-1,AWS,USD,Usage,10\ni-1,AWS,USD,Usage,20.5\ni-2,AWS,USD,Usage,10\ni-3,AWS,USD,Usage,1\n";
    Options options = of_version(Version::k1_4);
    options.invoices = {file("invoices.csv",
                             "InvoiceId,InvoiceIssuerName,BillingCurrency,BilledCost,InvoiceIssueStatus\n"
                             "i-1,AWS,USD,29.50,Issued\n" // 1.00 apart: within 100 minor units
                             "i-3,AWS,USD,99,Draft\n"),
                        file("more.csv", "InvoiceId,InvoiceIssuerName,BillingCurrency,BilledCost,InvoiceIssueStatus\n"
                                         "i-2,AWS,USD,11.01,Issued\n")}; // 1.01 apart
    const Finding found = finding(validate(bill, options), "CAU-BilledCost-C-007-C");
    EXPECT_EQ(found.outcome, Outcome::kFail);
    EXPECT_EQ(found.rows, 1U);
    EXPECT_EQ(found.rounding_rows, 2U);
    ASSERT_EQ(found.details.size(), 1U);
    EXPECT_THAT(found.details[0], HasSubstr("invoice i-2 of AWS"));
    EXPECT_THAT(found.details[0], HasSubstr("apart by -1.01 USD"));
    EXPECT_THAT(found.reason, HasSubstr("1 of 3 invoices: not among the issued invoices given"));
    options.invoices.clear();
    EXPECT_EQ(finding(validate(bill, options), "CAU-BilledCost-C-007-C").outcome, Outcome::kSkipped);
    options.invoices = {file("wrong.csv", "Name\nx\n")};
    EXPECT_EQ(try_validate({file("bill.csv", bill)}, options).error().code, "validate.invoices");
}

TEST_F(MoneyRules, AnInvoiceBeyondWhatCanBeSubtractedIsNotCheckable) {
    Options options = of_version(Version::k1_4);
    options.invoices = {file("invoices.csv", "InvoiceId,BillingCurrency,BilledCost\n"
                                             "i-1,USD,-99999999999999999999\ni-2,USD,5\n")};
    const Finding found = finding(validate("InvoiceId,BillingCurrency,BilledCost\n"
                                           "i-1,USD,99999999999999999999\ni-2,USD,10\n",
                                           options),
                                  "CAU-BilledCost-C-007-C");
    EXPECT_EQ(found.outcome, Outcome::kFail); // of the other one
    EXPECT_EQ(found.rows, 1U);
    EXPECT_EQ(found.reason, "1 of 2 invoices: its sums are beyond what can be added up");
}

TEST_F(MoneyRules, AChargeNamesALineOfItsInvoice) {
    const std::string bill = "InvoiceId,InvoiceIssuerName,InvoiceDetailId,BillingCurrency,BilledCost\n"
                             "i-1,AWS,1,USD,10\ni-1,AWS,7,USD,20.5\ni-1,AWS,7,USD,1\ni-9,AWS,1,USD,10\ni-1,AWS,,USD,1\n"
                             "i-1,Other,1,USD,5\n";
    Options options = of_version(Version::k1_4);
    EXPECT_EQ(finding(validate(bill, options), "CAU-InvoiceDetailId-C-007-M").reason, "the invoice is not in the file");
    options.invoices = {file("invoices.csv", "InvoiceId,InvoiceIssuerName,InvoiceDetailId,BilledCost\n"
                                             "i-1,AWS,1,10\ni-1,AWS,2,21.5\n")};
    const Finding found = finding(validate(bill, options), "CAU-InvoiceDetailId-C-007-M");
    EXPECT_EQ(found.outcome, Outcome::kFail);
    EXPECT_EQ(found.rows, 2U);
    EXPECT_EQ(found.billed_cost.at("USD"), "21.5");
    EXPECT_THAT(found.details, testing::ElementsAre("invoice i-1 of AWS has no line 7, which 2 rows name"));
    EXPECT_THAT(found.reason, HasSubstr("2 of 4 invoice lines: the invoice is not in the InvoiceDetail files"));
}

TEST_F(MoneyRules, ACorrectionIsOfAClosedPeriod) {
    const std::string bill = "ChargeClass,ChargePeriodStart,InvoiceIssuerName,BillingCurrency,BilledCost\n"
                             "Correction,2024-09-30T23:00:00Z,AWS,USD,1\n"
                             "Correction,2024-10-01T00:00:00Z,AWS,USD,2\n"
                             ",2024-10-01T00:00:00Z,AWS,USD,4\n"
                             "Correction,2024-11-01T00:00:00Z,AWS,USD,8\n"
                             "Correction,2024-10-02T00:00:00Z,Other,USD,16\n";
    Options options = of_version(Version::k1_4);
    EXPECT_EQ(finding(validate(bill, options), "CAU-ChargeClass-C-003-C").outcome, Outcome::kSkipped);
    const std::string periods =
        "BillingPeriodStart,BillingPeriodEnd,BillingPeriodStatus,BillingPeriodLastUpdated,InvoiceIssuerName\n"
        "2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,Open,2024-09-01T00:00:00Z,AWS\n"
        "2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,Closed,2024-10-03T00:00:00Z,AWS\n"
        "2024-10-01T00:00:00Z,2024-11-01T00:00:00Z,Open,2024-10-01T00:00:00Z,AWS\n";
    options.periods = {file("periods.csv", periods)};
    const Finding found = finding(validate(bill, options), "CAU-ChargeClass-C-003-C");
    EXPECT_EQ(found.outcome, Outcome::kFail);
    EXPECT_EQ(found.rows, 1U);
    EXPECT_EQ(found.billed_cost.at("USD"), "2");
    EXPECT_THAT(found.details, testing::ElementsAre("1 correction of 2024-10-01T00:00:00Z in the billing period from "
                                                    "2024-10-01 of AWS, which is open"));
    EXPECT_THAT(found.reason, HasSubstr("2 of 4 times of corrections: its period is not in"));
}

TEST(InvoiceTolerance, IsTheGreaterOfOneUnitAndTheRootOfTheRows) {
    EXPECT_TRUE(is_within_invoice_tolerance(amount("1"), 1, 2));
    EXPECT_FALSE(is_within_invoice_tolerance(amount("1.000000000000000001"), 1, 2));
    // 0.005 x sqrt(1,000,000) = 5
    EXPECT_TRUE(is_within_invoice_tolerance(amount("-5"), 1'000'000, 2));
    EXPECT_FALSE(is_within_invoice_tolerance(amount("5.000000000000000001"), 1'000'000, 2));
    EXPECT_TRUE(is_within_invoice_tolerance(amount("100"), 1, 0)); // JPY
    EXPECT_FALSE(is_within_invoice_tolerance(amount("101"), 1, 0));
    EXPECT_TRUE(is_within_invoice_tolerance(amount("0.1"), 1, 3)); // KWD
    EXPECT_FALSE(is_within_invoice_tolerance(amount("0.11"), 1, 3));
    EXPECT_FALSE(is_within_invoice_tolerance(amount("99999999999999999999"), 1, 0));
}

TEST(RoundingOfSum, IsHalfAUnitOfTheLastPlaceARow) {
    EXPECT_TRUE(is_rounding_of_sum(amount("0.01"), 2, 2));
    EXPECT_FALSE(is_rounding_of_sum(amount("0.010000000000000001"), 2, 2));
    EXPECT_TRUE(is_rounding_of_sum(amount("-1"), 2, 0));
    EXPECT_FALSE(is_rounding_of_sum(amount("0.000000000000000001"), 1000, 18));
    EXPECT_TRUE(is_rounding_of_sum(amount("0"), 1, 18));
}

// --- split costs ----------------------------------------------------------------------------------

constexpr const char* kSplitHeader = "BillingCurrency,ChargeCategory,ChargePeriodStart,ResourceId,AllocatedMethodId,"
                                     "AllocatedResourceId,AllocatedMethodDetails,BilledCost,ListUnitPrice\n";

TEST_F(MoneyRules, SplitChargesAddUpToWhatTheyWereSplitFrom) {
    const auto sum = [&](const std::string& rows) {
        return finding(validate(kSplitHeader + rows, of_version(Version::k1_3)),
                       "DataGeneratorCalculatedSplitCostAllocationHandling-A-003-C");
    };
    const std::string start = "USD,Usage,2024-09-01T00:00:00Z,node,";
    EXPECT_EQ(sum(start + "m,a,,0.4,\n" + start + "m,b,,0.6,\n" + start + ",,,1,\n").outcome, Outcome::kPass);
    const Finding wrong = sum(start + "m,a,,0.4,\n" + start + "m,b,,0.5,\n" + start + ",,,1,\n");
    EXPECT_EQ(wrong.outcome, Outcome::kFail);
    EXPECT_EQ(wrong.rows, 2U);
    EXPECT_EQ(wrong.billed_cost.at("USD"), "0.9");
    EXPECT_EQ(sum(start + "m,a,,0.4,\n").outcome, Outcome::kSkipped);
    const auto part = [&](const std::string& ratio) {
        return start + "m,a,\"{\"\"Elements\"\": [{\"\"AllocatedRatio\"\": " + ratio + "}]}\",0.4,\n";
    };
    EXPECT_EQ(sum(part("0.4") + part("0.6")).outcome, Outcome::kPass);
    EXPECT_EQ(sum(part("0.333333") + part("0.333333") + part("0.333333")).rounding_rows, 3U);
    EXPECT_EQ(sum(part("0.4") + part("0.5")).outcome, Outcome::kFail);
}

TEST_F(MoneyRules, SplitChargesHaveOnePrice) {
    const auto same = [&](const std::string& a, const std::string& b) {
        const std::string start = "USD,Usage,2024-09-01T00:00:00Z,node,m,";
        return finding(validate(kSplitHeader + start + "a,,0.4," + a + "\n" + start + "b,,0.6," + b + "\n",
                                of_version(Version::k1_3)),
                       "DataGeneratorCalculatedSplitCostAllocationHandling-A-004-C")
            .outcome;
    };
    EXPECT_EQ(same("1", "1"), Outcome::kPass);
    EXPECT_EQ(same("1", "2"), Outcome::kFail);
}

// --- one value a key ------------------------------------------------------------------------------

TEST_F(MoneyRules, OneServiceHasOneCategory) {
    const Report report = validate("BillingCurrency,BilledCost,ServiceName,ServiceCategory\n"
                                   "USD,1,EC2,Compute\nUSD,2,EC2,Storage\nUSD,4,S3,Storage\n",
                                   of_version(Version::k1_0));
    const Finding& found = finding(report, "ServiceName-C-005-C");
    EXPECT_EQ(found.outcome, Outcome::kFail);
    EXPECT_EQ(found.rows, 2U);
    EXPECT_EQ(found.billed_cost.at("USD"), "3");
    EXPECT_THAT(found.details, ::testing::ElementsAre("ServiceName EC2 has ServiceCategory Compute and Storage"));
    EXPECT_EQ(found.samples.at(0).row, 1U);
}

TEST_F(MoneyRules, AViolationStandsWhateverItsMoneyAddsUpTo) {
    const Report report = validate("BillingCurrency,BilledCost,CommitmentDiscountId,CommitmentDiscountUnit\n"
                                   "USD,99999999999999999999,c,Hours\nUSD,99999999999999999999,c,USD\n",
                                   of_version(Version::k1_2));
    const Finding& found = finding(report, "CommitmentDiscountUnit-C-008-M");
    EXPECT_EQ(found.outcome, Outcome::kFail);
    EXPECT_EQ(found.rows, 2U);
    EXPECT_EQ(found.reason, "BilledCost adds up to more than an amount can be");
    EXPECT_TRUE(found.billed_cost.empty());
    EXPECT_EQ(found.details.size(), 1U);
    EXPECT_TRUE(report.has_binding_failure());
}

TEST_F(MoneyRules, AllRowsOfAViolationAreCountedAndTheFirstKeysTold) {
    std::string csv = "BilledCost,ServiceName,ServiceCategory\n";
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g"}) {
        csv += std::string("1,") + name + ",Compute\n1," + name + ",Storage\n";
    }
    csv += "1,h,Compute\n1,g,Storage\n";
    const Report report = validate(csv, of_version(Version::k1_0));
    const Finding& found = finding(report, "ServiceName-C-005-C");
    EXPECT_EQ(found.rows, 15U);
    EXPECT_EQ(found.rows_in_scope, 16U);
    ASSERT_EQ(found.details.size(), kDetailsMax);
    EXPECT_EQ(found.details[0], "ServiceName g has ServiceCategory Compute and Storage"); // the most rows
    EXPECT_EQ(found.details[4], "ServiceName d has ServiceCategory Compute and Storage");
}

TEST_F(MoneyRules, NamesOfOneCompanyAreNoViolation) {
    const Report report =
        validate("BilledCost,ProviderName,InvoiceIssuerName\n1,AWS,Amazon Web Services\n0,AWS,Other\n",
                 of_version(Version::k1_2));
    const Finding& found = finding(report, "BilledCost-C-005-C");
    EXPECT_EQ(found.outcome, Outcome::kSkipped);
    EXPECT_THAT(found.reason, HasSubstr("1 rows"));
}

} // namespace
} // namespace florin::validate
