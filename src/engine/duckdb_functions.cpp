#include "engine/duckdb_functions.hpp"

#include "money/decimal.hpp"
#include "period/period.hpp"

#include <xxhash.h>

#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace florin::engine {
namespace {

struct DestroyType {
    void operator()(duckdb_logical_type type) const { duckdb_destroy_logical_type(&type); }
};
using LogicalType = std::unique_ptr<std::remove_pointer_t<duckdb_logical_type>, DestroyType>;

struct DestroyFunction {
    void operator()(duckdb_scalar_function function) const { duckdb_destroy_scalar_function(&function); }
};
using ScalarFunction = std::unique_ptr<std::remove_pointer_t<duckdb_scalar_function>, DestroyFunction>;

std::string_view text_of(duckdb_string_t& value) {
    return {duckdb_string_t_data(&value), duckdb_string_t_length(value)};
}

bool is_valid(const uint64_t* validity, idx_t row) {
    return validity == nullptr || ((validity[row / 64U] >> (row % 64U)) & 1U) != 0;
}

/// Parses a vector of text into a vector of DECIMAL(38, Number::kScale).
template <class Number>
void parse_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    duckdb_vector column = duckdb_data_chunk_get_vector(input, 0);
    auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(column));
    const uint64_t* validity = duckdb_vector_get_validity(column);
    auto* numbers = static_cast<base::int128*>(duckdb_vector_get_data(output));
    static_assert(sizeof(base::int128) == sizeof(duckdb_hugeint), "a hugeint is 16 bytes, low half first");
    uint64_t* output_validity = nullptr;
    for (idx_t row = 0; row < size; ++row) {
        if (!is_valid(validity, row)) {
            if (output_validity == nullptr) {
                duckdb_vector_ensure_validity_writable(output);
                output_validity = duckdb_vector_get_validity(output);
            }
            duckdb_validity_set_row_invalid(output_validity, row);
            numbers[row] = 0;
            continue;
        }
        const auto parsed = Number::parse_rounded(text_of(texts[row]), money::Rounding::kHalfEven);
        if (!parsed.ok()) {
            const std::string message = "florin: " + parsed.error().describe();
            duckdb_scalar_function_set_error(info, message.c_str());
            return;
        }
        numbers[row] = parsed->value.units();
    }
}

/// Reads a vector of text into a vector of TIMESTAMP (UTC).
void instant_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    duckdb_vector column = duckdb_data_chunk_get_vector(input, 0);
    auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(column));
    const uint64_t* validity = duckdb_vector_get_validity(column);
    auto* instants = static_cast<std::int64_t*>(duckdb_vector_get_data(output));
    for (idx_t row = 0; row < size; ++row) {
        if (!is_valid(validity, row)) {
            duckdb_vector_ensure_validity_writable(output);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(output), row);
            continue;
        }
        const auto parsed = period::parse_instant(text_of(texts[row]));
        if (!parsed.ok()) {
            const std::string message = "florin: " + parsed.error().describe();
            duckdb_scalar_function_set_error(info, message.c_str());
            return;
        }
        instants[row] = parsed->instant.time_since_epoch().count();
    }
}

/// The 128-bit hash of each row's values. Values are framed by their length, and a NULL has a frame
/// of its own, so that ('a','b') differs from ('ab','') and NULL from ''.
void tuple_key_vector(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    const idx_t column_count = duckdb_data_chunk_get_column_count(input);
    std::vector<duckdb_string_t*> texts(column_count);
    std::vector<const uint64_t*> validities(column_count);
    for (idx_t i = 0; i < column_count; ++i) {
        duckdb_vector column = duckdb_data_chunk_get_vector(input, i);
        texts[i] = static_cast<duckdb_string_t*>(duckdb_vector_get_data(column));
        validities[i] = duckdb_vector_get_validity(column);
    }
    auto* keys = static_cast<duckdb_hugeint*>(duckdb_vector_get_data(output));
    std::string framed;
    for (idx_t row = 0; row < size; ++row) {
        framed.clear();
        for (idx_t i = 0; i < column_count; ++i) {
            const bool valid = is_valid(validities[i], row);
            const std::string_view text = valid ? text_of(texts[i][row]) : std::string_view{};
            const auto length = static_cast<std::uint32_t>(valid ? text.size() : 0xFFFFFFFFU);
            char frame[sizeof length];
            std::memcpy(frame, &length, sizeof length);
            framed.append(frame, sizeof length);
            framed.append(text);
        }
        const XXH128_hash_t hash = XXH3_128bits(framed.data(), framed.size());
        keys[row].lower = hash.low64;
        keys[row].upper = static_cast<int64_t>(hash.high64);
    }
}

base::Result<void> register_function(duckdb_connection connection, ScalarFunction function) {
    if (duckdb_register_scalar_function(connection, function.get()) != DuckDBSuccess) {
        base::Error error;
        error.code = "engine.function";
        error.message = "DuckDB refused one of Florin's functions";
        return error;
    }
    return {};
}

template <class Number>
base::Result<void> register_parser(duckdb_connection connection, const char* name) {
    const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
    const LogicalType number(duckdb_create_decimal_type(38, static_cast<uint8_t>(Number::kScale)));
    ScalarFunction function(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(function.get(), name);
    duckdb_scalar_function_add_parameter(function.get(), text.get());
    duckdb_scalar_function_set_return_type(function.get(), number.get());
    duckdb_scalar_function_set_function(function.get(), &parse_vector<Number>);
    return register_function(connection, std::move(function));
}

} // namespace

base::Result<void> register_exact_functions(duckdb_connection connection) {
    FLORIN_TRY(register_parser<money::Decimal>(connection, "florin_decimal"));
    FLORIN_TRY(register_parser<money::Quantity>(connection, "florin_quantity"));

    const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
    const LogicalType uuid(duckdb_create_logical_type(DUCKDB_TYPE_UUID));
    const LogicalType timestamp(duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP));
    ScalarFunction instant(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(instant.get(), "florin_instant");
    duckdb_scalar_function_add_parameter(instant.get(), text.get());
    duckdb_scalar_function_set_return_type(instant.get(), timestamp.get());
    duckdb_scalar_function_set_function(instant.get(), &instant_vector);
    FLORIN_TRY(register_function(connection, std::move(instant)));

    ScalarFunction key(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(key.get(), "florin_tuple_key");
    duckdb_scalar_function_set_varargs(key.get(), text.get());
    duckdb_scalar_function_set_special_handling(key.get());
    duckdb_scalar_function_set_return_type(key.get(), uuid.get());
    duckdb_scalar_function_set_function(key.get(), &tuple_key_vector);
    return register_function(connection, std::move(key));
}

} // namespace florin::engine
