#include "allocate/rule_file.hpp"

#include "allocate/case_table.hpp"
#include "allocate/owners_naive.hpp"
#include "allocate/owners_of.hpp"
#include "allocate/rule_file_reader.hpp"
#include "allocate/test_day.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace florin::allocate {
namespace {

using test::cases_of;
using test::pieces;
using test::row_of;

const RuleText kOwners = {"owners.csv", "id,team,valid_from,valid_to\n"
                                        "111,search,,\n"
                                        "222,checkout,2024-03-15,\n"
                                        "222,search,,2024-03-14\n"
                                        "333,data,2024-01-01,2024-03-31\n"
                                        "444,,,\n"
                                        "i-1,batch,,\n"
                                        "root,company,,\n"};
const RuleText kAccounts = {"accounts.csv", "id,parent,valid_from,valid_to\n"
                                            "112,444,,2024-06-30\n"
                                            "112,111,2024-07-01,\n"
                                            "444,root,,\n"
                                            "888,889,,\n"};
const RuleText kAccountTree = {"accounts.yaml",
                               "hierarchy: accounts\ntable: {file: accounts.csv, name: id, parent: parent}\n"};

RuleSet must_read(const std::vector<RuleText>& files) {
    auto set = read_rule_set(files);
    EXPECT_TRUE(set.ok()) << (set.ok() ? "" : set.error().describe()) << "\n" << files.front().text;
    return set.ok() ? *set : RuleSet{};
}

TEST(RuleFile, EachKindOfRuleGivesItsOwner) {
    for (const auto& row : cases_of("rule_cases.txt", 5)) {
        SCOPED_TRACE(fmt::format("{}", fmt::join(row, " | ")));
        std::string text = "dimension: team\n";
        text += row[1].empty() ? "" : "values: " + row[1] + "\n";
        text += "rules:\n- " + row[0] + "\n";
        const RuleSet set = must_read({{"team.yaml", text}, kOwners, kAccounts, kAccountTree});
        if (set.dimensions.empty()) {
            continue;
        }
        const std::vector<test::Row> rows = {row_of(row[2])};
        const auto fields = fields_read(*set.dimensions[0]);
        const period::Day on = day(row[3]);
        const Owners owners = owners_of(take_effect({}, set.dimensions[0], kAlways.start),
                                        test::tuples_of(rows, fields), {period::month_of(on), {}});
        EXPECT_EQ(owners.values[owners.at(0, on).value], row[4] == "-" ? "" : row[4]);
    }
}

TEST(RuleFile, SaysWhatIsWrongAndWhere) {
    for (const auto& row : cases_of("refusal_cases.txt", 6)) {
        SCOPED_TRACE(fmt::format("{}", fmt::join(row, " | ")));
        const std::vector<RuleText> files = test::files_of(row[0]);
        const auto set = read_rule_set(files);
        ASSERT_FALSE(set.ok());
        const base::Error& error = set.error();
        EXPECT_EQ(error.code, row[1]) << error.describe();
        EXPECT_EQ(error.place.file, row[2]) << error.describe();
        EXPECT_EQ(fmt::format("{}", error.place.row), row[3]) << error.describe();
        EXPECT_EQ(fmt::format("{}", error.place.caret), row[4]) << error.describe();
        EXPECT_NE((error.message + " " + error.remedy).find(row[5]), std::string::npos) << error.describe();
        const bool in_table = error.place.file.ends_with(".csv");
        EXPECT_EQ(error.blame, in_table ? base::Blame::kData : base::Blame::kUser);
    }
}

TEST(RuleFile, IsBounded) {
    const auto code_of = [](const std::string& text) {
        const std::vector<RuleText> files = {{"team.yaml", text}};
        const auto set = read_rule_set(files);
        return set.ok() ? std::string("read") : set.error().code;
    };
    const std::string start = "dimension: team\ndefault: a\n";
    EXPECT_EQ(code_of(start + "#" + std::string(base::kYamlBytesMax - start.size() - 1, ' ')), "read");
    EXPECT_EQ(code_of(start + "#" + std::string(base::kYamlBytesMax - start.size(), ' ')), "allocation.too_large");
    EXPECT_EQ(code_of(std::string(5000, '[')), "allocation.syntax");
    const auto rules = [](std::size_t count) {
        std::string text = "dimension: team\nrules:\n";
        for (std::size_t i = 0; i < count; ++i) {
            text += fmt::format("- {{where: \"region = 'r{}'\", value: a}}\n", i);
        }
        return text;
    };
    EXPECT_EQ(code_of(rules(kRulesMax)), "read");
    EXPECT_EQ(code_of(rules(kRulesMax + 1)), "allocation.too_large");
    const auto tree = [](std::size_t levels) {
        std::string text = "hierarchy: o\ntree:\n";
        for (std::size_t level = 1; level <= levels; ++level) {
            text += std::string(level, ' ') + fmt::format("n{}:\n", level);
        }
        return text;
    };
    EXPECT_EQ(code_of(tree(kHierarchyDepthMax)), "read");
    EXPECT_EQ(code_of(tree(kHierarchyDepthMax + 1)), "hierarchy.too_deep");
    EXPECT_EQ(code_of("dimension: team\ndefault: " + std::string(257, 'a')), "allocation.wrong_type");
    EXPECT_EQ(code_of("dimension: team\ndefault: \"a\\nb\""), "allocation.wrong_type");
    EXPECT_EQ(code_of("dimension: team\ndefault: \xC3\x28"), "allocation.syntax");
}

TEST(RuleFile, AHashChangesWithEveryByteAndName) {
    const std::vector<RuleText> files = {{"a.yaml", "xy"}, {"b.csv", "z"}};
    const std::vector<RuleText> turned = {files[1], files[0]};
    EXPECT_EQ(hash_of(files), hash_of(turned));
    for (const std::vector<RuleText>& other : std::vector<std::vector<RuleText>>{{{"a.yaml", "xy"}},
                                                                                 {{"a.yaml", "xyz"}, {"b.csv", ""}},
                                                                                 {{"a.yaml", "x"}, {"b.csv", "yz"}},
                                                                                 {{"a.yamlx", "y"}, {"b.csv", "z"}}}) {
        EXPECT_NE(hash_of(files), hash_of(other));
    }
}

/// The keys that an object of the schema may have.
std::set<std::string> schema_keys(const nlohmann::json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.at("properties").items()) {
        keys.insert(key);
    }
    return keys;
}

