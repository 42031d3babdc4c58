// Random rules, tables and tuples: the owners must be those of the naive evaluator on each day.
#include "allocate/owners_naive.hpp"
#include "allocate/owners_of.hpp"
#include "allocate/owners_trace.hpp"
#include "allocate/rule_file.hpp"
#include "query/catalogue.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <numeric>
#include <random>
#include <set>

namespace florin::allocate {
namespace {

using test::Row;

period::Day nth_day(int number) {
    return period::parse_day("2024-01-01").value() + std::chrono::days(number);
}

constexpr int kDays = 20;

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    int number(int below) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(below)); }
    bool one_in(int chances) { return number(chances) == 0; }
    std::string of(const std::vector<std::string>& all) {
        return all[static_cast<std::size_t>(number(static_cast<int>(all.size())))];
    }
    std::mt19937_64& engine() { return engine_; }

private:
    std::mt19937_64 engine_;
};

const std::vector<std::string> kFields = {"service_name", "sub_account_id", "tag.team", "tag.env", "resource_id"};
const std::vector<std::string> kTexts = {"a", "b", "ab", "ba", "A", "aB ", "abc", "c", "x-a-b", ""};
const std::vector<std::string> kPatterns = {"a%", "%b", "_", "%a%", "a_", "%", "", "x-%-b", "A%", "a\\%"};
const std::vector<std::string> kCaptures = {"{}", "a{}", "%-{}-%", "{}b", "_{}%", "x{}b"};

std::string quoted(const std::string& text) {
    return "'" + text + "'";
}

std::string filter_text(Dice& dice, int depth) {
    if (depth > 0 && dice.one_in(2)) {
        const std::string left = filter_text(dice, depth - 1);
        const std::string right = filter_text(dice, depth - 1);
        return dice.one_in(4) ? fmt::format("not ({})", left)
                              : fmt::format("({}) {} ({})", left, dice.of({"and", "and", "or"}), right);
    }
    const std::string field = dice.of(kFields);
    const std::string negation = dice.of({"", "", "not "});
    switch (dice.number(7)) {
    case 0: return fmt::format("{} {}in ({}, {})", field, negation, quoted(dice.of(kTexts)), quoted(dice.of(kTexts)));
    case 1: return fmt::format("{} {}{} {}", field, negation, dice.of({"like", "ilike"}), quoted(dice.of(kPatterns)));
    case 2: return fmt::format("{} is {}null", field, negation);
    case 3:
        return fmt::format("{} {}between {} and {}", field, negation, quoted(dice.of(kTexts)), quoted(dice.of(kTexts)));
    default:
        return fmt::format("{} {} {}", field, dice.of({"=", "=", "=", "!=", "<", "<=", ">", ">="}),
                           quoted(dice.of(kTexts)));
    }
}

/// A key's rows one after the other in time, some of them with gaps.
std::string table_text(Dice& dice, const std::vector<std::string>& keys, const char* value_column,
                       const std::function<std::string(std::size_t)>& value,
                       std::vector<std::map<std::string, std::string>>& rows) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (dice.one_in(4)) {
            continue;
        }
        std::vector<int> cuts = {dice.number(kDays), dice.number(kDays), dice.number(kDays)};
        std::ranges::sort(cuts);
        const int pieces = dice.number(4);
        for (int piece = 0; piece <= pieces && piece < 3; ++piece) {
            const auto at = static_cast<std::size_t>(piece);
            const bool is_last = piece == std::min(pieces, 2);
            const int from = cuts[at];
            const int to = is_last ? kDays : cuts[at + 1] - 1 - (dice.one_in(3) ? 1 : 0);
            if (to < from) {
                continue;
            }
            rows.push_back({{"id", keys[i]},
                            {value_column, value(i)},
                            {"valid_from", piece == 0 && dice.one_in(2) ? "" : period::to_string(nth_day(from))},
                            {"valid_to", is_last && dice.one_in(2) ? "" : period::to_string(nth_day(to))}});
        }
    }
    std::shuffle(rows.begin(), rows.end(), dice.engine());
    std::string text = fmt::format("id,{},valid_from,valid_to\n", value_column);
    for (const auto& row : rows) {
        text += fmt::format("{},\"{}\",{},{}\n", row.at("id"), row.at(value_column), row.at("valid_from"),
                            row.at("valid_to"));
    }
    return text;
}

