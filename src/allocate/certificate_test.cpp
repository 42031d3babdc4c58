#include "allocate/certificate.hpp"
#include "allocate/verify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace florin::allocate {
namespace {

using money::Decimal;
using std::chrono::days;

constexpr std::uint32_t kSeed = 4711;
constexpr period::Day kStart = period::Day{std::chrono::year{2024} / 5 / 1};

/// A run of two months with pools of each kind, and what its certificate says.
struct Certified {
    Owners owners;
    Tuples tuples;
    Rules rules;
    std::vector<Month> months;
    std::optional<Run> run;
    std::vector<MonthResult> results;
    Certificate certificate;

    base::Result<void> allocate() {
        FLORIN_TRY_ASSIGN(run, Run::start(owners, tuples, rules, 2));
        certificate = begin_certificate(*run, owners, "rules", {{"delivery 1", "abc"}});
        results.clear();
        for (const Month& month : months) {
            FLORIN_TRY_ASSIGN(MonthResult result, run->add(month));
            FLORIN_TRY(certify(certificate, result, *run, owners, tuples));
            results.push_back(std::move(result));
        }
        return {};
    }

    base::Result<void> verify(const Certificate& checked, const Assignments& assignments,
                              const std::vector<std::vector<RatioSet>>& ratios,
                              const std::vector<std::vector<Sum>>& sums) const {
        FLORIN_TRY_ASSIGN(Verifier verifier, Verifier::start(checked, tuples, assignments, owners.values));
        for (std::size_t month = 0; month < months.size(); ++month) {
            FLORIN_TRY(verifier.check(months[month].cells, ratios[month], sums[month]));
        }
        return verifier.finish();
    }