/// The keys that the reader says there are, where it meets one that there is not.
std::set<std::string> reader_keys(const std::string& text) {
    const std::vector<RuleText> files = {{"a.yaml", text}, {"z.yaml", "dimension: z\ndefault: a"}, kOwners};
    const auto set = read_rule_set(files);
    EXPECT_EQ(set.ok() ? "" : set.error().code, "allocation.unknown_key") << text;
    const std::string message = set.ok() ? "it has: " : set.error().message;
    const std::vector<std::string> keys = pieces(message.substr(message.find("it has: ") + 8), ", ");
    return {keys.begin(), keys.end()};
}

TEST(RuleFile, TheSchemaKnowsTheKeysThatTheReaderKnows) {
    const nlohmann::json schema = nlohmann::json::parse(rule_file_schema());
    const nlohmann::json& parts = schema.at("$defs");
    EXPECT_EQ(schema_keys(parts.at("dimension")), reader_keys("dimension: team\nzz: 1"));
    EXPECT_EQ(schema_keys(parts.at("values")), reader_keys("dimension: team\nvalues: {zz: 1}"));
    EXPECT_EQ(schema_keys(parts.at("rule")), reader_keys("dimension: team\nrules: [{zz: 1}]"));
    EXPECT_EQ(schema_keys(parts.at("capture")), reader_keys("dimension: team\nrules: [{capture: {zz: 1}}]"));
    EXPECT_EQ(schema_keys(parts.at("lookup")), reader_keys("dimension: team\nrules: [{lookup: {zz: 1}}]"));
    EXPECT_EQ(schema_keys(parts.at("inherit")), reader_keys("dimension: team\nrules: [{inherit: {zz: 1}}]"));
    EXPECT_EQ(schema_keys(parts.at("hierarchy")), reader_keys("hierarchy: o\nzz: 1"));
    EXPECT_EQ(schema_keys(parts.at("hierarchy").at("properties").at("table")),
              reader_keys("hierarchy: o\ntable: {zz: 1}"));
}

