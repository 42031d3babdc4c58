#include "app/commitments.hpp"

#include "app/ingest_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <numeric>
#include <random>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// Cells by column; what is missing is empty.
using Cells = std::map<std::string, std::string>;

std::string csv(const std::vector<Cells>& rows) {
    std::set<std::string> columns;
    for (const Cells& row : rows) {
        for (const auto& [column, cell] : row) {
            columns.insert(column);
        }
    }
    std::string text = fmt::format("{}\n", fmt::join(columns, ","));
    for (const Cells& row : rows) {
        std::vector<std::string> cells;
        for (const std::string& column : columns) {
            const auto found = row.find(column);
            std::string quoted = found == row.end() ? "" : found->second;
            for (std::size_t at = 0; (at = quoted.find('"', at)) != std::string::npos; at += 2) {
                quoted.insert(at, "\"");
            }
            cells.push_back(quoted.empty() ? "" : "\"" + quoted + "\"");
        }
        text += fmt::format("{}\n", fmt::join(cells, ","));
    }
    return text;
}

Cells with(Cells row, const Cells& changes) {
    for (const auto& [column, cell] : changes) {
        row[column] = cell;
    }
    return row;
}

class CommitmentsTest : public testing::Test {
protected:
    CommitmentsTest() {
        std::string pattern = (fs::temp_directory_path() / "florin-commitments-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
    }
    ~CommitmentsTest() override {
        std::error_code code;
        fs::remove_all(folder_, code);
    }

    /// A workspace that holds a bill of these rows and nothing else.
    std::unique_ptr<Workspace> workspace_of(const std::vector<Cells>& rows) {
        const fs::path place = folder_ / std::to_string(++count_);
        fs::create_directories(place / "w");
        std::ofstream(place / "w" / "florin.yaml") << "threads: 2\n";
        std::ofstream(place / "bill.csv", std::ios::binary) << csv(rows);
        auto workspace = std::make_unique<Workspace>(Workspace::open(place / "w", clock_).value());
        const auto report = ingest_bills(*workspace, {.paths = {(place / "bill.csv").string()}});
        FLORIN_CHECK(report.ok(), report.ok() ? "" : report.error().describe());
        return workspace;
    }

private:
    base::FixedClock clock_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};
    fs::path folder_;
    int count_ = 0;
};

std::string text(const Amount& amount) {
    return amount ? amount->to_string() : "-";
}

std::string text(const std::optional<std::string>& value) {
    return value.value_or("-");
}

/// "provider id name type account: cost used unused billed utilization, covered/eligible coverage eligibility,
/// quantity utilization unit, end days"
std::string text(const CommitmentLine& line) {
    const CommitmentFigures& figures = line.figures;
    const CoverageData::Coverage& coverage = figures.coverage;
    return fmt::format("{} {} {} {} {}: {} {} {} {} {}, {}/{} {} {}, {} {}, {} {}", text(line.provider), text(line.id),
                       text(line.name), text(line.type), text(line.account), text(figures.cost), text(figures.used),
                       text(figures.unused), text(figures.billed), text(figures.utilization), text(coverage.covered),
                       text(coverage.eligible), text(coverage.ratio), name(coverage.eligibility),
                       text(line.quantity_utilization), line.quantity_unit.empty() ? "-" : line.quantity_unit,
                       line.term.end ? period::to_string(period::day_of(*line.term.end)) : "-",
                       line.days_left ? fmt::format("{}", *line.days_left) : "-");
}

std::vector<std::string> texts(const CommitmentBlock& block) {
    std::vector<std::string> lines;
    for (const CommitmentLine& line : block.lines) {
        lines.push_back(text(line));
    }
    return lines;
}

