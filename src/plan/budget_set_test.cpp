#include "plan/budget_set.hpp"

#include "plan/budget_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace florin::plan {
namespace {

using money::Decimal;

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string()
                                           : std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

std::vector<std::string> pieces(std::string text, const std::string& separator) {
    std::vector<std::string> out;
    for (std::size_t end = 0; (end = text.find(separator)) != std::string::npos;
         text.erase(0, end + separator.size())) {
        out.push_back(text.substr(0, end));
    }
    out.push_back(text);
    return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
        text.replace(at, what.size(), with);
    }
    return text;
}

TEST(BudgetSet, SaysWhatIsWrongAndWhere) {
    std::ifstream file(std::string(FLORIN_SOURCE_DIR) + "/src/plan/refusal_cases.txt");
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        SCOPED_TRACE(line);
        ++count;
        const std::vector<std::string> row = pieces(line, " | ");
        ASSERT_EQ(row.size(), 6U);
        std::vector<BudgetText> files;
        for (const std::string& one : pieces(trimmed(row[0]), "⏎⏎")) {
            const std::string whole = replaced(one, "HEAD", "budget: a⏎currency: USD⏎period: 2026");
            const std::size_t end = whole.find("⏎");
            files.push_back({whole.substr(0, end), replaced(whole.substr(end + std::string("⏎").size()), "⏎", "\n")});
        }
        const auto set = BudgetSet::read(files, {});
        ASSERT_FALSE(set.ok());
        const base::Error& error = set.error();
        EXPECT_EQ(error.code, trimmed(row[1])) << error.describe();
        EXPECT_EQ(error.place.file, trimmed(row[2])) << error.describe();
        EXPECT_EQ(fmt::format("{}", error.place.row), trimmed(row[3])) << error.describe();
        EXPECT_EQ(fmt::format("{}", error.place.caret), trimmed(row[4])) << error.describe();
        EXPECT_NE((error.message + error.remedy).find(trimmed(row[5])), std::string::npos) << error.describe();
    }
    EXPECT_GT(count, 50U);
}

std::set<std::string> schema_keys(const nlohmann::json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.at("properties").items()) {
        keys.insert(key);
    }
    return keys;
}

/// The keys that the reader says there are, where it meets one that there is not.
std::set<std::string> reader_keys(const std::string& rest) {
    const auto read = read_budget("budget: a\ncurrency: USD\nperiod: 2026\n" + rest, "a.yaml", {});
    EXPECT_EQ(read.ok() ? "" : read.error().code, "budget.unknown_key") << rest;
    const std::string message = read.ok() ? "it has: " : read.error().message;
    const std::vector<std::string> keys = pieces(message.substr(message.find("it has: ") + 8), ", ");
    return {keys.begin(), keys.end()};
}

TEST(BudgetSet, TheSchemaKnowsTheKeysThatTheReaderKnows) {
    const nlohmann::json schema = nlohmann::json::parse(budget_file_schema());
    const nlohmann::json& parts = schema.at("$defs");
    const nlohmann::json& baseline = parts.at("baseline");
    EXPECT_EQ(schema_keys(schema), reader_keys("zz: 1"));
    EXPECT_EQ(schema_keys(parts.at("approvals").at("items")), reader_keys("amount: 1\napprovals: [{zz: 1}]"));
    EXPECT_EQ(schema_keys(parts.at("amendment")), reader_keys("amount: 1\namendments: [{zz: 1}]"));
    EXPECT_EQ(schema_keys(parts.at("threshold")), reader_keys("amount: 1\nthresholds: [{zz: 1}]"));
    EXPECT_EQ(schema_keys(baseline), reader_keys("amount: 1\nbaseline: {zz: 1}"));
    EXPECT_EQ(schema_keys(baseline.at("properties").at("rates").at("items")),
              reader_keys("amount: 1\nbaseline: {rates: [{zz: 1}]}"));
}

TEST(BudgetSet, ReadsAllThatABudgetMayHave) {
    const auto read = read_budget("budget: storefront-2026 # for people\n"
                                  "description: Web shop and search\n"
                                  "owner: storefront\n"
                                  "parent: engineering\n"
                                  "where: \"tag.team = 'storefront'\"\n"
                                  "basis: list\n"
                                  "currency: EUR\n"
                                  "period: 2026-Q1\n"
                                  "amount: 1,200,000.50\n"
                                  "thresholds:\n"
                                  "  - actual: 80%\n"
                                  "  - {forecast: 102.5 %, of: step}\n"
                                  "approvals: [{by: A. Board, on: 2025-12-01}]\n"
                                  "baseline:\n"
                                  "  rates:\n"
                                  "    - {where: \"service_name = 'S3'\", quantity: 1 000, unit: GB, price: 0.023}\n",
                                  "a.yaml", {});
    ASSERT_TRUE(read.ok()) << read.error().describe();
    EXPECT_EQ(read->owner, "storefront");
    EXPECT_EQ(read->amount.to_string(), "1200000.5");
    EXPECT_EQ(read->basis, query::Basis::kList);
    ASSERT_EQ(read->thresholds.size(), 2U);
    EXPECT_EQ(read->thresholds[0].share.to_string(), "0.8");
    EXPECT_EQ(read->thresholds[1].share.to_string(), "1.025");
    EXPECT_TRUE(read->thresholds[1].of_step);
    EXPECT_EQ(read->approvals.at(0).by, "A. Board");
    ASSERT_EQ(read->baseline.value().rates.size(), 1U);
    EXPECT_EQ(read->baseline->rates[0].quantity.to_string(), "1000");
    EXPECT_EQ(read->baseline->rates[0].price.to_string(), "0.023");
}

