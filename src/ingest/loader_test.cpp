#include "ingest/loader.hpp"

#include "ingest/inspection_test_bills.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace florin::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class LoadFocus : public testing::Test {
protected:
    LoadFocus() { std::filesystem::create_directories(out()); }
    base::Path out() const { return folder_.path() / "out"; }

    Inspection inspected(const std::string& name, const std::string& bill) {
        InspectionOptions options;
        options.staging_folder = folder_.path() / (name + ".staged");
        std::filesystem::create_directories(options.staging_folder);
        return inspect(folder_.write(name, bill), options).value();
    }
    base::Result<Loaded> load(const std::vector<std::string>& bills, const LoadOptions& options = {}) {
        std::vector<Inspection> files;
        for (const std::string& bill : bills) {
            files.push_back(inspected(std::to_string(files.size()) + ".csv", bill));
        }
        return load_focus(*engine_, files, out(), options);
    }
    engine::Table read(const lake::Part& part, const std::string& kind, const std::string& select) {
        return engine_
            ->query(fmt::format("SELECT {} FROM read_parquet({}, file_row_number = true)", select,
                                engine::sql_text((out() / (part.stem + "." + kind + ".parquet")).string())))
            .value();
    }
    std::vector<std::string> texts(const lake::Part& part, const std::string& kind, const std::string& select) {
        std::vector<std::string> values;
        for (const auto& row : read(part, kind, select).rows) {
            values.push_back(std::get<std::string>(row[0]));
        }
        return values;
    }

    TestFolder folder_;
    std::unique_ptr<engine::Engine> engine_ = engine::open_duckdb({}).value();
};

std::string bill(const std::vector<std::string>& rows, const std::string& more_columns = "") {
    std::string text = std::string(kHeader) + more_columns + "\n";
    for (const std::string& row : rows) {
        text += row + "\n";
    }
    return text;
}

/// A row of account and day of September 2024, with the two costs and the sub account behind.
std::string row(const std::string& account, int day, const std::string& billed, const std::string& effective,
                const std::string& sub_account, const std::string& currency = "USD", int days = 1) {
    return fmt::format("{},{},{},{},2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,2024-09-{:02}T00:00:00Z,2024-09-{:02}T00:"
                       "00:00Z,Usage,{}",
                       billed, effective, currency, account, day, day + days, sub_account);
}

TEST_F(LoadFocus, APartKnowsItsRowsSumsDaysAndAccounts) {
    const Loaded loaded = load({bill({row("acc", 2, "1.5", "1.25", "s1"), row("acc", 4, "-0.5", "", "s2"),
                                      row("acc", 4, "3", "2", "", "EUR")},
                                     ",SubAccountId")})
                              .value();
    ASSERT_THAT(loaded.parts, SizeIs(1));
    const lake::Part& part = loaded.parts[0];
    EXPECT_EQ(part.scope, "acc 2024-09");
    EXPECT_EQ(part.rows, 3U);
    EXPECT_EQ(part.tuple_rows, 3U);
    EXPECT_EQ(part.cell_rows, 3U);
    EXPECT_TRUE(part.has_cells);
    EXPECT_FALSE(part.has_spread);
    EXPECT_FALSE(part.stray);
    EXPECT_THAT(part.charge_days, ElementsAre("2024-09-02", "2024-09-04"));
    EXPECT_THAT(part.sub_accounts, ElementsAre("s1", "s2"));
    EXPECT_EQ(period::to_string(part.days), "2024-09-02..2024-09-04");
    ASSERT_THAT(part.sums, SizeIs(2));
    const lake::CostSums& usd = part.sums.at("USD");
    EXPECT_EQ(usd.rows, 2U);
    EXPECT_EQ(usd.costs[0].to_string(), "1");
    EXPECT_EQ(usd.costs[1].to_string(), "1.25");
    EXPECT_EQ(usd.positive_billed.to_string(), "1.5");
    EXPECT_THAT(usd.null_costs, ElementsAre(0U, 1U, 2U, 2U));
    EXPECT_EQ(part.sums.at("EUR").costs[0].to_string(), "3");
}