/// A charge of October 2026.
Cells charge(const std::string& category, const std::string& sku, const std::string& billed,
             const std::string& effective, const std::string& list, const Cells& more = {}) {
    return with({{"BilledCost", billed},
                 {"EffectiveCost", effective},
                 {"ListCost", list},
                 {"ContractedCost", list},
                 {"BillingCurrency", "USD"},
                 {"BillingAccountId", "payer"},
                 {"BillingPeriodStart", "2026-10-01T00:00:00Z"},
                 {"BillingPeriodEnd", "2026-11-01T00:00:00Z"},
                 {"ChargePeriodStart", "2026-10-05T00:00:00Z"},
                 {"ChargePeriodEnd", "2026-10-06T00:00:00Z"},
                 {"ChargeCategory", category},
                 {"ChargeFrequency", category == "Usage" ? "Usage-Based" : "Recurring"},
                 {"ServiceProviderName", "Cloud"},
                 {"SubAccountId", "shop"},
                 {"ServiceName", "Machines"},
                 {"SkuId", sku},
                 {"PricingCategory", category == "Usage" ? "Standard" : ""}},
                more);
}

Cells of_commitment(const std::string& id, const std::string& type, const std::string& status,
                    const std::string& quantity, const std::string& unit) {
    return {{"CommitmentDiscountId", id},         {"CommitmentDiscountName", "name of " + id},
            {"CommitmentDiscountType", type},     {"CommitmentDiscountCategory", unit == "USD" ? "Spend" : "Usage"},
            {"CommitmentDiscountStatus", status}, {"CommitmentDiscountQuantity", quantity},
            {"CommitmentDiscountUnit", unit},     {"PricingCategory", status.empty() ? "Standard" : "Committed"}};
}

/// A plan of 100 USD, of which 80 cover usage worth 120 on two SKUs; a reservation of 50, used by 30 hours of 40, paid
/// for a year; usage of the same SKUs that nothing covers (60 and 20), of a spot price, and of another SKU.
std::vector<Cells> october() {
    const auto plan = [](const std::string& status, const std::string& quantity) {
        return of_commitment("plan", "Plan", status, quantity, "USD");
    };
    const auto reservation = [](const std::string& status, const std::string& quantity) {
        return of_commitment("r1", "Reservation", status, quantity, "Hours");
    };
    const Cells owner = {{"SubAccountId", "owner"}};
    return {charge("Purchase", "PLAN", "100", "0", "100", with(plan("", "100"), owner)),
            charge("Usage", "large", "0", "60", "90", plan("Used", "60")),
            charge("Usage", "small", "0", "20", "30", plan("Used", "20")),
            charge("Usage", "", "0", "20", "0", with(plan("Unused", "20"), owner)),
            charge("Purchase", "RES", "0", "0", "600",
                   with(with(reservation("", "480"), owner), {{"ChargeFrequency", "One-Time"},
                                                              {"BilledCost", "600"},
                                                              {"ChargePeriodStart", "2026-10-01T00:00:00Z"},
                                                              {"ChargePeriodEnd", "2027-10-01T00:00:00Z"}})),
            charge("Usage", "large", "0", "37.5", "60", reservation("Used", "30")),
            charge("Usage", "", "0", "12.5", "0", with(reservation("Unused", "10"), owner)),
            charge("Usage", "large", "60", "60", "60"),
            charge("Usage", "small", "20", "20", "20"),
            charge("Usage", "large", "9", "9", "30", {{"PricingCategory", "Dynamic"}}),
            charge("Usage", "disk", "500", "500", "500"),
            charge("Tax", "", "5", "5", "5")};
}

