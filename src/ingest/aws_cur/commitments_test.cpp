// Property: over the whole term of a commitment the sum of EffectiveCost over covering and covered charges is the
// sum of their BilledCost (FOCUS 1.4, EffectiveCost), whatever the payment option, the term and the utilisation.
#include "ingest/aws_cur/test_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

namespace florin::ingest::aws_cur {
namespace {

/// Amounts in these tests are whole numbers of 10^-10 USD, as AWS rounds them.
std::string amount(std::int64_t units) {
    const char* sign = units < 0 ? "-" : "";
    const std::int64_t size = units < 0 ? -units : units;
    return fmt::format("{}{}.{:010}", sign, size / 10'000'000'000, size % 10'000'000'000);
}

/// `whole` in parts that add up to it.
std::vector<std::int64_t> split(std::int64_t whole, int parts) {
    std::vector<std::int64_t> shares;
    for (int i = 0; i < parts; ++i) {
        shares.push_back(whole / parts + (i < whole % parts ? 1 : 0));
    }
    return shares;
}

/// One commitment of so many months from January 2026; each month is one hour of use.
struct Commitment {
    bool is_plan = false;
    int months = 12;
    std::int64_t upfront = 0;
    std::int64_t recurring = 0; ///< over the whole term
    std::vector<int> percent;   ///< of the month's commitment that is used; beyond 100 the rest is on demand

    std::string describe() const {
        std::string text = fmt::format("{}, {} months, upfront {}, recurring {}, used",
                                       is_plan ? "plan" : "reservation", months, upfront, recurring);
        for (const int one : percent) {
            text += fmt::format(" {}", one);
        }
        return text;
    }
};

Commitment random_commitment(std::mt19937_64& random) {
    const auto pick = [&random](std::int64_t from, std::int64_t to) {
        return from + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(to - from + 1));
    };
    Commitment made;
    made.is_plan = pick(0, 1) == 1;
    made.months = pick(0, 1) == 1 ? 12 : 36;
    const std::int64_t whole = pick(1, 900'000'000'000'000);
    const std::int64_t option = pick(0, 2);
    made.upfront = option == 0 ? 0 : (option == 1 ? whole : whole / 2);
    made.recurring = whole - made.upfront;
    for (int month = 0; month < made.months; ++month) {
        const std::int64_t kind = pick(0, 3);
        made.percent.push_back(static_cast<int>(kind == 0 ? 0 : (kind == 1 ? 100 : pick(0, 150))));
    }
    return made;
}

/// The month's rows as AWS states them.
std::vector<Cells> month_rows(const Commitment& commitment, int month, std::int64_t upfront, std::int64_t recurring) {
    const int year = 2026 + month / 12;
    const auto first = [](int in_year, int month_of_year) {
        return fmt::format("{}-{:02}-01T00:00:00Z", in_year + month_of_year / 12, month_of_year % 12 + 1);
    };
    const std::string start = first(year, month % 12);
    const std::string end = first(year, month % 12 + 1);
    const std::string arn =
        commitment.is_plan ? "arn:aws:savingsplans::1:savingsplan/p" : "arn:aws:ec2:::reserved-instances/r";
    const auto row = [&](const std::string& type, std::int64_t cost, Cells cells) {
        cells.insert({{"bill/BillingPeriodStartDate", start},
                      {"bill/BillingPeriodEndDate", end},
                      {"lineItem/UsageStartDate", start},
                      {"lineItem/UsageEndDate", end},
                      {"lineItem/LineItemType", type},
                      {"lineItem/UnblendedCost", amount(cost)},
                      {commitment.is_plan ? "savingsPlan/SavingsPlanARN" : "reservation/ReservationARN", arn}});
        return usage_row(cells);
    };
    const int percent = std::min(commitment.percent[static_cast<std::size_t>(month)], 100);
    const auto used_of = [percent](std::int64_t whole) { return whole / 100 * percent + whole % 100 * percent / 100; };
    const std::int64_t used = used_of(upfront) + used_of(recurring);
    std::vector<Cells> rows;
    if (month == 0 && commitment.upfront > 0) {
        rows.push_back(row(commitment.is_plan ? "SavingsPlanUpfrontFee" : "Fee", commitment.upfront, {}));
    }
    if (commitment.is_plan) {
        rows.push_back(row("SavingsPlanRecurringFee", recurring,
                           {{"savingsPlan/TotalCommitmentToDate", amount(upfront + recurring)},
                            {"savingsPlan/UsedCommitment", amount(used)}}));
        // The on-demand cost of what is covered, and what takes it back in two rows.
        const std::int64_t on_demand = used + used / 3 + 1;
        rows.push_back(
            row("SavingsPlanCoveredUsage", on_demand, {{"savingsPlan/SavingsPlanEffectiveCost", amount(used)}}));
        rows.push_back(row("SavingsPlanNegation", -(on_demand / 2), {}));
        rows.push_back(row("SavingsPlanNegation", -(on_demand - on_demand / 2), {}));
    } else {
        rows.push_back(
            row("RIFee", recurring,
                {{"reservation/UnusedRecurringFee", amount(recurring - used_of(recurring))},
                 {"reservation/UnusedAmortizedUpfrontFeeForBillingPeriod", amount(upfront - used_of(upfront))},
                 {"reservation/UnusedQuantity", fmt::format("{}", 100 - percent)},
                 {"reservation/TotalReservedUnits", "100"}}));
        rows.push_back(row("DiscountedUsage", 0, {{"reservation/EffectiveCost", amount(used)}}));
    }
    if (commitment.percent[static_cast<std::size_t>(month)] > 100) {
        rows.push_back(usage_row({{"bill/BillingPeriodStartDate", start},
                                  {"bill/BillingPeriodEndDate", end},
                                  {"lineItem/UsageStartDate", start},
                                  {"lineItem/UsageEndDate", end}}));
    }
    return rows;
}

TEST(AwsCommitments, OverTheTermEffectiveIsBilled) {
    const std::uint64_t seed = 20261124;
    std::mt19937_64 random(seed);
    for (int round = 0; round < 6; ++round) {
        const Commitment commitment = random_commitment(random);
        SCOPED_TRACE(fmt::format("seed {}, round {}: {}", seed, round, commitment.describe()));
        const auto upfront = split(commitment.upfront, commitment.months);
        const auto recurring = split(commitment.recurring, commitment.months);
        std::vector<Cells> rows;
        for (int month = 0; month < commitment.months; ++month) {
            const auto at = static_cast<std::size_t>(month);
            const std::vector<Cells> more = month_rows(commitment, month, upfront[at], recurring[at]);
            rows.insert(rows.end(), more.begin(), more.end());
        }
        Ledger ledger;
        const auto loaded = ledger.load_rows(rows);
        ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
        const std::string whole = amount(commitment.upfront + commitment.recurring);
        EXPECT_EQ(ledger.sum("EffectiveCost", "CommitmentDiscountId IS NOT NULL"), plain(whole));
        EXPECT_EQ(ledger.sum("BilledCost", "CommitmentDiscountId IS NOT NULL"), plain(whole));
        EXPECT_EQ(ledger.sum("EffectiveCost", "ChargeCategory = 'Purchase'"), "0");
        EXPECT_EQ(ledger.sum("BilledCost", "CommitmentDiscountStatus IS NOT NULL"), "0");
    }
}

} // namespace
} // namespace florin::ingest::aws_cur
