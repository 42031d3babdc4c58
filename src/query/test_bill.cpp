#include "query/test_bill.hpp"

#include "focus/focus.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace florin::query::test {
namespace {

using engine::sql_name;
using engine::sql_text;
using money::Decimal;

void must(engine::Engine& engine, const std::string& sql) {
    const auto result = engine.execute(sql);
    if (!result.ok()) {
        throw std::runtime_error(result.error().describe() + "\n" + sql);
    }
}

std::string json_text(const std::map<std::string, std::string>& tags) {
    std::string out;
    for (const auto& [key, value] : tags) {
        const auto escaped = [](const std::string& text) {
            std::string inner;
            for (const char c : text) {
                if (c == '"' || c == '\\') {
                    inner += '\\';
                }
                inner += c == '\n' ? std::string("\\n") : std::string(1, c);
            }
            return fmt::format("\"{}\"", inner);
        };
        out += fmt::format("{}{}:{}", out.empty() ? "" : ",", escaped(key), escaped(value));
    }
    return fmt::format("{{{}}}", out);
}

template <class Number>
std::string number(const std::optional<Number>& value, const char* type) {
    return value ? fmt::format("CAST('{}' AS {})", value->to_string(), type) : "NULL";
}

std::string timestamp(period::Day value) {
    return fmt::format("TIMESTAMP '{} 00:00:00'", period::to_string(value));
}

std::string sql_type(const focus::Column& column) {
    switch (column.type) {
    case focus::ColumnType::kDecimal: return column.is_quantity ? "DECIMAL(38,12)" : "DECIMAL(38,18)";
    case focus::ColumnType::kInstant: return "TIMESTAMP";
    case focus::ColumnType::kString:
    case focus::ColumnType::kJson: break;
    }
    return "VARCHAR";
}

std::string value_sql(const Charge& charge, const Bill& bill, const focus::Column& column) {
    const std::string& name = column.name;
    const std::map<std::string, std::string> numbers = {
        {"BilledCost", number(charge.billed, "DECIMAL(38,18)")},
        {"EffectiveCost", number(charge.effective, "DECIMAL(38,18)")},
        {"ListCost", number(charge.list, "DECIMAL(38,18)")},
        {"ContractedCost", number(charge.contracted, "DECIMAL(38,18)")},
        {"PricingCurrencyEffectiveCost", number(charge.effective_in_pricing_currency, "DECIMAL(38,18)")},
        {"ConsumedQuantity", number(charge.consumed, "DECIMAL(38,12)")},
        {"PricingQuantity", number(charge.priced, "DECIMAL(38,12)")},
        {"CommitmentDiscountQuantity", number(charge.committed, "DECIMAL(38,12)")},
        {"ChargePeriodStart", timestamp(charge.start)},
        {"ChargePeriodEnd", timestamp(charge.start + std::chrono::days(charge.days))},
        {"BillingPeriodStart", timestamp(bill.billing_start)},
        {"BillingPeriodEnd", timestamp(period::add_months(bill.billing_start, 1))}};
    if (const auto found = numbers.find(name); found != numbers.end()) {
        return found->second;
    }
    if (column.type == focus::ColumnType::kString || column.type == focus::ColumnType::kJson) {
        const auto text = charge.column(name);
        return text ? sql_text(*text) : "NULL";
    }
    return fmt::format("CAST(NULL AS {})", sql_type(column));
}

std::string custom_sql(const Charge& charge) {
    std::string keys;
    std::string values;
    for (const auto& [key, value] : charge.custom) {
        keys += (keys.empty() ? "" : ", ") + sql_text(key);
        values += (values.empty() ? "" : ", ") + sql_text(value);
    }
    return charge.custom.empty() ? "MAP([]::VARCHAR[], []::VARCHAR[])" : fmt::format("MAP([{}], [{}])", keys, values);
}

void copy(engine::Engine& engine, const std::string& select, const std::string& file) {
    must(engine, fmt::format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd)", select, sql_text(file)));
}

std::string spread_rows(const Bill& bill) {
    std::string rows;
    for (std::size_t row = 0; row < bill.charges.size(); ++row) {
        const Charge& charge = bill.charges[row];
        for (int i = 0; charge.days > 1 && i < charge.days; ++i) {
            const auto moved = [&](const std::optional<Decimal>& cost) -> std::optional<Decimal> {
                if (!cost) {
                    return std::nullopt;
                }
                const Decimal part = parts_by_day(*cost, charge.days).at(static_cast<std::size_t>(i));
                return i == 0 ? *part.minus(*cost) : part;
            };
            rows += fmt::format("{}({}, DATE '{}', {}, {}, {})", rows.empty() ? "" : ", ", row,
                                period::to_string(charge.start + std::chrono::days(i)),
                                number(moved(charge.effective), "DECIMAL(38,18)"),
                                number(moved(charge.list), "DECIMAL(38,18)"),
                                number(moved(charge.contracted), "DECIMAL(38,18)"));
        }
    }
    return rows;
}

constexpr const char* kCells = R"(
SELECT "TupleKey", "Day", CAST(sum(n) AS BIGINT) AS "ChargeRows", sum("BilledCost") AS "BilledCost",
  sum("EffectiveCost") AS "EffectiveCost", sum("ListCost") AS "ListCost", sum("ContractedCost") AS "ContractedCost",
  sum("ConsumedQuantity") AS "ConsumedQuantity", sum("PricingQuantity") AS "PricingQuantity",
  sum(capped) AS "CappedSavings"
FROM (SELECT "TupleKey", "ChargeDay" AS "Day", 1 AS n, "BilledCost", "EffectiveCost", "ListCost", "ContractedCost",
        "ConsumedQuantity", "PricingQuantity",
        greatest("ListCost" - "EffectiveCost", CAST(0 AS DECIMAL(38,18))) AS capped FROM test_charges
      UNION ALL
      SELECT "TupleKey", "Day", 0, NULL, "EffectiveCost", "ListCost", "ContractedCost", NULL, NULL, NULL
      FROM test_spread)
GROUP BY ALL)";

} // namespace

