#include "engine/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace florin::engine {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Engine> open() {
    auto engine = open_duckdb({.threads = 2, .memory_bytes = 256U << 20U, .temporary_folder = {}});
    EXPECT_TRUE(engine.ok());
    return std::move(*engine);
}

TEST(DuckDb, ReadsEveryTypeItPromises) {
    const auto engine = open();
    const auto table =
        engine->query("SELECT 'a' AS t, 7::HUGEINT AS i, '1.5'::DECIMAL(38,18) AS d, "
                      "'2.25'::DECIMAL(38,12) AS q, 0.5::DOUBLE AS x, true AS b, "
                      "DATE '2024-02-29' AS day, TIMESTAMP '2024-02-29 01:02:03' AS at, NULL::VARCHAR AS n, "
                      "MAP {'k': 'v'} AS m, 1.25::DECIMAL(5,2) AS small");
    ASSERT_TRUE(table.ok()) << table.error().describe();
    const auto& row = table->rows.at(0);
    EXPECT_EQ(std::get<std::string>(row[0]), "a");
    EXPECT_EQ(std::get<std::int64_t>(row[1]), 7);
    EXPECT_EQ(std::get<money::Decimal>(row[2]).to_string(), "1.5");
    EXPECT_EQ(std::get<money::Quantity>(row[3]).to_string(), "2.25");
    EXPECT_EQ(std::get<double>(row[4]), 0.5);
    EXPECT_EQ(std::get<bool>(row[5]), true);
    EXPECT_EQ(period::to_string(std::get<period::Day>(row[6])), "2024-02-29");
    EXPECT_EQ(period::to_string(std::get<period::Instant>(row[7])), "2024-02-29T01:02:03Z");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(row[8]));
    EXPECT_EQ(std::get<std::string>(row[9]), "{k=v}");
    EXPECT_EQ(std::get<money::Decimal>(row[10]).to_string(), "1.25");
}

TEST(DuckDb, BindsWhatItReads) {
    const auto engine = open();
    const auto table = engine->query(
        "SELECT $1 || 'x', $2 + 1, $3 = '1.5'::DECIMAL(38,18), $4 - 1",
        {std::string("a'b"), std::int64_t{41}, *money::Decimal::parse("1.5"), period::Day(std::chrono::days(1))});
    ASSERT_TRUE(table.ok()) << table.error().describe();
    EXPECT_EQ(std::get<std::string>(table->rows[0][0]), "a'bx");
    EXPECT_EQ(std::get<std::int64_t>(table->rows[0][1]), 42);
    EXPECT_TRUE(std::get<bool>(table->rows[0][2]));
    EXPECT_EQ(std::get<period::Day>(table->rows[0][3]), period::Day{});
}

TEST(DuckDb, ParsesExactlyAndRefusesWhatIsNoNumber) {
    const auto engine = open();
    const auto table = engine->query("SELECT florin_decimal('0.1234567890123456785'), florin_decimal('-2e-3'), "
                                     "florin_decimal(NULL), florin_quantity('100000000000000000000.5')");
    ASSERT_TRUE(table.ok()) << table.error().describe();
    EXPECT_EQ(std::get<money::Decimal>(table->rows[0][0]).to_string(), "0.123456789012345678"); // tie to even
    EXPECT_EQ(std::get<money::Decimal>(table->rows[0][1]).to_string(), "-0.002");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(table->rows[0][2]));
    EXPECT_EQ(std::get<money::Quantity>(table->rows[0][3]).to_string(), "100000000000000000000.5");
    EXPECT_THAT(engine->query("SELECT florin_decimal('1,5')").error().message, HasSubstr("1,5"));
}

