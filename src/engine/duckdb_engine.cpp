#include "engine/duckdb_functions.hpp"
#include "engine/duckdb_handles.hpp"
#include "engine/engine.hpp"

#include <duckdb.h>
#include <fmt/format.h>

#include <atomic>
#include <cstring>
#include <limits>
#include <utility>

namespace florin::engine {
namespace {

using Database = Owned<duckdb_database, &duckdb_close>;
using Connection = Owned<duckdb_connection, &duckdb_disconnect>;
using Config = Owned<duckdb_config, &duckdb_destroy_config>;
using Prepared = Owned<duckdb_prepared_statement, &duckdb_destroy_prepare>;
using Extracted = Owned<duckdb_extracted_statements, &duckdb_destroy_extracted>;
using Chunk = Owned<duckdb_data_chunk, &duckdb_destroy_data_chunk>;

/// A result is a struct, not a pointer, and must be destroyed even after an error.
class ResultHandle {
public:
    ResultHandle() { std::memset(&result_, 0, sizeof result_); }
    ResultHandle(const ResultHandle&) = delete;
    ResultHandle& operator=(const ResultHandle&) = delete;
    ~ResultHandle() { duckdb_destroy_result(&result_); }
    duckdb_result* get() { return &result_; }

private:
    duckdb_result result_;
};

base::Error engine_error(duckdb_error_type type, const char* text, std::string_view sql) {
    base::Error error;
    error.message = text == nullptr ? "DuckDB gave no message" : text;
    switch (type) {
    case DUCKDB_ERROR_INTERRUPT:
        error.code = "engine.interrupted";
        error.blame = base::Blame::kSystem;
        error.message = "the statement was stopped";
        break;
    case DUCKDB_ERROR_OUT_OF_MEMORY:
        error.code = "engine.memory";
        error.blame = base::Blame::kSystem;
        error.remedy = "raise memory_mb in florin.yaml, or ask for fewer groups";
        break;
    case DUCKDB_ERROR_IO:
        error.code = "engine.io";
        error.blame = base::Blame::kSystem;
        break;
    default:
        error.code = "engine.sql";
        error.place.source_line = std::string(sql.substr(0, 2000));
        break;
    }
    return error;
}

/// How a column of a result is read.
struct Reader {
    duckdb_type type = DUCKDB_TYPE_INVALID;
    duckdb_type storage = DUCKDB_TYPE_INVALID; ///< of a decimal
    int scale = 0;
    Type result = Type::kText;
    bool supported = true;
};

Reader reader_for(duckdb_logical_type logical) {
    Reader reader;
    reader.type = duckdb_get_type_id(logical);
    switch (reader.type) {
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_UUID: reader.result = Type::kText; break;
    case DUCKDB_TYPE_BOOLEAN: reader.result = Type::kBoolean; break;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT: reader.result = Type::kInteger; break;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE: reader.result = Type::kDouble; break;
    case DUCKDB_TYPE_DATE: reader.result = Type::kDay; break;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: reader.result = Type::kInstant; break;
    case DUCKDB_TYPE_DECIMAL:
        reader.storage = duckdb_decimal_internal_type(logical);
        reader.scale = duckdb_decimal_scale(logical);
        reader.result = reader.scale == money::Quantity::kScale ? Type::kQuantity : Type::kDecimal;
        reader.supported = reader.scale <= money::Decimal::kScale;
        break;
    default: reader.supported = false; break;
    }
    return reader;
}

/// Copied, because DuckDB's vectors promise no more than 8 bytes of alignment.
template <class T>
T at(const void* data, idx_t row) {
    T value;
    std::memcpy(&value, static_cast<const char*>(data) + row * sizeof(T), sizeof(T));
    return value;
}

base::int128 decimal_units(const Reader& reader, const void* data, idx_t row) {
    switch (reader.storage) {
    case DUCKDB_TYPE_SMALLINT: return at<std::int16_t>(data, row);
    case DUCKDB_TYPE_INTEGER: return at<std::int32_t>(data, row);
    case DUCKDB_TYPE_BIGINT: return at<std::int64_t>(data, row);
    default: return at<base::int128>(data, row);
    }
}

base::Result<Value> decimal_value(const Reader& reader, const void* data, idx_t row) {
    base::int128 units = decimal_units(reader, data, row);
    if (reader.result == Type::kQuantity) {
        return Value(money::Quantity::from_units(units));
    }
    for (int scale = reader.scale; scale < money::Decimal::kScale; ++scale) {
        if (__builtin_mul_overflow(units, base::int128{10}, &units)) {
            return base::user_error("engine.decimal", "an amount does not fit 18 places");
        }
    }
    return Value(money::Decimal::from_units(units));
}

std::string uuid_text(duckdb_hugeint value) {
    // DuckDB flips the top bit so that UUIDs sort as numbers.
    const auto high = static_cast<std::uint64_t>(value.upper) ^ (std::uint64_t{1} << 63U);
    const std::uint64_t low = value.lower;
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xFFFFU, high & 0xFFFFU,
                       low >> 48U, low & 0xFFFFFFFFFFFFU);
}

base::Result<Value> integer_value(const Reader& reader, const void* data, idx_t row) {
    switch (reader.type) {
    case DUCKDB_TYPE_TINYINT: return Value(std::int64_t{at<std::int8_t>(data, row)});
    case DUCKDB_TYPE_SMALLINT: return Value(std::int64_t{at<std::int16_t>(data, row)});
    case DUCKDB_TYPE_INTEGER: return Value(std::int64_t{at<std::int32_t>(data, row)});
    case DUCKDB_TYPE_BIGINT: return Value(at<std::int64_t>(data, row));
    case DUCKDB_TYPE_UTINYINT: return Value(std::int64_t{at<std::uint8_t>(data, row)});
    case DUCKDB_TYPE_USMALLINT: return Value(std::int64_t{at<std::uint16_t>(data, row)});
    case DUCKDB_TYPE_UINTEGER: return Value(std::int64_t{at<std::uint32_t>(data, row)});
    default: break;
    }
    const base::int128 wide =
        reader.type == DUCKDB_TYPE_UBIGINT ? base::int128{at<std::uint64_t>(data, row)} : at<base::int128>(data, row);
    if (wide > std::numeric_limits<std::int64_t>::max() || wide < std::numeric_limits<std::int64_t>::min()) {
        return base::user_error("engine.integer", "a whole number does not fit 64 bits; cast it to VARCHAR");
    }
    return Value(static_cast<std::int64_t>(wide));
}

base::Result<Value> value_at(const Reader& reader, const void* data, idx_t row) {
    switch (reader.result) {
    case Type::kText: {
        if (reader.type == DUCKDB_TYPE_UUID) {
            return Value(uuid_text(at<duckdb_hugeint>(data, row)));
        }
        auto text = at<duckdb_string_t>(data, row);
        return Value(std::string(duckdb_string_t_data(&text), duckdb_string_t_length(text)));
    }
    case Type::kBoolean: return Value(at<bool>(data, row));
    case Type::kInteger: return integer_value(reader, data, row);
    case Type::kDouble:
        return Value(reader.type == DUCKDB_TYPE_FLOAT ? double{at<float>(data, row)} : at<double>(data, row));
    case Type::kDecimal:
    case Type::kQuantity: return decimal_value(reader, data, row);
    case Type::kDay: return Value(period::Day(std::chrono::days(at<std::int32_t>(data, row))));
    case Type::kInstant: return Value(period::Instant(std::chrono::microseconds(at<std::int64_t>(data, row))));
    }
    return Value();
}

duckdb_hugeint hugeint(base::int128 units) {
    duckdb_hugeint value;
    value.lower = static_cast<std::uint64_t>(units);
    value.upper = static_cast<std::int64_t>(units >> 64U);
    return value;
}

duckdb_state bind(duckdb_prepared_statement statement, idx_t index, const Value& value) {
    struct Binder {
        duckdb_prepared_statement statement;
        idx_t index;
        duckdb_state operator()(std::monostate) const { return duckdb_bind_null(statement, index); }
        duckdb_state operator()(const std::string& text) const {
            return duckdb_bind_varchar_length(statement, index, text.data(), text.size());
        }
        duckdb_state operator()(std::int64_t number) const { return duckdb_bind_int64(statement, index, number); }
        duckdb_state operator()(money::Decimal amount) const {
            return duckdb_bind_decimal(statement, index, {38, 18, hugeint(amount.units())});
        }
        duckdb_state operator()(money::Quantity quantity) const {
            return duckdb_bind_decimal(statement, index, {38, 12, hugeint(quantity.units())});
        }
        duckdb_state operator()(double number) const { return duckdb_bind_double(statement, index, number); }
        duckdb_state operator()(bool flag) const { return duckdb_bind_boolean(statement, index, flag); }
        duckdb_state operator()(period::Day day) const {
            return duckdb_bind_date(statement, index, {static_cast<std::int32_t>(day.time_since_epoch().count())});
        }
        duckdb_state operator()(period::Instant instant) const {
            return duckdb_bind_timestamp(statement, index, {instant.time_since_epoch().count()});
        }
    };
    return std::visit(Binder{statement, index}, value);
}

class DuckDbEngine final : public Engine {
public:
    static base::Result<std::unique_ptr<DuckDbEngine>> open(const Limits& limits);