TEST_F(CommitmentsTest, ByHand) {
    const auto workspace = workspace_of(october());
    const auto list = list_commitments(*workspace, {});
    ASSERT_TRUE(list.ok()) << list.error().describe();
    EXPECT_EQ(period::to_string(list->period), "2026-10");
    ASSERT_EQ(list->blocks.size(), 1U);
    // Of the plan's SKUs 120 are covered and 60 + 20 could be; of the reservation's 60 and 60.
    EXPECT_THAT(texts(list->blocks[0]),
                ElementsAre("Cloud plan name of plan Plan owner: 100 80 20 100 0.8, 120/200 0.6 observed, 0.8 USD, - -",
                            "Cloud r1 name of r1 Reservation owner: 50 37.5 12.5 600 0.75, 60/120 0.5 observed, "
                            "0.75 Hours, 2027-10-01 311"));
    EXPECT_EQ(text(list->blocks[0].total), "- - - - -: 150 117.5 32.5 700 0.783333333333333333, 180/260 "
                                           "0.692307692307692308 observed, - -, 2027-10-01 311");
    EXPECT_EQ(list->blocks[0].total.count, 2U);
    EXPECT_THAT(list->notes, ElementsAre(HasSubstr("whose SKU a commitment covered"),
                                         "The bills do not say when 1 commitment ends."));
}

TEST_F(CommitmentsTest, TotalsAreThoseOfQuestions) {
    const auto workspace = workspace_of(october());
    for (const CommitmentGrouping grouping : {CommitmentGrouping::kCommitment, CommitmentGrouping::kProvider,
                                              CommitmentGrouping::kType, CommitmentGrouping::kAccount}) {
        const CommitmentList list = list_commitments(*workspace, {.grouping = grouping}).value();
        AskRequest request;
        request.question.measures = {"commitment_used", "commitment_unused", "commitment_utilization"};
        request.question.period = list.period;
        const query::Answer answer = ask_bills(*workspace, request).value();
        const CommitmentBlock& block = list.blocks.at(0);
        const std::vector<Amount> shown = {block.total.figures.used, block.total.figures.unused,
                                           block.total.figures.utilization};
        for (std::size_t i = 0; i < shown.size(); ++i) {
            EXPECT_EQ(text(shown[i]), std::get<money::Decimal>(answer.blocks.at(0).total.values[i]).to_string());
        }
        money::DecimalSum sum;
        for (const CommitmentLine& line : block.lines) {
            sum.add(*line.figures.cost);
        }
        EXPECT_EQ(sum.total().value(), *block.total.figures.cost) << name(grouping);
    }
    const CommitmentList by_account = list_commitments(*workspace, {.grouping = CommitmentGrouping::kAccount}).value();
    EXPECT_THAT(texts(by_account.blocks[0]),
                ElementsAre("- - - - owner: 150 117.5 32.5 700 0.783333333333333333, 180/260 0.692307692307692308 "
                            "observed, - -, 2027-10-01 311"));
}

TEST_F(CommitmentsTest, WhatTheProviderStatesToBeEligible) {
    std::vector<Cells> rows = october();
    const auto eligible = [](const std::string& programs) {
        return Cells{{"CommitmentProgramEligibilityDetails", R"({"CommitmentPrograms":[)" + programs + "]}"}};
    };
    const std::string both = R"({"ProgramType":"Plan"},{"ProgramType":"Reservation"})";
    for (const std::size_t covered : {1U, 2U, 5U}) {
        rows[covered] = with(rows[covered], eligible(both));
    }
    rows[7] = with(rows[7], eligible(both));
    rows[10] = with(rows[10], eligible(R"({"ProgramType":"Plan"})")); // the disk, though no plan has covered one
    const auto workspace = workspace_of(rows);
    const CommitmentList list = list_commitments(*workspace, {.grouping = CommitmentGrouping::kType}).value();
    EXPECT_THAT(texts(list.blocks.at(0)),
                ElementsAre("Cloud - - Plan -: 100 80 20 100 0.8, 120/680 0.176470588235294118 stated, - -, - -",
                            "Cloud - - Reservation -: 50 37.5 12.5 600 0.75, 60/120 0.5 stated, - -, 2027-10-01 311"));
}