std::string rule_text(Dice& dice, int number) {
    std::string rule = fmt::format("  - name: \"r{}\"\n", number);
    std::string source;
    switch (dice.number(7)) {
    case 0: source = "    tag: [env, team]\n"; break;
    case 1: source = fmt::format("    column: {}\n", dice.of(kFields)); break;
    case 2: {
        const std::string pattern = dice.of(kCaptures); // the naive evaluator finds it in the name
        rule = fmt::format("  - name: \"r{} {}\"\n", number, pattern);
        source = fmt::format("    capture: {{field: {}, pattern: \"{}\"}}\n", dice.of(kFields), pattern);
        break;
    }
    case 3:
        source = fmt::format("    lookup: {{table: owners.csv, key: id, value: team, field: {}}}\n", dice.of(kFields));
        break;
    case 4:
        source =
            fmt::format("    inherit: {{table: owners.csv, key: id, value: team, fields: [{}, {}], hierarchy: tree}}\n",
                        dice.of(kFields), dice.of(kFields));
        break;
    default: source = fmt::format("    value: {}\n", dice.of({"red", "green", "blue"})); break;
    }
    if (!dice.one_in(5)) {
        rule += fmt::format("    where: \"{}\"\n", filter_text(dice, 2));
    }
    if (dice.one_in(3)) {
        rule += fmt::format("    from: {}\n", period::to_string(nth_day(dice.number(kDays + 10) - 5)));
    } else if (dice.one_in(3)) {
        rule += fmt::format("    to: {}\n", period::to_string(nth_day(dice.number(kDays + 10) - 5)));
    }
    return rule + source;
}

/// In double quotes of YAML a backslash is doubled.
std::string yaml(std::string text) {
    for (std::size_t at = 0; (at = text.find('\\', at)) != std::string::npos; at += 2) {
        text.insert(at, 1, '\\');
    }
    return text;
}

struct Case {
    std::vector<RuleText> files;
    test::Tables tables;
    std::vector<Row> rows;
};

std::string dimension_text(Dice& dice) {
    std::string text = "dimension: team\n";
    if (dice.one_in(2)) {
        text += fmt::format("values: {{trim: {}, case: {}, aliases: {{red: [ab, AB], c: ba}}}}\n",
                            dice.of({"true", "false"}), dice.of({"keep", "lower", "upper"}));
    }
    text += "rules:\n";
    const int rules = 1 + dice.number(8);
    for (int i = 0; i < rules; ++i) {
        text += yaml(rule_text(dice, i));
    }
    return text + (dice.one_in(3) ? "default: rest\n" : "");
}

/// A dimension in the last file, drawn anew while one of its rules could never be reached.
void draw_dimension(Dice& dice, std::vector<RuleText>& files) {
    base::Result<RuleSet> set = RuleSet{};
    do {
        files.back().text = dimension_text(dice);
        set = read_rule_set(files);
    } while (!set.ok() && set.error().code == "allocation.unreachable");
}

Case make_case(Dice& dice) {
    Case made;
    std::vector<std::string> keys(kTexts.begin(), kTexts.end() - 1);
    std::erase(keys, "aB ");
    const auto owner = [&](std::size_t) { return dice.of({"red", "Green", "ab", "", "blue"}); };
    const auto parent = [&](std::size_t i) { // only towards the front: no cycles
        return i == 0 || dice.one_in(4) ? std::string()
                                        : keys[static_cast<std::size_t>(dice.number(static_cast<int>(i)))];
    };
    made.files.push_back({"owners.csv", table_text(dice, keys, "team", owner, made.tables["owners.csv"])});
    made.files.push_back({"tree.csv", table_text(dice, keys, "parent", parent, made.tables["tree.csv"])});
    made.files.push_back({"tree.yaml", "hierarchy: tree\ntable: {file: tree.csv, name: id, parent: parent}\n"});
    made.files.push_back({"team.yaml", ""});
    draw_dimension(dice, made.files);
    for (int i = 0; i < 25; ++i) {
        Row row;
        for (const std::string& field : kFields) {
            if (!dice.one_in(3)) {
                row[query::parse_field(field, query::catalogue()).value()] = dice.of(kTexts);
            }
        }
        made.rows.push_back(row);
    }
    return made;
}