TEST_F(LoadFocus, RowsOfSeveralFilesKeepTheirOrderScopeByScope) {
    std::vector<std::string> first;
    std::vector<std::string> second;
    std::vector<std::string> expected;
    for (int i = 0; i < 3'000; ++i) {
        first.push_back(row(i % 3 == 0 ? "b" : "a", 2, std::to_string(i), "0", "s"));
        second.push_back(row(i % 2 == 0 ? "b" : "a", 2, std::to_string(10'000 + i), "0", "s"));
        if (i % 3 == 0) {
            expected.push_back(fmt::format("{}.000000000000000000", i));
        }
    }
    for (int i = 0; i < 3'000; i += 2) {
        expected.push_back(fmt::format("{}.000000000000000000", 10'000 + i));
    }
    const Loaded loaded = load({bill(first, ",SubAccountId"), bill(second, ",SubAccountId")}).value();
    ASSERT_THAT(loaded.parts, SizeIs(2));
    EXPECT_EQ(loaded.parts[1].scope, "b 2024-09");
    EXPECT_EQ(texts(loaded.parts[1], "charges", "BilledCost::VARCHAR"), expected);
    EXPECT_EQ(loaded.parts[0].rows + loaded.parts[1].rows, 6'000U);
    EXPECT_FALSE(std::filesystem::exists(out() / "all.tmp.parquet"));
}

TEST_F(LoadFocus, TuplesAndCellsSumUpTheCharges) {
    const Loaded loaded = load({bill({row("acc", 2, "1", "1", "s1"), row("acc", 2, "2", "2", "s1"),
                                      row("acc", 3, "4", "4", "s1"), row("acc", 2, "8", "", "s2")},
                                     ",SubAccountId")})
                              .value();
    const lake::Part& part = loaded.parts[0];
    EXPECT_EQ(part.tuple_rows, 2U);
    EXPECT_EQ(part.cell_rows, 3U);
    EXPECT_THAT(texts(part, "cells",
                      "concat_ws(' ', Day, ChargeRows, BilledCost, coalesce(EffectiveCost::VARCHAR, 'NULL'), "
                      "coalesce(ListCost::VARCHAR, 'NULL'))"),
                testing::UnorderedElementsAre("2024-09-02 2 3.000000000000000000 3.000000000000000000 NULL",
                                              "2024-09-03 1 4.000000000000000000 4.000000000000000000 NULL",
                                              "2024-09-02 1 8.000000000000000000 NULL NULL"));
    EXPECT_THAT(texts(part, "tuples", "SubAccountId"), testing::UnorderedElementsAre("s1", "s2"));
}

TEST_F(LoadFocus, AChargeOverDaysLiesInCellsWhereItAccruesAndInBilledOnItsFirstDay) {
    const Loaded loaded =
        load({bill({row("acc", 2, "30", "30", "s1", "USD", 3), row("acc", 3, "1", "1", "s1")}, ",SubAccountId")})
            .value();
    const lake::Part& part = loaded.parts[0];
    EXPECT_TRUE(part.has_spread);
    EXPECT_EQ(part.spread_charges, 1U);
    EXPECT_EQ(period::to_string(part.days), "2024-09-02..2024-09-04");
    EXPECT_THAT(part.charge_days, ElementsAre("2024-09-02", "2024-09-03"));
    EXPECT_THAT(
        texts(part, "cells", "concat_ws(' ', Day, ChargeRows, coalesce(BilledCost::VARCHAR, 'NULL'), EffectiveCost)"),
        ElementsAre("2024-09-02 1 30.000000000000000000 10.000000000000000000",
                    "2024-09-03 1 1.000000000000000000 11.000000000000000000",
                    "2024-09-04 0 NULL 10.000000000000000000"));
    EXPECT_FALSE(std::filesystem::exists(out() / "spread.tmp.csv"));
}

TEST_F(LoadFocus, ManyDifferentCellsAreNotKept) {
    std::vector<std::string> rows;
    for (int i = 0; i < 60'000; ++i) {
        rows.push_back(row("acc", 2, "1", "1", "s" + std::to_string(i % 18'000)));
    }
    const Loaded kept = load({bill(rows, ",SubAccountId")}).value();
    EXPECT_TRUE(kept.parts[0].has_cells) << "18,000 of 60,000 is 30 %";
    EXPECT_EQ(kept.parts[0].cell_rows, 18'000U);
    const Loaded loaded = load({bill(rows, ",SubAccountId")}, {.cells_percent_max = 29}).value();
    EXPECT_FALSE(loaded.parts[0].has_cells);
    EXPECT_EQ(loaded.parts[0].cell_rows, 0U);
    EXPECT_EQ(loaded.parts[0].tuple_rows, 18'000U);
    EXPECT_FALSE(std::filesystem::exists(out() / "00001.cells.parquet"));
    EXPECT_EQ(period::to_string(loaded.parts[0].days), "2024-09-02..2024-09-02");
}

TEST_F(LoadFocus, TheReconciliationShowsWhatWasRoundedAway) {
    const Loaded loaded = load({bill({row("acc", 2, "0.0000000000000000015", "1", "Tenth"),
                                      row("acc", 2, "0.00000000000000000049", "1", "Tenth")},
                                     ",ProviderName")})
                              .value();
    ASSERT_THAT(loaded.reconciliation, SizeIs(1));
    const ReconciledGroup& group = loaded.reconciliation[0];
    EXPECT_EQ(group.key.provider, "Tenth");
    EXPECT_EQ(group.rows, 2U);
    EXPECT_EQ(group.source[0], "0.00000000000000000199");
    EXPECT_EQ(group.lake[0].to_string(), "0.000000000000000002");
    EXPECT_EQ(group.rounded_away[0], "-0.00000000000000000001");
    EXPECT_EQ(group.source[1], "2");
    EXPECT_EQ(group.rounded_away[1], "0");
}

TEST_F(LoadFocus, TheReconciliationTellsAccountServiceAndLineTypeApart) {
    const auto line = [](const std::string& cost, const std::string& more) {
        return fmt::format("{},{},USD,acc,2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,2024-09-02T00:00:00Z,"
                           "2024-09-03T00:00:00Z,{}",
                           cost, cost, more);
    };
    const Loaded loaded = load({bill({line("1", "Usage,sub 1,Disks"), line("2", "usage,sub 1,Disks"),
                                      line("4", "Usage,,Disks"), line("8", "Usage,NULL,\"Disks\""),
                                      line("16", "Tax,\"\","), line("32", "Gift,acc,\"The \"\"big\"\" one\""),
                                      line("0.0000000000000000005", "Usage,\"sub 1\",Disks")},
                                     ",SubAccountId,ServiceName")})
                              .value();
    std::vector<std::string> groups;
    for (const ReconciledGroup& group : loaded.reconciliation) {
        groups.push_back(fmt::format("{}|{}|{}|{}|{}|{}", group.key.account, group.key.service, group.key.line_type,
                                     group.rows, group.source[0], group.lake[0].to_string()));
    }
    EXPECT_THAT(groups, ElementsAre("acc||Tax|1|16|16", "acc|Disks|Usage|2|12|12", "acc|The \"big\" one|Gift|1|32|32",
                                    "sub 1|Disks|Usage|3|3.0000000000000000005|3"));
}

TEST_F(LoadFocus, GroupsOfTheReconciliationAreCurrencyProviderAndPeriod) {
    const std::string october =
        "9,9,USD,acc,2024-10-01T00:00:00Z,2024-11-01T00:00:00Z,2024-10-02T00:00:00Z,2024-10-03T00:00:00Z,Usage,A";
    const Loaded loaded =
        load({bill({row("acc", 2, "1", "1", "A"), row("acc", 2, "2", "2", "B"), row("other", 2, "4", "4", "A"),
                    row("acc", 2, "8", "8", "A", "EUR"), row("acc", 2, "16", "16", ""), october},
                   ",ServiceProviderName")})
            .value();
    std::vector<std::string> groups;
    for (const ReconciledGroup& group : loaded.reconciliation) {
        groups.push_back(fmt::format("{} {} {} {}", group.key.currency, group.key.provider,
                                     period::to_string(period::day_of(group.key.billing_period_start)),
                                     group.lake[0].to_string()));
    }
    EXPECT_THAT(groups, ElementsAre("EUR A 2024-09-01 8", "USD  2024-09-01 16", "USD A 2024-09-01 1",
                                    "USD A 2024-09-01 4", "USD A 2024-10-01 9", "USD B 2024-09-01 2"));
    EXPECT_THAT(loaded.parts, SizeIs(3));
}

TEST_F(LoadFocus, RowsWithEitherProviderColumnReconcile) {
    const auto loaded = load({bill({row("acc", 2, "1", "1", "New,Old"), row("acc", 2, "2", "2", ",Old")},
                                   ",ServiceProviderName,ProviderName")});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_THAT(loaded->reconciliation, SizeIs(2));
}

TEST_F(LoadFocus, ADifferenceOfTheTwoReadersIsAnError) {
    Inspection file = inspected("bill.csv", bill({row("acc", 2, "1", "1", "A")}, ",ServiceProviderName"));
    file.groups.begin()->second.sum[1] = "1.000000000000000001";
    const auto refused = load_focus(*engine_, {file}, out(), {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "ingest.reconciliation");
}

TEST_F(LoadFocus, TheSameBillGivesTheSameBytes) {
    std::vector<std::string> rows;
    for (int i = 0; i < 5'000; ++i) {
        rows.push_back(row("acc", 1 + i % 20, std::to_string(i * 7 % 1'001) + ".25", std::to_string(i),
                           "s" + std::to_string(i % 50), "USD", 1 + i % 4));
    }
    const Inspection file = inspected("bill.csv", bill(rows, ",SubAccountId"));
    const base::Path again = folder_.path() / "again";
    std::filesystem::create_directories(again);
    ASSERT_TRUE(load_focus(*engine_, {file}, out(), {}).ok());
    const auto other = engine::open_duckdb({}).value();
    ASSERT_TRUE(load_focus(*other, {file}, again, {}).ok());
    for (const char* kind : {"charges", "tuples", "cells", "spread"}) {
        const std::string name = fmt::format("00001.{}.parquet", kind);
        EXPECT_EQ(read_all(out() / name), read_all(again / name)) << kind;
    }
}

} // namespace
} // namespace florin::ingest