TEST_F(CommitmentsTest, WhatBillsDoNotTellIsNotThere) {
    // Used charges alone, without an id, a list cost and a quantity.
    const auto workspace = workspace_of(
        {charge("Usage", "large", "0", "60", "",
                {{"CommitmentDiscountStatus", "Used"}, {"CommitmentDiscountType", "Plan"}, {"ContractedCost", "60"}})});
    const CommitmentList list = list_commitments(*workspace, {}).value();
    EXPECT_THAT(texts(list.blocks.at(0)), ElementsAre("Cloud - - Plan -: 60 60 0 0 1, -/- - unknown, - -, - -"));
    EXPECT_EQ(list.blocks[0].total.count, 0U);
    const auto none = workspace_of({charge("Usage", "large", "60", "60", "60")});
    EXPECT_TRUE(list_commitments(*none, {}).value().blocks.empty());
}

/// Amounts of random commitments are whole numbers of 10^-10 USD.
std::string money_text(std::int64_t units) {
    return fmt::format("{}.{:010}", units / 10'000'000'000, units % 10'000'000'000);
}

std::vector<std::int64_t> in_parts(std::int64_t whole, int parts) {
    std::vector<std::int64_t> shares;
    for (int i = 0; i < parts; ++i) {
        shares.push_back(whole / parts + (i < whole % parts ? 1 : 0));
    }
    return shares;
}

std::string month_text(int month) {
    return fmt::format("{}-{:02}-01T00:00:00Z", 2024 + month / 12, month % 12 + 1);
}

/// A commitment from January 2024 on: its monthly parts, and how much of each is used, in percent up to 150.
struct RandomCommitment {
    bool is_plan = false;
    int months = 1;
    std::vector<std::int64_t> upfront;
    std::vector<std::int64_t> recurring;
    std::vector<int> percent;

    std::int64_t month_cost(std::size_t month) const { return upfront[month] + recurring[month]; }
    std::int64_t used_of(std::int64_t whole, std::size_t month) const {
        const std::int64_t part = std::min(percent[month], 100);
        return whole / 100 * part + whole % 100 * part / 100;
    }
    std::int64_t used(std::size_t month) const {
        return used_of(upfront[month], month) + used_of(recurring[month], month);
    }
    std::int64_t whole() const {
        return std::accumulate(upfront.begin(), upfront.end(), std::int64_t{0}) +
               std::accumulate(recurring.begin(), recurring.end(), std::int64_t{0});
    }
    std::int64_t all_used() const {
        std::int64_t sum = 0;
        for (std::size_t month = 0; month < percent.size(); ++month) {
            sum += used(month);
        }
        return sum;
    }
};

RandomCommitment random_commitment(std::mt19937_64& random) {
    const auto pick = [&random](std::int64_t from, std::int64_t to) {
        return from + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(to - from + 1));
    };
    RandomCommitment made;
    made.is_plan = pick(0, 1) == 1;
    made.months = static_cast<int>(pick(0, 2) == 0 ? 36 : pick(1, 14));
    const std::int64_t whole = pick(1'000, 900'000'000'000'000);
    const std::int64_t option = pick(0, 2);
    const std::int64_t upfront = option == 0 ? 0 : option == 1 ? whole : pick(1, whole);
    made.upfront = in_parts(upfront, made.months);
    made.recurring = in_parts(whole - upfront, made.months);
    for (int month = 0; month < made.months; ++month) {
        const std::int64_t kind = pick(0, 3);
        made.percent.push_back(static_cast<int>(kind == 0 ? 0 : kind == 1 ? 100 : pick(0, 150)));
    }
    return made;
}