    base::Result<std::int64_t> execute(std::string_view sql) override;
    base::Result<Table> query(std::string_view sql, const std::vector<Value>& parameters) override;
    base::Result<std::vector<Column>> stream(
        std::string_view sql, const std::function<base::Result<void>(const std::vector<Value>&)>& row) override;
    base::Result<std::vector<Column>> describe(std::string_view sql) override;
    base::Result<void> add_predicate(const std::string& name, bool (*holds)(std::string_view)) override {
        return register_predicate(connection_.get(), name, holds);
    }

    double progress() const override { return running_ ? duckdb_query_progress(connection_.get()).percentage : -1.0; }
    void interrupt() noexcept override {
        interrupted_ = true;
        duckdb_interrupt(connection_.get());
    }
    /// From now on only single SELECT statements run.
    void allow_only_select() { only_select_ = true; }

private:
    base::Result<Prepared> prepare(std::string_view sql);
    base::Result<void> check_is_one_select(std::string_view sql);
    base::Result<void> run(Prepared& statement, std::string_view sql, bool streaming, ResultHandle& result);
    base::Result<std::vector<Column>> read(ResultHandle& result, std::string_view sql,
                                           const std::function<base::Result<void>(const std::vector<Value>&)>& row);
    /// The statement with every column of a type we do not read cast to text.
    base::Result<std::string> with_readable_columns(std::string_view sql, Prepared& statement);