std::optional<std::string> Charge::column(const std::string& name) const {
    if (name == "Tags") {
        return tags.empty() ? std::nullopt : std::optional(json_text(tags));
    }
    const auto found = text.find(name);
    return found == text.end() ? std::nullopt : std::optional(found->second);
}

Folder::Folder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() / fmt::format("florin-query-{}-{}", ::getpid(), count++);
    std::filesystem::create_directories(path_);
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::vector<Decimal> parts_by_day(Decimal total, int days) {
    const std::vector<Decimal> weights(static_cast<std::size_t>(days), Decimal::from_integer(1));
    return *money::split(total, weights, 18);
}

lake::FileSet write_bill(engine::Engine& engine, const Folder& folder, const std::string& name, const Bill& bill,
                         bool with_cells) {
    const auto columns = focus::columns(focus::Dataset::kCostAndUsage);
    std::string definition;
    for (const focus::Column& column : columns) {
        definition += fmt::format("{} {}, ", sql_name(column.name), sql_type(column));
    }
    must(engine,
         fmt::format("CREATE OR REPLACE TEMP TABLE test_raw ({} \"x_Custom\" MAP(VARCHAR, VARCHAR), row_id BIGINT)",
                     definition));
    lake::FileSet files;
    files.billing_account_id = bill.account;
    files.billing_period_start = bill.billing_start;
    files.days = {bill.billing_start, bill.billing_start};
    std::string rows;
    for (std::size_t i = 0; i < bill.charges.size(); ++i) {
        const Charge& charge = bill.charges[i];
        std::vector<std::string> values;
        for (const focus::Column& column : columns) {
            values.push_back(value_sql(charge, bill, column));
        }
        rows += fmt::format("{}({}, {}, {})", rows.empty() ? "" : ", ", fmt::join(values, ", "), custom_sql(charge), i);
        const period::Day end = charge.start + std::chrono::days(charge.days);
        files.days = i == 0 ? period::Period{charge.start, end}
                            : period::Period{std::min(files.days.start, charge.start), std::max(files.days.end, end)};
        files.null_costs[0] += charge.billed ? 0U : 1U;
        files.null_costs[1] += charge.effective ? 0U : 1U;
        files.null_costs[2] += charge.list ? 0U : 1U;
        files.null_costs[3] += charge.contracted ? 0U : 1U;
        files.spread_charges += charge.days > 1 ? 1U : 0U;
    }
    files.charge_rows = bill.charges.size();
    must(engine, "INSERT INTO test_raw VALUES " + rows);
    std::string tuple;
    for (const std::string& column : lake::tuple_columns()) {
        tuple += (tuple.empty() ? "" : ", ") + sql_name(column);
    }
    must(engine, fmt::format("CREATE OR REPLACE TEMP TABLE test_charges AS SELECT *, CAST(\"ChargePeriodStart\" AS "
                             "DATE) AS \"ChargeDay\", "
                             "florin_tuple_key({}) AS \"TupleKey\" FROM test_raw ORDER BY row_id",
                             tuple));
    const std::string spread = spread_rows(bill);
    must(engine, "CREATE OR REPLACE TEMP TABLE test_spread (\"TupleKey\" UUID, \"ResourceId\" VARCHAR, \"ChargeRow\" "
                 "BIGINT, \"Day\" DATE, "
                 "\"EffectiveCost\" DECIMAL(38,18), \"ListCost\" DECIMAL(38,18), \"ContractedCost\" DECIMAL(38,18))");
    if (!spread.empty()) {
        must(engine, fmt::format("INSERT INTO test_spread SELECT c.\"TupleKey\", c.\"ResourceId\", s.* FROM (VALUES "
                                 "{}) AS s(r, d, e, l, k) "
                                 "JOIN test_charges AS c ON c.row_id = s.r",
                                 spread));
        files.spread = folder.file(name + ".spread.parquet");
        copy(engine, "SELECT * FROM test_spread", files.spread);
    }
    files.charges = folder.file(name + ".charges.parquet");
    files.tuples = folder.file(name + ".tuples.parquet");
    copy(engine, "SELECT * EXCLUDE (row_id) FROM test_charges ORDER BY row_id", files.charges);
    copy(engine,
         fmt::format("SELECT DISTINCT \"TupleKey\", {}, \"BillingPeriodStart\", \"BillingPeriodEnd\" FROM test_charges",
                     tuple),
         files.tuples);
    if (with_cells) {
        files.cells = folder.file(name + ".cells.parquet");
        copy(engine, kCells, files.cells);
    }
    return files;
}

Decimal decimal(const char* text) {
    return Decimal::parse(text).value();
}
period::Day day(const char* text) {
    return period::parse_day(text).value();
}

std::unique_ptr<engine::Engine> make_engine() {
    engine::Limits limits;
    limits.threads = 2;
    return engine::open_duckdb(limits).value();
}

} // namespace florin::query::test
