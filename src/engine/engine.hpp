// The SQL engine behind one interface. DuckDB in this process is the first; nothing outside this
// folder names it.
#pragma once

#include "base/files.hpp"
#include "base/int128.hpp"
#include "base/result.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace florin::engine {

/// What a column of a result holds.
enum class Type : std::uint8_t { kText, kInteger, kDecimal, kQuantity, kDouble, kBoolean, kDay, kInstant };
std::string_view name(Type type);

/// One value of a result; std::monostate is SQL's NULL. Integers of any width come as int64.
using Value = std::variant<std::monostate, std::string, std::int64_t, money::Decimal, money::Quantity, double, bool,
                           period::Day, period::Instant>;

struct Column {
    std::string name;
    Type type = Type::kText;
    friend bool operator==(const Column&, const Column&) = default;
};

/// A result held in memory: `rows[i][j]` belongs to `columns[j]`.
struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<Value>> rows;
};

/// How much of the machine the engine may use.
struct Limits {
    int threads = 2;
    std::uint64_t memory_bytes = std::uint64_t{1} << 30U;
    base::Path temporary_folder; ///< where it spills; empty: it may not spill
};

/// SQL in, values out. One thread at a time, but for interrupt(). Errors: `engine.sql` (a bug of
/// Florin's unless the SQL is the user's), `engine.interrupted`, `engine.memory`, `engine.io`.
class Engine {
public:
    virtual ~Engine() = default;

    /// Runs one statement whose result is of no interest; gives the number of rows it changed.
    virtual base::Result<std::int64_t> execute(std::string_view sql) = 0;

    /// Runs one statement and holds all of its rows. `parameters` bind to `$1`, `$2`, …
    virtual base::Result<Table> query(std::string_view sql, const std::vector<Value>& parameters = {}) = 0;

    /// Runs one statement and hands its rows over one by one; the row is valid during the call only.
    /// Stops early, with that error, when `row` gives one.
    virtual base::Result<std::vector<Column>> stream(
        std::string_view sql, const std::function<base::Result<void>(const std::vector<Value>&)>& row) = 0;

    /// The columns a statement would give, without running it.
    virtual base::Result<std::vector<Column>> describe(std::string_view sql) = 0;

    /// Makes `name(VARCHAR) -> BOOLEAN` of a function on text; NULL for NULL. `holds` is called from any
    /// thread, and the name must not be taken.
    virtual base::Result<void> add_predicate(const std::string& name, bool (*holds)(std::string_view)) = 0;

    /// Share of the running statement that is done, 0 to 100, or a negative number when unknown.
    /// From any thread.
    virtual double progress() const = 0;

    /// Stops the running statement soon; it then fails with `engine.interrupted`. From any thread.
    virtual void interrupt() noexcept = 0;
};

/// An empty DuckDB in memory, with Florin's exact functions registered:
///   florin_decimal(VARCHAR) -> DECIMAL(38,18)   Decimal::parse_rounded half even; NULL for NULL
///   florin_instant(VARCHAR) -> TIMESTAMP (UTC)  period::parse_instant; NULL for NULL
///   florin_quantity(VARCHAR) -> DECIMAL(38,12)  the same for Quantity
///   florin_decimal_or_null, florin_quantity_or_null: the same, NULL for text that is no number
///   florin_product(price VARCHAR, quantity VARCHAR, cost VARCHAR, currency VARCHAR) -> TINYINT
///                                               money::match_product: 0 equal, 1 rounding alone, 2 differs;
///                                               NULL where one of the numbers is NULL or no number
///   florin_times(DECIMAL(38,18), DECIMAL(38,18)) -> DECIMAL(38,18)           price or cost times a rate
///   florin_cost(DECIMAL(38,18), DECIMAL(38,12)) -> DECIMAL(38,18)            price times quantity
///   florin_quantity_times(DECIMAL(38,12), DECIMAL(38,12)) -> DECIMAL(38,12)  quantity times a ratio
///   florin_share(DECIMAL(38,18), DECIMAL(38,18), DECIMAL(38,18)) -> DECIMAL(38,18)  amount x part / whole; NULL where
///                                               the whole is 0
///                                               rounded half even once; NULL for NULL; an error beyond the range
///   florin_tuple_key(VARCHAR...) -> UUID        128-bit XXH3 of the values, NULL and '' apart
///   florin_text_map(names VARCHAR, VARCHAR...) -> MAP(VARCHAR, VARCHAR)  of the texts that are not NULL, by name;
///                                               the names stand in one text with 0x1F between them
///   florin_text_object(names VARCHAR, VARCHAR...) -> VARCHAR  the same as a JSON object; NULL where all are NULL
/// Text that is no number is an error of the statement.
base::Result<std::unique_ptr<Engine>> open_duckdb(const Limits& limits);

/// A DuckDB for statements that people wrote: `prepare` runs first, to make the views they may
/// read; afterwards only single SELECT statements run, no file but `readable_files` is read, none is
/// written, and settings, extensions and the network are out of reach. Anything else is a user
/// error `sql.not_allowed`.
base::Result<std::unique_ptr<Engine>> open_sandboxed_duckdb(const Limits& limits,
                                                            const std::vector<std::string>& prepare,
                                                            const std::vector<std::string>& readable_files);

/// The value as CSV and JSON have it: numbers exact and in full, days and instants as ISO 8601, nothing for null.
std::string exact_text(const Value& value);

/// `text` as a SQL string literal, `name` as a quoted SQL identifier, files as a SQL list.
std::string sql_text(std::string_view text);
std::string sql_name(std::string_view name);
std::string sql_list(const std::vector<std::string>& texts);
/// A table expression over Parquet files: their columns, and none for folders called like `env=prod` above them.
std::string sql_parquet(const std::vector<std::string>& files);

/// Error `engine.inexact` (a bug) unless each of the named columns of the statement is DECIMAL.
base::Result<void> check_money_columns(const std::vector<Column>& columns,
                                       const std::vector<std::string>& money_columns);

} // namespace florin::engine
