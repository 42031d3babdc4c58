#include "app/find_owners.hpp"

#include "app/ingest_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <map>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kOwnersHeader =
    "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingAccountId,BillingPeriodStart,"
    "BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,SubAccountId,ServiceName,ResourceId,Tags,"
    "x_Project\n";

struct Charge {
    int cost = 0;
    std::string account;
    std::string service;
    std::string resource;
    std::string team;
    std::string project;
};

period::Day day(std::string_view text) {
    return period::parse_day(text).value();
}

class FindOwnersTest : public testing::Test {
protected:
    FindOwnersTest() {
        std::string pattern = (fs::temp_directory_path() / "florin-app-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
        std::ofstream(folder_ / "florin.yaml") << "threads: 2\n";
        workspace_ = std::make_unique<Workspace>(Workspace::open(folder_, clock_).value());
    }
    ~FindOwnersTest() override {
        workspace_.reset();
        std::error_code code;
        fs::remove_all(folder_, code);
    }

    /// A bill of a month of 2026, all charges on its 2nd.
    void ingest(unsigned month, const std::vector<Charge>& charges) {
        const base::Path bill = folder_ / fmt::format("{}.csv", month);
        {
            std::ofstream file(bill, std::ios::binary);
            file << kOwnersHeader;
            for (const Charge& one : charges) {
                const std::string tags =
                    one.team.empty() ? "" : fmt::format("\"{{\"\"team\"\": \"\"{}\"\"}}\"", one.team);
                file << fmt::format("{0},{0},{0},{0},USD,payer,2026-{1:02}-01T00:00:00Z,2026-{2:02}-01T00:00:00Z,"
                                    "2026-{1:02}-02T00:00:00Z,2026-{1:02}-03T00:00:00Z,Usage,{3},{4},{5},{6},{7}\n",
                                    one.cost, month, month + 1, one.account, one.service, one.resource, tags,
                                    one.project);
            }
        }
        ASSERT_TRUE(ingest_bills(*workspace_, {.paths = {bill.string()}}).ok());
    }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((folder_ / "allocation" / name).parent_path());
        std::ofstream(folder_ / "allocation" / name, std::ios::binary) << text;
    }

    /// "owner cost" for each owner of the cost, by the numbers of the tuples: of a month's cells, or of its charges.
    std::vector<std::string> costs(const OwnersRequest& request = {{day("2026-01-01"), day("2027-01-01")}, {}, {}}) {
        Asker asker = Asker::open(*workspace_, {}).value();
        const auto found = find_owners(asker, folder_, request);
        EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().describe());
        if (!found.ok()) {
            return {};
        }
        const bool by_charge = !found->tuples.split_by.empty();
        std::vector<std::string> files;
        for (const lake::FileSet& set : asker.current().files) {
            files.push_back(by_charge ? set.charges : set.cells);
        }
        std::string same = fmt::format("tuple.TupleKey = cell.TupleKey");
        for (std::size_t i = 0; i < found->tuples.split_by.size(); ++i) {
            same += fmt::format(" AND tuple.split_{} IS NOT DISTINCT FROM cell.\"{}\"", i, "ResourceId");
        }
        const auto table = asker.engine().query(fmt::format("SELECT Number, {} AS Day, sum(EffectiveCost) FROM "
                                                            "read_parquet({}) AS cell JOIN {} AS tuple ON {} GROUP BY "
                                                            "ALL",
                                                            by_charge ? "ChargeDay" : "Day", engine::sql_list(files),
                                                            kTupleTable, same));
        EXPECT_TRUE(table.ok()) << (table.ok() ? "" : table.error().describe());
        std::map<std::string, money::Decimal> sums;
        const allocate::Owners& owners = found->dimensions.front().owners;
        for (const auto& row : table->rows) {
            const auto tuple = static_cast<std::size_t>(std::get<std::int64_t>(row[0]));
            const auto& owner = owners.at(tuple, std::get<period::Day>(row[1]));
            money::Decimal& sum = sums[owners.values[owner.value]];
            sum = sum.plus(std::get<money::Decimal>(row[2])).value();
        }
        std::vector<std::string> out;
        for (const auto& [name, sum] : sums) {
            out.push_back(fmt::format("{} {}", name.empty() ? "-" : name, sum.to_string()));
        }
        return out;
    }

    base::FixedClock clock_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 10)};
    base::Path folder_;
    std::unique_ptr<Workspace> workspace_;
};

