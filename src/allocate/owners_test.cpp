#include "allocate/owners.hpp"
#include "allocate/test_day.hpp"

#include "allocate/owners_naive.hpp"
#include "allocate/owners_of.hpp"
#include "allocate/owners_trace.hpp"
#include "allocate/rule_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace florin::allocate {
namespace {

const OwnersQuestion kYear = {{day("2024-01-01"), day("2025-01-01")}, {}};

std::shared_ptr<const Dimension> dimension(const std::string& text) {
    const std::vector<RuleText> files = {{"team.yaml", "dimension: team\n" + text}};
    const auto set = read_rule_set(files);
    EXPECT_TRUE(set.ok()) << (set.ok() ? "" : set.error().describe());
    return set.ok() ? set->dimensions.front() : nullptr;
}

Owners owners(const std::vector<InForce>& history, const std::vector<std::string>& rows,
              const OwnersQuestion& question = kYear) {
    std::vector<test::Row> read;
    std::set<query::Field> fields;
    for (const std::string& row : rows) {
        read.push_back(test::row_of(row));
    }
    for (const InForce& one : history) {
        if (one.dimension) {
            const auto more = fields_read(*one.dimension);
            fields.insert(more.begin(), more.end());
        }
    }
    const std::vector<query::Field> all(fields.begin(), fields.end());
    return owners_of(history, test::tuples_of(read, all), question);
}

/// `2024-01-01 search (rule 0), 2024-02-15 - ` of a tuple.
std::string written(const Owners& owners, std::size_t tuple) {
    std::string out;
    for (const OwnerInterval& one : owners.of(tuple)) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", period::to_string(one.from),
                           one.rule == kNoRule
                               ? std::string("-")
                               : fmt::format("{} ({})", owners.values[one.value], owners.rules[one.rule].name));
    }
    return out;
}

TEST(Owners, AnOwnerHoldsUntilTheNext) {
    Owners owners;
    owners.days = {day("2024-01-01"), day("2024-03-01")};
    owners.values = {"", "platform", "search"};
    owners.starts = {0, 1, 3};
    owners.intervals = {
        {day("2024-01-01"), kUnallocated, kNoRule}, {day("2024-01-01"), 1, 0}, {day("2024-02-15"), 2, 1}};
    EXPECT_EQ(owners.at(0, day("2024-02-29")).value, kUnallocated);
    EXPECT_EQ(owners.at(1, day("2024-01-01")).value, 1U);
    EXPECT_EQ(owners.at(1, day("2024-02-14")).value, 1U);
    EXPECT_EQ(owners.at(1, day("2024-02-15")).value, 2U);
    EXPECT_EQ(owners.of(1).size(), 2U);
    EXPECT_THROW((void)owners.at(1, day("2024-03-01")), base::BugError);
}

TEST(Owners, TheFirstRuleInForceTakesTheDay) {
    const auto team =
        dimension("rules:\n"
                  "- {name: project, where: \"tag.project = 'x'\", value: search, from: 2024-03-01, to: 2024-04-30}\n"
                  "- {name: tag, tag: team}\n"
                  "default: company\n");
    const Owners found =
        owners({{kAlways.start, team}}, {"tag.project=x; tag.team=data", "tag.project=x", "tag.team=data"});
    EXPECT_EQ(written(found, 0), "2024-01-01 data (tag), 2024-03-01 search (project), 2024-05-01 data (tag)");
    EXPECT_EQ(written(found, 1),
              "2024-01-01 company (default), 2024-03-01 search (project), 2024-05-01 company (default)");
    EXPECT_EQ(written(found, 2), "2024-01-01 data (tag)");
    EXPECT_EQ(found.values, (std::vector<std::string>{"", "company", "data", "search"}));
    EXPECT_EQ(found.rules[0].tuples_taken, 2U);
    EXPECT_EQ(found.rules[1].tuples_taken, 2U);
    EXPECT_EQ(found.rules[2].tuples_taken, 1U);
}

TEST(Owners, AChangeWithoutADateBeginsWhereTheCallerSays) {
    const auto before = dimension("default: old\n");
    const auto after =
        dimension("rules:\n- {name: dated, value: special, from: 2024-02-01, to: 2024-05-31}\ndefault: new\n");
    const auto history = take_effect(take_effect({}, before, kAlways.start), after, day("2024-04-01"));
    EXPECT_EQ(written(owners(history, {""}), 0),
              "2024-01-01 old (default), 2024-04-01 special (dated), 2024-06-01 new (default)");
    // Restated from February on.
    EXPECT_EQ(written(owners(take_effect(history, after, day("2024-02-01")), {""}), 0),
              "2024-01-01 old (default), 2024-02-01 special (dated), 2024-06-01 new (default)");
    // Taken away: nobody owns anything from then on.
    EXPECT_EQ(written(owners(take_effect(history, nullptr, day("2024-07-01")), {""}), 0),
              "2024-01-01 old (default), 2024-04-01 special (dated), 2024-06-01 new (default), 2024-07-01 -");
    // Before the first there is nothing.
    EXPECT_EQ(written(owners({{day("2024-03-01"), before}}, {""}), 0), "2024-01-01 -, 2024-03-01 old (default)");
}

