#include "allocate/run.hpp"

#include "allocate/certificate.hpp"
#include "allocate/measure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace florin::allocate {
namespace {

using money::Decimal;

period::Day day(const std::string& text) {
    return period::parse_day(text).value();
}
Decimal decimal(const std::string& text) {
    return Decimal::parse(text).value();
}

/// A company small enough to reckon by hand: teams a, b, c and platform, and charges by name.
class SmallCompany {
public:
    SmallCompany() {
        owners.dimension = "team";
        owners.days = {day("2024-01-01"), day("2025-01-01")};
        owners.values = {"", "a", "b", "c", "platform"};
        owners.starts = {0};
        tuples.currencies = {"EUR", "USD"};
    }

    /// A tuple of this owner; empty: of none.
    std::uint32_t tuple(const std::string& owner, Tuple facts = {}) {
        facts.currency = facts.currency == 0 ? std::uint16_t{1} : std::uint16_t{0};
        tuples.all.push_back(facts);
        owners.intervals.push_back({owners.days.start, value(owner)});
        owners.starts.push_back(owners.intervals.size());
        return static_cast<std::uint32_t>(tuples.all.size() - 1);
    }

    std::uint32_t value(const std::string& owner) const {
        return static_cast<std::uint32_t>(std::ranges::find(owners.values, owner) - owners.values.begin());
    }

    /// The same amount in each basis.
    void cell(std::uint32_t tuple, const std::string& on, const std::string& amount) {
        const Decimal one = decimal(amount);
        cell(tuple, on, {one, one, one, one});
    }
    void cell(std::uint32_t tuple, const std::string& on, const Amounts& amounts) {
        month.cells.add(tuple, day(on), amounts);
    }

    Pool& pool(const std::string& name, Method method, int stage = 1) {
        Pool pool{.name = name, .place = {.file = "allocation/shared.yaml", .row = rules.pools.size() + 3}};
        pool.method = method;
        pool.stage = stage;
        rules.pools.push_back(pool);
        return rules.pools.back();
    }
    std::vector<bool> only(std::initializer_list<std::uint32_t> chosen) const {
        std::vector<bool> out(tuples.all.size());
        for (const std::uint32_t tuple : chosen) {
            out[tuple] = true;
        }
        return out;
    }
    void give(Pool& pool, std::initializer_list<std::pair<const char*, const char*>> targets) const {
        for (const auto& [owner, ratio] : targets) {
            pool.targets.push_back({.value = value(owner), .ratio = decimal(ratio)});
        }
    }

    base::Result<MonthResult> add() {
        FLORIN_TRY_ASSIGN(Run started, Run::start(owners, tuples, rules, 1));
        run.push_back(std::move(started));
        return run.back().add(month);
    }
    std::string code() { return add().error().code; }

    /// `a 10 b 2.5 no-owner 1` of one basis, over all days, ways and currencies but EUR.
    std::string shown(const MonthResult& result, Basis basis = Basis::kEffective) const {
        std::map<Sink, money::DecimalSum> sums;
        for (const Sum& sum : result.sums) {
            sums[sum.sink].add(sum.amounts[static_cast<std::size_t>(basis)]);
        }
        const Sinks& sinks = run.back().stages().sinks();
        std::string out;
        for (const auto& [sink, sum] : sums) {
            const bool lost = sinks.is_unallocated(sink);
            out += (out.empty() ? "" : " ") + (lost ? std::string(name(sinks.reason(sink))) : owners.values[sink]) +
                   " " + sum.total().value().to_string();
        }
        return out;
    }
    std::string shown(Basis basis = Basis::kEffective) { return shown(add().value(), basis); }

