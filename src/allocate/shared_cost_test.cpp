#include "allocate/shared_cost.hpp"

#include "allocate/case_table.hpp"
#include "allocate/owners_naive.hpp"
#include "allocate/owners_of.hpp"
#include "allocate/rule_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace florin::allocate {
namespace {

period::Day on_day(std::string_view text) {
    return period::parse_day(text).value();
}

const std::vector<RuleText> kTables = {{"team.yaml", "dimension: team\nrules: [{tag: team}]\n"},
                                       {"use.csv", "date,team,requests\n"
                                                   "2024-03-10,a,100\n2024-03-10,b,300\n"
                                                   "2024-03-11,a,5\n2024-03-11,b,5\n"},
                                       {"february.csv", "date,team,requests\n"
                                                        "2024-02-01,a,3\n2024-02-01,b,90\n2024-02-01,c,1\n"},
                                       {"buyers.csv", "id,team\nc-1,b\n"}};

/// The charges of one row of cases.
struct Charges {
    std::vector<test::Row> rows;
    std::vector<period::Day> days;
    std::vector<Amounts> amounts;

    explicit Charges(const std::string& text) {
        for (const std::string& charge : test::pieces(text, " + ")) {
            std::vector<std::string> words = test::pieces(charge, " ");
            period::Day day = on_day("2024-03-10");
            if (words.front().starts_with('@')) {
                day = on_day(words.front().substr(1));
                words.erase(words.begin());
            }
            const std::vector<std::string> costs = test::pieces(words.front(), "/");
            words.erase(words.begin());
            test::Row row = test::row_of(fmt::format("billing_currency=USD; charge_category=Usage; invoice_id=I1; "
                                                     "billing_account_id=B; {}",
                                                     fmt::join(words, " ")));
            const money::Decimal cost = money::Decimal::parse(costs.front()).value();
            rows.push_back(std::move(row));
            days.push_back(day);
            amounts.push_back({cost, cost, money::Decimal::parse(costs.back()).value(), cost});
        }
    }
};

/// A company's rules over charges: what a run of March 2024 needs.
struct SharedCostCase {
    RuleSet set;
    TupleTexts texts;
    TupleFacts facts;
    Owners owners;

    SharedCostCase(RuleSet read, const Charges& charges) : set(std::move(read)) {
        const auto dimension = set.find_dimension("team");
        std::set<query::Field> fields;
        const auto add = [&fields](std::span<const query::Field> some) { fields.insert(some.begin(), some.end()); };
        add(fields_read(*dimension));
        add(tuple_fact_fields());
        const auto shared = set.find_shared_cost("team");
        add(fields_read(*shared));
        texts = test::tuples_of(charges.rows, std::vector<query::Field>(fields.begin(), fields.end()));
        facts = facts_of(texts);
        owners = with_values(owners_of(take_effect({}, dimension, kAlways.start), texts,
                                       {{on_day("2024-01-01"), on_day("2024-07-01")}, {}}),
                             values_named(*shared));
    }

    base::Result<Rules> rules() const {
        return resolve(set.find_shared_cost("team").get(), on_day("2024-03-01"), owners, texts, facts);
    }

