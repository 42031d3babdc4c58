// The shipped rules over a small demo estate, by the run itself: every cent has an owner or a reason.
#include "allocate/certificate.hpp"
#include "allocate/owners_of.hpp"
#include "allocate/rule_file.hpp"
#include "allocate/verify.hpp"
#include "demo/estate.hpp"
#include "demo/naive_reader_test.hpp"
#include "query/catalogue.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <set>
#include <vector>

namespace florin::demo {
namespace {

using allocate::Amounts;
using money::Decimal;

constexpr int kMonths = 4;

/// The charges of an estate's bills, and its two sets of rules.
struct AllocationEstate {
    std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "florin-estate-allocation";
    std::vector<Record> charges;
    std::set<std::string> months; ///< 2026-07-01

    AllocationEstate() {
        std::filesystem::remove_all(folder);
        EstateOptions options;
        options.rows = 6000;
        options.months = kMonths;
        options.seed = 7;
        options.last_month_start = period::parse_day("2026-10-01").value();
        options.folder = folder;
        const auto estate = generate_estate(options);
        EXPECT_TRUE(estate.ok()) << estate.error().describe();
        for (const WrittenFile& file : estate->files) {
            for (Record& record : naive_records(file_text(folder / file.path))) {
                months.insert(record.at("BillingPeriodStart").substr(0, 10));
                charges.push_back(std::move(record));
            }
        }
    }
    ~AllocationEstate() { std::filesystem::remove_all(folder); }
    AllocationEstate(const AllocationEstate&) = delete;
    AllocationEstate& operator=(const AllocationEstate&) = delete;

    std::vector<allocate::RuleText> rules(const std::string& name) const {
        std::vector<allocate::RuleText> files;
        for (const auto& entry : std::filesystem::directory_iterator(folder / "workspace" / name)) {
            files.push_back({entry.path().filename().string(), file_text(entry.path())});
        }
        return files;
    }
};

std::optional<std::string> text_of(const Record& charge, const query::Field& field) {
    if (field.kind == query::Field::Kind::kTag) {
        const std::string& tags = charge.at("Tags");
        const auto json = tags.empty() ? nlohmann::json::object() : nlohmann::json::parse(tags);
        return json.contains(field.name) ? std::optional(json.at(field.name).get<std::string>()) : std::nullopt;
    }
    for (const std::string& column : query::catalogue().find_dimension(field.name)->columns) {
        if (const auto found = charge.find(column); found != charge.end() && !found->second.empty()) {
            return found->second;
        }
    }
    return std::nullopt;
}

/// What became of the estate's cost under a set of rules.
struct Allocated {
    /// By month and currency; then by team or reason, four costs.
    std::map<std::string, std::map<std::string, std::array<Big, allocate::kBasisCount>>> sums;
    std::vector<std::string> findings;
};

class Allocation {
public:
    Allocation(const AllocationEstate& estate, const std::string& rules) : estate_(estate) {
        auto set = allocate::read_rule_set(estate.rules(rules));
        EXPECT_TRUE(set.ok()) << set.error().describe();
        dimension_ = set->find_dimension("team");
        shared_ = set->find_shared_cost("team");
    }

    Allocated run() {
        make_tuples();
        const auto& first = *estate_.months.begin();
        const allocate::TupleFacts facts = allocate::facts_of(texts_);
        const auto owners = allocate::with_values(
            allocate::owners_of(
                allocate::take_effect({}, dimension_, allocate::kAlways.start), texts_,
                {period::Period{period::parse_day("2025-01-01").value(), period::parse_day("2028-01-01").value()}, {}}),
            allocate::values_named(*shared_));
        auto rules = allocate::resolve(shared_.get(), period::parse_day(first).value(), owners, texts_, facts);
        EXPECT_TRUE(rules.ok()) << rules.error().describe();
        auto run = allocate::Run::start(owners, facts.tuples, std::move(rules).value(), 2);
        EXPECT_TRUE(run.ok()) << run.error().describe();
        allocate::Certificate certificate = allocate::begin_certificate(*run, owners, "rules", {});
        std::vector<std::pair<allocate::Month, allocate::MonthResult>> results;
        for (const std::string& start : estate_.months) {
            allocate::Month month = month_of(start);
            auto result = run->add(month);
            EXPECT_TRUE(result.ok()) << result.error().describe();
            const auto certified = allocate::certify(certificate, *result, *run, owners, facts.tuples);
            EXPECT_TRUE(certified.ok()) << certified.error().describe();
            tell(*run, *result, owners, facts);
            results.emplace_back(std::move(month), std::move(result).value());
        }
        auto verifier = allocate::Verifier::start(certificate, facts.tuples, run->assignments(), owners.values);
        EXPECT_TRUE(verifier.ok());
        for (const auto& [month, result] : results) {
            const auto checked = verifier->check(month.cells, result.ratios.sets(), result.sums);
            EXPECT_TRUE(checked.ok()) << checked.error().describe();
        }
        EXPECT_TRUE(verifier->finish().ok());
        return std::move(allocated_);
    }

private:
    void make_tuples() {
        std::set<query::Field> fields;
        for (const auto& some : {allocate::fields_read(*dimension_), allocate::fields_read(*shared_)}) {
            fields.insert(some.begin(), some.end());
        }
        const auto facts = allocate::tuple_fact_fields();
        fields.insert(facts.begin(), facts.end());
        std::map<std::vector<std::optional<std::string>>, std::uint32_t> known;
        std::map<query::Field, allocate::TextColumnMaker> makers;
        for (const Record& charge : estate_.charges) {
            std::vector<std::optional<std::string>> key;
            for (const query::Field& field : fields) {
                key.push_back(text_of(charge, field));
            }
            const auto [found, is_new] = known.emplace(key, static_cast<std::uint32_t>(known.size()));
            if (is_new) {
                std::size_t at = 0;
                for (const query::Field& field : fields) {
                    makers[field].add(key[at++]);
                }
            }
            tuple_of_.push_back(found->second);
        }
        texts_.count = known.size();
        for (auto& [field, maker] : makers) {
            texts_.columns.emplace(field, maker.finish());
        }
    }