TEST_F(FindOwnersTest, OwnersOfWhatIsCurrent) {
    ingest(1, {{1, "a1", "Disk", "r1", "Search", ""},
               {2, "a1", "Disk", "r2", "", ""},
               {4, "a2", "Machine", "r3", "", "p"},
               {8, "a3", "Machine", "r4", "serach", ""}});
    ingest(2, {{16, "a2", "Machine", "r3", "", "p"}, {32, "a9", "Machine", "", "", ""}});
    write("team.yaml",
          "dimension: team\n"
          "values: {case: lower, known: [search, web, data]}\n"
          "rules:\n"
          "- {name: tag, tag: team}\n"
          "- {name: directory, lookup: {table: people/owners.csv, key: id, value: team, field: sub_account_id}}\n");
    write("people/owners.csv", "id,team,valid_from,valid_to\na1,web,,\na2,web,,2026-01-31\na2,data,2026-02-01,\n");
    write("notes.txt", "not a file of rules");
    EXPECT_THAT(costs(), ElementsAre("- 32", "data 16", "search 1", "serach 8", "web 6"));
    const OwnersRequest now = {{day("2026-01-01"), day("2027-01-01")}, day("2026-11-10"), {"team"}};
    EXPECT_THAT(costs(now), ElementsAre("- 32", "data 20", "search 1", "serach 8", "web 2"));
    Asker asker = Asker::open(*workspace_, {}).value();
    const auto found = find_owners(asker, folder_, now);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->tuples.texts.count, 5U);
    EXPECT_EQ(found->rules_hash.size(), 64U);
    EXPECT_THAT(found->dimensions[0].misspellings,
                ElementsAre(allocate::Misspelling{.value = "serach", .suggestion = "search", .tuple_count = 1}));
}

TEST_F(FindOwnersTest, AResourceSplitsTuples) {
    ingest(1, {{1, "a1", "Disk", "r1", "", ""}, {2, "a1", "Disk", "r2", "", ""}, {4, "a1", "Disk", "", "", ""}});
    write("team.yaml", "dimension: team\nrules: [{where: \"resource_id = 'r1'\", value: web}]\ndefault: rest\n");
    EXPECT_THAT(costs(), ElementsAre("rest 6", "web 1"));
}

TEST_F(FindOwnersTest, ACustomColumnSplitsTuples) {
    ingest(1, {{1, "a1", "Disk", "r1", "", "p"}, {2, "a1", "Disk", "r2", "", "q"}});
    write("project.yaml", "dimension: project\nrules: [{column: x.Project}]\n");
    Asker asker = Asker::open(*workspace_, {}).value();
    const auto found = find_owners(asker, folder_, {{day("2026-01-01"), day("2027-01-01")}, {}, {}});
    ASSERT_TRUE(found.ok()) << found.error().describe();
    EXPECT_EQ(found->tuples.texts.count, 2U);
    EXPECT_THAT(found->dimensions[0].owners.values, ElementsAre("", "p", "q"));
}

TEST_F(FindOwnersTest, WithoutRulesOrBills) {
    EXPECT_EQ(read_tuples(Asker::open(*workspace_, {}).value().current(), {}, *workspace_->open_engine("").value())
                  .value()
                  .texts.count,
              0U);
    Asker asker = Asker::open(*workspace_, {}).value();
    const period::Period year = {day("2026-01-01"), day("2027-01-01")};
    EXPECT_THAT(find_owners(asker, folder_, {year, {}, {}}).value().dimensions, IsEmpty());
    const auto unknown = find_owners(asker, folder_, {year, {}, {"team"}});
    EXPECT_EQ(unknown.error().code, "allocation.unknown_name");
    EXPECT_THAT(unknown.error().remedy, HasSubstr("dimension: NAME"));
    write("team.yaml", "dimension: team\ndefault: rest\n");
    EXPECT_EQ(find_owners(asker, folder_, {year, {}, {}}).value().dimensions[0].owners.tuple_count(), 0U);
    EXPECT_THAT(find_owners(asker, folder_, {year, {}, {"taem"}}).error().remedy, HasSubstr("`team`"));
}

} // namespace
} // namespace florin::app