    /// `a 10 b 2.5 no-owner 1 EUR c 3`: currencies by name, those but USD said.
    std::string shown(const Run& run, const MonthResult& result) const {
        std::map<std::pair<std::string, Sink>, money::DecimalSum> sums;
        for (const Sum& sum : result.sums) {
            const std::string& currency = facts.tuples.currencies[sum.currency];
            sums[{currency == "USD" ? "" : currency + " ", sum.sink}].add(sum.amounts[1]);
        }
        const Sinks& sinks = run.stages().sinks();
        std::string out;
        for (const auto& [key, sum] : sums) {
            const Sink sink = key.second;
            const bool lost = sinks.is_unallocated(sink);
            out += fmt::format("{}{}{} {}", out.empty() ? "" : " ", key.first,
                               lost ? std::string(name(sinks.reason(sink))) : owners.values[sink],
                               sum.total().value().to_string());
        }
        return out;
    }
};

std::string allocated(const std::string& shared_cost, const std::string& charges_text) {
    std::vector<RuleText> files = kTables;
    files.push_back({"shared.yaml", shared_cost});
    auto set = read_rule_set(files);
    if (!set.ok()) {
        return set.error().describe();
    }
    const Charges charges(charges_text);
    const SharedCostCase all(std::move(set).value(), charges);
    auto rules = all.rules();
    if (!rules.ok()) {
        return rules.error().describe();
    }
    auto run = Run::start(all.owners, all.facts.tuples, std::move(rules).value(), 1);
    Month month{.period = period::month_of(on_day("2024-03-01")), .complete_until = on_day("2024-04-01"), .cells = {}};
    for (std::uint32_t tuple = 0; tuple < charges.rows.size(); ++tuple) {
        month.cells.add(tuple, charges.days[tuple], charges.amounts[tuple]);
    }
    auto result = run->add(month);
    return result.ok() ? all.shown(*run, *result) : result.error().describe();
}

TEST(SharedCost, EachKindOfPoolGivesWhatItsFileSays) {
    for (const auto& row : test::cases_of("pool_cases.txt", 4)) {
        SCOPED_TRACE(fmt::format("{}", fmt::join(row, " | ")));
        const auto text = [](const std::string& cell) { return cell == "-" ? std::string() : cell; };
        const std::string file = fmt::format("shared_costs: team\npools: [{}]\n{}\n", text(row[0]), text(row[1]));
        EXPECT_EQ(allocated(file, row[2]), row[3]);
    }
}

TEST(SharedCost, SaysWhatIsWrongAndWhere) {
    const std::string_view mark = "‸";
    for (const auto& row : test::cases_of("pool_refusal_cases.txt", 4)) {
        SCOPED_TRACE(fmt::format("{}", fmt::join(row, " | ")));
        std::string text = fmt::format("shared.yaml⏎shared_costs: team⏎{}", row[0]);
        while (text.find("{P") != std::string::npos) {
            text.replace(text.find("{P"), 2, "{name: p, takes: {kinds: tax}");
        }
        std::vector<RuleText> files = test::files_of(text);
        std::string place = row[2];
        const bool in_table = place.find(".csv") != std::string::npos;
        if (const std::size_t at = files[0].text.find(mark); at != std::string::npos) {
            files[0].text.erase(at, mark.size());
            const std::string before = files[0].text.substr(0, at);
            place = fmt::format("shared.yaml {} {}", std::ranges::count(before, '\n') + 1,
                                at - (before.rfind('\n') + 1) + 1);
        }
        files.push_back({"team.yaml", "dimension: team\nvalues: {known: [a, b, c]}\nrules: [{tag: team}]\n"});
        files.push_back({"use.csv", "date,team,requests\n"});
        const auto set = read_rule_set(files);
        if (set.ok()) {
            ADD_FAILURE() << "is read";
            continue;
        }
        const base::Error& error = set.error();
        const std::string caret = error.place.caret == 0 ? "" : fmt::format(" {}", error.place.caret);
        EXPECT_EQ(error.code, row[1]) << error.describe();
        EXPECT_EQ(fmt::format("{} {}{}", error.place.file, error.place.row, caret), place) << error.describe();
        EXPECT_NE((error.message + " " + error.remedy).find(row[3]), std::string::npos) << error.describe();
        EXPECT_EQ(error.blame, in_table ? base::Blame::kData : base::Blame::kUser);
    }
}

RuleSet must_be_read(const std::string& shared_cost) {
    std::vector<RuleText> files = {kTables[0], kTables[1], kTables[3], {"shared.yaml", shared_cost}};
    auto set = read_rule_set(files);
    EXPECT_TRUE(set.ok()) << (set.ok() ? "" : set.error().describe());
    return set.ok() ? *set : RuleSet{};
}

TEST(SharedCost, MonthsAreCutWhereOtherPoolsAreInForce) {
    const std::string pool = "takes: {kinds: tax}, method: even, targets: [a]}";
    const auto first = must_be_read("shared_costs: team\npools: [{name: p, to: 2024-02, " + pool +
                                    ", {name: q, from: "
                                    "2024-05, " +
                                    pool + "]")
                           .find_shared_cost("team");
    const auto second =
        must_be_read("shared_costs: team\npools: [{name: p, to: 2024-02, " + pool + "]").find_shared_cost("team");
    const std::vector<SharedCostInForce> history = {
        {on_day("2024-02-01"), first}, {on_day("2024-06-01"), second}, {on_day("2024-09-01"), nullptr}};
    std::string shown;
    for (const Stretch& stretch : stretches_of(history, {on_day("2024-01-01"), on_day("2024-11-01")})) {
        shown +=
            fmt::format("{}..{} {}\n", period::to_string(stretch.months.start), period::to_string(stretch.months.end),
                        !stretch.shared           ? "none"
                        : stretch.shared == first ? "first"
                                                  : "second");
    }
    EXPECT_EQ(shown, "2024-01-01..2024-02-01 none\n"
                     "2024-02-01..2024-03-01 first\n"
                     "2024-03-01..2024-05-01 first\n"
                     "2024-05-01..2024-06-01 first\n"
                     "2024-06-01..2024-09-01 second\n"
                     "2024-09-01..2024-11-01 none\n");
}

TEST(SharedCost, NamesItsValuesAndFields) {
    const RuleSet set = must_be_read("shared_costs: team\n"
                                     "pools:\n"
                                     "- {name: p, takes: {where: \"region = 'eu'\", owners: [zoo]}, method: cost,\n"
                                     "   driver: {where: tag.env = 'prod'}, targets: [x, {value: y}]}\n"
                                     "metrics:\n"
                                     "- {name: m, table: use.csv, day: date, owner: team, quantity: requests}\n"
                                     "commitments: {benefit: central, central: finops}\n");
    const auto shared = set.find_shared_cost("team");
    ASSERT_TRUE(shared);
    EXPECT_EQ(values_named(*shared), (std::vector<std::string>{"a", "b", "finops", "x", "y", "zoo"}));
    std::string fields;
    for (const query::Field& field : fields_read(*shared)) {
        fields += query::to_text(field) + " ";
    }
    EXPECT_EQ(fields, "region tag.env ");
}

TEST(SharedCost, OwnersTakeValuesThatNoChargeHas) {
    Owners owners;
    owners.values = {"", "b", "d"};
    owners.intervals = {{on_day("2024-01-01"), 0, kNoRule}, {on_day("2024-01-01"), 1, 0}, {on_day("2024-01-01"), 2, 0}};
    const std::vector<std::string> values = {"a", "b", "c"};
    const Owners with = with_values(owners, values);
    EXPECT_EQ(with.values, (std::vector<std::string>{"", "a", "b", "c", "d"}));
    for (std::size_t i = 0; i < owners.intervals.size(); ++i) {
        EXPECT_EQ(with.values[with.intervals[i].value], owners.values[owners.intervals[i].value]);
    }
}

} // namespace
} // namespace florin::allocate
