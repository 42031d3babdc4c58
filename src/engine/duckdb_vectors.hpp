// What Florin's functions inside DuckDB read their arguments and write their results with. Views: they
// are valid as long as the chunk.
#pragma once

#include "base/int128.hpp"
#include "base/result.hpp"
#include "engine/duckdb_handles.hpp"

#include <string>
#include <string_view>

namespace florin::engine {

/// A 128-bit number in one of DuckDB's vectors, which promise no more than 8 bytes of alignment.
using VectorUnits [[gnu::aligned(8)]] = base::int128;

/// A column of a chunk of arguments.
class ArgumentColumn {
public:
    ArgumentColumn(duckdb_data_chunk chunk, idx_t column)
        : vector_(duckdb_data_chunk_get_vector(chunk, column)), validity_(duckdb_vector_get_validity(vector_)) {}
    bool is_valid(idx_t row) const { return validity_ == nullptr || ((validity_[row / 64U] >> (row % 64U)) & 1U) != 0; }

protected:
    void* data() const { return duckdb_vector_get_data(vector_); }

private:
    duckdb_vector vector_;
    const uint64_t* validity_;
};

/// VARCHAR; a text is to be asked for only where it is valid.
class TextArguments : public ArgumentColumn {
public:
    TextArguments(duckdb_data_chunk chunk, idx_t column)
        : ArgumentColumn(chunk, column), texts_(static_cast<duckdb_string_t*>(data())) {}
    std::string_view operator[](idx_t row) const {
        return {duckdb_string_t_data(&texts_[row]), duckdb_string_t_length(texts_[row])};
    }

private:
    duckdb_string_t* texts_;
};

/// DECIMAL(38, any scale), as units of the scale.
class UnitArguments : public ArgumentColumn {
public:
    UnitArguments(duckdb_data_chunk chunk, idx_t column)
        : ArgumentColumn(chunk, column), units_(static_cast<const VectorUnits*>(data())) {}
    base::int128 operator[](idx_t row) const { return units_[row]; }

private:
    const VectorUnits* units_;
};

/// Sets rows of a result to NULL.
class Nulls {
public:
    explicit Nulls(duckdb_vector vector) : vector_(vector) {}
    void set(idx_t row) {
        if (validity_ == nullptr) {
            duckdb_vector_ensure_validity_writable(vector_);
            validity_ = duckdb_vector_get_validity(vector_);
        }
        duckdb_validity_set_row_invalid(validity_, row);
    }

private:
    duckdb_vector vector_;
    uint64_t* validity_ = nullptr;
};

/// Makes `error` that of the statement.
inline void fail(duckdb_function_info info, const base::Error& error) {
    duckdb_scalar_function_set_error(info, ("florin: " + error.describe()).c_str());
}

/// Error `engine.function`.
inline base::Result<void> register_function(duckdb_connection connection, const ScalarFunction& function) {
    if (duckdb_register_scalar_function(connection, function.get()) != DuckDBSuccess) {
        base::Error error;
        error.code = "engine.function";
        error.message = "DuckDB refused one of Florin's functions";
        return error;
    }
    return {};
}

} // namespace florin::engine