BudgetSet set_of(const std::vector<std::string>& budgets) {
    std::vector<BudgetText> files;
    for (const std::string& text : budgets) {
        files.push_back({fmt::format("{}.yaml", files.size()), "currency: USD\nperiod: 2026-Q1\n" + text});
    }
    auto set = BudgetSet::read(files, {});
    EXPECT_TRUE(set.ok()) << (set.ok() ? "" : set.error().describe());
    return std::move(set).value();
}

std::vector<Allotment> allotments_of(const BudgetSet& set) {
    std::vector<std::optional<Allotment>> own;
    for (const Budget& budget : set.budgets()) {
        own.push_back(budget.rolls_up ? std::nullopt : std::optional(allot(budget, 1, {}).value()));
    }
    return roll_up(set, own).value();
}

TEST(BudgetSet, RollsUpStepByStep) {
    const BudgetSet set =
        set_of({"budget: all\nroll_up: true\n", "budget: cloud\nparent: all\nroll_up: true\n",
                "budget: aws\nparent: cloud\namount: 900\nwhere: service_provider_name = 'AWS'\n",
                "budget: gcp\nparent: cloud\namount: 90\nwhere: service_provider_name = 'GCP'\n",
                "budget: ai\nparent: all\namount: 9\nspread: even\nwhere: service_category = 'AI'\n"});
    const std::vector<Allotment> all = allotments_of(set);
    const std::size_t top = set.find("all").value();
    EXPECT_EQ(all[top].total.to_string(), "999");
    EXPECT_EQ(all[top].steps[1].to_string(), "311"); // 280 + 28 + 3
    EXPECT_EQ(set.budgets()[top].filter, "(service_category = 'AI') or ((service_provider_name = 'AWS') or "
                                         "(service_provider_name = 'GCP'))");
    std::vector<std::string> order;
    for (const std::size_t index : set.in_tree_order()) {
        order.push_back(std::string(set.level(index), '.') + set.budgets()[index].name);
    }
    EXPECT_EQ(order, (std::vector<std::string>{"all", ".ai", ".cloud", "..aws", "..gcp"}));
    EXPECT_EQ(set.find("clod").error().remedy, "Did you mean `cloud`?");
}

TEST(BudgetSet, ABudgetForEverythingMakesItsParentThat) {
    const BudgetSet set = set_of({"budget: all\nroll_up: true\n", "budget: a\nparent: all\namount: 9\n",
                                  "budget: b\nparent: all\namount: 9\nwhere: region_id = 'x'\n"});
    EXPECT_EQ(set.budgets()[set.find("all").value()].filter, "");
}

TEST(BudgetSet, ReportsWhereChildrenExceedTheirParent) {
    const BudgetSet whole = set_of({"budget: top\namount: 900\n", "budget: a\nparent: top\namount: 600\n",
                                    "budget: b\nparent: top\namount: 300.01\n"});
    auto excesses = find_excesses(whole, allotments_of(whole)).value();
    ASSERT_EQ(excesses.size(), 1U);
    EXPECT_EQ(excesses[0].parent, "top");
    EXPECT_FALSE(excesses[0].step.has_value());
    EXPECT_EQ(excesses[0].children.to_string(), "900.01");
    // As much in all, more in February.
    const BudgetSet step = set_of(
        {"budget: top\namount: 900\n", "budget: a\nparent: top\namounts: {2026-01: 1, 2026-02: 281, 2026-03: 1}\n"});
    excesses = find_excesses(step, allotments_of(step)).value();
    ASSERT_EQ(excesses.size(), 1U);
    EXPECT_EQ(excesses[0].step, 1U);
    EXPECT_EQ(excesses[0].amount.to_string(), "280");
    const BudgetSet kept = set_of({"budget: top\namount: 900\n", "budget: a\nparent: top\namount: 900\n"});
    EXPECT_TRUE(find_excesses(kept, allotments_of(kept)).value().empty());
}

} // namespace
} // namespace florin::plan