    Owners owners;
    Tuples tuples;
    Rules rules;
    Month month{.period = {day("2024-03-01"), day("2024-04-01")}, .complete_until = day("2024-04-01")};
    std::vector<Run> run;
};

TEST(Run, OwnCostGoesToItsOwnerAndTheRestIsNobodys) {
    SmallCompany company;
    company.cell(company.tuple("a"), "2024-03-01", "10");
    company.cell(company.tuple("b"), "2024-03-31", "-2.5");
    company.cell(company.tuple(""), "2024-03-02", "1");
    EXPECT_EQ(company.shown(), "no-owner 1 a 10 b -2.5");
}

TEST(Run, AnOwnerMayChangeOnADay) {
    SmallCompany company;
    const std::uint32_t tuple = company.tuple("a");
    company.owners.intervals.push_back({day("2024-03-16"), company.value("b")});
    company.owners.starts.back() = 2;
    company.cell(tuple, "2024-03-15", "1");
    company.cell(tuple, "2024-03-16", "2");
    company.cell(tuple, "2024-03-17", "4");
    EXPECT_EQ(company.shown(), "a 1 b 6");
}

/// One pool `support` of 100 USD on the first, and own cost of a, b and c of 30, 10 and 0.
class Shared : public testing::Test {
protected:
    Shared() {
        support = company.tuple("");
        a = company.tuple("a");
        b = company.tuple("b");
        company.cell(support, "2024-03-01", "100");
        company.cell(a, "2024-03-20", "30");
        company.cell(b, "2024-03-21", "10");
    }
    Pool& pool(Method method) {
        Pool& pool = company.pool("support", method);
        pool.takes.tuples = company.only({support});
        return pool;
    }