/// The whole term as a provider of FOCUS states it.
std::vector<Cells> focus_rows(const RandomCommitment& commitment) {
    std::vector<Cells> rows;
    const auto add = [&](int month, const std::string& category, const std::string& status, std::int64_t billed,
                         std::int64_t effective, std::int64_t list, const Cells& more) {
        const bool is_of_it = !status.empty() || category == "Purchase";
        Cells row = charge(category, status == "Unused" ? "" : "large", money_text(billed), money_text(effective),
                           money_text(list),
                           {{"BillingPeriodStart", month_text(month)},
                            {"BillingPeriodEnd", month_text(month + 1)},
                            {"ChargePeriodStart", month_text(month)},
                            {"ChargePeriodEnd", month_text(month + 1)}});
        if (is_of_it) {
            row = with(row, of_commitment("c", "Plan", status, money_text(effective), "USD"));
        }
        rows.push_back(with(row, more));
    };
    const std::int64_t upfront = std::accumulate(commitment.upfront.begin(), commitment.upfront.end(), std::int64_t{0});
    if (upfront > 0) {
        add(0, "Purchase", "", upfront, 0, upfront,
            {{"ChargeFrequency", "One-Time"}, {"ChargePeriodEnd", month_text(commitment.months)}});
    }
    for (int month = 0; month < commitment.months; ++month) {
        const auto at = static_cast<std::size_t>(month);
        const std::int64_t used = commitment.used(at);
        add(month, "Purchase", "", commitment.recurring[at], 0, commitment.recurring[at], {});
        add(month, "Usage", "Used", 0, used, used + used / 2, {});
        add(month, "Usage", "Unused", 0, commitment.month_cost(at) - used, 0, {});
        if (commitment.percent[at] > 100) {
            const std::int64_t beyond = commitment.month_cost(at) / 100 * (commitment.percent[at] - 100);
            add(month, "Usage", "", beyond, beyond, beyond, {});
        }
    }
    return rows;
}

/// The same as AWS states it in a Cost and Usage Report.
std::vector<Cells> aws_rows(const RandomCommitment& commitment) {
    std::vector<Cells> rows;
    const std::string group = commitment.is_plan ? "savingsPlan/" : "reservation/";
    const auto add = [&](int month, const std::string& type, std::int64_t cost, const Cells& more) {
        const std::string sign = cost < 0 ? "-" : "";
        rows.push_back(with({{"bill/PayerAccountId", "111122223333"},
                             {"bill/BillingPeriodStartDate", month_text(month)},
                             {"bill/BillingPeriodEndDate", month_text(month + 1)},
                             {"bill/BillingEntity", "AWS"},
                             {"lineItem/UsageAccountId", "444455556666"},
                             {"lineItem/UsageStartDate", month_text(month)},
                             {"lineItem/UsageEndDate", month_text(month + 1)},
                             {"lineItem/LineItemType", type},
                             {"lineItem/ProductCode", "AmazonEC2"},
                             {"lineItem/CurrencyCode", "USD"},
                             {"lineItem/UsageAmount", "1"},
                             {"lineItem/UnblendedCost", sign + money_text(cost < 0 ? -cost : cost)},
                             {"product/sku", "LARGE"},
                             {"pricing/unit", "Hrs"}},
                            more));
    };
    const Cells arn = {{group + (commitment.is_plan ? "SavingsPlanARN" : "ReservationARN"), "arn:aws:c"}};
    const Cells fee = with(arn, {{group + "EndTime", "2027-03-31T19:45:20.000Z"}});
    const std::int64_t upfront = std::accumulate(commitment.upfront.begin(), commitment.upfront.end(), std::int64_t{0});
    if (upfront > 0) {
        add(0, commitment.is_plan ? "SavingsPlanUpfrontFee" : "Fee", upfront, arn);
    }
    for (int month = 0; month < commitment.months; ++month) {
        const auto at = static_cast<std::size_t>(month);
        const std::int64_t used = commitment.used(at);
        const std::int64_t recurring = commitment.recurring[at];
        if (commitment.is_plan) {
            const std::int64_t on_demand = used + used / 2;
            add(month, "SavingsPlanRecurringFee", recurring,
                with(fee, {{"savingsPlan/TotalCommitmentToDate", money_text(commitment.month_cost(at))},
                           {"savingsPlan/UsedCommitment", money_text(used)}}));
            add(month, "SavingsPlanCoveredUsage", on_demand,
                with(arn, {{"savingsPlan/SavingsPlanEffectiveCost", money_text(used)}}));
            add(month, "SavingsPlanNegation", -on_demand, arn);
        } else {
            const std::int64_t unused_recurring = recurring - commitment.used_of(recurring, at);
            add(month, "RIFee", recurring,
                with(fee, {{"reservation/UnusedRecurringFee", money_text(unused_recurring)},
                           {"reservation/UnusedAmortizedUpfrontFeeForBillingPeriod",
                            money_text(commitment.month_cost(at) - used - unused_recurring)},
                           {"reservation/UnusedQuantity", "1"},
                           {"reservation/TotalReservedUnits", "2"}}));
            add(month, "DiscountedUsage", 0, with(arn, {{"reservation/EffectiveCost", money_text(used)}}));
        }
        if (commitment.percent[at] > 100) {
            add(month, "Usage", commitment.month_cost(at), {});
        }
    }
    return rows;
}