std::vector<query::Field> all_fields() {
    std::vector<query::Field> fields;
    for (const std::string& field : kFields) {
        fields.push_back(query::parse_field(field, query::catalogue()).value());
    }
    return fields;
}

/// What a rule's state must be, and how many tuples it takes.
RuleOutcome naive_outcome(const std::vector<InForce>& history, std::size_t version, const Rule& rule,
                          std::uint32_t number, const Case& made, const std::vector<period::Day>& days) {
    const Dimension& dimension = *history[version].dimension;
    RuleOutcome outcome{rule.name, dimension.file, rule.line, source_of(rule), RuleState::kNotInForce, 0};
    bool in_force = false;
    bool matched = false;
    bool gave = false;
    for (const Row& row : made.rows) {
        bool took = false;
        for (const period::Day each : days) {
            const bool holds = history[version].from <= each &&
                               (version + 1 == history.size() || each < history[version + 1].from) &&
                               rule.days.contains(each);
            bool matches = false;
            const auto value = test::naive_value(dimension, rule, row, each, made.tables, matches);
            in_force = in_force || holds;
            matched = matched || (holds && matches);
            gave = gave || (holds && value);
            took = took || test::naive_owner(history, row, each, made.tables).rule == number;
        }
        outcome.tuples_taken += took ? 1U : 0U;
    }
    outcome.state = outcome.tuples_taken > 0 ? RuleState::kTakes
                    : gave                   ? RuleState::kShadowed
                    : matched                ? RuleState::kGivesNothing
                    : in_force               ? RuleState::kMatchesNothing
                                             : RuleState::kNotInForce;
    return outcome;
}

void expect_same(const std::vector<InForce>& history, const Case& made, std::optional<period::Day> as_on) {
    const period::Period asked{nth_day(2), nth_day(kDays - 2)};
    const auto owners = owners_of(history, test::tuples_of(made.rows, all_fields()), {asked, as_on});
    ASSERT_EQ(owners.tuple_count(), made.rows.size());
    std::set<std::string> used;
    std::vector<period::Day> days;
    for (period::Day each = as_on.value_or(asked.start); each < (as_on ? *as_on + std::chrono::days(1) : asked.end);
         each += std::chrono::days(1)) {
        days.push_back(each);
    }
    for (std::size_t tuple = 0; tuple < made.rows.size(); ++tuple) {
        for (period::Day each = asked.start; each < asked.end; each += std::chrono::days(1)) {
            const auto naive = test::naive_owner(history, made.rows[tuple], as_on.value_or(each), made.tables);
            const OwnerInterval& found = owners.at(tuple, each);
            ASSERT_EQ(owners.values[found.value], naive.value) << "tuple " << tuple << " " << period::to_string(each);
            ASSERT_EQ(found.rule, naive.rule) << "tuple " << tuple << " " << period::to_string(each);
            used.insert(naive.value);
        }
        const auto intervals = owners.of(tuple);
        ASSERT_EQ(intervals.front().from, asked.start);
        for (std::size_t i = 1; i < intervals.size(); ++i) {
            ASSERT_TRUE(intervals[i - 1].from < intervals[i].from &&
                        (intervals[i - 1].value != intervals[i].value || intervals[i - 1].rule != intervals[i].rule));
        }
    }
    used.insert("");
    ASSERT_EQ(owners.values, std::vector<std::string>(used.begin(), used.end()));
    std::uint32_t number = 0;
    for (std::size_t version = 0; version < history.size(); ++version) {
        for (const Rule& rule : history[version].dimension->rules) {
            ASSERT_EQ(owners.rules[number], naive_outcome(history, version, rule, number, made, days))
                << "rule " << number;
            ++number;
        }
    }
}