    SmallCompany company;
    std::uint32_t support = 0;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
};

TEST_F(Shared, Evenly) {
    company.give(pool(Method::kEven), {{"a", "0"}, {"b", "0"}, {"c", "0"}});
    EXPECT_EQ(company.shown(), "a 63.333333333333333334 b 43.333333333333333333 c 33.333333333333333333");
}

TEST_F(Shared, ByFixedRatios) {
    company.give(pool(Method::kFixed), {{"a", "0.5"}, {"b", "0.2"}, {"c", "0.3"}});
    EXPECT_EQ(company.shown(), "a 80 b 30 c 30");
}

TEST_F(Shared, ByCostOfTheBillingMonthNotOfTheDay) {
    company.give(pool(Method::kCost), {{"a", "0"}, {"b", "0"}, {"c", "0"}});
    EXPECT_EQ(company.shown(), "a 105 b 35");
}

TEST_F(Shared, ByCostOfTheDayWhereTheRuleSaysSo) {
    Pool& pool = this->pool(Method::kCost);
    pool.window.by_day = true;
    company.give(pool, {{"a", "0"}, {"b", "0"}});
    EXPECT_EQ(company.shown(), "a 30 b 10 zero-driver 100");
    company.cell(b, "2024-03-01", "1");
    EXPECT_EQ(company.shown(), "a 30 b 111");
}

TEST_F(Shared, ByCostOfTheMonthBefore) {
    Pool& pool = this->pool(Method::kCost);
    pool.window = {.months_first = 1, .months_last = 1};
    company.give(pool, {{"a", "0"}, {"b", "0"}});
    Month february{.period = {day("2024-02-01"), day("2024-03-01")}, .open = true, .complete_until = day("2024-03-01")};
    const Decimal amount = decimal("5");
    february.cells.add(b, day("2024-02-29"), {amount, amount, amount, amount});
    company.run.push_back(Run::start(company.owners, company.tuples, company.rules, 1).value());
    ASSERT_TRUE(company.run.back().add(february).ok());
    const auto march = company.run.back().add(company.month);
    EXPECT_EQ(company.shown(march.value()), "a 30 b 110");
    EXPECT_TRUE(march->provisional) << "its driver is of an open month";
    EXPECT_EQ(company.run.back().add(february).error().code, "allocation.month_order");
    EXPECT_EQ(company.shown(), "a 30 b 10 zero-driver 100") << "a month that is not there has no cost";
}

TEST_F(Shared, ByAMetric) {
    Pool& pool = this->pool(Method::kMetric);
    company.give(pool, {{"a", "0"}, {"b", "0"}});
    Metric requests{.name = "requests"};
    for (period::Day on = day("2024-03-01"); on < day("2024-04-01"); on += std::chrono::days(1)) {
        requests.days[on] = {{company.value("a"), money::Quantity::from_integer(1)},
                             {company.value("b"), money::Quantity::from_integer(3)}};
    }
    company.rules.metrics = {requests};
    EXPECT_EQ(company.shown(), "a 55 b 85");

    company.rules.metrics[0].days.erase(day("2024-03-09"));
    const base::Error error = company.add().error();
    EXPECT_EQ(error.code, "allocation.metric_missing_day");
    EXPECT_EQ(error.place.row, 3U);
    EXPECT_NE(error.message.find("2024-03-09"), std::string::npos);

    company.rules.pools[0].missing = MissingDay::kCarry;
    const MonthResult carried = company.add().value();
    EXPECT_EQ(company.shown(carried), "a 55 b 85");
    ASSERT_EQ(carried.findings.size(), 1U);
    EXPECT_EQ(carried.findings[0].kind, FindingKind::kCarriedDays);
    EXPECT_EQ(carried.findings[0].day_count, 1U);
    EXPECT_EQ(carried.findings[0].amounts[0], decimal("100"));

    company.rules.metrics[0].days.erase(day("2024-03-01"));
    EXPECT_EQ(company.code(), "allocation.metric_missing_day") << "there is nothing to carry";
}

TEST_F(Shared, AnOpenMonthNeedsDaysThatAreOverOnly) {
    Pool& pool = this->pool(Method::kMetric);
    company.give(pool, {{"a", "0"}, {"b", "0"}});
    company.rules.metrics = {
        {.name = "seats", .days = {{day("2024-03-01"), {{company.value("a"), money::Quantity::from_integer(2)}}}}}};
    company.month.open = true;
    company.month.complete_until = day("2024-03-02");
    const MonthResult result = company.add().value();
    EXPECT_EQ(company.shown(result), "a 130 b 10");
    EXPECT_TRUE(result.provisional);
}

TEST_F(Shared, ADriverBelowZeroIsRefusedOrCountsAsZero) {
    company.cell(b, "2024-03-25", "-15");
    Pool& pool = this->pool(Method::kCost);
    company.give(pool, {{"a", "0"}, {"b", "0"}});
    const base::Error error = company.add().error();
    EXPECT_EQ(error.code, "allocation.negative_driver");
    EXPECT_EQ(error.place.file, "allocation/shared.yaml");
    EXPECT_NE(error.message.find("-5"), std::string::npos);
    company.rules.pools[0].negative = NegativeDriver::kAsZero;
    const MonthResult result = company.add().value();
    EXPECT_EQ(company.shown(result), "a 130 b -5");
    ASSERT_EQ(result.findings.size(), 1U);
    EXPECT_EQ(result.findings[0].kind, FindingKind::kNegativeAsZero);
    EXPECT_EQ(result.findings[0].value, company.value("b"));
    EXPECT_EQ(result.findings[0].amounts[1], decimal("100"));
}

TEST_F(Shared, WithoutAnyDriverItStaysUnallocated) {
    Pool& pool = this->pool(Method::kCost);
    company.give(pool, {{"c", "0"}, {"platform", "0"}});
    EXPECT_EQ(company.shown(), "a 30 b 10 zero-driver 100");
}

TEST_F(Shared, DifferentCurrenciesAreRefusedOrSplitEachByItself) {
    const std::uint32_t euros = company.tuple("b", {.currency = 1});
    company.cell(euros, "2024-03-03", "7");
    Pool& pool = this->pool(Method::kCost);
    company.give(pool, {{"a", "0"}, {"b", "0"}});
    const base::Error error = company.add().error();
    EXPECT_EQ(error.code, "allocation.currencies_differ");
    EXPECT_NE(error.message.find("EUR, USD"), std::string::npos);
    company.rules.pools[0].currencies = MixedCurrencies::kEachByItself;
    const MonthResult result = company.add().value();
    EXPECT_EQ(company.shown(result), "a 105 b 42");
    ASSERT_EQ(result.findings.size(), 1U);
    EXPECT_EQ(result.findings[0].kind, FindingKind::kCurrenciesApart);
}

TEST_F(Shared, StagesChain) {
    // support: evenly to a and platform; platform, with what it got: by cost to a and b.
    const std::uint32_t platform = company.tuple("platform");
    company.cell(platform, "2024-03-10", "20");
    company.give(pool(Method::kEven), {{"a", "0"}, {"platform", "0"}});
    Pool& second = company.pool("platform", Method::kCost, 2);
    second.takes.owners = {company.value("platform")};
    second.to_all = true;
    // 50 to a, 50 to platform; 70 by 30 to 10: 52.5 and 17.5.
    EXPECT_EQ(company.shown(), "a 132.5 b 27.5");
    const MonthResult result = company.add().value();
    const Decimal hundred = decimal("100");
    const auto steps =
        company.run.back().explain(result, support, day("2024-03-01"), {hundred, hundred, hundred, hundred});
    ASSERT_EQ(steps->size(), 5U);
    EXPECT_EQ(company.run.back().stages().sinks().pool((*steps)[0].sink), 0U);
    EXPECT_EQ(company.run.back().stages().sinks().pool((*steps)[2].sink), 1U);
    EXPECT_EQ((*steps)[3].via, 1U);
    EXPECT_EQ(Decimal::from_units((*steps)[3].units[1]), decimal("37.5"));
    const RatioSet& set = result.ratios.sets()[(*steps)[3].set];
    EXPECT_TRUE(set.shares[(*steps)[3].share].weight == base::uint128{30'000'000'000} * 1'000'000'000);
}

TEST_F(Shared, CirclesAreRefusedOrSolved) {
    const std::uint32_t other = company.tuple("");
    company.cell(other, "2024-03-05", "10");
    Pool& first = pool(Method::kFixed);
    company.give(first, {{"a", "0.8"}});
    first.targets.push_back({.pool = 1, .ratio = decimal("0.2")});
    Pool& second = company.pool("desk", Method::kFixed);
    second.takes.tuples = company.only({other});
    company.give(second, {{"b", "0.5"}});
    second.targets.push_back({.pool = 0, .ratio = decimal("0.5")});
    const base::Error error = company.add().error();
    EXPECT_EQ(error.code, "allocation.cycle");
    EXPECT_NE(error.message.find("`support` -> `desk` -> `support`"), std::string::npos) << error.message;
    for (Pool& pool : company.rules.pools) {
        pool.reciprocal = true;
    }
    // Of support's cost 8/9 end at a and 1/9 at b, of the desk's 4/9 and 5/9; each amount is rounded by itself:
    // 30 + 88.8…89 + 4.4…4 and 10 + 11.1…1 + 5.5…56.
    EXPECT_EQ(company.shown(), "a 123.333333333333333333 b 26.666666666666666667");
    company.rules.pools[1].targets = {{.pool = 0, .ratio = decimal("1")}};
    company.rules.pools[0].targets = {{.pool = 1, .ratio = decimal("1")}};
    EXPECT_EQ(company.code(), "allocation.no_exit");
}

TEST_F(Shared, MoneyFlowsToLaterStages) {
    Pool& first = pool(Method::kEven);
    first.stage = 2;
    first.targets.push_back({.pool = 1});
    Pool& second = company.pool("desk", Method::kEven, 1);
    second.takes.unused_commitments = true;
    company.give(second, {{"a", "0"}});
    EXPECT_EQ(company.code(), "allocation.stage");
}

struct RefusalCase {
    const char* code;
    void (*break_it)(SmallCompany&, Pool&);
};

TEST_F(Shared, WhatARuleMayNotSay) {
    const std::vector<RefusalCase> cases = {
        {"allocation.no_target", [](SmallCompany&, Pool& pool) { pool.targets.clear(); }},
        {"allocation.no_source", [](SmallCompany&, Pool& pool) { pool.takes = {}; }},
        {"allocation.ratio_sum",
         [](SmallCompany&, Pool& pool) { pool.targets[0].ratio = decimal("0.499999999999999999"); }},
        {"allocation.negative_ratio", [](SmallCompany&, Pool& pool) { pool.targets[0].ratio = decimal("-0.5"); }},
        {"allocation.duplicate_target",
         [](SmallCompany&, Pool& pool) { pool.targets[1].value = pool.targets[0].value; }},
        {"allocation.pool_target",
         [](SmallCompany&, Pool& pool) {
             pool.method = Method::kCost;
             pool.targets.push_back({.pool = 0});
         }},
        {"allocation.window", [](SmallCompany&, Pool& pool) { pool.window = {.months_first = 1, .months_last = 2}; }},
        {"allocation.duplicate_pool",
         [](SmallCompany& broken, Pool& pool) { broken.rules.pools.push_back(Pool(pool)); }},
        {"allocation.reciprocal",
         [](SmallCompany&, Pool& pool) {
             pool.reciprocal = true;
             pool.window.by_day = true;
         }},
    };
    company.give(pool(Method::kFixed), {{"a", "0.5"}, {"b", "0.5"}});
    ASSERT_TRUE(company.add().ok());
    for (const RefusalCase& one : cases) {
        SmallCompany broken;
        broken.owners = company.owners;
        broken.tuples = company.tuples;
        broken.month = company.month;
        broken.rules = company.rules;
        one.break_it(broken, broken.rules.pools[0]);
        const auto result = broken.add();
        ASSERT_FALSE(result.ok()) << one.code;
        EXPECT_EQ(result.error().code, one.code);
        EXPECT_EQ(result.error().blame, base::Blame::kUser);
        EXPECT_FALSE(result.error().remedy.empty()) << one.code;
    }
}

TEST(Run, CreditsFollowTheBill) {
    SmallCompany company;
    const std::uint32_t a = company.tuple("a", {.bill_line = 1});
    const std::uint32_t b = company.tuple("b", {.bill_line = 1});
    const std::uint32_t untagged = company.tuple("", {.bill_line = 1});
    const std::uint32_t elsewhere = company.tuple("c", {.bill_line = 2});
    const std::uint32_t credit = company.tuple("platform", {.kind = ChargeKind::kCredit, .bill_line = 1});
    const std::uint32_t tax = company.tuple("", {.kind = ChargeKind::kTax, .bill_line = 3});
    company.cell(a, "2024-03-01", "60");
    company.cell(b, "2024-03-02", "30");
    company.cell(untagged, "2024-03-02", "10");
    company.cell(elsewhere, "2024-03-03", "1000");
    company.cell(credit, "2024-03-31", "-50");
    company.cell(tax, "2024-03-31", "19");
    Pool& pool = company.pool("bill", Method::kBill);
    pool.takes.kinds = {ChargeKind::kCredit, ChargeKind::kTax};
    EXPECT_EQ(company.shown(), "no-owner 5 a 30 b 15 c 1000 no-base 19");
    company.cell(b, "2024-03-02", "-31");
    EXPECT_EQ(company.code(), "allocation.negative_driver");
}

TEST(Run, CreditsOfSharedCostGoWhereItGoes) {
    SmallCompany company;
    const std::uint32_t support = company.tuple("", {.bill_line = 1});
    const std::uint32_t credit = company.tuple("", {.kind = ChargeKind::kCredit, .bill_line = 1});
    company.cell(support, "2024-03-01", "100");
    company.cell(credit, "2024-03-01", "-10");
    company.pool("credits", Method::kBill).takes.kinds = {ChargeKind::kCredit};
    Pool& pool = company.pool("support", Method::kFixed, 2);
    pool.takes.tuples = company.only({support});
    company.give(pool, {{"a", "0.25"}, {"b", "0.75"}});
    EXPECT_EQ(company.shown(), "a 22.5 b 67.5");
}

/// A programme that covers SKU 1, bought by a. Covered: 40 of a for 28, 60 of b for 42 (a saving of 30); uncovered:
/// 100 of c. List cost of eligible usage: a 40, b 60, c 100. Unused: 5.
class Benefits : public testing::Test {
protected:
    Benefits() {
        add("a", CommitmentUse::kUsed, "40", "28");
        add("b", CommitmentUse::kUsed, "60", "42");
        add("c", CommitmentUse::kNone, "100", "100");
        add("platform", CommitmentUse::kUnused, "0", "5");
        company.rules.benefit.buyers = {0, company.value("a")};
    }
    void add(const std::string& owner, CommitmentUse use, const std::string& list, const std::string& effective) {
        const std::uint32_t tuple =
            company.tuple(owner, {.commitment = use, .programme = use == CommitmentUse::kNone ? 0U : 1U, .sku = 1});
        company.cell(tuple, "2024-03-01", Amounts{Decimal(), decimal(effective), decimal(list), decimal(list)});
    }
    std::string by(BenefitRule rule) {
        company.rules.benefit.rule = rule;
        return company.shown();
    }
    SmallCompany company;
};

TEST_F(Benefits, ByHandAndTheSameInAll) {
    EXPECT_EQ(by(BenefitRule::kWhereItLanded), "a 28 b 42 c 100 platform 5");
    // The saving of 30 by 40, 60, 100 of 200: 6, 9, 15.
    EXPECT_EQ(by(BenefitRule::kProRata), "a 34 b 51 c 85 platform 5");
    // a's own 40 of the 100 covered first: 12 of the saving; the other 18 by 60 to 100: 6.75, 11.25.
    EXPECT_EQ(by(BenefitRule::kBuyerFirst), "a 28 b 53.25 c 88.75 platform 5");
    company.rules.benefit.central = company.value("platform");
    EXPECT_EQ(by(BenefitRule::kCentral), "a 40 b 60 c 100 platform -25");
    EXPECT_EQ(company.shown(Basis::kList), "a 40 b 60 c 100 platform 0") << "other bases are as they were";
    company.rules.benefit.unused = UnusedRule::kToBuyer;
    EXPECT_EQ(by(BenefitRule::kWhereItLanded), "a 33 b 42 c 100");
}

TEST_F(Benefits, ABuyerWithMoreThanIsCoveredGetsAll) {
    company.rules.benefit.buyers = {0, company.value("c")};
    EXPECT_EQ(by(BenefitRule::kBuyerFirst), "a 40 b 60 c 70 platform 5");
    company.rules.benefit.buyers = {};
    EXPECT_EQ(by(BenefitRule::kBuyerFirst), "a 34 b 51 c 85 platform 5") << "an unknown buyer: pro rata";
}

TEST_F(Benefits, WithoutAReferenceItStaysAndIsReported) {
    add("b", CommitmentUse::kUsed, "0", "8");
    company.rules.benefit.rule = BenefitRule::kProRata;
    const MonthResult result = company.add().value();
    EXPECT_EQ(company.shown(result), "a 34 b 59 c 85 platform 5");
    ASSERT_EQ(result.findings.size(), 1U);
    EXPECT_EQ(result.findings[0].kind, FindingKind::kWithoutReference);
    EXPECT_EQ(result.findings[0].amounts[1], decimal("8"));
}

TEST_F(Benefits, UnusedCommitmentsMayBeAPool) {
    Pool& pool = company.pool("unused", Method::kEven);
    pool.takes.unused_commitments = true;
    company.give(pool, {{"b", "0"}, {"c", "0"}});
    EXPECT_EQ(by(BenefitRule::kWhereItLanded), "a 28 b 44.5 c 102.5");
}

TEST(Run, WeightsThatFlowIntoOnePoolDoNotWrap) {
    SmallCompany company;
    company.owners.values.emplace_back("rest");
    int number = 0;
    for (const char* owner : {"a", "b", "c", "platform"}) { // together 3.6 x 10^38 units, more than 2^128
        company.cell(company.tuple(owner), "2024-03-0" + std::to_string(++number), "90000000000000000000");
    }
    const std::uint32_t support = company.tuple("");
    company.cell(support, "2024-03-09", "1");
    Pool& pool = company.pool("support", Method::kCost);
    pool.takes.tuples = company.only({support});
    company.give(pool, {{"a", "0"}, {"b", "0"}, {"c", "0"}, {"platform", "0"}});
    Pool& drain = company.pool("drain", Method::kEven, 2);
    drain.takes.owners = {1, 2, 3, 4};
    company.give(drain, {{"rest", "0"}});
    EXPECT_EQ(company.code(), "money.overflow");
}

TEST(Run, AnEvenPoolGivesToAllThatTheMonthKnows) {
    SmallCompany company; // c and platform have no charge in March, b but a credit
    company.cell(company.tuple("a"), "2024-03-05", "10");
    company.cell(company.tuple("b"), "2024-03-05", "-1");
    const std::uint32_t support = company.tuple("");
    company.cell(support, "2024-03-09", "8");
    Pool& pool = company.pool("support", Method::kEven);
    pool.takes.tuples = company.only({support});
    pool.to_all = true;
    EXPECT_EQ(company.shown(), "a 14 b 3");
}

TEST(Run, ADayOfLongAgoCostsOneSlot) {
    SmallCompany company;
    const std::uint32_t tuple = company.tuple("a");
    company.cell(tuple, "2024-03-05", "1");
    company.cell(tuple, "1970-01-01", "2");
    company.cell(tuple, "2024-03-04", "4");
    company.cell(tuple, "2199-12-31", "8");
    const Slots slots = slots_of(company.month.cells);
    ASSERT_EQ(slots.count(), 4U);
    for (std::size_t slot = 0; slot < slots.count(); ++slot) {
        EXPECT_EQ(slots.of(slots.day(slot)), slot);
    }
    EXPECT_EQ(slots.day(1), day("2024-03-04"));
    EXPECT_EQ(company.shown(), "a 15");
}

} // namespace
} // namespace florin::allocate
