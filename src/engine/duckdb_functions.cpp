#include "engine/duckdb_functions.hpp"

#include "engine/duckdb_vectors.hpp"
#include "money/decimal.hpp"
#include "money/money.hpp"
#include "money/product.hpp"
#include "period/period.hpp"

#include <xxhash.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace florin::engine {
namespace {

/// Parses a vector of text into a vector of DECIMAL(38, Number::kScale). Text that is no number is NULL,
/// or an error of the statement.
template <class Number, bool kOrNull>
void parse_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    const TextArguments texts(input, 0);
    auto* numbers = static_cast<VectorUnits*>(duckdb_vector_get_data(output));
    static_assert(sizeof(base::int128) == sizeof(duckdb_hugeint), "a hugeint is 16 bytes, low half first");
    Nulls nulls(output);
    for (idx_t row = 0; row < size; ++row) {
        if (!texts.is_valid(row)) {
            nulls.set(row);
            numbers[row] = 0;
            continue;
        }
        const auto parsed = Number::parse_rounded(texts[row], money::Rounding::kHalfEven);
        if (!parsed.ok()) {
            if constexpr (kOrNull) {
                nulls.set(row);
                numbers[row] = 0;
                continue;
            }
            return fail(info, parsed.error());
        }
        numbers[row] = parsed->value.units();
    }
}

/// Reads a vector of text into a vector of TIMESTAMP (UTC).
void instant_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    const TextArguments texts(input, 0);
    auto* instants = static_cast<std::int64_t*>(duckdb_vector_get_data(output));
    Nulls nulls(output);
    for (idx_t row = 0; row < size; ++row) {
        if (!texts.is_valid(row)) {
            nulls.set(row);
            continue;
        }
        const auto parsed = period::parse_instant(texts[row]);
        if (!parsed.ok()) {
            return fail(info, parsed.error());
        }
        instants[row] = parsed->instant.time_since_epoch().count();
    }
}

/// The 128-bit hash of each row's values. Values are framed by their length, and a NULL has a frame
/// of its own, so that ('a','b') differs from ('ab','') and NULL from ''.
void tuple_key_vector(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    std::vector<TextArguments> columns;
    for (idx_t i = 0; i < duckdb_data_chunk_get_column_count(input); ++i) {
        columns.emplace_back(input, i);
    }
    auto* keys = static_cast<duckdb_hugeint*>(duckdb_vector_get_data(output));
    std::string framed;
    for (idx_t row = 0; row < size; ++row) {
        framed.clear();
        for (const TextArguments& column : columns) {
            const bool valid = column.is_valid(row);
            const std::string_view text = valid ? column[row] : std::string_view{};
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

void product_vector(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    const TextArguments prices(input, 0);
    const TextArguments quantities(input, 1);
    const TextArguments costs(input, 2);
    const TextArguments currencies(input, 3);
    auto* matches = static_cast<int8_t*>(duckdb_vector_get_data(output));
    Nulls nulls(output);
    std::string currency;
    int places = money::kPlacesOfUnknownCurrency;
    for (idx_t row = 0; row < size; ++row) {
        matches[row] = 0;
        const std::string_view code = currencies.is_valid(row) ? currencies[row] : std::string_view{};
        if (code != currency) {
            currency = code;
            places = money::minor_units_of(code);
        }
        std::optional<money::ProductMatch> match;
        if (prices.is_valid(row) && quantities.is_valid(row) && costs.is_valid(row)) {
            match = money::match_product(prices[row], quantities[row], costs[row], places);
        }
        if (match) {
            matches[row] = static_cast<int8_t>(*match);
        } else {
            nulls.set(row);
        }
    }
}

void predicate_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const auto holds = *static_cast<bool (**)(std::string_view)>(duckdb_scalar_function_get_extra_info(info));
    const idx_t size = duckdb_data_chunk_get_size(input);
    const TextArguments texts(input, 0);
    auto* flags = static_cast<bool*>(duckdb_vector_get_data(output));
    Nulls nulls(output);
    for (idx_t row = 0; row < size; ++row) {
        flags[row] = texts.is_valid(row) && holds(texts[row]);
        if (!texts.is_valid(row)) {
            nulls.set(row);
        }
    }
}

template <class Number, bool kOrNull>
base::Result<void> register_parser(duckdb_connection connection, const char* name) {
    const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
    const LogicalType number(duckdb_create_decimal_type(38, static_cast<uint8_t>(Number::kScale)));
    const ScalarFunction function(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(function.get(), name);
    duckdb_scalar_function_add_parameter(function.get(), text.get());
    duckdb_scalar_function_set_return_type(function.get(), number.get());
    duckdb_scalar_function_set_function(function.get(), &parse_vector<Number, kOrNull>);
    return register_function(connection, function);
}

} // namespace

base::Result<void> register_exact_functions(duckdb_connection connection) {
    FLORIN_TRY(register_parser<money::Decimal, false>(connection, "florin_decimal"));
    FLORIN_TRY(register_parser<money::Decimal, true>(connection, "florin_decimal_or_null"));
    FLORIN_TRY(register_parser<money::Quantity, false>(connection, "florin_quantity"));
    FLORIN_TRY(register_parser<money::Quantity, true>(connection, "florin_quantity_or_null"));
    const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));

    const LogicalType match(duckdb_create_logical_type(DUCKDB_TYPE_TINYINT));
    const ScalarFunction product(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(product.get(), "florin_product");
    for (int i = 0; i < 4; ++i) {
        duckdb_scalar_function_add_parameter(product.get(), text.get());
    }
    duckdb_scalar_function_set_special_handling(product.get()); // it sees NULLs: a currency may be missing
    duckdb_scalar_function_set_return_type(product.get(), match.get());
    duckdb_scalar_function_set_function(product.get(), &product_vector);
    FLORIN_TRY(register_function(connection, product));

    const LogicalType uuid(duckdb_create_logical_type(DUCKDB_TYPE_UUID));
    const LogicalType timestamp(duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP));
    const ScalarFunction instant(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(instant.get(), "florin_instant");
    duckdb_scalar_function_add_parameter(instant.get(), text.get());
    duckdb_scalar_function_set_return_type(instant.get(), timestamp.get());
    duckdb_scalar_function_set_function(instant.get(), &instant_vector);
    FLORIN_TRY(register_function(connection, instant));

    const ScalarFunction key(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(key.get(), "florin_tuple_key");
    duckdb_scalar_function_set_varargs(key.get(), text.get());
    duckdb_scalar_function_set_special_handling(key.get());
    duckdb_scalar_function_set_return_type(key.get(), uuid.get());
    duckdb_scalar_function_set_function(key.get(), &tuple_key_vector);
    FLORIN_TRY(register_function(connection, key));
    return register_products(connection);
}

base::Result<void> register_predicate(duckdb_connection connection, const std::string& name,
                                      bool (*holds)(std::string_view)) {
    const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
    const LogicalType flag(duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN));
    const ScalarFunction function(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(function.get(), name.c_str());
    duckdb_scalar_function_add_parameter(function.get(), text.get());
    duckdb_scalar_function_set_return_type(function.get(), flag.get());
    // A pointer to a function does not fit a pointer to an object portably; one to such a pointer does.
    auto extra = std::make_unique<bool (*)(std::string_view)>(holds);
    duckdb_scalar_function_set_extra_info(function.get(), extra.release(), [](void* pointer) {
        delete static_cast<bool (**)(std::string_view)>(pointer);
    });
    duckdb_scalar_function_set_function(function.get(), &predicate_vector);
    return register_function(connection, function);
}

} // namespace florin::engine