TEST(OwnersProperty, AreThoseOfTheNaiveEvaluator) {
    std::array<int, 5> states{};
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Dice dice(seed);
        Case made = make_case(dice);
        const auto first = read_rule_set(made.files);
        ASSERT_TRUE(first.ok()) << first.error().describe() << "\n" << made.files.back().text;
        std::vector<InForce> history = take_effect({}, first->dimensions.front(), kAlways.start);
        if (dice.one_in(2)) {
            draw_dimension(dice, made.files);
            const auto second = read_rule_set(made.files);
            ASSERT_TRUE(second.ok()) << second.error().describe() << "\n" << made.files.back().text;
            history = take_effect(history, second->dimensions.front(), nth_day(dice.number(kDays)));
        }
        const std::optional<period::Day> as_on =
            dice.one_in(3) ? std::optional(nth_day(dice.number(kDays))) : std::nullopt;
        expect_same(history, made, as_on);
        if (testing::Test::HasFatalFailure()) {
            std::cout << made.files.back().text << made.files[0].text << made.files[1].text;
            return;
        }
        for (const RuleOutcome& rule :
             owners_of(history, test::tuples_of(made.rows, all_fields()), {{nth_day(0), nth_day(kDays)}, {}}).rules) {
            ++states.at(static_cast<std::size_t>(rule.state));
        }
    }
    for (const int count : states) {
        EXPECT_GT(count, 20) << "the dice meet every state of a rule";
    }
}

/// The trace of each tuple and day: its rule and value are those of the owners, and its row of a table says so.
void expect_traced(const std::vector<InForce>& history, const Case& made) {
    const TupleTexts tuples = test::tuples_of(made.rows, all_fields());
    const Owners owners = owners_of(history, tuples, {{nth_day(0), nth_day(kDays)}, {}});
    for (std::size_t tuple = 0; tuple < made.rows.size(); ++tuple) {
        for (period::Day each = nth_day(0); each < nth_day(kDays); each += std::chrono::days(1)) {
            const OwnerTrace trace = trace_owner(history, tuples, tuple, each);
            const OwnerInterval& found = owners.at(tuple, each);
            ASSERT_EQ(trace.rule, found.rule);
            ASSERT_EQ(trace.value, owners.values[found.value]);
            if (trace.field) {
                ASSERT_EQ(trace.text, made.rows[tuple].at(*trace.field));
            }
            if (trace.row == 0) {
                ASSERT_TRUE(trace.table.empty() && trace.way.empty());
                continue;
            }
            const auto& cells = made.tables.at(trace.table)[trace.row - 1];
            ASSERT_EQ(cells.at("id"), trace.way.empty() ? trace.text : trace.way.back());
            ASSERT_EQ(cells.at("team"), trace.written);
            const std::string written = period::to_string(each);
            ASSERT_LE(cells.at("valid_from"), written);
            ASSERT_TRUE(cells.at("valid_to").empty() || written <= cells.at("valid_to"));
        }
    }
}

TEST(OwnersProperty, AreTracedToTheirRows) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Dice dice(seed);
        Case made = make_case(dice);
        const auto first = read_rule_set(made.files);
        draw_dimension(dice, made.files);
        const auto second = read_rule_set(made.files);
        ASSERT_TRUE(first.ok() && second.ok());
        expect_traced(take_effect(take_effect({}, first->dimensions.front(), kAlways.start), second->dimensions.front(),
                                  nth_day(kDays / 2)),
                      made);
        if (testing::Test::HasFatalFailure()) {
            return;
        }
    }
}

TEST(OwnersProperty, DoNotDependOnTheOrderOfTuples) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Dice dice(seed);
        const Case made = make_case(dice);
        const auto set = read_rule_set(made.files);
        const std::vector<InForce> history = take_effect({}, set->dimensions.front(), kAlways.start);
        std::vector<std::size_t> order(made.rows.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::shuffle(order, dice.engine());
        std::vector<Row> shuffled;
        for (const std::size_t place : order) {
            shuffled.push_back(made.rows[place]);
        }
        const OwnersQuestion question{{nth_day(0), nth_day(kDays)}, {}};
        const Owners a = owners_of(history, test::tuples_of(made.rows, all_fields()), question);
        const Owners b = owners_of(history, test::tuples_of(shuffled, all_fields()), question);
        EXPECT_EQ(a.values, b.values);
        EXPECT_EQ(a.rules, b.rules);
        for (std::size_t i = 0; i < order.size(); ++i) {
            EXPECT_TRUE(std::ranges::equal(a.of(order[i]), b.of(i)));
        }
    }
}

} // namespace
} // namespace florin::allocate