TEST(Owners, AsTheyAreIsOneDayForAll) {
    const auto before = dimension("rules:\n- {name: tag, tag: team}\n");
    const auto after = dimension("values: {aliases: {growth: [search]}}\nrules:\n- {name: tag, tag: team}\n");
    const auto history = take_effect(take_effect({}, before, kAlways.start), after, day("2024-04-01"));
    EXPECT_EQ(written(owners(history, {"tag.team=search"}), 0), "2024-01-01 search (tag), 2024-04-01 growth (tag)");
    EXPECT_EQ(written(owners(history, {"tag.team=search"}, {kYear.days, day("2024-12-31")}), 0),
              "2024-01-01 growth (tag)");
    EXPECT_EQ(written(owners(history, {"tag.team=search"}, {kYear.days, day("2024-03-31")}), 0),
              "2024-01-01 search (tag)");
    EXPECT_EQ(written(owners(history, {"tag.team=search"}, {kYear.days, day("2026-01-01")}), 0),
              "2024-01-01 growth (tag)");
}

TEST(Owners, SayWhatBecameOfEachRule) {
    const auto team = dimension("rules:\n"
                                "- {name: takes, where: \"region = 'eu'\", value: a}\n"
                                "- {name: shadowed, where: \"region = 'eu' and service_name = 'S3'\", value: b}\n"
                                "- {name: gives nothing, where: \"region = 'us'\", tag: team}\n"
                                "- {name: matches nothing, where: \"region = 'ap'\", value: c}\n"
                                "- {name: long ago, where: \"region = 'us'\", value: d, to: 2023-12-31}\n");
    const Owners found = owners({{kAlways.start, team}}, {"region=eu; service_name=S3", "region=us"});
    const auto state = [&](std::size_t rule) { return found.rules[rule].state; };
    EXPECT_EQ(state(0), RuleState::kTakes);
    EXPECT_EQ(state(1), RuleState::kShadowed);
    EXPECT_EQ(state(2), RuleState::kGivesNothing);
    EXPECT_EQ(state(3), RuleState::kMatchesNothing);
    EXPECT_EQ(state(4), RuleState::kNotInForce);
    EXPECT_EQ(found.rules[1].file, "team.yaml");
    EXPECT_EQ(found.rules[1].line, 4U);
    EXPECT_EQ(written(found, 1), "2024-01-01 -");
}

TEST(Owners, MisspellingsAreProposedAndNotChanged) {
    std::vector<std::string> rows(3, "tag.team=checkout");
    rows.insert(rows.end(), {"tag.team=chekout", "tag.team=team-1", "tag.team=team-2", "tag.team=Checkout",
                             "tag.team=ops", "tag.team=opx", "tag.team=payments"});
    const auto proposed = [&](const std::string& text) {
        const std::vector<InForce> history = {{kAlways.start, dimension(text + "rules: [{tag: team}]\n")}};
        std::string out;
        for (const Misspelling& one : misspellings(owners(history, rows), history)) {
            out += fmt::format("{}>{}:{} ", one.value, one.suggestion, one.tuple_count);
        }
        return out;
    };
    EXPECT_EQ(proposed(""), "Checkout>checkout:1 chekout>checkout:1 ");
    EXPECT_EQ(proposed("values: {case: lower}\n"), "chekout>checkout:1 ");
    EXPECT_EQ(proposed("values: {aliases: {checkout: [chekout, Checkout]}}\n"), "");
    EXPECT_EQ(proposed("values: {known: [checkout, payment, ops]}\n"),
              "Checkout>checkout:1 chekout>checkout:1 opx>:1 payments>payment:1 team-1>:1 team-2>:1 ");
}

TEST(Owners, AreTracedThroughTablesAndTrees) {
    const std::vector<RuleText> files = {
        {"team.yaml",
         "dimension: team\nvalues: {case: lower}\nrules:\n- {tag: team}\n"
         "- inherit: {table: o.csv, key: id, value: team, fields: [resource_id, sub_account_id], hierarchy: a}\n"},
        {"o.csv", "id,team\nr1,Search\nroot,Company\n"},
        {"a.yaml", "hierarchy: a\ntree: {root: {ou: [111]}}\n"}};
    const auto set = read_rule_set(files);
    ASSERT_TRUE(set.ok()) << set.error().describe();
    const std::vector<InForce> history = {{kAlways.start, set->dimensions.front()}};
    const std::vector<test::Row> rows = {test::row_of("tag.team=Web"),
                                         test::row_of("resource_id=r1; sub_account_id=111"),
                                         test::row_of("resource_id=r2; sub_account_id=111"), test::row_of("region=eu")};
    const TupleTexts tuples = test::tuples_of(rows, fields_read(*set->dimensions.front()));
    const auto trace = [&](std::size_t tuple) { return trace_owner(history, tuples, tuple, day("2024-05-05")); };
    using Kind = query::Field::Kind;
    EXPECT_EQ(trace(0), (OwnerTrace{0, "web", query::Field{Kind::kTag, "team"}, "Web", "Web", {}, "", 0}));
    EXPECT_EQ(trace(1),
              (OwnerTrace{1, "search", query::Field{Kind::kDimension, "resource_id"}, "r1", "Search", {}, "o.csv", 1}));
    EXPECT_EQ(trace(2), (OwnerTrace{1,
                                    "company",
                                    query::Field{Kind::kDimension, "sub_account_id"},
                                    "111",
                                    "Company",
                                    {"ou", "root"},
                                    "o.csv",
                                    2}));
    EXPECT_EQ(trace(3), OwnerTrace{});
}

TEST(Owners, OfNoTuplesAndNoRules) {
    EXPECT_EQ(owners({}, {}).tuple_count(), 0U);
    const Owners found = owners({}, {"region=eu"});
    EXPECT_EQ(written(found, 0), "2024-01-01 -");
    EXPECT_EQ(found.values, std::vector<std::string>{""});
}

} // namespace
} // namespace florin::allocate