/// Expected values by hand; DuckDB's own product of two DECIMAL(38,18) overflows at 100.
TEST(DuckDb, MultipliesExactlyAndRoundsOnce) {
    const auto engine = open();
    const auto table =
        engine->query("SELECT florin_times(florin_decimal('1000000.000000000000000001'), florin_decimal('0.5')), "
                      "florin_cost(florin_decimal('0.011199923'), florin_quantity('0.027265128')), "
                      "florin_quantity_times(florin_quantity('24'), florin_quantity('0.25')), "
                      "florin_cost(NULL, florin_quantity('1')), florin_times(florin_decimal('-0.000000000000000003'), "
                      "florin_decimal('0.5'))");
    ASSERT_TRUE(table.ok()) << table.error().describe();
    EXPECT_EQ(std::get<money::Decimal>(table->rows[0][0]).to_string(), "500000"); // half even of ...0.5
    EXPECT_EQ(std::get<money::Decimal>(table->rows[0][1]).to_string(), "0.000305367334185144");
    EXPECT_EQ(std::get<money::Quantity>(table->rows[0][2]).to_string(), "6");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(table->rows[0][3]));
    EXPECT_EQ(std::get<money::Decimal>(table->rows[0][4]).to_string(), "-0.000000000000000002"); // of ...1.5
    EXPECT_THAT(engine->query("SELECT florin_times(florin_decimal('1e19'), florin_decimal('100'))").error().message,
                HasSubstr("money.overflow"));
}

/// By hand: 2/3, a product beyond 128 bits, half even of 2.5 and 3.5 units, and what has no share.
TEST(DuckDb, SharesExactlyAndRoundsOnce) {
    const auto engine = open();
    const auto shared = [&](std::string_view amount, std::string_view part, std::string_view whole) {
        const std::string sql = "SELECT florin_share(florin_decimal('" + std::string(amount) + "'), florin_decimal('" +
                                std::string(part) + "'), florin_decimal('" + std::string(whole) + "'))";
        const auto table = engine->query(sql);
        const auto* share = std::get_if<money::Decimal>(&table.value().rows[0][0]);
        return share == nullptr ? std::string("null") : share->to_string();
    };
    EXPECT_EQ(shared("1", "2", "3"), "0.666666666666666667");
    EXPECT_EQ(shared("-1", "1", "3"), "-0.333333333333333333");
    EXPECT_EQ(shared("90000000000000000000", "80000000000000000000", "90000000000000000000"), "80000000000000000000");
    EXPECT_EQ(shared("0.000000000000000005", "1", "2"), "0.000000000000000002");
    EXPECT_EQ(shared("0.000000000000000007", "1", "2"), "0.000000000000000004");
    EXPECT_EQ(shared("1", "1", "0"), "null");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(
        engine->query("SELECT florin_share(NULL, florin_decimal('1'), florin_decimal('1'))")->rows[0][0]));
    EXPECT_THAT(engine->query("SELECT florin_share(florin_decimal('1e19'), florin_decimal('100'), florin_decimal('1'))")
                    .error()
                    .message,
                HasSubstr("money.overflow"));
}

TEST(DuckDb, ComparesProductsOfTextsAndLetsThemBeNoNumbers) {
    const auto engine = open();
    const auto table = engine->query(
        "SELECT florin_product('0.1', '3', '0.30', 'USD'), florin_product('0.333', '1.5', '0.50', 'USD'), "
        "florin_product('0.1', '3', '0.4', 'USD'), florin_product('0.1', '3', '0.4', 'JPY'), "
        "florin_product('abc', '3', '0.4', 'USD'), florin_product(NULL, '3', '0.4', 'USD'), "
        "florin_decimal_or_null('1,5'), florin_decimal_or_null('1.5'), florin_quantity_or_null('')");
    ASSERT_TRUE(table.ok()) << table.error().describe();
    const auto& row = table->rows[0];
    EXPECT_EQ(std::get<std::int64_t>(row[0]), 0); // equal
    EXPECT_EQ(std::get<std::int64_t>(row[1]), 1); // 0.4995, rounded
    EXPECT_EQ(std::get<std::int64_t>(row[2]), 2);
    EXPECT_EQ(std::get<std::int64_t>(row[3]), 2);
    for (const std::size_t none : {4U, 5U, 6U, 8U}) {
        EXPECT_TRUE(std::holds_alternative<std::monostate>(row[none])) << none;
    }
    EXPECT_EQ(std::get<money::Decimal>(row[7]).to_string(), "1.5");
}

TEST(DuckDb, CallsPredicatesOfText) {
    const auto engine = open();
    ASSERT_TRUE(engine->add_predicate("is_short", [](std::string_view text) { return text.size() < 20; }).ok());
    const auto table =
        engine->query("SELECT count_if(is_short(CASE WHEN i % 3 = 0 THEN NULL WHEN i % 3 = 1 THEN 'x' ELSE "
                      "'a text that is not held inline' END)), is_short(NULL) IS NULL "
                      "FROM range(9000) AS r(i)");
    ASSERT_TRUE(table.ok()) << table.error().describe();
    EXPECT_EQ(std::get<std::int64_t>(table->rows[0][0]), 3000);
    EXPECT_TRUE(std::get<bool>(table->rows[0][1]));
}