    std::vector<std::vector<RatioSet>> ratios() const {
        std::vector<std::vector<RatioSet>> out;
        for (const MonthResult& result : results) {
            out.emplace_back(result.ratios.sets().begin(), result.ratios.sets().end());
        }
        return out;
    }
    std::vector<std::vector<Sum>> sums() const {
        std::vector<std::vector<Sum>> out;
        for (const MonthResult& result : results) {
            out.push_back(result.sums);
        }
        return out;
    }
};

std::uint32_t draw(std::mt19937& engine, std::uint32_t below) {
    return static_cast<std::uint32_t>(engine() % below);
}

Amounts random_amounts(std::mt19937& engine) {
    const auto amount = [&] {
        return Decimal::from_units(base::int128{static_cast<std::int64_t>(draw(engine, 900'000'001))} * 1'000'000'007 -
                                   base::int128{1'000'000'000'000'000});
    };
    return {amount(), amount(), amount(), amount()};
}

Rules rules_of(const std::vector<bool>& support) {
    Rules rules;
    rules.pools.resize(4);
    rules.pools[0] = {.name = "bill",
                      .takes = {.kinds = {ChargeKind::kCredit}},
                      .method = Method::kBill,
                      .negative = NegativeDriver::kAsZero};
    rules.pools[1] = {.name = "support",
                      .takes = {.tuples = support},
                      .method = Method::kEven,
                      .targets = {{.value = 1}, {.value = 2}, {.value = 4}}};
    rules.pools[2] = {.name = "platform",
                      .stage = 2,
                      .takes = {.owners = {4}},
                      .method = Method::kCost,
                      .to_all = true,
                      .window = {.months_first = 1},
                      .negative = NegativeDriver::kAsZero};
    rules.pools[3] = {.name = "untagged",
                      .stage = 3,
                      .takes = {.owners = {0}},
                      .method = Method::kCost,
                      .to_all = true,
                      .window = {.by_day = true},
                      .negative = NegativeDriver::kAsZero};
    rules.benefit = {.rule = BenefitRule::kBuyerFirst, .buyers = {0, 2}};
    return rules;
}

Certified certified() {
    std::mt19937 engine(kSeed);
    Certified out;
    out.owners.dimension = "team";
    out.owners.days = {kStart - days(90), kStart + days(90)};
    out.owners.values = {"", "a", "b", "c", "platform"};
    out.tuples.currencies = {"USD"};
    std::vector<bool> support;
    for (std::uint32_t tuple = 0; tuple < 40; ++tuple) {
        out.owners.starts.push_back(out.owners.intervals.size());
        out.owners.intervals.push_back({out.owners.days.start, draw(engine, 5)});
        out.owners.intervals.push_back({kStart + days(draw(engine, 40)), draw(engine, 5)});
        const auto use = draw(engine, 3) == 0 ? CommitmentUse::kUsed : CommitmentUse::kNone;
        out.tuples.all.push_back({.kind = draw(engine, 5) == 0 ? ChargeKind::kCredit : ChargeKind::kUsage,
                                  .commitment = use,
                                  .bill_line = 1 + draw(engine, 3),
                                  .programme = use == CommitmentUse::kUsed ? 1U : 0U,
                                  .sku = 1 + draw(engine, 3)});
        support.push_back(draw(engine, 6) == 0);
    }
    out.owners.starts.push_back(out.owners.intervals.size());
    out.rules = rules_of(support);
    for (int month = 0; month < 2; ++month) {
        const period::Day start = period::add_months(kStart, month);
        Month one{.period = period::month_of(start), .open = month == 1, .complete_until = start + days(28)};
        for (int cell = 0; cell < 300; ++cell) {
            const auto tuple = draw(engine, 40);
            one.cells.add(tuple, start + days(draw(engine, 31)), random_amounts(engine));
        }
        out.months.push_back(std::move(one));
    }
    EXPECT_TRUE(out.allocate().ok());
    return out;
}

TEST(Certificate, IsVerifiedAndTravelsAsJson) {
    const Certified run = certified();
    const auto verified = run.verify(run.certificate, run.run->assignments(), run.ratios(), run.sums());
    ASSERT_TRUE(verified.ok()) << verified.error().describe();
    const std::string json = to_json(run.certificate);
    const auto read = certificate_from_json(json);
    ASSERT_TRUE(read.ok()) << read.error().describe();
    EXPECT_EQ(*read, run.certificate);
    EXPECT_EQ(to_json(*read), json);
    EXPECT_TRUE(run.certificate.months[1].provisional);
    EXPECT_FALSE(run.certificate.months[0].provisional);
    EXPECT_EQ(certificate_from_json("{").error().code, "allocation.certificate_unreadable");
    EXPECT_EQ(certificate_from_json("{\"format\":\"x\"}").error().code, "allocation.certificate_unreadable");
    EXPECT_EQ(certificate_from_json("[]").error().code, "allocation.certificate_unreadable");
    std::string broken = json;
    broken.replace(broken.find("\"billed\": \"") + 11, 1, "x");
    EXPECT_EQ(certificate_from_json(broken).error().code, "allocation.certificate_unreadable");
}

TEST(Certificate, DoesNotDependOnTheOrderOfCellsNorOnThreads) {
    const Certified run = certified();
    Certified other = certified();
    for (Month& month : other.months) {
        std::vector<std::size_t> order(month.cells.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = i;
        }
        std::mt19937 engine(kSeed);
        std::ranges::shuffle(order, engine);
        Cells shuffled;
        for (const std::size_t cell : order) {
            shuffled.add(month.cells.tuples[cell], month.cells.days[cell], month.cells.amounts(cell));
        }
        month.cells = shuffled;
    }
    ASSERT_TRUE(other.allocate().ok());
    EXPECT_EQ(to_json(other.certificate), to_json(run.certificate));
}

/// A run forged in one place; its hashes are those of the forgery, so that only the count can tell.
struct Forgery {
    const char* what;
    std::function<void(Certificate&, Assignments&, std::vector<RatioSet>&, std::vector<Sum>&)> forge;
};

const std::vector<Forgery>& forgeries() {
    static const Decimal one = Decimal::from_units(1);
    static const std::vector<Forgery> all = {
        {"a sum with one unit more",
         [](Certificate&, Assignments&, std::vector<RatioSet>&, std::vector<Sum>& sums) {
             sums[7].amounts[1] = sums[7].amounts[1].plus(one).value();
         }},
        {"a unit moved from one sum to another",
         [](Certificate&, Assignments&, std::vector<RatioSet>&, std::vector<Sum>& sums) {
             sums[7].amounts[0] = sums[7].amounts[0].plus(one).value();
             sums[8].amounts[0] = sums[8].amounts[0].minus(one).value();
         }},
        {"a sum left out",
         [](Certificate&, Assignments&, std::vector<RatioSet>&, std::vector<Sum>& sums) { sums.erase(sums.begin()); }},
        {"a sum twice",
         [](Certificate&, Assignments&, std::vector<RatioSet>&, std::vector<Sum>& sums) { sums.push_back(sums[3]); }},
        {"another weight",
         [](Certificate&, Assignments&, std::vector<RatioSet>& ratios, std::vector<Sum>&) {
             std::ranges::find_if(ratios, [](const RatioSet& set) { return set.shares.size() > 1; })
                 ->shares[0]
                 .weight += 1'000'000'000'000'000;
         }},
        {"a share twice", [](Certificate&, Assignments&, std::vector<RatioSet>& ratios,
                             std::vector<Sum>&) { ratios[0].shares.push_back(ratios[0].shares[0]); }},
        {"a set of ratios twice", [](Certificate&, Assignments&, std::vector<RatioSet>& ratios,
                                     std::vector<Sum>&) { ratios.push_back(ratios[0]); }},
        {"a circle of pools",
         [](Certificate&, Assignments&, std::vector<RatioSet>& ratios, std::vector<Sum>&) {
             ratios[0].shares.push_back({Sinks{5}.of_pool(ratios[0].pool), 1});
         }},
        {"an assignment to another owner",
         [](Certificate&, Assignments& assignments, std::vector<RatioSet>&, std::vector<Sum>&) {
             const auto one_of_a = std::ranges::find(assignments.all, Sink{1}, &Assignment::sink);
             one_of_a->sink = 3;
         }},
        {"a day assigned twice",
         [](Certificate&, Assignments& assignments, std::vector<RatioSet>&, std::vector<Sum>&) {
             for (std::size_t tuple = 0; tuple < assignments.tuple_count(); ++tuple) {
                 if (assignments.of(tuple).size() == 2) {
                     assignments.all[assignments.starts[tuple] + 1].from =
                         assignments.all[assignments.starts[tuple]].from;
                     return;
                 }
             }
         }},
        {"a certified sum of a day", [](Certificate& certificate, Assignments&, std::vector<RatioSet>&,
                                        std::vector<Sum>&) { certificate.months[0].days[2].allocated[3] = one; }},
        {"a certified amount that came in", [](Certificate& certificate, Assignments&, std::vector<RatioSet>&,
                                               std::vector<Sum>&) { certificate.months[0].days[2].in[3] = one; }},
        {"a day left out", [](Certificate& certificate, Assignments&, std::vector<RatioSet>&,
                              std::vector<Sum>&) { certificate.months[0].days.pop_back(); }},
        {"another owner's sum",
         [](Certificate& certificate, Assignments&, std::vector<RatioSet>&, std::vector<Sum>&) {
             std::swap(certificate.months[0].owners[0].value, certificate.months[0].owners[1].value);
         }},
        {"an owner left out", [](Certificate& certificate, Assignments&, std::vector<RatioSet>&,
                                 std::vector<Sum>&) { certificate.months[0].owners.pop_back(); }},
        {"another reference of savings", [](Certificate& certificate, Assignments&, std::vector<RatioSet>&,
                                            std::vector<Sum>&) { certificate.reference = Basis::kContracted; }},
    };
    return all;
}

TEST(Certificate, RefusesEachForgery) {
    const Certified run = certified();
    for (const Forgery& forgery : forgeries()) {
        Certificate certificate = run.certificate;
        Assignments assignments = run.run->assignments();
        std::vector<std::vector<RatioSet>> ratios = run.ratios();
        std::vector<std::vector<Sum>> sums = run.sums();
        forgery.forge(certificate, assignments, ratios[0], sums[0]);
        certificate.assignments_hash = hash_of(assignments);
        certificate.months[0].ratios_hash = hash_of(ratios[0]);
        certificate.months[0].sums_hash = hash_of(sums[0]);
        const auto verified = run.verify(certificate, assignments, ratios, sums);
        ASSERT_FALSE(verified.ok()) << forgery.what;
        EXPECT_EQ(verified.error().code, "allocation.certificate_refused") << forgery.what;
    }
}

TEST(Certificate, KnowsItsInputs) {
    const Certified run = certified();
    Certified other = certified();
    other.months[1].cells.costs[2][5] = Decimal::from_units(1);
    const auto verified = other.verify(run.certificate, run.run->assignments(), run.ratios(), run.sums());
    EXPECT_EQ(verified.error().code, "allocation.certificate_differs");
    Assignments assignments = run.run->assignments();
    assignments.all[3].sink = 2;
    EXPECT_EQ(run.verify(run.certificate, assignments, run.ratios(), run.sums()).error().code,
              "allocation.certificate_differs");
    std::vector<std::vector<RatioSet>> ratios = run.ratios();
    ratios[1][0].shares[0].weight += 1;
    EXPECT_EQ(run.verify(run.certificate, run.run->assignments(), ratios, run.sums()).error().code,
              "allocation.certificate_differs");
    Certificate longer = run.certificate;
    longer.months.push_back(longer.months.back());
    EXPECT_EQ(run.verify(longer, run.run->assignments(), run.ratios(), run.sums()).error().code,
              "allocation.certificate_differs");
}

TEST(Certificate, ARunThatDoesNotConserveIsNotCertified) {
    Certified run = certified();
    MonthResult result = std::move(run.results[0]);
    result.sums[4].amounts[2] = result.sums[4].amounts[2].plus(Decimal::from_units(1)).value();
    const auto certified = certify(run.certificate, result, *run.run, run.owners, run.tuples);
    ASSERT_FALSE(certified.ok());
    EXPECT_EQ(certified.error().code, "allocation.not_conserved");
    EXPECT_EQ(certified.error().blame, base::Blame::kBug);
}

TEST(Metamorphic, AChargeCutInTwoTuplesMovesTheSameMoneyUpToTheGrain) {
    Certified whole = certified();
    Certified cut = certified();
    // Each tuple gets a twin of the same owner, kind and pool; half of each cell's money goes to the twin.
    const std::size_t count = cut.tuples.all.size();
    for (std::size_t tuple = 0; tuple < count; ++tuple) {
        cut.tuples.all.push_back(Tuple(cut.tuples.all[tuple]));
        for (const OwnerInterval& interval : whole.owners.of(tuple)) {
            cut.owners.intervals.push_back(interval);
        }
        cut.owners.starts.push_back(cut.owners.intervals.size());
        cut.rules.pools[1].takes.tuples.push_back(cut.rules.pools[1].takes.tuples[tuple]);
    }
    std::size_t cells = 0;
    for (Month& month : cut.months) {
        const Cells before = month.cells;
        cells += before.size();
        month.cells = {};
        for (std::size_t cell = 0; cell < before.size(); ++cell) {
            Amounts half;
            Amounts rest;
            for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
                const base::int128 units = before.costs[basis][cell].units();
                half[basis] = Decimal::from_units(units / 3);
                rest[basis] = Decimal::from_units(units - units / 3);
            }
            month.cells.add(before.tuples[cell], before.days[cell], half);
            month.cells.add(before.tuples[cell] + static_cast<std::uint32_t>(count), before.days[cell], rest);
        }
    }
    ASSERT_TRUE(cut.allocate().ok());
    const auto by_owner = [](const MonthCertificate& month, std::size_t owner, std::size_t basis) {
        return month.owners[owner].own[basis].units() + month.owners[owner].shared[basis].units();
    };
    for (std::size_t month = 0; month < 2; ++month) {
        const MonthCertificate& a = whole.certificate.months[month];
        const MonthCertificate& b = cut.certificate.months[month];
        ASSERT_EQ(a.owners.size(), b.owners.size());
        for (std::size_t owner = 0; owner < a.owners.size(); ++owner) {
            for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
                const base::int128 difference = by_owner(a, owner, basis) - by_owner(b, owner, basis);
                // Each cell is off by less than a unit at each of at most five pools on its way.
                EXPECT_LE(difference < 0 ? -difference : difference,
                          base::int128{5} * static_cast<std::int64_t>(cells));
            }
        }
    }
}

TEST(Metamorphic, ACellInTwoRowsIsTheSameCell) {
    const Certified whole = certified();
    Certified cut = certified();
    for (Month& month : cut.months) {
        const Cells before = month.cells;
        month.cells = {};
        const Decimal some = Decimal::from_integer(3);
        for (std::size_t cell = 0; cell < before.size(); ++cell) {
            Amounts rest = before.amounts(cell);
            for (Decimal& amount : rest) {
                amount = amount.minus(some).value();
            }
            month.cells.add(before.tuples[cell], before.days[cell], {some, some, some, some});
            month.cells.add(before.tuples[cell], before.days[cell], rest);
        }
    }
    ASSERT_TRUE(cut.allocate().ok());
    EXPECT_EQ(to_json(cut.certificate), to_json(whole.certificate));
}

TEST(Metamorphic, ATeamRenamedMovesNothing) {
    // Values are in the order of their names, so that another name is another number, too.
    Certified before = certified();
    Certified after = certified();
    for (Certified* run : {&before, &after}) { // evenly to all: every remainder ties
        run->rules.pools[1].targets.clear();
        run->rules.pools[1].to_all = true;
    }
    ASSERT_TRUE(before.allocate().ok());
    after.owners.values = {"", "b", "c", "platform", "z"}; // a is z now
    const std::vector<std::uint32_t> renumbered = {0, 4, 1, 2, 3};
    for (OwnerInterval& interval : after.owners.intervals) {
        interval.value = renumbered[interval.value];
    }
    for (Pool& pool : after.rules.pools) {
        for (Target& target : pool.targets) {
            target.value = renumbered[*target.value];
        }
        for (std::uint32_t& owner : pool.takes.owners) {
            owner = renumbered[owner];
        }
    }
    after.rules.benefit.buyers[1] = renumbered[after.rules.benefit.buyers[1]];
    ASSERT_TRUE(after.allocate().ok());
    for (std::size_t month = 0; month < 2; ++month) {
        std::vector<Sum> renamed = before.results[month].sums;
        for (Sum& sum : renamed) {
            sum.sink = sum.sink < 5 ? renumbered[sum.sink] : sum.sink;
        }
        const auto order = [](const Sum& sum) { return std::tuple(sum.currency, sum.day, sum.via + 1, sum.sink); };
        std::ranges::sort(renamed, {}, order);
        std::vector<Sum> sums = after.results[month].sums;
        std::ranges::sort(sums, {}, order);
        EXPECT_EQ(sums, renamed);
    }
}

TEST(Certificate, HoldsForTheLargestWeights) {
    Certified run;
    run.owners.days = {kStart, kStart + days(31)};
    run.owners.values = {"", "a", "b"};
    run.owners.starts = {0, 1, 2, 3};
    run.owners.intervals = {{kStart, 1, 0}, {kStart, 2, 0}, {kStart, 0, kNoRule}};
    run.tuples.currencies = {"USD"};
    run.tuples.all.resize(3);
    run.rules.pools = {
        {.name = "p", .takes = {.tuples = {false, false, true}}, .method = Method::kCost, .to_all = true}};
    const auto all = [](const char* text) {
        const Decimal one = Decimal::parse(text).value();
        return Amounts{one, one, one, one};
    };
    Month month{.period = period::month_of(kStart), .complete_until = kStart + days(31), .cells = {}};
    month.cells.add(0, kStart, all("90000000000000000000")); // 9 x 10^37 units: more than 2^126
    month.cells.add(1, kStart + days(1), all("1"));
    month.cells.add(2, kStart + days(1), all("7"));
    run.months = {month};
    const auto allocated = run.allocate();
    ASSERT_TRUE(allocated.ok()) << allocated.error().describe();
    const auto verified = run.verify(run.certificate, run.run->assignments(), run.ratios(), run.sums());
    EXPECT_TRUE(verified.ok()) << verified.error().describe();
}

} // namespace
} // namespace florin::allocate
