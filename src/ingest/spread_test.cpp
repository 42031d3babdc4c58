#include "ingest/spread.hpp"

#include "ingest/inspection_test_bills.hpp"

#include <gmock/gmock.h>

#include <random>

namespace florin::ingest {
namespace {

using money::Decimal;
using testing::ElementsAre;

Decimal decimal(std::string_view text) {
    return Decimal::parse(text).value();
}
period::Instant instant(std::string_view text) {
    return period::parse_instant(text).value().instant;
}

std::vector<std::string> shares(std::string_view amount, std::string_view start, std::string_view end) {
    std::vector<std::string> texts;
    for (const Decimal share : daily_shares(decimal(amount), instant(start), instant(end)).value()) {
        texts.push_back(share.to_string());
    }
    return texts;
}

TEST(DailyShares, WholeDaysShareAlike) {
    EXPECT_THAT(shares("30", "2026-10-01", "2026-10-04"), ElementsAre("10", "10", "10"));
    EXPECT_THAT(shares("5", "2026-10-01", "2026-10-02"), ElementsAre("5"));
}

TEST(DailyShares, WhatCannotBeSharedGoesToTheFirstDays) {
    EXPECT_THAT(shares("0.000000000000000005", "2026-10-01", "2026-10-04"),
                ElementsAre("0.000000000000000002", "0.000000000000000002", "0.000000000000000001"));
    EXPECT_THAT(shares("-0.000000000000000005", "2026-10-01", "2026-10-04"),
                ElementsAre("-0.000000000000000002", "-0.000000000000000002", "-0.000000000000000001"));
}

TEST(DailyShares, PartsOfDaysByTheirTime) {
    // 6 hours, 24 hours, 18 hours: an eighth, a half, three eighths.
    EXPECT_THAT(shares("48", "2026-10-01T18:00:00Z", "2026-10-03T18:00:00Z"), ElementsAre("6", "24", "18"));
    EXPECT_THAT(shares("-48", "2026-10-01T18:00:00Z", "2026-10-03T18:00:00Z"), ElementsAre("-6", "-24", "-18"));
}

TEST(DailyShares, DaysAreOfUtcWhateverClocksDoElsewhere) {
    // In Europe 2026-10-25 has 25 hours and 2026-03-29 has 23.
    EXPECT_THAT(shares("3", "2026-10-24", "2026-10-27"), ElementsAre("1", "1", "1"));
    EXPECT_THAT(shares("3", "2026-03-28", "2026-03-31"), ElementsAre("1", "1", "1"));
}

TEST(DailyShares, RandomOnesSumToTheAmountAndStayWithinOneUnitOfTheirShare) {
    std::mt19937_64 random(3);
    for (int i = 0; i < 500; ++i) {
        const auto units = static_cast<std::int64_t>(random()) / 3;
        const auto start = instant("2026-01-01") + std::chrono::seconds(random() % 86'400);
        const auto end = start + std::chrono::seconds(1 + random() % (86'400 * 400));
        const Decimal amount = Decimal::from_units(units);
        const auto parts = daily_shares(amount, start, end).value();
        ASSERT_EQ(parts.size(),
                  static_cast<std::size_t>(
                      (period::day_of(end - std::chrono::microseconds(1)) - period::day_of(start)).count()) +
                      1);
        base::int128 sum = 0;
        auto at = start;
        for (const Decimal part : parts) {
            sum += part.units();
            const auto next = std::min(end, period::Instant(period::day_of(at) + std::chrono::days(1)));
            const base::int128 scaled = base::int128(units) * (next - at).count();
            const base::int128 error = part.units() * (end - start).count() - scaled;
            ASSERT_LE(error < 0 ? -error : error, base::int128((end - start).count())) << "seed 3, case " << i;
            at = next;
        }
        ASSERT_EQ(sum, base::int128(units)) << "seed 3, case " << i;
    }
}

class WriteSpread : public testing::Test {
protected:
    /// A charges file of rows (TupleKey, ResourceId, start, end, effective, list, contracted).
    std::uint64_t write(const std::vector<std::string>& rows) {
        std::string values;
        for (const std::string& row : rows) {
            values += (values.empty() ? "" : ", ") + row;
        }
        const auto made = engine_->execute(
            "COPY (SELECT k::UUID AS TupleKey, r::VARCHAR AS ResourceId, s::TIMESTAMP AS ChargePeriodStart, "
            "e::TIMESTAMP AS "
            "ChargePeriodEnd, s::TIMESTAMP::DATE AS ChargeDay, florin_decimal(a::VARCHAR) AS EffectiveCost, "
            "florin_decimal(b::VARCHAR) AS ListCost, florin_decimal(c::VARCHAR) AS ContractedCost FROM (VALUES " +
            values + ") AS t(k, r, s, e, a, b, c)) TO " + engine::sql_text(charges_) + " (FORMAT parquet)");
        EXPECT_TRUE(made.ok()) << made.error().describe();
        return write_spread(*engine_, charges_, spread_, folder_.path()).value();
    }
    engine::Table read(const std::string& select) {
        return engine_->query(select + " FROM read_parquet(" + engine::sql_text(spread_) + ")").value();
    }
    bool is_written() const { return std::filesystem::exists(spread_); }

    std::unique_ptr<engine::Engine> engine_ = engine::open_duckdb({}).value();

private:
    TestFolder folder_;
    std::string charges_ = (folder_.path() / "charges.parquet").string();
    std::string spread_ = (folder_.path() / "spread.parquet").string();
};

const std::string kKey = "'00000000-0000-0000-0000-000000000001'";

TEST_F(WriteSpread, NoFileWhereNothingSpansDays) {
    EXPECT_EQ(write({"(" + kKey + ", 'r', '2026-10-01', '2026-10-02', '1', '1', '1')",
                     "(" + kKey + ", 'r', '2026-10-01 12:00:00', '2026-10-02 00:00:00', '1', '1', '1')",
                     "(" + kKey + ", 'r', '2026-10-01', '2026-10-09', '0', NULL, '0')",
                     "(" + kKey + ", 'r', '2026-10-01', '2046-10-01', '1', '1', '1')"}),
              0U);
    EXPECT_FALSE(is_written());
}

TEST_F(WriteSpread, MovesEachCostToTheDaysOfItsCharge) {
    EXPECT_EQ(
        write({"(" + kKey + ", 'first', '2026-10-01', '2026-10-02', '7', '7', '7')",
               "(" + kKey +
                   ", 'a \"b\", c' || chr(10) || 'd', '2026-10-30', '2026-11-02', '3', NULL, '-0.000000000000000002')",
               "(" + kKey + ", NULL, '2026-10-01 12:00:00', '2026-10-02 12:00:00', NULL, '2', NULL)",
               "(" + kKey + ", '', '2026-10-01 12:00:00', '2026-10-02 12:00:00', '2', NULL, NULL)"}),
        3U);
    const engine::Table table =
        read("SELECT ChargeRow, coalesce(ResourceId, 'NULL'), Day::VARCHAR, EffectiveCost::VARCHAR, "
             "ListCost::VARCHAR, ContractedCost::VARCHAR");
    std::vector<std::string> rows;
    for (const auto& row : table.rows) {
        std::string text = std::to_string(std::get<std::int64_t>(row[0]));
        for (std::size_t i = 1; i < row.size(); ++i) {
            text += "|" + (std::holds_alternative<std::string>(row[i]) ? std::get<std::string>(row[i]) : "-");
        }
        rows.push_back(text);
    }
    EXPECT_THAT(rows, testing::UnorderedElementsAre(
                          "1|a \"b\", c\nd|2026-10-30|-2.000000000000000000|-|0.000000000000000001",
                          "1|a \"b\", c\nd|2026-10-31|1.000000000000000000|-|-0.000000000000000001",
                          "1|a \"b\", c\nd|2026-11-01|1.000000000000000000|-|0.000000000000000000",
                          "2|NULL|2026-10-01|-|-1.000000000000000000|-", "2|NULL|2026-10-02|-|1.000000000000000000|-",
                          "3||2026-10-01|-1.000000000000000000|-|-", "3||2026-10-02|1.000000000000000000|-|-"));
}

TEST_F(WriteSpread, ALongResourceIdIsKept) {
    EXPECT_EQ(write({"(" + kKey + ", repeat('x', 3000000), '2026-10-01', '2026-10-03', '2', '2', '2')"}), 1U);
    EXPECT_EQ(std::get<std::int64_t>(read("SELECT count(*), min(length(ResourceId))").rows[0][1]), 3'000'000);
}

TEST_F(WriteSpread, SumsToZeroForEachCharge) {
    std::vector<std::string> rows;
    std::mt19937 random(5);
    for (int i = 0; i < 200; ++i) {
        rows.push_back("(" + kKey + ", 'r', '2026-10-" + std::to_string(10 + random() % 20) + " 07:30:00', '2027-0" +
                       std::to_string(1 + random() % 9) + "-05 03:00:01', '" + std::to_string(random()) +
                       ".123456789012345678', '-" + std::to_string(random()) + "', '0.000000000000000001')");
    }
    EXPECT_EQ(write(rows), 200U);
    const engine::Table sums = read("SELECT count(DISTINCT ChargeRow), count(*) FILTER (WHERE EffectiveCost <> 0), "
                                    "sum(EffectiveCost), sum(ListCost), "
                                    "sum(ContractedCost)");
    EXPECT_EQ(std::get<std::int64_t>(sums.rows[0][0]), 200);
    EXPECT_GT(std::get<std::int64_t>(sums.rows[0][1]), 10'000);
    for (std::size_t i = 2; i < 5; ++i) {
        EXPECT_EQ(std::get<Decimal>(sums.rows[0][i]), Decimal());
    }
}

} // namespace
} // namespace florin::ingest