    Database database_;
    Connection connection_;
    std::atomic<bool> running_ = false;
    std::atomic<bool> interrupted_ = false;
    bool only_select_ = false;
};

base::Result<std::unique_ptr<DuckDbEngine>> DuckDbEngine::open(const Limits& limits) {
    Config config;
    if (duckdb_create_config(config.address()) != DuckDBSuccess) {
        return base::system_error("engine.open", "DuckDB gave no configuration");
    }
    const std::string temporary = limits.temporary_folder.string();
    const std::vector<std::pair<const char*, std::string>> settings = {
        {"threads", std::to_string(limits.threads)},
        {"memory_limit", fmt::format("{}B", limits.memory_bytes)},
        {"temp_directory", temporary},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"preserve_insertion_order", "true"},
        // The system caches files already; a second cache costs a quarter of the time of opening many small ones.
        {"enable_external_file_cache", "false"},
    };
    for (const auto& [name, value] : settings) {
        if (duckdb_set_config(config.get(), name, value.c_str()) != DuckDBSuccess) {
            return base::system_error("engine.open", fmt::format("DuckDB refuses the setting {} = {}", name, value));
        }
    }
    auto engine = std::make_unique<DuckDbEngine>();
    char* message = nullptr;
    if (duckdb_open_ext(nullptr, engine->database_.address(), config.get(), &message) != DuckDBSuccess) {
        base::Error error = base::system_error("engine.open", message == nullptr ? "DuckDB does not open" : message);
        duckdb_free(message);
        return error;
    }
    if (duckdb_connect(engine->database_.get(), engine->connection_.address()) != DuckDBSuccess) {
        return base::system_error("engine.open", "DuckDB gives no connection");
    }
    FLORIN_TRY(register_exact_functions(engine->connection_.get()));
    FLORIN_TRY(register_text_maps(engine->connection_.get()));
    return engine;
}

base::Result<void> DuckDbEngine::check_is_one_select(std::string_view sql) {
    Extracted statements;
    const std::string text(sql);
    const idx_t count = duckdb_extract_statements(connection_.get(), text.c_str(), statements.address());
    if (count == 0) {
        const char* message = duckdb_extract_statements_error(statements.get());
        return base::user_error("sql.syntax", message == nullptr ? "no statement" : message);
    }
    if (count != 1) {
        return base::user_error("sql.not_allowed", fmt::format("one statement at a time, not {}", count));
    }
    return {};
}