TEST(RuleFile, TheSchemaKnowsTheKeysOfSharedCosts) {
    const nlohmann::json schema = nlohmann::json::parse(rule_file_schema());
    const nlohmann::json& parts = schema.at("$defs");
    const auto keys = [](const std::string& rest) { return reader_keys("shared_costs: z\n" + rest); };
    EXPECT_EQ(schema_keys(parts.at("shared_costs")), keys("zz: 1"));
    EXPECT_EQ(schema_keys(parts.at("pool")), keys("pools: [{zz: 1}]"));
    EXPECT_EQ(schema_keys(parts.at("takes")), keys("pools: [{name: p, takes: {zz: 1}}]"));
    EXPECT_EQ(schema_keys(parts.at("target")),
              keys("pools: [{name: p, takes: {kinds: tax}, method: even, targets: [{zz: 1}]}]"));
    EXPECT_EQ(schema_keys(parts.at("metric")), keys("metrics: [{zz: 1}]"));
    EXPECT_EQ(schema_keys(parts.at("commitments")), keys("commitments: {zz: 1}"));
    EXPECT_EQ(schema_keys(parts.at("commitments").at("properties").at("buyers")),
              keys("commitments: {unused: buyer, buyers: {zz: 1}}"));
    std::set<std::string> driver;
    for (const std::string method : {"cost", "metric", "bill"}) {
        driver.merge(keys("pools: [{name: p, takes: {kinds: tax}, method: " + method + ", driver: {zz: 1}}]"));
    }
    EXPECT_EQ(schema_keys(parts.at("driver")), driver);
}

/// What the reader says that a key can be, where it meets what it cannot.
std::set<std::string> reader_choices(const std::string& text) {
    const std::vector<RuleText> files = {{"a.yaml", "shared_costs: z\n" + text},
                                         {"z.yaml", "dimension: z\ndefault: a"}};
    const auto set = read_rule_set(files);
    EXPECT_EQ(set.ok() ? "" : set.error().code, "allocation.wrong_type") << text;
    const std::string message = set.ok() ? "one of: " : set.error().message;
    const std::vector<std::string> names = pieces(message.substr(message.find("one of: ") + 8), ", ");
    return {names.begin(), names.end()};
}

TEST(RuleFile, TheSchemaKnowsTheChoicesThatTheReaderKnows) {
    const nlohmann::json schema = nlohmann::json::parse(rule_file_schema());
    const nlohmann::json& parts = schema.at("$defs");
    const auto choices = [](const nlohmann::json& of) { return of.at("enum").get<std::set<std::string>>(); };
    const std::string pool = "pools: [{name: p, takes: {kinds: tax}, method: ";
    EXPECT_EQ(choices(parts.at("kind")), reader_choices("pools: [{name: p, takes: {kinds: zz}}]"));
    EXPECT_EQ(choices(parts.at("pool").at("properties").at("method")), reader_choices(pool + "zz}]"));
    const nlohmann::json& driver = parts.at("driver").at("properties");
    EXPECT_EQ(choices(driver.at("basis")), reader_choices(pool + "cost, driver: {basis: zz}}]"));
    EXPECT_EQ(choices(driver.at("negative")), reader_choices(pool + "cost, driver: {negative: zz}}]"));
    EXPECT_EQ(choices(driver.at("currencies")), reader_choices(pool + "cost, driver: {currencies: zz}}]"));
    EXPECT_EQ(choices(driver.at("missing_days")), reader_choices(pool + "metric, driver: {missing_days: zz}}]"));
    const nlohmann::json& commitments = parts.at("commitments").at("properties");
    for (const std::string key : {"benefit", "reference", "unused"}) {
        EXPECT_EQ(choices(commitments.at(key)), reader_choices("commitments: {" + key + ": zz}"));
    }
}

} // namespace
} // namespace florin::allocate