    allocate::Month month_of(const std::string& start) const {
        const period::Period days = period::month_of(period::parse_day(start).value());
        allocate::Month month{.period = days, .complete_until = days.end, .cells = {}};
        for (std::size_t i = 0; i < estate_.charges.size(); ++i) {
            const Record& charge = estate_.charges[i];
            if (charge.at("BillingPeriodStart").substr(0, 10) == start) {
                month.cells.add(tuple_of_[i], period::parse_day(charge.at("ChargePeriodStart").substr(0, 10)).value(),
                                {Decimal::parse(charge.at("BilledCost")).value(),
                                 Decimal::parse(charge.at("EffectiveCost")).value(),
                                 Decimal::parse(charge.at("ListCost")).value(),
                                 Decimal::parse(charge.at("ContractedCost")).value()});
            }
        }
        return month;
    }

    void tell(const allocate::Run& run, const allocate::MonthResult& result, const allocate::Owners& owners,
              const allocate::TupleFacts& facts) {
        const allocate::Sinks& sinks = run.stages().sinks();
        for (const allocate::Sum& sum : result.sums) {
            const std::string end =
                sinks.is_unallocated(sum.sink) ? std::string(name(sinks.reason(sum.sink))) : owners.values[sum.sink];
            auto& to =
                allocated_.sums[period::to_string(result.period) + " " + facts.tuples.currencies[sum.currency]][end];
            for (std::size_t basis = 0; basis < allocate::kBasisCount; ++basis) {
                to[basis] += naive_decimal(sum.amounts[basis].to_string());
            }
        }
        for (const allocate::Finding& finding : result.findings) {
            allocated_.findings.push_back(fmt::format(
                "{} {} {}", period::to_string(result.period), name(finding.kind),
                finding.pool && *finding.pool < run.rules().pools.size() ? run.rules().pools[*finding.pool].name : ""));
        }
    }

    const AllocationEstate& estate_;
    std::shared_ptr<const allocate::Dimension> dimension_;
    std::shared_ptr<const allocate::SharedCost> shared_;
    allocate::TupleTexts texts_;
    std::vector<std::uint32_t> tuple_of_; ///< by charge
    Allocated allocated_;
};

constexpr std::array<const char*, allocate::kBasisCount> kCostColumns = {"BilledCost", "EffectiveCost", "ListCost",
                                                                         "ContractedCost"};

TEST(DemoAllocation, GiveEveryCentAnOwnerOrAReason) {
    const AllocationEstate estate;
    ASSERT_EQ(estate.months.size(), std::size_t{kMonths});
    const Allocated allocated = Allocation(estate, "allocation").run();
    for (std::size_t basis = 0; basis < allocate::kBasisCount; ++basis) {
        std::map<std::string, Big> all;
        std::map<std::string, Big> lost; // credits and refunds that stand alone on their bills
        for (const Record& charge : estate.charges) {
            const std::string key = charge.at("BillingPeriodStart").substr(0, 7) + " " + charge.at("BillingCurrency");
            const Big cost = naive_decimal(charge.at(kCostColumns[basis]));
            const std::string& category = charge.at("ChargeCategory");
            all[key] += cost;
            lost[key] += category == "Credit" || category == "Adjustment" ? cost : Big(0);
        }
        for (const auto& [key, ends] : allocated.sums) {
            Big sum = 0;
            Big unallocated = 0;
            for (const auto& [end, costs] : ends) {
                sum += costs[basis];
                unallocated += end == "no-base" ? costs[basis] : Big(0);
                EXPECT_NE(end, "no-owner") << key;
                EXPECT_NE(end, "zero-driver") << key;
                EXPECT_NE(end, "platform") << key << ": its cost is given on";
            }
            EXPECT_EQ(sum, all[key]) << key << " " << kCostColumns[basis];
            EXPECT_EQ(unallocated, lost[key]) << key << " " << kCostColumns[basis];
        }
    }
    EXPECT_EQ(allocated.sums.size(), 2 * std::size_t{kMonths}) << "two currencies";
}

TEST(DemoAllocation, TheChangeMovesMoneyBetweenTeamsAndNoneElse) {
    const AllocationEstate estate;
    const Allocated before = Allocation(estate, "allocation").run();
    const Allocated after = Allocation(estate, "allocation-changed").run();
    for (const auto& [key, ends] : before.sums) {
        Big moved = 0;
        Big difference = 0;
        for (const auto& [end, costs] : ends) {
            ASSERT_TRUE(after.sums.at(key).contains(end)) << key << " " << end;
            const Big one = after.sums.at(key).at(end)[1] - costs[1];
            difference += one;
            moved += one > 0 ? one : Big(0);
        }
        EXPECT_EQ(difference, 0) << key;
        EXPECT_GT(moved, 0) << key;
        EXPECT_EQ(after.sums.at(key).size(), ends.size()) << key;
    }
}

} // namespace
} // namespace florin::demo