base::Result<Prepared> DuckDbEngine::prepare(std::string_view sql) {
    if (only_select_) {
        FLORIN_TRY(check_is_one_select(sql));
    }
    Prepared statement;
    const std::string text(sql);
    if (duckdb_prepare(connection_.get(), text.c_str(), statement.address()) != DuckDBSuccess) {
        // A statement may be interrupted while it is bound or planned; the error then has no type.
        if (interrupted_.exchange(false)) {
            return engine_error(DUCKDB_ERROR_INTERRUPT, nullptr, sql);
        }
        const char* message = duckdb_prepare_error(statement.get());
        if (only_select_) {
            return base::user_error("sql.syntax", message == nullptr ? "not understood" : message);
        }
        return engine_error(DUCKDB_ERROR_INVALID, message, sql);
    }
    if (only_select_ && duckdb_prepared_statement_type(statement.get()) != DUCKDB_STATEMENT_TYPE_SELECT) {
        return base::user_error("sql.not_allowed", "only SELECT statements are run here")
            .with_remedy("the lake is written by `florin ingest` alone");
    }
    return statement;
}

base::Result<void> DuckDbEngine::run(Prepared& statement, std::string_view sql, bool streaming, ResultHandle& result) {
    if (interrupted_.exchange(false)) {
        return engine_error(DUCKDB_ERROR_INTERRUPT, nullptr, sql);
    }
    running_ = true;
    const duckdb_state state = streaming ? duckdb_execute_prepared_streaming(statement.get(), result.get())
                                         : duckdb_execute_prepared(statement.get(), result.get());
    running_ = false;
    const bool was_interrupted = interrupted_.exchange(false);
    if (state != DuckDBSuccess) {
        if (was_interrupted) {
            return engine_error(DUCKDB_ERROR_INTERRUPT, nullptr, sql);
        }
        base::Error error =
            engine_error(duckdb_result_error_type(result.get()), duckdb_result_error(result.get()), sql);
        if (only_select_ && error.code == "engine.sql") {
            error = base::user_error("sql.failed", error.message);
        }
        return error;
    }
    return {};
}

base::Result<std::int64_t> DuckDbEngine::execute(std::string_view sql) {
    FLORIN_TRY_ASSIGN(Prepared statement, prepare(sql));
    ResultHandle result;
    FLORIN_TRY(run(statement, sql, false, result));
    return static_cast<std::int64_t>(duckdb_rows_changed(result.get()));
}

base::Result<std::string> DuckDbEngine::with_readable_columns(std::string_view sql, Prepared& statement) {
    if (duckdb_nparams(statement.get()) > 0) {
        return std::string(sql); // types are not known before the parameters are
    }
    std::string casts;
    bool all_supported = true;
    const idx_t count = duckdb_prepared_statement_column_count(statement.get());
    for (idx_t i = 0; i < count; ++i) {
        const LogicalType type(duckdb_prepared_statement_column_logical_type(statement.get(), i));
        const bool supported = reader_for(type.get()).supported;
        all_supported = all_supported && supported;
        const char* name = duckdb_prepared_statement_column_name(statement.get(), i);
        const std::string quoted = sql_name(name);
        duckdb_free(const_cast<char*>(name));
        casts += fmt::format("{}{}", casts.empty() ? "" : ", ",
                             supported ? fmt::format("c{} AS {}", i, quoted)
                                       : fmt::format("CAST(c{} AS VARCHAR) AS {}", i, quoted));
    }
    if (all_supported) {
        return std::string(sql);
    }
    std::string aliases;
    for (idx_t i = 0; i < count; ++i) {
        aliases += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    }
    while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n')) {
        sql.remove_suffix(1);
    }
    return fmt::format("SELECT {} FROM ({}\n) AS readable({})", casts, sql, aliases);
}