/// part / whole rounded half even to 18 places, by integers alone.
std::string ratio_text(std::int64_t part, std::int64_t whole) {
    const base::int128 scaled = base::int128(part) * 1'000'000'000'000'000'000;
    base::int128 quotient = scaled / whole;
    const base::int128 twice = scaled % whole * 2;
    quotient += twice > whole || (twice == whole && quotient % 2 == 1) ? 1 : 0;
    return money::Decimal::from_units(quotient).to_string();
}

// FOCUS 1.4, EffectiveCost: over the term the sum of EffectiveCost over covering and covered charges is the sum of
// their BilledCost. Utilisation is what was used of it, never more than all.
TEST_F(CommitmentsTest, OverTheTermWhatIsUsedAndUnusedIsWhatWasPaid) {
    const std::uint64_t seed = 20261124;
    std::mt19937_64 random(seed);
    for (int round = 0; round < 16; ++round) {
        const RandomCommitment commitment = random_commitment(random);
        const bool is_aws = round % 2 == 1;
        SCOPED_TRACE(fmt::format("seed {}, round {}: {} {}, {} months, {} used", seed, round, is_aws ? "AWS" : "FOCUS",
                                 commitment.is_plan ? "plan" : "reservation", commitment.months,
                                 fmt::join(commitment.percent, " ")));
        const auto workspace = workspace_of(is_aws ? aws_rows(commitment) : focus_rows(commitment));
        const period::Period term{period::day_of(period::parse_instant(month_text(0)).value().instant),
                                  period::day_of(period::parse_instant(month_text(commitment.months)).value().instant)};
        const auto list = list_commitments(*workspace, {.period = term});
        ASSERT_TRUE(list.ok()) << list.error().describe();
        ASSERT_EQ(list->blocks.size(), 1U);
        ASSERT_EQ(list->blocks[0].lines.size(), 1U);
        const CommitmentFigures& figures = list->blocks[0].lines[0].figures;
        const auto exact = [](std::int64_t units) { return money::Decimal::parse(money_text(units)).value(); };
        EXPECT_EQ(figures.cost, exact(commitment.whole()));
        EXPECT_EQ(figures.billed, exact(commitment.whole()));
        EXPECT_EQ(figures.used, exact(commitment.all_used()));
        EXPECT_EQ(figures.unused, exact(commitment.whole() - commitment.all_used()));
        EXPECT_EQ(text(figures.utilization), ratio_text(commitment.all_used(), commitment.whole()));
        EXPECT_LE(*figures.utilization, money::Decimal::from_integer(1));
        EXPECT_EQ(text(list->blocks[0].total), text([&] {
                      CommitmentLine total = list->blocks[0].lines[0];
                      total.provider = total.id = total.name = total.type = total.account = std::nullopt;
                      total.quantity_utilization = std::nullopt;
                      total.quantity_unit.clear();
                      return total;
                  }()));
        if (is_aws) {
            EXPECT_EQ(list->blocks[0].lines[0].days_left, 127); // 2027-03-31 from 2026-11-24
        }
    }
}

} // namespace
} // namespace florin::app