TEST(DuckDb, TupleKeysTellNullEmptyAndBordersApart) {
    const auto engine = open();
    const auto table = engine->query("SELECT count(DISTINCT k) FROM (VALUES (florin_tuple_key('a', 'b')), "
                                     "(florin_tuple_key('ab', '')), (florin_tuple_key('ab', NULL)), "
                                     "(florin_tuple_key('a', 'b'))) AS t(k)");
    ASSERT_TRUE(table.ok()) << table.error().describe();
    EXPECT_EQ(std::get<std::int64_t>(table->rows[0][0]), 3);
}

TEST(DuckDb, TextMapsHoldWhatIsNotNull) {
    const auto engine = open_duckdb({}).value();
    const auto table =
        engine
            ->query("SELECT CAST(to_json(florin_text_map('a' || chr(31) || 'b', x, y)) AS VARCHAR), "
                    "florin_text_object('a' || chr(31) || 'b', x, y) "
                    "FROM (VALUES ('1', 'q\"\\'), (NULL, 'long enough not to be inlined'), (NULL, NULL)) "
                    "AS t(x, y)")
            .value();
    EXPECT_EQ(std::get<std::string>(table.rows[0][0]), R"({"a":"1","b":"q\"\\"})");
    EXPECT_EQ(std::get<std::string>(table.rows[0][1]), R"({"a":"1","b":"q\"\\"})");
    EXPECT_EQ(std::get<std::string>(table.rows[1][0]), R"({"b":"long enough not to be inlined"})");
    EXPECT_EQ(std::get<std::string>(table.rows[1][1]), R"({"b":"long enough not to be inlined"})");
    EXPECT_EQ(std::get<std::string>(table.rows[2][0]), "{}");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(table.rows[2][1]));
    // Many chunks, and as many entries.
    const auto many = engine
                          ->query("SELECT sum(cardinality(m))::BIGINT, count(DISTINCT m['b']) FROM (SELECT "
                                  "florin_text_map('a' || chr(31) || 'b', CASE WHEN i % 3 = 0 THEN 'x' END, "
                                  "'value ' || i) AS m FROM range(10000) AS r(i))")
                          .value();
    EXPECT_EQ(std::get<std::int64_t>(many.rows[0][0]), 13334);
    EXPECT_EQ(std::get<std::int64_t>(many.rows[0][1]), 10000);
    EXPECT_FALSE(engine->query("SELECT florin_text_map('a', 'x', 'y')").ok());
}