base::Result<std::vector<Column>> DuckDbEngine::read(
    ResultHandle& result, std::string_view sql,
    const std::function<base::Result<void>(const std::vector<Value>&)>& row) {
    std::vector<Column> columns;
    std::vector<Reader> readers;
    const idx_t column_count = duckdb_column_count(result.get());
    for (idx_t i = 0; i < column_count; ++i) {
        const LogicalType type(duckdb_column_logical_type(result.get(), i));
        readers.push_back(reader_for(type.get()));
        if (!readers.back().supported) {
            return engine_error(DUCKDB_ERROR_INVALID_TYPE, "a column of this type is not read", sql);
        }
        columns.push_back({duckdb_column_name(result.get(), i), readers.back().result});
    }
    std::vector<Value> values(column_count);
    std::vector<const void*> data(column_count);
    std::vector<const uint64_t*> validity(column_count);
    while (true) {
        running_ = true;
        const Chunk chunk(duckdb_fetch_chunk(*result.get()));
        running_ = false;
        if (chunk.get() == nullptr) {
            if (const char* message = duckdb_result_error(result.get()); message != nullptr && *message != '\0') {
                return engine_error(duckdb_result_error_type(result.get()), message, sql);
            }
            return columns;
        }
        for (idx_t i = 0; i < column_count; ++i) {
            duckdb_vector vector = duckdb_data_chunk_get_vector(chunk.get(), i);
            data[i] = duckdb_vector_get_data(vector);
            validity[i] = duckdb_vector_get_validity(vector);
        }
        const idx_t size = duckdb_data_chunk_get_size(chunk.get());
        for (idx_t r = 0; r < size; ++r) {
            for (idx_t i = 0; i < column_count; ++i) {
                const bool valid = validity[i] == nullptr || ((validity[i][r / 64U] >> (r % 64U)) & 1U) != 0;
                if (valid) {
                    FLORIN_TRY_ASSIGN(values[i], value_at(readers[i], data[i], r));
                } else {
                    values[i] = std::monostate{};
                }
            }
            FLORIN_TRY(row(values));
        }
    }
}

base::Result<Table> DuckDbEngine::query(std::string_view sql, const std::vector<Value>& parameters) {
    FLORIN_TRY_ASSIGN(Prepared statement, prepare(sql));
    FLORIN_TRY_ASSIGN(const std::string readable, with_readable_columns(sql, statement));
    if (readable != sql) {
        FLORIN_TRY_ASSIGN(statement, prepare(readable));
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (bind(statement.get(), i + 1, parameters[i]) != DuckDBSuccess) {
            return engine_error(DUCKDB_ERROR_PARAMETER_NOT_RESOLVED, duckdb_prepare_error(statement.get()), sql);
        }
    }
    ResultHandle result;
    FLORIN_TRY(run(statement, readable, false, result));
    Table table;
    FLORIN_TRY_ASSIGN(table.columns, read(result, readable, [&table](const std::vector<Value>& values) {
                          table.rows.push_back(values);
                          return base::Result<void>();
                      }));
    return table;
}

base::Result<std::vector<Column>> DuckDbEngine::stream(
    std::string_view sql, const std::function<base::Result<void>(const std::vector<Value>&)>& row) {
    FLORIN_TRY_ASSIGN(Prepared statement, prepare(sql));
    FLORIN_TRY_ASSIGN(const std::string readable, with_readable_columns(sql, statement));
    if (readable != sql) {
        FLORIN_TRY_ASSIGN(statement, prepare(readable));
    }
    ResultHandle result;
    FLORIN_TRY(run(statement, readable, true, result));
    return read(result, readable, row);
}

base::Result<std::vector<Column>> DuckDbEngine::describe(std::string_view sql) {
    FLORIN_TRY_ASSIGN(const Prepared statement, prepare(sql));
    std::vector<Column> columns;
    const idx_t count = duckdb_prepared_statement_column_count(statement.get());
    for (idx_t i = 0; i < count; ++i) {
        const LogicalType type(duckdb_prepared_statement_column_logical_type(statement.get(), i));
        const char* name = duckdb_prepared_statement_column_name(statement.get(), i);
        columns.push_back({name, reader_for(type.get()).result});
        duckdb_free(const_cast<char*>(name));
    }
    return columns;
}

} // namespace

base::Result<std::unique_ptr<Engine>> open_duckdb(const Limits& limits) {
    FLORIN_TRY_ASSIGN(auto engine, DuckDbEngine::open(limits));
    return std::unique_ptr<Engine>(std::move(engine));
}

base::Result<std::unique_ptr<Engine>> open_sandboxed_duckdb(const Limits& limits,
                                                            const std::vector<std::string>& prepare,
                                                            const std::vector<std::string>& readable_files) {
    FLORIN_TRY_ASSIGN(auto engine, DuckDbEngine::open(limits));
    for (const std::string& statement : prepare) {
        FLORIN_TRY(engine->execute(statement));
    }
    FLORIN_TRY(engine->execute("SET allowed_paths = " + sql_list(readable_files)));
    FLORIN_TRY(engine->execute("SET enable_external_access = false"));
    FLORIN_TRY(engine->execute("SET lock_configuration = true"));
    engine->allow_only_select();
    return std::unique_ptr<Engine>(std::move(engine));
}

} // namespace florin::engine