TEST(DuckDb, StopsWhenInterrupted) {
    const auto engine = open();
    std::atomic<bool> finished = false;
    std::thread stopper([&] {
        while (!finished) {
            engine->interrupt();
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
    const auto table =
        engine->query("SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range % 7 = b.range");
    finished = true;
    stopper.join();
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(table.error().code, "engine.interrupted");
}

// An interruption may also meet the statement while it is parsed, bound or planned.
TEST(DuckDb, IsInterruptedAtAnyStageOfAStatement) {
    const auto engine = open();
    std::string sql = "SELECT 1";
    for (int i = 0; i < 300; ++i) {
        sql += ", (SELECT count(*) FROM range(" + std::to_string(i) + ") WHERE range % 7 = 3)";
    }
    // It does not end by itself, however late the other thread comes to run.
    sql += ", (SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range % 7 = b.range)";
    for (int attempt = 0; attempt < 30; ++attempt) {
        std::atomic<bool> finished = false;
        std::thread stopper([&] {
            while (!finished) {
                engine->interrupt();
                std::this_thread::sleep_for(std::chrono::microseconds(200));
            }
        });
        const auto table = engine->query(sql);
        finished = true;
        stopper.join();
        ASSERT_FALSE(table.ok());
        EXPECT_EQ(table.error().code, "engine.interrupted") << table.error().describe();
    }
}

TEST(DuckDb, StreamStopsAtTheCallersError) {
    const auto engine = open();
    int seen = 0;
    const auto columns = engine->stream("SELECT range FROM range(100000)", [&seen](const std::vector<Value>&) {
        return ++seen == 3 ? base::Result<void>(base::user_error("test.enough", "enough")) : base::Result<void>();
    });
    EXPECT_EQ(columns.error().code, "test.enough");
    EXPECT_EQ(seen, 3);
}

TEST(CheckMoneyColumns, CatchesADouble) {
    const auto engine = open();
    const auto sum = engine->describe("SELECT sum('1.5'::DECIMAL(38,18)) AS billed_cost");
    EXPECT_TRUE(check_money_columns(*sum, {"billed_cost"}).ok());
    const auto average = engine->describe("SELECT avg('1.5'::DECIMAL(38,18)) AS billed_cost");
    EXPECT_EQ(check_money_columns(*average, {"billed_cost"}).error().code, "engine.inexact");
    EXPECT_EQ(check_money_columns(*sum, {"list_cost"}).error().code, "engine.inexact");
}

TEST(SandboxedDuckDb, ReadsItsViewsAndNothingElse) {
    const base::Path folder = std::filesystem::temp_directory_path() / ("florin-sandbox-" + std::to_string(::getpid()));
    ASSERT_TRUE(base::make_folders(folder).ok());
    const std::string file = (folder / "a.parquet").string();
    const std::string other = (folder / "b.parquet").string();
    {
        const auto writer = open();
        for (const std::string& target : {file, other}) {
            ASSERT_TRUE(writer->execute("COPY (SELECT 42 AS x) TO " + sql_text(target) + " (FORMAT parquet)").ok());
        }
    }
    auto sandbox =
        open_sandboxed_duckdb({.threads = 1, .memory_bytes = 128U << 20U, .temporary_folder = {}},
                              {"CREATE VIEW charges AS SELECT * FROM read_parquet(" + sql_text(file) + ")"}, {file});
    ASSERT_TRUE(sandbox.ok()) << sandbox.error().describe();
    auto& engine = **sandbox;
    const auto good = engine.query("SELECT x FROM charges");
    ASSERT_TRUE(good.ok()) << good.error().describe();
    EXPECT_EQ(std::get<std::int64_t>(good->rows[0][0]), 42);
    for (const std::string& statement :
         {"SELECT * FROM read_parquet(" + sql_text(other) + ")", std::string("SELECT * FROM read_text('/etc/passwd')"),
          "COPY (SELECT 1) TO " + sql_text(file), std::string("SET threads = 8"), std::string("SELECT 1; SELECT 2"),
          std::string("ATTACH '/tmp/x.db'"), std::string("INSTALL httpfs"), std::string("CREATE TABLE t AS SELECT 1"),
          std::string("DROP VIEW charges"), "EXPORT DATABASE " + sql_text(folder.string()),
          std::string("SELECT * FROM glob('/etc/*')"), std::string("SELECT getenv('HOME')")}) {
        const auto refused = engine.query(statement);
        ASSERT_FALSE(refused.ok()) << statement;
        EXPECT_EQ(refused.error().blame == base::Blame::kUser || refused.error().blame == base::Blame::kSystem, true)
            << statement;
    }
    ASSERT_TRUE(base::remove_all(folder).ok());
}

TEST(ExactText, HasEveryDigit) {
    EXPECT_EQ(exact_text({}), "");
    EXPECT_EQ(exact_text(Value{"a, b"}), "a, b");
    EXPECT_EQ(exact_text(Value{std::int64_t{-5}}), "-5");
    EXPECT_EQ(exact_text(Value{money::Decimal::parse("0.000000000000000001").value()}), "0.000000000000000001");
    EXPECT_EQ(exact_text(Value{money::Quantity::parse("12.50").value()}), "12.5");
    EXPECT_EQ(exact_text(Value{0.1}), "0.1");
    EXPECT_EQ(exact_text(Value{true}), "true");
    EXPECT_EQ(exact_text(Value{period::Day{std::chrono::year{2024} / 2 / 29}}), "2024-02-29");
    EXPECT_EQ(exact_text(Value{period::parse_instant("2024-02-29T01:02:03Z").value().instant}), "2024-02-29T01:02:03Z");
}

} // namespace
} // namespace florin::engine
